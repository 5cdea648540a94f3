"""The import table of DESIGN.md, section 1; and a door loads what it needs and nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ALLOWED: dict[str, set[str]] = {
    "functions": {
        "shared.fc",
        "shared.timer",
        "shared.wiring",
        "shared.receipt_wiring",
        "shared.queue_wiring",
    },
    "shared.domain": {"shared.domain", "shared.errors"},
    "shared.use_cases": {
        "shared.use_cases",
        "shared.domain",
        "shared.ports",
        "shared.alert_ports",
        "shared.guess_ports",
        "shared.health_ports",
        "shared.message_ports",
        "shared.queue_ports",
        "shared.receipt_ports",
        "shared.reconcile_ports",
        "shared.models",
        "shared.errors",
    },
    "shared.storage": {
        "shared.storage",
        "shared.certificates",
        "shared.bundled_packages",
        "shared.credentials",
        "shared.domain",
        "shared.message_ports",
        "shared.receipt_ports",
        "shared.reconcile_ports",
        "shared.ports",
        "shared.alert_ports",
        "shared.guess_ports",
        "shared.deferred_imports",
        "shared.errors",
    },
    "shared.providers": {
        "shared.providers",
        "shared.certificates",
        "shared.sdk_sessions",
        "shared.credentials",
        "shared.deferred_imports",
        "shared.domain",
        "shared.ports",
        "shared.guess_ports",
        "shared.queue_ports",
        "shared.reconcile_ports",
        "shared.errors",
    },
    "shared.captcha": {
        "shared.captcha",
        "shared.certificates",
        "shared.sdk_sessions",
        "shared.deferred_imports",
        "shared.credentials",
        "shared.domain",
        "shared.ports",
        "shared.providers.renewal",
        "shared.errors",
    },
    "shared.errors": set(),
    "shared.models": {"shared.errors"},
    "shared.ports": {"shared.domain"},
    "shared.alert_ports": {"shared.domain"},
    "shared.guess_ports": {"shared.domain"},
    "shared.health_ports": {"shared.domain"},
    "shared.message_ports": {"shared.domain"},
    "shared.queue_ports": {"shared.domain"},
    "shared.receipt_ports": {"shared.domain"},
    "shared.reconcile_ports": {"shared.domain"},
    "shared.deferred_imports": set(),
    "shared.bundled_packages": {"shared.errors"},
    "shared.problems": {"shared.errors"},
    "shared.setting_rules": set(),
    "shared.setting_forms": {"shared.domain", "shared.setting_rules"},
    "shared.receipt_settings": {"shared.setting_rules", "shared.errors"},
    "shared.settings": {
        "shared.deferred_imports",
        "shared.setting_forms",
        "shared.setting_rules",
        "shared.domain",
        "shared.errors",
    },
    "shared.rules": {"shared.settings", "shared.phone_numbers", "shared.domain", "shared.errors"},
    "shared.credentials": {
        "shared.key_sources",
        "shared.assumed_role",
        "shared.sts",
        "shared.errors",
    },
    "shared.key_sources": {"shared.errors", "shared.logs"},
    "shared.assumed_role": {"shared.errors", "shared.key_sources", "shared.logs"},
    "shared.sts": {
        "shared.assumed_role",
        "shared.deferred_imports",
        "shared.errors",
        "shared.key_sources",
        "shared.sdk_sessions",
    },
    "shared.certificates": set(),
    "shared.sdk_sessions": {"shared.certificates"},
    "shared.phone_numbers": {"shared.deferred_imports", "shared.domain", "shared.errors"},
    "shared.logs": set(),
    "shared.fc": {
        "shared.domain",
        "shared.errors",
        "shared.logs",
        "shared.long_integers",
        "shared.problems",
    },
    "shared.long_integers": set(),
    "shared.timer": {"shared.domain", "shared.errors", "shared.logs"},
    "shared.webhooks": {"shared.certificates", "shared.domain", "shared.alert_ports"},
    "shared.wiring": {"shared"},
    "shared.client_wiring": {"shared"},
    "shared.receipt_wiring": {"shared"},
    "shared.queue_wiring": {"shared"},
    "shared.reconcile_wiring": {"shared"},
    "shared.queue_settings": {"shared.setting_rules", "shared.errors"},
    "shared.relayed_reports": {"shared.long_integers"},
}
ALIBABA = ("Tea", "alibabacloud", "darabonba", "tablestore", "mns")
KNOWS_ALIBABA = (
    "shared.storage",
    "shared.providers",
    "shared.captcha",
    "shared.credentials",
    "shared.sts",
)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("functions", "shared"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield name, ast.parse(file.read_text("utf-8"))


def imports(tree: ast.Module, *, everywhere: bool = True) -> Iterator[str]:
    nodes = ast.walk(tree) if everywhere else iter(tree.body)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(module: str) -> str:
    return max((name for name in ALLOWED if f"{module}.".startswith(f"{name}.")), key=len)


def within(module: str, names: set[str]) -> bool:
    return any(f"{module}.".startswith(f"{name}.") for name in names)


@pytest.mark.parametrize(("module", "tree"), [pytest.param(*m, id=m[0]) for m in modules()])
def test_a_module_imports_only_what_its_room_may(module: str, tree: ast.Module) -> None:
    if module in ("functions", "shared"):
        return
    for imported in imports(tree):
        if imported.startswith(("shared", "functions", "scripts", "tests")):
            assert within(imported, ALLOWED[room(module)]), f"{module} imports {imported}"


@pytest.mark.parametrize(("module", "tree"), [pytest.param(*m, id=m[0]) for m in modules()])
def test_only_some_rooms_know_alibaba_cloud(module: str, tree: ast.Module) -> None:
    allowed = within(module, set(KNOWS_ALIBABA)) or module == "shared.wiring"
    known = [name for name in imports(tree) if name.startswith(ALIBABA)]
    assert allowed or not known


def test_the_domain_needs_the_standard_library_only() -> None:
    for module, tree in modules():
        if module.startswith("shared.domain"):
            for imported in imports(tree):
                top = imported.split(".")[0]
                assert top in sys.stdlib_module_names | {"shared"}, f"{module} imports {imported}"


def test_the_composition_root_imports_no_sdk_before_it_is_asked_to_build() -> None:
    for root in ("shared.wiring", "shared.receipt_wiring"):
        tree = dict(modules())[root]
        assert not [name for name in imports(tree, everywhere=False) if name.startswith(ALIBABA)]


@pytest.mark.parametrize(
    "door", ["send_code", "verify_code", "messages", "receipts", "receipts_mns", "maintain"]
)
def test_importing_a_door_loads_no_sdk(door: str) -> None:
    heavy = ("Tea", "aiohttp", "alibabacloud_", "darabonba", "mns.", "numpy", "requests")
    heavy += ("tablestore",)
    loaded = modules_after(f"import functions.{door}")
    assert not [name for name in loaded if name.startswith(heavy)]


@pytest.mark.parametrize(
    "door", sorted({file.stem for file in (ROOT / "functions").glob("*.py")} - {"__init__"})
)
def test_a_door_silences_the_sdks_loggers(door: str) -> None:
    """They write URLs, and those hold numbers and live codes (I7)."""
    code = f"import functions.{door}, logging\nassert logging.getLogger('urllib3').disabled"
    assert f"functions.{door}" in modules_after(code)


def test_verifying_loads_no_sms_sdk() -> None:
    loaded = modules_after(
        "import os\n"
        "from shared import wiring\n"
        "os.environ.update(CODE_SECRETS='c' * 16, NUMBER_SECRET='n' * 16, DYSMS_SIGN_NAME='s',"
        " DYSMS_TEMPLATES='t', TABLESTORE_ENDPOINT='http://127.0.0.1:9', TABLESTORE_INSTANCE='i',"
        " ALIBABA_CLOUD_ACCESS_KEY_ID='k', ALIBABA_CLOUD_ACCESS_KEY_SECRET='s')\n"
        "from functions import verify_code\n"
        "import json\n"
        "body = json.dumps(dict(phone='13800138000', scene='sign_in', verification_id='a' * 22,"
        " code='123456'))\n"
        "event = dict(httpMethod='POST', path='/', headers={}, body=body, isBase64Encoded=False)\n"
        "assert verify_code.handler(json.dumps(event).encode(), None)['statusCode'] == 503\n"
    )
    assert "tablestore" in loaded
    assert not [name for name in loaded if name.startswith(("alibabacloud_dysms", "darabonba"))]


@pytest.mark.parametrize("kind", ["sms-report", "pnvs-report", "sms-up", "sign-report"])
def test_a_receipt_loads_nothing_that_aliyun_will_not_wait_for(kind: str) -> None:
    loaded = modules_after(
        "import json, os\n"
        "os.environ.update(NUMBER_SECRET='n' * 16, DYSMS_SIGN_NAME='s', RECEIPT_SECRETS='r' * 16,"
        " DYSMS_TEMPLATES='t', TABLESTORE_ENDPOINT='http://127.0.0.1:9', TABLESTORE_INSTANCE='i',"
        " ALIBABA_CLOUD_ACCESS_KEY_ID='k', ALIBABA_CLOUD_ACCESS_KEY_SECRET='s')\n"
        "from functions import receipts\n"
        f"path = '/receipts/{kind}/' + 'r' * 16\n"
        "body = json.dumps([{'phone_number': '13800138000', 'success': True, 'out_id': 'a' * 22,"
        " 'content': 'TD', 'sign_name': 's', 'sign_status': 'rejected'}])\n"
        "event = dict(httpMethod='POST', path=path, headers={}, body=body, isBase64Encoded=False)\n"
        "assert receipts.handler(json.dumps(event).encode(), None)['statusCode'] == 503\n"
    )
    heavy = ("pydantic", "phonenumbers", "alibabacloud", "Tea", "darabonba", "aiohttp", "requests")
    assert "tablestore" in loaded
    assert not [name for name in loaded if name.startswith(heavy)]
    assert not {"shared.wiring", "shared.settings", "shared.models"} & set(loaded)


@pytest.mark.parametrize(
    ("captcha", "needed"),
    [
        ("", set()),
        ("turnstile", {"shared.captcha.turnstile"}),
        ("aliyun", {"shared.captcha.aliyun", "alibabacloud_captcha20230305"}),
    ],
)
def test_a_captcha_that_is_not_set_loads_nothing(captcha: str, needed: set[str]) -> None:
    loaded = modules_after(
        "import json, os\n"
        "os.environ.update(CODE_SECRETS='c' * 16, NUMBER_SECRET='n' * 16, DYSMS_SIGN_NAME='s',"
        " DYSMS_TEMPLATES='t', TABLESTORE_ENDPOINT='http://127.0.0.1:9', TABLESTORE_INSTANCE='i',"
        " ALIBABA_CLOUD_ACCESS_KEY_ID='k', ALIBABA_CLOUD_ACCESS_KEY_SECRET='s', ACCESS='gateway',"
        f" CAPTCHA='{captcha}', TURNSTILE_SECRET='s', ALIYUN_CAPTCHA_SCENE_IDS='s')\n"
        "from functions import send_code\n"
        "body = json.dumps(dict(phone='13800138000', scene='sign_in'))\n"
        "event = dict(httpMethod='POST', path='/', headers={}, body=body, isBase64Encoded=False)\n"
        "assert send_code.handler(json.dumps(event).encode(), None)['statusCode'] == 503\n"
    )
    known = {"shared.captcha.turnstile", "shared.captcha.aliyun", "alibabacloud_captcha20230305"}
    assert known & set(loaded) == needed


def modules_after(code: str) -> list[str]:
    """Run code in a fresh interpreter, and return the modules that it loaded."""
    report = "import sys\nprint('LOADED', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.rpartition("LOADED")[2].split()
