""".env.example, filled in, is all that a first deployment needs."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scripts.deployment import OF_SCRIPTS
from scripts.env_file import read_lines, resolved
from shared.errors import Misconfigured
from shared.settings import NAMES, read_settings
from tests.deploy.samples import REQUIRED
from tests.deploy.serverless_devs import ROOT, Project
from tests.deploy.test_s_yaml import ASKED, DEPLOY_ONLY

TEXT = (ROOT / ".env.example").read_text("utf-8")
GIVEN = dict(re.findall(r"^([A-Z_]+)=(.*)$", TEXT, re.MULTILINE))
MADE = ("CODE_SECRETS", "NUMBER_SECRET", "RECEIPT_SECRETS")
"""Appended to .env by scripts/bootstrap --secrets."""
DOMAIN = {"DOMAIN", "DOMAIN_CERTIFICATE", "DOMAIN_PRIVATE_KEY"}


def filled_in(**more: str) -> str:
    """Return the example with a value on every line that a first deployment needs."""
    values = {
        **REQUIRED,
        "RECEIPT_SECRETS": "r" * 43,
        "API_KEYS": '\'{"shop": "' + "a" * 64 + "\"}'",
        **more,
    }
    lines = TEXT.splitlines()
    for number, line in enumerate(lines):
        name = line.partition("=")[0]
        if (line == f"{name}=" and name in values) or name in more:
            lines[number] = f"{name}={values[name]}"
    made = [f"{name}={values[name]}" for name in MADE]
    return "\n".join([*lines, *made]) + "\n"


def as_scripts_read(text: str) -> dict[str, str]:
    with TemporaryDirectory() as folder:
        file = Path(folder, ".env")
        file.write_text(text, "utf-8")
        return resolved(file, read_lines(file), {})


def test_it_names_what_s_yaml_asks_for_and_nothing_unknown() -> None:
    needed = {name for name, default in ASKED.items() if not default}
    assert needed - set(MADE) <= set(GIVEN) <= {*NAMES, *DEPLOY_ONLY, *DOMAIN, *OF_SCRIPTS}


def test_it_has_a_comment_for_each_line_and_no_secret() -> None:
    lines = TEXT.splitlines()
    for number, line in enumerate(lines):
        assert len(line) <= 100
        assert not line or line.startswith("#") or lines[number - 1].startswith("#"), line
    assert not set(MADE) & set(GIVEN)
    assert GIVEN["API_KEYS"] == ""


def test_it_says_how_the_secrets_are_made() -> None:
    about = TEXT[TEXT.index("# CODE_SECRETS") :]
    assert "NUMBER_SECRET" in about
    assert "RECEIPT_SECRETS" in about
    assert "scripts/bootstrap --secrets >> .env" in about


def test_filled_in_it_is_all_that_the_service_needs() -> None:
    settings = read_settings(as_scripts_read(filled_in()))
    assert settings.table_prefix == "sms_verify_dev_"
    assert settings.tablestore_endpoint == REQUIRED["TABLESTORE_ENDPOINT"]


def test_the_cli_and_our_scripts_read_the_same_values_from_it(project: Project) -> None:
    project.dotenv(filled_in())
    here = as_scripts_read(filled_in())
    rendered = project.preview({})["resources"]["send_code"]["props"]
    assert rendered["functionName"] == f"sms-verify-{here['STAGE']}-send-code"
    for name, value in rendered["environmentVariables"].items():
        if name not in ("PYTHONPATH", "PYDANTIC_DISABLE_PLUGINS"):
            assert value == here.get(name, ""), name


def test_another_stage_has_other_tables(project: Project) -> None:
    project.dotenv(filled_in(STAGE="prod"))
    rendered = project.preview({})["resources"]["send_code"]["props"]
    assert rendered["functionName"] == "sms-verify-prod-send-code"
    assert rendered["environmentVariables"]["TABLE_PREFIX"] == "sms_verify_prod_"


def test_the_environment_wins_over_the_file(project: Project) -> None:
    project.dotenv(filled_in())
    rendered = project.preview({"STAGE": "over", "TEST_NUMBERS": "x"})["resources"]["send_code"]
    assert rendered["props"]["functionName"] == "sms-verify-over-send-code"
    assert rendered["props"]["environmentVariables"]["TABLE_PREFIX"] == "sms_verify_over_"
    assert rendered["props"]["environmentVariables"]["TEST_NUMBERS"] == "x"


def test_a_stage_that_no_table_can_be_named_after_is_refused() -> None:
    with pytest.raises(Misconfigured) as refused:
        read_settings(as_scripts_read(filled_in(STAGE="my-stage")))
    ((_, english),) = refused.value.problems
    assert english.startswith("TABLE_PREFIX is wrong")


def test_git_ignores_the_file_that_holds_secrets() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
