"""The receipts door reads its settings as all others do, only without pydantic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.errors import Misconfigured
from shared.receipt_settings import NAMES, read_receipt_settings, receipt_secrets
from shared.setting_rules import LOG_LEVELS
from shared.settings import NAMES as ALL_NAMES
from shared.settings import Settings, read_settings
from tests.unit.test_settings import GOOD

VALUES: dict[str, tuple[str, ...]] = {
    "RECEIPT_SECRETS": (
        "r" * 16,
        f"{'r' * 16}, {'s' * 40}",
        "r" * 15,
        "r/" * 8,
        "é" * 16,
        "_-" * 8,
        ",",
    ),
    "NUMBER_SECRET": ("n" * 16, "n" * 15, "密" * 16, "a b" * 8, f"{'n' * 16}\nn"),
    "TABLESTORE_ENDPOINT": (
        "http://127.0.0.1:9",
        "https://i.cn-hangzhou.ots.aliyuncs.com",
        "https://i/",
        "ftp://i",
        "i",
        "https://",
        "https://a b",
        "HTTPS://I",
        "https://a\nb",
    ),
    "TABLESTORE_INSTANCE": ("i", "two words"),
    "TABLE_PREFIX": ("a_", "1a", "a-b", "_", "a" * 64, "a" * 65, "é_"),
    "DYSMS_SIGN_NAME": ("s", "阿里云"),
    "DYSMS_TEMPLATES": ("SMS_1", "SMS_1,reset=SMS_2", '{"*": "SMS_1"}', "{", "[1]", ",", "{}"),
    "OPT_OUT_WORDS": ("TD", "TD, T ,退订", ",", "N"),
    "LOG_LEVEL": ("DEBUG", "WARNING", "debug", "ALL", "DEBUG\n"),
}


def test_the_door_reads_what_s_yaml_gives_it() -> None:
    assert set(VALUES) == set(NAMES) <= set(ALL_NAMES)
    assert set(LOG_LEVELS) == set(Settings.model_fields["log_level"].annotation.__args__)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in VALUES for value in ("", " ", *VALUES[name])]
)
def test_each_value_is_taken_or_refused_by_both(name: str, value: str) -> None:
    agree({**GOOD, "RECEIPT_SECRETS": "r" * 16, name: value})


@given(some.fixed_dictionaries({}, optional={n: some.text(max_size=40) for n in VALUES}))
def test_whatever_is_set_both_agree(given_: dict[str, str]) -> None:
    plain = {name: value.replace("\0", "") for name, value in given_.items()}
    agree({**GOOD, "RECEIPT_SECRETS": "r" * 16, **plain})


def agree(environment: dict[str, str]) -> None:
    """Require that both readers take the same values, or name the same problems."""
    mine, complaints = _mine(environment)
    try:
        theirs = read_settings(environment)
    except Misconfigured as error:
        # Who sends, and so what that needs, is not the door's business.
        missing = {f"{name} is not set" for name in ("DYSMS_SIGN_NAME", "DYSMS_TEMPLATES")}
        problems = {problem[1] for problem in error.problems} - missing
        named = {problem.split()[0] for problem in problems} & set(NAMES)
        assert complaints == named or (not complaints and not named), (complaints, named)
        return
    assert mine is not None
    assert not complaints - {"RECEIPT_SECRETS"}
    secrets = tuple(secret.get_secret_value() for secret in theirs.receipt_secrets)
    assert mine == {
        "receipt_secrets": secrets,
        "number_secret": theirs.number_secret.get_secret_value(),
        **{
            name: getattr(theirs, name)
            for name in mine
            if name not in ("receipt_secrets", "number_secret")
        },
    }


def _mine(environment: dict[str, str]) -> tuple[dict[str, object] | None, set[str]]:
    complaints: set[str] = set()
    secrets: tuple[str, ...] = ()
    try:
        secrets = receipt_secrets(environment)
    except Misconfigured as error:
        # Not set is no mistake elsewhere: there are just no receipts then.
        wrong = {p[1].split()[0] for p in error.problems if "is wrong" in p[1]}
        complaints |= wrong
    try:
        found = read_receipt_settings(environment)
    except Misconfigured as error:
        return None, complaints | {problem[1].split()[0] for problem in error.problems}
    fields = {name: getattr(found, name) for name in found.__slots__}
    return {"receipt_secrets": secrets, **fields}, complaints


def test_everything_missing_is_named_at_once_and_no_value_is_repeated() -> None:
    with pytest.raises(Misconfigured) as wrong:
        read_receipt_settings({"NUMBER_SECRET": "canary", "TABLE_PREFIX": "1canary"})
    named = wrong.value.facts["problems_en"]
    absent = "TABLESTORE_ENDPOINT is not set"
    for name in ("NUMBER_SECRET is wrong", "TABLE_PREFIX is wrong", absent):
        assert name in named
    assert "canary" not in named


def test_secrets_are_not_shown() -> None:
    environment = {**GOOD, "RECEIPT_SECRETS": "r" * 16}
    assert "n" * 16 not in repr(read_receipt_settings(environment))
