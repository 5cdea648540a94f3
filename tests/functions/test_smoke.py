"""scripts/smoke against the local service by HTTP, and against services that misbehave."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts.local_cloud.local_settings import TEST_CODE, TEST_NUMBER
from scripts.smoke_test import __main__ as smoke_main
from scripts.smoke_test.__main__ import main
from shared.domain.access import key_digest
from tests.functions.test_scripts import Front, serving

Captured = pytest.CaptureFixture[str]
KEY = "k" * 43
REAL = "13912345678"
SECRETS = (TEST_NUMBER, TEST_CODE, KEY, REAL)


class Smoke:
    """scripts/smoke, run in this process."""

    def __init__(self, capsys: Captured, env_file: Path) -> None:
        self._capsys = capsys
        self._env_file = env_file

    def __call__(self, *arguments: str, ends: int = 0) -> str:
        """Run it, expect its exit code, and return what it wrote; nothing secret is in it."""
        self._capsys.readouterr()
        code = main([*arguments, "--env-file", str(self._env_file)])
        written = self._capsys.readouterr()
        said = written.out + written.err
        assert code == ends, said
        assert not any(secret in said for secret in SECRETS)
        return said

    def steps(self, *arguments: str, ends: int = 0) -> dict[str, dict[str, Any]]:
        """Run it for programs, and return the steps by name."""
        found = json.loads(self(*arguments, "--json", ends=ends))
        assert found["ok"] is (ends == 0)
        return {step["name"]: step for step in found["steps"]}


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SMOKE_API_KEY", "SMOKE_CAPTCHA", "TEST_NUMBERS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def front(data: Path) -> Iterator[Front]:
    with serving(data) as front:
        yield front


@pytest.fixture
def smoke(capsys: Captured, data: Path) -> Smoke:
    return Smoke(capsys, data / "doors.env")


PASSED = ["send", "wrong", "right", "again"]


def test_the_local_service_passes_without_any_option(
    front: Front, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(smoke_main, "DOORS", data / "doors.env")  # stands for the repository's
    assert main([front.address]) == 0
    out = capsys.readouterr().out
    assert out.count("✓") == len(PASSED)


@pytest.mark.parametrize("doors", ["of another address", "of a service that ended", "missing"])
def test_an_address_of_this_machine_is_the_local_service_only_where_that_says_so(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, doors: str
) -> None:
    # It may be a tunnel to a deployment, which would send the local test number a real SMS.
    monkeypatch.setattr(smoke_main, "DOORS", tmp_path / "doors.env")
    if doors != "missing":
        address = "FRONT_URL=http://127.0.0.1:9\n" if doors == "of another address" else ""
        numbers = f"TEST_NUMBERS={TEST_NUMBER}={TEST_CODE}@2999-01-31\n"
        (tmp_path / "doors.env").write_text(numbers + address, "utf-8")
    assert main([stub.address]) == 2
    assert stub.seen == []
    said = capsys.readouterr().err
    assert said.count("--env-file") == 2


def test_it_can_be_repeated_at_once_and_sends_nothing_to_a_carrier(
    front: Front, smoke: Smoke
) -> None:
    for _ in range(5):
        assert list(smoke.steps(front.address)) == PASSED
    assert front.request(f"/_local/outbox?phone={TEST_NUMBER}") == (200, [])


def test_the_functions_may_have_an_address_each(front: Front, smoke: Smoke) -> None:
    send, verify = f"{front.address}/send-code", front.address
    assert list(smoke.steps("--send-url", send, "--verify-url", verify)) == PASSED


def test_a_scene_that_is_unknown_is_explained(front: Front, smoke: Smoke) -> None:
    said = smoke(front.address, "--scene", "nowhere", ends=1)
    assert "400 unknown_scene request_id=" in said
    assert "--scene" in said.split("unknown_scene")[1]


def test_a_test_number_whose_limit_is_used_up_is_explained(
    tmp_path: Path, capsys: Captured
) -> None:
    with serving(tmp_path, LIMIT_ALLOWED="1/24h") as front:
        smoke = Smoke(capsys, tmp_path / "doors.env")
        smoke(front.address)
        said = smoke(front.address, ends=1)
    assert "429 rate_limited retry_after=" in said
    assert "LIMIT_ALLOWED" in said


def test_one_try_is_not_wasted_on_a_wrong_code(tmp_path: Path, capsys: Captured) -> None:
    with serving(tmp_path, MAX_ATTEMPTS="1") as front:
        steps = Smoke(capsys, tmp_path / "doors.env").steps(front.address)
    assert list(steps) == ["send", "right", "again"]


def test_an_api_key_from_the_environment_lets_in_and_others_are_kept_out(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = json.dumps({"shop": key_digest(KEY)})
    with serving(tmp_path, ACCESS="api_key", API_KEYS=keys) as front:
        smoke = Smoke(capsys, tmp_path / "doors.env")
        said = smoke(front.address, ends=1)
        assert "401 unauthorized" in said
        assert "SMOKE_API_KEY" in said
        monkeypatch.setenv("SMOKE_API_KEY", KEY)
        steps = smoke.steps(front.address)
        assert list(steps) == ["stranger", *PASSED]
        assert steps["stranger"]["code"] == "unauthorized"
        monkeypatch.delenv("SMOKE_API_KEY")
        monkeypatch.setenv("MY_KEY", KEY)
        smoke(front.address, "--api-key-env", "MY_KEY")
        smoke(front.address, "--header", "Authorization: Bearer ${MY_KEY}")


@pytest.mark.parametrize("key", ["密钥", "a\nb", "é"])
def test_an_api_key_that_no_header_can_carry_is_explained(
    stub: Stub, against: Smoke, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("SMOKE_API_KEY", key)
    said = against(stub.address, ends=2)
    assert said.count("SMOKE_API_KEY") == 2
    assert key not in said
    assert stub.seen == []


def test_an_address_that_is_none_is_explained(against: Smoke) -> None:
    for address in ("http://[::1", "https://a..b.example"):
        assert "https://sms.example.com" in against(address, ends=2)


def test_a_captcha_from_the_environment_lets_in_once(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path, "--captcha", "turnstile") as front:
        smoke = Smoke(capsys, tmp_path / "doors.env")
        said = smoke(front.address, ends=1)
        assert "400 captcha_required" in said
        assert "SMOKE_CAPTCHA" in said
        monkeypatch.setenv("SMOKE_CAPTCHA", "once")
        steps = smoke.steps(front.address)
        assert steps["stranger"]["code"] == "captcha_required"
        assert "403 captcha_failed" in smoke(front.address, ends=1)


def test_a_door_that_fails_is_told_with_its_request_id(front: Front, smoke: Smoke) -> None:
    fault = {"service": "tablestore", "operation": "BatchGetRow", "effect": "drop", "count": -1}
    front.request("/_local/faults", fault)
    said = smoke(front.address, ends=1)
    front.request("/_local/faults", {"clear": True})
    assert "503 storage_unavailable retry_after=1 request_id=" in said
    assert "scripts/doctor" in said


# Numbers that are no test numbers


@pytest.mark.parametrize("phone", [REAL, "13800138000"])
def test_no_other_number_is_sent_to(front: Front, smoke: Smoke, phone: str) -> None:
    said = smoke(front.address, "--phone", phone, ends=2)
    assert "--real" in said
    assert front.request(f"/_local/outbox?phone={phone}") == (200, [])


def test_a_test_number_may_be_spelt_in_any_way(front: Front, smoke: Smoke) -> None:
    smoke(front.address, "--phone", f"+86 {TEST_NUMBER[:3]} {TEST_NUMBER[3:]}")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ("", "TEST_NUMBERS"),
        (f"TEST_NUMBERS={TEST_NUMBER}={TEST_CODE}@2020-01-31", "TEST_NUMBERS"),
        (f"TEST_NUMBERS={TEST_NUMBER}", "number=code@YYYY-MM-DD"),
        (f"TEST_NUMBERS=010={TEST_CODE}@2999-01-31", "TEST_NUMBERS"),
        ("REGIONS=XX", "REGIONS"),
    ],
)
def test_without_a_test_number_in_force_nothing_is_sent(
    capsys: Captured, tmp_path: Path, settings: str, named: str
) -> None:
    file = tmp_path / "some.env"
    file.write_text(settings + "\n", "utf-8")
    assert named in Smoke(capsys, file)("http://127.0.0.1:9", ends=2)


def answering(monkeypatch: pytest.MonkeyPatch, *, confirmed: bool, front: Front) -> list[str]:
    """Answer the questions at the terminal as who holds the phone would; return them."""
    asked: list[str] = []

    def confirm(text: str, **_: Any) -> bool:
        asked.append(text)
        if not confirmed:
            raise smoke_main.click.Abort
        return True

    def prompt(text: str, **_: Any) -> str:
        asked.append(text)
        _, inbox = front.request(f"/_local/outbox?phone={REAL}")
        return str(inbox[0]["params"]["code"]) if len(asked) > 2 else "not digits"

    monkeypatch.setattr(smoke_main.click, "confirm", confirm)
    monkeypatch.setattr(smoke_main.click, "prompt", prompt)
    return asked


def test_a_real_number_is_sent_to_when_that_is_asked_for_and_confirmed(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path) as front:
        asked = answering(monkeypatch, confirmed=True, front=front)
        smoke = Smoke(capsys, tmp_path / "doors.env")
        steps = smoke.steps(front.address, "--real", "--phone", REAL)
        assert list(steps) == PASSED
        assert len(front.request(f"/_local/outbox?phone={REAL}")[1]) == 1
    assert "+86139****5678" in asked[0]
    assert REAL not in "".join(asked)


def test_nothing_is_sent_to_a_real_number_that_was_not_confirmed(
    front: Front, smoke: Smoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, confirmed=False, front=front)
    smoke(front.address, "--real", "--phone", REAL, ends=1)
    assert front.request(f"/_local/outbox?phone={REAL}") == (200, [])


@pytest.mark.parametrize("options", [("--real",), ("--real", "--phone", TEST_NUMBER)])
def test_a_real_send_needs_a_number_that_is_no_test_number(
    front: Front, smoke: Smoke, options: tuple[str, ...]
) -> None:
    smoke(front.address, *options, ends=2)


# Services that misbehave

SENT = {"verification_id": "v", "delivery": "accepted"}
VERIFIED, REJECTED = {"verified": True}, {"code": "code_rejected", "request_id": "r"}
Answers = Callable[[str, dict[str, Any], int], tuple[int, Any]]


class Stub:
    """A service that answers what a test says; `seen` are the requests."""

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []
        self.answers: Answers = lambda _path, _body, _times: (500, {})
        self.headers = {"Cache-Control": "no-store"}
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stub.seen.append(dict(self.headers))
                times = len(stub.seen)
                status, answer = stub.answers(self.path, body, times)
                raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in stub.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def stub() -> Iterator[Stub]:
    stub = Stub()
    thread = threading.Thread(target=stub.server.serve_forever, args=(0.05,))
    thread.start()
    yield stub
    stub.server.shutdown()
    stub.server.server_close()
    thread.join()


@pytest.fixture
def against(capsys: Captured, tmp_path: Path) -> Smoke:
    file = tmp_path / "some.env"
    file.write_text(f"TEST_NUMBERS={TEST_NUMBER}={TEST_CODE}@2999-01-31\n", "utf-8")
    return Smoke(capsys, file)


def test_a_code_that_is_accepted_twice_is_a_failure(stub: Stub, against: Smoke) -> None:
    def answers(path: str, body: dict[str, Any], _: int) -> tuple[int, Any]:
        if path == "/send-code":
            return 200, SENT
        return (200, VERIFIED) if body["code"] == TEST_CODE else (400, REJECTED)

    stub.answers = answers
    steps = against.steps(stub.address, ends=1)
    assert [name for name, step in steps.items() if not step["ok"]] == ["again"]
    assert "accepted twice" in steps["again"]["advice_en"]


def test_a_wrong_code_that_is_accepted_is_a_failure(stub: Stub, against: Smoke) -> None:
    stub.answers = lambda path, _body, _times: (200, SENT if path == "/send-code" else VERIFIED)
    assert not against.steps(stub.address, ends=1)["wrong"]["ok"]


def test_a_service_that_knows_another_code_is_explained(stub: Stub, against: Smoke) -> None:
    stub.answers = lambda path, _body, _times: (
        (200, SENT) if path == "/send-code" else (400, REJECTED)
    )
    steps = against.steps(stub.address, ends=1)
    assert list(steps) == ["send", "wrong", "right"]
    assert "TEST_NUMBERS" in steps["right"]["advice_en"]


def test_an_answer_that_may_be_kept_on_its_way_is_a_failure(stub: Stub, against: Smoke) -> None:
    stub.headers = {}
    stub.answers = lambda _path, _body, _times: (200, SENT)
    assert "no-store" in against(stub.address, ends=1)


@pytest.mark.parametrize(
    ("status", "body", "advised"),
    [
        (403, b"The request is not authorized", "--sign"),
        (502, b"", "crashed"),
        (200, b"<html>hello</html>", "not this service"),
        (302, b"", "not this service"),
        (404, {"code": "not_found"}, "no such door"),
    ],
)
def test_an_answer_from_elsewhere_is_explained(
    stub: Stub, against: Smoke, status: int, body: Any, advised: str
) -> None:
    stub.answers = lambda _path, _body, _times: (status, body)
    said = against(stub.address, ends=1)
    assert advised in said
    assert len(stub.seen) == 1


def test_no_answer_at_all_is_explained(against: Smoke) -> None:
    said = against("http://127.0.0.1:9", ends=1)
    assert "ConnectionError" in said
    assert "check the address" in said


def test_nothing_is_sent_in_the_clear_to_another_machine(against: Smoke) -> None:
    steps = against.steps("http://sms.example.com", ends=1)
    assert list(steps) == ["encrypted"]


def test_who_is_let_in_without_what_authenticates_is_a_failure(
    stub: Stub, against: Smoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMOKE_API_KEY", KEY)
    stub.answers = lambda path, body, times: (
        (200, SENT)
        if path == "/send-code"
        else (200, VERIFIED)
        if body["code"] == TEST_CODE and times == 4
        else (400, REJECTED)
    )
    steps = against.steps(stub.address, ends=1)
    assert [name for name, step in steps.items() if not step["ok"]] == ["stranger"]
    assert "X-Api-Key" not in stub.seen[0]
    assert stub.seen[1]["X-Api-Key"] == KEY


def test_a_request_is_signed_with_the_callers_keys(
    stub: Stub, capsys: Captured, tmp_path: Path
) -> None:
    file = tmp_path / "some.env"
    file.write_text(
        f"TEST_NUMBERS={TEST_NUMBER}={TEST_CODE}@2999-01-31\n"
        "ALIBABA_CLOUD_ACCESS_KEY_ID=id\nALIBABA_CLOUD_ACCESS_KEY_SECRET=secret\n"
        "ALIBABA_CLOUD_SECURITY_TOKEN=token\n",
        "utf-8",
    )
    stub.answers = lambda _path, _body, times: (403, b"not signed") if times == 1 else (200, {})
    said = Smoke(capsys, file)(stub.address, "--sign", ends=1)
    assert "who does not authenticate is refused" in said
    signed = {name.lower(): value for name, value in stub.seen[1].items()}
    assert signed["authorization"].startswith(
        "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=x-acs-date;x-acs-security-token,Signature="
    )
    assert signed["x-acs-security-token"] == "token"
    assert "secret" not in said


def test_the_command_explains_itself(capsys: Captured) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert "Usage: scripts/smoke" in out
    assert "\n    scripts/smoke http://127.0.0.1:9000" in out
