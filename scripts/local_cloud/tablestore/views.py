"""What a read shows of a row: columns, versions, and what its filter lets through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scripts.local_cloud.tablestore import limits
from scripts.local_cloud.tablestore.columns import check_column_name
from scripts.local_cloud.tablestore.conditions import Filter
from scripts.local_cloud.tablestore.errors import invalid
from scripts.local_cloud.tablestore.plainbuffer_writer import Shown
from scripts.local_cloud.tablestore.rows import Columns, Row, Versions


@dataclass(slots=True)
class View:
    """What GetRow, GetRange or one table of BatchGetRow asks of each row."""

    columns_to_get: set[str]
    max_versions: int | None
    time_range: tuple[int, int] | None
    start_column: str | None
    end_column: str | None
    filter: Filter | None

    @classmethod
    def of(cls, request: Any, *, batch: bool = False) -> View:
        """Read the view from a request message, or refuse it."""
        names = list(request.columns_to_get)
        if len(names) > limits.COLUMNS_TO_GET:
            raise invalid(
                "The number of columns from the request exceeds the limit, limit count: "
                f"{limits.COLUMNS_TO_GET}, column count: {len(names)}."
            )
        for name in names:
            check_column_name(name)
        row_filter = Filter(request.filter) if request.filter else None
        max_versions = request.max_versions if request.HasField("max_versions") else None
        time_range = _time_range(request)
        if max_versions is None and time_range is None:
            raise invalid(
                "No version condition is specified while querying row."
                if batch
                else "No version condition is specified."
            )
        if max_versions is not None and max_versions <= 0:
            raise invalid(
                f"Invalid max versions: {max_versions} . Reason: Max versions must be positive."
            )
        return cls(
            set(names),
            max_versions,
            time_range,
            request.start_column if request.HasField("start_column") else None,
            request.end_column if request.HasField("end_column") else None,
            row_filter,
        )

    def read(self, row: Row) -> Columns:
        """Return what is read of the row, and paid for: its columns before the filter."""
        columns: Columns = {}
        for name, versions in row.columns.items():
            if self._reads(name) and (kept := self._versions(versions)):
                columns[name] = kept
        return columns

    def show(self, row: Row, columns: Columns) -> Shown | None:
        """Return the cells that a reader sees, by column name and newest first; None hides the row.

        `columns` is what `read` returned.
        """
        wanted = self.columns_to_get
        if wanted and not columns and not wanted & {name for name, _ in row.key}:
            return None
        names = sorted(columns)
        if self.filter is not None:
            if not self.filter.passes(row.with_key_columns(columns)):
                return None
            if self.filter.page is not None:
                offset, limit = self.filter.page
                names = names[offset : offset + limit]
        return [(name, value, stamp) for name in names for stamp, value in columns[name]]

    def _reads(self, name: str) -> bool:
        if self.columns_to_get and name not in self.columns_to_get:
            return False
        if self.start_column is not None and name < self.start_column:
            return False
        return self.end_column is None or name < self.end_column

    def _versions(self, versions: Versions) -> Versions:
        if self.time_range is not None:
            start, end = self.time_range
            versions = [version for version in versions if start <= version[0] < end]
        return versions[: self.max_versions]


def _time_range(request: Any) -> tuple[int, int] | None:
    if not request.HasField("time_range"):
        return None
    given = request.time_range
    if given.HasField("specific_time"):
        if given.HasField("start_time") or given.HasField("end_time"):
            raise invalid("Specific tiemstamp and time range cannot be given at the same time.")
        if given.specific_time < 0:
            raise invalid("Specific timestamp cannot be less than 0.")
        return given.specific_time, given.specific_time + 1
    if given.HasField("start_time") != given.HasField("end_time"):
        raise invalid("Start and end time must be given at the same time.")
    return (given.start_time, given.end_time) if given.HasField("start_time") else None
