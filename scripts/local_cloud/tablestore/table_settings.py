"""What of a table can be changed: its options, reserved units and stream."""

from __future__ import annotations

from typing import Any

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.errors import OTSError, invalid
from scripts.local_cloud.tablestore.tables import Stream, Table


def apply_options(table: Table, options: Any) -> None:
    """Check and take over the table options that a request sets."""
    if options.HasField("time_to_live"):
        seconds = options.time_to_live
        if seconds == 0 or seconds < -1:
            raise invalid("TimeToLive cannot be 0 or less than -1.")
        if seconds != -1 and seconds < limits.MIN_TIME_TO_LIVE:
            raise invalid(f"TimeToLive cannot be less than {limits.MIN_TIME_TO_LIVE}.")
        table.options.time_to_live = seconds
    if options.HasField("max_versions"):
        if options.max_versions <= 0:
            raise invalid("The maximum versions cannot be less than or equal to 0.")
        table.options.max_versions = options.max_versions
    if options.HasField("deviation_cell_version_in_sec"):
        if not 0 <= options.deviation_cell_version_in_sec <= (2**63 - 1) // 1_000_000:
            raise invalid("The maximum deviation must be in range [0, INT64_MAX/1000000].")
        table.options.deviation = options.deviation_cell_version_in_sec
    if options.HasField("allow_update"):
        table.options.allow_update = options.allow_update


def apply_throughput(table: Table, units: Any, *, now: int) -> None:
    """Check and take over reserved capacity units; `now` in seconds.

    The page on UpdateTable wants one of the two, and two minutes between two adjustments; Alibaba's
    Python suite waits that long after CreateTable, too, while its samples send the units as they
    are at once. [U]: so that is no adjustment; and what is said of neither unit.
    """
    if not units.ListFields():
        raise invalid("Neither read nor write capacity unit is set.")
    before = table.read_units, table.write_units
    set_units(table, units)
    if before == (table.read_units, table.write_units):
        return
    if now - max(table.created_at, table.raised_at, table.lowered_at) < limits.THROUGHPUT_INTERVAL:
        raise OTSError("OTSTooFrequentReservedThroughputAdjustment")
    if table.read_units < before[0] or table.write_units < before[1]:
        table.lowered_at = now
    else:
        table.raised_at = now


def set_units(table: Table, units: Any) -> None:
    """Check and take over the reserved units that are given."""
    if units.read < 0 or units.write < 0:
        raise invalid("Invalid Capacity Unit. Capacity Unit must be nonnegative.")
    if units.HasField("read"):
        table.read_units = units.read
    if units.HasField("write"):
        table.write_units = units.write


def apply_stream(table: Table, wanted: Any, *, now: int) -> None:
    """Remember a stream, or forget it; `now` in seconds. [U]: the text, and that hours are kept."""
    if not wanted.enable_stream:
        table.stream = None
        return
    if wanted.expiration_time not in limits.STREAM_HOURS:
        raise invalid("The expiration time of a stream must be in range [1, 168] hours.")
    enabled_at = table.stream.enabled_at if table.stream is not None else now * 1_000_000
    table.stream = Stream(wanted.expiration_time, enabled_at)


def fill_settings(response: Any, table: Table) -> None:
    """Write the table's options and capacity units into a response message."""
    options = response.table_options
    options.time_to_live = table.options.time_to_live
    options.max_versions = table.options.max_versions
    options.deviation_cell_version_in_sec = table.options.deviation
    options.allow_update = table.options.allow_update
    throughput = response.reserved_throughput_details
    throughput.capacity_unit.read = table.read_units
    throughput.capacity_unit.write = table.write_units
    throughput.last_increase_time = table.raised_at or table.created_at
    if table.lowered_at:
        throughput.last_decrease_time = table.lowered_at
    if table.stream is not None:
        details = response.stream_details
        details.enable_stream = True
        details.stream_id = f"{table.name}_{table.stream.enabled_at}"
        details.expiration_time = table.stream.hours
        details.last_enable_time = table.stream.enabled_at
