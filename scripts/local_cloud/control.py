"""The /_local endpoints: look into the local cloud, and make it fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from aiohttp import web

from scripts.local_cloud.faults import Calls, Faults
from scripts.local_cloud.openapi.dysms import e164
from scripts.local_cloud.outbox import Outbox, as_dict
from scripts.local_cloud.wishes import bad, json_object

_dumps = partial(json.dumps, ensure_ascii=False)


class Control:
    """What tests and people do with the local cloud, and products never."""

    def __init__(
        self, outbox: Outbox, fault_list: Faults, calls: Calls, empty: Callable[[], None]
    ) -> None:
        self._outbox = outbox
        self._faults = fault_list
        self._calls = calls
        self._empty = empty

    def add_to(self, app: web.Application) -> None:
        """Add the endpoints to an application."""
        app.router.add_get("/_local/outbox", self._show_outbox)
        app.router.add_get("/_local/calls", self._show_calls)
        app.router.add_get("/_local/faults", self._show_faults)
        app.router.add_get("/_local/struck", self._show_struck)
        app.router.add_post("/_local/faults", self._change_faults)
        app.router.add_post("/_local/reset", self._reset)

    async def _show_outbox(self, request: web.Request) -> web.Response:
        asked = request.query.get("phone")
        phone = e164("".join(asked.split()).replace("-", "")) if asked else None
        if asked and phone is None:
            return bad(f"phone is no number that SMS could reach: {asked}")
        messages = [as_dict(message) for message in self._outbox.messages(phone)]
        return web.json_response(messages, dumps=_dumps)

    async def _show_calls(self, request: web.Request) -> web.Response:
        return web.json_response(self._calls.as_dict())

    async def _show_faults(self, request: web.Request) -> web.Response:
        return web.json_response(self._faults.in_force(), dumps=_dumps)

    async def _show_struck(self, request: web.Request) -> web.Response:
        return web.json_response(self._faults.struck)

    async def _change_faults(self, request: web.Request) -> web.Response:
        wish = await json_object(request)
        if wish.get("clear") is True:
            self._faults.clear()
            return web.json_response({"cleared": True})
        try:
            self._faults.add(wish)
        except ValueError as error:
            return bad(str(error))
        return web.json_response({"added": wish})

    async def _reset(self, request: web.Request) -> web.Response:
        self._empty()
        return web.json_response({"reset": True})
