"""The one redactor: every secret in every form in which a program writes one, at every exit."""

from __future__ import annotations

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from unicodedata import normalize
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain import redaction
from wallboard.domain.redaction import HIDDEN, PASSING, hide, known, redact, redact_all, redact_long
from wallboard.domain.text import clean
from wallboard.vendors.base import Secret

CANARIES = [
    "S3CR3T/c&nary +v=\"'\\x<9>",
    "geheïm-Schlüssel 漢🔑",
    "correct horse battery staple and a good many words more",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "a8dF_-Z" * 60,
    "canary-3a7d",
]

FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "percent": lambda secret: quote(secret, safe=""),
    "percent, slashes kept": quote,
    "percent, small letters": lambda secret: "".join(
        f"%{byte:02x}" if not chr(byte).isalnum() or byte > 127 else chr(byte) for byte in secret.encode()
    ),
    "percent twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "form": quote_plus,
    "a whole form": lambda secret: urlencode({"grant_type": "x", "client_secret": secret, "scope": "all"}),
    "json": json.dumps,
    "json in utf-8": lambda secret: json.dumps(secret, ensure_ascii=False),
    "json in json": lambda secret: json.dumps(json.dumps(secret)),
    "json with escaped slashes": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "repr": repr,
    "ascii": ascii,
    "bytes": lambda secret: repr(secret.encode()),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "html": html.escape,
    "accents apart": lambda secret: normalize("NFD", secret),
    "base64": lambda secret: b64encode(secret.encode()).decode(),
    "base64 for addresses": lambda secret: urlsafe_b64encode(secret.encode()).decode(),
    "base64, percent-encoded": lambda secret: quote(b64encode(secret.encode()).decode(), safe=""),
    "basic pair": lambda secret: b64encode(f"user:{secret}".encode()).decode(),
    "basic pair, another alignment": lambda secret: b64encode(f"mira:{secret}".encode()).decode(),
    "basic pair, the third": lambda secret: b64encode(f"admin:{secret}".encode()).decode(),
}


@pytest.mark.parametrize("secret", CANARIES, ids=range(len(CANARIES)))
@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_hidden_in_every_form(secret: str, form: str) -> None:
    hide(secret)
    written = FORMS[form](secret)
    shown = redact(f"you sent {written} to us")
    assert HIDDEN in shown
    assert shown.startswith("you sent ")
    assert shown.endswith(" to us")
    assert secret not in shown


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=8, max_size=60))
def test_any_secret_is_hidden_in_every_form(secret: str) -> None:
    redaction.forget()
    hide(secret)
    for form, write in FORMS.items():
        if form != "html" or "'" not in secret:
            assert HIDDEN in redact(f"<{write(secret)}>"), form


def test_a_secret_that_was_cut_off_is_hidden_as_far_as_it_goes() -> None:
    hide(CANARIES[3])
    assert redact(f"token {CANARIES[3][:80]}") == f"token {HIDDEN}"


def test_a_secret_is_known_from_the_moment_it_exists_and_before_a_line_is_cut() -> None:
    Secret("canary-3a7d-9c41")
    assert clean("x" * 250 + " canary-3a7d-9c41") == clean("x" * 250 + f" {HIDDEN}")
    assert clean("no canary-3a7d-9c41, " + "y" * 9000).startswith(f"no {HIDDEN}, y")


def test_what_the_config_spells_out_is_no_secret() -> None:
    Secret("application/json", public=True)
    assert redact("not application/json") == "not application/json"


def test_a_short_secret_is_hidden_in_what_vendors_say_and_never_in_rows() -> None:
    hide("2001")
    assert redact("password 2001 refused, 20010 and +492001 too") == f"password {HIDDEN} refused, 20010 and +492001 too"
    assert redact_long("extension 2001") == "extension 2001"
    assert clean("extension 2001") == "extension 2001"


def test_tokens_of_the_day_are_remembered_as_long_as_they_may_be_echoed_and_no_longer() -> None:
    redaction.forget()
    hide("the-config-s-own-secret")
    for number in range(10 * PASSING):
        hide(f"token-{number:08}", passing=True)
    assert len(known()) == PASSING + 1
    last = 10 * PASSING - 1
    assert redact(f"token-{last:08} the-config-s-own-secret") == f"{HIDDEN} {HIDDEN}"


def test_every_text_inside_a_record_is_looked_at() -> None:
    hide("canary-3a7d-9c41")
    record = {"args": {"text": "say canary-3a7d-9c41"}, "parties": ["canary-3a7d-9c41", None, 7]}
    assert redact_all(record) == {"args": {"text": f"say {HIDDEN}"}, "parties": [HIDDEN, None, 7]}
