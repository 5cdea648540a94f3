"""Which values a script works on: .env, the environment, a file alone, and s.yaml's defaults."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from scripts import deployment
from shared.credentials import ID, SECRET, TOKEN
from shared.errors import Misconfigured
from shared.settings import NAMES
from tests.service import ROOT


@pytest.fixture
def env(tmp_path: Path) -> Path:
    """A file in the place of .env."""
    file = tmp_path / "some.env"
    file.write_text(
        "ACCESS=gateway\nSTAGE=prod\nTABLESTORE_INSTANCE=ours\n"
        "TABLE_PREFIX=sms_verify_${STAGE}_\nSCENES='sign_in, sign_up' # two\n",
        "utf-8",
    )
    return file


def test_the_environment_wins_over_the_file(env: Path) -> None:
    found = deployment.read(process={"ENV_FILE": str(env), "ACCESS": "captcha", "LIMIT_IP": "1/1d"})
    values = found.environment
    assert (values["ACCESS"], values["LIMIT_IP"], values["STAGE"]) == ("captcha", "1/1d", "prod")
    assert found.overridden == ("ACCESS",)
    assert "5 values; 2 from the environment, which overrides ACCESS" in found.source[1]


def test_a_file_that_is_named_is_used_alone(env: Path) -> None:
    found = deployment.read(env, process={"ACCESS": "captcha", "LIMIT_IP": "1/1d"})
    assert found.environment["ACCESS"] == "gateway"
    assert "LIMIT_IP" not in found.environment
    assert found.source[1].endswith("some.env alone: 5 values")


def test_a_value_may_be_made_of_those_above_it(env: Path) -> None:
    assert deployment.read(env, process={}).environment["TABLE_PREFIX"] == "sms_verify_prod_"
    found = deployment.read(process={"ENV_FILE": str(env), "STAGE": "test"})
    assert found.environment["TABLE_PREFIX"] == "sms_verify_test_"


def test_quotes_and_comments_are_no_part_of_a_value(env: Path) -> None:
    assert deployment.read(env, process={}).environment["SCENES"] == "sign_in, sign_up"


def test_two_deployments_are_never_mixed(env: Path) -> None:
    with pytest.raises(Misconfigured) as error:
        deployment.read(process={"ENV_FILE": str(env), "TABLESTORE_INSTANCE": "local"})
    assert "--env-file" in error.value.facts["problems_en"]
    same = deployment.read(process={"ENV_FILE": str(env), "TABLESTORE_INSTANCE": "ours"})
    assert same.environment["TABLESTORE_INSTANCE"] == "ours"


@pytest.mark.parametrize("exported", [{ID: "theirs", SECRET: "b"}, {}])
def test_keys_come_together_from_one_source(env: Path, exported: dict[str, str]) -> None:
    env.write_text(f"{ID}=ours\n{SECRET}=a\n{TOKEN}=t\n", "utf-8")
    merged = deployment.read(process={"ENV_FILE": str(env), **exported}).environment
    expected = exported or {ID: "ours", SECRET: "a", TOKEN: "t"}
    assert {name: merged[name] for name in (ID, SECRET, TOKEN) if name in merged} == expected
    assert deployment.read(env, process=exported).environment[TOKEN] == "t"


def test_a_file_without_keys_leaves_them_to_the_environment(env: Path) -> None:
    found = deployment.read(env, process={ID: "theirs", SECRET: "b", TOKEN: "t"}).environment
    assert (found[ID], found[SECRET], found[TOKEN]) == ("theirs", "b", "t")


def test_the_accounts_number_is_known_from_either_source(env: Path) -> None:
    name = deployment.ACCOUNT_ID
    assert deployment.read(env, process={name: "1"}).environment[name] == "1"
    env.write_text(f"{name}=2\n", "utf-8")
    found = deployment.read(env, process={name: "1"})
    assert (found.environment[name], found.unknown) == ("2", ())
    merged = deployment.read(process={"ENV_FILE": str(env), name: "1"})
    assert merged.environment[name] == "1"


def test_what_nobody_reads_is_told(env: Path) -> None:
    env.write_text("LIMIT_IPS=1/1d\nDOMAIN=x\nSTS_ENDPOINT=https://x\n", "utf-8")
    assert set(deployment.read(env, process={}).unknown) <= {"LIMIT_IPS", "DOMAIN"}
    assert "LIMIT_IPS" in deployment.read(env, process={}).unknown


def test_without_a_file_the_environment_counts() -> None:
    found = deployment.read(process={"ENV_FILE": "/nowhere/.env", "ACCESS": "gateway"})
    assert found.environment["ACCESS"] == "gateway"
    assert found.source[1] == "no .env; 1 values from the environment"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_named_file_that_cannot_be_read_is_an_error(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "some.env"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Misconfigured, match="internal"):
        deployment.read(file, process={})


def test_the_defaults_are_those_of_s_yaml() -> None:
    values = deployment.read(process={"ENV_FILE": "/nowhere/.env", "STAGE": " "}).environment
    text = (ROOT / "s.yaml").read_text("utf-8")
    for name, default in (
        ("STAGE", "dev"),
        ("REGION", "cn-hangzhou"),
        ("TRIGGER_AUTH", "function"),
    ):
        assert values[name] == default
        assert f"env('{name}', '{default}')" in text


def test_every_setting_of_the_functions_is_found_in_s_yaml() -> None:
    functions = yaml.safe_load((ROOT / "s.yaml").read_text("utf-8"))["resources"].values()
    given = {name for one in functions for name in one["props"]["environmentVariables"]}
    settings = set(NAMES) & set(deployment.variables())
    assert given == settings | set(deployment.FIXED) | set(deployment.RENAMED)
    assert deployment.variables()["FUNCTION_ROLE"] is None
    assert "X" not in deployment.variables()
