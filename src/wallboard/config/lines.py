"""Where each key and value of a TOML file stands, which `tomllib` does not tell.

`locate` walks text that `tomllib` has already accepted, so it need not judge: it only keeps the path it is on.
Source of the grammar: TOML 1.0.0.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]
"""Keys of tables and indices of arrays, from the top: ("source", 0, "auth", "kind")."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_BLANK = re.compile(r"[ \t\r]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")


def locate(text: str) -> dict[Path, int]:
    """Path -> line (from 1) of every table header, key and array element of valid TOML `text`."""
    return _Walk(text.replace("\r\n", "\n")).run()


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0
        self._found: dict[Path, int] = {(): 1}
        self._arrays: dict[Path, int] = {}

    def run(self) -> dict[Path, int]:
        base: Path = ()
        while True:
            self._skip(_GAP)
            if self._at >= len(self._text):
                return self._found
            if self._text.startswith("[[", self._at):
                base = self._header(2)
            elif self._text[self._at] == "[":
                base = self._header(1)
            else:
                self._pair(base)

    def _note(self, path: Path) -> None:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        for length in range(1, len(path) + 1):
            self._found.setdefault(path[:length], self._line)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()

    def _header(self, width: int) -> Path:
        start = self._at
        self._at += width
        names = self._dotted()
        after = self._at + width
        self._at = start
        path: Path = ()
        for index, name in enumerate(names):
            path = (*path, name)
            last = index == len(names) - 1
            if last and width == 2:
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                # A header inside an array of tables speaks of its latest element.
                path = (*path, self._arrays[path])
        self._note(path)
        self._at = after
        return path

    def _dotted(self) -> list[str]:
        names: list[str] = []
        while True:
            self._skip(_BLANK)
            char = self._text[self._at]
            if char in "\"'":
                start = self._at
                self._string()
                names.append(_unquote(self._text[start : self._at]))
            else:
                match = _BARE.match(self._text, self._at)
                if match is None:
                    return names
                names.append(match.group())
                self._at = match.end()
            self._skip(_BLANK)
            if self._text[self._at : self._at + 1] != ".":
                return names
            self._at += 1

    def _pair(self, base: Path) -> None:
        start = self._at
        path = (*base, *self._dotted())
        self._skip(_BLANK)
        after = self._at + 1
        self._at = start
        self._note(path)
        self._at = after
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        char = self._text[self._at]
        if char in "\"'":
            self._string()
        elif char == "[":
            self._elements(path, "]")
        elif char == "{":
            self._elements(path, "}")
        else:
            self._skip(_SCALAR)

    def _elements(self, path: Path, end: str) -> None:
        self._at += 1
        index = 0
        while True:
            self._skip(_GAP)
            char = self._text[self._at]
            if char == end:
                self._at += 1
                return
            if char == ",":
                self._at += 1
            elif end == "}":
                self._pair(path)
            else:
                self._note((*path, index))
                self._value((*path, index))
                index += 1

    def _string(self) -> None:
        quote = self._text[self._at]
        long = quote * 3
        if self._text.startswith(long, self._at):
            self._at += 3
            while not self._text.startswith(long, self._at):
                self._at += 2 if quote == '"' and self._text[self._at] == "\\" else 1
            self._at += 3
            # Up to two more quotes belong to the text, right before the end.
            while self._text[self._at : self._at + 1] == quote:
                self._at += 1
            return
        self._at += 1
        while self._text[self._at] != quote:
            self._at += 2 if quote == '"' and self._text[self._at] == "\\" else 1
        self._at += 1


def _unquote(quoted: str) -> str:
    if quoted[0] == "'" or "\\" not in quoted:
        return quoted[1:-1]
    import tomllib

    value = tomllib.loads(f"x = {quoted}")["x"]
    return value if isinstance(value, str) else quoted
