"""The scripts that people run, run as people run them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values
from tablestore import CapacityUnit, OTSClient, ReservedThroughput, TableMeta, TableOptions

from scripts import deployment
from shared.storage.tables import ALL
from tests.service import PHONE, ROOT, Cloud

PYTHON = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "ENV_FILE": os.devnull}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Front:
    """The local service, by HTTP."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def request(self, path: str, body: Any = None, method: str | None = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text else None

    def round_trip(self, phone: str = PHONE) -> tuple[int, int]:
        """Send, read the code in the inbox, verify twice; return both answers' statuses."""
        body = {"phone": phone, "scene": "sign_in"}
        status, sent = self.request("/send-code", body)
        assert status == 200, sent
        _, inbox = self.request(f"/_local/outbox?phone={phone}")
        code = inbox[0]["params"]["code"]
        guess = {**body, "verification_id": sent["verification_id"], "code": code}
        return self.request("/verify-code", guess)[0], self.request("/verify-code", guess)[0]


@contextmanager
def serving(data: Path, *arguments: str, **environment: str) -> Iterator[Front]:
    port = free_port()
    command = [sys.executable, "-m", "scripts.local_cloud.serve", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--data", str(data), *arguments],
        cwd=ROOT,
        env={**PYTHON, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("Ready"):
                break
        yield Front(port)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)


@pytest.mark.parametrize("gateway", ["http", "apigw"])
def test_serve_sends_and_verifies_over_http(tmp_path: Path, gateway: str) -> None:
    with serving(tmp_path, "--gateway", gateway) as front:
        assert front.round_trip() == (200, 400)


def test_a_path_that_belongs_to_no_door_is_not_found(tmp_path: Path) -> None:
    with serving(tmp_path) as front:
        status, answer = front.request("/nowhere")
        assert (status, answer["code"]) == (404, "not_found")


def test_serve_keeps_its_state_over_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path) as front:
        _, sent = front.request("/send-code", {"phone": PHONE, "scene": "sign_in"})
    with serving(tmp_path) as front:
        assert front.request("/send-code", {"phone": PHONE, "scene": "sign_in"})[0] == 429
        _, inbox = front.request("/_local/outbox")
        guess = {
            "phone": PHONE,
            "scene": "sign_in",
            "verification_id": sent["verification_id"],
            "code": inbox[0]["params"]["code"],
        }
        assert front.request("/verify-code", guess)[0] == 200


def test_serve_starts_fresh_when_told_to(tmp_path: Path) -> None:
    with serving(tmp_path) as front:
        front.round_trip()
    with serving(tmp_path, "--fresh") as front:
        assert front.request("/_local/outbox") == (200, [])
        assert front.round_trip() == (200, 400)


def test_the_environment_overrides_the_local_values(tmp_path: Path) -> None:
    with serving(tmp_path, LIMIT_PHONE="3/60s", CODE_LENGTH="4", ACCESS="gateway") as front:
        for _ in range(3):
            assert front.round_trip() == (200, 400)
        _, inbox = front.request("/_local/outbox")
        assert len(inbox[0]["params"]["code"]) == 4
        assert front.request("/send-code", {"phone": PHONE, "scene": "sign_in"})[0] == 429


def test_an_empty_access_refuses_to_send(tmp_path: Path) -> None:
    with serving(tmp_path, ACCESS="") as front:
        status, answer = front.request("/send-code", {"phone": PHONE, "scene": "sign_in"})
        assert (status, answer["code"]) == (401, "unauthorized")


def test_a_handler_can_be_called_by_hand_with_the_doors_environment(tmp_path: Path) -> None:
    with serving(tmp_path):
        lines = (tmp_path / "doors.env").read_text("utf-8").splitlines()
        environment = dict(line.split("=", 1) for line in lines)
        body = json.dumps({"phone": PHONE, "scene": "sign_in"})
        event = {"httpMethod": "POST", "path": "/send-code", "headers": {}, "body": body}
        code = (
            "import json, sys\n"
            "from functions.send_code import handler\n"
            "print(json.dumps(handler(sys.argv[1].encode(), None)))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, json.dumps(event)],
            cwd=ROOT,
            env={**PYTHON, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout.splitlines()[-1])["statusCode"] == 200


def test_serve_says_where_it_answers_for_as_long_as_it_does(tmp_path: Path) -> None:
    file = tmp_path / "doors.env"
    with serving(tmp_path) as front:
        assert deployment.read(file).environment["FRONT_URL"] == front.address
    left = deployment.read(file).environment
    assert "FRONT_URL" not in left
    assert left["TABLESTORE_INSTANCE"] == "local"


def test_what_serve_runs_with_is_read_back_as_it_was(tmp_path: Path) -> None:
    keys = '{"shop": "' + "a" * 64 + '"}'
    given = {"API_KEYS": keys, "DYSMS_SIGN_NAME": "a #b", "DYSMS_TEMPLATES": "'SMS_1'"}
    with serving(tmp_path, **given):
        found = deployment.read(tmp_path / "doors.env").environment
    assert {name: found[name] for name in given} == given


def test_messages_are_delivered_after_a_moment_by_default(tmp_path: Path) -> None:
    with serving(tmp_path) as front:
        front.request("/send-code", {"phone": PHONE, "scene": "sign_in"})
        deadline = time.monotonic() + 10
        state = ""
        while state != "delivered" and time.monotonic() < deadline:
            state = front.request("/_local/outbox")[1][0]["state"]
        assert state == "delivered"


def test_a_port_that_is_taken_is_explained(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "scripts.local_cloud.serve", "--data", str(tmp_path)]
        done = subprocess.run(
            [*command, "--port", str(taken.getsockname()[1])],
            cwd=ROOT,
            env=PYTHON,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "--port" in done.stderr


@pytest.mark.parametrize("name", ["install", "serve", "test", "check", "bootstrap", "lock"])
def test_every_script_explains_itself_from_any_directory(tmp_path: Path, name: str) -> None:
    done = subprocess.run(
        [ROOT / "scripts" / name, "--help"],
        cwd=tmp_path,
        env={**os.environ, "VENV": str(Path(sys.prefix))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"usage: scripts/{name}" in done.stdout


def bootstrap(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.bootstrap_tables", *arguments],
        cwd=ROOT,
        env={**PYTHON, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def store_of(cloud: Cloud) -> Any:
    return OTSClient(cloud.tablestore, "local", "local-secret", "local")


def make_table(client: Any, name: str, key: str) -> None:
    throughput = ReservedThroughput(CapacityUnit(0, 0))
    client.create_table(TableMeta(name, [(key, "STRING")]), TableOptions(), throughput)


@pytest.fixture
def bare_cloud() -> Iterator[Cloud]:
    cloud = Cloud.start()
    yield cloud
    cloud.stop()


def test_bootstrap_creates_the_tables_and_may_be_repeated(bare_cloud: Cloud) -> None:
    first, second = (bootstrap(bare_cloud.environment) for _ in range(2))
    assert first.returncode == second.returncode == 0
    assert first.stdout.count("created") == len(ALL)
    assert second.stdout.count("as it should be") == len(ALL)


def test_bootstrap_waits_until_the_tables_answer(bare_cloud: Cloud) -> None:
    bare_cloud.fault("tablestore", "GetRow", "error:OTSTableNotReady", 2)
    done = bootstrap(bare_cloud.environment)
    assert done.returncode == 0
    assert "waiting" in done.stdout


def test_bootstrap_says_what_is_not_set() -> None:
    done = bootstrap({})
    assert done.returncode == 1
    assert "TABLESTORE_ENDPOINT" in done.stderr


def test_bootstrap_says_when_the_store_cannot_be_reached(bare_cloud: Cloud) -> None:
    done = bootstrap({**bare_cloud.environment, "TABLESTORE_ENDPOINT": "http://127.0.0.1:9"})
    assert done.returncode == 1
    assert "Tablestore" in done.stderr


def test_bootstrap_mends_what_is_not_as_it_should_be(bare_cloud: Cloud) -> None:
    bootstrap(bare_cloud.environment)
    client = store_of(bare_cloud)
    client.update_table("sms_verify_phones", TableOptions(86_400, 3, None))
    done = bootstrap(bare_cloud.environment)
    assert "sms_verify_phones: there; rows now live 40 days" in done.stdout
    options = client.describe_table("sms_verify_phones").table_options
    assert (options.time_to_live, options.max_version) == (40 * 86_400, 1)


def test_bootstrap_refuses_a_table_with_other_keys(bare_cloud: Cloud) -> None:
    make_table(store_of(bare_cloud), "sms_verify_lists", "other")
    done = bootstrap(bare_cloud.environment)
    assert done.returncode == 1
    assert "TABLE_PREFIX" in done.stderr


def test_bootstrap_reads_a_file_and_says_which(bare_cloud: Cloud, tmp_path: Path) -> None:
    file = tmp_path / "some.env"
    lines = (f"{name}={value}\n" for name, value in bare_cloud.environment.items())
    file.write_text("".join(lines) + "TABLE_PREFIX=other_\n", "utf-8")
    done = bootstrap({"TABLE_PREFIX": "not_this_"}, "--env-file", str(file))
    assert done.returncode == 0
    assert "some.env alone" in done.stderr
    assert "other_phones: created" in done.stdout


def secrets_into(file: Path, *arguments: str, ends: int = 0, looks_in: Path | None = None) -> str:
    """Run `scripts/bootstrap --secrets >> file`; return what it says."""
    with file.open("a") as out:
        done = subprocess.run(
            [sys.executable, "-m", "scripts.bootstrap_tables", *arguments, "--secrets"],
            cwd=ROOT,
            env={**PYTHON, "ENV_FILE": str(looks_in or file)},
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == ends, done.stderr
    return done.stderr


def test_bootstrap_makes_secrets_without_an_account_or_settings() -> None:
    first, second = (bootstrap({}, "--secrets") for _ in range(2))
    assert (first.returncode, first.stderr) == (0, "")
    found = dict(line.split("=", 1) for line in first.stdout.splitlines())
    assert set(found) >= {"CODE_SECRETS", "NUMBER_SECRET"}
    assert len(set(found.values())) == len(found)
    assert min(map(len, found.values())) >= 43
    assert not set(first.stdout.split()) & set(second.stdout.split())


def test_secrets_are_added_to_a_file_once_and_never_changed(tmp_path: Path) -> None:
    file = tmp_path / "some.env"
    file.write_text("CODE_SECRETS=\nNUMBER_SECRET=kept\nSTAGE=dev", "utf-8")
    assert "NUMBER_SECRET stands in " in secrets_into(file)
    once = file.read_text("utf-8")
    found = dotenv_values(file)
    assert (found["NUMBER_SECRET"], found["STAGE"]) == ("kept", "dev")
    assert len(found["CODE_SECRETS"] or "") >= 43
    secrets_into(file)
    assert file.read_text("utf-8") == once


def test_secrets_are_added_once_to_a_file_that_is_named(tmp_path: Path) -> None:
    file, standing = tmp_path / "prod.env", tmp_path / ".env"
    file.write_text("STAGE=prod\n", "utf-8")
    named = ("--env-file", str(file))
    assert secrets_into(file, *named, looks_in=standing) == ""
    once = file.read_text("utf-8")
    assert once.count("NUMBER_SECRET=") == 1
    said = secrets_into(file, *named, looks_in=standing)
    assert "CODE_SECRETS, NUMBER_SECRET, RECEIPT_SECRETS stands in " in said
    assert file.read_text("utf-8") == once


def test_secrets_that_a_file_has_are_not_printed_for_a_pipe_either(tmp_path: Path) -> None:
    file = tmp_path / "prod.env"
    file.write_text("NUMBER_SECRET=kept\n", "utf-8")
    done = bootstrap({}, "--env-file", str(file), "--secrets")
    assert done.stdout.startswith("CODE_SECRETS=")
    assert "NUMBER_SECRET" not in done.stdout
    assert "kept" not in done.stdout + done.stderr


def test_secrets_are_made_for_a_file_that_is_still_to_come(tmp_path: Path) -> None:
    done = bootstrap({}, "--env-file", str(tmp_path / "new.env"), "--secrets")
    assert (done.returncode, done.stderr) == (0, "")
    assert "NUMBER_SECRET=" in done.stdout


def test_no_secret_is_added_to_a_file_that_was_not_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "prod.env"
    file.write_text("NUMBER_SECRET=kept\n", "utf-8")
    assert "--env-file" in secrets_into(file, looks_in=tmp_path / ".env", ends=1)
    assert file.read_text("utf-8") == "NUMBER_SECRET=kept\n"
