"""Tablestore's stand-in: headers, signatures, and requests that make no sense."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from tablestore import OTSClientError, Row
from tablestore.auth import RequestContext, SignV2
from tablestore.credentials import Credentials
from tablestore.protocol import OTSProtocol

from tests.local_cloud.conftest import (
    INSTANCE,
    KEY_ID,
    SECRET,
    RawAnswer,
    StandIn,
    Table,
    ignore,
    refused,
)


def list_tables(stand_in: StandIn, **changes: str | None) -> RawAnswer:
    return stand_in.post("ListTable", headers=stand_in.headers("/ListTable", b"", **changes))


def moment(**ago: int) -> str:
    then = datetime.now(timezone.utc) - timedelta(**ago)
    return then.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"access_key_secret": "wrong"}, "Signature mismatch."),
        ({"access_key_secret": "wrong", "region": "cn-hangzhou"}, "Signature mismatch."),
        ({"access_key_id": "nobody"}, "The AccessKeyID does not exist."),
        ({"instance_name": "elsewhere"}, "The instance is not found."),
    ],
)
def test_wrong_credentials_are_refused(stand_in: StandIn, changes: Any, text: str) -> None:
    with refused(403, "OTSAuthFailed", text):
        stand_in.client(**changes).list_table()


@pytest.mark.parametrize(
    "more", [{}, {"sts_token": "any"}, {"region": "cn-hangzhou"}, {"region": "r", "sts_token": "t"}]
)
def test_right_credentials_are_accepted(stand_in: StandIn, table: Table, more: Any) -> None:
    """The client checks the signatures of the answers, too."""
    client = stand_in.client(**more)
    client.put_row(table.name, Row(table.key("a"), [("c", 1)]), ignore())
    assert list(client.list_table()) == [table.name]
    with refused(404, "OTSObjectNotExist", "Requested table does not exist."):
        client.describe_table("nothing")


@pytest.mark.parametrize("signed", [True, False])
def test_a_token_is_part_of_what_is_signed(stand_in: StandIn, signed: bool) -> None:
    headers = stand_in.headers("/ListTable", b"", **({"x_ots_ststoken": "t"} if signed else {}))
    answer = stand_in.post("ListTable", headers=headers | {"x-ots-ststoken": "t"})
    assert answer.status == (200 if signed else 403)


@pytest.mark.parametrize(
    "name",
    [
        "x-ots-date",
        "x-ots-apiversion",
        "x-ots-accesskeyid",
        "x-ots-instancename",
        "x-ots-contentmd5",
        "x-ots-signature",
    ],
)
def test_a_missing_header_is_named(stand_in: StandIn, name: str) -> None:
    headers = stand_in.headers("/ListTable", b"")
    del headers[name]
    error = stand_in.post("ListTable", headers=headers).error
    assert error == (400, "OTSParameterInvalid", f"Missing header: '{name}'.")


@pytest.mark.parametrize("minutes", [14, -14])
def test_clocks_may_differ_a_little(stand_in: StandIn, minutes: int) -> None:
    assert list_tables(stand_in, x_ots_date=moment(minutes=minutes)).status == 200


@pytest.mark.parametrize("minutes", [16, -16])
def test_a_clock_that_is_too_far_off_is_refused(stand_in: StandIn, minutes: int) -> None:
    date = moment(minutes=minutes)
    text = f"Mismatch between system time and x-ots-date: {date}."
    assert list_tables(stand_in, x_ots_date=date).error == (403, "OTSAuthFailed", text)


@pytest.mark.parametrize("date", ["", "now", "2026-13-01T00:00:00.000Z", "1700000000"])
def test_a_date_of_another_form_is_refused(stand_in: StandIn, date: str) -> None:
    text = f"Invalid date format: {date}."
    assert list_tables(stand_in, x_ots_date=date).error == (400, "OTSParameterInvalid", text)


def test_a_body_that_was_changed_is_refused(stand_in: StandIn) -> None:
    headers = stand_in.headers("/ListTable", b"")
    text = "Mismatch between MD5 value of request body and x-ots-contentmd5 in header."
    assert stand_in.post("ListTable", b"x", headers).error == (403, "OTSAuthFailed", text)


def test_a_header_that_was_changed_is_refused(stand_in: StandIn) -> None:
    headers = stand_in.headers("/ListTable", b"") | {"x-ots-apiversion": "2014-08-08"}
    error = stand_in.post("ListTable", headers=headers).error
    assert error == (403, "OTSAuthFailed", "Signature mismatch.")


def accept(answer: RawAnswer) -> None:
    """Let the SDK check an answer to ListTable."""
    protocol = OTSProtocol(INSTANCE, "utf8", logging.getLogger("tablestore-client"))
    context = RequestContext(Credentials(KEY_ID, SECRET))
    path, signer = "/ListTable", SignV2("utf8")
    protocol.handle_error(
        "ListTable", path, answer.status, "", answer.headers, answer.body, signer, context
    )


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda answer: answer.headers.update({"x-ots-requestid": "other"}), "signature"),
        (lambda answer: answer.headers.update(authorization="OTS local:AAAA"), "signature"),
        (lambda answer: answer.headers.update(authorization="OTS other:AAAA"), "access key id"),
        (lambda answer: answer.headers.pop("authorization"), "Authorization"),
        (lambda answer: setattr(answer, "body", b"\n\x01x"), "MD5"),
    ],
)
def test_the_client_notices_an_answer_that_was_changed(
    stand_in: StandIn, spoil: Callable[[RawAnswer], Any], text: str
) -> None:
    answer = list_tables(stand_in)
    accept(answer)
    spoil(answer)
    with pytest.raises(OTSClientError, match=text):
        accept(answer)


@pytest.mark.parametrize("operation", ["CreateIndex", "Search", "listtable", "", "ListTable/x"])
def test_an_operation_that_it_does_not_have_is_named(stand_in: StandIn, operation: str) -> None:
    error = stand_in.post(operation).error
    assert error == (400, "OTSParameterInvalid", f"Unsupported operation: '{operation}'.")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_than_post_is_refused(stand_in: StandIn, method: str) -> None:
    error = stand_in.post("ListTable", method=method).error
    text = "Only POST method for requests is supported."
    assert error == (405, "OTSMethodNotAllowed", text)


def test_too_large_a_body_is_refused(stand_in: StandIn) -> None:
    error = stand_in.post("PutRow", bytes(5 * 1024 * 1024 + 1)).error
    assert error == (413, "OTSRequestBodyTooLarge", "The size of POST data is too large.")


@pytest.mark.parametrize("body", [b"", b"\xff", b"\n\x05a", b"\n\x02\xff\xfe\x12\x00\x1a\x00"])
def test_a_body_that_is_no_message_is_refused(stand_in: StandIn, body: bytes) -> None:
    error = stand_in.post("GetRow", body).error
    assert error == (400, "OTSParameterInvalid", "Parse PBMessage from RawString failed.")
