"""The edge: every event form, every error an answer, CORS where it is configured."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from shared import fc, logs
from shared.errors import Refused, StoreUnavailable, StoreUnclear
from shared.fc import Call
from tests.service import ROOT

EVENTS = ROOT / "tests" / "events"


class Seen(BaseModel):
    """What the action saw of the call."""

    method: str
    body: dict[str, Any]
    peer: str | None
    header: str | None


def look(call: Call) -> Seen:
    return Seen(
        method=call.method,
        body=call.json_object(),
        peer=call.peer,
        header=call.headers.get("x-test"),
    )


def serve(event: Any, action: Any = look, origins: tuple[str, ...] = ()) -> dict[str, Any]:
    raw = event if isinstance(event, bytes) else json.dumps(event).encode()
    return fc.serve(raw, None, name="test", action=action, origins=lambda: origins, seconds=5)


@pytest.mark.parametrize("name", ["http_v1", "http_v1_base64", "api_gateway"])
def test_the_documented_events_are_read(name: str) -> None:
    answer = serve((EVENTS / f"{name}.json").read_bytes())
    assert answer["statusCode"] == 200
    seen = json.loads(answer["body"])
    assert seen["body"] == {"phone": "13800138000", "scene": "sign_in"}
    assert seen["peer"] == (None if name == "api_gateway" else "203.0.113.7")
    assert seen["header"] == "yes"


def test_an_event_may_be_a_dictionary_already() -> None:
    event = json.loads((EVENTS / "http_v1.json").read_text())
    answer = fc.serve(event, None, name="t", action=look, origins=tuple, seconds=5)
    assert answer["statusCode"] == 200


def test_an_answer_has_the_shape_that_both_gateways_take() -> None:
    answer = serve((EVENTS / "http_v1.json").read_bytes())
    assert set(answer) == {"statusCode", "headers", "isBase64Encoded", "body"}
    assert (answer["isBase64Encoded"], type(answer["body"])) == (False, str)
    assert answer["headers"]["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Refused("phone_blocked"), 403, "phone_blocked"),
        (StoreUnavailable("GetRow", "OTSServerBusy"), 503, "storage_unavailable"),
        (StoreUnclear("PutRow", "OTSTimeout"), 503, "storage_unavailable"),
        (ValueError("canary"), 500, "internal"),
        (RecursionError("canary"), 500, "internal"),
    ],
)
def test_every_error_is_an_answer(
    error: Exception, status: int, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(call: Call) -> Seen:
        raise error

    answer = serve((EVENTS / "http_v1.json").read_bytes(), fail)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (status, code)
    assert "canary" not in answer["body"] + capsys.readouterr().out


def test_a_request_id_is_the_contexts_before_the_events() -> None:
    class Context:
        request_id = "from-context"

    event = (EVENTS / "http_v1.json").read_bytes()

    def fail(call: Call) -> Seen:
        raise Refused("not_found")

    for context, expected in ((Context(), "from-context"), (None, "from-event")):
        answer = fc.serve(event, context, name="t", action=fail, origins=tuple, seconds=5)
        assert json.loads(answer["body"])["request_id"] == expected


def preflight(origin: str) -> dict[str, Any]:
    return {"httpMethod": "OPTIONS", "path": "/send-code", "headers": {"Origin": origin}}


def test_a_preflight_from_a_configured_origin_is_let_in() -> None:
    answer = serve(preflight("https://app.example"), origins=("https://app.example",))
    assert answer["statusCode"] == 204
    assert answer["headers"]["Access-Control-Allow-Origin"] == "https://app.example"
    assert "Idempotency-Key" in answer["headers"]["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origins", [(), ("https://app.example",)])
def test_a_preflight_from_elsewhere_is_let_in_nowhere(origins: tuple[str, ...]) -> None:
    answer = serve(preflight("https://evil.example"), origins=origins)
    assert answer["statusCode"] == 204
    assert not [name for name in answer["headers"] if name.startswith("Access-Control")]


def test_a_refusal_can_be_read_by_a_configured_origin_too() -> None:
    event = {**preflight("https://app.example"), "httpMethod": "POST"}
    answer = serve(event, origins=("https://app.example",))
    assert answer["statusCode"] == 400
    assert answer["headers"]["Access-Control-Allow-Origin"] == "https://app.example"
    assert answer["headers"]["Vary"] == "Origin"


def test_an_event_may_be_nested_as_deep_as_it_likes() -> None:
    for depth in (10, *range(900, 1010), 100_000):
        nested = "[" * depth + "1" + "]" * depth
        event = f'{{"httpMethod":"POST","headers":{{"a":[{nested}]}},"body":{nested}}}'
        assert serve(event.encode())["statusCode"] in (400, 405)


def test_half_a_character_in_an_id_is_answered_and_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A gateway's id is repeated in answer and log; one that no text can hold is not."""
    event = {"httpMethod": "POST", "body": "", "requestContext": {"requestId": "\ud800"}}
    answer = serve(event)
    answer["body"].encode()
    assert answer["statusCode"] == 400
    logs.set_level("INFO")
    logs.write("odd", level="ERROR", request_id="\ud800")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["request_id"] == "\ud800"


def test_an_origin_that_is_no_header_value_is_not_repeated() -> None:
    event = {"httpMethod": "POST", "headers": {"Origin": "https://a\r\nSet-Cookie: b=c"}}
    assert "Access-Control-Allow-Origin" not in serve(event, origins=("*",))["headers"]


def test_parts_of_an_event_that_are_no_text_are_left_out() -> None:
    event = {"httpMethod": ["POST"], "path": {"a": 1}, "headers": {"x-test": [1, "yes", None]}}
    answer = serve({**event, "requestContext": {"http": {"method": "POST", "sourceIp": 7}}})
    assert json.loads(answer["body"])["code"] == "invalid_request"
    body = {**event, "httpMethod": "POST", "body": "{}"}
    assert json.loads(serve(body)["body"])["header"] == "yes"


def test_an_integer_of_endless_digits_does_not_hide_the_rest_of_an_event() -> None:
    event = '{"httpMethod":"POST","body":"{}","queryParameters":{"a":%s}}' % ("9" * 5_000)
    assert serve(event.encode())["statusCode"] == 200
