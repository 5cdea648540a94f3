"""What the /_local endpoints share: read a wish, and say what is wrong with it."""

from __future__ import annotations

from aiohttp import web


async def json_object(request: web.Request) -> dict[str, object]:
    """Return a request's JSON object; empty where it holds none."""
    try:
        wish = await request.json()
    except ValueError:
        return {}
    return wish if isinstance(wish, dict) else {}


def bad(detail: str, *, status: int = 400) -> web.Response:
    """Refuse a wish."""
    return web.json_response({"error": detail}, status=status)
