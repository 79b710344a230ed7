"""The lab for the tests below: one Asterisk a session, three telephones that the tests answer themselves.

Where it cannot run, its tests are skipped, and the end of the run says so in capitals; with WALLBOARD_LAB=require that
is a failure, with WALLBOARD_LAB=off it is not even tried.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from tests.lab.lab import SECRET, Lab, LabUnavailable
from tests.lab.phone import SILENCE, TONE, Phone


@dataclass(frozen=True)
class Site:
    """The running lab and its hand-answered telephones: two agents, the supervisor, who whistles, two more."""

    lab: Lab
    ears: tuple[Phone, Phone]
    others: tuple[Phone, Phone]
    desk: Phone
    callers: Phone

    @property
    def port(self) -> int:
        return self.lab.ami_port

    @property
    def secret(self) -> str:
        return SECRET


@contextmanager
def running() -> Iterator[Site]:
    """Start the lab and its telephones. Raises LabUnavailable."""
    names = ("phone1", "phone2", "phone3", "phone4")
    phones = [*(Phone(name, 0, says=SILENCE) for name in names), Phone("phone9", 0, says=TONE)]
    caller = Phone("caller", 0)
    lab = Lab(
        {
            "PHONES": " ".join(f"{phone.name}:{phone.port}" for phone in phones),
            "BENCH": "1",
            "TOPOLOGIES": "1",
            "ANSWER_S": "2",
            "TALK_S": "12",
            "HOLD_CHANCE": "0.05",
            "HOLD_S": "4",
        }
    )
    try:
        lab.start()
        for phone in (*phones, caller):
            phone.connect(lab.sip_port)
        try:
            yield Site(lab, (phones[0], phones[1]), (phones[2], phones[3]), phones[4], caller)
        finally:
            for phone in (*phones, caller):
                phone.reset()
            lab.stop()
    finally:
        for phone in (*phones, caller):
            phone.close()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    wanted = os.environ.get("WALLBOARD_LAB", "")
    if wanted == "off":
        pytest.skip("lab: WALLBOARD_LAB=off")
    with ExitStack() as stack:
        try:
            found = stack.enter_context(running())
        except LabUnavailable as error:
            if wanted == "require":
                pytest.fail(f"lab: {error}")
            pytest.skip(f"lab: {error}")
        yield found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # From the reports, because the tests may have run in another process.
    reports = [report for kind in ("skipped", "failed", "error") for report in terminalreporter.stats.get(kind, ())]
    told = [str(report.longrepr) for report in reports if "tests/lab/" in report.nodeid]
    reasons = (text.rpartition("lab: ")[2].rstrip("')\n ") for text in told if "lab: " in text)
    for reason in dict.fromkeys(reasons):
        terminalreporter.section("THE LAB TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"Nothing was tested against a real Asterisk: {reason}", red=True)
        terminalreporter.line("WALLBOARD_LAB=require makes this a failure.")
