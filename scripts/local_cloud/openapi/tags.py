"""Tags of templates: TagResources, UntagResources, ListTagResources.

Parameters, limits and the answers' shapes: the pages of the three operations (262748-262750).
[U]: which codes refuse too many tags or an unknown template, and that several tags in one question
ask for templates that have all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.local_cloud.openapi.console import Console
from scripts.local_cloud.openapi.errors import ApiError, refused

MOST_TAGS = MOST_CODES = 20
LONGEST = 64
PAGE = 20
KIND = "TEMPLATE"
_LISTED_KIND = "ALIYUN::DYSMS::TEMPLATE"


class Tags:
    """The tags of a console's templates."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._tags: dict[str, dict[str, str]] = {}

    def tag_resources(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Give each template each tag; a key that is there already gets the new value."""
        codes, tags = self._codes(query), _pairs(query)
        if not codes or not tags:
            raise ApiError(400, "MissingTag", "Tag and ResourceId are mandatory for this action.")
        after = {code: {**self._tags.get(code, {}), **tags} for code in codes}
        if any(len(tagged) > MOST_TAGS for tagged in after.values()):
            raise refused("isv.INVALID_PARAMETERS", "标签数量超过限制")
        self._tags.update(after)
        return {"Code": "OK", "Data": "true"}

    def untag_resources(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Take tags off each template: those with these keys, or all of them."""
        codes, keys = self._codes(query), _values(query, "TagKey")
        everything = query.get("All", "").lower() == "true"
        if not codes or not (keys or everything):
            raise ApiError(400, "MissingTagKey", "TagKey is mandatory for this action.")
        for code in codes:
            kept = self._tags.get(code, {})
            left = {} if everything else {k: v for k, v in kept.items() if k not in keys}
            self._tags[code] = left
        return {"Code": "OK", "Data": "true"}

    def list_tag_resources(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return the tags of these templates, or of those that have all of these tags."""
        codes, wanted = self._codes(query), _pairs(query)
        if not codes and not wanted:
            raise ApiError(400, "MissingTag", "Tag or ResourceId is mandatory for this action.")
        found = [
            {"ResourceId": code, "ResourceType": _LISTED_KIND, "TagKey": key, "TagValue": value}
            for code, tags in sorted(self._tags.items())
            if (not codes or code in codes) and wanted.items() <= tags.items()
            for key, value in tags.items()
            if not wanted or key in wanted
        ]
        start, size = int(query.get("NextToken") or 0), int(query.get("PageSize") or PAGE)
        more = {"NextToken": str(start + size)} if start + size < len(found) else {}
        page = found[start : start + size]
        return {"Code": "OK", "TagResources": {"TagResource": page}, **more}

    def clear(self) -> None:
        """Forget every tag."""
        self._tags.clear()

    def _codes(self, query: Mapping[str, str]) -> list[str]:
        for name in ("RegionId", "ResourceType"):
            if not query.get(name):
                raise ApiError(400, f"Missing{name}", f"{name} is mandatory for this action.")
        codes = _values(query, "ResourceId")
        if query["ResourceType"] != KIND or len(codes) > MOST_CODES:
            raise refused("isv.INVALID_PARAMETERS", "参数异常")
        if not set(codes) <= set(self._console.templates):
            raise refused("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")
        return codes


def _pairs(query: Mapping[str, str]) -> dict[str, str]:
    """Read Tag.1.Key, Tag.1.Value, ..."""
    keys, values = _values(query, "Tag", ".Key"), _values(query, "Tag", ".Value")
    if len(keys) > MOST_TAGS or any(len(text) > LONGEST for text in (*keys, *values)):
        raise refused("isv.INVALID_PARAMETERS", "参数异常")
    return dict(zip(keys, values, strict=True))


def _values(query: Mapping[str, str], name: str, rest: str = "") -> list[str]:
    """Read Name.1, Name.2, ... up to the first that is not there."""
    found: list[str] = []
    while (place := f"{name}.{len(found) + 1}{rest}") in query:
        found.append(query[place])
    return found
