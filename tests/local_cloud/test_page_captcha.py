"""The page with a captcha before each send, of either kind, driven in Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.local_cloud.test_page import answer_of, browser, context, post, served

pytestmark = pytest.mark.browser

__all__ = ["browser", "context"]  # fixtures, found by their names
_numbers = count(13700137000)


@pytest.fixture(scope="module", params=["aliyun", "turnstile"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def service(browser: Browser, kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running service that asks for a captcha."""
    with served(tmp_path_factory.mktemp(kind), "--captcha", kind) as address:
        yield address


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/")
    expect(page.locator("#captcha input")).to_be_visible()
    return page


@pytest.fixture
def phone() -> str:
    """A number of its own for each test, as the product limits each."""
    return str(next(_numbers))


def solve(page: Page) -> None:
    """Solve the captcha as a person does, with the mouse."""
    field = page.locator("#captcha input")
    if field.get_attribute("type") == "checkbox":
        field.click()
    else:
        box = field.bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 20, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"], middle, steps=8)
        page.mouse.up()
    expect(page.locator("#captcha")).to_contain_text("验证通过")


def send(page: Page, phone: str) -> Response:
    page.fill("#phone", phone)
    return answer_of(page, lambda: page.click("#send"), "/send-code")


def sent_token(answer: Response) -> Any:
    return json.loads(answer.request.post_data or "{}").get("captcha")


def test_a_solved_captcha_sends(page: Page, phone: str) -> None:
    solve(page)
    assert send(page, phone).ok
    expect(page.locator(".message").first).to_contain_text(re.compile(r"验证码是\d{6}"))
    expect(page.locator("#captcha")).to_be_hidden()


def test_sending_without_solving_it_is_refused_in_words(page: Page, phone: str) -> None:
    answer = send(page, phone)
    assert answer.json()["code"] == "captcha_required"
    expect(page.locator("#send-result")).to_contain_text(answer.json()["detail"])
    expect(page.locator("#captcha input")).to_be_focused()
    solve(page)
    expect(page.locator("#send-result")).to_be_empty()
    assert send(page, phone).ok


def test_a_captcha_that_was_refused_says_so_and_offers_a_new_one(
    page: Page, service: str, kind: str, phone: str
) -> None:
    effect = "error:invalid-input-response" if kind == "turnstile" else "error:InvalidParameter"
    post(f"{service}/_local/faults", {"service": "captcha", "operation": "*", "effect": effect})
    solve(page)
    refused = send(page, phone)
    assert refused.json()["code"] == "captcha_failed"
    expect(page.locator("#send-result")).to_contain_text(refused.json()["detail"])
    expect(page.locator("#send-result")).to_contain_text("请重新完成上面的验证")
    expect(page.locator("#captcha")).not_to_contain_text("验证通过")
    solve(page)
    accepted = send(page, phone)
    assert accepted.ok
    assert sent_token(accepted) != sent_token(refused)


def test_a_token_is_not_used_again_on_send_again(page: Page, phone: str) -> None:
    page.clock.install()
    solve_with_clock(page)
    first = send(page, phone)
    expect(page.locator("#captcha")).to_be_hidden()  # the page has read the answer, and counts down
    page.clock.fast_forward(first.json()["resend_after"] * 1000)
    expect(page.locator("#captcha")).to_be_visible()
    expect(page.locator("#captcha")).not_to_contain_text("验证通过")
    solve_with_clock(page)
    second = answer_of(page, lambda: page.click("#send"), "/send-code")
    tokens = sent_token(first), sent_token(second)
    assert all(tokens)
    assert tokens[0] != tokens[1]


def test_a_send_that_got_no_answer_is_repeated_with_the_same_token(page: Page, phone: str) -> None:
    solve(page)
    page.route("**/send-code", lambda route: route.abort())
    page.fill("#phone", phone)
    with page.expect_request("**/send-code") as lost:
        page.click("#send")
    expect(page.locator("#send-result")).to_contain_text("没有收到服务的回答")
    page.unroute("**/send-code")
    repeated = answer_of(page, lambda: page.click("#send"), "/send-code")
    assert repeated.ok
    assert repeated.request.post_data == lost.value.post_data


def test_the_keyboard_alone_solves_it(page: Page, phone: str) -> None:
    field = page.locator("#captcha input")
    field.focus()
    page.keyboard.press("Space" if field.get_attribute("type") == "checkbox" else "End")
    expect(page.locator("#captcha")).to_contain_text("验证通过")
    assert send(page, phone).ok


@pytest.mark.parametrize("kind", ["aliyun"], indirect=True, scope="module")
def test_a_slider_let_go_too_early_slides_back(page: Page) -> None:
    box = page.locator("#captcha input").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 20, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=4)
    page.mouse.up()
    expect(page.locator("#captcha input")).to_have_value("0")
    expect(page.locator("#captcha")).to_contain_text("向右滑到底")


def test_it_speaks_both_languages(page: Page, kind: str) -> None:
    page.click("#language")
    label = "I am human" if kind == "turnstile" else "Slide to the right"
    expect(page.locator("#captcha")).to_contain_text(label)


@pytest.mark.parametrize("width", [375, 1280])
def test_it_fits_the_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    field, captcha = (page.locator(name).bounding_box() for name in ("#phone", ".captcha"))
    assert field is not None
    assert captcha is not None
    assert abs(field["width"] - captcha["width"]) < 1


def test_nothing_leaves_the_machine(page: Page, service: str, phone: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    solve(page)
    send(page, phone)
    assert all(address.startswith(service) for address in asked)


def solve_with_clock(page: Page) -> None:
    """Solve it while a test holds the page's clock."""
    field = page.locator("#captcha input")
    field.focus()
    page.keyboard.press("Space" if field.get_attribute("type") == "checkbox" else "End")
    page.clock.fast_forward(1000)
    expect(page.locator("#captcha")).to_contain_text("验证通过")
