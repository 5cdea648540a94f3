"""The bundle, unpacked elsewhere and run by the interpreter that it was built for."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.utils import canonicalize_name
from tablestore import Row

from scripts.bundle import report
from scripts.bundle.__main__ import build
from scripts.bundle.target import TARGETS, BuildError, Target, interpreter, uv
from scripts.deployment import FIXED
from scripts.local_cloud.openapi.sts import (
    ACCOUNT_ID,
    EXTERNAL_ID,
    OIDC_PROVIDER,
    OIDC_TOKEN,
    ROLE,
    SMS_ROLE,
)
from shared import wiring
from shared.deferred_imports import DEFERRED
from tests.deploy.serverless_devs import ROOT
from tests.service import Cloud

S_YAML = yaml.safe_load((ROOT / "s.yaml").read_text("utf-8"))
HANDLERS = {name: one["props"]["handler"] for name, one in S_YAML["resources"].items()}

FC = """
import importlib, json, os, sys, traceback
events = json.load(sys.stdin)
answers = []
for handler, settings, event in events:
    os.environ.update(settings)
    module, _, function = handler.partition('.')
    answers.append(getattr(importlib.import_module(module), function)(event.encode(), None))
print('REPORT', json.dumps({'answers': answers, 'modules': {
    name: getattr(module, '__file__', None) for name, module in sys.modules.items()}}))
"""
"""What the runtime does with a function: import the handler, hand it events."""


def http(*entries: dict[str, Any], path: str = "/", method: str = "POST", **body: str) -> str:
    about = {"method": method, "path": path, "sourceIp": "203.0.113.7"}
    event = {
        "version": "v1",
        "rawPath": path,
        "body": json.dumps(entries or body),
        "isBase64Encoded": False,
        "headers": {"Content-Type": "application/json"},
        "requestContext": {"requestId": "r", "http": about},
    }
    return json.dumps(event)


REQUESTS = {
    "send_code": http(phone="13800138000", scene="sign_in"),
    "verify_code": http(
        phone="13800138000", scene="sign_in", verification_id="a" * 22, code="123456"
    ),
    "messages": http(path=f"/messages/{'a' * 22}", method="GET"),
    "receipts": http(
        {"phone_number": "13800138000", "success": True, "err_code": "DELIVERED", "out_id": "x"},
        path=f"/receipts/sms-report/{'r' * 32}",
    ),
    "receipts_mns": json.dumps({"triggerName": "every-minute"}),
    "maintain": json.dumps({"triggerName": "every-minute"}),
}
"""What each handler is asked, to have it load all that it needs."""

EVERYWHERE = {"RECEIPT_SECRETS": "r" * 32}


@dataclass
class Bundle:
    """An unpacked bundle. `preinstalled` stands for Function Compute's own site-packages."""

    target: Target
    python: Path
    archive: Path
    code: Path
    cloud: Cloud
    preinstalled: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *calls: tuple[str, Mapping[str, str], str]) -> tuple[list[Any], dict[str, Any]]:
        """Run handlers one after the other in one instance; return answers and loaded modules."""
        program = FC
        if self.preinstalled is not None:
            program = f"import site; site.addsitedir({str(self.preinstalled)!r})\n{FC}"
        python_path = self.environment.get("PYTHONPATH", f"{self.code}:{self.code}/python")
        done = subprocess.run(
            [str(self.python), "-S", "-c", program],
            input=json.dumps(calls),
            env={**self.cloud.environment, **FIXED, **self.environment, "PYTHONPATH": python_path},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found = json.loads(done.stdout.rpartition("REPORT ")[2])
        return found["answers"], found["modules"]


@pytest.fixture(scope="module", params=sorted(TARGETS))
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    target = TARGETS[request.param]
    try:
        python = interpreter(target)
    except BuildError as error:
        if os.environ.get("CI_NEEDS_ALL"):
            raise
        pytest.skip(f"no Python {target.version} here: {error.english[:80]}")
    out = tmp_path_factory.mktemp("a folder with spaces")
    packages = build(target, out)
    return target, python, out, packages


@pytest.fixture
def bundle(built: Any, cloud: Cloud, tmp_path: Path) -> Bundle:
    target, python, out, _ = built
    with zipfile.ZipFile(out / "code.zip") as archive:
        archive.extractall(tmp_path / "code")
    return Bundle(target, python, out / "code.zip", tmp_path / "code", cloud)


def files(bundle: Bundle) -> Iterator[Path]:
    return (file for file in bundle.code.rglob("*") if file.is_file())


@pytest.mark.parametrize("name", ["send_code", "verify_code", "receipts"])
def test_a_role_is_assumed_with_what_is_in_it(bundle: Bundle, name: str) -> None:
    role = {
        "ALIBABA_CLOUD_ROLE_ARN": SMS_ROLE,
        "ALIBABA_CLOUD_EXTERNAL_ID": EXTERNAL_ID,
        "ALIBABA_CLOUD_ROLE_FOR": "all",
        "STS_ENDPOINT": bundle.cloud.openapi,
    }
    (answer,), _ = bundle.run((HANDLERS[name], {**EVERYWHERE, **role}, REQUESTS[name]))
    assert answer["statusCode"] in (200, 400), answer
    assert bundle.cloud.calls("sts") == {"AssumeRole": 1}
    assert bundle.cloud.control("keys")["used"]["tablestore"] > 0


def test_a_token_stands_for_keys_with_what_is_in_it(bundle: Bundle, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(OIDC_TOKEN, "utf-8")
    role = {
        "ALIBABA_CLOUD_ROLE_ARN": ROLE,
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": OIDC_PROVIDER,
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(token),
        "STS_ENDPOINT": bundle.cloud.openapi,
    }
    (answer,), _ = bundle.run((HANDLERS["send_code"], role, REQUESTS["send_code"]))
    assert answer["statusCode"] == 200, answer
    assert bundle.cloud.calls("sts") == {"AssumeRoleWithOIDC": 1}


def test_a_code_is_sent_and_accepted_once(bundle: Bundle) -> None:
    (sent,), _ = bundle.run((HANDLERS["send_code"], {}, REQUESTS["send_code"]))
    assert sent["statusCode"] == 200, sent
    (message,) = bundle.cloud.outbox()
    given = {
        "phone": "13800138000",
        "scene": "sign_in",
        "verification_id": message["out_id"],
        "code": message["params"]["code"],
    }
    verify = (HANDLERS["verify_code"], {}, http(**given))
    answers, _ = bundle.run(verify, verify)
    assert [answer["statusCode"] for answer in answers] == [200, 400]


@pytest.mark.parametrize("mode", ["own", "managed"])
def test_a_code_is_sent_and_accepted_once_by_pnvs_of_another_account(
    bundle: Bundle, mode: str
) -> None:
    settings = {
        "SMS_PROVIDERS": "dysms,dypns",
        "PNVS_MODE": mode,
        "ALIBABA_CLOUD_ROLE_ARN": SMS_ROLE,
        "ALIBABA_CLOUD_EXTERNAL_ID": EXTERNAL_ID,
        "STS_ENDPOINT": bundle.cloud.openapi,
    }
    bundle.cloud.fault("dysms", "SendSms", "error:isv.OUT_OF_SERVICE")
    (sent,), _ = bundle.run((HANDLERS["send_code"], settings, REQUESTS["send_code"]))
    assert sent["statusCode"] == 200, sent
    (message,) = bundle.cloud.outbox()
    given = {
        "phone": "13800138000",
        "scene": "sign_in",
        "verification_id": message["out_id"],
        "code": message["params"]["code"],
    }
    verify = (HANDLERS["verify_code"], settings, http(**given))
    answers, _ = bundle.run(verify, verify)
    assert [answer["statusCode"] for answer in answers] == [200, 400], answers
    checks = {"CheckSmsVerifyCode": 1} if mode == "managed" else {}
    assert bundle.cloud.calls("dypns") == {"SendSmsVerifyCode": 1, **checks}
    assert bundle.cloud.calls("sts")["AssumeRole"] == 1 + len(checks)


@pytest.mark.parametrize("captcha", ["aliyun", "turnstile"])
def test_a_captcha_is_checked(bundle: Bundle, captcha: str) -> None:
    settings = {"CAPTCHA": captcha, "CAPTCHA_SCENES": "sign_in"}
    send = HANDLERS["send_code"]
    good = http(phone="13800138000", scene="sign_in", captcha="solved")
    bad = http(phone="13800138001", scene="sign_in", captcha="fail")
    answers, _ = bundle.run((send, settings, bad), (send, settings, good))
    assert [answer["statusCode"] for answer in answers] == [403, 200]


@pytest.mark.parametrize("form", ["dingtalk", "json"])
def test_an_alert_is_raised(bundle: Bundle, form: str) -> None:
    settings = {
        "LIMIT_TOTAL": "1/1d",
        "ALERT_WEBHOOK": f"{bundle.cloud.openapi}/_local/webhook?access_token=local",
        "ALERT_FORMAT": form,
        "ALERT_WEBHOOK_SECRET": "local-webhook-secret",
    }
    sent = (HANDLERS["send_code"], settings, REQUESTS["send_code"])
    timer = (HANDLERS["maintain"], settings, REQUESTS["maintain"])
    answers, _ = bundle.run(sent, timer)
    assert answers[1]["outcome"] == "ok"
    assert len(bundle.cloud.control("webhook")) == 1


def test_reports_are_pulled_and_asked_for(bundle: Bundle) -> None:
    cloud = bundle.cloud
    settings = {
        "RECEIPT_QUEUES": "sms-report",
        "DYBASE_ENDPOINT": cloud.openapi,
        "MNS_ENDPOINT": cloud.mns,
        "FC_ACCOUNT_ID": ACCOUNT_ID,
        "RECONCILE_AFTER": "60s",
    }
    cloud.control("queues", {"type": "SmsReport", "message": {"success": True, "out_id": "x"}})
    timer = json.dumps({"triggerName": "every-minute", "triggerTime": "2026-11-21T17:00:00Z"})
    client, prefix = wiring.store_client()
    kept = [("number", "+8613800138000"), ("issued_at", int(time.time()) - 900)]
    client.put_row(f"{prefix}pending", Row([("verification_id", "a" * 22)], kept))
    pulls, maintains = (HANDLERS[name] for name in ("receipts_mns", "maintain"))
    answers, _ = bundle.run((pulls, settings, timer), (maintains, settings, timer))
    assert (answers[0]["outcome"], answers[0]["deleted"]) == ("ok", 1)
    assert (answers[1]["outcome"], answers[1]["asked"]) == ("ok", 1)


@pytest.mark.parametrize("name", HANDLERS)
def test_every_handler_of_s_yaml_answers_from_the_bundle_alone(bundle: Bundle, name: str) -> None:
    (answer,), modules = bundle.run((HANDLERS[name], EVERYWHERE, REQUESTS[name]))
    assert answer.get("statusCode", 200) in (200, 400, 404), answer
    assert any(module.startswith("shared.storage.") for module in modules) or name == "receipts_mns"
    assert answer.get("outcome", "ok") == "ok", answer
    library = subprocess.run(
        [str(bundle.python), "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    strangers = {
        module: file
        for module, file in modules.items()
        if file and not file.startswith((str(bundle.code), library, "/code/"))
    }
    assert not strangers
    deferred = [
        module
        for module in modules
        if module.startswith(tuple(name.rstrip("*") for name in DEFERRED))
    ]
    assert not deferred


def test_every_module_of_the_product_can_be_imported(bundle: Bundle) -> None:
    modules = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in sorted((ROOT / "shared").rglob("*.py"))
    ]
    program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    modules.insert(0, "shared.storage.sdk")  # as wiring does
    done = subprocess.run(
        [str(bundle.python), "-S", "-c", program, *modules],
        env={"PYTHONPATH": f"{bundle.code}:{bundle.code}/python"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def old_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages that Function Compute preinstalls with python3.10, as far as they are ours."""
    folder = tmp_path_factory.mktemp("preinstalled")
    uv(
        *("pip", "install", "--target", str(folder), "--python-version", "3.10"),
        *("--python-platform", "x86_64-manylinux_2_28"),
        *("tablestore==5.4.1", "protobuf==3.19.6", "requests==2.28.1"),
    )
    shutil.rmtree(folder / "enum")  # enum34 hides the standard library's, also at FC's python3.10
    return folder


def test_the_bundle_wins_over_what_is_preinstalled(bundle: Bundle, old_packages: Path) -> None:
    """Also where an old protobuf's .pth file has opened the package `google` for itself."""
    bundle.preinstalled = old_packages
    assert list(old_packages.glob("protobuf*nspkg.pth"))
    (answer,), modules = bundle.run((HANDLERS["send_code"], {}, REQUESTS["send_code"]))
    assert answer["statusCode"] == 200, answer
    for name in ("tablestore", "google.protobuf", "requests"):
        assert modules[name].startswith(f"{bundle.code}/python/"), name


def test_the_bundle_wins_without_pythonpath_too(bundle: Bundle, old_packages: Path) -> None:
    bundle.preinstalled = old_packages
    bundle.environment["PYTHONPATH"] = str(bundle.code)
    (answer,), _ = bundle.run((HANDLERS["send_code"], {}, REQUESTS["send_code"]))
    assert answer["statusCode"] == 200, answer


@pytest.mark.parametrize("name", ["send_code", "verify_code"])
def test_a_tablestore_that_is_lost_is_a_clear_error(
    bundle: Bundle, old_packages: Path, name: str
) -> None:
    bundle.preinstalled = old_packages
    shutil.rmtree(bundle.code / "python" / "tablestore")
    (answer,), _ = bundle.run((HANDLERS[name], {}, REQUESTS[name]))
    assert_says_what_to_do(answer)


@pytest.mark.parametrize("name", ["send_code", "verify_code"])
def test_a_tablestore_that_was_loaded_before_is_a_clear_error(bundle: Bundle, name: str) -> None:
    (bundle.code / "earlier.py").write_text(
        "import sys, types\n"
        "sys.modules['tablestore'] = types.ModuleType('tablestore')\n"
        "sys.modules['tablestore'].__file__ = '/usr/lib/python3/tablestore/__init__.py'\n"
        "def handler(event, context): return {}\n"
    )
    calls = (("earlier.handler", {}, "{}"), (HANDLERS[name], {}, REQUESTS[name]))
    (_, answer), _ = bundle.run(*calls)
    assert_says_what_to_do(answer)


def assert_says_what_to_do(answer: Any) -> None:
    assert answer["statusCode"] == 500
    assert "tablestore" in answer["body"]
    assert "PYTHONPATH=/code/python" in answer["body"]


def test_doors_are_at_the_root_and_all_else_is_byte_code(bundle: Bundle) -> None:
    sources = {str(file.relative_to(bundle.code)) for file in files(bundle) if file.suffix == ".py"}
    assert sources == {f"{handler.partition('.')[0]}.py" for handler in HANDLERS.values()}
    assert (bundle.code / "shared" / "fc.pyc").exists()
    assert (bundle.code / "python" / "tablestore" / "__init__.pyc").exists()


def test_byte_code_is_the_target_s_and_is_never_compared_with_a_source(bundle: Bundle) -> None:
    magic = subprocess.run(
        [str(bundle.python), "-c", "import importlib.util as u; print(u.MAGIC_NUMBER.hex())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    compiled = [file for file in files(bundle) if file.suffix == ".pyc"]
    assert len(compiled) > 500
    unchecked_hash = 0b01
    for file in compiled:
        head = file.read_bytes()[:8]
        assert head[:4].hex() == magic, file
        assert int.from_bytes(head[4:], "little") == unchecked_hash, file


def test_no_path_of_this_machine_is_in_it(bundle: Bundle) -> None:
    here = [str(ROOT).encode(), str(bundle.archive.parent).encode(), str(Path.home()).encode()]
    for file in files(bundle):
        content = file.read_bytes()
        assert not [path for path in here if len(path) > 6 and path in content], file


def test_what_no_door_needs_stays_out(bundle: Bundle) -> None:
    top = {
        file.relative_to(bundle.code / "python").parts[0]
        for file in files(bundle)
        if "python" in file.parts and file.is_relative_to(bundle.code / "python")
    }
    unwanted = {"aiohttp", "numpy", "cryptography", "apscheduler", "pip", "setuptools", "future"}
    assert not top & unwanted
    names = [file.relative_to(bundle.code).as_posix() for file in files(bundle)]
    assert not [name for name in names if re.search(r"/tests?/|\.pyi$|darwin|dist-info", name)]
    assert "python/tablestore/ots_sdk/ots_sdk.so" not in names


def test_compiled_libraries_load_where_function_compute_runs(bundle: Bundle) -> None:
    newest = tuple(map(int, bundle.target.glibc.split(".")))
    libraries = [file for file in files(bundle) if file.suffix == ".so"]
    assert libraries
    for file in libraries:
        needed = re.findall(rb"GLIBC_(\d+)\.(\d+)", file.read_bytes())
        assert max((int(a), int(b)) for a, b in needed) <= newest, file
        tag = re.search(r"\.cpython-(\d+)", file.name)
        assert tag is None or tag[1] == bundle.target.version.replace(".", "")


def test_it_is_within_its_budget(built: Any) -> None:
    _, _, out, _ = built
    assert not report.over_budget(out / "code", out / "code.zip")
    assert sum(report.sizes(out / "code", str).values()) < report.UNPACKED


def test_versions_are_those_of_the_lock_file(bundle: Bundle) -> None:
    text = (bundle.code / "python" / "bundle.json").read_text("utf-8")
    contents = json.loads(text)
    locked = dict(
        re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.M)
    )
    locked = {canonicalize_name(name): version for name, version in locked.items()}
    assert contents["python"] == bundle.target.version
    assert contents["packages"]["tablestore"] == locked["tablestore"]
    assert contents["packages"].items() <= locked.items()


def test_the_same_input_makes_the_same_bytes(
    built: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, _, out, _ = built
    monkeypatch.setenv("PYTHONHASHSEED", "17")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.chdir(tmp_path)
    umask = os.umask(0o077)
    try:
        build(target, tmp_path / "again")
    finally:
        os.umask(umask)
    first, second = (
        hashlib.sha256((folder / "code.zip").read_bytes()).hexdigest()
        for folder in (out, tmp_path / "again")
    )
    assert first == second
    assert contents_of(out / "code") == contents_of(tmp_path / "again" / "code")


def contents_of(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).digest()
        for file in folder.rglob("*")
        if file.is_file()
    }
