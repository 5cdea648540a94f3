"""The page's console in Chromium: time lines, switches, failures and counters."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

from tests.local_cloud.test_page import (
    answer_of,
    browser,
    context,
    message,
    outbox_message,
    post,
    served,
    submit_phone,
    verify,
    watch,
)
from tests.service import wrong

pytestmark = pytest.mark.browser

__all__ = ["browser", "context"]  # fixtures, found by their names
_numbers = count(13500135000)


@pytest.fixture(scope="module")
def service(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running service that sends twice a minute to a number."""
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("LIMIT_PHONE", "2/60s")
        with served(tmp_path_factory.mktemp("service")) as address:
            yield address


@pytest.fixture
def page(context: BrowserContext, service: str) -> Iterator[Page]:
    """The page in English; an error in its console fails the test, unless a door refused."""
    post(f"{service}/_local/reset", {})
    post(f"{service}/_local/carrier", {"delay": 0.2})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if _is_problem(said) else None)
    page.goto("/")
    page.click("#language")
    yield page
    assert problems == []


@pytest.fixture
def phone() -> str:
    """A number of its own for each test, as the product limits each."""
    return str(next(_numbers))


def test_a_send_begins_a_time_line(page: Page, phone: str) -> None:
    expect(page.locator("#lines-empty")).to_be_visible()
    send_in_english(page, phone)
    line = newest(page)
    expect(line.locator("summary")).to_contain_text(f"+86 {phone[:3]} {phone[3:7]} {phone[7:]}")
    steps = line.locator(".steps")
    expect(steps).to_contain_text("Code asked for: Sign in")
    expect(steps).to_contain_text("Every gate passed")
    expect(steps).to_contain_text("Handed to dysms, which answered OK")
    expect(steps).to_contain_text("Not verified yet; valid until here")
    expect(page.locator("#lines-empty")).to_be_hidden()


def test_a_report_is_a_step_and_the_services_own_word(page: Page, phone: str) -> None:
    send_in_english(page, phone)
    line = newest(page)
    expect(line.locator(".steps")).to_contain_text("Report 1: DELIVERED, acknowledged")
    expect(line.locator(".badge")).to_have_text("delivered")
    expect(line.locator(".told")).to_contain_text("The phone has the message")
    expect(line.locator(".told")).to_contain_text("Look among the messages")


def test_guesses_are_steps_until_the_code_is_verified(page: Page, service: str, phone: str) -> None:
    sent = send_in_english(page, phone)
    right = code_of(service, sent)
    page.fill("#code", wrong(right))
    answer_of(page, lambda: page.click("#verify"), "/verify-code")
    line = newest(page)
    expect(line.locator(".steps .bad")).to_contain_text("Wrong code, counted once")
    page.fill("#code", right)
    page.click("#verify")
    expect(line.locator(".steps .good").last).to_contain_text("Verified")
    expect(line.locator(".badge")).to_have_text("verified")
    expect(line.locator(".steps")).not_to_contain_text("Not verified yet")


def test_no_code_stands_in_a_time_line(page: Page, service: str, phone: str) -> None:
    sent = send_in_english(page, phone)
    right = code_of(service, sent)
    page.fill("#code", wrong(right))
    answer_of(page, lambda: page.click("#verify"), "/verify-code")
    expect(newest(page).locator(".steps .bad")).to_be_visible()
    said = page.locator(".lines").inner_text() + page.locator(".console").inner_text()
    said = re.sub(r"biz_id=\S+", "", said)
    assert right not in said
    assert wrong(right) not in said


def test_messages_that_fail_tell_why_and_what_to_do(page: Page, phone: str) -> None:
    switch(page, "Fail to deliver")
    change(page, "Error code", "MK:0013", within="#carrier")
    expect(page.locator("#carrier-now")).to_contain_text("100 % of messages fail (MK:0013)")
    send_in_english(page, phone)
    line = newest(page)
    expect(line.locator(".badge")).to_have_text("not delivered")
    expect(line.locator(".steps")).to_contain_text("Report 1: MK:0013")
    expect(line.locator(".told")).to_contain_text("The message was not delivered (MK:0013)")
    expect(line.locator(".told")).to_contain_text("Ask for a new code")
    expect(page.locator("#count-failed")).to_have_text("1")


def test_a_message_whose_report_is_lost_stays_accepted(page: Page, phone: str) -> None:
    switch(page, "Lose reports")
    expect(page.locator("#carrier-now")).to_contain_text("100 % of reports get lost")
    send_in_english(page, phone)
    line = newest(page)
    expect(line.locator(".steps")).to_contain_text("Carrier: delivered")
    expect(line.locator(".steps")).to_contain_text("No report reached the service")
    expect(line.locator(".badge")).to_have_text("accepted by carrier")
    expect(page.locator("#report-counts")).to_contain_text("lost 1")


def test_repeated_reports_are_seen_and_change_nothing(page: Page, phone: str) -> None:
    switch(page, "Repeat reports")
    send_in_english(page, phone)
    line = newest(page)
    expect(line.locator(".steps")).to_contain_text("Report 3: DELIVERED")
    expect(line.locator(".badge")).to_have_text("delivered")
    expect(page.locator("#lines .line")).to_have_count(1)
    figures = {name: figure(page, name) for name in ("sent", "delivered", "waiting")}
    assert figures == {"sent": "1", "delivered": "1", "waiting": "0"}


def test_a_carrier_that_is_silent_reports_when_told_to(page: Page, phone: str) -> None:
    switch(page, "Do not report by itself")
    send_in_english(page, phone)
    line = newest(page)
    expect(page.locator("#count-waiting")).to_have_text("1")
    line.get_by_role("button", name="failed").click()
    expect(line.locator(".badge")).to_have_text("not delivered")
    expect(line.get_by_role("button", name="failed")).to_be_hidden()
    expect(page.locator("#count-waiting")).to_have_text("0")


def test_the_delay_of_reports_is_taken_over(page: Page, service: str) -> None:
    change(page, "Report after, seconds", "7.5", within="#carrier")
    expect(page.locator("#carrier-now")).to_contain_text("reported after 7.5 s")
    assert get(f"{service}/_local/carrier")["behaviour"]["delay"] == 7.5


def test_a_switch_that_the_cloud_refuses_says_so(page: Page) -> None:
    switch(page, "Fail to deliver")
    change(page, "Messages that fail, %", "300", within="#carrier")
    expect(page.locator("#carrier-problem")).to_contain_text("fail is a share, from 0 to 1")
    expect(page.get_by_label("Messages that fail, %")).to_have_value("100")


def test_the_switches_show_what_somebody_else_changed(page: Page, service: str) -> None:
    post(f"{service}/_local/carrier", {"lose": 0.25, "reorder": True})
    expect(page.get_by_label("Lose reports")).to_be_checked()
    expect(page.get_by_label("Reports that get lost, %")).to_have_value("25")
    expect(page.get_by_label("Shuffle reports")).to_be_checked()


def test_the_carriers_go_back_to_usual(page: Page, service: str) -> None:
    switch(page, "Fail to deliver")
    page.get_by_role("button", name="Back to usual").click()
    expect(page.get_by_label("Fail to deliver")).not_to_be_checked()
    expect(page.locator("#carrier-now")).to_have_text("Now: messages arrive, reported after 1 s.")
    assert get(f"{service}/_local/carrier")["behaviour"]["fail"] == 0


def test_a_service_fails_once(page: Page, phone: str) -> None:
    page.locator("#fault [name=service]").select_option("dysms")
    page.get_by_label("What goes wrong").select_option("error")
    change(page, "Error code", "isv.AMOUNT_NOT_ENOUGH", within="#fault")
    page.get_by_role("button", name="Let it fail").click()
    expect(page.locator("#faults")).to_contain_text("dysms * error:isv.AMOUNT_NOT_ENOUGH 1 to come")
    answer_of(page, lambda: submit_phone(page, phone), "/send-code")
    expect(newest(page).locator(".steps")).to_contain_text("dysms refused: isv.AMOUNT_NOT_ENOUGH")
    expect(page.locator("#faults")).to_be_empty()
    expect(page.locator("#refused-codes")).to_contain_text("provider_rejected 1")


def test_an_answer_that_gets_lost_leaves_the_send_unconfirmed(page: Page, phone: str) -> None:
    switch(page, "Do not report by itself")
    page.locator("#fault [name=service]").select_option("dysms")
    page.get_by_label("What goes wrong").select_option("drop_after")
    page.get_by_role("button", name="Let it fail").click()
    expect(page.locator("#faults li")).to_have_count(1)
    send_in_english(page, phone)
    line = newest(page)
    expect(line.locator(".steps")).to_contain_text("Handed to dysms, no answer came")
    expect(line.locator(".steps")).to_contain_text("The carrier has the message after all")
    expect(line.locator(".badge")).to_have_text("unconfirmed")


def test_failures_to_come_can_be_ended(page: Page, service: str) -> None:
    page.get_by_label("How often").select_option("-1")
    page.get_by_role("button", name="Let it fail").click()
    expect(page.locator("#faults")).to_contain_text("tablestore * drop until ended")
    page.get_by_role("button", name="End all failures").click()
    expect(page.locator("#faults")).to_be_empty()
    assert get(f"{service}/_local/faults") == []


def test_the_counters_start_at_nought_and_count(page: Page, service: str, phone: str) -> None:
    names = ("sent", "delivered", "failed", "waiting", "verified", "wrong", "refused")
    assert {name: figure(page, name) for name in names} == dict.fromkeys(names, "0")
    sent = send_in_english(page, phone)
    right = code_of(service, sent)
    for code in (wrong(right), right):
        page.fill("#code", code)
        answer_of(page, lambda: page.click("#verify"), "/verify-code")
    page.click("#restart")
    assert answer_of(page, lambda: page.click("#send"), "/send-code").ok
    page.reload()  # forgets the wait, so that the service has to refuse
    assert answer_of(page, lambda: submit_phone(page, phone), "/send-code").status == 429
    expect(page.locator("#refused-codes li")).to_have_text(["rate_limited 1", "code_rejected 1"])
    expect(page.locator("#count-delivered")).to_have_text("2")
    counted = {name: figure(page, name) for name in names}
    assert counted == dict(zip(names, ("2", "2", "0", "0", "1", "1", "2"), strict=True))
    expect(page.locator("#bars-text")).to_have_text("Last 5 min: 3 succeeded, 2 refused")
    expect(page.locator("#traffic-body")).to_contain_text("429 rate_limited")


def test_a_send_shows_how_often_the_store_was_asked(page: Page, phone: str) -> None:
    send_in_english(page, phone)
    meanwhile = "tablestore 3 (BatchGetRow 1, BatchWriteRow 2) · dysms 1 (SendSms 1)"
    expect(newest(page).locator(".steps")).to_contain_text(f"Requests meanwhile: {meanwhile}")
    expect(page.locator("#calls-body")).to_contain_text("SendSms 1")


def test_a_newer_message_takes_the_place_of_the_one_that_was_open(page: Page, phone: str) -> None:
    send_in_english(page, phone)
    expect(newest(page)).to_have_attribute("open", "")
    page.fill("#phone", str(next(_numbers)))
    answer_of(page, lambda: page.click("#send"), "/send-code")
    expect(page.locator("#lines .line")).to_have_count(2)
    expect(page.locator("#lines .line[open]")).to_have_count(1)
    expect(newest(page)).to_have_attribute("open", "")


def test_a_code_that_was_replaced_says_so(page: Page, phone: str) -> None:
    first = send_in_english(page, phone)
    expect(page.locator("#send")).to_have_text("Send a new code")
    second = answer_of(page, lambda: page.click("#send"), "/send-code").json()
    assert second["verification_id"] != first["verification_id"]
    replaced = page.locator("#lines .line").nth(1)
    replaced.locator("summary").click()
    expect(replaced.locator(".steps")).to_contain_text("Replaced by a new code")
    expect(replaced.locator(".steps")).not_to_contain_text("Not verified yet")


def test_a_request_that_comes_again_is_a_step_and_no_message(
    page: Page, service: str, phone: str
) -> None:
    with page.expect_request("**/send-code") as request:
        send_in_english(page, phone)
    repeat(service, request.value)
    steps = newest(page).locator(".steps")
    expect(steps).to_contain_text("The same request again: the first answer repeated")
    expect(page.locator("#lines .line")).to_have_count(1)


def test_a_test_number_is_told_apart(page: Page) -> None:
    send_in_english(page, "13900000000")
    expect(newest(page).locator(".steps")).to_contain_text("A test number: no SMS is sent")
    expect(page.locator("#count-sent")).to_have_text("0")


def test_messages_of_before_a_restart_are_still_there(page: Page, phone: str) -> None:
    send_in_english(page, phone)
    anew = {"run": "another", "last": 0, "counts": {}, "reasons": {}, "requests": []}
    page.route("**/_local/requests*", lambda route: route.fulfill(json=anew))
    steps = newest(page).locator(".steps")
    expect(steps).to_contain_text("Handed to dysms (before this start, or by a direct call)")
    expect(newest(page).locator(".badge")).to_have_text("delivered")


def test_a_report_that_comes_by_queue_is_told_by_the_service(
    browser: Browser, tmp_path: Path, phone: str
) -> None:
    with served(tmp_path, "--reports-to", "queue", "--timer-seconds", "1") as address:
        page = browser.new_page(base_url=address)
        page.goto("/")
        page.click("#language")
        expect(page.locator("#carrier-now")).to_contain_text("reports go to MNS queues")
        send_in_english(page, phone)
        steps = newest(page).locator(".steps")
        expect(steps).to_contain_text("The service learned from a queue, or asked: DELIVERED")
        expect(steps).not_to_contain_text("No report reached the service")
        page.close()


def test_everything_can_be_emptied(page: Page, service: str, phone: str) -> None:
    send_in_english(page, phone)
    switch(page, "Repeat reports")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Empty everything").click()
    expect(page.locator("#lines .line")).to_have_count(0)
    expect(page.locator("#count-sent")).to_have_text("0")
    expect(page.locator(".message")).to_have_count(0)
    expect(page.get_by_label("Repeat reports")).not_to_be_checked()
    expect(page.locator("#send")).to_have_text("Send code")
    send_in_english(page, phone)  # the wait is forgotten, by the page and by the service


def test_emptying_is_asked_about_first(page: Page, service: str, phone: str) -> None:
    sent = send_in_english(page, phone)
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Empty everything").click()
    assert outbox_message(service, sent["verification_id"])


def test_what_others_wrote_is_never_read_as_html(page: Page, service: str, phone: str) -> None:
    hostile = "<img src=x onerror=document.title='hostile'>"
    sent = send_in_english(page, phone)
    evil = {**message(text=hostile), "phone": hostile, "state": "failed", "err_code": hostile}
    evil |= {"reported_at": 1, "provider": hostile, "out_id": sent["verification_id"]}
    post(f"{service}/_local/carrier", {"err_code": hostile, "fail": 1})
    post(
        f"{service}/_local/faults",
        {"service": "captcha", "operation": hostile, "effect": f"error:{hostile}"},
    )
    page.route("**/_local/outbox", lambda route: route.fulfill(json=[evil]))
    expect(newest(page).locator("summary")).to_contain_text(hostile)
    expect(newest(page).locator(".steps")).to_contain_text(f"not delivered ({hostile})")
    expect(page.locator("#carrier-now")).to_contain_text(hostile)
    expect(page.locator("#faults")).to_contain_text(hostile)
    expect(page.locator("main img, .console img")).to_have_count(0)
    assert page.title() == "fc-sms-verify"


def test_both_languages_have_every_word_once(page: Page) -> None:
    tables = page.evaluate(
        """async () => Promise.all(["console", "form", "steps"].map(async (name) => {
             const [table] = Object.values(await import(`/page/words/${name}.js`));
             return [Object.keys(table.zh), Object.keys(table.en)];
           }))"""
    )
    for chinese, english in tables:
        assert chinese == english
    words = [word for chinese, _ in tables for word in chinese]
    assert sorted(set(words)) == sorted(words)


def test_the_console_speaks_both_languages(page: Page, phone: str) -> None:
    send_in_english(page, phone)
    expect(newest(page).locator(".told")).to_contain_text("The service says: delivered")
    page.click("#language")
    expect(page.get_by_role("heading", name="控制台")).to_be_visible()
    expect(page.locator("#carrier-now")).to_contain_text("短信送达")
    expect(newest(page).locator(".steps")).to_contain_text("交给 dysms，答复 OK")
    expect(newest(page).locator(".told")).to_contain_text("短信已送达手机")
    without = page.evaluate(
        "[...document.querySelectorAll('[data-text]')].filter((e) => !e.textContent).length"
    )
    assert without == 0


def test_the_switches_are_worked_by_keyboard(page: Page, service: str) -> None:
    page.get_by_label("Lose reports").focus()
    page.keyboard.press("Space")
    expect(page.locator("#carrier-now")).to_contain_text("get lost")
    expect(page.get_by_label("Lose reports")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Reports that get lost, %")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("50")
    page.keyboard.press("Enter")
    expect(page.locator("#carrier-now")).to_contain_text("50 % of reports get lost")


@pytest.mark.parametrize("width", [360, 800, 1000, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_scrolls_sideways(page: Page, phone: str, width: int, language: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    if language == "zh":
        page.click("#language")
    page.fill("#phone", phone)
    answer_of(page, lambda: page.click("#send"), "/send-code")
    for name in ("fail", "lose", "repeat"):
        page.locator(f"[name={name}]").check()
        expect(page.locator(f"[data-of={name}]").first).to_be_visible()
    page.locator("#fault [name=effect]").select_option("error")
    expect(page.locator("#traffic-body tr")).not_to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_nobody_is_asked_while_the_page_is_hidden(page: Page) -> None:
    page.evaluate(
        """() => {
             Object.defineProperty(document, "hidden", { value: true });
             document.dispatchEvent(new Event("visibilitychange"));
           }"""
    )
    page.wait_for_timeout(300)  # what was under way
    asked = watch(page, "/_local/")
    page.wait_for_timeout(2500)
    assert asked == []


def test_a_verified_code_is_told_at_once(page: Page, phone: str) -> None:
    page.click("#language")  # what `verify` reads is Chinese
    verify(page, phone)
    expect(newest(page).locator(".badge")).to_have_text("已验证")


def send_in_english(page: Page, phone: str) -> dict[str, Any]:
    answer = answer_of(page, lambda: submit_phone(page, phone), "/send-code")
    assert answer.ok, answer.text()
    expect(newest(page)).to_be_visible()
    found: dict[str, Any] = answer.json()
    return found


def repeat(service: str, request: Request) -> None:
    """Send the very same request again, as a client does whose answer got lost."""
    headers = {name: request.headers[name] for name in ("content-type", "idempotency-key")}
    again = urllib.request.Request(f"{service}/send-code", request.post_data_buffer, headers)
    urllib.request.urlopen(again).close()


def newest(page: Page) -> Locator:
    return page.locator("#lines .line").first


def switch(page: Page, name: str) -> None:
    """Turn a switch on, and see the local cloud take it."""
    with page.expect_response("**/_local/carrier"):
        page.get_by_label(name, exact=True).check()


def change(page: Page, label: str, value: str, *, within: str) -> None:
    field = page.locator(within).get_by_label(label, exact=True)
    field.fill(value)
    field.blur()


def figure(page: Page, name: str) -> str:
    return page.locator(f"#count-{name}").inner_text()


def code_of(service: str, sent: dict[str, Any]) -> str:
    return str(outbox_message(service, sent["verification_id"])["params"]["code"])


def get(address: str) -> Any:
    with urllib.request.urlopen(address) as answer:
        return json.load(answer)


def _is_problem(said: Any) -> bool:
    """Chromium notes each refusal by a door as an error, too; those are wanted."""
    refused = "Failed to load resource" in said.text and "status of" in said.text
    return said.type in ("error", "warning") and not refused
