"""The architecture pictures are what their source draws, and name what there is."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from scripts.pictures.architecture import FILES, FOLDER, FUNCTIONS, picture
from shared.storage import tables
from tests.service import ROOT

SVG = "{http://www.w3.org/2000/svg}"


def drawn(name: str) -> ET.Element:
    return ET.fromstring(picture(FILES[name]))  # noqa: S314 - our own


@pytest.mark.parametrize("name", FILES)
def test_each_picture_is_as_its_source_draws_it(name: str) -> None:
    text = picture(FILES[name])
    assert (FOLDER / name).read_text("utf-8") == text, "run python -m scripts.pictures.architecture"


@pytest.mark.parametrize("name", FILES)
def test_every_function_and_table_stands_in_it(name: str) -> None:
    texts = [text.text for text in drawn(name).iter(f"{SVG}text")]
    doors = {file.stem for file in (ROOT / "functions").glob("*.py")} - {"__init__"}
    assert doors == {name for name, _ in FUNCTIONS}
    for known in (*doors, *(table.suffix for table in tables.ALL)):
        assert known in texts


@pytest.mark.parametrize("name", FILES)
def test_it_says_what_it_is_to_who_cannot_see_it_and_brings_its_own_ground(name: str) -> None:
    root = drawn(name)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title") is not None
    (ground,) = (rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "ground")
    assert (ground.get("x"), ground.get("y")) == ("1", "1")
    assert "prefers-color-scheme: dark" in picture(FILES[name])
