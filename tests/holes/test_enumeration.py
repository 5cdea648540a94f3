"""What a stranger learns about numbers, and a guesser about codes (hole: enumeration)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from scripts.ops_cli.__main__ import main as ops
from tests.service import PHONE, Answer, Service, wrong

Setting = Callable[..., None]
At = Callable[[float], None]
Asked: TypeAlias = Callable[[Callable[[], Answer]], tuple[dict[str, int], Answer]]

COMPARED = {"BatchWriteRow": 1}
COMPARED_AND_SPENT = {"BatchWriteRow": 1, "UpdateRow": 1}
OWN = "13700137000"
NUMBERS = {
    "never seen": "13911110000",
    "with a living code": "13922220000",
    "with a spent code": "13933330000",
    "of many sends": "13944440000",
    "denied": "13955550000",
    "opted out": "13966660000",
    "allowed": "13977770000",
    "a test number": "13988880000",
}


@pytest.fixture
def numbers(
    service: Service, setting: Setting, at: At, capsys: pytest.CaptureFixture[str]
) -> dict[str, str]:
    """Numbers of which this service knows all that it can know; its clock stands still."""
    at(0)
    setting(LIMIT_PHONE="10/60s", LIMIT_IP="100/1d", PHONE_SHARE="1")
    setting(TEST_NUMBERS=f"{NUMBERS['a test number']}=246810@2999-01-01")
    service.sent(NUMBERS["with a living code"])
    spent = NUMBERS["with a spent code"]
    assert service.verify(*service.sent(spent), spent).status == 200
    for _ in range(5):
        service.send(NUMBERS["of many sends"])
    for verdict, name in (("deny", "denied"), ("allow", "allowed")):
        assert ops(["lists", "add", verdict, NUMBERS[name], "--reason", "test"]) == 0
    service.receipt([{"phone_number": NUMBERS["opted out"], "content": "TD"}], kind="sms-up")
    service.send(NUMBERS["a test number"])
    capsys.readouterr()
    return NUMBERS


def looks(answer: Answer) -> tuple[Any, ...]:
    body = {**answer.json, "request_id": "", "verification_id": ""}
    return answer.status, answer.headers, body, len(answer.json.get("verification_id", ""))


@pytest.mark.parametrize("stranger", ["unknown id", "id of his own"])
@pytest.mark.parametrize("limit", ["1000/1d", "1/1d"])
def test_a_guess_tells_a_stranger_the_same_of_every_number_in_the_same_time(
    service: Service,
    setting: Setting,
    numbers: dict[str, str],
    asked: Asked,
    stranger: str,
    limit: str,
) -> None:
    mine, code = service.sent(OWN)
    verification_id = mine if stranger == "id of his own" else "A" * 22
    setting(LIMIT_GUESS=limit)
    service.verify("B" * 22, "000000")  # beyond a limit of one, nothing more is answered
    seen = []
    for phone in numbers.values():
        for guess in (code, wrong(code), "246810"):
            requests, answer = asked(lambda p=phone, g=guess: service.verify(verification_id, g, p))
            seen.append((requests, looks(answer)))
    assert all(one == seen[0] for one in seen)
    assert seen[0][0] == (COMPARED_AND_SPENT if limit == "1000/1d" else COMPARED)
    assert seen[0][1][2]["code"] == ("code_rejected" if limit == "1000/1d" else "rate_limited")


def test_a_send_takes_the_same_time_whatever_is_known_of_a_number(
    service: Service, numbers: dict[str, str], asked: Asked
) -> None:
    """Test numbers are the settings' own: they reach no carrier, and so are answered sooner."""
    people = ("never seen", "with a living code", "with a spent code", "of many sends", "allowed")
    seen = [asked(lambda n=name: service.send(numbers[n])) for name in people]
    assert {answer.status for _, answer in seen} == {200}
    assert all(requests == seen[0][0] for requests, _ in seen)
    assert seen[0][0] == {"BatchGetRow": 1, "BatchWriteRow": 2, "SendSms": 1}
    assert all(looks(answer)[:2] == looks(seen[0][1])[:2] for _, answer in seen)


def test_who_opted_out_looks_like_who_was_denied(
    service: Service, numbers: dict[str, str], asked: Asked
) -> None:
    denied, left = (asked(lambda n=n: service.send(numbers[n])) for n in ("denied", "opted out"))
    assert denied[0] == left[0] == {"BatchGetRow": 1}
    assert looks(denied[1]) == looks(left[1])
    assert denied[1].code == "phone_blocked"


@pytest.mark.parametrize(
    ("state", "requests"),
    [
        ("living", COMPARED),
        ("spent", COMPARED_AND_SPENT),
        ("used up", COMPARED_AND_SPENT),
        ("replaced", COMPARED_AND_SPENT),
        ("expired", COMPARED_AND_SPENT),
        ("not sent", COMPARED_AND_SPENT),
        ("of another scene", COMPARED_AND_SPENT),
    ],
)
def test_time_tells_the_holder_of_an_id_whether_his_own_code_lives_and_nothing_else(
    service: Service, setting: Setting, at: At, asked: Asked, state: str, requests: dict[str, int]
) -> None:
    setting(LIMIT_PHONE="10/60s")
    at(0)
    verification_id, code = service.sent()
    if state == "spent":
        service.verify(verification_id, code)
    elif state == "used up":
        for _ in range(3):
            service.verify(verification_id, wrong(code))
    elif state == "replaced":
        service.sent(replaces=verification_id)
    elif state == "expired":
        at(301)
    elif state == "not sent":
        service.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
        service.send()
        (verification_id,) = (
            r["verification_id"] for r in service.rows("messages") if r["state"] == "failed"
        )
    scene = "reset_password" if state == "of another scene" else "sign_in"
    spent, answer = asked(lambda: service.verify(verification_id, wrong(code), PHONE, scene=scene))
    assert (spent, answer.code) == (requests, "code_rejected")
