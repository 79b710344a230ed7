"""What a telephone number is: an extension of one source, or a public number that every telephone can reach, however
it is written.

Public numbers are compared in E.164 (`+4924155660`). National ones are read in the region of their source ("DE"; "":
unknown, then only `+` and `00` are public). `phonenumbers` knows the numbering plans; it takes 40 ms to import, so
that happens with the first number that needs it, and what is plain without it is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache

from wallboard.domain.language import mark, tr

_NUMBER = re.compile(r"\+?[0-9*#(][0-9*#\xa0 ()./-]*")
_PUNCTUATION = str.maketrans("", "", "\xa0 ()./-")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
SHORTEST = 7
"""Digits below which a number without `+` or `00` is an extension, whatever a numbering plan would allow."""
_PREMIUM = re.compile(r"(?:0?1?900|0190)")
_LONGEST = 16
"""Characters of the longest number in E.164, its plus included."""
_FREE = 800
"""The worldwide country code of freephone; the others belong to satellites and networks."""
_loaded = False
_TWO = re.compile(r"2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
"""Country codes of two digits; +1 and +7 have one, all others three (ITU E.164)."""
_ZERO_BELONGS = ("39", "225", "242")
"""Countries whose national numbers begin with a zero that is dialled from abroad, too."""
MASK = "…"
"""What stands before the last digits of a number that is not to be read."""


def is_number(text: str) -> bool:
    """Whether `text` is digits (with `*`, `#`, a leading `+`) and the usual punctuation, and nothing else."""
    text = text.strip()
    return _NUMBER.fullmatch(text) is not None and any(char in "0123456789*#" for char in text)


def dialled(text: str) -> str:
    """`text` as it is dialled: a number without its punctuation; a name or an address (`sales-desk`) as it is."""
    text = text.strip()
    if text.isdigit():
        return text
    return text.translate(_PUNCTUATION) if is_number(text) else text


@lru_cache(maxsize=32_768)
def e164(text: str, region: str = "") -> str:
    """The public number that `text` means to a telephone in `region`, as `+4924155660`; "" for an extension or no
    number at all. National numbers need the trunk prefix where their country has one, so that `2001` and the local
    `555660` stay extensions."""
    plain = dialled(text)
    if len(plain) < SHORTEST or "*" in plain or "#" in plain or not is_number(text):
        return ""
    if plain.startswith("+") or plain.startswith("00"):
        abroad = plain if plain.startswith("+") else f"+{plain[2:]}"
        if _E164.fullmatch(abroad) and "(" not in text and not _has_trunk_zero(abroad):
            return abroad
        found = _parsed(f"+{text.strip()[2:]}" if plain.startswith("00") else text, None)
        # Numbering plans move on: what is written as international is believed, even where its country is not known.
        return found or (abroad if _E164.fullmatch(abroad) and not _has_trunk_zero(abroad) else "")
    return _national(text, plain, region) if region else ""


def same_number(one: str, other: str, region_one: str = "", region_other: str = "") -> bool:
    """Whether both mean the same telephone: the same public number, or the same digits of two extensions (of the same
    source: extensions of different sources have nothing to do with each other)."""
    meant = same_as(one, region_one)
    return bool(meant) and meant == same_as(other, region_other)


def same_as(number: str, region: str = "") -> str:
    """What two writings of the same telephone have in common; "" where it is none."""
    return e164(number, region) or dialled(number)


def forms(text: str, public: str, home: bool = True) -> Iterator[str]:
    """The ways to dial `text`, which is `public` in E.164 ("" for an extension), best first. `home`: it was written by
    the source that dials it, so that its `0049…` is known there; national numbers go out internationally."""
    plain = dialled(text)
    if not public:
        yield plain
        return
    given = home and plain.startswith("00")
    if given:
        yield plain
    yield public
    if not given:
        yield f"00{public[1:]}"
    if home and not plain.startswith(("00", "+")):
        yield plain


def dialable(text: str, region: str, accepts: Callable[[str], bool]) -> str:
    """How a source in `region` dials a number that it wrote itself: the first of `forms` that it accepts, else the bare
    digits."""
    return next((form for form in forms(text, e164(text, region)) if accepts(form)), dialled(text))


def stems(text: str, region: str = "") -> tuple[str, ...]:
    """The beginnings of a number that is still being typed, as digits of extensions and of E.164 numbers: `0241 5` in
    DE is `02415` or `492415`."""
    plain = dialled(text)
    if plain.startswith("+"):
        return (plain[1:],) if len(plain) > 1 else ()
    found = [plain]
    if plain.startswith("00") and len(plain) > 2:
        found.append(plain[2:])
    elif region and len(plain) > 1:
        country, trunk = _plan(region)
        if trunk and plain.startswith(trunk):
            found.append(country + plain[len(trunk) :])
    return tuple(found)


def doubtful(text: str, region: str = "") -> str:
    """Why `text`, which a caller chose, is no ordinary number to call back, as a clause; "" where it is one. Where
    the region is not known the premium numbers of a country are only guessed."""
    return tr(why) if (why := _doubtful(text, region)) else ""


@lru_cache(maxsize=4096)
def _doubtful(text: str, region: str) -> str:
    plain = dialled(text)
    if not is_number(text):
        return mark("is no telephone number")
    if "*" in plain or "#" in plain:
        return mark("is a feature code")
    if len(plain.lstrip("+")) < SHORTEST:
        return mark("is a short code")
    abroad = plain if plain.startswith("+") else f"+{plain[2:]}" if plain.startswith("00") else ""
    public = abroad or e164(text, region)
    if public:
        return _costly(public) or _foreign(public)
    # Some vendors leave out the plus.
    guessed = _costly(f"+{plain}") or (_PREMIUM_NUMBER if _PREMIUM.match(plain) else "")
    return _GUESSED[guessed] if guessed else ""


_PREMIUM_NUMBER = mark("is a premium number")
_SHARED_COST = mark("is a shared-cost number")
_PERSONAL = mark("is a personal number, which costs extra")
_GUESSED = {
    _PREMIUM_NUMBER: mark("may be a premium number"),
    _SHARED_COST: mark("may be a shared-cost number"),
    _PERSONAL: mark("may be a personal number, which costs extra"),
}


def _costly(public: str) -> str:
    """What is dialled beyond the end of a number changes nothing, so this is asked of its beginnings, too."""
    from phonenumbers import NumberParseException, PhoneNumberType, number_type, parse

    kinds = {
        PhoneNumberType.PREMIUM_RATE: _PREMIUM_NUMBER,
        PhoneNumberType.SHARED_COST: _SHARED_COST,
        PhoneNumberType.PERSONAL_NUMBER: _PERSONAL,
    }
    for end in range(min(len(public), _LONGEST), SHORTEST, -1):
        with suppress(NumberParseException):
            kind = number_type(parse(public[:end], None))
            if kind in kinds:
                return kinds[kind]
    return ""


def _foreign(public: str) -> str:
    from phonenumbers import NumberParseException, parse, region_code_for_country_code

    try:
        code = parse(public[:_LONGEST], None).country_code or 0
    except NumberParseException:
        code = 0
    match region_code_for_country_code(code):
        case "ZZ":
            return mark("is of no known country")
        case "001" if code != _FREE:
            return mark("is a satellite or worldwide number")
    return ""


@lru_cache(maxsize=1024)
def international(public: str) -> str:
    """An E.164 number as people read it: `+49 241 55660`."""
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

    try:
        return str(format_number(parse(public, None), PhoneNumberFormat.INTERNATIONAL))
    except NumberParseException:
        return public


def last_digits(number: str) -> str:
    """A number where it is not to be read: its last three digits alone, `…456`. Nothing of one that is shorter."""
    digits = [char for char in number if char.isdigit()]
    return f"{MASK}{''.join(digits[-3:])}" if len(digits) > 3 else MASK if number else ""


def warm(*regions: str) -> None:
    """Load what the first comparison would wait for: 40 ms, in a thread."""
    global _loaded
    import phonenumbers  # noqa: F401  # the import itself is what takes the time

    for region in regions:
        if region:
            e164("0000000", region)
    _loaded = True


def loaded() -> bool:
    """Whether `warm` is done: from then on no number costs more than its own reckoning."""
    return _loaded


def _has_trunk_zero(abroad: str) -> bool:
    """Whether the trunk zero was left in behind the country code, as in `+49 (0)241 …`."""
    size = 1 if abroad[1] in "17" else 2 if _TWO.match(abroad, 1) else 3
    return abroad[1 + size : 2 + size] == "0" and abroad[1 : 1 + size] not in _ZERO_BELONGS


def _parsed(text: str, region: str | None, *, strict: bool = False) -> str:
    """`strict`: only a number that is given out in its country, not merely one of the right length."""
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        ValidationResult,
        format_number,
        is_possible_number_with_reason,
        is_valid_number,
        parse,
    )

    try:
        number = parse(text, region)
    except NumberParseException:
        return ""
    # A number without its area code is possible, too, but not from elsewhere.
    if is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE or (
        strict and not is_valid_number(number)
    ):
        return ""
    found = str(format_number(number, PhoneNumberFormat.E164))
    return found if _E164.fullmatch(found) else ""


def _national(text: str, plain: str, region: str) -> str:
    country, trunk = _plan(region)
    if not country:
        return ""
    if trunk and country != "1":
        return _parsed(text, region) if plain.startswith(trunk) else ""
    # Where nothing marks a national number, only one that is given out is believed; the rest may be an extension.
    return _parsed(text, region, strict=True)


@lru_cache(maxsize=64)
def _plan(region: str) -> tuple[str, str]:
    """The country code and the trunk prefix of a region, "" where there is none."""
    from phonenumbers import PhoneMetadata

    plan = PhoneMetadata.metadata_for_region(region, None)
    return ("", "") if plan is None else (str(plan.country_code), plan.national_prefix or "")
