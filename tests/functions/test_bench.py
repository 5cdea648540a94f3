"""What scripts/bench shows is what it measured, and a broken budget ends it with 1."""

from __future__ import annotations

import json
import os
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from scripts.benchmarks import __main__ as script
from scripts.benchmarks import pages, picture
from scripts.benchmarks.filling import Filling
from scripts.benchmarks.growth import seed
from scripts.benchmarks.parts import PARTS, broken
from scripts.benchmarks.processor import Taken, figures
from scripts.costing.bench import WrongAnswer, bench, far_apart
from scripts.local_cloud.cloud import FILES
from scripts.local_cloud.tablestore.store import Store
from shared.storage import tables
from tests.service import ROOT

pytestmark = pytest.mark.once

KNOWN: dict[str, Any] = json.loads((ROOT / pages.JSON).read_text("utf-8"))
SVG = "{http://www.w3.org/2000/svg}"


def more_requests(parts: dict[str, Any]) -> None:
    parts["store"]["operations"]["send_accepted"]["requests"] += 1


def a_write(parts: dict[str, Any]) -> None:
    parts["store"]["operations"]["send_limited"]["write_units"] += 1


def a_slow_start(parts: dict[str, Any]) -> None:
    parts["cold"]["doors"][0]["ratio"] = 0.76


def a_large_bundle(parts: dict[str, Any]) -> None:
    parts["bundle"]["versions"]["3.12"]["zipped"] = 14_100_000


BREAKERS = {
    more_requests: "store: send, accepted",
    a_write: "store: what that writes",
    a_slow_start: "cold: send_code",
    a_large_bundle: "bundle: 3.12, zipped",
}


def within() -> dict[str, Any]:
    """What docs/bench.json says, with cold starts that are surely within their targets."""
    found = deepcopy(KNOWN)
    for door in found["parts"]["cold"]["doors"]:
        door["ratio"] = 0.5
    return found


def drawn(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "scripts" / "bench"), *map(str, arguments)],
        env={**os.environ, "LIMIT_IP": "1/1d"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", pages.FILES)
def test_a_readme_shows_what_docs_bench_json_says(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    part = pages.part(KNOWN, pages.FILES[name])
    assert pages.PART.within(text, part, name=name) == text, (
        "run scripts/bench --from docs/bench.json --readme"
    )


@pytest.mark.parametrize("name", pages.PICTURES)
def test_a_picture_is_drawn_from_docs_bench_json(name: str) -> None:
    text = (ROOT / "docs" / "pictures" / name).read_text("utf-8")
    assert text == picture.picture(KNOWN, pages.PICTURES[name])
    root = drawn(text)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title") is not None
    assert "prefers-color-scheme: dark" in text


def test_docs_bench_json_has_every_part_of_a_whole_run() -> None:
    assert list(KNOWN["parts"]) == [part.name for part in PARTS]
    assert KNOWN["about"]["quick"] is False
    assert KNOWN["about"]["commit"]


@pytest.mark.parametrize("part", ["store", "processor"])
def test_a_quick_part_writes_its_figures_and_a_picture(part: str, tmp_path: Path) -> None:
    file, svg = tmp_path / "bench.json", tmp_path / "bench.svg"
    ended = run(part, "--quick", "--json", file, "--svg", svg)
    assert ended.returncode == 0, ended.stderr
    assert f"✓ {part}" in ended.stderr
    found = json.loads(file.read_text("utf-8"))
    assert list(found["parts"]) == [part]
    assert found["about"]["quick"] is True
    assert drawn(svg.read_text("utf-8")).findall(f"{SVG}g")
    assert found["about"]["commit"] in ended.stdout


@pytest.mark.parametrize("breaks", BREAKERS)
def test_a_figure_beyond_its_budget_ends_it_with_1_and_is_named(
    breaks: Callable[[dict[str, Any]], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = within()
    file, svg = tmp_path / "bench.json", tmp_path / "bench.svg"
    file.write_text(json.dumps(found), "utf-8")
    assert script.run(["--from", str(file)]) == 0
    breaks(found["parts"])
    file.write_text(json.dumps(found), "utf-8")
    assert script.run(["--from", str(file), "--svg", str(svg)]) == 1
    assert broken(found) == [BREAKERS[breaks]]
    assert BREAKERS[breaks] in capsys.readouterr().err


def test_what_is_over_its_budget_is_drawn_as_such() -> None:
    found = within()
    assert 'class="over"' not in picture.picture(found, 1)
    more_requests(found["parts"])
    assert 'class="over"' in picture.picture(found, 1)


def testfigures_that_cannot_be_read_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.run(["--from", str(tmp_path / "none.json")]) == 1
    assert "none.json" in capsys.readouterr().err


def test_options_before_a_part_are_refused_rather_than_ignored(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert script.run(["--quick", "store"]) == 2
    assert "behind the name" in capsys.readouterr().err


def test_its_help_names_every_part_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert script.run(["--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for part in PARTS:
        assert part.name in said
        assert part.does in said
    for word in ("--quick", "--json", "--svg", "--readme", "--from", "Exit codes"):
        assert word in said


def test_bare_calls_that_are_not_the_doors_are_no_floor() -> None:
    door = Taken([0.002] * 3, sent=3000, requests=9)
    alike = figures(door, Taken([0.001] * 3, sent=3030, requests=9), {"JSON": 0.5})
    assert (alike["ratio"], alike["beyond_milliseconds"]) == (2.0, 1.0)
    assert alike["split_milliseconds"] == {"JSON": 1.0}
    for other in (Taken([0.001] * 3, sent=3200, requests=9), Taken([0.001] * 3, 3000, 6)):
        with pytest.raises(WrongAnswer):
            figures(door, other, {})


def test_rows_that_are_filled_in_are_like_those_that_the_product_wrote(tmp_path: Path) -> None:
    prefix, sample = seed(tmp_path / "cloud", far_apart())
    filling = Filling(tmp_path / "cloud", prefix, sample)
    filling.users(0, 30_000, lambda _: None)
    filling.pending(70, now=1_800_000_000)
    store = Store(tmp_path / "cloud" / FILES[0])

    def rows(table: tables.Table) -> list[Any]:
        known = store.existing(table.name(prefix))
        return list(store.scan(known, b"\x00", b"\xff", backward=False, now=0))

    for table, key in ((tables.MESSAGES, sample.verification_id), (tables.PHONES, sample.phone)):
        found = rows(table)
        (real,) = (row for row in found if row.key[0][1] == key)
        assert len(found) == 30_002
        alike = [row for row in found if len(row.to_json()) == len(real.to_json())]
        assert len(alike) > 30_000
        assert {tuple(row.columns) for row in alike} == {tuple(real.columns)}
    waiting = rows(tables.PENDING)
    assert len(waiting) == 70
    assert {row.columns["issued_at"][0][1] for row in waiting} == {1_800_000_000}
    store.close()


def test_doors_go_on_with_a_cloud_whose_tables_were_filled(tmp_path: Path) -> None:
    numbers = far_apart()
    prefix, sample = seed(tmp_path / "cloud", numbers)
    Filling(tmp_path / "cloud", prefix, sample).users(0, 1_000, lambda _: None)
    with bench({}, data=tmp_path / "cloud") as at:
        at.numbers = numbers
        assert at.ask("/verify-code", at.send())["verified"] is True
