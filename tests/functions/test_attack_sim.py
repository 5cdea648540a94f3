"""The simulated day: it is really played, its figures add up, and its picture is one."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from scripts.simulation.report import COLOURS, SENT, gates, lost, picture, table
from scripts.simulation.traffic import ACTORS, BOMBING, PEOPLE, PUMPING, Sizes
from scripts.simulation.world import Tally
from tests.service import ROOT

pytestmark = pytest.mark.once

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def tally() -> Tally:
    return Tally(
        asked=Counter({PEOPLE: 10, PUMPING: 100}),
        sent=Counter({PEOPLE: 9, PUMPING: 20}),
        refused={
            PEOPLE: Counter({"limit_ip 10/1d": 1}),
            PUMPING: Counter({"provider:isv.X": 30, "limit_total 5/1d": 40, "captcha F001": 10}),
        },
    )


def test_refusals_are_counted_by_gate(tally: Tally) -> None:
    assert gates(tally, PUMPING) == {
        SENT: 20,
        "provider's limits": 30,
        "daily cap": 40,
        "captcha": 10,
    }


def test_what_is_lost_is_what_attackers_were_sent(tally: Tally) -> None:
    assert lost(tally, 0.05) == pytest.approx(1.0)


def test_the_picture_shows_every_part_in_its_size(tally: Tally) -> None:
    root = ET.fromstring(picture({"a & b": tally}, 0.05))  # noqa: S314 - our own text
    bars = [bar for bar in root.iter(f"{SVG}rect") if bar.find(f"{SVG}title") is not None]
    widths = {str(bar[0].text): float(bar.attrib["width"]) for bar in bars}
    assert widths["daily cap: 40"] == pytest.approx(2 * widths["sent: 20"])
    assert any("1.00 yuan lost" in str(text.text) for text in root.iter(f"{SVG}text"))


def test_a_small_day_under_every_configuration(tmp_path: Path) -> None:
    picture_file = tmp_path / "deep" / "day.svg"
    command = [sys.executable, "-m", "scripts.simulation", "--scale", "0.02", "--out"]
    done = subprocess.run(
        [*command, str(picture_file)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = re.findall(r"(\w+) +(\d+) +(\d+) +([\d.]*) +(.*)\n", done.stdout)
    by_configuration = [
        {kind: (int(asked), int(sent), why) for kind, asked, sent, _, why in lines[at : at + 4]}
        for at in range(0, 16, 4)
    ]
    for day in by_configuration:
        assert set(day) == set(ACTORS)
        for asked, sent, why in day.values():
            assert asked == sent + sum(int(n) for n in re.findall(r" (\d+)(?:,|$)", why))
    nothing, defaults, captcha, guard = by_configuration
    assert nothing[PUMPING][1] == nothing[PUMPING][0] == 200
    assert all(day[PEOPLE][0] == day[PEOPLE][1] for day in by_configuration)
    assert defaults[BOMBING][1] <= 4
    assert captcha[PUMPING][1] < 0.2 * nothing[PUMPING][1]
    assert guard[PUMPING][1] < 0.7 * nothing[PUMPING][1]
    assert "sequence guard" in guard[PUMPING][2]
    assert "captcha" not in guard[PUMPING][2]
    assert "0 of" in done.stdout
    assert "%" in done.stderr
    assert ET.fromstring(picture_file.read_text("utf-8")).tag == f"{SVG}svg"  # noqa: S314


def test_every_gate_has_a_colour(tally: Tally) -> None:
    assert set(gates(tally, PUMPING)) <= set(COLOURS)
    assert "other" in COLOURS
    assert Sizes().scaled(0.5).pumped_numbers == 5000
    assert "lost" in table({"x": tally}, 0.05)
