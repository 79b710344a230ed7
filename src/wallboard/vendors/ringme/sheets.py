"""What the PBX answers on demand as small tables: pure, for people alone.

Most of these answers are objects of which nothing has to be understood, so their fields are shown under the vendor's
own names. Secrets among them are named and never shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from wallboard.domain.language import tr
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.domain.words import spelling
from wallboard.vendors.base import Sheet
from wallboard.vendors.kit.sheets import UNKNOWN, Line, clock, length
from wallboard.vendors.kit.wire import instant
from wallboard.vendors.ringme.wire import Recording, shown, word

MOST_FACTS = 80
MOST_LINES = 40
LINK = 2000
"""Most characters of a link: a signed one is far longer than any other text."""
_PARTS = re.compile(r"[^a-z0-9]+")
_SECRETS = frozenset({"pin", "password", "passwd", "secret", "token"})


def size(count: int | None) -> Clean:
    """Bytes in words: `812 B`, `1.4 MB`."""
    if count is None:
        return UNKNOWN
    if count < 1000:
        return clean(f"{count} B")
    number = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        number /= 1000
        if number < 1000:
            return clean(f"{number:.1f} {unit}")
    return clean(f"{number:.0f} TB")


def facts(data: object, prefix: str = "") -> list[Line]:
    """The fields of an object that are set, each with its value; objects inside under their own name before it."""
    lines: list[Line] = []
    if not isinstance(data, Mapping):
        return lines
    for name, value in data.items():
        label = f"{prefix} {name}".replace("_", " ").strip()
        if value is None or value in ("", "None", [], {}):
            continue
        if _SECRETS & set(_PARTS.split(str(name).casefold())):
            lines.append((clean(label), clean(tr("set, not shown"))))
        elif isinstance(value, Mapping):
            said = shown(word(value)) if spelling(str(name)) == "status" else NOTHING
            lines += [(clean(label), said)] if said else facts(value, label)
        elif isinstance(value, list):
            if any(isinstance(part, Mapping) for part in value):
                for number, part in enumerate(value[:MOST_LINES], 1):
                    lines += facts(part, f"{label} {number}")
            else:
                lines.append((clean(label), clean(", ".join(clean(part) for part in value[:MOST_LINES]))))
        elif isinstance(value, bool):
            lines.append((clean(label), clean(tr("yes") if value else tr("no"))))
        else:
            lines.append((clean(label), shown(value)))
    return lines[:MOST_FACTS]


def sheet_of_facts(lines: Sequence[Line], note: str = "") -> Sheet:
    note = note or tr("what is not set is left out")
    return Sheet((clean(tr("field")), clean(tr("value"))), tuple(lines), clean(note))


def whole_object(data: object) -> object:
    """An object out of a wrapping of one key or one place."""
    for _ in range(3):
        if isinstance(data, list) and len(data) == 1:
            data = data[0]
        elif isinstance(data, Mapping) and len(data) == 1 and _wraps(next(iter(data.values()))):
            data = next(iter(data.values()))
        else:
            break
    return data


def _wraps(inner: object) -> bool:
    if isinstance(inner, list) and len(inner) == 1:
        inner = inner[0]
    return isinstance(inner, Mapping)


def raw_lines(data: object, plain: str) -> list[Clean]:
    """An answer whose shape is not documented as lines, in the vendor's own words."""
    if plain:
        found = [clean(line) for line in plain.splitlines()]
    elif isinstance(data, Mapping):
        found = [clean(f"{name}: {_words(value)}") for name, value in data.items()]
    elif isinstance(data, list):
        found = [clean(_words(value)) for value in data]
    else:
        found = [clean(_words(data))]
    found = [line for line in found if line]
    more = len(found) - MOST_LINES
    return (
        [*found[:MOST_LINES], clean(tr("and {n} more lines", n=more))] if more > 0 else found or [clean(tr("nothing"))]
    )


def _words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:LINK]


def link_in(data: object, plain: str) -> Clean:
    """The web address in an answer whose shape is not documented; "" if there is none."""
    candidates: list[object] = [plain.strip(), data]
    for _ in range(5):
        inner: list[object] = []
        for value in candidates:
            if isinstance(value, str) and value.startswith(("https://", "http://")):
                return clean(value, LINK)
            if isinstance(value, Mapping):
                inner += value.values()
            elif isinstance(value, list):
                inner += value[:MOST_LINES]
        candidates = inner
    return NOTHING


def began(recording: Recording) -> float:
    """When the call of a recording began, 0 if it does not say."""
    return instant(recording.init_time_gmt) or instant(recording.start_time_gmt) or 0.0


def is_voicemail(recording: Recording) -> bool:
    return "voicemail" in (spelling(recording.result), spelling(recording.calls_result))


def other_party(recording: Recording) -> Clean:
    """Who was at the other end: both ends where a call only passed through."""
    source = recording.source_number or recording.from_username
    shown = recording.from_screen_name
    source = clean(f"{shown} {source}") if shown and shown != source else source
    destination = recording.dest_number or recording.to_username
    flow = spelling(recording.flow)
    if flow == "in":
        return source
    if flow == "out":
        return destination
    return clean(" → ".join(part for part in (source, destination) if part))


def recording_line(recording: Recording, zone: tzinfo) -> Line:
    return (
        clock(began(recording) or None, zone),
        length(recording.duration),
        recording.flow,
        recording.result,
        recording.hangup_disposition or recording.hangup_cause,
        other_party(recording),
    )
