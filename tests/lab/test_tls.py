"""A real Asterisk over TLS: read with a certificate of an authority of our own, and a sentence for each way in which it
is not to be trusted, in `check` and on the board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from tests.lab.conftest import Site
from tests.lab.desk import Desk, console, settings_for
from tests.lab.lab import SECRET, Lab
from tests.support.certificates import COMING, PAST, Authority
from wallboard.domain.keys import Resource
from wallboard.vendors.asterisk.adapter import AsteriskAdapter
from wallboard.vendors.base import Services, SourceSettings

pytestmark = [pytest.mark.lab, pytest.mark.anyio]

HOST = ("DNS:localhost", "IP:127.0.0.1")


class Secure:
    """The lab, its authority, and one that nobody asked."""

    def __init__(self, folder: Path) -> None:
        self.ours = Authority(folder / "ours").make()
        self.other = Authority(folder / "other").make()
        self.certificates = {
            "good": self.ours.issue("good", *HOST),
            "misnamed": self.ours.issue("misnamed", "DNS:pbx.example.net"),
            "expired": self.ours.issue("expired", *HOST, dates=PAST),
            "coming": self.ours.issue("coming", *HOST, dates=COMING),
        }
        self.shown = "good"
        self.lab = Lab({"TLS_CERT": str(self.certificates["good"]), "AGENTS": "2", "QUEUES": "sales:ringall"})

    def show(self, name: str) -> None:
        if name != self.shown:
            self.lab.restart(TLS_CERT=str(self.certificates[name]))
            self.shown = name

    def settings(self, url: str = "", ca_file: Path | None = None) -> SourceSettings:
        plain = settings_for(self.lab.ami_port, "supervisor", SECRET, phone="PJSIP/sup1")
        url = url or f"tls://127.0.0.1:{self.lab.tls_port}"
        return replace(plain, url=url, ca_file=str(ca_file or self.ours.ca), timeout=3.0)


@pytest.fixture(scope="module")
def secure(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    """An Asterisk of its own. (``site`` says if none can run.)"""
    made = Secure(tmp_path_factory.mktemp("tls"))
    made.lab.start()
    try:
        yield made
    finally:
        made.lab.stop()


async def told(settings: SourceSettings) -> tuple[str, str]:
    """What `check` says of the reach, and the board of the source."""
    adapter = AsteriskAdapter(settings, Services(Desk().clock))
    lines = {line.name: line for line in await adapter.check()}
    assert not lines["reach"].ok
    assert "sign-in" not in lines
    desk = Desk()
    adapter = AsteriskAdapter(settings, Services(desk.clock))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(adapter.run, desk)
        await desk.until(lambda: len(desk.infos) > 1, "a second word")
        tasks.cancel_scope.cancel()
    assert desk.updates == []
    return lines["reach"].text, desk.infos[-1].detail


async def test_with_a_certificate_of_our_own_authority_it_signs_in_and_reads(secure: Secure) -> None:
    secure.show("good")
    lines = {line.name: line for line in await AsteriskAdapter(secure.settings(), Services(Desk().clock)).check()}
    assert lines["reach"].text.startswith("Asterisk Call Manager/")
    assert lines["sign-in"].ok
    assert lines["queues, members, agents"].ok
    async with console(secure.settings()) as here:
        assert [row.key.id for row in here.desk.table[Resource.QUEUES].values()] == ["sales"]
        assert len(here.desk.table[Resource.AGENTS]) > 1


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ("misnamed", "the certificate is not for 127.0.0.1"),
        ("expired", "the certificate of 127.0.0.1 has expired"),
        ("coming", "the certificate of 127.0.0.1 is not valid yet"),
    ],
)
async def test_a_certificate_that_is_not_good_is_told(secure: Secure, certificate: str, words: str) -> None:
    secure.show(certificate)
    assert await told(secure.settings()) == (words, words)


async def test_an_authority_that_did_not_sign_it_is_told(secure: Secure) -> None:
    secure.show("good")
    words = "the certificate of 127.0.0.1 is signed by nobody known here (ca_file names another authority)"
    assert await told(secure.settings(ca_file=secure.other.ca)) == (words, words)


async def test_tls_to_the_plain_port_and_plain_text_to_the_tls_port_are_told(secure: Secure) -> None:
    words = "127.0.0.1 does not speak TLS at this port"
    assert await told(secure.settings(f"tls://127.0.0.1:{secure.lab.ami_port}")) == (words, words)
    words = "no banner came: no manager interface is at this port, or one that speaks TLS (write tls://)"
    assert await told(secure.settings(f"tcp://127.0.0.1:{secure.lab.tls_port}")) == (words, words)
