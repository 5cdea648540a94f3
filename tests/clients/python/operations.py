"""The operations: a step in, its answer out; `call` calls the client's method of that name."""

from __future__ import annotations

import words
from tablestore import metadata
from words import ots


async def create_table(call, step):
    keys = [(*key[:2], ots.PK_AUTO_INCR) if key[2:] else tuple(key) for key in step["keys"]]
    meta = ots.TableMeta(step["table"], keys, words.pairs(step.get("defined", [])))
    await call("create_table", meta, words.options(step), words.units(step))
    return {}


async def list_table(call, step):
    return {"tables": list(await call("list_table"))}


async def describe_table(call, step):
    answer = await call("describe_table", step["table"])
    return {
        "keys": [
            [*column[:2], "AUTO_INCREMENT"] if column[2:] else list(column)
            for column in answer.table_meta.schema_of_primary_key
        ],
        "defined": [list(column) for column in answer.table_meta.defined_columns],
        **words.settings_of(answer),
    }


async def update_table(call, step):
    given = words.options(step) if "options" in step else None
    return words.settings_of(await call("update_table", step["table"], given, words.units(step)))


async def delete_table(call, step):
    await call("delete_table", step["table"])
    return {}


async def put_row(call, step):
    row, condition = words.written_row(step), words.row_condition(step)
    return words.written(
        await call("put_row", step["table"], row, condition, words.returned(step)), step
    )


async def update_row(call, step):
    row, condition = words.changed(step), words.row_condition(step)
    return words.written(
        await call("update_row", step["table"], row, condition, words.returned(step)), step
    )


async def delete_row(call, step):
    row, condition = words.written_row(step), words.row_condition(step)
    return words.written(
        await call("delete_row", step["table"], row, condition, words.returned(step)), step
    )


async def get_row(call, step):
    return words.written(
        await call("get_row", step["table"], words.pairs(step["key"]), **words.view(step)), step
    )


async def get_range(call, step):
    units, following, rows, *_ = await call(
        "get_range",
        step["table"],
        step.get("direction", "FORWARD"),
        words.pairs(step["start"]),
        words.pairs(step["end"]),
        limit=step.get("limit"),
        **words.view(step),
    )
    return {
        "rows": [words.row_answer(row, step) for row in rows],
        "next": words.cells(following) if following else None,
        "consumed": words.consumed(units),
    }


async def batch_get_row(call, step):
    request = metadata.BatchGetRowRequest()
    for part in step["tables"]:
        wanted = [words.pairs(key) for key in part["wanted"]]
        request.add(metadata.TableInBatchGetRowItem(part["table"], wanted, **words.view(part)))
    answer = await call("batch_get_row", request)
    return {
        "rows": [
            [words.of_batch(item, step) for item in answer.get_result_by_table(part["table"])]
            for part in step["tables"]
        ]
    }


async def batch_write_row(call, step):
    request = metadata.BatchWriteRowRequest()
    kinds = {
        "PUT": (ots.PutRowItem, words.written_row),
        "UPDATE": (ots.UpdateRowItem, words.changed),
        "DELETE": (ots.DeleteRowItem, words.written_row),
    }
    for part in step["tables"]:
        items = []
        for write in part["rows"]:
            kind, row = kinds[write["kind"]]
            items.append(kind(row(write), words.row_condition(write), words.returned(write)))
        request.add(metadata.TableInBatchWriteRowItem(part["table"], items))
    answer = await call("batch_write_row", request)
    by_kind = (
        answer.get_put_by_table,
        answer.get_update_by_table,
        answer.get_delete_by_table,
    )
    tables = [part["table"] for part in step["tables"]]
    return {
        "rows": [
            [words.of_batch(item, step) for table in tables for item in items(table)]
            for items in by_kind
        ]
    }


OPERATIONS = {
    "CreateTable": create_table,
    "ListTable": list_table,
    "DescribeTable": describe_table,
    "UpdateTable": update_table,
    "DeleteTable": delete_table,
    "PutRow": put_row,
    "UpdateRow": update_row,
    "DeleteRow": delete_row,
    "GetRow": get_row,
    "GetRange": get_range,
    "BatchGetRow": batch_get_row,
    "BatchWriteRow": batch_write_row,
}
