"""The HTTP front: requests become events for the real doors; /_local and the page beside them."""

from __future__ import annotations

import asyncio
import os
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from scripts.local_cloud import events
from scripts.local_cloud.request_log import RequestLog
from shared.errors import Misconfigured, Refused
from shared.problems import describe, language
from shared.rules import rules_of

PAGE = Path(__file__).with_name("page")
BODY_LIMIT = 32 * 1024 * 1024
INSTANCES = 256
"""Invocations at a time: Function Compute runs one per instance, and starts instances freely."""

Handler = Callable[[bytes, Any], Any]


class Front:
    """Serves some doors, the local cloud's control endpoints, and the page for people.

    A door's path may have parts in braces, for which anything may stand.
    """

    def __init__(self, doors: Mapping[str, Handler], *, gateway: str, control: str) -> None:
        self._doors = doors
        self._event = events.EVENTS[gateway]
        self._control = control
        self._requests = RequestLog()
        self._threads = ThreadPoolExecutor(INSTANCES, thread_name_prefix="door")
        self._session: ClientSession | None = None

    def app(self) -> web.Application:
        """Return the HTTP application."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_get("/", self._page)
        app.router.add_static("/page/", PAGE)
        app.router.add_get("/_local/page", _about_page)
        app.router.add_get("/_local/requests", self._requests.show)
        app.router.add_route("*", "/_local/{path:.*}", self._forward)
        for path in self._doors:
            app.router.add_route("*", path, self._invoke)
        app.router.add_route("*", "/{path:.*}", _nothing_here)
        app.on_response_prepare.append(_do_not_cache)
        app.on_startup.append(self._open)
        app.on_cleanup.append(self._close)
        return app

    async def _open(self, app: web.Application) -> None:
        self._requests.listen()

    async def _close(self, app: web.Application) -> None:
        self._requests.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._session is not None:
            await self._session.close()

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _invoke(self, request: web.Request) -> web.StreamResponse:
        incoming = events.Incoming(
            method=request.method,
            path=request.path,
            query=request.query,
            headers=list(request.headers.items()),
            body=await request.read(),
            peer=request.remote or "",
            host=request.host,
        )
        resource = request.match_info.route.resource
        door = resource.canonical if resource is not None else request.path
        function = door.split("/")[1].replace("-", "_")
        about = events.context(function, os.environ)
        event = self._event(incoming, about.request_id)
        loop, at = asyncio.get_running_loop(), time.time()
        self._requests.expect(about.request_id)
        try:
            answer = await loop.run_in_executor(self._threads, self._doors[door], event, about)
            status, headers, body = events.response_parts(answer)
        except Exception:  # noqa: BLE001 - as Function Compute does
            traceback.print_exc()
            status, headers, body = 502, {"X-Fc-Error-Type": "UnhandledInvocationError"}, b""
        headers["X-Fc-Request-Id"] = about.request_id
        self._requests.ended(about.request_id, door, incoming, at=at, status=status, body=body)
        return web.Response(status=status, headers=headers, body=body)

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        """Pass a control request on to the local cloud."""
        if self._session is None:
            self._session = ClientSession()
        async with self._session.request(
            request.method,
            self._control + request.path,
            params=request.query,
            data=await request.read(),
            headers={"Content-Type": request.headers.get("Content-Type", "application/json")},
        ) as answer:
            if request.path == "/_local/reset" and answer.ok:
                self._requests.clear()
            return web.Response(
                status=answer.status, body=await answer.read(), content_type=answer.content_type
            )


async def _about_page(_request: web.Request) -> web.Response:
    """Tell the page which captcha the doors ask for, and in which scenes."""
    try:
        rules = rules_of(os.environ)
    except Misconfigured:  # every send says what is wrong
        return web.json_response({"captcha": None, "captcha_scenes": []})
    asked = rules.policy.captcha_scenes
    scenes = [scene for scene in rules.settings.scenes if scene in asked]
    return web.json_response({"captcha": rules.settings.captcha, "captcha_scenes": scenes})


async def _nothing_here(request: web.Request) -> web.Response:
    """Refuse a path that belongs to no door, as the product refuses."""
    lang = language(request.headers.get("Accept-Language", ""))
    status, document = describe(Refused("not_found"), lang=lang, request_id=str(uuid.uuid4()))
    return web.json_response(document, status=status, content_type="application/problem+json")


async def _do_not_cache(_request: web.Request, response: web.StreamResponse) -> None:
    """Let browsers ask again for the page's parts, which change together."""
    response.headers.setdefault("Cache-Control", "no-cache")
