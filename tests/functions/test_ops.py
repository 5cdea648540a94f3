"""scripts/ops lists, the real command on the real store; and what the doors make of it."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tablestore import Row

from scripts.ops_cli.__main__ import main
from shared import wiring
from shared.domain.access import key_digest
from shared.domain.lists import ADDRESS, DENY, NETWORK, PREFIX, Entry
from shared.domain.subjects import Subject
from shared.storage.list_edits import MOST_RANGES, TablestoreLists
from shared.storage.lists import entry_columns, ranges_columns
from tests.service import NUMBER_SECRET, PHONE, ROOT, SECRET, Cloud, Service

Setting = Callable[..., None]
Captured = pytest.CaptureFixture[str]
SPELT_OTHERWISE = "0086 138-0013-8000"
ON_170, OTHER = "17012345678", "13900139000"
NOW = 1_795_250_000.0


class Ops:
    """scripts/ops, run in this process."""

    def __init__(self, capsys: Captured) -> None:
        self._capsys = capsys
        self.said = ""

    def __call__(self, *arguments: str, fails: int = 0) -> str:
        """Run a command, expect its exit code, and return what it wrote."""
        self._capsys.readouterr()
        code = main(arguments)
        written = self._capsys.readouterr()
        said = written.out + written.err
        assert code == fails, said
        self.said += said
        return said

    def deny(self, subject: str, *options: str) -> str:
        return self("lists", "add", "deny", subject, "--reason", "testing", *options)

    def allow(self, subject: str, *options: str) -> str:
        return self("lists", "add", "allow", subject, "--reason", "testing", *options)

    def shown(self, *options: str) -> list[dict[str, Any]]:
        self._capsys.readouterr()
        assert main(["lists", "show", "--json", *options]) == 0
        found: list[dict[str, Any]] = json.loads(self._capsys.readouterr().out)
        return found


@pytest.fixture
def ops(cloud: Cloud, capsys: Captured) -> Ops:
    return Ops(capsys)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock of doors and commands."""
    return lambda now: monkeypatch.setattr(wiring, "clock", lambda: now)


At = Callable[[float], None]


def lists() -> TablestoreLists:
    return TablestoreLists(*wiring.store_client())


def prefixes(count: int) -> list[Subject]:
    return [Subject(PREFIX, f"+861{index:04d}") for index in range(1000, 1000 + count)]


def entry(subject: Subject, reason: str = "testing") -> Entry:
    return Entry(DENY, subject.kind, subject.shown, reason, "tester", int(NOW))


# What the doors make of it


def test_a_denied_number_is_blocked_in_every_spelling_and_nothing_is_sent(
    service: Service, ops: Ops
) -> None:
    assert service.send(OTHER).status == 200
    ops.deny(SPELT_OTHERWISE)
    for spelling in (PHONE, "+86 138 0013 8000", "１３８００１３８０００"):
        answer = service.send(spelling)
        assert (answer.status, answer.code) == (403, "phone_blocked")
    assert len(service.cloud.outbox()) == 1


def test_a_denied_prefix_blocks_its_numbers_only(service: Service, ops: Ops) -> None:
    ops.deny("170*")
    assert service.send(ON_170).code == "phone_blocked"
    assert service.send(PHONE).status == 200


@pytest.mark.parametrize(
    ("subject", "inside", "outside"),
    [
        ("198.51.100.7", "198.51.100.7", "198.51.100.8"),
        ("2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1"),
        ("198.51.100.0/24", "198.51.100.200", "198.51.101.1"),
        ("2001:db8::/32", "2001:db8:9::1", "2001:db9::1"),
    ],
)
def test_a_denied_address_or_network_is_refused(
    service: Service, ops: Ops, subject: str, inside: str, outside: str
) -> None:
    ops.deny(subject)
    answer = service.send(address=inside)
    assert (answer.status, answer.code) == (401, "unauthorized")
    assert service.cloud.calls("dysms") == {}
    assert service.send(address=outside).status == 200


def test_the_user_of_an_api_key_caller_is_denied_by_address_too(
    service: Service, ops: Ops, setting: Setting
) -> None:
    setting(ACCESS="api_key", API_KEYS=json.dumps({"shop": key_digest("k" * 43)}))
    ops.deny("198.51.100.7")
    send = partial(service.send, headers={"X-Api-Key": "k" * 43})
    assert send(client_ip="198.51.100.7").code == "unauthorized"
    assert send(client_ip="198.51.100.8").status == 200


def test_an_allowed_number_has_the_wider_limit(
    service: Service, ops: Ops, setting: Setting
) -> None:
    setting(LIMIT_PHONE="1/1h", LIMIT_ALLOWED="3/1h", LIMIT_IP="1/1d")
    assert [service.send().status for _ in range(2)] == [200, 429]
    ops.allow(SPELT_OTHERWISE)
    assert [service.send().status for _ in range(3)] == [200, 200, 429]


def test_an_allowed_number_may_be_sent_to_although_its_prefix_is_denied(
    service: Service, ops: Ops
) -> None:
    ops.deny("170*")
    ops.allow(ON_170)
    assert service.send(ON_170).status == 200


@pytest.mark.parametrize("subject", [PHONE, "138*", "203.0.113.7", "203.0.113.0/24"])
def test_what_is_added_and_removed_counts_with_the_next_request_and_ends_on_time(
    service: Service, ops: Ops, at: At, subject: str
) -> None:
    at(NOW)
    ops.deny(subject, "--for", "30m")
    assert service.send().status in (401, 403)
    at(NOW + 1799)
    assert service.send().status in (401, 403)
    at(NOW + 1800)
    assert service.send().status == 200
    ops.deny(subject)
    at(NOW + 9000)
    assert service.send().status in (401, 403)
    ops("lists", "remove", subject)
    assert service.send().status == 200


def test_an_allowance_that_has_ended_gives_nothing(
    service: Service, ops: Ops, setting: Setting, at: At
) -> None:
    setting(LIMIT_PHONE="1/1h")
    at(NOW)
    ops.allow(PHONE, "--for", "30m")
    assert [service.send().status for _ in range(2)] == [200, 200]
    at(NOW + 1800)
    assert service.send().status == 429


@pytest.mark.parametrize("subject", [PHONE, "138*", "203.0.113.7", "203.0.113.0/24"])
def test_a_send_that_a_list_refuses_takes_one_request_and_writes_nothing(
    service: Service, ops: Ops, subject: str
) -> None:
    ops.deny(subject)
    before = service.cloud.calls("tablestore")
    service.send()
    after = service.cloud.calls("tablestore")
    spent = {name: after[name] - before.get(name, 0) for name in after}
    assert {name: count for name, count in spent.items() if count} == {"BatchGetRow": 1}
    assert service.rows("phones") == service.rows("counters") == []


def test_a_send_past_full_lists_still_takes_three_requests(service: Service, ops: Ops) -> None:
    ops.allow(PHONE)
    ops.deny("170*")
    ops.deny("198.51.100.0/24")
    before = service.cloud.calls("tablestore")
    assert service.send().status == 200
    after = service.cloud.calls("tablestore")
    assert after["BatchGetRow"] - before.get("BatchGetRow", 0) == 1
    assert after["BatchWriteRow"] - before.get("BatchWriteRow", 0) == 2


# What the commands say


def test_an_entry_that_is_replaced_is_shown_as_it_was(ops: Ops) -> None:
    for subject in (PHONE, "170*", "203.0.113.7", "203.0.113.0/24"):
        assert "It was" not in ops.deny(subject, "--author", "first")
        again = ops.deny(subject, "--author", "second", "--until", "2999-01-31")
        assert "It was: " in again
        assert "first" in again.rpartition("It was: ")[2]
    assert {found["author"] for found in ops.shown()} == {"second"}
    assert len(ops.shown()) == 4


def test_entries_are_shown_sorted_with_who_why_and_until_when(ops: Ops, at: At) -> None:
    at(NOW)
    for subject in ("203.0.113.0/24", "2001:db8::1", "170*", OTHER, PHONE):
        ops.deny(subject, "--author", "ann", "--until", "2027-01-31")
    found = ops.shown()
    assert [(item["kind"], item["subject"]) for item in found] == [
        ("number", "+86138****8000"),
        ("number", "+86139****9000"),
        ("prefix", "+86170"),
        ("address", "2001:db8::/64"),
        ("network", "203.0.113.0/24"),
    ]
    assert {item["until"] for item in found} == {"2027-02-01T00:00:00+08:00"}
    lines = ops("lists", "show").splitlines()
    assert [line.split()[0] for line in lines[1:]] == [
        "+86138****8000",
        "+86139****9000",
        "+86170*",
        "2001:db8::/64",
        "203.0.113.0/24",
    ]
    assert all("testing" in line and "ann" in line and "2027-01-31" in line for line in lines[1:])


def test_entries_of_one_kind_can_be_shown(ops: Ops) -> None:
    for subject in ("203.0.113.0/24", "203.0.113.7", PHONE):
        ops.deny(subject)
    assert [item["kind"] for item in ops.shown("--kind", "address")] == ["address"]


def test_ended_entries_are_shown_on_demand_and_marked(ops: Ops, at: At) -> None:
    at(NOW)
    ops.deny(PHONE, "--for", "30m")
    ops.deny("170*", "--for", "7d")
    at(NOW + 1800)
    assert "1 more have ended" in ops("lists", "show")
    assert [item["subject"] for item in ops.shown()] == ["+86170"]
    marked = [line for line in ops("lists", "show", "--expired").splitlines() if "ended" in line]
    assert len(marked) == 1
    assert marked[0].startswith("+86138****8000")
    assert [item["in_force"] for item in ops.shown("--expired")] == [False, True]


def test_empty_lists_are_said_to_be_empty(ops: Ops) -> None:
    assert "No entries" in ops("lists", "show")
    assert ops.shown() == []


def test_check_names_the_entry_that_decides(ops: Ops, at: At) -> None:
    at(NOW)
    ops.deny("170*")
    ops.allow(ON_170, "--for", "30m")
    ops.deny("203.0.113.0/24")
    assert "允许 allow" in ops("lists", "check", f"+86{ON_170}")
    assert "prefix +86170*)  拒绝 deny" in ops("lists", "check", "17087654321")
    assert "network 203.0.113.0/24)  拒绝 deny" in ops("lists", "check", "203.0.113.7")
    for nobody in (PHONE, "198.51.100.7", "2001:db8::1"):
        assert "is on no list" in ops("lists", "check", nobody)
    at(NOW + 1800)
    assert "prefix +86170*)" in ops("lists", "check", ON_170)
    ops("lists", "remove", "170*")
    assert "has ended" in ops("lists", "check", ON_170)
    ops("lists", "check", "170*", fails=2)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALLOW_NUMBERS", PHONE), ("TEST_NUMBERS", f"{PHONE}=123456@2999-01-01")],
)
def test_check_knows_the_settings_that_allow_too(
    ops: Ops, setting: Setting, name: str, value: str
) -> None:
    setting(**{name: value})
    assert name in ops("lists", "check", SPELT_OTHERWISE)
    assert name not in ops("lists", "check", OTHER)


def test_an_ipv6_address_is_said_to_count_as_its_network(ops: Ops) -> None:
    assert "/64: 2001:db8::/64" in ops.deny("2001:db8::1")
    assert "Removed" in ops("lists", "remove", "2001:db8::2")


@pytest.mark.parametrize("subject", [PHONE, "170*", "203.0.113.7", "203.0.113.0/24"])
def test_what_is_not_there_cannot_be_removed(ops: Ops, subject: str) -> None:
    assert "is not on the lists" in ops("lists", "remove", subject, fails=1)


@pytest.mark.parametrize("subject", ["170*", "203.0.113.7", "203.0.113.0/24"])
def test_only_numbers_can_be_allowed(ops: Ops, subject: str) -> None:
    said = ops("lists", "add", "allow", subject, "--reason", "x", fails=2)
    assert "Only numbers" in said
    assert ops.shown() == []


@pytest.mark.parametrize(
    "options",
    [
        ["--reason", ""],
        ["--reason", "x" * 121],
        ["--reason", "two\nlines"],
        ["--reason", f"told by {PHONE}"],
        ["--reason", "x", "--author", f"a{PHONE}"],
        ["--reason", "x", "--until", "2020-01-31"],
        ["--reason", "x", "--until", "2999-01-31", "--for", "7d"],
    ],
)
def test_an_entry_that_cannot_be_is_not_written(ops: Ops, options: list[str]) -> None:
    ops("lists", "add", "deny", PHONE, *options, fails=2)
    assert ops.shown() == []
    assert PHONE not in ops.said


def test_a_number_can_be_read_from_standard_input(
    ops: Ops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PHONE}\n"))
    assert "+86138****8000" in ops.deny("-")


def test_who_has_no_longer_the_number_removes_its_entry_by_key(ops: Ops, service: Service) -> None:
    ops.deny(PHONE)
    (found,) = ops.shown()
    ops("lists", "remove", found["key"])
    assert service.send().status == 200


def test_no_whole_number_is_written_anywhere(service: Service, ops: Ops) -> None:
    for spelling in (PHONE, SPELT_OTHERWISE, "１３８００１３８０００"):
        ops.deny(spelling)
        ops("lists", "check", spelling)
        ops("lists", "show", "--json")
        ops("lists", "show")
        ops.allow(spelling)
        rows = json.dumps(service.rows("lists"))
        ops("lists", "remove", spelling)
        ops("lists", "remove", spelling, fails=1)
        for text in (ops.said, rows):
            for secret in (PHONE, spelling, PHONE[3:], NUMBER_SECRET, SECRET):
                assert secret not in text


def test_there_are_so_many_ranges_and_no_more(ops: Ops) -> None:
    client, prefix = wiring.store_client()
    full = [entry(subject) for subject in prefixes(MOST_RANGES)]
    row = ([("entry", "ranges")], list(ranges_columns(full, version="v").items()))
    put(client, f"{prefix}lists", *row)
    refused = ops("lists", "add", "deny", "203.0.113.0/24", "--reason", "x", fails=1)
    assert str(MOST_RANGES) in refused
    assert "Remove some first" in refused
    assert "It was" in ops.deny(f"{full[0].subject}*")
    ops("lists", "remove", f"{full[0].subject}*")
    ops.deny("203.0.113.0/24")
    assert len(lists().ranges()) == MOST_RANGES


def put(client: Any, table: str, key: list[tuple[str, str]], cells: list[tuple[str, Any]]) -> None:
    client.put_row(table, Row(key, cells))


def test_a_store_that_fails_is_explained_in_both_languages(cloud: Cloud, ops: Ops) -> None:
    cloud.fault("tablestore", "GetRow", "error:OTSAuthFailed", -1)
    said = ops("lists", "check", PHONE, fails=1)
    assert "Tablestore 未按要求执行" in said
    assert "Tablestore did not do as asked" in said
    cloud.control("faults", {"clear": True})
    cloud.fault("tablestore", "GetRange", "error:OTSObjectNotExist", -1)
    assert "scripts/bootstrap" in ops("lists", "show", fails=1)
    cloud.control("faults", {"clear": True})


# The command itself


def test_a_long_listing_is_complete_and_tells_a_terminal_how_far_it_is(
    cloud: Cloud, tmp_path: Path
) -> None:
    client, prefix = wiring.store_client()
    for index in range(620):
        subject = Subject(ADDRESS, f"10.0.{index // 200}.{index % 200}")
        cells = list(entry_columns(entry(subject)).items())
        put(client, f"{prefix}lists", [("entry", f"address/{subject.shown}")], cells)
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [ROOT / "scripts" / "ops", "lists", "show", "--json"],
        cwd=tmp_path,
        env={**os.environ, "VENV": sys.prefix},
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        check=True,
    )
    os.close(theirs)
    assert len(json.loads(done.stdout)) == 620
    assert "read 500" in os.read(ours, 4096).decode()
    os.close(ours)


def test_the_script_works_from_any_directory_and_ends_with_the_commands_code(
    cloud: Cloud, tmp_path: Path
) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ROOT / "scripts" / "ops", *arguments],
            cwd=tmp_path,
            env={**os.environ, "VENV": sys.prefix},
            capture_output=True,
            text=True,
            check=False,
        )

    added = run("lists", "add", "deny", PHONE, "--reason", "测试", "--author", "ann")
    assert (added.returncode, added.stderr) == (0, "")
    assert "+86138****8000" in added.stdout
    for quiet in (("erase", "--phone", PHONE, "--yes"), ("limits", "--total"), ("signs",)):
        done = run(*quiet)
        assert (done.returncode, done.stderr) == (0, ""), quiet
    assert run("lists", "remove", OTHER).returncode == 1
    wrong = run("lists", "add", "deny", PHONE)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert PHONE not in wrong.stderr
    assert "usage: scripts/ops" in run("--help").stdout.lower()


def test_a_network_is_written_as_it_is_compared(ops: Ops) -> None:
    ops.deny("2001:DB8::/32")
    assert lists().find(Subject(NETWORK, "2001:db8::/32")) is not None


def test_a_file_names_the_deployment_that_is_looked_after(ops: Ops, tmp_path: Path) -> None:
    ops.deny(PHONE)
    names = ("TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE", "CODE_SECRETS", "NUMBER_SECRET")
    lines = [f"{name}={os.environ[name]}" for name in (*names, "DYSMS_SIGN_NAME")]
    file = tmp_path / "some.env"
    file.write_text("\n".join([*lines, "DYSMS_TEMPLATES=SMS_1", "TABLE_PREFIX=other_"]), "utf-8")
    said = ops("--env-file", str(file), "lists", "show", fails=1)
    assert "some.env alone: 7 values" in said
    assert "scripts/bootstrap" in said  # there are no tables under that prefix
