"""Before the first function a deploy looks at the settings and builds the bundle, once."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from scripts import deployment
from tests.deploy.samples import REQUIRED
from tests.deploy.serverless_devs import ROOT, Project

NOTE = '#!/bin/sh\necho "$(basename $0) $*" >> "$(dirname $0)/../ran"\n'
NAMES = ("send-code", "verify-code", "messages", "receipts", "receipts-mns", "maintain")
FUNCTIONS = [f"sms-verify-dev-{name}" for name in NAMES]


def scripts(project: Project, **endings: str) -> Path:
    """Lay scripts in the project that note how they were called."""
    (project.folder / "scripts").mkdir()
    for name in ("doctor", "build"):
        script = project.folder / "scripts" / name
        script.write_text(NOTE + endings.get(name, ""), "utf-8")
        script.chmod(0o755)
    return project.folder / "ran"


def deployed(output: str) -> list[str]:
    return re.findall(r"^deployed (.*)$", output, re.MULTILINE)


@pytest.mark.parametrize("runtime", ["python3.10", "python3.12"])
def test_the_bundle_is_built_once_for_the_runtime_that_the_functions_have(
    project: Project, runtime: str
) -> None:
    ran = scripts(project)
    rendered = project.preview({**REQUIRED, "RUNTIME": runtime})["resources"].values()
    assert {resource["props"]["runtime"] for resource in rendered} == {runtime}
    told = project.deploy({**REQUIRED, "RUNTIME": runtime}, cwd=project.folder)
    assert told.returncode == 0, told.stdout
    version = runtime.removeprefix("python")
    assert ran.read_text().splitlines() == ["doctor --offline", f"build --python {version}"]
    assert deployed(told.stdout) == FUNCTIONS


@pytest.mark.parametrize("failing", ["doctor", "build"])
def test_where_one_of_them_fails_nothing_is_deployed(project: Project, failing: str) -> None:
    ran = scripts(project, **{failing: "echo 'set ACCESS' >&2; exit 1\n"})
    told = project.deploy(REQUIRED, cwd=project.folder)
    assert told.returncode != 0
    assert "set ACCESS" in told.stdout
    assert ran.read_text().splitlines()[-1].startswith(failing)
    assert deployed(told.stdout) == []


def test_the_doctor_sees_the_settings_of_dotenv(project: Project) -> None:
    scripts(project, doctor='test "$TABLE_PREFIX" = sms_verify_dev_ && test "$ACCESS" = gateway\n')
    project.dotenv("".join(f"{name}={value}\n" for name, value in REQUIRED.items()))
    told = project.deploy({"ACCESS": "gateway"}, cwd=project.folder)
    assert told.returncode == 0, told.stdout


def test_the_doctor_looks_at_no_other_file_than_the_cli(project: Project) -> None:
    scripts(project, doctor='test -z "$ENV_FILE"\n')
    told = project.deploy({**REQUIRED, "ENV_FILE": "/nowhere/prod.env"}, cwd=project.folder)
    assert told.returncode == 0, told.stdout
    assert deployment.standing_file({"ENV_FILE": ""}) == ROOT / ".env"


def test_it_works_from_another_folder(project: Project) -> None:
    ran = scripts(project)
    elsewhere = project.folder / "elsewhere"
    elsewhere.mkdir()
    assert project.deploy(REQUIRED, cwd=elsewhere).returncode == 0
    assert len(ran.read_text().splitlines()) == 2


def test_the_scripts_exist() -> None:
    for action in yaml.safe_load((ROOT / "s.yaml").read_text("utf-8"))["actions"]["pre-deploy"]:
        (script,) = re.findall(r"scripts/[a-z]+", action["run"])
        assert os.access(ROOT / script, os.X_OK), action
