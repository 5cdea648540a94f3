"""How providers' messages arrive, from the reports that the doors store: exactly, and for nothing.

For nothing: no request more than storing the reports takes, and one to read it all.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from scripts.ops_cli.__main__ import main as ops
from shared import wiring
from shared.domain.health import MOST_MINUTES, Health
from shared.health_ports import HealthStore
from shared.storage.health import TablestoreHealth
from tests.fakes import PASSES
from tests.functions.test_receipt_faults import sent
from tests.ledger import lately
from tests.service import Service, at_once

BOTH = ("dysms", "dypns")


def recent(*, minutes: int = MOST_MINUTES, ahead: float = 0) -> dict[str, Health]:
    store: HealthStore = TablestoreHealth(*wiring.store_client())
    return store.recent(BOTH, minutes=minutes, now=time.time() + ahead, deadline=PASSES)


def counts(found: Health) -> tuple[int, int, int]:
    return found.delivered, found.failed, found.unreachable


def failed(service: Service, *message: str, code: str = "SP_UNKNOWN_ERROR") -> dict[str, Any]:
    return service.report(*message, success=False, err_code=code, **lately())


def writes(service: Service) -> int:
    return service.cloud.calls("tablestore").get("BatchWriteRow", 0)


def test_nothing_reported_is_no_share(service: Service) -> None:
    assert recent() == {"dysms": Health(), "dypns": Health()}
    service.sent()
    assert recent()["dysms"].share is None


def test_share_and_latency_are_told_by_provider(service: Service) -> None:
    some = sent(service, 12)
    sms = [service.report(*one, **lately(took=took)) for took, one in enumerate(some[:6], 1)]
    sms += [failed(service, *some[6]), failed(service, *some[7], code="EXPIRED")]
    sms += [failed(service, *some[8], code="MOBILE_NOT_ON_SERVICE")]
    assert service.receipt(sms).status == 200
    pnvs = [failed(service, *some[9]), service.report(*some[10], **lately(took=40))]
    assert service.receipt(pnvs, kind="pnvs-report").status == 200
    found = recent()
    assert counts(found["dysms"]) == (6, 2, 1)
    assert found["dysms"].share == 0.75
    assert (found["dysms"].latency(50), found["dysms"].latency(100)) == (3, 6)
    assert counts(found["dypns"]) == (1, 1, 0)
    assert found["dypns"].latency(50) == 40


def test_all_minutes_of_both_providers_are_one_request(service: Service) -> None:
    before = service.cloud.calls("tablestore").get("BatchGetRow", 0)
    recent(minutes=MOST_MINUTES)
    assert service.cloud.calls("tablestore")["BatchGetRow"] - before == 1


def test_repeated_and_reordered_reports_count_once(service: Service) -> None:
    chance = random.Random(3)
    entries = []
    for number, message in enumerate(sent(service, 40)):
        good = service.report(*message, **lately(took=number))
        bad = failed(service, *message)
        entries += [[good, bad], [bad], [bad, good, good], [good]][number % 4]
    for _ in range(4):
        chance.shuffle(entries)
        parts = [entries[start : start + 9] for start in range(0, len(entries), 9)]
        answers = at_once([lambda part=part: service.receipt(part) for part in parts])
        assert {answer.status for answer in answers} == {200}
        assert counts(recent()["dysms"]) == (30, 10, 0)


def test_what_strangers_report_does_not_count(service: Service) -> None:
    some = sent(service, 5)
    lies = [failed(service, verification_id, "13900139000") for verification_id, _ in some]
    lies += [failed(service, f"{number:022d}") for number in range(5)]
    assert service.receipt(lies).status == 200
    assert service.receipt([failed(service, *some[0])], secret="w" * 32).status == 404
    assert recent()["dysms"] == Health()


def test_what_was_reported_long_ago_does_not_count(service: Service) -> None:
    first, second = sent(service, 2)
    late = {"send_time": "2026-01-01 00:00:00", "report_time": "2026-01-01 00:00:03"}
    assert service.receipt([service.report(*first, **late)]).status == 200
    assert service.receipt([service.report(*second, **lately(ago=90))]).status == 200
    assert counts(recent()["dysms"]) == (1, 0, 0)
    assert recent(minutes=1)["dysms"] == Health()
    assert recent(ahead=MOST_MINUTES * 60)["dysms"] == Health()


@pytest.mark.parametrize("many", [1, 190, 199, 200])
def test_it_costs_no_request_however_full_the_batch(service: Service, many: int) -> None:
    some = sent(service, many)
    entries = [service.report(*one, **lately()) for one in some]
    before = writes(service)
    assert service.receipt(entries).status == 200
    assert writes(service) - before == 2
    assert service.rows("pending") == []
    # Two hundred messages fill both requests; their ends are in their own rows, and not here.
    counted = recent()["dysms"].delivered
    assert counted == 0 if many == 200 else counted > 0


def test_ends_that_found_no_room_go_with_the_next_request_of_the_same_push(
    service: Service,
) -> None:
    moments = lately()
    entries = [service.report(*one, **moments) for one in sent(service, 230)]
    assert service.receipt(entries).status == 200
    assert counts(recent()["dysms"]) == (230, 0, 0)


def test_a_row_of_figures_that_cannot_be_written_keeps_no_report_from_being_acknowledged(
    service: Service,
) -> None:
    (message,) = sent(service, 1)
    service.cloud.fault("tablestore", "BatchWriteRow", "delay:0")
    service.cloud.fault("tablestore", "BatchWriteRow", "partial:1:OTSRowOperationConflict")
    service.cloud.fault("tablestore", "BatchWriteRow", "partial:0:OTSRowOperationConflict", -1)
    assert service.receipt([service.report(*message, **lately())]).status == 200
    assert service.state(message[0]).json["state"] == "delivered"
    assert service.rows("pending") == []
    assert recent()["dysms"] == Health()


def test_a_table_of_figures_that_is_missing_keeps_no_report_from_its_end(service: Service) -> None:
    """As after an upgrade without scripts/bootstrap, or with a role that may not write it."""
    message = sent(service, 1)[0]
    client, prefix = wiring.store_client()
    client.delete_table(f"{prefix}health")
    assert service.receipt([service.report(*message, **lately())]).status == 200
    assert service.state(message[0]).json["state"] == "delivered"
    assert service.rows("pending") == []


def test_no_number_and_no_id_rests_with_the_figures(service: Service) -> None:
    ((verification_id, phone),) = sent(service, 1)
    assert service.receipt([service.report(verification_id, phone, **lately())]).status == 200
    kept = str(service.rows("health"))
    assert "dysms/" in kept
    assert verification_id not in kept
    assert phone not in kept


def test_an_operator_sees_how_messages_arrive(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, three = sent(service, 3)
    entries = [service.report(*one, **lately(took=7)), failed(service, *two)]
    entries.append(failed(service, *three, code="USER_REJECT"))
    assert service.receipt(entries).status == 200
    capsys.readouterr()
    assert ops(["health"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["dysms", "1", "1", "1", "50.0%", "7", "s", "7", "s", "7", "s", "-"] in lines
    assert ["dypns", "0", "0", "0", "-", "-", "-", "-", "-"] in lines
    assert ops(["health", "--json", "--minutes", "3"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["minutes"] == 3
    assert told["providers"]["dysms"]["share"] == 0.5
    assert told["providers"]["dypns"]["latency_seconds"]["p50"] is None
    assert ops(["health", "--minutes", str(MOST_MINUTES + 1)]) == 2


def test_an_operator_sees_who_is_set_aside_and_why(
    service: Service, capsys: pytest.CaptureFixture[str], setting: Callable[..., None]
) -> None:
    setting(SMS_PROVIDERS="dysms,dypns")
    service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
    service.sent()
    capsys.readouterr()
    assert ops(["health"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("dysms")]
    assert line.endswith("isv.OUT_OF_SERVICE")
    assert ops(["health", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["providers"]
    assert (told["dysms"]["asked_first"], told["dysms"]["aside_for"]) == (0, "isv.OUT_OF_SERVICE")
    assert (told["dypns"]["asked_first"], told["dypns"]["aside_until"]) == (1, None)
