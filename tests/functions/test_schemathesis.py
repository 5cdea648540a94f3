"""Schemathesis attacks the served doors by the OpenAPI document, as scripts/fuzz does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.fuzzing.__main__ import main
from scripts.fuzzing.attack import DOCUMENT, attack
from scripts.fuzzing.service import DOORS, served

pytestmark = pytest.mark.once

EXAMPLES, SEED = 12, 20261121


@pytest.mark.parametrize("gateway", ["http", "apigw"])
def test_no_made_up_request_makes_a_door_fail_or_say_what_is_not_documented(
    gateway: str, capfd: pytest.CaptureFixture[str]
) -> None:
    code = main(["--gateway", gateway, "--examples", str(EXAMPLES), "--seed", str(SEED)])
    told = capfd.readouterr().out
    assert code == 0, told
    answers = re.findall(r"^ +\d+  (\w+) +(\d{3}) \w+$", told, re.MULTILINE)
    assert {door for door, status in answers if status == "200"} == set(DOORS)
    assert {door for door, status in answers if status in ("400", "404")} == set(DOORS)


def test_a_door_that_fails_is_found(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PHONE_SHARE", "2")
    arguments = ["--gateway", "http", "--door", "send_code", "--examples", "1"]
    assert main([*arguments, "--seed", str(SEED)]) == 1
    told = capfd.readouterr()
    assert "Server error" in told.out
    assert "send_code    500 internal" in told.out
    assert f"scripts/fuzz {' '.join(arguments)} --seed {SEED} shows it again" in told.err


def _code_unknown(document: Any) -> None:
    response = document["paths"]["/verify-code"]["post"]["responses"]["400"]
    codes = response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]
    codes["code"]["enum"].remove("code_rejected")


def _status_unknown(document: Any) -> None:
    del document["paths"]["/messages/{verification_id}"]["get"]["responses"]["404"]


def _field_unknown(document: Any) -> None:
    found = document["components"]["schemas"]["SendCodeResponse"]
    found["required"].remove("delivery")
    del found["properties"]["delivery"]


def _stricter_than_the_door(document: Any) -> None:
    request = document["components"]["schemas"]["SendCodeRequest"]
    request["properties"]["device_id"]["maxLength"] = 8


def test_a_document_that_says_something_else_is_found(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    document = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    for change in (_code_unknown, _status_unknown, _field_unknown, _stricter_than_the_door):
        change(document)
    file = tmp_path / "openapi.yaml"
    file.write_text(yaml.safe_dump(document), "utf-8")
    with served("http") as service:
        code = attack(service, examples=5, seed=SEED, document=file)
    assert code != 0
    told = capfd.readouterr().out
    for words in (
        '"code_rejected" is not one of',
        "Received: 404",
        "'delivery' was unexpected",
        "in body - device_id: String larger than maxLength",
    ):
        assert words in told
