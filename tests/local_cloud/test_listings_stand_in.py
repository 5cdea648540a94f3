"""The stand-ins for the lists of signs and templates, and for tags, asked by the real SDK."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525 import models
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config

from tests.service import Cloud

CODES = [f"SMS_{number}" for number in range(1, 8)]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    catalogue: Path = tmp_path_factory.mktemp("catalogue") / "catalogue.json"
    rejected = {"name": "rejected", "state": "rejected", "reason": "not yours"}
    templates: dict[str, Any] = dict.fromkeys(CODES, "${code}")
    templates["SMS_7"] = {"text": "${code}!", "state": "cancelled", "type": 3}
    kept = {"sign_names": ["approved", rejected], "templates": templates}
    catalogue.write_text(json.dumps(kept), "utf-8")
    cloud = Cloud.start("--catalogue", str(catalogue))
    yield cloud
    cloud.stop()


@pytest.fixture
def client(account: Cloud) -> Any:
    account.reset()
    return Client(
        Config(
            access_key_id="local",
            access_key_secret="local-secret",
            endpoint=account.openapi.removeprefix("http://"),
            protocol="HTTP",
        )
    )


def tags(*pairs: tuple[str, str], kind: str = "List") -> list[Any]:
    made = getattr(models, f"{kind}TagResourcesRequestTag" if kind else "TagResourcesRequestTag")
    return [made(key=key, value=value) for key, value in pairs]


def tagged(client: Any, codes: list[str], *pairs: tuple[str, str]) -> Any:
    where = {"region_id": "cn-hangzhou", "resource_type": "TEMPLATE"}
    request = models.TagResourcesRequest(resource_id=codes, tag=tags(*pairs, kind=""), **where)
    return client.tag_resources(request).body


def found(client: Any, **asked: Any) -> Any:
    where = {"region_id": "cn-hangzhou", "resource_type": "TEMPLATE"}
    return client.list_tag_resources(models.ListTagResourcesRequest(**asked, **where)).body


def pairs(body: Any) -> list[tuple[str, str, str]]:
    listed = body.tag_resources.tag_resource
    return [(one.resource_id, one.tag_key, one.tag_value) for one in listed]


def test_signs_are_listed_with_their_state_and_reason(client: Any) -> None:
    body = client.query_sms_sign_list(models.QuerySmsSignListRequest()).body
    listed = [(s.sign_name, s.audit_status, s.reason.reject_info) for s in body.sms_sign_list]
    assert listed[1] == ("rejected", "AUDIT_STATE_NOT_PASS", "not yours")
    assert listed[0][:2] == ("approved", "AUDIT_STATE_PASS")
    assert (body.code, body.total_count) == ("OK", 2)


def test_templates_are_listed_page_by_page(client: Any) -> None:
    seen = []
    for page in (1, 2, 3, 4):
        request = models.QuerySmsTemplateListRequest(page_index=page, page_size=3)
        body = client.query_sms_template_list(request).body
        assert body.total_count == len(CODES)
        seen += [(one.template_code, one.outer_template_type) for one in body.sms_template_list]
    assert seen == [(code, 3 if code == "SMS_7" else 0) for code in CODES]


@pytest.mark.parametrize("page", [{"page_size": 51}, {"page_index": 0}])
def test_a_page_has_its_limits(client: Any, page: dict[str, int]) -> None:
    request = models.QuerySmsTemplateListRequest(**page)
    assert client.query_sms_template_list(request).body.code == "isv.INVALID_PARAMETERS"


def test_tags_are_added_replaced_and_found_again(client: Any) -> None:
    assert tagged(client, CODES[:2], ("team", "shop"), ("kind", "sign-in")).data == "true"
    tagged(client, CODES[1:2], ("team", "bank"))
    assert pairs(found(client, resource_id=CODES[:1])) == [
        ("SMS_1", "team", "shop"),
        ("SMS_1", "kind", "sign-in"),
    ]
    assert pairs(found(client, tag=tags(("team", "bank")))) == [("SMS_2", "team", "bank")]


def test_tags_are_listed_page_by_page(client: Any) -> None:
    tagged(client, CODES[:5], ("team", "shop"))
    first = found(client, tag=tags(("team", "shop")), page_size=3)
    second = found(client, tag=tags(("team", "shop")), page_size=3, next_token=first.next_token)
    assert [one[0] for one in pairs(first) + pairs(second)] == CODES[:5]
    assert second.next_token is None


def test_tags_are_taken_off_by_key_or_all(client: Any) -> None:
    tagged(client, CODES[:2], ("team", "shop"), ("kind", "sign-in"))
    where = {"region_id": "cn-hangzhou", "resource_type": "TEMPLATE"}
    some = models.UntagResourcesRequest(resource_id=CODES[:1], tag_key=["team"], **where)
    client.untag_resources(some)
    client.untag_resources(models.UntagResourcesRequest(resource_id=CODES[1:2], all=True, **where))
    assert pairs(found(client, resource_id=CODES[:2])) == [("SMS_1", "kind", "sign-in")]


def test_a_question_about_no_template_and_no_tag_is_refused(client: Any) -> None:
    with pytest.raises(ClientException, match="MissingTag"):
        found(client)
    assert tagged(client, ["SMS_99"], ("team", "shop")).code == "isv.SMS_TEMPLATE_ILLEGAL"
    assert tagged(client, CODES[:1], ("k" * 65, "v")).code == "isv.INVALID_PARAMETERS"
