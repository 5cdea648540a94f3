"""The /_local endpoint of PNVS: which of its possible ways it has, and which signs it gives."""

from __future__ import annotations

import dataclasses
import json
from functools import partial

from aiohttp import web

from scripts.local_cloud.openapi.dypns import Dypns
from scripts.local_cloud.openapi.dypns_ways import ANSWERS
from scripts.local_cloud.wishes import bad, json_object

_dumps = partial(json.dumps, ensure_ascii=False)

HELP = f"""\
PNVS, under /_local/ (POST, JSON):
  pnvs    {{"wrong", "expired"}}                         what a check of such a code answers, one of
          {", ".join(ANSWERS)}
          {{"sign_names": [...]}}                        the signs that Aliyun gives from now on
GET pnvs shows all three; a reset has them as at the start.
"""


class DypnsControl:
    """What tests and people do with PNVS."""

    def __init__(self, dypns: Dypns) -> None:
        self._dypns = dypns

    def add_to(self, app: web.Application) -> None:
        """Add the endpoint to an application."""
        app.router.add_get("/_local/pnvs", self._show)
        app.router.add_post("/_local/pnvs", self._change)

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(dataclasses.asdict(self._dypns.ways), dumps=_dumps)

    async def _change(self, request: web.Request) -> web.Response:
        try:
            self._dypns.ways = self._dypns.ways.changed(await json_object(request))
        except ValueError as error:
            return bad(str(error))
        return await self._show(request)
