"""The bare SDK calls of a send and of a guess, written by hand: the floor of what a door costs.

Same clients, same requests, rows of the same shape; no rules, no models, no log. What depends on
a message (digests, ids) is given.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from typing import Any

from scripts.benchmarks.bare_rows import (
    ANY,
    EQUAL,
    LESS,
    MORE,
    OLD,
    UNEQUAL,
    Message,
    column,
    condition,
    history,
    id_key,
    increment,
    joined,
    phone_key,
    put,
    update,
)
from shared.client_wiring import tablestore
from shared.credentials import openapi_config, own_keys, sms_keys
from shared.domain.deadline import Deadline
from shared.providers.connections import time_outs
from shared.rules import rules_of
from shared.storage import tables
from shared.storage.sdk import tablestore as sdk

SECONDS = 9.0


class Bare:
    """The calls, with the clients of the product."""

    def __init__(self) -> None:
        from alibabacloud_dysmsapi20170525.client import Client
        from alibabacloud_dysmsapi20170525.models import SendSmsRequest

        settings = rules_of(os.environ).settings
        self.store = tablestore(settings, own_keys(os.environ, None))
        sms = openapi_config(sms_keys(os.environ, None), settings.dysms_endpoint)
        self._sms, self._request = Client(sms), SendSmsRequest
        self._names = {table: table.name(settings.table_prefix) for table in tables.ALL}
        self._day = int(time.time()) // 86_400 * 86_400

    def send(self, to: Message) -> None:
        """Look, take, hand over, settle."""
        self._look(to)
        self._write(self._taken(to))
        biz_id = self._hand_over(to)
        noted = {
            "outcome": "accepted",
            "provider": "dysms",
            "provider_code": "OK",
            "biz_id": biz_id,
            "template": "SMS_100001",
            "settled_at": int(time.time()),
        }
        mine = sdk.Condition(OLD, column("version", to.id, EQUAL))
        self._write(
            {
                tables.MESSAGES: [update(id_key(to), noted, condition(ANY))],
                tables.PHONES: [update(phone_key(to), history(to, "accepted"), mine)],
            }
        )

    def verify(self, to: Message) -> None:
        """Count what is not right, spend the code, take the guess off its counter."""
        guess = [("counter", f"guess/{to.address}/86400/{self._day}")]
        room = sdk.Condition(ANY, column("n", 5000, LESS, missing=True))
        wrong = sdk.Condition(OLD, self._living(to, column("digest", to.digest, UNEQUAL)))
        tried = self._write(
            {
                tables.MESSAGES: [increment(id_key(to), "left", -1, wrong)],
                tables.COUNTERS: [increment(guess, "n", 1, room)],
            }
        )
        if tried.table_of_update[self._names[tables.MESSAGES]][0].is_ok:
            raise AssertionError("the code is right")
        mark = secrets.token_hex(8)
        right = self._living(to, column("digest", to.digest, EQUAL))
        mine = joined(sdk.LogicalOperator.OR, right, column("spent_by", mark, EQUAL))
        cells = [("state", "spent"), ("spent_by", mark), ("spent_at", int(time.time()))]
        self.store.update_row(
            self._names[tables.MESSAGES],
            sdk.Row(id_key(to), {"put": cells}),
            sdk.Condition(OLD, mine),
        )
        some = sdk.Condition(OLD, column("n", 0, MORE))
        self._write({tables.COUNTERS: [increment(guess, "n", -1, some)]})

    def _look(self, to: Message) -> None:
        window = int(time.time()) // 300
        wanted: tuple[tuple[tables.Table, list[Any], list[str]], ...] = (
            (tables.PHONES, [phone_key(to)], ["version", "sends"]),
            (tables.COUNTERS, [[("counter", key)] for key in self._counters(to)], ["n"]),
            (
                tables.LISTS,
                [
                    [("entry", "ranges")],
                    [("entry", f"number/{to.phone}")],
                    [("entry", f"address/{to.address}")],
                ],
                ["verdict", "kind", "subject", "until", "rules"],
            ),
            (
                tables.SEGMENTS,
                [[("window", f"{to.phone}/{window}")], [("window", f"{to.phone}/{window - 1}")]],
                [],
            ),
        )
        request = sdk.BatchGetRowRequest()
        for table, keys, columns in wanted:
            name = self._names[table]
            request.add(sdk.TableInBatchGetRowItem(name, keys, columns, None, 1))
        self.store.batch_get_row(request)

    def _counters(self, to: Message) -> list[str]:
        return [f"bare_/86400/{self._day}", f"ip/{to.address}/86400/{self._day}"]

    def _taken(self, to: Message) -> dict[tables.Table, list[Any]]:
        now = int(time.time())
        code = {
            "phone": to.phone,
            "masked": "+86138****0019",
            "scene": "sign_in",
            "digest": to.digest,
            "state": "live",
            "left": 3,
            "length": 6,
            "issued_at": now,
            "expires_at": now + 300,
            "outcome": "unconfirmed",
        }
        pending = {"number": f"+86{to.number}", "issued_at": now, "route": "dysms"}
        room = sdk.Condition(ANY, column("n", 100_000_000, LESS, missing=True))
        segment = [("window", f"{to.phone}/{now // 300}")]
        return {
            tables.PHONES: [put(phone_key(to), history(to, None))],
            tables.MESSAGES: [put(id_key(to), code)],
            tables.PENDING: [put(id_key(to), pending)],
            tables.COUNTERS: [
                increment([("counter", key)], "n", 1, room) for key in self._counters(to)
            ],
            tables.SEGMENTS: [update(segment, {"s0019": to.source}, condition(ANY))],
        }

    def _write(self, rows: dict[tables.Table, list[Any]]) -> Any:
        request = sdk.BatchWriteRowRequest()
        for table, items in rows.items():
            request.add(sdk.TableInBatchWriteRowItem(self._names[table], items))
        return self.store.batch_write_row(request)

    def _hand_over(self, to: Message) -> str:
        request = self._request(
            phone_numbers=to.number,
            sign_name="本地测试",
            template_code="SMS_100001",
            template_param=json.dumps({"code": "123456", "min": "5"}),
            out_id=to.id,
        )
        deadline = Deadline(time.monotonic() + SECONDS, time.monotonic)
        body = self._sms.send_sms_with_options(request, time_outs(deadline)).body
        if body.code != "OK":
            raise AssertionError(body.code)
        return str(body.biz_id)

    @staticmethod
    def _living(to: Message, digest: Any) -> Any:
        parts = [
            column("phone", to.phone, EQUAL),
            column("scene", "sign_in", EQUAL),
            column("state", "live", EQUAL),
            column("expires_at", int(time.time()), MORE),
            column("left", 0, MORE),
            digest,
        ]
        found = parts[0]
        for part in parts[1:]:
            found = joined(sdk.LogicalOperator.AND, found, part)
        return found
