"""What the commands work with: the store, the number plan, the secret, the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from scripts import deployment
from scripts.ops_cli.complaints import Complaint
from shared.domain.lists import NUMBER, Entry, Listed
from shared.domain.subjects import Subject
from shared.phone_numbers import PhoneNumbers
from shared.rules import Rules, rules_of
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.domain.phone_number import PhoneNumber
    from shared.health_ports import HealthStore
    from shared.storage.list_edits import TablestoreLists
    from shared.storage.messages import TablestoreMessages
    from shared.storage.standings import TablestoreStandings


@dataclass(frozen=True, slots=True)
class Desk:
    """Lists, messages and providers, and by what numbers are read; `now` is in UTC seconds."""

    lists: TablestoreLists
    messages: TablestoreMessages
    health: HealthStore
    standings: TablestoreStandings
    numbers: PhoneNumbers
    settings: Settings
    now: float

    @property
    def secret(self) -> str:
        """Return the secret of the numbers' keyed hashes."""
        return self.settings.number_secret.get_secret_value()

    def add(self, subject: Subject, entry: Entry) -> Entry | None:
        """Write an entry; return the one that it replaces."""
        from shared.storage.list_edits import MOST_RANGES, TooManyRanges

        try:
            return self.lists.add(subject, entry)
        except TooManyRanges:
            raise Complaint(
                f"号段和网段最多 {MOST_RANGES} 条（每次发送都要读取）。请先移除不需要的："
                "scripts/ops lists show --expired。",
                f"There are {MOST_RANGES} prefixes and networks already, and every send reads "
                "them all. Remove some first: scripts/ops lists show --expired.",
            ) from None

    def look(self, subject: Subject, text: str) -> tuple[Entry | None, Entry | None]:
        """Return the subject's own entry, and the one that decides now as the door would."""
        own, ranges = self.lists.find(subject), self.lists.ranges()
        if subject.kind == NUMBER:
            listed = Listed(number=own, ranges=ranges)
            return own, listed.on_number(self.numbers.read(text), now=self.now)
        listed = Listed(address=own, ranges=ranges)
        return own, listed.on_address(subject.shown, now=self.now)

    def on_lists(self, number: PhoneNumber) -> Entry | None:
        """Return the entry that decides about a number now."""
        own = self.lists.find(Subject(NUMBER, number.masked, number.key(self.secret)))
        listed = Listed(number=own, ranges=self.lists.ranges())
        return listed.on_number(number, now=self.now)

    def allowed_by_setting(self, text: str) -> str | None:
        """Return the setting that allows a number more than others, if one does."""
        number = self.numbers.read(text)
        if any(self.numbers.read(spelling) == number for spelling in self.settings.allow_numbers):
            return "ALLOW_NUMBERS"
        for test in self.settings.test_numbers:
            if self.numbers.read(test.phone) == number and self.now < test.until.timestamp():
                return "TEST_NUMBERS"
        return None


def open_desk(deployed: Deployed | None = None) -> Desk:
    """Read the settings, if nobody has, and reach for the store; raise Misconfigured."""
    deployed = deployed or read_deployed()  # first: it keeps the SDKs quiet

    from shared.storage.health import TablestoreHealth
    from shared.storage.list_edits import TablestoreLists
    from shared.storage.messages import TablestoreMessages
    from shared.storage.standings import TablestoreStandings

    rules, (client, prefix) = deployed.rules, deployed.store()
    return Desk(
        TablestoreLists(client, prefix),
        TablestoreMessages(client, prefix, secret=rules.policy.number_secret),
        TablestoreHealth(client, prefix),
        TablestoreStandings(client, prefix),
        rules.numbers,
        rules.settings,
        deployed.now,
    )


@dataclass(frozen=True, slots=True)
class Deployed:
    """What the functions of a deployment run with; `now` is in UTC seconds."""

    environment: Mapping[str, str]
    rules: Rules
    now: float

    def store(self) -> tuple[Any, str]:
        """Return a Tablestore client and the prefix of the tables."""
        from shared import wiring

        return wiring.store_client(self.environment)


def read_deployed() -> Deployed:
    """Read settings and keys as the command's options say; raise Misconfigured."""
    from shared import wiring

    values = deployment.read(click.get_current_context().find_root().params["env_file"])
    if values.file is not None:
        click.echo(" ".join(values.source), err=True)
    return Deployed(values.environment, rules_of(values.environment), wiring.clock())
