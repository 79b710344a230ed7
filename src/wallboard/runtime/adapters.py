"""The adapters of the sources: made, and asked what they can. One that breaks leaves the others as they are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from wallboard.control.offers import NOT_ALLOWED
from wallboard.domain.command import Destination, Verb
from wallboard.domain.errors import ConfigError, VendorError
from wallboard.domain.keys import Resource
from wallboard.domain.language import english, tr
from wallboard.domain.models import Call, Row
from wallboard.domain.text import clean
from wallboard.domain.update import Update
from wallboard.polling.health import Health
from wallboard.vendors.base import Adapter, Can, Lendable, Services, SourceSettings
from wallboard.vendors.registry import load as load_vendor
from wallboard.vendors.unbuilt import Unbuilt

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
_faults = Health()


def built(settings: SourceSettings, services: Services) -> Adapter:
    """The source's adapter; one that breaks while it is made leaves a source that says so, and the others run.
    ConfigError where the config itself is wrong."""
    try:
        return load_vendor(settings.vendor).build(settings, services)
    except ConfigError:
        raise
    except VendorError as error:
        log.warning("%s: %s", settings.name, english(str(error)))
        return Unbuilt(settings, services, clean(str(error)))
    except Exception as error:
        log.exception("%s could not be set up", settings.name)
        said = tr("broke when it was set up ({fault}): see the log", fault=type(error).__name__)
        return Unbuilt(settings, services, clean(said))


def broken() -> Can:
    return Can(False, tr("the adapter broke when it was asked: see the log"))


def asked(name: str, ask: Callable[[], Answer], otherwise: Answer) -> Answer:
    """What an adapter says; where it breaks in a way nobody foresaw `otherwise`, and nobody else ends with it."""
    try:
        return ask()
    except Exception as error:
        _faults.broke(f"{name} asked", error)
        return otherwise


def dialling(adapters: Mapping[str, Adapter]) -> Callable[[str, Destination], tuple[bool, str]]:
    """Whether calls of a source can be sent to a destination, and why not."""

    def can_dial(source: str, destination: Destination) -> tuple[bool, str]:
        adapter = adapters.get(source)
        if adapter is None:
            return False, tr("{source} is not connected", source=source)
        can = asked(source, lambda: adapter.can_dial(destination), broken())
        return can.ok, can.reason

    return can_dial


def personal(adapter: Adapter) -> Callable[[Update], Update]:
    """What another console tells of the source, as it is for who sits here: the reader cannot know whose telephone is
    mine, nor what this console alone has done."""
    settings = adapter.settings
    if isinstance(adapter, Unbuilt):
        return lambda update: update
    mine = load_vendor(settings.vendor).mine

    def own(row: Row) -> Row:
        is_mine = isinstance(row, Call) and bool(settings.phone) and mine(row, settings.phone)
        return replace(row, mine=is_mine) if isinstance(row, Call) and row.mine is not is_mine else row

    def told(update: Update) -> Update:
        if update.resource is Resource.CALLS:
            update = replace(update, rows=tuple(map(own, update.rows)))
        return adapter.told(update) if isinstance(adapter, Lendable) else update

    def safely(update: Update) -> Update:
        return asked(settings.name, partial(told, update), update)

    return safely


def verbs_of(adapter: Adapter, allowed: Collection[Verb] | None = None) -> list[str]:
    """What a source can do for this account, and what it cannot and why, as two lines. `allowed`: the verbs that the
    operator uses, None for all."""
    able: list[str] = []
    unable: dict[str, list[str]] = {}
    unknown = broken()
    for verb in Verb:
        if verb in (Verb.NOTE, Verb.END):
            continue
        can = asked(adapter.settings.name, partial(adapter.can, verb, None), unknown)
        if can.ok and allowed is not None and verb not in allowed:
            can = Can(False, tr(NOT_ALLOWED))
        if can.ok:
            able.append(verb.value)
        else:
            unable.setdefault(can.reason, []).append(verb.value)
    does, lacks = tr("can"), tr("cannot")
    width = max(len(does), len(lacks))
    lines = [f"{does:<{width}} {' '.join(able) or tr('only watch')}"]
    if unable:
        reasons = "; ".join(f"{' '.join(verbs)}: {reason}" for reason, verbs in unable.items())
        lines.append(f"{lacks:<{width}} {reasons}")
    return lines
