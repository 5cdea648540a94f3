"""s.domain.yaml puts the HTTP functions of one stage on one domain, and opens nothing."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
import yaml

from tests.deploy.fc3 import Domain, complaints
from tests.deploy.samples import REQUIRED
from tests.deploy.serverless_devs import ROOT, Project

OWN = {"DOMAIN": "codes.example.com", "DOMAIN_CERTIFICATE": "c.pem", "DOMAIN_PRIVATE_KEY": "k.pem"}


@pytest.fixture
def certified(project: Project) -> Project:
    for name in ("c.pem", "k.pem"):
        (project.folder / name).write_text("-----BEGIN")
    return project


def domain(project: Project, **more: str) -> Any:
    rendered = project.preview({**OWN, **more}, "s.domain.yaml")["resources"]
    assert {name: resource["component"] for name, resource in rendered.items()} == {
        "domain": "fc3-domain"
    }
    return rendered["domain"]["props"]


def test_function_compute_takes_the_domain(certified: Project) -> None:
    assert complaints(Domain, domain(certified)) == []


def test_its_routes_are_the_http_functions_of_its_stage(certified: Project) -> None:
    functions = {
        resource["props"]["functionName"]: resource["props"]["triggers"][0]["triggerConfig"]
        for resource in certified.preview({**REQUIRED, "STAGE": "prod"})["resources"].values()
        if resource["props"]["triggers"][0]["triggerType"] == "http"
    }
    routes = domain(certified, STAGE="prod")["routeConfig"]["routes"]
    assert {route["functionName"]: route["methods"] for route in routes} == {
        name: config["methods"] for name, config in functions.items()
    }
    for route in routes:
        name = route["path"].removeprefix("/").removesuffix("/*")
        assert route["functionName"] == f"sms-verify-prod-{name}"


@pytest.mark.parametrize("asked", [{}, {"TRIGGER_AUTH": "anonymous"}, {"TRIGGER_AUTH": "function"}])
def test_it_asks_of_callers_what_the_triggers_ask(
    certified: Project, asked: dict[str, str]
) -> None:
    triggers = certified.preview({**REQUIRED, **asked})["resources"]["send_code"]["props"][
        "triggers"
    ]
    expected = triggers[0]["triggerConfig"]["authType"]
    assert domain(certified, **asked)["authConfig"] == {"authType": expected}


def test_it_lies_in_the_region_of_the_functions(certified: Project) -> None:
    for asked in {}, {"REGION": "cn-shanghai"}:
        function = certified.preview({**REQUIRED, **asked})["resources"]["send_code"]["props"]
        assert domain(certified, **asked)["region"] == function["region"]


def test_a_certificate_that_is_not_there_is_refused(project: Project) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        domain(project)
    assert "path value not found" in refused.value.stdout + refused.value.stderr


def test_the_functions_need_no_domain() -> None:
    text = (ROOT / "s.yaml").read_text("utf-8")
    assert "DOMAIN" not in text
    assert "customDomain" not in yaml.safe_load(text)["vars"]["function"]
