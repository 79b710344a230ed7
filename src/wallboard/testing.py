"""For whoever writes an adapter: the promises of `vendors.base.Adapter`, tried one by one.

    run_contract(plugin, settings, transport=served, down=refusing)

`settings` are those of a source that answers by `transport` (what `Services.transport` takes: an
`httpx.AsyncBaseTransport` such as `httpx.MockTransport`, or a byte-stream factory); by `down` nothing answers. Whether
a word of the vendor is understood as its documents mean it is for your own tests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

import anyio

from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Target, fingerprint, new_id
from wallboard.domain.errors import ActionError, NotSent, ReadError
from wallboard.domain.keys import RESOURCE_OF, Resource
from wallboard.domain.models import Row
from wallboard.domain.redaction import redact
from wallboard.domain.text import clean
from wallboard.domain.update import Update
from wallboard.domain.verbs import FORMS, Verb
from wallboard.vendors.base import Adapter, Feed, Services, SourceSettings, Ticket
from wallboard.vendors.plugin import Plugin

PATIENCE = 30.0
"""Seconds that one call of an adapter may take against a served transport."""


def run_contract(
    plugin: Plugin, settings: SourceSettings, *, transport: Any = None, down: Any = None, now: float = 1_800_000_000.0
) -> None:
    """Try every promise. AssertionError with all that are broken, one a line."""

    async def collect() -> list[str]:
        return [fault async for fault in _faults(plugin, settings, transport, down, ManualClock(now))]

    broken = anyio.run(collect)
    assert not broken, "\n".join(broken)


async def _faults(
    plugin: Plugin, settings: SourceSettings, transport: Any, down: Any, clock: ManualClock
) -> AsyncIterator[str]:
    for fault in _of_the_plugin(plugin):
        yield fault
    adapter = plugin.build(settings, Services(clock, transport))
    try:
        rows: list[Row] = []
        for feed in await _settled(adapter, clock):
            async for fault in _of_a_feed(adapter, feed, clock, rows):
                yield fault
        for fault in _of_the_pace(plugin, settings, transport, clock):
            yield fault
        async for fault in _of_the_verbs(adapter, rows, clock):
            yield fault
        try:
            with anyio.fail_after(PATIENCE):
                lines = await adapter.check()
            if not lines:
                yield "check: says nothing"
        except Exception as error:
            yield f"check: raised {type(error).__name__}"
    finally:
        await adapter.aclose()
        await adapter.aclose()
    if down is not None:
        async for fault in _of_one_that_is_down(plugin, settings, down, clock):
            yield fault


def _of_the_plugin(plugin: Plugin) -> Iterator[str]:
    if not plugin.name.isidentifier():
        yield f"plugin: the name {plugin.name!r} is not one word"
    options = plugin.options()
    if options is None:
        return
    if "options" not in plugin.rules.fields:
        yield 'plugin: has options, but its rules do not name the field "options"'
    if options.model_config.get("extra") != "forbid":
        yield "plugin: its options take any word: derive them from wallboard.vendors.options.Options"
    for name, field in options.model_fields.items():
        if not field.examples:
            yield f"plugin: the option {name} has no example, which is what a person is shown who got it wrong"


async def _settled(adapter: Adapter, clock: ManualClock) -> Sequence[Feed]:
    """The feeds once what finds out what there is has been read."""
    for feed in tuple(adapter.feeds()):
        if feed.scope == "discovery":
            await feed.fetch(Ticket(1, 1, clock.now()))
    return tuple(adapter.feeds())


async def _of_a_feed(adapter: Adapter, feed: Feed, clock: ManualClock, rows: list[Row]) -> AsyncIterator[str]:
    name = f"feed {feed.resource.value} {feed.scope}".strip()
    if not (feed.interval > 0 and feed.timeout > 0 and feed.cost >= 1):
        yield f"{name}: interval, timeout and cost are more than nothing"
    ticket = Ticket(1, 7, clock.now())
    try:
        with anyio.fail_after(PATIENCE):
            updates = await feed.fetch(ticket)
    except ReadError as error:
        yield f"{name}: could not be read: {error}"
        return
    except Exception as error:
        yield f"{name}: raised {type(error).__name__}, not a ReadError"
        return
    for update in updates:
        if update.source != adapter.settings.name:
            yield f"{name}: its update is of the source {update.source!r}"
        if (update.epoch, update.seq) != (ticket.epoch, ticket.seq):
            yield f"{name}: its update does not carry the ticket's epoch and seq"
        for fault in _of_the_rows(adapter, update):
            yield f"{name}: {fault}"
        rows += update.rows


def _of_the_rows(adapter: Adapter, update: Update) -> Iterator[str]:
    for row in update.rows:
        if row.key.source != adapter.settings.name or RESOURCE_OF.get(row.key.kind) is not update.resource:
            yield f"the key {row.key} is not of this list"
        for field in fields(row):
            value = getattr(row, field.name)
            if field.type == "Clean" and value != clean(value):
                yield f"{field.name} of {row.key} was not cleaned: use wallboard.domain.text.clean"
            if field.type == "Clean" and redact(value) != value:
                yield f"{field.name} of {row.key} holds a secret"
    keys = [row.key for row in update.rows]
    if len(set(keys)) != len(keys):
        yield "two rows have one key"


def _of_the_pace(plugin: Plugin, settings: SourceSettings, transport: Any, clock: ManualClock) -> Iterator[str]:
    """What the rules name is kept to."""
    services = Services(clock, transport)
    if "every" in plugin.rules.fields:
        every = {resource.value: 77.0 for resource in Resource}
        for feed in plugin.build(replace(settings, every=every), services).feeds():
            if feed.scope != "discovery" and feed.interval != 77.0:
                yield f"feed {feed.resource.value}: `every` is named in the rules and not kept to"
    if "timeout" in plugin.rules.fields:
        for feed in plugin.build(replace(settings, timeout=55.0), services).feeds():
            if feed.timeout < 55.0:
                yield f"feed {feed.resource.value}: `timeout` is named in the rules and not kept to"


async def _of_the_verbs(adapter: Adapter, rows: Sequence[Row], clock: ManualClock) -> AsyncIterator[str]:
    has = {row.verb for row in adapter.table()}
    for verification in adapter.table():
        name = f"verb {verification.verb.value}"
        if not verification.request:
            yield f"{name}: does not say what is sent"
        if not verification.deadline > 0:
            yield f"{name}: its deadline is more than nothing"
        if not (verification.confirms or verification.cannot):
            yield f"{name}: says neither what confirms it nor why that cannot be shown"
        for evidence in verification.confirms:
            if not evidence.impostor:
                yield f"{name}: {evidence.text!r} does not say what else could produce it"
    for verb in Verb:
        if verb in has or verb is Verb.NOTE:
            continue
        for row in [None, *rows][:50]:
            can = adapter.can(verb, row)
            if can.ok or not can.reason:
                yield f"verb {verb.value}: is not in the table, so it is refused with a reason"
                break
        target = next((row for row in rows if row.key.kind in verb.facts.kinds), None)
        if target is None or verb in FORMS:
            continue
        command = Command(
            new_id(), verb, Target(target.key, "a row", fingerprint(target), target.address), asked_at=clock.now()
        )
        try:
            await adapter.perform(command, target)
            yield f"verb {verb.value}: was performed although it is not in the table"
        except NotSent:
            pass
        except ActionError as error:
            yield f"verb {verb.value}: ended as {type(error).__name__}, but nothing was to be sent"


async def _of_one_that_is_down(
    plugin: Plugin, settings: SourceSettings, down: Any, clock: ManualClock
) -> AsyncIterator[str]:
    adapter = plugin.build(settings, Services(clock, down))
    try:
        for feed in adapter.feeds():
            try:
                with anyio.fail_after(PATIENCE):
                    await feed.fetch(Ticket(1, 1, clock.now()))
                yield f"down: {feed.resource.value} was read although nothing answered"
            except ReadError:
                pass
            except Exception as error:
                yield f"down: {feed.resource.value} raised {type(error).__name__}, not a ReadError"
        try:
            lines = await adapter.check()
            if all(line.ok for line in lines):
                yield "down: check finds nothing wrong"
        except Exception as error:
            yield f"down: check raised {type(error).__name__}"
    finally:
        await adapter.aclose()
