"""The OpenAPI documents say what the models say, and API Gateway's extensions are well-formed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator
from pydantic import BaseModel, ValidationError

from scripts.api_document.document import public_document
from scripts.api_document.extensions import PREFIX, Extensions
from scripts.api_document.gateway import DOORS, Place, gateway_document
from scripts.api_document.schemas import request_schema
from scripts.deployment import ACCOUNT_ID, function_names
from shared.problems import PROBLEMS
from tests.service import ROOT

DOCUMENTS = ["openapi.yaml", "openapi.apigateway.yaml"]
CONSOLE_BYTES = 256 * 1024
ACCOUNT = "1098765432109876"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "scripts" / "apidoc"), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def text_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def written(name: str) -> Any:
    return yaml.safe_load(text_of(name))


def operations(document: Any) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def refusals(document: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every refusal's status and content, wherever it stands."""
    for operation in operations(document):
        for status, response in operation["responses"].items():
            if status != "200":
                yield status, response["content"]["application/problem+json"]
    for response in document["components"].get("responses", {}).values():
        yield "405", response["content"]["application/problem+json"]


def extensions_of(operation: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in operation.items() if name.startswith("x-")}


def test_the_documents_that_are_checked_in_are_what_the_models_say() -> None:
    done = run("--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stale_document_is_told_with_what_to_do(tmp_path: Path) -> None:
    assert run("--folder", str(tmp_path)).returncode == 0
    file = tmp_path / DOCUMENTS[0]
    file.write_text(file.read_text("utf-8").replace("maxLength: 8192", "maxLength: 9000"), "utf-8")
    done = run("--check", "--folder", str(tmp_path))
    assert done.returncode == 1
    assert "openapi.yaml" in done.stderr
    assert "apigateway" not in done.stderr
    assert "Run scripts/apidoc" in done.stderr
    assert "请运行 scripts/apidoc" in done.stderr


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_strictly_openapi_3_0(name: str) -> None:
    document = written(name)
    assert document["openapi"].startswith("3.0.")
    OpenAPIV30SpecValidator(document).validate()


def test_the_validator_would_notice_what_3_0_does_not_have() -> None:
    document = public_document()
    document["components"]["schemas"]["Problem"]["properties"]["title"]["type"] = ["string", "null"]
    assert list(OpenAPIV30SpecValidator(document).iter_errors())


def test_every_public_code_is_documented_with_its_status_and_in_both_languages() -> None:
    found: dict[str, dict[str, str]] = {}
    for status, content in refusals(written("openapi.yaml")):
        for name, example in content["examples"].items():
            code, language = name.split(".")
            assert int(status) == PROBLEMS[code].status == example["value"]["status"]
            found.setdefault(code, {})[language] = example["value"]["title"]
    assert found == {
        code: dict(zip(("zh", "en"), problem.title, strict=True))
        for code, problem in PROBLEMS.items()
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_example_is_an_answer_that_its_schema_allows(name: str) -> None:
    document = written(name)
    problem = document["components"]["schemas"]["Problem"]
    for _, content in refusals(document):
        (_, narrowed) = content["schema"]["allOf"]
        for example in content["examples"].values():
            jsonschema.validate(example["value"], problem)
            jsonschema.validate(example["value"], narrowed)


def test_a_field_without_words_is_not_documented_silently() -> None:
    class SendCodeRequest(BaseModel):
        phone: str
        colour: str

    with pytest.raises(LookupError, match="colour"):
        request_schema(SendCodeRequest)


def test_each_door_behind_the_gateway_is_a_function_of_s_yaml() -> None:
    document = gateway_document(Place(stage="prod"))
    named = {
        op["operationId"]: extensions_of(op)[f"{PREFIX}backend"] for op in operations(document)
    }
    assert set(named) == set(DOORS)
    assert {backend["functionName"] for backend in named.values()} < set(function_names("prod"))
    assert named["send_code"]["functionName"] == "sms-verify-prod-send-code"
    assert {name: backend["timeout"] for name, backend in named.items()} == {
        "send_code": 15_000,
        "verify_code": 10_000,
        "messages": 10_000,
    }


def test_the_extensions_that_are_checked_in_are_known_and_well_formed() -> None:
    for operation in operations(written("openapi.apigateway.yaml")):
        Extensions.model_validate(extensions_of(operation))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((f"{PREFIX}backend-info",), {}),
        ((f"{PREFIX}backend", "serviceName"), "sms"),
        ((f"{PREFIX}backend", "fcRegion"), "cn-shanghai"),
        ((f"{PREFIX}backend", "timeout"), "15000"),
        ((f"{PREFIX}auth-type",), "app"),
    ],
)
def test_what_is_no_extension_is_refused(place: tuple[str, ...], value: object) -> None:
    found = extensions_of(next(operations(gateway_document(Place()))))
    at: dict[str, Any] = found
    for name in place[:-1]:
        at = at[name]
    at[place[-1]] = value
    with pytest.raises(ValidationError):
        Extensions.model_validate(found)


def test_the_console_takes_the_document_as_text() -> None:
    assert len(text_of("openapi.apigateway.yaml").encode()) < CONSOLE_BYTES


@pytest.mark.parametrize(
    ("access", "auth_type"),
    [("gateway", "APP"), ("captcha", "ANONYMOUS"), ("api_key", "ANONYMOUS")],
)
def test_what_is_imported_names_the_deployment(access: str, auth_type: str) -> None:
    settings = {"REGION": "cn-beijing", "STAGE": "prod", "ACCESS": access, ACCOUNT_ID: ACCOUNT}
    done = run("--import", **settings)
    assert done.returncode == 0, done.stderr
    (first, *_) = operations(yaml.safe_load(done.stdout))
    backend = first[f"{PREFIX}backend"]
    assert first[f"{PREFIX}auth-type"] == auth_type
    assert backend["fcRegionId"] == "cn-beijing"
    assert backend["roleArn"].startswith(f"acs:ram::{ACCOUNT}:role/")


def test_without_the_account_nothing_is_printed_for_import() -> None:
    done = run("--import", **{ACCOUNT_ID: ""})
    assert (done.returncode, done.stdout) == (1, "")
    assert ACCOUNT_ID in done.stderr
