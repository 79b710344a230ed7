"""The file of a recording: what is written can be read, up to where it ends or is broken, and nothing else is taken."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallboard.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.codec import Word
from wallboard.domain.errors import ConfigError
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Member
from wallboard.domain.states import MemberState
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.recording.player import Moment, Player
from wallboard.recording.tape import Damage, Line, Tape, Writer

START = 1_770_000_000.25


def members(seq: int, at: float) -> Update:
    rows = tuple(
        Member(
            Key("hq", Kind.MEMBER, f"m{number}"), "601", clean("Sales"), clean(f"Eve {number}"), clean("+4930123456")
        )
        for number in range(seq % 7)
    )
    return Update("hq", Resource.MEMBERS, "", UpdateKind.SNAPSHOT, 1, seq, at, rows)


def said() -> Iterator[tuple[float, Word]]:
    """Three minutes of a small site."""
    yield START, SourceInfo("hq", "ringme")
    for number in range(36):
        at = START + 5.0 * number
        yield at, FeedStatus("hq", Resource.MEMBERS, "", 5.0, 8.0, last_ok=at, next_at=at + 5)
        yield at + 0.5, members(number, at)


def recorded(path: Path) -> Path:
    writer = Writer(path, START, ["hq"], masked=False)
    for number, (at, word) in enumerate(said()):
        writer.add(at, word)
        if number % 3 == 0:
            writer.write(writer.cut())
    writer.close()
    assert not writer.problem
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("tape") / "whole.gz")


def readable(tape: Tape) -> tuple[list[Line], Damage | None]:
    lines = []
    try:
        for line in tape.words():
            lines.append(line)
    except Damage as damage:
        return lines, damage
    return lines, None


def played(tape: Tape) -> Player:
    moment = Moment(tape.start)
    player = Player(tape, Board(moment), moment, ManualClock())
    player.wind(1e6)
    player.play()
    return player


def test_what_was_said_is_read_as_it_came(whole: Path) -> None:
    tape = Tape(whole)
    lines, damage = readable(tape)
    assert [(line.at, line.word) for line in lines] == list(said())
    assert damage is None
    assert tape.damage is None
    assert (tape.start, tape.end) == (START, lines[-1].at)
    assert whole.stat().st_mode & 0o777 == 0o600


def test_any_gzip_reads_it(whole: Path) -> None:
    with gzip.open(whole, "rt", encoding="utf-8") as file:
        header, *lines = map(json.loads, file)
    assert (header["wallboard"], header["version"], header["sources"]) == ("recording", 1, ["hq"])
    assert len(lines) == len(list(said()))
    assert lines[0]["at"] == START


def test_from_each_place_on_it_reads_the_same(whole: Path) -> None:
    tape = Tape(whole)
    lines, _ = readable(tape)
    assert len({line.place.member for line in lines}) == 3
    for number, line in enumerate(lines):
        assert next(tape.words(line.place, line.at), None) == (lines[number + 1] if number + 1 < len(lines) else None)


def test_it_is_read_the_same_however_it_was_packed(whole: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.gz"
    again.write_bytes(gzip.compress(gzip.decompress(whole.read_bytes())))
    assert [line[:2] for line in readable(Tape(again))[0]] == [line[:2] for line in readable(Tape(whole))[0]]
    assert played(Tape(again)).at == played(Tape(whole)).at


@settings(deadline=None)
@given(st.data())
def test_any_beginning_of_it_plays_to_its_end(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    found = whole.read_bytes()
    size = data.draw(st.integers(0, len(found) - 1))
    cut = tmp_path_factory.getbasetemp() / "cut.gz"
    cut.write_bytes(found[:size])
    try:
        tape = Tape(cut)
    except ConfigError:
        # Not even its first line is there.
        assert size < 200
        return
    lines, damage = readable(tape)
    all_of_it = list(said())
    assert [(line.at, line.word) for line in lines] == all_of_it[: len(lines)]
    assert damage is None or damage.cut
    player = played(tape)
    assert player.ended
    assert player.at == (lines[-1].at if lines else START)
    shown = [len(word.rows) for _, word in all_of_it[: len(lines)] if isinstance(word, Update)]
    assert len(player.board.rows(Resource.MEMBERS)) == (shown[-1] if shown else 0)


@settings(deadline=None)
@given(st.data())
def test_where_it_is_damaged_it_ends(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """In the packed file, or in the text within."""
    text = data.draw(st.booleans())
    found = bytearray(gzip.decompress(whole.read_bytes()) if text else whole.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(found) - 1), min_size=1, max_size=3)):
        found[place] = data.draw(st.integers(0, 255))
    broken = tmp_path_factory.getbasetemp() / "broken.gz"
    broken.write_bytes(gzip.compress(bytes(found)) if text else bytes(found))
    try:
        tape = Tape(broken)
    except ConfigError:
        return
    player = played(tape)
    assert player.ended
    assert player.start <= player.at <= player.end


def lines_of(path: Path, *lines: object, raw: bytes = b"") -> Path:
    head = {"wallboard": "recording", "version": 1, "start": START, "program": "9", "sources": ["hq"]}
    texts = [
        json.dumps(line)
        for line in ({**head, **each} if isinstance(each, dict) and "at" not in each else each for each in lines)
    ]
    path.write_bytes(gzip.compress("".join(f"{text}\n" for text in texts).encode() + raw))
    return path


STATUS = {"at": START + 1, "v": 1, "k": "source", "name": "hq", "vendor": "ringme"}


@pytest.mark.parametrize(
    "then",
    [
        {**STATUS, "v": 2},
        {**STATUS, "k": "song"},
        {**STATUS, "at": "soon"},
        {**STATUS, "at": START + 1e9},
        {"at": START + 2},
    ],
)
def test_a_line_that_makes_no_sense_is_the_end(tmp_path: Path, then: dict[str, object]) -> None:
    tape = Tape(lines_of(tmp_path / "odd.gz", {}, STATUS, then, {**STATUS, "at": START + 3}))
    player = played(tape)
    assert (player.at, player.ended) == (START + 1, True)
    assert player.damage is not None
    assert not player.damage.cut


def test_time_never_goes_back(tmp_path: Path) -> None:
    tape = Tape(lines_of(tmp_path / "odd.gz", {}, {**STATUS, "at": START + 5}, STATUS, {**STATUS, "at": START + 6}))
    assert [line.at - START for line in readable(tape)[0]] == [5.0, 5.0, 6.0]


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path) -> None:
    path = lines_of(tmp_path / "long.gz", {}, STATUS, raw=b" " * (20 << 20))
    tape = Tape(path)
    assert tape.damage is not None
    assert played(tape).at == START + 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not gzip",
        gzip.compress(b""),
        gzip.compress(b"{}\n"),
        gzip.compress(b'[1]\n"x"\n'),
        zlib.compress(b"{}\n"),
    ],
    ids=["empty", "text", "nothing packed", "an object", "lines of JSON", "not a gzip file"],
)
def test_what_is_no_recording_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"other: this is no recording; name a file that `wallboard record` wrote"):
        Tape(path)


@pytest.mark.parametrize("header", [{"version": 0}, {"version": "1"}, {"start": None}, {"start": -1}, {"start": 1e300}])
def test_a_header_that_makes_no_sense_is_no_recording(tmp_path: Path, header: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="this is no recording"):
        Tape(lines_of(tmp_path / "odd.gz", header))


def test_a_newer_one_says_which_program_to_use(tmp_path: Path) -> None:
    path = lines_of(tmp_path / "new.gz", {"version": 2, "program": "9.1\x1b[2J"})
    with pytest.raises(ConfigError, match=r"a newer wallboard \(9\.1·\[2J\) recorded this; play it with that one"):
        Tape(path)


def test_there_must_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        Tape(tmp_path / "none")
    with pytest.raises(ConfigError, match="it is not a file"):
        Tape(tmp_path)


def test_no_file_is_written_over_and_no_link_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("there", "link"):
        (tmp_path / "there").write_text("mine")
        with pytest.raises(FileExistsError):
            Writer(tmp_path / name, START, [], masked=False)
    assert (tmp_path / "there").read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_what_was_written_can_be_read_without_an_end(tmp_path: Path) -> None:
    path = tmp_path / "killed.gz"
    writer = Writer(path, START, ["hq"], masked=False)
    for at, word in said():
        writer.add(at, word)
    writer.write(writer.cut())
    lines, damage = readable(Tape(path))
    assert len(lines) == writer.words == len(list(said()))
    assert damage is not None
    assert damage.cut
    writer.close()
    assert readable(Tape(path))[1] is None


def test_a_state_that_is_new_is_unknown_and_plays(tmp_path: Path) -> None:
    row = ["member", {"key": ["hq", "member", "m"], "queue_id": "601", "queue": "Sales", "state": "teleported"}]
    update = {"at": START + 1, "v": 1, "k": "update", "source": "hq", "resource": "members", "scope": ""}
    more = {"kind": "snapshot", "epoch": 1, "seq": 1, "as_of": START, "rows": [row]}
    (shown,) = played(Tape(lines_of(tmp_path / "new.gz", {}, update | more))).board.rows(Resource.MEMBERS)
    assert isinstance(shown, Member)
    assert shown.state is MemberState.UNKNOWN
