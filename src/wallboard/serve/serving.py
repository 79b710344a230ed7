"""`wallboard serve`: the poller of a site from its start to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack

import anyio

from wallboard.config.settings import Address, Config, Hook
from wallboard.config.vendors import loopback
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import tr
from wallboard.runtime.rooms import Headless, headless
from wallboard.runtime.unattended import SECOND, archive_of, attend
from wallboard.serve.health import Health
from wallboard.serve.hooks import announced
from wallboard.serve.listener import Handler, listening, read_only
from wallboard.serve.service_manager import ServiceManager
from wallboard.serve.talk import Talk

FAILED = 1


async def serve(config: Config, manager: ServiceManager, say: Callable[[str], None]) -> int:
    """Read, keep and share until cancelled; 1 where an address of `[serve]` cannot be had. `say` takes a line for a
    person."""
    async with AsyncExitStack() as stack:
        rooms = await stack.enter_async_context(headless(config, read_only=True, shares=True))
        archive = archive_of(rooms, config)
        beside = [lambda: archive.problem]
        if config.share is not None and config.share.acts:
            # Whoever acts for others refuses each order that cannot be written down.
            beside.append(lambda: rooms.dispatcher.journal_problem)
        health = Health(rooms, *beside)
        if config.serve.metrics is not None:
            handlers = inspected(rooms, health, say)
            if not await _listens(stack, config.serve.metrics, handlers, say):
                return FAILED
        if config.serve.hook is not None and not await _hears(stack, rooms, config, config.serve.hook, say):
            return FAILED
        stack.callback(manager.stopping)
        talk = Talk(rooms, health, say)
        # Nobody looks at a screen here: lists are read as for a console that shows others, until one on the bus asks.
        await attend(rooms, config, frozenset(), Pulse(rooms, health, talk, manager), archive)
        await anyio.sleep_forever()
    raise AssertionError("unreachable")


class Pulse:
    """What is done each second."""

    def __init__(self, rooms: Headless, health: Health, talk: Talk, manager: ServiceManager) -> None:
        self._rooms, self._health, self._talk, self._manager = rooms, health, talk, manager
        self._ready = False
        self._standing = ""

    def __call__(self) -> None:
        self._health.look()
        self._talk.look()
        if not self._health.alive:
            return
        if not self._ready:
            self._ready = True
            self._manager.ready()
        self._manager.alive(self._rooms.clock.now(), SECOND)
        if (standing := self._talk.standing()) != self._standing:
            self._standing = standing
            self._manager.status(standing)


def inspected(rooms: Headless, health: Health, say: Callable[[str], None]) -> Mapping[str, Handler]:
    """What is there for whoever watches the poller."""
    from wallboard.serve.metrics import metrics

    return {"/healthz": read_only(health.answer), "/metrics": read_only(metrics(rooms, health, say))}


async def _hears(
    stack: AsyncExitStack, rooms: Headless, config: Config, hook: Hook, say: Callable[[str], None]
) -> bool:
    """Whether vendors can announce what happens; it is said."""
    quiet = [source.name for source in config.sources if source.read_only]
    tell = rooms.scheduler.announced
    try:
        door = await stack.enter_async_context(announced(rooms.adapters, tell, hook.url, rooms.state, quiet))
        if door is None:
            say(tr("[serve] hook is not used: no source here sends webhooks"))
            return True
        await stack.enter_async_context(listening(hook.listen.host, hook.listen.port, {"/": door.answer}))
    except ConfigError as error:
        say(str(error))
        return False
    except OSError as error:
        why = error.strerror or str(error)
        told = tr(
            "[serve] hook.listen {address} cannot be had: {why}; name another in the configuration, and to the proxy",
            address=hook.listen,
            why=why,
        )
        say(told)
        return False
    say(tr("webhooks for {url} arrive at {address}", url=hook.url, address=hook.listen))
    return True


async def _listens(
    stack: AsyncExitStack, at: Address, handlers: Mapping[str, Handler], say: Callable[[str], None]
) -> bool:
    """Whether that could be begun; it is said."""
    try:
        port = await stack.enter_async_context(listening(at.host, at.port, handlers))
    except OSError as error:
        why = error.strerror or str(error)
        say(tr("[serve] metrics {address} cannot be had: {why}; name another with --metrics", address=at, why=why))
        return False
    say(tr("metrics are at {url}", url=f"http://{Address(at.host, port)}/metrics"))
    if not loopback(at.host):
        say(tr("whoever reaches {address} reads them: put a firewall or a proxy before it", address=at))
    return True
