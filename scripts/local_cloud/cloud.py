"""The local cloud as a whole: its services, their ports, and their state on disk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from scripts.local_cloud import turnstile
from scripts.local_cloud.carrier.behaviour import Behaviour
from scripts.local_cloud.carrier.carrier import Carrier
from scripts.local_cloud.carrier.control import CarrierControl
from scripts.local_cloud.carrier.push import Pusher
from scripts.local_cloud.carrier.untold import Untold
from scripts.local_cloud.control import Control
from scripts.local_cloud.faults import Calls, Faults, hang_up
from scripts.local_cloud.key_control import KeyControl
from scripts.local_cloud.keys import AccessKeys
from scripts.local_cloud.listener import Listener
from scripts.local_cloud.mns.control import QueueControl
from scripts.local_cloud.mns.queues import Queues
from scripts.local_cloud.mns.server import MnsServer
from scripts.local_cloud.mns.tokens import Tokens
from scripts.local_cloud.openapi.captcha import Captcha
from scripts.local_cloud.openapi.codes import Codes
from scripts.local_cloud.openapi.console import CATALOGUE, Console
from scripts.local_cloud.openapi.dybase import Dybase
from scripts.local_cloud.openapi.dypns import Dypns
from scripts.local_cloud.openapi.dypns_control import DypnsControl
from scripts.local_cloud.openapi.dysms import Dysms
from scripts.local_cloud.openapi.listings import Listings
from scripts.local_cloud.openapi.records import Records
from scripts.local_cloud.openapi.reviews import Reviews
from scripts.local_cloud.openapi.server import OpenApiServer
from scripts.local_cloud.openapi.sts import Sts
from scripts.local_cloud.openapi.tags import Tags
from scripts.local_cloud.outages import Outages
from scripts.local_cloud.outbox import Outbox
from scripts.local_cloud.tablestore.server import TablestoreServer
from scripts.local_cloud.tablestore.signature import Keys
from scripts.local_cloud.tablestore.store import Store
from scripts.local_cloud.webhook import Webhook

ACCESS_KEYS: Mapping[str, str] = {"local": "local-secret"}
INSTANCE = "local"
FILES = (
    "tablestore.sqlite3",
    "outbox.sqlite3",
    "untold.sqlite3",
    "queues.sqlite3",
    "codes.sqlite3",
)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the services listen; 0 asks for any free port."""

    tablestore: int = 0
    openapi: int = 0
    mns: int = 0
    dypns: int = 0


@dataclass(slots=True)
class LocalCloud:
    """The services. `data` is None for a cloud that forgets everything when it ends.

    `behaviour` is the carriers' usual one. `clock` tells UTC seconds to them and to all but
    Tablestore; a simulation's may run ahead.
    """

    data: Path | None = None
    catalogue: Path = CATALOGUE
    flow_limits: tuple[tuple[int, int], ...] | None = None
    allowed_numbers: frozenset[str] = frozenset()
    behaviour: Behaviour = field(default_factory=Behaviour)
    clock: Callable[[], float] = time.time
    _outages: Outages = field(default_factory=Outages)
    _delivering: asyncio.Task[None] | None = None
    _pusher: Pusher = field(default_factory=Pusher)

    async def start(self, ports: Ports) -> Ports:
        """Listen, and return the ports that were taken."""
        files = [self.data / name if self.data else None for name in FILES]
        store, outbox, untold = Store(files[0]), Outbox(files[1]), Untold(files[2])
        queues, tokens = Queues(files[3], clock=self.clock), Tokens(clock=self.clock)
        faults, calls = Faults(), Calls()
        keys = AccessKeys(ACCESS_KEYS)
        captcha, siteverify = Captcha(), turnstile.Turnstile(faults, calls)
        webhook = Webhook(faults, calls)

        carrier = Carrier(
            outbox,
            untold,
            queues,
            pusher=self._pusher,
            behaviour=self.behaviour,
            clock=self.clock,
        )

        def empty() -> None:
            for kept in (store, outbox, untold, queues, tokens, dypns, keys):
                kept.clear()
            carrier.reset()
            captcha.clear()
            siteverify.clear()
            tags.clear()
            webhook.clear()
            faults.reset()
            calls.clear()

        settings = {"allowed_numbers": self.allowed_numbers}
        console = Console.from_file(
            self.catalogue,
            **settings,
            **({"flow_limits": self.flow_limits} if self.flow_limits else {}),
        )
        tablestore = TablestoreServer(store, Keys(keys, INSTANCE), faults, calls)
        tags = Tags(console)
        dysms = Dysms(console, outbox, clock=self.clock)
        dypns = Dypns(console, outbox, Codes(files[4]), clock=self.clock)
        openapi = OpenApiServer(
            dysms,
            Reviews(console),
            dypns,
            captcha,
            Dybase(tokens),
            Records(outbox, clock=self.clock),
            Sts(keys),
            Listings(console),
            tags,
            keys,
            faults,
            calls,
        )
        openapi_app = web.Application(middlewares=[hang_up])
        Control(outbox, faults, calls, empty).add_to(openapi_app)
        CarrierControl(carrier, console).add_to(openapi_app)
        QueueControl(queues, tokens).add_to(openapi_app)
        KeyControl(keys).add_to(openapi_app)
        webhook.add_to(openapi_app)
        DypnsControl(dypns).add_to(openapi_app)
        self._outages.add_to(openapi_app)
        openapi_app.router.add_route("*", "/", openapi.handle)
        openapi_app.router.add_post(turnstile.PATH, siteverify.handle)
        self._delivering = asyncio.create_task(carrier.run())
        dypns_app = web.Application(middlewares=[hang_up])
        dypns_app.router.add_route("*", "/", openapi.handle_dypns)
        mns = MnsServer(queues, tokens, faults, calls, clock=self.clock)
        self._outages.listeners = {
            "tablestore": Listener(tablestore.app(), ports.tablestore),
            "openapi": Listener(openapi_app, ports.openapi),
            "mns": Listener(mns.app(), ports.mns),
            "dypns": Listener(dypns_app, ports.dypns),
        }
        return Ports(**{name: await one.open() for name, one in self._outages.listeners.items()})

    async def stop(self) -> None:
        """Stop listening."""
        if self._delivering is not None:
            self._delivering.cancel()
        await self._pusher.close()
        await self._outages.end()
        for listener in self._outages.listeners.values():
            await listener.close()
