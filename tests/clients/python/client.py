"""Carry out the contract's steps with the official client for Python: JSON in, JSON out.

It runs as a script, under whichever interpreter has the client, be it version 5 or 6:
`python client.py [async] [pure]`, the latter without the native codec.
"""

from __future__ import annotations

import asyncio
import datetime
import inspect
import json
import sys

from operations import OPERATIONS
from words import Lacks, ots, plain, real


def client_of(used):
    kind = ots.AsyncOTSClient if "async" in sys.argv else ots.OTSClient
    given = {"sts_token": used.get("token")}
    if "pure" in sys.argv:
        given["enable_native"] = False
    if used.get("region"):
        given["region"] = used["region"]
    return kind(
        used["endpoint"],
        used["key_id"],
        used["secret"],
        used["instance"],
        retry_policy=ots.NoRetryPolicy(),
        **given,
    )


class Ahead(datetime.datetime):
    """A clock that is some seconds ahead."""

    seconds = 0

    @classmethod
    def utcnow(cls):
        return super().utcnow() + datetime.timedelta(seconds=cls.seconds)

    @classmethod
    def now(cls, zone=None):
        return super().now(zone) + datetime.timedelta(seconds=cls.seconds)


async def answer(step, settings):
    used = {**settings, **step.get("settings", {})}
    Ahead.seconds = used.get("ahead", 0)
    client = client_of(used)

    async def call(name, *arguments, **more):
        found = getattr(client, name)(*arguments, **more)
        return await found if inspect.isawaitable(found) else found

    try:
        return await OPERATIONS[step["operation"]](call, step)
    except ots.OTSServiceError as error:
        found = error.get_http_status(), error.get_error_code(), error.get_error_message()
        return {"error": [plain(found[0]), *found[1:]]}
    except (Lacks, ots.OTSClientError) as error:
        return {"client": True, "why": f"{type(error).__name__}: {error}"}
    finally:
        if inspect.iscoroutinefunction(getattr(client, "close", None)):
            await client.close()


async def main():
    given = json.load(sys.stdin)
    datetime.datetime = Ahead
    answers = [await answer(real(step), given["settings"]) for step in given["steps"]]
    encoder = client_of(given["settings"]).protocol.encoder
    native = bool(getattr(encoder, "_use_native_encoder", False))
    json.dump({"native": native, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
