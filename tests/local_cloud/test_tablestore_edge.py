"""Tablestore's stand-in: requests that come close to making sense, and HTTP that does not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import tablestore.protobuf.table_store_filter_pb2 as filter_pb
import tablestore.protobuf.table_store_pb2 as pb
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.local_cloud.tablestore.errors import OTSError
from scripts.local_cloud.tablestore.operations import Operations
from scripts.local_cloud.tablestore.store import Store
from tests.local_cloud.conftest import StandIn
from tests.local_cloud.plainbuffers import RAW, ROWS, WHOLE
from tests.local_cloud.test_tablestore_garbage import MESSAGES

often = settings(max_examples=150, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module")
def operations() -> Iterator[Operations]:
    """The operations without HTTP: what is neither an answer nor an OTSError is a crash."""
    store = Store()
    found = Operations(store)
    created = type(MESSAGES["CreateTable"])()
    created.CopyFrom(MESSAGES["CreateTable"])
    created.table_meta.table_name = "fuzzed"
    created.table_meta.primary_key[1].ClearField("option")
    found.run("CreateTable", created.SerializeToString())
    yield found
    store.close()


def run(operations: Operations, operation: str, request: Any) -> None:
    body = request if isinstance(request, bytes) else request.SerializePartialToString()
    with suppress(OTSError):
        operations.run(operation, body)


@pytest.mark.parametrize("operation", MESSAGES)
def test_a_message_that_ends_early_is_answered(operations: Operations, operation: str) -> None:
    body = MESSAGES[operation].SerializeToString()
    for end in range(len(body)):
        run(operations, operation, body[:end])


CONDITIONS = st.recursive(
    st.builds(
        lambda name, value, comparator, more: filter_pb.Filter(
            type=filter_pb.FT_SINGLE_COLUMN_VALUE,
            filter=filter_pb.SingleColumnValueFilter(
                comparator=comparator,
                column_name=name,
                column_value=value,
                filter_if_missing=more[0],
                latest_version_only=more[1],
            ).SerializeToString(),
        ),
        st.sampled_from(["pk", "i", "s", "", "#x", "号码"]),
        WHOLE | RAW,
        st.sampled_from(filter_pb.ComparatorType.values()),
        st.tuples(st.booleans(), st.booleans()),
    ),
    lambda parts: st.builds(
        lambda operator, found: filter_pb.Filter(
            type=filter_pb.FT_COMPOSITE_COLUMN_VALUE,
            filter=filter_pb.CompositeColumnValueFilter(
                combinator=operator, sub_filters=found
            ).SerializeToString(),
        ),
        st.sampled_from(filter_pb.LogicalOperator.values()),
        st.lists(parts, max_size=3),
    ),
    max_leaves=8,
).map(lambda made: made.SerializeToString())


@given(
    operation=st.sampled_from(["PutRow", "UpdateRow", "DeleteRow", "GetRow", "GetRange"]),
    row=ROWS,
    end=ROWS,
    condition=st.none() | CONDITIONS,
    existence=st.sampled_from(pb.RowExistenceExpectation.values()),
)
@often
def test_a_row_that_may_make_sense_is_answered(
    operations: Operations, operation: str, row: bytes, end: bytes, condition: Any, existence: int
) -> None:
    request = type(MESSAGES[operation])()
    request.CopyFrom(MESSAGES[operation])
    names = {
        "PutRow": ["row"],
        "UpdateRow": ["row_change"],
        "DeleteRow": ["primary_key"],
        "GetRow": ["primary_key"],
        "GetRange": ["inclusive_start_primary_key", "exclusive_end_primary_key"],
    }[operation]
    for name, given_row in zip(names, (row, end), strict=False):
        setattr(request, name, given_row)
    if operation.startswith("Get"):
        request.filter = condition or b""
    else:
        request.condition.row_existence = existence
        request.condition.column_condition = condition or b""
    run(operations, operation, request)


@given(data=st.data())
@often
def test_a_batch_that_may_make_sense_is_answered(operations: Operations, data: Any) -> None:
    writes, reads = pb.BatchWriteRowRequest(), pb.BatchGetRowRequest()
    for name in data.draw(st.lists(st.sampled_from(["fuzzed", "none", "", "1"]), max_size=3)):
        part, read = writes.tables.add(table_name=name), reads.tables.add(table_name=name)
        read.max_versions = data.draw(st.integers(-1, 2))
        for row in data.draw(st.lists(ROWS, max_size=3)):
            read.primary_key.append(row)
            kind = data.draw(st.sampled_from(pb.OperationType.values()))
            written = part.rows.add(type=kind, row_change=row)
            written.condition.row_existence = pb.IGNORE
            written.return_content.return_type = data.draw(st.sampled_from([0, 1, 2]))
            written.return_content.return_column_names.extend(data.draw(NAMES))
    run(operations, "BatchWriteRow", writes)
    run(operations, "BatchGetRow", reads)


NAMES = st.lists(st.sampled_from(["c", "pk", ""]), max_size=2)


def test_filters_in_filters_are_refused_at_once(operations: Operations) -> None:
    made = b""
    for _ in range(5000):
        inner = filter_pb.CompositeColumnValueFilter(combinator=filter_pb.LO_NOT)
        inner.sub_filters.add(type=filter_pb.FT_COMPOSITE_COLUMN_VALUE, filter=made)
        made = inner.SerializeToString()
    request = type(MESSAGES["GetRow"])()
    request.CopyFrom(MESSAGES["GetRow"])
    whole = filter_pb.Filter(type=filter_pb.FT_COMPOSITE_COLUMN_VALUE, filter=made)
    request.filter = whole.SerializeToString()
    with pytest.raises(OTSError, match="count of filter"):
        operations.run("GetRow", request.SerializeToString())


def raw_answer(stand_in: StandIn, request: bytes) -> bytes:
    """Send bytes to the port, and return what comes back before the connection is closed."""
    with socket.create_connection(("127.0.0.1", stand_in.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
        return answer


HEADERS = st.sampled_from(
    [
        "x-ots-date",
        "x-ots-apiversion",
        "x-ots-accesskeyid",
        "x-ots-instancename",
        "x-ots-contentmd5",
        "x-ots-signature",
        "x-ots-signaturev4",
        "x-ots-signdate",
        "x-ots-signregion",
        "x-ots-ststoken",
        "content-encoding",
        "content-type",
    ]
)
BYTES = st.binary(max_size=20).map(lambda raw: raw.translate(None, b"\r\n\0"))


@given(
    changed=st.dictionaries(HEADERS, BYTES, max_size=4),
    query=BYTES.map(lambda raw: raw.translate(None, b" #")),
    temporary=st.booleans(),
)
@often
def test_odd_headers_are_answered(
    running_stand_in: StandIn, changed: dict[str, bytes], query: bytes, *, temporary: bool
) -> None:
    body = b""
    headers = {
        name: value.encode() for name, value in running_stand_in.headers("/ListTable", body).items()
    }
    if temporary:
        issued = running_stand_in.keys.issue(60)
        headers["x-ots-accesskeyid"] = issued.access_key_id.encode()
    lines = [b"POST /ListTable?" + query + b" HTTP/1.1", b"Host: localhost", b"Connection: close"]
    lines += [name.encode() + b": " + value for name, value in {**headers, **changed}.items()]
    answer = raw_answer(running_stand_in, b"\r\n".join([*lines, b"Content-Length: 0", b"", b""]))
    status = int(answer.split(b" ", 2)[1])
    assert 200 <= status < 500, answer


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_that_is_not_what_its_encoding_says_is_refused(
    running_stand_in: StandIn, encoding: str
) -> None:
    headers = running_stand_in.headers("/ListTable", b"garbage") | {"content-encoding": encoding}
    error = running_stand_in.post("ListTable", b"garbage", headers).error
    text = "The body is not what its Content-Encoding says."
    assert error == (400, "OTSParameterInvalid", text)


def test_a_token_need_not_be_a_text(running_stand_in: StandIn) -> None:
    """Found by the odd headers above."""
    issued = running_stand_in.keys.issue(60).access_key_id
    headers = running_stand_in.headers("/ListTable", b"", x_ots_accesskeyid=issued)
    error = running_stand_in.post("ListTable", b"", headers | {"x-ots-ststoken": "\xff"}).error
    assert error == (403, "OTSAuthFailed", "The STS token is not the AccessKeyID's.")
