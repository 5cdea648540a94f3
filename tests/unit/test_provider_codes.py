"""The tables of codes, without any SDK: how a code is read, and what no table may say."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from shared.ports import Verdict
from shared.providers.answers import LONGEST_TEXT, answered, hidden
from shared.providers.catalogue import PRODUCTS, meaning
from shared.providers.codes import PREFIXES, Meaning, Product, without_prefix
from shared.providers.dypns_codes import CHECKS, Check, checked
from shared.providers.dysms_codes import DYSMS
from shared.providers.own_codes import OWN, UNREACHED
from tests.service import ROOT

_CHINESE = re.compile("[\u4e00-\u9fff]")

ROWS: dict[str, Meaning] = {
    f"{product.name} {code}": row
    for product in PRODUCTS.values()
    for code, row in {**product.codes, **product.families, **OWN}.items()
}


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
@pytest.mark.parametrize("prefix", ["", *PREFIXES])
def test_a_code_means_the_same_with_any_prefix_and_without(product: Product, prefix: str) -> None:
    for code, row in product.codes.items():
        given = prefix + without_prefix(code)
        assert product.meaning(given) == row, given


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
def test_no_two_rows_of_a_product_are_one_code(product: Product) -> None:
    bare = [without_prefix(code) for code in product.codes]
    assert len(bare) == len(set(bare))


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("Throttling.User", Verdict.TRY_LATER),
        ("InvalidSecurityToken.Expired", Verdict.TRY_LATER),
        ("MissingPhoneNumbers", Verdict.MISCONFIGURED),
        ("isv.ThrottlingSomehow", None),
        ("throttling", None),
        ("isv.MOBILE_NUMBER_ILLEGAL_TOO", None),
        ("isv.", None),
        ("", None),
    ],
)
def test_a_family_is_known_by_how_a_code_begins(code: str, verdict: Verdict | None) -> None:
    found = DYSMS.meaning(code)
    assert (found.verdict if found else None) == verdict


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_says_why_and_what_to_do_in_both_languages(row: Meaning) -> None:
    for chinese, english in (row.reason, row.advice):
        assert _CHINESE.search(chinese)
        assert english
        assert not _CHINESE.search(english)
    assert row.advice[0].endswith("。")
    assert row.advice[1].endswith(".")
    assert row.source


NEVER_ELSEWHERE = {
    Verdict.ACCEPTED,
    Verdict.UNCONFIRMED,
    Verdict.BAD_NUMBER,
    Verdict.BLOCKED,
    Verdict.WAIT,
    Verdict.CAPPED,
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_another_provider_is_asked_only_for_what_lies_with_this_one(row: Meaning) -> None:
    assert row.elsewhere == (row.verdict not in NEVER_ELSEWHERE)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_who_is_to_wait_is_told_how_long(row: Meaning) -> None:
    assert (row.retry_after is not None) == (row.verdict is Verdict.WAIT or row.retry_after == 1)


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
def test_the_service_cannot_say_that_nobody_saw_a_request(product: Product) -> None:
    for code in UNREACHED:
        outcome = answered(product, code, "")
        assert (outcome.verdict, outcome.elsewhere) == (Verdict.UNCONFIRMED, False)
        assert meaning(product.name, code) is UNREACHED[code]


def test_a_code_of_an_unknown_provider_has_no_meaning() -> None:
    assert meaning("fake", "isv.OUT_OF_SERVICE") is None
    assert meaning("test_number", "") is None


LEAKING = [
    "number 13800138000 code 123456",
    "tel:+86 138-0013-8000, 1234",
    "１３８００１３８０００ ４７１１",
    "code=1 2 3 4 5 6 for 85261234567",
    '{"code":"12345678","min":"5"}',
]


@pytest.mark.parametrize("text", LEAKING)
@pytest.mark.parametrize("code", ["isv.SOMETHING_NEW", "isp.SOMETHING_NEW", "SomethingNew"])
@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
def test_an_unknown_code_is_open_and_its_text_shows_no_digits(
    product: Product, code: str, text: str
) -> None:
    outcome = answered(product, code, text)
    assert (outcome.verdict, outcome.elsewhere) == (Verdict.UNCONFIRMED, False)
    assert (outcome.code, outcome.reached) == (code, True)
    assert outcome.text
    assert sum(char.isdecimal() for char in outcome.text) <= 3, outcome.text


def test_an_unknown_code_that_holds_a_number_hides_it() -> None:
    outcome = answered(DYSMS, "isv.X13800138000", "")
    assert outcome.code == "isv.X****"
    assert answered(DYSMS, "Forbidden.13800138000", "").code == "Forbidden.****"


def test_short_numbers_and_words_of_a_text_are_shown() -> None:
    assert hidden("触发天级流控Permits:40, ask 95187") == "触发天级流控Permits:40, ask ****"


@pytest.mark.parametrize(
    "text",
    [
        "AccessKeyId=LTAI5tKq8mN2bV4cX6zL9pQw not found",
        "no such key STS.NUxxkTg9Zb3vK4s8Q2LmN5PqR",
        "SecurityToken=CAISbQaQ7dHwJhFld4ggUTqljaNVJzuUkKgohQOLQzKg9CeCv4MefG/x+w== is odd",
    ],
)
def test_a_service_s_text_shows_no_key(text: str) -> None:
    assert len(max(re.findall("[A-Za-z0-9]+", hidden(text)), key=len)) < 20
    assert hidden("Specified.parameter isv.SMS_SIGNATURE_SCENE_ILLEGAL") == (
        "Specified.parameter isv.SMS_SIGNATURE_SCENE_ILLEGAL"
    )


def test_a_long_text_is_cut() -> None:
    assert len(answered(DYSMS, "isv.NEW", "long " * 1000).text) == LONGEST_TEXT
    assert len(answered(DYSMS, "isv." + "N" * 500, "").code) < 100


def test_a_known_code_needs_no_text() -> None:
    assert answered(DYSMS, "isv.OUT_OF_SERVICE", "13800138000").text == ""


@pytest.mark.parametrize(
    ("code", "check"),
    [
        ("isv.ValidateFail", Check.WRONG),
        ("ValidateFail", Check.WRONG),
        ("biz.ValidateFail", Check.WRONG),
        ("SmsCodeVerifyFail", Check.WRONG),
        ("MissingVerifyCode", Check.FAILED),
        ("isv.SOMETHING_NEW", Check.FAILED),
        ("Throttling.User", Check.FAILED),
        ("OK", Check.FAILED),
    ],
)
def test_only_a_code_that_was_checked_is_called_wrong(code: str, check: Check) -> None:
    assert checked(code) is check
    assert set(CHECKS) == {"isv.ValidateFail", "SmsCodeVerifyFail", "MissingVerifyCode"}


def test_the_tables_load_no_sdk() -> None:
    program = (
        "import sys, shared.providers.catalogue\n"
        "bad = ('Tea', 'alibabacloud', 'darabonba', 'requests', 'tablestore', 'pydantic')\n"
        "print([name for name in sys.modules if name.startswith(bad)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
