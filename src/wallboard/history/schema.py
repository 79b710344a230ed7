"""The database's tables, made of the records' own fields, and how an older file becomes a newer one."""

from __future__ import annotations

import sqlite3
from dataclasses import fields
from time import sleep
from types import UnionType
from typing import get_args, get_type_hints

from wallboard.domain.errors import WallboardError
from wallboard.domain.language import tr
from wallboard.history.records import AGED_BY, KINDS, NEAR, Record

VERSION = 1
"""`user_version` of the file. A step from N to N + 1 is a list of statements in `STEPS[N]`."""
_TRIES, _BETWEEN = 40, 0.05


class TooNew(WallboardError):
    """The file was written by a newer wallboard, whose tables this one does not know."""


def _columns(kind: type[Record]) -> str:
    hints = get_type_hints(kind)
    return ", ".join(f'"{field.name}" {_affinity(hints[field.name])}' for field in fields(kind))


def _affinity(hint: object) -> str:
    types = set(get_args(hint)) if isinstance(hint, UnionType) else {hint}
    none = "" if type(None) in types else " NOT NULL"
    return ("INTEGER" if int in types else "REAL" if float in types else "TEXT") + none


def _made() -> list[str]:
    statements = []
    for kind in KINDS:
        key = ", ".join(f'"{name}"' for name in kind.KEY)
        statements.append(f'CREATE TABLE "{kind.TABLE}" ({_columns(kind)}, PRIMARY KEY ({key})) WITHOUT ROWID')
        if AGED_BY[kind.TABLE] != kind.KEY[0]:
            statements.append(f'CREATE INDEX "{kind.TABLE}_age" ON "{kind.TABLE}" ("{AGED_BY[kind.TABLE]}")')
    return statements


STEPS: tuple[list[str], ...] = (_made(),)


def prepare(connection: sqlite3.Connection) -> None:
    """Make or renew the tables, in one transaction. TooNew; sqlite3.DatabaseError where the file is none."""
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    _share(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise TooNew(tr("the history was written by a newer wallboard"))
        for step in STEPS[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _share(connection: sqlite3.Connection) -> None:
    """Let others read while one writes. Of two consoles that make the file together one is refused at once, whatever
    its timeout."""
    for left in reversed(range(_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or not left:
                raise
        sleep(_BETWEEN)


def _insert(kind: type[Record]) -> str:
    names = [field.name for field in fields(kind)]
    quoted = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join(_known(kind, name) if name in kind.KEY and name in NEAR else f":{name}" for name in names)
    key = ", ".join(f'"{name}"' for name in kind.KEY)
    updates = ", ".join(_merged(kind, name) for name in names if name not in kind.KEY)
    return f'INSERT INTO "{kind.TABLE}" ({quoted}) VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {updates}'


def _known(kind: type[Record], name: str) -> str:
    """The value that a row has which is the same but for a little."""
    same = " AND ".join(f'"{other}" = :{other}' for other in kind.KEY if other != name)
    near = f'SELECT "{name}" FROM "{kind.TABLE}" WHERE {same} AND abs("{name}" - :{name}) <= {NEAR[name]}'
    return f"coalesce(({near}), :{name})"


def _merged(kind: type[Record], name: str) -> str:
    """What is known beats what is not; of two numbers the `MERGE` of the kind takes one, of the rest the later."""
    old, new = f'"{kind.TABLE}"."{name}"', f"nullif(excluded.\"{name}\", '')"
    choose = kind.MERGE.get(name)
    # Of two arguments of which one is NULL, max() and min() of SQLite are NULL.
    value = f"coalesce({choose}({old}, {new}), {new}, {old})" if choose else f"coalesce({new}, {old})"
    return f'"{name}" = {value}'


INSERT = {kind: _insert(kind) for kind in KINDS}
"""The statement that writes a record of a kind, merged into the row that is there already."""
