"""The contract's words in the client's: requests on their way in, answers on their way out."""

from __future__ import annotations

import contextlib
import logging
import sys

logging.disable(logging.CRITICAL)
with contextlib.redirect_stdout(sys.stderr):  # what it prints is no answer
    import tablestore as ots

SPECIAL = {"INF_MIN": ots.INF_MIN, "INF_MAX": ots.INF_MAX, "AUTO_INCREMENT": ots.PK_AUTO_INCR}
EXISTENCE = ots.RowExistenceExpectation


class Lacks(Exception):
    """The client has no words for this."""


def real(value):
    """Return what wire.wire() was given, with bytes as the client wants them."""
    if isinstance(value, list):
        return [real(part) for part in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((kind, raw),) = value.items()
        if kind == "i":
            return int(raw)
        if kind == "d":
            return float(raw)
        if kind == "b":
            return bytearray.fromhex(raw)
        if kind == "special":
            return SPECIAL[raw]
    return {name: real(part) for name, part in value.items()}


def plain(value):
    """Return a value of an answer as JSON."""
    if isinstance(value, (bytes, bytearray)):
        return {"b": value.hex()}
    if isinstance(value, float):
        return {"d": value}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"i": str(value)}
    return value


def column_condition(given):
    if given is None:
        return None
    if "page" in given:
        raise Lacks("pages of columns")
    if "parts" in given:
        together = ots.CompositeColumnCondition(getattr(ots.LogicalOperator, given["operator"]))
        for part in given["parts"]:
            together.add_sub_condition(column_condition(part))
        return together
    return ots.SingleColumnCondition(
        given["column"],
        given["value"],
        getattr(ots.ComparatorType, given["comparator"]),
        given.get("pass_if_missing", True),
        given.get("latest_only", True),
    )


def row_condition(step):
    existence = getattr(EXISTENCE, step.get("existence", "IGNORE"))
    return ots.Condition(existence, column_condition(step.get("condition")))


def pairs(cells):
    return [tuple(cell) for cell in cells]


def view(step, version="max_version"):
    given_range = step.get("time_range")
    return {
        "columns_to_get": step.get("columns_to_get", []),
        "column_filter": column_condition(step.get("filter")),
        version: step.get("max_versions", 1),
        "time_range": tuple(given_range) if isinstance(given_range, list) else given_range,
        "start_column": step.get("start_column"),
        "end_column": step.get("end_column"),
    }


def row_of(step, columns):
    return ots.Row(pairs(step["key"]), columns)


def changed(step):
    changes = {}
    for kind, name, *rest in step["changes"]:
        change = name if kind == "DELETE_ALL" else (name, *(rest or [None]))
        changes.setdefault(kind, []).append(change)
    return row_of(step, changes)


def written_row(step):
    return row_of(step, pairs(step.get("columns", [])))


def returned(step):
    if step.get("returned") == "AFTER_MODIFY":
        raise Lacks("the row after the write")
    return "RT_PK" if step.get("returned") == "PK" else None


def cells(found):
    return [[name, plain(value)] for name, value, *_ in found]


def row_answer(found, step):
    if found is None or found.primary_key is None:
        return None
    columns = [
        [name, plain(value), plain(stamp)] if step.get("stamps") else [name, plain(value)]
        for name, value, stamp in found.attribute_columns or []
    ]
    return {"key": cells(found.primary_key), "columns": columns}


def consumed(units):
    return [plain(units.read), plain(units.write)]


def written(answer, step):
    units, row, *_ = answer
    return {"row": row_answer(row, step), "consumed": consumed(units)}


def of_batch(item, step):
    if not item.is_ok:
        return {"error": [item.error_code, item.error_message]}
    return {"row": row_answer(item.row, step), "consumed": consumed(item.consumed)}


def options(step):
    given = step.get("options", {})
    return ots.TableOptions(
        given.get("time_to_live"),
        given.get("max_versions"),
        given.get("max_time_deviation"),
        given.get("allow_update"),
    )


def units(step):
    if "units" not in step:
        return None
    return ots.ReservedThroughput(ots.CapacityUnit(*step["units"]))


def settings_of(answer):
    table, details = answer.table_options, answer.reserved_throughput_details
    return {
        "options": {
            "time_to_live": plain(table.time_to_live),
            "max_versions": plain(table.max_version),
            "max_time_deviation": plain(table.max_time_deviation),
            "allow_update": table.allow_update,
        },
        "units": consumed(details.capacity_unit),
        "lowered": bool(details.last_decrease_time),
    }
