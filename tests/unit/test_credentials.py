"""Whose keys are used: the environment's, else the context's."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from shared.credentials import Keys, current_keys
from shared.errors import Misconfigured

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


def test_the_environment_comes_first() -> None:
    assert current_keys(ENVIRONMENT, CONTEXT) == Keys("env-id", "env-secret", "env-token")


def test_the_context_comes_second() -> None:
    assert current_keys({}, CONTEXT) == Keys("ctx-id", "ctx-secret", "ctx-token")


@pytest.mark.parametrize("context", [None, SimpleNamespace(), SimpleNamespace(credentials=None)])
def test_without_either_the_function_has_no_role(context: object) -> None:
    with pytest.raises(Misconfigured):
        current_keys({}, context)


def test_keys_are_looked_up_anew_each_time() -> None:
    changing = dict(ENVIRONMENT)
    first = current_keys(changing, None)
    changing["ALIBABA_CLOUD_SECURITY_TOKEN"] = "newer"
    assert current_keys(changing, None) != first


def test_a_representation_shows_no_secret() -> None:
    shown = repr(current_keys(ENVIRONMENT, None))
    assert "env-secret" not in shown
    assert "env-token" not in shown
