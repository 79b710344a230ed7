"""The promises that `wallboard.testing` tries: each is broken once, and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from wallboard.domain.command import Command
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Call, Row
from wallboard.domain.text import Clean
from wallboard.domain.update import Update
from wallboard.domain.verbs import Verb
from wallboard.testing import run_contract
from wallboard.vendors.base import (
    YES,
    Adapter,
    BearerAuth,
    Can,
    CheckLine,
    Feed,
    Receipt,
    Secret,
    Services,
    SourceSettings,
    Ticket,
    Verification,
)
from wallboard.vendors.options import Options
from wallboard_acme import AcmePlugin
from wallboard_acme.adapter import AcmeAdapter

SETTINGS = SourceSettings("acme", "acme", "https://acme.example.net/v1", BearerAuth(Secret("opensesame")))


def served(request: httpx.Request) -> httpx.Response:
    if request.method == "DELETE":
        return httpx.Response(202)
    name = request.url.path.rpartition("/")[2]
    return httpx.Response(200, json={name: [{"id": "1", "name": "Sales", "caller": "555"}]})


def refusing(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused", request=request)


class Faulty(AcmePlugin):
    """The template with another adapter."""

    def __init__(self, adapter: type[AcmeAdapter] = AcmeAdapter, options: type[Options] | None = None) -> None:
        self.adapter = adapter
        self.model = options

    def options(self) -> type[Options]:
        return self.model or super().options()

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        return self.adapter(settings, services)


def told(plugin: AcmePlugin) -> str:
    with pytest.raises(AssertionError) as error:
        run_contract(plugin, SETTINGS, transport=httpx.MockTransport(served), down=httpx.MockTransport(refusing))
    return str(error.value)


class Raises(AcmeAdapter):
    async def _read_calls(self, ticket: Ticket) -> Sequence[Update]:
        raise KeyError("calls")


class Elsewhere(AcmeAdapter):
    async def _read_calls(self, ticket: Ticket) -> Sequence[Update]:
        return [replace(update, source="other", seq=0) for update in await super()._read_calls(ticket)]


class Dirty(AcmeAdapter):
    async def _read_calls(self, ticket: Ticket) -> Sequence[Update]:
        key = Key(self.settings.name, Kind.CALL, "1")
        row = Call(key, from_name=Clean("Eve\x1b[2J"), to=Clean("opensesame"))
        return [replace(update, rows=(row, row)) for update in await super()._read_calls(ticket)]


class Impatient(AcmeAdapter):
    def feeds(self) -> Sequence[Feed]:
        return [replace(feed, interval=1.0, timeout=1.0) for feed in super().feeds()]


class Eager(AcmeAdapter):
    def can(self, verb: Verb, row: Row | None) -> Can:
        return YES if verb is Verb.HOLD else super().can(verb, row)

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        return Receipt("", "", 0.0, 0.0) if command.verb is Verb.HOLD else await super().perform(command, row)


class Mute(AcmeAdapter):
    def table(self) -> Sequence[Verification]:
        return [Verification(Verb.HANGUP, "", deadline=0.0)]


class Optimist(AcmeAdapter):
    async def check(self) -> Sequence[CheckLine]:
        return [CheckLine("reach", True, "answers")]


class Loose(BaseModel):
    depth: int = 1


@pytest.mark.parametrize(
    ("adapter", "fault"),
    [
        (Raises, "feed calls: raised KeyError, not a ReadError"),
        (Elsewhere, "feed calls: its update is of the source 'other'"),
        (Elsewhere, "feed calls: its update does not carry the ticket's epoch and seq"),
        (Dirty, "feed calls: from_name of acme/call/1 was not cleaned"),
        (Dirty, "feed calls: to of acme/call/1 holds a secret"),
        (Dirty, "feed calls: two rows have one key"),
        (Impatient, "feed calls: `every` is named in the rules and not kept to"),
        (Impatient, "feed calls: `timeout` is named in the rules and not kept to"),
        (Eager, "verb hold: is not in the table, so it is refused with a reason"),
        (Eager, "verb hold: was performed although it is not in the table"),
        (Mute, "verb hangup: does not say what is sent"),
        (Mute, "verb hangup: says neither what confirms it nor why that cannot be shown"),
        (Optimist, "down: check finds nothing wrong"),
    ],
)
def test_a_broken_promise_is_said(adapter: type[AcmeAdapter], fault: str) -> None:
    assert fault in told(Faulty(adapter))


def test_options_that_take_any_word_are_said() -> None:
    loose: Any = Loose
    said = told(Faulty(options=loose))
    assert "plugin: its options take any word" in said
    assert "plugin: the option depth has no example" in said


def test_the_template_breaks_none() -> None:
    run_contract(Faulty(), SETTINGS, transport=httpx.MockTransport(served), down=httpx.MockTransport(refusing))
