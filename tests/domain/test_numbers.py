"""Numbers: one public number in every writing, extensions that are never taken for one."""

from __future__ import annotations

import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.numbers import dialable, dialled, e164, forms, international, is_number, same_number, stems

AACHEN = "+4924155660"


@pytest.mark.parametrize(
    "text",
    ["004924155660", "+49 241 55660", "0241 55660", "0241/55660", "(0241) 55660", "+49 (0)241 55660", "0049-241-55660"],
)
def test_every_writing_of_a_number_is_one_in_its_region(text: str) -> None:
    assert e164(text, "DE") == AACHEN
    assert same_number(text, AACHEN, "DE", "")


@pytest.mark.parametrize("text", ["0241 55660", "55660", "2125551234"])
def test_without_a_region_only_plus_and_00_are_international(text: str) -> None:
    assert e164(text) == ""
    assert e164("004924155660") == e164("+49 241 55660") == AACHEN


@pytest.mark.parametrize("region", ["", "DE", "US", "IT", "DK", "GB"])
@pytest.mark.parametrize(
    "text",
    ["", "2001", "601", "112", "0", "555660", "022*341", "*21#", "+49", "PJSIP/1001", "q:4711", "Sales", "1234567"],
)
def test_an_extension_is_no_public_number_whatever_the_plan_would_allow(text: str, region: str) -> None:
    assert e164(text, region) == ""


def test_a_country_without_a_trunk_prefix_and_one_that_leaves_it_out() -> None:
    assert e164("(212) 555-0123", "US") == e164("1 212 555 0123", "US") == "+12125550123"
    assert e164("011 49 241 55660", "US") == AACHEN
    assert e164("32 12 34 56", "DK") == "+4532123456"
    assert e164("06 6982 1234", "IT") == "+390669821234", "Italy keeps its zero"


def test_a_country_that_the_plans_do_not_know_yet_is_believed() -> None:
    assert e164("+999 123 456 789") == "+999123456789"


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_international_writings_agree_with_the_numbering_plans(region: str) -> None:
    """The short way round the library gives what the library gives."""
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None:
            continue
        plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        spaced = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        if len(plain) > 7:
            assert e164(plain) == e164(spaced) == e164(f"00{plain[1:]}", region) == plain


def test_what_is_dialled_has_no_punctuation_and_a_name_stays_a_name() -> None:
    assert dialled(" +49 (241) 55-660 ") == AACHEN
    assert dialled("front-desk.1") == "front-desk.1"
    assert dialled("022*341") == "022*341"
    assert not is_number("() -")


def test_extensions_are_compared_by_their_digits_and_never_with_public_numbers() -> None:
    assert same_number("20 01", "2001")
    assert not same_number("", "")
    assert not same_number("55660", AACHEN, "DE", "DE")


def test_the_ways_to_dial_it_best_first() -> None:
    assert list(forms("2001", "")) == ["2001"]
    assert list(forms("+49 (0)241 55660", AACHEN)) == [AACHEN, "004924155660"]
    assert list(forms("0049 241 55660", AACHEN)) == ["004924155660", AACHEN]
    assert list(forms("0049 241 55660", AACHEN, home=False)) == [AACHEN, "004924155660"]
    assert list(forms("0241 55660", AACHEN)) == [AACHEN, "004924155660", "024155660"]
    assert list(forms("0241 55660", AACHEN, home=False)) == [AACHEN, "004924155660"]


def test_a_callers_number_is_dialled_as_the_source_takes_it() -> None:
    assert dialable("0241 55660", "DE", lambda number: True) == AACHEN
    assert dialable("0241 55660", "DE", lambda number: number.startswith("0241")) == "024155660"
    assert dialable("0241 55660", "DE", lambda number: False) == "024155660", "the source says why not"
    assert dialable("0241 55660", "", lambda number: True) == "024155660"
    assert dialable("anonymous", "DE", lambda number: False) == "anonymous"


def test_beginnings_of_numbers() -> None:
    assert stems("+") == ()
    assert stems("+49 2", "DE") == ("492",)
    assert stems("0241", "DE") == ("0241", "49241")
    assert stems("0049", "DE") == ("0049", "49")
    assert stems("241", "DE") == ("241",)


def test_a_number_as_people_read_it() -> None:
    assert international(AACHEN) == "+49 241 55660"
    assert international("+999123456789") == "+999123456789"


@given(st.text(max_size=20), st.sampled_from(["", "DE", "US", "IT"]))
def test_any_text_is_one_number_or_none(text: str, region: str) -> None:
    public = e164(text, region)
    assert e164(public) == public
    assert dialled(dialled(text)) == dialled(text)


def test_the_plans_are_not_loaded_before_a_number_needs_them() -> None:
    code = (
        "import sys; import wallboard.view.directory, wallboard.cli.do, wallboard.domain.numbers as n\n"
        "n.e164('+49 241 55660', 'DE'); n.e164('2001', 'DE'); n.dialled('0241')\n"
        "sys.exit('phonenumbers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
