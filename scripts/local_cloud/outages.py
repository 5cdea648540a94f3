"""The /_local endpoint of outages: a stand-in goes away and comes back, its state as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from scripts.local_cloud.listener import Listener
from scripts.local_cloud.wishes import bad, json_object

LONGEST_SECONDS = 60.0

HELP = """\
Outages, under /_local/ (POST, JSON):
  restart {"stand_in", "seconds"}                      tablestore, openapi, mns or dypns breaks off
                                                       its requests, and is back after so long
GET struck tells how often failures that were asked for have struck.
"""
ANSWERED_SECONDS = 0.05
"""So that the wish is answered before the stand-in that it came to goes away."""


class Outages:
    """Has stand-ins go away, each on its own."""

    def __init__(self) -> None:
        self.listeners: Mapping[str, Listener] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def add_to(self, app: web.Application) -> None:
        """Add the endpoint to an application."""
        app.router.add_post("/_local/restart", self._restart)

    async def _restart(self, request: web.Request) -> web.Response:
        wish = await json_object(request)
        name, seconds = wish.get("stand_in"), wish.get("seconds", 0.5)
        if name not in self.listeners:
            return bad(f"stand_in must be one of {', '.join(self.listeners)}")
        if not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_SECONDS:
            return bad(f"seconds must be a number up to {LONGEST_SECONDS:g}")
        under_way = self._under_way.get(str(name))
        if under_way is not None and not under_way.done():
            return bad(f"{name} is away already", status=409)
        leaving = self._leave(self.listeners[str(name)], float(seconds))
        self._under_way[str(name)] = asyncio.create_task(leaving)
        return web.json_response({"stand_in": name, "seconds": seconds})

    async def _leave(self, listener: Listener, seconds: float) -> None:
        await asyncio.sleep(ANSWERED_SECONDS)
        await listener.leave(seconds)

    async def end(self) -> None:
        """Have nobody come back any more."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
