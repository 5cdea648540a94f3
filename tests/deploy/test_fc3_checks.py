"""The checks of s.yaml can fail: each mistake here was made in a function that passes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.deploy.fc3 import Domain, Function, complaints
from tests.deploy.fc3_schema import find, schema_complaints

GOOD: dict[str, Any] = {
    "region": "cn-hangzhou",
    "functionName": "sms-verify-dev-send-code",
    "description": "POST /send-code",
    "runtime": "python3.10",
    "code": "./.build/code.zip",
    "handler": "send_code.handler",
    "role": "sms-verify",
    "cpu": 0.35,
    "memorySize": 512,
    "diskSize": 512,
    "timeout": 10,
    "internetAccess": True,
    "logConfig": "auto",
    "environmentVariables": {"ACCESS": "api_key"},
    "triggers": [
        {
            "triggerName": "http",
            "triggerType": "http",
            "triggerConfig": {
                "authType": "function",
                "methods": ["POST"],
                "disableURLInternet": False,
            },
        },
        {
            "triggerName": "timer",
            "triggerType": "timer",
            "triggerConfig": {"cronExpression": "@every 1m", "enable": True},
        },
    ],
}
DOMAIN: dict[str, Any] = {
    "region": "cn-hangzhou",
    "domainName": "codes.example.com",
    "protocol": "HTTPS",
    "certConfig": {"certName": "c", "certificate": "c.pem", "privateKey": "k.pem"},
    "authConfig": {"authType": "function"},
    "routeConfig": {
        "routes": [
            {
                "path": "/send-code",
                "functionName": "sms-verify-dev-send-code",
                "methods": ["POST"],
                "qualifier": "LATEST",
            }
        ]
    },
}
Mistake = Callable[[dict[str, Any]], object]


def misspell(old: str, new: str) -> Mistake:
    return lambda props: props.update({new: props.pop(old)})


def put(**values: Any) -> Mistake:
    return lambda props: props.update(values)


def drop(name: str) -> Mistake:
    return lambda props: props.pop(name)


def in_trigger(number: int, mistake: Mistake) -> Mistake:
    return lambda props: mistake(props["triggers"][number]["triggerConfig"])


SEEN_BY_BOTH: dict[str, Mistake] = {
    "timout": misspell("timeout", "timout"),
    "handler missing": drop("handler"),
    "python3.11": put(runtime="python3.11"),
    "a memory of 500": put(memorySize=500),
    "a disk of 1024": put(diskSize=1024),
    "a variable that is a number": put(environmentVariables={"CODE_LENGTH": 6}),
    "a time-out as text": put(timeout="10"),
    "logs without a logstore": put(logConfig={"project": "logs"}),
    "authType nope": in_trigger(0, put(authType="nope")),
    "autType": in_trigger(0, misspell("authType", "autType")),
    "methods missing": in_trigger(0, drop("methods")),
    "a method that is none": in_trigger(0, put(methods=["SEND"])),
    "enable missing": in_trigger(1, drop("enable")),
    "enable as text": in_trigger(1, put(enable="true")),
    "cron": in_trigger(1, misspell("cronExpression", "cron")),
}
SEEN_BY_THE_MODEL: dict[str, Mistake] = {
    "a region abroad": put(region="cn-hongkong"),
    "too little memory for the cpu": put(cpu=1.0),
    "too much memory for the cpu": put(memorySize=2048),
    "a cpu between the steps": put(cpu=0.33),
    "many requests in one instance": put(instanceConcurrency=10),
    "a variable of FC's own": put(environmentVariables={"FC_REGION": "cn-hangzhou"}),
    "an environment over 4 KB": put(environmentVariables={"API_KEYS": "x" * 4096}),
    "a role that is missing": drop("role"),
    "a folder for the bundle": put(code="./.build/code"),
    "a handler in a folder": put(handler="functions/send_code.handler"),
    "two HTTP triggers": lambda props: props["triggers"].append(props["triggers"][0]),
}
MISTAKEN_DOMAINS: dict[str, Mistake] = {
    "plain HTTP": put(protocol="HTTP,HTTPS"),
    "no authentication chosen": drop("authConfig"),
    "no certificate": drop("certConfig"),
    "a name for tests": put(domainName="auto"),
    "a route misspelt": lambda props: props["routeConfig"].update(route=[]),
}


@pytest.fixture
def schema() -> Any:
    found = find()
    if found is None:
        pytest.skip("no fc3.schema.json here (FC3_SCHEMA)")
    return json.loads(found.read_text("utf-8"))


def test_the_model_takes_what_is_right() -> None:
    assert complaints(Function, GOOD) == []
    assert complaints(Domain, DOMAIN) == []


def test_the_schema_takes_what_is_right(schema: Any) -> None:
    assert schema_complaints(schema, GOOD) == []


@pytest.mark.parametrize("mistake", [*SEEN_BY_BOTH, *SEEN_BY_THE_MODEL])
def test_the_model_refuses(mistake: str) -> None:
    wrong = copy.deepcopy(GOOD)
    {**SEEN_BY_BOTH, **SEEN_BY_THE_MODEL}[mistake](wrong)
    assert complaints(Function, wrong)


@pytest.mark.parametrize("mistake", SEEN_BY_BOTH)
def test_the_schema_refuses(mistake: str, schema: Any) -> None:
    wrong = copy.deepcopy(GOOD)
    SEEN_BY_BOTH[mistake](wrong)
    assert schema_complaints(schema, wrong)


@pytest.mark.parametrize("mistake", MISTAKEN_DOMAINS)
def test_the_model_refuses_a_domain_with(mistake: str) -> None:
    wrong = copy.deepcopy(DOMAIN)
    MISTAKEN_DOMAINS[mistake](wrong)
    assert complaints(Domain, wrong)
