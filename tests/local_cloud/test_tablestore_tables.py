"""Tablestore's stand-in: creating, describing, changing and deleting tables."""

from __future__ import annotations

from typing import Any

import pytest
import tablestore.protobuf.table_store_pb2 as pb
from tablestore import (
    PK_AUTO_INCR,
    CapacityUnit,
    OTSClient,
    ReservedThroughput,
    TableMeta,
    TableOptions,
)

from tests.local_cloud.conftest import StandIn, Table, invalid, refused

WEEK = 7 * 86_400
NOTHING_GIVEN = "No parameter is specified in table options."


def create(client: OTSClient, name: str, keys: Any, defined: Any = (), **options: Any) -> None:
    client.create_table(
        TableMeta(name, list(keys), list(defined)),
        TableOptions(**options),
        ReservedThroughput(CapacityUnit(0, 0)),
    )


def test_table_names_are_listed_in_order(client: OTSClient) -> None:
    for name in ("b", "_a", "C", "a"):
        create(client, name, [("pk", "STRING")])
    assert list(client.list_table()) == ["C", "_a", "a", "b"]


def test_everything_set_at_creation_is_described(client: OTSClient) -> None:
    keys = [("a", "STRING"), ("b", "BINARY"), ("c", "INTEGER"), ("d", "INTEGER", PK_AUTO_INCR)]
    defined = [
        ("i", "INTEGER"),
        ("s", "STRING"),
        ("b2", "BINARY"),
        ("o", "BOOLEAN"),
        ("d2", "DOUBLE"),
    ]
    client.create_table(
        TableMeta("everything", keys, defined),
        TableOptions(WEEK, 5, 3600, allow_update=False),
        ReservedThroughput(CapacityUnit(3, 4)),
    )
    found = client.describe_table("everything")
    meta, options = found.table_meta, found.table_options
    throughput = found.reserved_throughput_details
    assert (meta.table_name, meta.schema_of_primary_key) == ("everything", keys)
    assert meta.defined_columns == defined
    assert (options.time_to_live, options.max_version) == (WEEK, 5)
    assert (options.max_time_deviation, options.allow_update) == (3600, False)
    assert (throughput.capacity_unit.read, throughput.capacity_unit.write) == (3, 4)
    assert throughput.last_increase_time > 0


def test_a_table_that_says_little_gets_the_defaults(client: OTSClient) -> None:
    create(client, "plain", [("pk", "STRING")])
    options = client.describe_table("plain").table_options
    assert (options.time_to_live, options.max_version) == (-1, 1)
    assert (options.max_time_deviation, options.allow_update) == (86_400, True)


def test_options_that_an_update_does_not_name_stay(client: OTSClient) -> None:
    create(client, "merged", [("pk", "STRING")], time_to_live=WEEK, max_version=2)
    client.update_table("merged", TableOptions(None, 7, None))
    found = client.update_table("merged", TableOptions(None, None, 60)).table_options
    assert (found.time_to_live, found.max_version, found.max_time_deviation) == (WEEK, 7, 60)


def test_reserved_units_are_updated_alone(stand_in: StandIn, client: OTSClient) -> None:
    create(client, "units", [("pk", "STRING")], max_version=2)
    for read, write in ((1, None), (None, 2)):
        stand_in.clock.ahead += 120
        units = ReservedThroughput(CapacityUnit(read, write))
        client.update_table("units", reserved_throughput=units)
    found = client.describe_table("units")
    units = found.reserved_throughput_details.capacity_unit
    assert (units.read, units.write, found.table_options.max_version) == (1, 2, 2)


def test_reserved_units_are_changed_once_in_two_minutes(
    stand_in: StandIn, client: OTSClient
) -> None:
    """Counted from CreateTable; other settings can be changed meanwhile."""
    too_soon = "Capacity unit adjustment is too frequent."
    stand_in.clock.stopped_at = 2_000_000_000
    create(client, "units", [("pk", "STRING")])
    for more, units in ((CapacityUnit(5, 5), (0, 0)), (CapacityUnit(0, 1), (5, 5))):
        stand_in.clock.ahead += 119
        with refused(403, "OTSTooFrequentReservedThroughputAdjustment", too_soon):
            client.update_table("units", reserved_throughput=ReservedThroughput(more))
        client.update_table("units", TableOptions(None, 2, None))
        stand_in.clock.ahead += 1
        found = client.describe_table("units").reserved_throughput_details.capacity_unit
        assert (found.read, found.write) == units
        client.update_table("units", reserved_throughput=ReservedThroughput(more))


def test_it_is_told_when_reserved_units_rose_and_fell(stand_in: StandIn, client: OTSClient) -> None:
    stand_in.clock.stopped_at = 2_000_000_000
    create(client, "units", [("pk", "STRING")])
    times = []
    for units in (CapacityUnit(5, 5), CapacityUnit(9, 4)):
        stand_in.clock.ahead += 120
        told = client.update_table("units", reserved_throughput=ReservedThroughput(units))
        details = told.reserved_throughput_details
        times.append((details.last_increase_time, details.last_decrease_time))
    assert times == [(2_000_000_120, None), (2_000_000_120, 2_000_000_240)]


def test_an_update_of_neither_unit_is_refused(stand_in: StandIn, table: Table) -> None:
    wanted = pb.UpdateTableRequest(table_name=table.name)
    wanted.reserved_throughput.capacity_unit.SetInParent()
    error = stand_in.post("UpdateTable", wanted.SerializeToString()).error
    assert error == (400, "OTSParameterInvalid", "Neither read nor write capacity unit is set.")


def test_a_stream_is_remembered(stand_in: StandIn, table: Table) -> None:
    def update(enable: bool, hours: int | None) -> Any:
        wanted = pb.UpdateTableRequest(table_name=table.name)
        wanted.stream_spec.enable_stream = enable
        if hours is not None:
            wanted.stream_spec.expiration_time = hours
        return stand_in.post("UpdateTable", wanted.SerializeToString())

    def described() -> Any:
        wanted = pb.DescribeTableRequest(table_name=table.name)
        answer = stand_in.post("DescribeTable", wanted.SerializeToString())
        return pb.DescribeTableResponse.FromString(answer.body).stream_details

    assert update(enable=True, hours=24).status == 200
    stream = described()
    assert (stream.enable_stream, stream.expiration_time) == (True, 24)
    assert stream.last_enable_time > 0
    assert update(enable=True, hours=169).status == 400
    assert update(enable=False, hours=None).status == 200
    assert not described().enable_stream


def test_an_update_of_nothing_is_refused(client: OTSClient, table: Table) -> None:
    with invalid(NOTHING_GIVEN):
        client.update_table(table.name, TableOptions(None, None, None))


def test_a_deleted_table_takes_its_rows_with_it(client: OTSClient, table: Table) -> None:
    table.put("a", c=1)
    client.delete_table(table.name)
    create(client, table.name, [("pk", "STRING")])
    assert table.get("a") is None


def test_a_second_table_of_a_name_is_refused(client: OTSClient, table: Table) -> None:
    with refused(409, "OTSObjectAlreadyExist", "Requested table already exists."):
        create(client, table.name, [("other", "INTEGER")])


@pytest.mark.parametrize("operation", ["describe_table", "delete_table", "update_table"])
def test_a_table_that_is_not_there_cannot_be_worked_on(client: OTSClient, operation: str) -> None:
    options = [TableOptions(-1, 2)] if operation == "update_table" else []
    with refused(404, "OTSObjectNotExist", "Requested table does not exist."):
        getattr(client, operation)("nothing", *options)


def test_the_65th_table_is_refused(client: OTSClient) -> None:
    for number in range(64):
        create(client, f"t{number}", [("pk", "STRING")])
    with refused(403, "OTSQuotaExhausted", "Number of tables exceeds the quota:64."):
        create(client, "one_too_many", [("pk", "STRING")])


@pytest.mark.parametrize("name", ["", "1a", "a-b", "a b", "表", "a" * 256, "a\n"])
def test_a_wrong_table_name_is_refused(client: OTSClient, name: str) -> None:
    with invalid(f"Invalid table name: '{name}'."):
        create(client, name, [("pk", "STRING")])
    with invalid(f"Invalid table name: '{name}'."):
        client.describe_table(name)


@pytest.mark.parametrize("name", ["a", "_", "A1_", "a" * 255])
def test_a_right_table_name_is_accepted(client: OTSClient, name: str) -> None:
    create(client, name, [("pk", "STRING")])
    assert list(client.list_table()) == [name]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([], "The number of primary key columns must be in range: [1, 4]."),
        (
            [(f"k{number}", "STRING") for number in range(5)],
            "The number of primary key columns must be in range: [1, 4].",
        ),
        ([("a", "STRING"), ("a", "INTEGER")], "Duplicated primary key name: 'a'."),
        ([("", "STRING")], "Invalid column name: ''."),
        ([("#a", "STRING")], "Invalid column name: '#a'."),
        ([("a" * 256, "STRING")], f"Invalid column name: '{'a' * 256}'."),
        (
            [("a", "INTEGER", PK_AUTO_INCR)],
            "First primary key can't be auto increment, table: wrong.",
        ),
        (
            [("a", "STRING"), ("b", "STRING", PK_AUTO_INCR)],
            "Auto increment pk must be integer, name: b.",
        ),
        (
            [("a", "STRING"), ("b", "INTEGER", PK_AUTO_INCR), ("c", "INTEGER", PK_AUTO_INCR)],
            "AUTO_INCREMENT primary key count must <= 1.",
        ),
    ],
)
def test_a_wrong_primary_key_schema_is_refused(client: OTSClient, keys: Any, message: str) -> None:
    with invalid(message):
        create(client, "wrong", keys)
    assert list(client.list_table()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"time_to_live": 0}, "TimeToLive cannot be 0 or less than -1."),
        ({"time_to_live": -2}, "TimeToLive cannot be 0 or less than -1."),
        ({"time_to_live": 86_399}, "TimeToLive cannot be less than 86400."),
        ({"max_version": 0}, "The maximum versions cannot be less than or equal to 0."),
        ({"max_version": -1}, "The maximum versions cannot be less than or equal to 0."),
        (
            {"max_time_deviation": -1},
            "The maximum deviation must be in range [0, INT64_MAX/1000000].",
        ),
        (
            {"max_time_deviation": (2**63 - 1) // 1_000_000 + 1},
            "The maximum deviation must be in range [0, INT64_MAX/1000000].",
        ),
    ],
)
def test_wrong_table_options_are_refused_and_change_nothing(
    client: OTSClient, table: Table, options: Any, message: str
) -> None:
    with invalid(message):
        create(client, "wrong", [("pk", "STRING")], **options)
    changes = {"time_to_live": None, "max_version": 9, "max_time_deviation": None, **options}
    with invalid(message):
        client.update_table(table.name, TableOptions(**changes))
    assert client.describe_table(table.name).table_options.max_version == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"max_versions": 1}, "Time-to-live is missing while creating table."),
        ({"time_to_live": -1}, "MaxVersions is missing while creating table."),
    ],
)
def test_a_table_without_its_two_required_options_is_refused(
    stand_in: StandIn, fields: Any, message: str
) -> None:
    request = pb.CreateTableRequest(
        table_meta=pb.TableMeta(
            table_name="t", primary_key=[pb.PrimaryKeySchema(name="a", type=pb.STRING)]
        ),
        reserved_throughput=pb.ReservedThroughput(capacity_unit=pb.CapacityUnit(read=0, write=0)),
        table_options=pb.TableOptions(**fields),
    )
    answer = stand_in.post("CreateTable", request.SerializeToString())
    assert answer.error == (400, "OTSParameterInvalid", message)


@pytest.mark.parametrize(
    ("defined", "message"),
    [
        (
            [(f"c{number}", "STRING") for number in range(33)],
            "The number of defined columns must be in range: [0, 32].",
        ),
        ([("#c", "STRING")], "Invalid column name: '#c'."),
    ],
)
def test_wrong_defined_columns_are_refused(client: OTSClient, defined: Any, message: str) -> None:
    with invalid(message):
        create(client, "wrong", [("pk", "STRING")], defined)


def test_rows_of_a_table_without_updates_are_only_put_and_deleted(make_table: Any) -> None:
    table = make_table(allow_update=False)
    table.put("a", c=1)
    with invalid(f"Update is not allowed on table: '{table.name}'."):
        table.update("a", PUT=[("c", 2)])
    assert table.get("a") == {"c": 1}
    table.delete("a")
    assert table.get("a") is None


def test_fewer_versions_hide_the_older_ones_at_once(make_table: Any) -> None:
    table = make_table(max_version=3)
    for value in range(3):
        table.update("a", PUT=[("c", value)])
    table.client.update_table(table.name, TableOptions(None, 2, None))
    assert [value for value, _ in table.versions("a")] == [2, 1]
