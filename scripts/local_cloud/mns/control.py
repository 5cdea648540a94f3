"""The /_local endpoint of the queues: look into them, fill them, and hurry their clocks.

GET  /_local/queues  {type: {"messages", "hidden"}}
POST /_local/queues  {"type", "message"} puts a message, an object or a text, into a queue; as
                     Base64, but for {"plain": true};
                     {"visibility": seconds} how long received messages hide from now on;
                     {"token_life": seconds} how long keys last that Dybase hands out from now on
"""

from __future__ import annotations

from aiohttp import web

from scripts.local_cloud.mns.queues import NAMES, Queues
from scripts.local_cloud.mns.tokens import Tokens
from scripts.local_cloud.wishes import bad, json_object


class QueueControl:
    """What tests and people do with the queues."""

    def __init__(self, queues: Queues, tokens: Tokens) -> None:
        self._queues = queues
        self._tokens = tokens

    def add_to(self, app: web.Application) -> None:
        """Add the endpoints to an application."""
        app.router.add_get("/_local/queues", self._show)
        app.router.add_post("/_local/queues", self._change)

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(self._queues.counts())

    async def _change(self, request: web.Request) -> web.Response:
        wish = await json_object(request)
        message, message_type = wish.get("message"), wish.get("type")
        visibility, life = wish.get("visibility"), wish.get("token_life")
        if message and isinstance(message, dict | str) and message_type in NAMES.values():
            self._queues.send(str(message_type), message, plain=wish.get("plain") is True)
        elif isinstance(visibility, int | float):
            self._queues.visibility = visibility
        elif isinstance(life, int | float):
            self._tokens.life = life
        else:
            types = ", ".join(NAMES.values())
            return bad(f"send type ({types}) and message, or visibility, or token_life (seconds)")
        return await self._show(request)
