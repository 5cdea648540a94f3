"""Where a stand-in listens: it can go away in the middle of requests, and come back there."""

from __future__ import annotations

import asyncio

from aiohttp import web

HOST = "127.0.0.1"
BACKLOG = 1024
SHUTDOWN_SECONDS = 0.5
AT_ONCE = 0.01
LINE_LIMIT = 128 * 1024  # SendSms carries up to 1,000 numbers in its URL


class Listener:
    """One stand-in's address; `port` 0 takes any free one, and keeps it."""

    def __init__(self, app: web.Application, port: int) -> None:
        self.port = port
        self._runner = web.AppRunner(
            app,
            access_log=None,
            keepalive_timeout=75,
            max_line_size=LINE_LIMIT,
            shutdown_timeout=SHUTDOWN_SECONDS,
        )
        self._site: web.TCPSite | None = None

    async def open(self) -> int:
        """Listen, and return the port."""
        if self._runner.server is None:
            await self._runner.setup()
        self._site = web.TCPSite(self._runner, HOST, self.port, backlog=BACKLOG)
        await self._site.start()
        self.port = int(self._runner.addresses[0][1])
        return self.port

    async def leave(self, seconds: float) -> None:
        """Break off every request, refuse connections for some seconds, and listen again.

        What was not applied by then never is, as where a process dies.
        """
        if self._site is None or self._runner.server is None:
            return
        site, self._site = self._site, None
        await site.stop()
        connections = list(self._runner.server.connections)
        await asyncio.gather(*(one.shutdown(AT_ONCE) for one in connections))
        await asyncio.sleep(seconds)
        await self.open()

    async def close(self) -> None:
        """End for good."""
        await self._runner.cleanup()
