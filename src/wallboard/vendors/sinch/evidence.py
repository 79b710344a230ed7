"""How an accepted notice is known to be up, changed or over: by reading its set's events again.

What was asked for is compared with what is listed: id, items, from, until and remarks, and where a notice was changed
also everything that nobody asked to change. All tests look at rows alone, so they hold for an answer that never came.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from wallboard.domain.command import Command, Verb
from wallboard.domain.keys import Resource
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Notice, Row, in_address
from wallboard.domain.records import dataclass
from wallboard.domain.text import Clean, clean
from wallboard.vendors.base import Evidence, Trial, Verification
from wallboard.vendors.kit.evidence import DEADLINE, WRITTEN, Test, TwiceRunning, read_at, settled, shown
from wallboard.vendors.kit.wire import instant
from wallboard.vendors.sinch import notices
from wallboard.vendors.sinch.mapping import REMARKS, items_of, over, set_of

VERBS = (Verb.PUBLISH, Verb.CHANGE, Verb.CLOSE)
NEAR = 120.0
"""A notice that begins "now" begins so near to the request, clocks and waits included."""
AT_ONCE = 5.0
"""The same, and when it was made, for one that is known by what it says alone."""

# What else could produce the evidence, and why it is not taken for it.
SAME_WORDS = (
    "a colleague's notice that says the same: it must have the id of the answer; without one it was not listed before, "
    "was not made before the request and begins with it"
)
SAME_CHANGE = "a list asked for before the answer, or a change of something else: all of it is compared, read since"
OTHER_END = "the end that was planned before, now past, or a list asked for before the answer: another end, read since"
PLANNED_END = "nothing did it but the clock, and that is what is said"
LIST_WITHOUT = "one list that lacks it: two lists running, both asked for after the answer"
_PATH = "/disruptionSets/{disruptionSetId}/events"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a notice should read as. Instants as the vendor writes them, in UTC seconds; `begins_now`: whatever the
    clock said when it was sent."""

    items: frozenset[str]
    begins: float | None
    begins_now: bool
    ends: float | None
    remarks: Clean


def asked(command: Command, before: Notice | None, zone: tzinfo) -> Asked:
    """From the values of a form; what was left as it stood keeps the vendor's own instant."""
    given = {name: value.strip() for name, value in command.args}
    was = before.address if before is not None else ()
    begins, ends = (in_address(was, name) or "" for name in ("from", "to"))
    had = items_of(was)
    items = set(notices.chosen(given)) | {name for name, kind in had.items() if notices.stays(name, kind, given)}
    kept_from, kept_to = (
        before is not None and given.get(name) in (None, notices.written_moment(text, zone))
        for name, text in (("from", begins), ("to", ends))
    )
    return Asked(
        items=frozenset(items),
        begins=instant(begins) if kept_from else notices.instant_of(given.get("from", ""), zone),
        begins_now=not kept_from and not given.get("from"),
        ends=instant(ends) if kept_to else notices.instant_of(given.get("to", ""), zone),
        remarks=clean(given.get("remarks", before.remarks if before is not None else ""), REMARKS),
    )


def _differs(name: str, row: Notice, wanted: Asked, trial: Trial) -> bool:
    match name:
        case "items":
            return set(items_of(row.address)) != wanted.items
        case "begin":
            if wanted.begins_now:
                sent = trial.receipt.sent_at
                return row.active_from is None or abs(row.active_from - sent) > NEAR
            return not _same(instant(in_address(row.address, "from") or ""), wanted.begins)
        case "end":
            return not _same(instant(in_address(row.address, "to") or ""), wanted.ends)
        case _:
            return row.remarks != wanted.remarks


FIELDS = {
    "items": (
        mark("it is listed with another why, where or when"),
        mark("the vendor returns another why, where or when"),
    ),
    "begin": (mark("it is listed with another begin"), mark("the vendor returns another begin")),
    "end": (mark("it is listed with another end"), mark("the vendor returns another end")),
    "remarks": (mark("it is listed with another remarks"), mark("the vendor returns another remarks")),
}
"""What is compared, and what is said where it differs: of a new notice, of a changed one."""


def _same(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else abs(one - other) < 1.0


def verification(
    verb: Verb, zone: tzinfo, command: Command | None = None, row: Row | None = None,
    listed: Mapping[str, frozenset[str]] | None = None,
) -> Verification:  # fmt: skip
    """The row of the verification table. `listed`: the ids of each set's events before a notice was published."""
    before = row if isinstance(row, Notice) else None
    wanted = asked(command, before, zone) if command is not None and verb is not Verb.CLOSE else None
    match verb:
        case Verb.PUBLISH:
            disruption_set = command.arg("form").partition(":")[2] if command else ""
            return _published(disruption_set, wanted, frozenset((listed or {}).get(disruption_set, ())))
        case Verb.CHANGE:
            return _changed(wanted, before)
        case Verb.CLOSE:
            return _ended(before)
    return Verification(verb, "", cannot=tr("RCI has no such action"))


def _row(verb: Verb, request: str, confirms: tuple[Evidence, ...], denies: tuple[Evidence, ...]) -> Verification:
    return Verification(verb, request, confirms, denies, DEADLINE, (Resource.NOTICES,))


def _published(disruption_set: str, wanted: Asked | None, known: frozenset[str]) -> Verification:
    def says(row: Notice, trial: Trial) -> bool:
        return wanted is None or not any(_differs(name, row, wanted, trial) for name in FIELDS)

    def mine(trial: Trial) -> Notice | None:
        """The notice with the id that the vendor answered, or else a new one that says just this."""
        rows = shown(trial, Resource.NOTICES, Notice)
        if trial.receipt.ids:
            return next((row for row in rows if row.key.id in trial.receipt.ids), None)
        new = (row for row in rows if set_of(row) == disruption_set and row.key.id not in known)
        return next((row for row in new if _fresh(row, wanted, trial) and says(row, trial)), None)

    def up(trial: Trial) -> bool:
        row = mine(trial)
        return row is not None and says(row, trial) and trial.read_since(Resource.NOTICES, disruption_set)

    def other(name: str) -> Test:
        def test(trial: Trial) -> bool:
            row = mine(trial) if wanted is not None and _settled(trial, disruption_set) else None
            return row is not None and wanted is not None and _differs(name, row, wanted, trial)

        return test

    return _row(
        Verb.PUBLISH,
        f"POST {_PATH} activeFrom, activeTo, remarks, items",
        (Evidence(tr("reading it back: it is listed, and says what was asked"), up, SAME_WORDS),),
        (
            Evidence(tr("it is not listed"), lambda trial: _settled(trial, disruption_set) and mine(trial) is None),
            *(Evidence(tr(listed), other(name)) for name, (listed, _) in FIELDS.items()),
        ),
    )


def _fresh(row: Notice, wanted: Asked | None, trial: Trial) -> bool:
    """Whether it was made, and begins if it should now, no earlier than the request."""
    made, sent = _made(row), trial.receipt.sent_at
    now = wanted is not None and wanted.begins_now
    late = now and (row.active_from is None or abs(row.active_from - sent) > AT_ONCE)
    return not late and (made is None or made >= sent - AT_ONCE)


def _made(row: Notice) -> float | None:
    """When the vendor says it was made, in our clock as the instants of its row are."""
    made, begins = (instant(in_address(row.address, name) or "") for name in ("created", "from"))
    ahead = begins - row.active_from if begins is not None and row.active_from is not None else 0.0
    return None if made is None else made - ahead


def _changed(wanted: Asked | None, before: Notice | None) -> Verification:
    disruption_set = set_of(before) if before else ""

    def wrong(name: str, trial: Trial) -> bool:
        row = trial.after()
        if not isinstance(row, Notice) or wanted is None:
            return False
        if name != "rest":
            return _differs(name, row, wanted, trial)
        # A field without a place in the form, both as listed.
        return before is not None and in_address(row.address, "rest") != in_address(before.address, "rest")

    def done(trial: Trial) -> bool:
        there = isinstance(trial.after(), Notice) and trial.read_since(Resource.NOTICES, disruption_set)
        return there and not any(wrong(name, trial) for name in (*FIELDS, "rest"))

    def other(name: str) -> Test:
        return lambda trial: _settled(trial, disruption_set) and wrong(name, trial)

    def gone(trial: Trial) -> bool:
        # One that was given an end so far back is not shown.
        past = wanted is not None and wanted.ends is not None and wanted.ends <= trial.facts.now()
        return _settled(trial, disruption_set) and not past and trial.after() is None

    return _row(
        Verb.CHANGE,
        f"PUT {_PATH}/{{eventId}} (the whole event) activeFrom, activeTo, remarks, items",
        (Evidence(tr("reading it back: it says what was asked, and nothing else changed"), done, SAME_CHANGE),),
        (
            *(Evidence(tr(returned), other(name)) for name, (_, returned) in FIELDS.items()),
            Evidence(tr("something that was not to change has changed"), other("rest")),
            Evidence(tr("it is not listed any more"), gone),
        ),
    )


def _ended(before: Notice | None) -> Verification:
    disruption_set = set_of(before) if before else ""

    def is_over(trial: Trial) -> bool | None:
        row = trial.after()
        return over(row, trial.facts.now() + 1.0) if isinstance(row, Notice) else None

    def ended(planned: bool) -> Test:
        def test(trial: Trial) -> bool:
            row, read = trial.after(), trial.read_since(Resource.NOTICES, disruption_set)
            as_before = before is not None and isinstance(row, Notice) and _same(row.active_to, before.active_to)
            return read and is_over(trial) is True and as_before is planned

        return test

    gone = TwiceRunning(lambda trial: trial.after() is None, read_at(Resource.NOTICES, disruption_set))
    still = Evidence(
        tr("the vendor still lists it without that end"),
        lambda trial: _settled(trial, disruption_set) and is_over(trial) is False,
    )
    return _row(
        Verb.CLOSE,
        f"PUT {_PATH}/{{eventId}} (the whole event) activeTo: now; DELETE where it has not begun",
        (
            Evidence(tr("reading it back: its end is past"), ended(planned=False), OTHER_END),
            Evidence(tr("reading it back: the end that was planned before is past"), ended(planned=True), PLANNED_END),
            Evidence(
                tr("reading its set twice: it is not among the active or coming ones any more"), gone, LIST_WITHOUT
            ),
        ),
        (still,),
    )


def _settled(trial: Trial, disruption_set: str) -> bool:
    return settled(trial, Resource.NOTICES, disruption_set, WRITTEN)
