"""The history read: records of a span of time, oldest first. Writes nothing, and runs beside any number of consoles."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from wallboard.domain.errors import WallboardError
from wallboard.domain.language import tr
from wallboard.domain.text import clean
from wallboard.history.records import AgentSpell, AgentSums, AlarmChange, CallBack, Caller, Minute, Record, Written
from wallboard.history.schema import INSERT, VERSION, prepare

Kind = TypeVar("Kind", Minute, Caller, AgentSpell, AgentSums, AlarmChange, Written, CallBack)


class Unreadable(WallboardError):
    """There is no history, or it cannot be read; says why."""


class History:
    """A history open for reading; a context manager. All times are UTC epoch seconds, spans include both ends."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise Unreadable(tr("there is no history yet: a console writes it while it runs"))
        try:
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
            with ExitStack() as unless_fit:
                unless_fit.callback(self._connection.close)
                (version,) = self._connection.execute("PRAGMA user_version").fetchone()
                if version != VERSION:
                    raise Unreadable(tr("the history was written by another version of wallboard"))
                unless_fit.pop_all()
        except sqlite3.Error as error:
            raise Unreadable(tr("the history cannot be read: {why}", why=str(error))) from error

    @classmethod
    def of(cls, records: Iterable[Record]) -> Self:
        """Of what is remembered in memory alone."""
        made = cls.__new__(cls)
        made._connection = sqlite3.connect(":memory:", isolation_level=None)
        prepare(made._connection)
        for record in records:
            made._connection.execute(INSERT[type(record)], asdict(record))
        return made

    def interrupt(self) -> None:
        """End what is being read, from another thread; nothing where nothing is."""
        with suppress(sqlite3.Error):
            self._connection.interrupt()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def minutes(self, since: float, until: float) -> list[Minute]:
        return self._read(Minute, '"at" BETWEEN ? AND ?', since, until)

    def span(self) -> tuple[int, int] | None:
        """The first and the last minute of a queue; None: there is none."""
        ((first, last),) = self._rows(
            """SELECT (SELECT "at" FROM "minute" WHERE "kind" = 'queue' ORDER BY "at" LIMIT 1), """
            """(SELECT "at" FROM "minute" WHERE "kind" = 'queue' ORDER BY "at" DESC LIMIT 1)""",
            (),
        )
        return None if first is None else (first, last)

    def callers(self, since: float, until: float) -> list[Caller]:
        """Callers whose story ended in this span."""
        return self._read(Caller, '"ended_at" BETWEEN ? AND ?', since, until)

    def watched(self, since: float, until: float) -> dict[tuple[str, str], tuple[int, int]]:
        """By source and queue: the first minute that was written down in the span, and how many were."""
        rows = self._rows(
            'SELECT "source", "row", min("at"), count(*) FROM "minute" '
            """WHERE "at" BETWEEN ? AND ? AND "kind" = 'queue' GROUP BY 1, 2""",
            (since, until),
        )
        return {(source, row): (first, count) for source, row, first, count in rows}

    def spells(self, since: float, until: float) -> list[AgentSpell]:
        """States of agents that lasted into this span."""
        return self._read(AgentSpell, '"until" >= ? AND "since" <= ?', since, until)

    def sums(self, since: float) -> list[AgentSums]:
        """The days of agents that went on since then."""
        return self._read(AgentSums, '"at" >= ?', since)

    def alarms(self, since: float, until: float) -> list[AlarmChange]:
        return self._read(AlarmChange, '"at" BETWEEN ? AND ?', since, until)

    def notes(self, since: float, until: float) -> list[Written]:
        return self._read(Written, '"at" BETWEEN ? AND ?', since, until)

    def call_backs(self, since: float = 0.0) -> list[CallBack]:
        """What was done since then."""
        return self._read(CallBack, '"at" >= ?', since)

    def _read(self, kind: type[Kind], where: str, *values: float) -> list[Kind]:
        columns = ", ".join(f'"{field.name}"' for field in fields(kind))
        order = ", ".join(f'"{name}"' for name in kind.KEY)
        rows = self._rows(f'SELECT {columns} FROM "{kind.TABLE}" WHERE {where} ORDER BY {order}', values)
        # Cleaned again: the file may have been written to by others.
        values_of: Iterator[list[Any]] = ([clean(v) if isinstance(v, str) else v for v in row] for row in rows)
        return [kind(*row) for row in values_of]

    def ask(self, statement: str, values: Mapping[str, object]) -> list[Any]:
        """What a statement of ours makes of the tables."""
        return self._rows(statement, values)

    def _rows(self, statement: str, values: Sequence[object] | Mapping[str, object]) -> list[Any]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise Unreadable(tr("the history cannot be read: {why}", why=str(error))) from error
