"""Who is asked for a message, and who is asked first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.domain.health import Health
from shared.domain.places import for_place
from shared.domain.routes import DYPNS, DYSMS, Routes, by_standing
from shared.domain.standing import (
    FIRST_PAUSE,
    LEAST_MESSAGES,
    LEAST_SHARE,
    LONGEST_PAUSE,
    SOUND,
    Standing,
)

BOTH = (DYSMS, DYPNS)
NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("region", "scene", "expected"),
    [
        ("CN", "sign_in", "scene"),
        ("CN", "other", "mainland"),
        ("HK", "sign_in", "hong kong"),
        ("HK", "other", "hong kong"),
        ("SG", "bind", "abroad's scene"),
        ("SG", "other", "abroad"),
    ],
)
def test_the_nearest_setting_counts(region: str, scene: str, expected: str) -> None:
    values = {
        "CN/*": "mainland",
        "CN/sign_in": "scene",
        "HK/*": "hong kong",
        "intl/bind": "abroad's scene",
        "intl/*": "abroad",
        "sign_in": "everywhere's scene",
        "*": "all else",
    }
    assert for_place(values, region=region, scene=scene) == expected


def test_a_scene_goes_before_all_else_and_a_region_before_a_scene() -> None:
    values = {"sign_in": "scene", "*": "all else"}
    assert for_place(values, region="HK", scene="sign_in") == "scene"
    assert for_place(values, region="HK", scene="bind") == "all else"
    assert for_place({"intl/*": "abroad"}, region="CN", scene="bind") is None


def test_pnvs_is_never_asked_for_a_number_abroad() -> None:
    routes = Routes({"*": (DYPNS, DYSMS)})
    assert routes.to("CN", "sign_in") == (DYPNS, DYSMS)
    for region in ("HK", "MO", "TW", "US"):
        assert routes.to(region, "sign_in") == (DYSMS,)
    assert Routes({"*": (DYPNS,)}).to("HK", "sign_in") == ()


def test_who_is_aside_is_asked_last_and_not_left_out() -> None:
    aside = Standing(NOW + 10, 30)
    assert by_standing(BOTH, {DYSMS: aside}, now=NOW, lot=0.0) == (DYPNS, DYSMS)
    assert by_standing(BOTH, {DYPNS: aside}, now=NOW, lot=0.0) == BOTH
    both = {DYSMS: aside, DYPNS: aside}
    assert by_standing(BOTH, both, now=NOW, lot=0.0) == BOTH
    assert by_standing(BOTH, {}, now=NOW, lot=0.999) == BOTH


def test_the_share_grows_from_a_tenth_to_all() -> None:
    aside = Standing(NOW, 100)
    assert aside.share(now=NOW - 1) == 0
    assert aside.share(now=NOW) == LEAST_SHARE
    assert aside.share(now=NOW + 50) == 0.5
    assert aside.share(now=NOW + 100) == 1
    assert SOUND.share(now=NOW) == 1


def test_each_failure_soon_after_doubles_the_pause_up_to_its_end() -> None:
    standing, now, pauses = SOUND, NOW, []
    for _ in range(7):
        standing = standing.after_failure("code", now=now)
        pauses.append(standing.pause)
        now = standing.until
    assert pauses == [30, 60, 120, 240, 480, LONGEST_PAUSE, LONGEST_PAUSE]
    later = standing.until + 2 * standing.pause
    assert standing.after_failure("code", now=later).pause == FIRST_PAUSE


def test_a_failure_while_aside_changes_nothing() -> None:
    standing = SOUND.after_failure("code", now=NOW)
    assert standing.after_failure("other", now=NOW + 29) == standing


@given(some.integers(0, 100), some.integers(0, 100))
def test_only_many_reports_of_poor_delivery_set_aside(delivered: int, failed: int) -> None:
    after = SOUND.after_reports(Health(delivered, failed, 1000), now=NOW)
    poor = delivered + failed >= LEAST_MESSAGES and delivered < failed
    assert (after != SOUND) == poor
