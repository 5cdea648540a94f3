"""Whose keys are used: the environment's, else the context's; and what is said where none are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from shared import logs
from shared.credentials import (
    Keys,
    KeySource,
    current_keys,
    forget_keys,
    lend,
    own_keys,
    renew_lent,
    sms_keys,
)
from shared.errors import Misconfigured

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "env-id",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "env-secret",
    "ALIBABA_CLOUD_SECURITY_TOKEN": "env-token",
}
CONTEXT = SimpleNamespace(
    credentials=SimpleNamespace(
        access_key_id="ctx-id", access_key_secret="ctx-secret", security_token="ctx-token"
    )
)
DEPLOYED = {"FC_FUNCTION_NAME": "sms-verify-prod-send-code"}
LONG_LIVED = {**ENVIRONMENT, "ALIBABA_CLOUD_SECURITY_TOKEN": ""}


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    forget_keys()
    yield
    forget_keys()


def test_the_environment_comes_first() -> None:
    assert current_keys(ENVIRONMENT, CONTEXT) == Keys("env-id", "env-secret", "env-token")


def test_the_context_comes_second() -> None:
    assert current_keys({}, CONTEXT) == Keys("ctx-id", "ctx-secret", "ctx-token")


@pytest.mark.parametrize("context", [None, SimpleNamespace(), SimpleNamespace(credentials=None)])
def test_without_either_a_deployed_function_has_no_role(context: object) -> None:
    for keys in (own_keys, sms_keys):
        with pytest.raises(Misconfigured):
            keys(DEPLOYED, context)
    with pytest.raises(Misconfigured):
        current_keys({}, context)


@pytest.mark.parametrize(
    ("environment", "context", "expected"),
    [
        (ENVIRONMENT, None, "env-id"),
        (ENVIRONMENT, CONTEXT, "env-id"),
        ({}, CONTEXT, "ctx-id"),
    ],
)
def test_a_function_without_another_role_uses_its_own_for_everything(
    environment: Mapping[str, str], context: object, expected: str
) -> None:
    for keys in (own_keys, sms_keys):
        assert keys({**DEPLOYED, **environment}, context).current().access_key_id == expected


def test_keys_are_looked_up_anew_at_each_invocation_and_clients_stay() -> None:
    changing = {**DEPLOYED, **ENVIRONMENT}
    first = own_keys(changing, None)
    assert first.current().security_token == "env-token"
    changing["ALIBABA_CLOUD_SECURITY_TOKEN"] = "newer"
    assert own_keys(changing, None) is first
    assert first.current().security_token == "newer"
    assert own_keys(DEPLOYED, CONTEXT) is first
    assert first.current().access_key_id == "ctx-id"


def test_refused_keys_are_looked_up_once_more() -> None:
    changing = {**DEPLOYED, **ENVIRONMENT}
    source = own_keys(changing, None)
    refused = lend(source)
    assert not renew_lent(seconds=1)
    changing["ALIBABA_CLOUD_SECURITY_TOKEN"] = "newer"
    assert renew_lent(seconds=1)
    assert source.current() != refused


def test_keys_by_themselves_are_a_source_of_nothing_else() -> None:
    keys: KeySource = Keys("id", "secret", None)
    keys.prepare()
    assert lend(keys) is keys
    assert not renew_lent(seconds=1)


def test_a_representation_shows_no_secret() -> None:
    shown = repr(current_keys(ENVIRONMENT, None))
    assert "env-secret" not in shown
    assert "env-token" not in shown


def warnings(captured: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in captured.splitlines() if "long_lived_keys" in line]


def test_long_lived_keys_of_a_deployed_function_are_warned_of_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_level("INFO")
    for _ in range(3):
        own_keys({**DEPLOYED, **LONG_LIVED}, None)
        sms_keys({**DEPLOYED, **LONG_LIVED}, None)
    text = capsys.readouterr().out
    (warning,) = warnings(text)
    assert warning["level"] == "WARNING"
    assert "role" in warning["advice"]
    assert "env-secret" not in text
    assert "env-id" not in text


@pytest.mark.parametrize(
    "environment", [LONG_LIVED, {**DEPLOYED, **ENVIRONMENT}], ids=["laptop", "role"]
)
def test_nothing_is_warned_of_elsewhere(
    environment: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_level("INFO")
    own_keys(environment, None)
    assert not warnings(capsys.readouterr().out)


def test_what_the_role_is_for_has_to_be_understood() -> None:
    environment = {
        **DEPLOYED,
        **ENVIRONMENT,
        "ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/r",
        "ALIBABA_CLOUD_ROLE_FOR": "everything",
    }
    with pytest.raises(Misconfigured, match="internal") as refused:
        own_keys(environment, None)
    assert "ALIBABA_CLOUD_ROLE_FOR" in refused.value.reason


LAPTOP = """
import os
from shared import logs
from shared.credentials import own_keys, sms_keys
from shared.errors import Misconfigured
logs.silence_sdks()
try:
    print(own_keys(os.environ, None).current().access_key_id, sms_keys(os.environ, None).current())
except Misconfigured as error:
    print(error.reason)
"""


def on_a_laptop(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it in a fresh interpreter: the package reads its environment when it is imported."""
    kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", LAPTOP],
        cwd=ROOT,
        env={
            **kept,
            "HOME": str(home),
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_laptop_uses_what_the_command_line_tool_was_configured_with(tmp_path: Path) -> None:
    profile = {
        "name": "default",
        "mode": "AK",
        "access_key_id": "cli-id",
        "access_key_secret": "cli-secret",
    }
    (tmp_path / ".aliyun").mkdir()
    config = {"current": "default", "profiles": [profile]}
    (tmp_path / ".aliyun/config.json").write_text(json.dumps(config), "utf-8")
    done = on_a_laptop(tmp_path)
    assert done.stdout.startswith("cli-id Keys(access_key_id='cli-id')")
    on_fc = on_a_laptop(tmp_path, **DEPLOYED)
    assert "give it a role" in on_fc.stdout


def test_a_laptop_without_any_says_what_to_set(tmp_path: Path) -> None:
    done = on_a_laptop(tmp_path)
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in done.stdout
    assert done.stderr == ""
