"""Run the contract with one client, in a process of its own, against an empty stand-in."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tablestore import CapacityUnit, ReservedThroughput, TableMeta, TableOptions

from scripts.local_cloud.tablestore import limits
from tests.clients.contract import NATIVE, Step
from tests.clients.steps import contract
from tests.clients.steps.tables import AGED
from tests.clients.wire import wire
from tests.local_cloud.conftest import INSTANCE, KEY_ID, SECRET, StandIn


@dataclass(frozen=True)
class Client:
    """An official client, the command that runs it, and which way it is used."""

    name: str
    kinds: frozenset[str]
    command: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """What a client saw: by subject, each step and its answer."""

    client: Client
    answers: Mapping[str, Sequence[tuple[Step, Any]]]

    def differing(self, subject: str) -> dict[str, Any]:
        """Return the steps whose answers are not as expected: {step: (expected, found)}."""
        return {
            f"{step.operation}: {step.about}": (expected, found)
            for step, answer in self.answers[subject]
            for expected in [step.expected(self.client.kinds)]
            for found in [_compared(answer, expected)]
            if found != expected
        }


def run(client: Client) -> Run:
    """Carry out the whole contract; raise CalledProcessError where the client's process fails."""
    with StandIn() as stand_in:
        _age_a_table(stand_in)
        issued = stand_in.keys.issue(3600)
        keys = {
            "key_id": issued.access_key_id,
            "secret": issued.access_key_secret,
            "token": issued.security_token,
        }
        subjects = contract(int(time.time() * 1000), keys)
        steps = [step for part in subjects.values() for step in part]
        given = {
            "settings": {
                "endpoint": stand_in.url,
                "instance": INSTANCE,
                "key_id": KEY_ID,
                "secret": SECRET,
                **client.settings,
            },
            "steps": [_request(step) for step in steps],
        }
        done = subprocess.run(
            client.command, input=json.dumps(given), capture_output=True, text=True, timeout=120
        )
    if done.returncode:
        raise AssertionError(f"{client.name}: {done.stderr[-2000:]}")
    told = json.loads(done.stdout)
    if (NATIVE in client.kinds) is not told["native"]:
        raise AssertionError(f"{client.name}: native codec: {told['native']}")
    answers = iter(zip(steps, told["answers"], strict=True))
    return Run(
        client,
        {name: [next(answers) for _ in part] for name, part in subjects.items()},
    )


def _age_a_table(stand_in: StandIn) -> None:
    """Make the table that is there before the first step; units can be changed at that age."""
    stand_in.clock.ahead = -limits.THROUGHPUT_INTERVAL
    stand_in.client().create_table(
        TableMeta(AGED, [("pk", "STRING")]), TableOptions(), ReservedThroughput(CapacityUnit(3, 3))
    )
    stand_in.clock.ahead = 0


def _request(step: Step) -> Any:
    settings = step.request.get("settings")
    request = {"operation": step.operation, **wire(step.request)}
    return request if settings is None else {**request, "settings": settings}


def _compared(answer: Mapping[str, Any], expected: Mapping[str, Any]) -> Any:
    """Return of an answer what is expected to be there, and an error whether expected or not."""
    found = {name: answer.get(name) for name in expected}
    if "error" in expected and isinstance(answer.get("error"), list):
        found["error"] = answer["error"][: len(expected["error"])]
    return found | {
        name: answer[name]
        for name in ("error", "client")
        if name in answer and name not in expected
    }
