"""The page for people, driven in Chromium against the real service."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
ANSWERS_WITHIN_MS = 10_000
CHROMIUM_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=ANSWERS_WITHIN_MS)
_numbers = count(13800138000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        missing = "no chromium on this machine: apt-get install chromium"
        if os.environ.get("CI_NEEDS_ALL"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_OPTIONS))
        yield browser
        browser.close()


@contextmanager
def served(data: Path, *options: str) -> Iterator[str]:
    """Run scripts/serve with some options, and yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "scripts.local_cloud.serve", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--data", data, *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LIMIT_IP": "1000/1d"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    # A pipe that nobody reads is full some day, and who writes into it stands still.
    reader = threading.Thread(target=deque, args=(process.stdout, 0))
    try:
        ready = process.stdout.readline()
        assert ready.startswith("Ready"), f"the service did not start: {ready}"
        reader.start()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        if reader.is_alive():
            reader.join()
        process.stdout.close()


@pytest.fixture(scope="module")
def service(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running service; the browser is asked for first, as it may be missing."""
    with served(tmp_path_factory.mktemp("service")) as address:
        yield address


@pytest.fixture
def context(browser: Browser, service: str) -> Iterator[BrowserContext]:
    post(f"{service}/_local/faults", {"clear": True})
    context = browser.new_context(
        base_url=service, viewport={"width": 1280, "height": 860}, locale="en-US"
    )
    context.set_default_timeout(ANSWERS_WITHIN_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/")
    return page


@pytest.fixture
def phone() -> str:
    """A number of its own for each test, as the product limits each."""
    return str(next(_numbers))


def test_sending_shows_the_sms_in_the_inbox(page: Page, phone: str) -> None:
    send(page, phone)
    newest = page.locator(".message").first
    expect(newest.locator(".to")).to_contain_text("dysms")
    expect(newest).to_contain_text("本地测试")
    expect(newest).to_contain_text(re.compile(r"验证码是\d{6}"))
    expect(newest).to_contain_text(f"{phone[:3]} {phone[3:7]} {phone[7:]}")


def test_the_inbox_shows_when_an_sms_was_delivered(page: Page, service: str, phone: str) -> None:
    sent = send(page, phone)
    message = outbox_message(service, sent["verification_id"])
    post(f"{service}/_local/report", {"biz_id": message["biz_id"], "success": True})
    expect(page.locator(".message").first).to_contain_text("已送达")


def test_the_inbox_shows_why_an_sms_failed(page: Page, service: str, phone: str) -> None:
    sent = send(page, phone)
    message = outbox_message(service, sent["verification_id"])
    failure = {"biz_id": message["biz_id"], "success": False, "err_code": "MK:0001"}
    post(f"{service}/_local/report", failure)
    expect(page.locator(".message").first).to_contain_text("未送达 MK:0001")


def test_sending_counts_down_until_a_new_code_is_allowed(page: Page, phone: str) -> None:
    page.clock.install()
    sent = send(page, phone)
    button = page.locator("#send")
    expect(button).to_have_text(re.compile(r"^\d+ 秒后可重新获取$"))
    expect(button).to_have_attribute("aria-disabled", "true")
    page.clock.fast_forward(sent["resend_after"] * 1000)
    expect(button).to_have_text("重新获取验证码")


def test_sending_again_replaces_the_earlier_code_under_a_new_key(page: Page, phone: str) -> None:
    page.clock.install()
    with page.expect_request("**/send-code") as first:
        sent = send(page, phone)
    expect(page.locator("#send")).to_have_text(re.compile(r"^\d+ 秒后可重新获取$"))
    page.clock.fast_forward(sent["resend_after"] * 1000)
    expect(page.locator("#send")).to_have_text("重新获取验证码")
    with page.expect_request("**/send-code") as second:
        page.click("#send")
    assert "replaces" not in first.value.post_data_json
    assert second.value.post_data_json["replaces"] == sent["verification_id"]
    keys = [request.value.headers["idempotency-key"] for request in (first, second)]
    assert keys[0] != keys[1]


def test_a_send_that_got_no_answer_is_repeated_under_the_same_key(page: Page, phone: str) -> None:
    page.route("**/send-code", lambda route: route.abort())
    page.fill("#phone", phone)
    with page.expect_request("**/send-code") as lost:
        page.click("#send")
    expect(page.locator("#send-result")).to_contain_text("没有收到服务的回答")
    page.unroute("**/send-code")
    with page.expect_request("**/send-code") as repeated:
        page.click("#send")
    assert lost.value.headers["idempotency-key"] == repeated.value.headers["idempotency-key"]


def test_a_refused_send_counts_down_from_its_retry_after(page: Page, phone: str) -> None:
    send(page, phone)
    page.reload()
    refused = answer_of(page, lambda: submit_phone(page, phone), "/send-code")
    assert refused.json()["retry_after"] > 0
    expect(page.locator("#send-result")).to_contain_text(refused.json()["detail"])
    expect(page.locator("#send")).to_have_text(re.compile(r"^\d+ 秒后可重新获取$"))


def test_an_unconfirmed_send_is_said_to_be_uncertain(page: Page, service: str, phone: str) -> None:
    fault = {"service": "dysms", "operation": "SendSms", "effect": "drop_after", "count": 1}
    post(f"{service}/_local/faults", fault)
    send(page, phone)
    expect(page.locator("#sent")).to_contain_text("短信可能已发出，也可能没有")


def test_the_code_from_the_inbox_is_accepted(page: Page, phone: str) -> None:
    verify(page, phone)
    heading = page.get_by_role("heading", name="登录成功")
    expect(heading).to_be_focused()
    expect(page.locator("#verified-phone")).to_contain_text(f"+86 {phone[:3]} {phone[3:7]}")


def test_the_same_code_a_second_time_is_refused_in_words(page: Page, phone: str) -> None:
    verify(page, phone)
    refused = answer_of(page, lambda: page.click("#again"), "/verify-code")
    assert refused.json()["code"] == "code_rejected"
    expect(page.locator("#again-result")).to_contain_text(refused.json()["detail"])
    expect(page.locator("#again-result")).to_contain_text("一个验证码只能用一次")


def test_a_wrong_code_is_refused_beside_its_field(page: Page, service: str, phone: str) -> None:
    sent = send(page, phone)
    right = outbox_message(service, sent["verification_id"])["params"]["code"]
    page.fill("#code", "111111" if right != "111111" else "222222")
    refused = answer_of(page, lambda: page.click("#verify"), "/verify-code")
    expect(page.locator("#verify-result")).to_contain_text(refused.json()["detail"])
    expect(page.locator("#code")).to_have_attribute("aria-invalid", "true")


def test_a_code_that_is_too_short_is_not_sent_off(page: Page, phone: str) -> None:
    asked = watch(page, "/verify-code")
    send(page, phone)
    page.fill("#code", "123")
    page.click("#verify")
    expect(page.locator("#verify-result")).to_contain_text("6 位数字")
    assert asked == []


def test_a_wrong_phone_number_is_refused_helpfully(page: Page) -> None:
    refused = answer_of(page, lambda: submit_phone(page, "1380"), "/send-code")
    assert refused.json()["code"] == "invalid_phone"
    expect(page.locator("#send-result")).to_contain_text(refused.json()["title"])
    expect(page.locator("#send-result")).to_contain_text(refused.json()["detail"])
    expect(page.locator("#phone")).to_be_focused()


def test_the_chosen_scene_is_asked_for(page: Page, phone: str) -> None:
    page.get_by_role("radio", name="重置密码").check()
    with page.expect_request("**/send-code") as request:
        send(page, phone)
    assert request.value.post_data_json["scene"] == "reset_password"
    expect(page.locator(".message").first).to_contain_text("您正在重置密码")


def test_the_service_is_asked_for_chinese_whatever_the_browser_prefers(page: Page) -> None:
    with page.expect_request("**/send-code") as request:
        submit_phone(page, "1380")
    assert request.value.headers["accept-language"] == "zh-CN"
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_the_page_and_its_refusals_can_be_had_in_english(page: Page) -> None:
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Send code")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    answer_of(page, lambda: submit_phone(page, "1380"), "/send-code")
    expect(page.locator("#send-result")).to_contain_text("Invalid phone number")


def test_the_language_is_remembered(page: Page) -> None:
    page.get_by_role("button", name="English").click()
    page.reload()
    expect(page.get_by_role("button", name="Send code")).to_be_visible()


def test_a_code_can_be_had_and_used_by_keyboard_alone(page: Page, phone: str) -> None:
    page.locator("#phone").focus()
    page.keyboard.type(phone)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    fill = page.get_by_role("button", name=re.compile("^填入"))
    fill.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="登录成功")).to_be_visible()


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_scrolls_sideways(page: Page, phone: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 812})
    verify(page, phone)
    page.click("#again")
    page.locator(".exchange summary").click()
    expect(page.locator("#exchange-answer")).to_contain_text("code_rejected")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_no_request_leaves_the_origin(context: BrowserContext, service: str, phone: str) -> None:
    page = context.new_page()
    asked = watch(page, "")
    page.goto("/")
    verify(page, phone)
    assert asked
    assert [url for url in asked if not url.startswith(f"{service}/")] == []


def test_the_page_says_when_the_service_is_away_and_recovers(page: Page) -> None:
    page.context.set_offline(True)
    expect(page.locator("#away")).to_contain_text("本地服务没有应答")
    page.context.set_offline(False)
    expect(page.locator("#away")).to_be_empty()


def test_what_a_message_says_is_never_read_as_html(page: Page) -> None:
    hostile = message(text="【本地测试】<img src=x onerror=alert(1)> 您的验证码是123456")
    page.route("**/_local/outbox", lambda route: route.fulfill(json=[hostile]))
    expect(page.locator(".bubble").first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".bubble img")).to_have_count(0)


def test_the_panel_shows_the_last_request_and_its_answer(page: Page, phone: str) -> None:
    sent = send(page, phone)
    page.locator(".exchange summary").click()
    expect(page.locator("#exchange-request")).to_contain_text("Idempotency-Key")
    expect(page.locator("#exchange-answer")).to_contain_text(sent["verification_id"])


def submit_phone(page: Page, phone: str) -> None:
    page.fill("#phone", phone)
    page.click("#send")


def send(page: Page, phone: str) -> dict[str, Any]:
    """Ask for a code, see its SMS arrive, and return the answer."""
    answer = answer_of(page, lambda: submit_phone(page, phone), "/send-code")
    assert answer.ok, answer.text()
    expect(page.locator("#code")).to_be_focused()
    expect(page.get_by_role("button", name=re.compile("^填入"))).to_be_visible()
    found: dict[str, Any] = answer.json()
    return found


def verify(page: Page, phone: str) -> None:
    """Ask for a code and hand it in by tapping its SMS."""
    send(page, phone)
    page.locator(".bubble").first.click()
    expect(page.locator("#code")).to_have_value(re.compile(r"^\d{6}$"))
    page.click("#verify")
    expect(page.locator("#verified")).to_be_visible()


def answer_of(page: Page, act: Any, path: str) -> Response:
    with page.expect_response(f"**{path}") as answer:
        act()
    return answer.value


def watch(page: Page, path: str) -> list[str]:
    """Return a list that fills with the addresses asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if path in request.url else None)
    return asked


def outbox_message(service: str, verification_id: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{service}/_local/outbox") as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return next(message for message in found if message["out_id"] == verification_id)


def message(*, text: str) -> dict[str, Any]:
    return {
        "phone": "+8613800138000",
        "sign_name": "本地测试",
        "text": text,
        "out_id": "none",
        "biz_id": "1^0",
        "at": 0,
        "state": "accepted",
        "err_code": "",
    }


def post(address: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request).close()
