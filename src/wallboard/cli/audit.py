"""`wallboard audit verify|show`: is the action journal whole, and what is in it."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from wallboard.cli.exits import Exit
from wallboard.cli.numbers import count
from wallboard.cli.talk import data, say
from wallboard.domain.errors import ConfigError
from wallboard.domain.language import mark, tr, trn

if TYPE_CHECKING:
    from pathlib import Path


def add(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser("audit", help=tr("verify or show the action journal"), description=__doc__)
    commands = parser.add_subparsers(dest="audit_command", metavar="verify|show", required=True)
    check = commands.add_parser("verify", help=tr("recompute the hash chain; exit 1 if it is broken"))
    check.add_argument(
        "--head", metavar="HASH", help=tr("the chain must have this hash in it, which was kept elsewhere")
    )
    listing = commands.add_parser("show", help=tr("print the records, oldest first"))
    listing.add_argument("--last", type=count, metavar="N", help=tr("only the last N records"))
    listing.add_argument("--action", default="", metavar="ID", help=tr("only the records of one action"))
    listing.add_argument("--verb", type=_verb, metavar="VERB", help=tr("only actions with this verb"))
    listing.add_argument("--json", action="store_true", help=tr("the records as they are, one JSON object a line"))
    for each in (check, listing):
        each.add_argument("--file", metavar="PATH", help=tr("another journal than this user's own"))


def _verb(text: str) -> str:
    """One that a record may have."""
    from wallboard.control.journaling import ALARM_PHASES
    from wallboard.domain.verbs import Verb

    known = (*(verb.value for verb in Verb), *ALARM_PHASES)
    if text not in known:
        raise argparse.ArgumentTypeError(
            tr("{text!r} is no verb of a record: write one of {listed}", text=text, listed=", ".join(known))
        )
    return text


def run(args: argparse.Namespace) -> int:
    """0: whole, or shown, or nothing there yet; 1: broken, not readable, or no record of the action; 2: the file named
    does not exist, or is no journal."""
    from pathlib import Path

    from wallboard.config.paths import state_dir
    from wallboard.control.journal_reader import lock_of, segments

    path = state_dir() / "audit.jsonl" if args.file is None else Path(args.file)
    given = vars(args).get("head")
    kept = "" if given is None else given.strip().lower()
    if given is not None and not re.fullmatch(r"[0-9a-f]{12,64}", kept):
        raise ConfigError(
            tr("{hash!r} is no hash of a record", hash=kept),
            where="--head",
            hint=tr("write the 64 signs that `audit verify` prints, or at least the first 12 of them"),
        )
    if not segments(path) and not (args.audit_command == "verify" and (kept or lock_of(path).exists())):
        say(
            tr("wallboard: there is no action journal yet: no action was asked for")
            if args.file is None
            else tr("wallboard: there is no action journal {path}: write the path of its newest file", path=path)
        )
        return Exit.OK if args.file is None else Exit.USAGE
    try:
        return _verify(path, kept) if args.audit_command == "verify" else _show(path, args)
    except OSError as error:
        say(tr("wallboard: the journal cannot be read: {why}", why=error.strerror))
        return Exit.FAILED


def _verify(path: Path, kept: str) -> int:
    from wallboard.control.journal_reader import open_elsewhere, open_unknowns, sentence, verify
    from wallboard.domain.text import clean

    report = verify(path, kept)
    for problem in report.problems:
        data(f"{clean(problem.where)}: {clean(problem.text)}")
    told = mark("{records} records in {files} files, whole; head {head}")
    if not report.ok:
        told = mark("{records} records in {files} files, BROKEN in {places} places; head {head}")
    data(tr(told, records=report.records, files=report.files, places=len(report.problems), head=report.head))
    if report.found_at:
        data(
            trn(
                "{hash}… is in the chain ({where}), and {n} record follows it",
                "{hash}… is in the chain ({where}), and {n} records follow it",
                report.after,
                hash=kept[:12],
                where=report.found_at,
            )
        )
    if report.begins_later:
        data(tr("older files were removed: the chain begins in the middle"))
    if report.torn:
        data(tr("{lines} incomplete lines, left by a console that was killed while it wrote", lines=report.torn))
    for record in open_unknowns(path):
        data(tr("no ending: {record}", record=sentence(record)))
    for record in open_elsewhere(path):
        host = clean(record.get("host"))
        data(
            tr(
                "no ending yet, on {host}, where alone it shows whether that console runs: {record}",
                host=host,
                record=sentence(record),
            )
        )
    return Exit.OK if report.ok else Exit.FAILED


def _show(path: Path, args: argparse.Namespace) -> int:
    from wallboard.control.journal_reader import GENESIS, canonical, head_of, segments, sentence, show

    head = head_of(path)
    if head == GENESIS and any(segment.stat().st_size for segment in segments(path)):
        say(tr("wallboard: {path} is no action journal: there is no record in it", path=path))
        return Exit.USAGE
    if args.action and not show(path, action=args.action):
        told = tr(
            "wallboard: no record is of the action {id!r}: `audit show --json` has the id of each", id=args.action
        )
        say(told)
        return Exit.FAILED
    for record in show(path, last=args.last, action=args.action, verb=args.verb or ""):
        data(canonical(record).decode("ascii") if args.json else sentence(record))
    say(tr("head {head}", head=head))
    return Exit.OK
