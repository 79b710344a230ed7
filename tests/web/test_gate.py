"""Who may look."""

from __future__ import annotations

import pytest

from wallboard.web.gate import Gate, is_here, same_place
from wallboard.web.serving import names_of

TOKEN = "a-token-of-some-length"
OPEN = Gate(names_of("127.0.0.1", ()))
SHUT = Gate(names_of("0.0.0.0", ("board.example.net",)), TOKEN)


def asked(gate: Gate, host: str = "127.0.0.1:8910", origin: str | None = None, token: str = "", kept: str = "") -> str:
    return gate.refusal(host, origin, token=token, kept=kept)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8910", "localhost:8910", "LOCALHOST", "[::1]:8910", "10.0.0.7", "localhost."]
)
def test_an_address_and_a_name_of_our_own_are_let_in(host: str) -> None:
    assert asked(OPEN, host) == ""


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8910", "board.example.net", "[::1", "a@b"],
)
def test_a_name_that_somebody_elses_dns_made_is_not(host: str) -> None:
    assert "not known as" in asked(OPEN, host)


def test_a_proxys_name_is_one_that_the_config_lists() -> None:
    assert asked(SHUT, "Board.Example.net", token=TOKEN) == ""


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        "http://127.0.0.1:8911",
        "file://127.0.0.1:8910",
        "http://127.0.0.1",
        "http://[",
    ],
)
def test_a_page_of_another_site_is_turned_away_whatever_it_has(origin: str) -> None:
    assert "another site" in asked(OPEN, origin=origin)
    assert "another site" in asked(SHUT, origin=origin, token=TOKEN)


def test_our_own_page_is_not_another_site() -> None:
    assert asked(OPEN, origin="http://127.0.0.1:8910") == ""
    assert same_place("https://board.example.net", "board.example.net")


@pytest.mark.parametrize("wrong", [TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "ä", "\0"])
def test_a_wrong_token_is_no_token(wrong: str) -> None:
    assert "not the token" in asked(SHUT, token=wrong)
    assert "opens with its token" in asked(SHUT, kept=wrong)
    assert "opens with its token" in asked(SHUT)


def test_what_a_browser_keeps_opens_as_the_token_does_and_is_not_it() -> None:
    assert asked(SHUT, token=TOKEN) == asked(SHUT, kept=SHUT.pass_) == ""
    assert SHUT.pass_ != TOKEN
    assert asked(Gate(SHUT.names, TOKEN + "2"), kept=SHUT.pass_) != ""


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("desk", False),
    ],
)
def test_what_only_this_machine_reaches(host: str, here: bool) -> None:
    assert is_here(host) is here
