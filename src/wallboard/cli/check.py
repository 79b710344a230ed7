"""`wallboard check`: terminal, config, secrets, the bus of a site, then each source: reach, sign-in, rights per verb,
clock, budget."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from wallboard.cli.exits import Exit
from wallboard.cli.talk import data, json_data
from wallboard.cli.terminal import WIDTH_TEST, Fact, facts, screen, word
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import tr, trc, trn

if TYPE_CHECKING:
    from wallboard.config.load import Checked
    from wallboard.config.settings import Share
    from wallboard.domain.command import Verb
    from wallboard.vendors.base import CheckLine, Secret, SourceSettings

DEADLINE = 60.0
"""Seconds that the check of one source may take."""
BUS = 5.0
"""Seconds that the bus has to let us in."""


class Section(NamedTuple):
    """One heading with its lines. `kind`: terminal, config, secrets, bus or source."""

    kind: str
    title: str
    lines: tuple[Fact, ...]


def add(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser("check", help=tr("try everything and say what works"), description=__doc__)
    parser.add_argument("--json", action="store_true", help=tr("as one JSON object"))


def run(arguments: argparse.Namespace) -> int:
    import anyio

    from wallboard.vendors.base import CheckLine

    sections = [Section("terminal", tr("terminal"), (*facts(), screen()))]
    checked, section = _config(arguments)
    sections.append(section)
    if checked is not None:
        settings, share, section = _secrets(checked)
        sections.append(section)
        if share is not None:
            sections.append(anyio.run(bus, share))
        if checked.remote:
            elsewhere = CheckLine("reach", None, tr("through the bus, by others: not tried"))
            sections += [section_of(source, [elsewhere]) for source in settings]
        else:
            sections += anyio.run(_try_all, settings, allowed(checked))
    code = verdict(sections)
    json_data(as_json(sections, code)) if arguments.json else data(as_text(sections))
    return code


def verdict(sections: Sequence[Section]) -> int:
    """2 if the config or a secret is wrong, else 4 if a source or the bus refuses the credentials, 3 if one is not
    reached, 1 if anything else fails. What an account may not do is no failure, nor is a terminal that is a pipe."""
    from wallboard.domain.command import Verb

    verbs = {verb.value for verb in Verb}
    failed = [
        (section.kind, line.name)
        for section in sections
        for line in section.lines
        if line.ok is False and not line.right
    ]
    if any(kind in ("config", "secrets") for kind, _ in failed):
        return Exit.USAGE
    names = {name for kind, name in failed if kind in ("source", "bus") and name not in verbs}
    if "config" in names:
        return Exit.USAGE
    if "sign-in" in names:
        return Exit.REFUSED
    if "reach" in names:
        return Exit.UNREACHABLE
    return Exit.FAILED if names else Exit.OK


def as_text(sections: Sequence[Section]) -> str:
    """Headings and lines; `ok`, `no` and `--` say how each fared, without colour."""
    out: list[str] = []
    signs = {True: tr("ok"), False: trc("check", "no"), None: "--"}
    wide = max(map(len, signs.values()))
    for section in sections:
        out.append(section.title)
        lines = [
            (line.ok, line.name if section.kind == "secrets" else word(line.name), line.text) for line in section.lines
        ]
        if section.kind == "terminal":
            lines.append((None, tr("widths"), tr("the right borders of these lines stand one above the other:")))
        names = max([12, *(len(name) for _, name, _ in lines)])
        out += [f"  {signs[ok]:<{wide}}  {name:<{names}} {text}".rstrip() for ok, name, text in lines]
        if section.kind == "terminal":
            out += [f"      {text}" for text in WIDTH_TEST.split("\n")]
    return "\n".join(out)


def as_json(sections: Sequence[Section], code: int) -> dict[str, Any]:
    """One object: schema, ok, exit, and a list of lines for each section."""
    found: dict[str, Any] = {"schema": 1, "ok": code == Exit.OK, "exit": int(code), "sources": []}
    for section in sections:
        lines = [{"name": line.name, "ok": line.ok, "text": line.text} for line in section.lines]
        if section.kind == "source":
            name, _, vendor = section.title.partition(" ")
            found["sources"].append({"name": name, "vendor": vendor.strip("()"), "lines": lines})
        else:
            found[section.kind] = lines
    return found


def _config(arguments: argparse.Namespace) -> tuple[Checked | None, Section]:
    from wallboard.cli.opening import open_checked

    try:
        checked = open_checked(arguments)
    except ConfigError as error:
        lines = tuple(Fact("config", False, line) for line in str(error).splitlines())
        return None, Section("config", tr("config"), lines)
    count = len(checked.model.source)
    text = trn("{path}: {n} source", "{path}: {n} sources", count, path=", ".join(map(str, checked.files)))
    found = [Fact("config", True, text)]
    may = checked.model.operator.may
    if may is not None:
        names = ", ".join(dict.fromkeys(verb.value for verb in may)) or tr("nothing")
        found.append(Fact("may", True, tr("[operator] may {names}; end, of one's own listening, always", names=names)))
    if checked.model.audit.forward is not None:
        found.append(_forwarding(checked.model.audit.forward, checked.model.audit.socket))
    return checked, Section("config", tr("config"), tuple(found))


def _forwarding(kind: str, named: str) -> Fact:
    from wallboard.control.copies import NATS
    from wallboard.control.forwarding import connected, where

    if kind == NATS:
        return Fact("audit", True, tr("the action journal also goes to the bus of the site, once it is reached"))
    at = where(kind, named)
    try:
        with connected(at):
            return Fact("audit", True, tr("the action journal also goes to {log} ({socket})", log=kind, socket=at))
    except OSError as error:
        # No fault of the config: it may be back before there is anything to send.
        said = tr(
            "{log} does not take it now ({socket}: {why}); it is kept, and sent later",
            log=kind,
            socket=at,
            why=error.strerror,
        )
        return Fact("audit", None, said)


def allowed(checked: Checked) -> frozenset[Verb] | None:
    """The verbs that the operator uses, None for all."""
    from wallboard.domain.command import Verb

    may = checked.model.operator.may
    return None if may is None else frozenset({*may, Verb.END})


def _secrets(checked: Checked) -> tuple[list[SourceSettings], Share | None, Section]:
    read = checked.secrets()
    settings, lines = [], []
    for model, found in zip(checked.model.source, read.sources, strict=True):
        if isinstance(found, ConfigError):
            lines.append(Fact(model.name, False, str(found)))
        else:
            settings.append(found)
            said = tr("needs none here: `serve` reads and acts") if checked.remote else tr("has what it signs in with")
            lines.append(Fact(model.name, True, said))
    share = None if isinstance(read.share, ConfigError) else read.share
    if read.share is not None:
        lines.append(_share(checked, read.share))
    if read.web is not None:
        lines.append(_web(checked, read.web))
    if checked.model.serve.hook is not None:
        lines.append(_hook())
    return settings, share, Section("secrets", tr("secrets"), tuple(lines))


def _share(checked: Checked, found: Share | ConfigError) -> Fact:
    if isinstance(found, ConfigError):
        return Fact("[share]", False, str(found))
    if found.creds:
        try:
            with open(found.creds, "rb"):
                pass
        except OSError as error:
            what = tr("{path} cannot be read: {why}", path=found.creds, why=error.strerror)
            fault = ConfigError(what, where=checked.where("share", "auth"), hint=tr("check who may read it"))
            return Fact("[share]", False, str(fault))
    signs = found.user or found.creds or found.seed is not None
    return Fact("[share]", True, tr("has what it signs in with") if signs else tr("signs in without a name"))


def _web(checked: Checked, found: Secret | ConfigError) -> Fact:
    from wallboard.cli.web import long_enough

    try:
        if isinstance(found, ConfigError):
            raise found
        long_enough(checked, found)
    except ConfigError as error:
        return Fact("[web]", False, str(error))
    return Fact("[web]", True, tr("has the token that the board opens with"))


def _hook() -> Fact:
    import os

    from wallboard.config.paths import state_dir
    from wallboard.serve.hooks import NAME, read_secret

    path = state_dir() / NAME
    if not os.path.lexists(path):
        return Fact(
            "[serve]", None, tr("the secret of the webhooks is made when `serve` first needs it ({path})", path=path)
        )
    try:
        read_secret(path)
    except ConfigError as error:
        return Fact("[serve]", False, str(error))
    return Fact("[serve]", True, tr("has the secret of the webhooks"))


async def bus(share: Share) -> Section:
    """The bus of the site: whether it is there and lets us in."""
    from time import monotonic

    from wallboard.domain.errors import WallboardError
    from wallboard.domain.text import clean
    from wallboard.runtime.sharing import joined

    begun = monotonic()
    try:
        found = await joined(share, BUS)
    except (OSError, WallboardError) as error:
        why = clean((error.strerror if isinstance(error, OSError) else "") or str(error))
        lines = [_unjoined(share, why, anew=isinstance(error, OSError))]
    else:
        await found.close()
        took = (monotonic() - begun) * 1000
        who = tr("as {user}", user=share.user) if share.user else tr("let in")
        lines = [
            Fact("reach", True, tr("answered in {milliseconds:.0f} ms", milliseconds=took)),
            Fact("sign-in", True, who),
        ]
    return Section("bus", tr("bus"), tuple(lines))


def _unjoined(share: Share, why: str, *, anew: bool) -> Fact:
    # In NATS' own words; it does not say which of the two is wrong.
    if "authori" in why.lower() or "authent" in why.lower() or "[share] auth" in why:
        return Fact("sign-in", False, tr("{why}; check [share] auth, and the users of the NATS server", why=why))
    if not anew:
        # The extra is missing, or the server too old: what to do is said.
        return Fact("bus", False, why)
    at = ", ".join(share.servers)
    return Fact("reach", False, tr("{url}: {why}; check [share] url, and that the NATS server runs", url=at, why=why))


async def _try_all(settings: Sequence[SourceSettings], may: frozenset[Verb] | None) -> list[Section]:
    """All sources at once; in the order of the config."""
    import anyio

    found: dict[str, Section] = {}

    async def one(source: SourceSettings) -> None:
        found[source.name] = section_of(source, await _try(source, may))

    async with anyio.create_task_group() as tasks:
        for source in settings:
            tasks.start_soon(one, source)
    return [found[source.name] for source in settings]


def section_of(source: SourceSettings, lines: Sequence[CheckLine]) -> Section:
    """What was tried of one source, under its name."""
    facts = tuple(Fact(line.name, line.ok, line.text, line.right) for line in lines)
    return Section("source", f"{source.name} ({source.vendor})", facts)


async def _try(source: SourceSettings, may: frozenset[Verb] | None) -> Sequence[CheckLine]:
    import logging
    from contextlib import suppress

    import anyio

    from wallboard.cli.rights import with_verbs
    from wallboard.domain.clock import SystemClock
    from wallboard.runtime.adapters import built
    from wallboard.vendors.base import CheckLine, Services

    try:
        adapter = built(source, Services(SystemClock()))
    except ConfigError as error:
        return [CheckLine("config", False, str(error))]
    try:
        with anyio.fail_after(DEADLINE):
            return with_verbs(adapter, await adapter.check(), may)
    except TimeoutError:
        return [CheckLine("reach", False, tr("no end after {seconds:g} s", seconds=DEADLINE))]
    except Exception as error:  # one that breaks must not end the check of the others
        logging.getLogger(__name__).exception("%s could not be checked", source.name)
        why = tr("broke when it was checked ({kind}): see the log", kind=type(error).__name__)
        return [CheckLine("adapter", False, why)]
    finally:
        with anyio.move_on_after(2, shield=True), suppress(Exception):
            await adapter.aclose()
