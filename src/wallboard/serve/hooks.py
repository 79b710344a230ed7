"""The door for what vendors announce: a secret path, an answer at once, and a hint to the reader of what to read.

Nothing that comes in is believed. It names lists that are read then, within their share of the budget, by whoever reads
the source; so events that are forged, old, doubled or far too many change nothing that is shown.
"""

from __future__ import annotations

import hmac
import logging
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote

import anyio

from wallboard.config.secrets import resolver
from wallboard.domain.errors import ConfigError, ReadError
from wallboard.domain.keys import Resource
from wallboard.domain.language import english, tr
from wallboard.serve.listener import Request, Response
from wallboard.vendors.base import Adapter, Announced, Secret
from wallboard.vendors.options import Reference

log = logging.getLogger(__name__)

NAME = "hooks.secret"
BYTES = 32
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
FIELDS, LONGEST = 64, 256
"""Fields of an event, and characters of one that are looked at."""
LEAVING = 5.0
"""Seconds for taking the subscriptions back at the end; what is left is known again at the next start."""
_NOTHING = Response(404, body=b"there is nothing here\n")

Tell = Callable[[str, Iterable[tuple[Resource, str]]], None]
"""Told of a source which lists are to be read."""


def kept_secret(folder: Path) -> Secret:
    """The secret of this installation, made when it is first needed: by it our subscriptions are known again after a
    restart, or a crash. ConfigError where it cannot be kept, or is not its owner's alone."""
    path = folder / NAME
    try:
        with suppress(FileExistsError), os.fdopen(os.open(path, _NEW, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(BYTES))
    except OSError as error:
        why = error.strerror or str(error)
        raise ConfigError(tr("the secret of the webhooks cannot be kept: {file}: {why}", file=path, why=why)) from None
    return read_secret(path)


def read_secret(path: Path) -> Secret:
    """The secret that is kept there. ConfigError."""
    secret = resolver()(Reference(file=str(path)), str(path), path.parent)
    if len(secret.reveal()) < BYTES or quote(secret.reveal(), safe="") != secret.reveal():
        raise ConfigError(
            tr("{file} is damaged", file=path),
            hint=tr("delete it, and the webhooks that were made with it by hand"),
        )
    return secret


class Door:
    """Answers `…/<secret>/<source>/<place>`, whatever a proxy leaves before it, and nothing else."""

    def __init__(self, secret: Secret, sources: Mapping[str, Announced], tell: Tell) -> None:
        self._secret = secret.reveal().encode()
        self._sources = sources
        self._tell = tell

    async def answer(self, request: Request) -> Response:
        _, secret, source, place = ["", "", "", "", *request.path.rsplit("/", 3)][-4:]
        # Whether the source is one of ours is looked at only by whoever knows the secret.
        if not hmac.compare_digest(secret.encode(), self._secret):
            return _NOTHING
        adapter = self._sources.get(unquote(source))
        if adapter is None:
            return _NOTHING
        if request.method not in ("GET", "POST"):
            return Response(405, body=b"only GET and POST\n", headers=(("Allow", "GET, POST"),))
        form = request.body.decode("utf-8", "replace") if request.method == "POST" else request.query
        try:
            fields = {name: value[:LONGEST] for name, value in parse_qsl(form, max_num_fields=FIELDS)}
            lists = adapter.announced(unquote(place), fields)
        except ValueError:
            return Response(400, body=b"this is no event\n")
        if lists:
            self._tell(unquote(source), lists)
        return Response()


@asynccontextmanager
async def announced(
    adapters: Mapping[str, Adapter], tell: Tell, url: str, folder: Path, quiet: Iterable[str] = ()
) -> AsyncIterator[Door | None]:
    """While it lasts, each vendor that can announces to `url` what happens, at the door that is given; None: none of
    them can. At the end our subscriptions are taken back. `quiet`: sources of which the config says that nothing is
    written there. ConfigError."""
    able = {name: adapter for name, adapter in adapters.items() if isinstance(adapter, Announced) and name not in quiet}
    if not able:
        yield None
        return
    secret = kept_secret(folder)
    for name, adapter in able.items():
        # What is secret in it is hidden already; its beginning stands in the config.
        adapter.announce_to(Secret(f"{url}/{secret.reveal()}/{quote(name, safe='')}", public=True))
    try:
        yield Door(secret, able, tell)
    finally:
        with anyio.CancelScope(shield=True), anyio.move_on_after(LEAVING) as patience:
            async with anyio.create_task_group() as tasks:
                for name, adapter in able.items():
                    tasks.start_soon(_left, name, adapter)
        if patience.cancelled_caught:
            log.warning("not all webhooks could be taken back in time: the next start finds them")


async def _left(name: str, adapter: Announced) -> None:
    try:
        await adapter.unannounce()
    except ReadError as error:
        log.warning("%s: webhooks are left: %s", name, english(str(error)))
    except Exception:  # the boundary of one source: the others' are taken back all the same
        log.exception("%s: webhooks are left", name)
