"""The XML that MNS reads and writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from scripts.local_cloud.mns.errors import MnsError

NAMESPACE = "http://mns.aliyuncs.com/doc/v1/"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def one(tag: str, fields: Mapping[str, str]) -> bytes:
    """Return a document of one element with fields."""
    return f'{_HEAD}<{tag} xmlns="{NAMESPACE}">{_fields(fields)}</{tag}>'.encode()


def many(tag: str, each: str, items: Iterable[Mapping[str, str]]) -> bytes:
    """Return a document of several elements with fields."""
    inner = "".join(f"<{each}>{_fields(item)}</{each}>" for item in items)
    return f'{_HEAD}<{tag} xmlns="{NAMESPACE}">{inner}</{tag}>'.encode()


def receipt_handles(body: bytes) -> list[str]:
    """Read the handles of a BatchDeleteMessage."""
    if b"<!" in body:
        raise MnsError("MalformedXML")  # entities, which nobody needs here
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - no entities, see above
    except ElementTree.ParseError:
        raise MnsError("MalformedXML") from None
    return [node.text or "" for node in root.iter(f"{{{NAMESPACE}}}ReceiptHandle")]


def _fields(fields: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
