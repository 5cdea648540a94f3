"""The /_local endpoint of temporary keys: look at them, and have them end early.

GET  /_local/keys  {"issued": how many STS handed out, "used": {service: requests with them}}
POST /_local/keys  {"expire": true} ends all that were handed out, though they promised more;
                   {"life": seconds} how long those last at most that are handed out from now on
"""

from __future__ import annotations

from aiohttp import web

from scripts.local_cloud.keys import AccessKeys
from scripts.local_cloud.wishes import bad, json_object


class KeyControl:
    """What tests and people do with temporary keys."""

    def __init__(self, keys: AccessKeys) -> None:
        self._keys = keys

    def add_to(self, app: web.Application) -> None:
        """Add the endpoints to an application."""
        app.router.add_get("/_local/keys", self._show)
        app.router.add_post("/_local/keys", self._change)

    async def _show(self, _request: web.Request) -> web.Response:
        return web.json_response({"issued": self._keys.issued, "used": dict(self._keys.used)})

    async def _change(self, request: web.Request) -> web.Response:
        wish = await json_object(request)
        life = wish.get("life")
        if wish.get("expire") is True:
            self._keys.expire()
        elif isinstance(life, int | float):
            self._keys.life = life
        else:
            return bad('send {"expire": true}, or {"life": seconds}')
        return await self._show(request)
