"""Guesses that come back (hole: budget refilled by resend, other scene, or a counter that dies)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tablestore import Row

from shared import wiring
from shared.settings import Settings
from shared.storage import tables
from tests.service import Answer, Service, wrong

Setting = Callable[..., None]
At = Callable[[float], None]
LONGEST_CODE = 3600
DAY = 86_400


def use_up(service: Service, verification_id: str, code: str, scene: str = "sign_in") -> None:
    for _ in range(3):
        assert service.verify(verification_id, wrong(code), scene=scene).code == "code_rejected"


def refused(answer: Answer) -> bool:
    return answer.code == "code_rejected"


def test_a_resend_refills_no_budget(service: Service, setting: Setting, at: At) -> None:
    setting(LIMIT_PHONE="1/60s,3/24h", PHONE_SHARE="1")
    codes: list[tuple[str, str]] = []
    for number in range(3):
        at(61 * number)
        again = {"replaces": codes[-1][0]} if codes else {}
        codes.append(service.sent(**again))
        use_up(service, *codes[-1])
        assert all(refused(service.verify(*code)) for code in codes)
    for seconds in (183, 3_600, 86_000):
        at(seconds)
        answer = service.send(replaces=codes[-1][0])
        assert answer.code == "rate_limited", "a number has 3 sends of 3 guesses a day, no more"


def test_another_scene_refills_no_budget(service: Service, setting: Setting, at: At) -> None:
    setting(LIMIT_PHONE="1/60s,2/24h", PHONE_SHARE="1", LIMIT_GUESS="8/1d")
    at(0)
    first = service.sent(scene="sign_in")
    use_up(service, *first)
    use_up(service, *first, scene="reset_password")
    assert refused(service.verify(*first))
    assert refused(service.verify(*first, scene="reset_password")), "the address's eighth guess"
    assert service.send(scene="reset_password").code == "rate_limited"
    assert service.verify("A" * 22, "000000", scene="reset_password").code == "rate_limited"
    at(61)
    assert service.send(scene="reset_password").status == 200
    at(122)
    assert service.send(scene="reset_password").code == "rate_limited"


def test_no_count_dies_before_its_code(service: Service, setting: Setting, at: At) -> None:
    setting(CODE_TTL=str(LONGEST_CODE))
    at(0)
    used_up = service.sent()
    use_up(service, *used_up)
    client, prefix = wiring.store_client()
    for table, key in ((tables.PHONES, "phone"), (tables.COUNTERS, "counter")):
        for row in service.rows(table.suffix):
            client.delete_row(table.name(prefix), Row([(key, row[key])]))
    for seconds in (1, 59, 61, 299, 301, LONGEST_CODE / 2, LONGEST_CODE - 1):
        at(seconds)
        assert refused(service.verify(*used_up))


@pytest.mark.parametrize("table", [tables.MESSAGES, tables.COUNTERS, tables.PHONES])
def test_no_table_forgets_what_still_counts(table: tables.Table) -> None:
    (longest,) = (m.le for m in Settings.model_fields["code_ttl"].metadata if hasattr(m, "le"))
    assert longest == LONGEST_CODE
    assert table.time_to_live > max(31 * DAY, LONGEST_CODE)
