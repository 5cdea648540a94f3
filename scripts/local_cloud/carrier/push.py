"""Aliyun's HTTP batch push: POST a JSON array, and see whether it was acknowledged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

OK = 200


class Pusher:
    """Pushes to URLs, in which `{kind}` stands for the kind of report."""

    def __init__(self) -> None:
        self._session: ClientSession | None = None

    async def push(
        self, url: str, kind: str, entries: Sequence[dict[str, Any]], *, timeout_ms: int
    ) -> bool:
        """Push one batch; say whether the answer is 200 and its `code` a number, in time."""
        if self._session is None:
            self._session = ClientSession()
        try:
            async with self._session.post(
                url.replace("{kind}", kind),
                data=json.dumps(list(entries), ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json;charset=UTF-8"},
                timeout=ClientTimeout(total=timeout_ms / 1000),
                allow_redirects=False,
            ) as answer:
                return answer.status == OK and _acknowledges(await answer.read())
        except (ClientError, asyncio.TimeoutError, OSError):
            return False

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def _acknowledges(body: bytes) -> bool:
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    code = answer.get("code") if isinstance(answer, dict) else None
    return isinstance(code, int | float) and not isinstance(code, bool)
