"""The explorer's own parts: schedules as texts, batches row by row, and what is a comparison."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import shared.storage.sdk  # noqa: F401 - before what uses it
from scripts.interleaving import pieces
from scripts.interleaving.cases import CASES
from scripts.interleaving.comparing import compared
from scripts.interleaving.edges import Edges
from scripts.interleaving.play import Play
from scripts.interleaving.requests import Request
from scripts.interleaving.schedule import parse, shown
from scripts.interleaving.view import View
from scripts.interleaving.world import World
from shared.storage.transport import READ_SECONDS
from tests.service import ROOT


def waiting(play: Play, world: World, name: str) -> Request:
    (request,) = [seat.waits for seat in world.seats if seat.caller.name == name]
    assert request is not None
    return request


def played(play: Play, schedule: str) -> World:
    world = play.first()
    for step in parse(schedule):
        world = play.after(world, step)
    return world


@pytest.mark.parametrize("text", ["A B A? a B* B! A- A~", "A%2 B^10 A. a. + B"])
def test_a_schedule_reads_as_it_is_written(text: str) -> None:
    assert shown(parse(text)) == text


@pytest.mark.parametrize("text", ["AB", "A%", "?", "A??", "1"])
def test_what_is_no_step_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text.replace("?", r"\?")):
        parse(f"A {text}")


def test_a_batch_does_the_same_row_by_row(edges: Edges) -> None:
    play = Play(CASES["send-send-rows"], edges)
    whole, by_row = played(play, "A A"), played(play, "A A. A. A. A. A")
    assert play.store.contents(whole.rows) == play.store.contents(by_row.rows)
    assert [seat.waits for seat in whole.seats] == [seat.waits for seat in by_row.seats]
    body = waiting(play, played(play, "A"), "A").body
    assert pieces.count("BatchWriteRow", body) == len(pieces.split(body)) == 5


def test_a_guess_is_compared_where_its_digest_decides(edges: Edges) -> None:
    play = Play(CASES["verify-verify-last"], edges)
    world = play.first()
    request = waiting(play, world, "A")
    found = list(compared(play.store, world.rows, request.name, request.body))
    assert found == [play.case.setting.id_of("S")]
    world = play.after(world, *parse("A"))  # the last attempt is used
    request = waiting(play, world, "B")
    assert list(compared(play.store, world.rows, request.name, request.body)) == []


def test_worlds_that_come_to_the_same_are_one(edges: Edges) -> None:
    play = Play(CASES["send-send-total"], edges)
    assert played(play, "A B A").key == played(play, "B A A").key
    assert played(play, "A B A").key != played(play, "A B B").key


def test_a_lost_request_waits_as_long_as_the_product_does(edges: Edges) -> None:
    play = Play(CASES["verify-verify"], edges)
    world = played(play, "A A? B")
    (local,) = [seat.local for seat in world.seats if seat.caller.name == "A"]
    assert local is not None
    assert local.last is not None
    request, answer = local.last
    assert answer.at - request.at == READ_SECONDS
    assert View(play.case, world, play.store.contents(world.rows)).failures


def test_the_command_writes_what_it_explored_as_json() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.interleaving", "--case", "verify-verify", "--json", "-"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    (case,) = json.loads(done.stdout)["cases"]
    assert case["case"] == "verify-verify"
    assert case["broken"] == []
    assert case["schedules"] > 100
