"""One contract for all vendors: the same questions to five adapters, each against a scripted vendor of its own.

What is asserted is what a user would notice: every row once, states that are true, errors named by what can be done
about them, one broken list that breaks no other, and keys that do what they say or say why not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from tests.support.offers import offered
from tests.vendors.suite.asterisk import AsteriskStand
from tests.vendors.suite.groupalarm import GroupalarmStand
from tests.vendors.suite.portsip import PortsipStand
from tests.vendors.suite.ringme import RingmeStand
from tests.vendors.suite.sinch import SinchStand
from tests.vendors.suite.stand import (
    AGAIN,
    ENDINGS,
    REMEDIES,
    Case,
    Fault,
    Session,
    Stand,
    fitting,
    ids,
    keys,
    settle,
)
from tests.vendors.suite.web import WebSession, WebStand
from wallboard.control.checks import relinked
from wallboard.domain.command import FORMS, Command, Verb, fingerprint
from wallboard.domain.errors import ActionError, NotSent, ReadError, Rejected, Throttled
from wallboard.domain.keys import KIND_OF
from wallboard.domain.models import Agent, Hotline, Phone, Row
from wallboard.vendors.base import Lendable

pytestmark = pytest.mark.anyio

STANDS: tuple[type[Stand], ...] = (RingmeStand, GroupalarmStand, SinchStand, PortsipStand, AsteriskStand)
NONSENSE: tuple[object, ...] = (
    {"a": 1},
    {"a": 1, "b": "2"},
    [[]],
    [[[1]]],
    "text",
    7,
    True,
    [1, "x", None, {}],
    [{}],
    [{"id": {"id": []}, "name": [], "items": 7}],
    {"items": "none", "count": "many"},
    {"id": None, "call_api_id": None, "session_id": [], "status": {"a": {"b": 1}}},
    None,
)
"""Proper JSON that is nothing that any document promises."""

SPOILING = (Fault.FORBIDDEN, Fault.MISSING, Fault.BROKEN, Fault.HTML, Fault.NOT_A_NUMBER, Fault.DROPPED, Fault.REFUSED)


@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: stand.name)
class TestEveryAdapter:
    def test_every_case_is_played_or_excepted_with_a_reason(self, stand: type[Stand]) -> None:
        played: set[str] = {fault for fault in Fault if fault in stand.remedies}
        offered: dict[str, bool] = {
            Case.PAGES: any(listed.page for listed in stand.lists),
            Case.HOLE: any(listed.page for listed in stand.lists) and Case.HOLE not in stand.exceptions,
            Case.NUMBERS: Case.NUMBERS not in stand.exceptions,
            Case.SEVERAL_FORMS: any(len(listed.ways) > 1 for listed in stand.lists),
            Case.STRANGE: any(listed.strange for listed in stand.lists),
            Case.RENEWAL: Case.RENEWAL not in stand.exceptions,
            Case.STATUS: issubclass(stand, WebStand),
        }
        played |= {case for case, there in offered.items() if there}
        assert played | set(stand.exceptions) == {*Case, *Fault}
        assert not played & set(stand.exceptions)
        assert all(len(reason) > 20 for reason in stand.exceptions.values())

    # ---- lists -----------------------------------------------------------------------------------------------------

    async def test_every_row_is_shown_once_however_many_there_are(self, stand: type[Stand]) -> None:
        for listed in stand.lists:
            for size in listed.sizes:
                vendor = stand()
                vendor.fill(listed, size)
                async with vendor.open() as session:
                    assert ids(await session.read(listed), listed) == keys(listed, size), f"{size} {listed.name}"

    async def test_a_page_that_comes_short_in_the_middle_costs_no_row(self, stand: type[Stand]) -> None:
        for listed in stand.lists:
            if not listed.page or Case.HOLE in stand.exceptions:
                continue
            vendor = stand()
            size = 2 * listed.page + 20
            vendor.fill(listed, size)
            vendor.hidden = {listed.page // 2}
            async with vendor.open() as session:
                expected = sorted(set(keys(listed, size)) - {listed.key(listed.page // 2)})
                assert ids(await session.read(listed), listed) == expected, listed.name

    async def test_a_list_is_the_same_bare_and_wrapped(self, stand: type[Stand]) -> None:
        for listed in stand.lists:
            for way in listed.ways:
                for size in (0, 1, 3, listed.page + 3 if listed.page else 4):
                    vendor = stand()
                    vendor.fill(listed, size)
                    vendor.ways[listed.name] = way
                    async with vendor.open() as session:
                        shown = ids(await session.read(listed), listed)
                        assert shown == keys(listed, size), f"{size} {listed.name}, {way}"

    async def test_nothing_is_nothing_however_it_is_said(self, stand: type[Stand]) -> None:
        for listed in stand.lists:
            for way, answer in listed.nothing.items():
                vendor = stand()
                vendor.instead[listed.name] = answer
                async with vendor.open() as session:
                    assert ids(await session.read(listed), listed) == [], f"{listed.name}, {way}"

    async def test_rubbish_between_the_rows_costs_none_and_a_row_that_comes_twice_is_one(
        self, stand: type[Stand]
    ) -> None:
        for listed in stand.lists:
            vendor = stand()
            vendor.fill(listed, 3)
            vendor.litter = True
            async with vendor.open() as session:
                assert ids(await session.read(listed), listed) == keys(listed, 3), listed.name

    async def test_a_strange_word_is_unknown_and_stays_readable(self, stand: type[Stand]) -> None:
        for listed in stand.lists:
            for strange in listed.strange:
                vendor = stand()
                item = strange.change(listed.make(1))
                (word,) = {str(value) for value in _leaves(item)} - {str(value) for value in _leaves(listed.make(1))}
                vendor.rows[listed.name] = [listed.make(0), item, listed.make(2)]
                async with vendor.open() as session:
                    rows = {row.key.id: row for row in await session.read(listed)}
                    rows = {key: row for key, row in rows.items() if key not in listed.besides}
                assert sorted(rows) == keys(listed, 3), f"{listed.name} {word}"
                row = rows[listed.key(1)]
                shown = _texts(row)
                assert word.casefold() in shown.casefold(), f"{listed.name}: {word} is not in {shown}"
                if strange.state:
                    assert getattr(row, "state").value == "unknown"  # noqa: B009  # not every row has one
                if isinstance(row, Agent | Hotline):
                    assert rows[listed.key(0)].state.value != "unknown"  # type: ignore[union-attr]

    async def test_missing_fields_cost_no_row(self, stand: type[Stand]) -> None:
        for listed in stand.lists:
            whole = listed.make(1)
            for missing in [{name} for name in whole] + [set(whole)]:
                kept = {name: value for name, value in whole.items() if name in listed.needs or name not in missing}
                for item in (kept, {**whole, **dict.fromkeys(set(whole) - set(kept))}):
                    vendor = stand()
                    vendor.rows[listed.name] = [listed.make(0), item]
                    async with vendor.open() as session:
                        assert ids(await session.read(listed), listed) == keys(listed, 2), f"{listed.name}: {missing}"

    async def test_more_fields_than_documented_change_nothing(self, stand: type[Stand]) -> None:
        more = {"zNew": {"deep": [1, None, {"id": "x"}]}, "zOther": "text", "zCount": 7}
        for listed in stand.lists:
            found = []
            for extra in ({}, more):
                vendor = stand()
                vendor.rows[listed.name] = [{**listed.make(index), **extra} for index in range(3)]
                async with vendor.open() as session:
                    found.append([_plain(row) for row in await session.read(listed)])
            assert found[0] == found[1], listed.name

    async def test_ids_are_the_same_as_numbers_and_as_text(self, stand: type[Stand]) -> None:
        if Case.NUMBERS in stand.exceptions:
            # There the spelling is fixed: an id comes back exactly as it was sent.
            listed = stand.lists[0]
            assert isinstance(listed.make(0)[listed.identity], str)
            return
        for listed in stand.lists:
            for spelled in (int, str):
                vendor = stand()
                vendor.rows[listed.name] = [
                    {**listed.make(index), **{name: spelled(51000 + index) for name in _ids_of(listed.needs)}}
                    for index in range(3)
                ]
                async with vendor.open() as session:
                    found = ids(await session.read(listed), listed)
                    assert found == ["51000", "51001", "51002"], f"{listed.name} as {spelled.__name__}"

    # ---- what goes wrong -------------------------------------------------------------------------------------------

    async def test_every_fault_is_named_by_its_remedy_and_over_with_it(self, stand: type[Stand]) -> None:
        for listed in stand.lists:
            if listed.indirect:
                continue
            for batch in _batches(stand, stand.remedies):
                vendor = stand()
                async with vendor.open() as session:
                    before = ids(await session.read(listed), listed)
                    assert before
                    for fault in batch:
                        vendor.faults[listed.name] = fault
                        read = session.read_slowly if fault is Fault.SLOW else session.read
                        with pytest.raises(ReadError) as caught:
                            await read(listed)
                        assert type(caught.value) is stand.remedies[fault], f"{listed.name}: {fault}: {caught.value!r}"
                        assert str(caught.value).strip(), f"{listed.name}: {fault} says nothing"
                        if isinstance(caught.value, Throttled):
                            assert caught.value.retry_after == AGAIN
                        vendor.faults.clear()
                        if fault is not Fault.REFUSED:
                            # Whoever was refused does not try again by itself.
                            assert ids(await session.read(listed), listed) == before, f"{listed.name} after {fault}"

    async def test_one_bad_list_spoils_no_other(self, stand: type[Stand]) -> None:
        bad_answers = [fault for fault in SPOILING if fault in stand.remedies and fault not in stand.shared]
        assert bad_answers
        for bad in stand.lists:
            if bad.indirect:
                continue
            vendor = stand()
            async with vendor.open() as session:
                before = {listed.name: ids(await session.read(listed), listed) for listed in stand.lists}
                for fault in bad_answers:
                    vendor.faults[bad.name] = fault
                    with pytest.raises(ReadError):
                        await session.read(bad)
                    for other in stand.lists:
                        if other is not bad and (not bad.request or other.request != bad.request):
                            after = ids(await session.read(other), other)
                            assert after == before[other.name], f"{bad.name} {fault} spoils {other.name}"

    async def test_nothing_but_read_errors_leaves_a_feed_or_a_report(self, stand: type[Stand]) -> None:
        for nonsense in NONSENSE:
            vendor = stand()
            async with vendor.open() as session:
                rows = await session.everything()
                if isinstance(session, WebSession):
                    session.stand.nonsense, session.stand.everything_nonsense = nonsense, True
                    for feed in session.adapter.feeds():
                        await _quietly(session.fetch(feed))
                for row in rows:
                    await _quietly(session.adapter.refresh(row))
                    for report in session.adapter.reports(row):
                        await _quietly(report.read())

    async def test_a_healthy_vendor_is_read_in_full_and_asked_only_what_it_documents(self, stand: type[Stand]) -> None:
        vendor = stand()
        async with vendor.open() as session:
            rows = await session.everything()
            shown = {row.key.kind for row in rows}
            assert shown >= {KIND_OF[listed.resource] for listed in stand.lists}
            told = {(row.key.kind.value, row.key.id): _state(row) for row in rows}
            assert {place: told.get(place) for place in stand.states} == dict(stand.states)
            for feed in session.adapter.feeds():
                assert isinstance(session, WebSession)
                await session.fetch(feed)
                assert feed.cost >= 0
                assert feed.interval > 0
            for row in rows:
                again = await session.adapter.refresh(row) if not _unreadable(row) else row
                assert again is not None, f"{row.key} is not found again"
                for report in session.adapter.reports(row):
                    sheet = await report.read()
                    assert report.title
                    assert all(len(line) == len(sheet.columns) for line in sheet.rows if sheet.columns), report.id
        assert vendor.undocumented == []
        assert vendor.acted == []

    # ---- while another console reads -------------------------------------------------------------------------------

    @pytest.mark.parametrize("verb", Verb)
    async def test_who_is_told_what_another_reads_acts_as_who_reads(self, stand: type[Stand], verb: Verb) -> None:
        vendor = stand()
        vendor.ready(verb)
        async with vendor.open() as session:
            rows = await session.everything()
            goes = [row for row in fitting(verb, rows) if _goes(session, verb, row)]
        async with vendor.open(told=rows) as session:
            assert isinstance(session.adapter, Lendable)
            for row in goes[:1]:
                # Whoever looks at the row asks for what it can; what it must know first is read then.
                session.adapter.can(verb, row)
                await settle(200)
                vendor.acted.clear()
                command = session.command(verb, row)
                await session.adapter.prepare(command)
                may = session.adapter.can(verb, row)
                assert _goes(session, verb, row), f"{verb} on {row and row.key}: {may.reason}"
                if row is not None and not _unreadable(row):
                    again = await session.adapter.refresh(row)
                    assert again is not None, f"{row.key} is not found again"
                    # A scripted caller waits as long at every reading, so when it began says nothing here.
                    seen = replace(fingerprint(row), started=None)
                    assert not seen.difference(fingerprint(relinked(again, row)))
                await _does(session, verb, row)
        assert vendor.undocumented == []

    # ---- verbs -----------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("verb", Verb)
    async def test_a_verb_does_what_it_says_or_says_why_not(self, stand: type[Stand], verb: Verb) -> None:
        vendor = stand()
        vendor.ready(verb)
        async with vendor.open() as session:
            rows = await session.everything()
            done = 0
            for row in fitting(verb, rows):
                may = session.adapter.can(verb, row)
                if _goes(session, verb, row):
                    done += await _does(session, verb, row)
                elif not may:
                    assert may.reason.strip(), f"{verb} on {row and row.key}: no reason"
                    await _refuses(session, verb, row)
            account = session.adapter.can(verb, None)
            tabled = {found.verb for found in session.adapter.table()}
            if done:
                assert account, f"{verb} works and the account may not: {account.reason}"
                assert verb in tabled, f"{verb} has no row in the table"
            else:
                assert not account, f"{verb} is offered, and there is nothing that it can be done to"
                assert account.reason.strip()
                await _refuses(session, verb, None)
                assert verb not in tabled, f"{verb} is in the table, and cannot be done"
        assert vendor.undocumented == []

    async def test_read_only_acts_on_nothing(self, stand: type[Stand]) -> None:
        vendor = stand()
        async with vendor.open() as session:
            rows = await session.everything()
            pairs = [(verb, row) for verb in Verb for row in fitting(verb, rows) if _goes(session, verb, row)]
            commands = [(command, row) for verb, row in pairs for command in session.asked(verb, row)]
        vendor = stand()
        async with vendor.open(read_only=True) as session:
            await session.read(stand.lists[-1])
            for command, row in commands:
                assert not session.adapter.can(command.verb, row)
                with pytest.raises((NotSent, Rejected)):
                    await session.adapter.perform(command, row)
        assert commands
        assert vendor.acted == []

    async def test_an_action_that_fails_says_whether_it_can_have_happened(self, stand: type[Stand]) -> None:
        verbs = [verb for verb in Verb if await _offered(stand, verb)]
        for verb in verbs:
            for batch in _batches(stand, stand.endings):
                vendor = stand()
                vendor.ready(verb)
                async with vendor.open() as session:
                    row, command = await _one(session, verb)
                    for fault in batch:
                        await _fails(session, command, row, fault, stand.endings[fault])
        assert verbs

    async def test_a_refused_token_is_renewed_once(self, stand: type[Stand]) -> None:
        for verb in [verb for verb in Verb if issubclass(stand, WebStand) and await _offered(stand, verb)]:
            vendor = stand()
            async with vendor.open() as session:
                row, command = await _one(session, verb)
                assert isinstance(session, WebSession)
                before = session.stand.signed_in
                await session.refuse(Fault.REFUSED)
                vendor.refusals = 1
                vendor.acted.clear()
                if Case.RENEWAL in stand.exceptions:
                    with pytest.raises(Rejected):
                        await session.adapter.perform(command, row)
                    assert len(vendor.acted) == 1
                else:
                    await session.adapter.perform(command, row)
                    assert len(vendor.acted) == 2
                    assert len(set(vendor.acted)) == 1
                    assert session.stand.signed_in == before + 1


def test_the_faults_of_reading_and_acting_are_all_known() -> None:
    assert set(REMEDIES) == set(Fault)
    assert set(ENDINGS) == {fault for fault in Fault if fault not in _ANSWERS}


_ANSWERS = {
    *(Fault.NOT_JSON, Fault.HTML, Fault.TRUNCATED, Fault.EMPTY, Fault.TOO_LARGE, Fault.NOT_A_NUMBER),
}
"""A status of 2xx says that an action was accepted, whatever stands in the answer."""


# ---- helpers ---------------------------------------------------------------------------------------------------


async def _does(session: Session, verb: Verb, row: Row | None) -> int:
    """Every command that the console could make of the verb acts exactly once, in a documented way."""
    commands = session.asked(verb, row)
    assert commands, f"{verb} on {row and row.key} can be done, and there is no form for it"
    for command in commands:
        session.stand.acted.clear()
        seen = session.adapter.verification(command, row)
        receipt = await session.adapter.perform(command, row)
        assert len(session.stand.acted) == 1, f"{verb} on {row and row.key}: {session.stand.acted}"
        assert receipt.request
        assert receipt.sent_at <= receipt.answered_at
        assert seen.verb is verb
        assert seen.confirms or seen.cannot, f"{verb}: neither evidence nor a reason"
    return len(commands)


def _goes(session: Session, verb: Verb, row: Row | None) -> bool:
    may, offer = session.adapter.can(verb, row), offered(session.adapter, verb, row, session.stand.clock.now())
    return may.ok and offer.ok


async def _refuses(session: Session, verb: Verb, row: Row | None) -> None:
    session.stand.acted.clear()
    with pytest.raises((NotSent, Rejected)):
        await session.adapter.perform(session.command(verb, row), row)
    assert session.stand.acted == [], f"{verb} on {row and row.key} is refused, and sent all the same"
    if verb in FORMS:
        assert not session.adapter.forms(verb, row)


def _batches(stand: type[Stand], faults: Iterable[Fault]) -> list[list[Fault]]:
    """Faults that one connection can meet one after the other; a refused sign-in comes last."""
    ordered = sorted(faults, key=lambda fault: fault is Fault.REFUSED)
    return [[fault] for fault in ordered] if stand.breaks else [ordered]


async def _offered(stand: type[Stand], verb: Verb) -> bool:
    """Whether the account may do it at all, which another test holds against what can really be done."""
    async with stand().open() as session:
        await session.read(stand.lists[-1])
        return bool(session.adapter.can(verb, None))


async def _one(session: Session, verb: Verb) -> tuple[Row | None, Command]:
    """The first thing that the verb can be done to."""
    rows = fitting(verb, await session.everything())
    row = next(row for row in rows if _goes(session, verb, row))
    return row, session.asked(verb, row)[0]


async def _fails(session: Session, command: Command, row: Row | None, fault: Fault, ending: type[ActionError]) -> None:
    """The action ends as what can have happened says, and was sent once (twice with a new token)."""
    vendor = session.stand
    await session.refuse(fault)
    vendor.acted.clear()
    perform = partial(session.adapter.perform, command, row)
    job = session.outlast(perform) if fault is Fault.SLOW else perform()
    with pytest.raises(ending) as caught:
        await job
    about = f"{command.verb}: {fault}: {caught.value!r}: {vendor.acted}"
    assert type(caught.value) is ending, about
    assert str(caught.value), about
    most = 2 if fault is Fault.REFUSED and Case.RENEWAL not in vendor.exceptions else 1
    assert len(vendor.acted) <= most, about
    assert len(set(vendor.acted)) <= 1, about
    assert vendor.acted or issubclass(ending, NotSent), about


async def _quietly(job: Awaitable[object]) -> None:
    """Whatever comes, or a ReadError with words."""
    said = "."
    try:
        await job
    except ReadError as error:
        said = str(error)
    assert said.strip()


def _unreadable(row: Row) -> bool:
    """Rows that no vendor reads alone: telephones come with their list."""
    return row.key.kind.value == "phone"


def _state(row: Row) -> str:
    """The word for the row's state; whether a telephone is registered; "" for rows that have none."""
    if isinstance(row, Phone):
        return {True: "registered", False: "off", None: "unknown"}[row.registered]
    return str(getattr(getattr(row, "state", ""), "value", ""))


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in _leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each)]
    return [value]


def _texts(row: Row) -> str:
    """What of a row can be read on the screen; addresses are not."""
    from dataclasses import fields

    return " ".join(repr(getattr(row, each.name)) for each in fields(row) if each.name not in ("address", "refs"))


def _plain(row: Row) -> object:
    """A row without what it carries along unseen."""
    from dataclasses import replace

    return replace(row, address=())


def _ids_of(needs: Sequence[str]) -> list[str]:
    return [name for name in needs if name not in ("Event", "Queue")]
