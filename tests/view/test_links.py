"""Which texts are addresses that may be opened, and in which words they stand on the screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Notice
from wallboard.domain.text import cell_width, clean
from wallboard.vendors.base import Sheet
from wallboard.view.cells import Cell
from wallboard.view.links import addresses, in_row, in_sheet, link_cells, linked, web_link


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://storage.example.net/r/17.mp3?X-Sig=a%2Fb&e=60", "storage.example.net"),
        ("https://PBX.example.net:8443/a/", "pbx.example.net"),
        ("https://xn--mnchen-3ya.example/", "xn--mnchen-3ya.example"),
        ("https://10.0.0.7.nip.example/a", "10.0.0.7.nip.example"),
    ],
)
def test_a_plain_https_address_to_a_named_host_is_one(url: str, host: str) -> None:
    link = web_link(url)
    assert link is not None
    assert link == (url, host)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "storage.example.net/r/17.mp3",
        "http://storage.example.net/",
        "ftp://storage.example.net/",
        "javascript:alert(1)",
        "HTTPS//x.example",
        "https://",
        "https:///path",
        "https://user:secret@storage.example.net/",
        "https://storage.example.net@evil.example/",
        "https://evil.example/\\@storage.example.net",
        "https://münchen.example/",
        "https://storage.example.net/ and more",
        "https://storage.example.net/\x1b]8;;x\x07",
        "https://storage.example.net/\u202egpj",
        "https://storage.example.net:99999/",
        "https://storage.example.net:0/",
        "https://[::1]/",
        "https://localhost/",
        "https://-x.example/",
        "https://storage.example.net/" + "a" * 2000,
        "https://storage.example.net/cut…",
        'https://storage.example.net/"onclick=',
    ],
)
def test_anything_else_is_text(text: str) -> None:
    assert web_link(text) is None


@given(st.text(max_size=80))
def test_no_text_breaks_it_and_what_it_takes_is_printable_ascii(text: str) -> None:
    for given_ in (text, f"https://x.example/{text}", f"https://{text}.example/"):
        link = web_link(given_)
        if link is not None:
            assert link.url.isascii()
            assert link.url.isprintable()
            assert "@" not in link.url.split("/")[2]


def test_addresses_are_found_in_a_sentence_and_named_by_their_line() -> None:
    file = "GET https://pbx.example.net/api/ver1.0/extension/1/record/17 (1.4 MB)"
    assert [link.url for link in addresses(file)] == ["https://pbx.example.net/api/ver1.0/extension/1/record/17"]
    rows = (
        (clean("13:58"), clean("0:30 Eve Lund")),
        (clean("link"), clean("https://s.example/17")),
        (clean("file"), clean(file)),
        (clean("size"), clean("1 MB")),
    )
    assert [(name, above, link.host) for name, above, link in in_sheet(Sheet((), rows))] == [
        ("link", "13:58 0:30 Eve Lund", "s.example"),
        ("file", "13:58 0:30 Eve Lund", "pbx.example.net"),
    ]


def test_a_notice_leads_to_the_page_that_it_names() -> None:
    remarks = clean("see https://status.example.net/17, or http://old.example.net/.")
    notice = Notice(Key("cc", Kind.NOTICE, "n"), clean("roads"), clean("Fibre cut"), remarks=remarks)
    assert [(name, link.host) for name, link in in_row(notice)] == [("remarks", "status.example.net")]
    cells = linked(remarks, "text", 70)
    assert "".join(cell.text for cell in cells) == remarks
    assert [cell.link for cell in cells if cell.link] == ["https://status.example.net/17"]
    assert linked(remarks, "text", 20) == [Cell(remarks, "text")], "what is cut leads nowhere"


@pytest.mark.parametrize("width", [10, 30, 35, 80])
def test_where_it_leads_is_read_or_it_leads_nowhere(width: int) -> None:
    url = "https://storage.example.net/r/17.mp3?signature=0123456789"
    cells = link_cells(url, width, "text")
    assert sum(cell_width(cell.text) for cell in cells) == width
    linked = [cell for cell in cells if cell.link]
    assert all("storage.example.net" in cell.text for cell in linked)
    assert bool(linked) is (width > 10)
    assert all(cell.link == url for cell in linked)
