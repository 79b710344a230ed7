"""Themes: what each semantic token looks like, read from TOML files.

A theme file holds a `label`, whether it is `dark`, optionally the theme it `inherits` from, and a table `[tokens]`.
A token is a colour, `"#rrggbb"`, or a table of `fg`, `bg` (colours) and `bold`, `dim`, `reverse`, `underline`
(true or false). For the tokens that are backgrounds (`surface`, `panel`, `cursor`) a bare colour is the background,
for every other token it is the foreground. A token that a theme lacks comes from the theme it inherits, which is
`control-room` unless it says otherwise.

Files are looked for in the user's directory first, so that a user's `daylight.toml` replaces the shipped one; it may
inherit from the one it replaces. Shipped themes lie inside the installed package, or at the top of a checkout.

This module imports neither Textual nor Rich at the top: `wallboard themes` lists files and needs no screen.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from wallboard.domain.decoding import NotUtf8Error, text_of
from wallboard.domain.files import changeable
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.suggestion import near

if TYPE_CHECKING:
    from rich.style import Style

DEFAULT: Final = "control-room"
COLOURLESS: Final = "mono"
"""The theme that `NO_COLOR` chooses."""

BACKGROUNDS: Final = ("surface", "panel", "cursor")
"""Tokens that are a ground to write on."""
FOREGROUNDS: Final = ("line", "text", "muted", "ok", "info", "ring", "warn", "alarm", "wrap", "stale", "digits")
"""Tokens that are written, each legible on every background and as the ground of a chip."""
TOKENS: Final = BACKGROUNDS + FOREGROUNDS

_T = TypeVar("_T")

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_TOP_KEYS: Final = ("label", "dark", "inherits", "tokens")


class ThemeError(ValueError):
    """A theme that cannot be used: which file (or name), what is wrong with it, and what to write instead."""

    def __init__(self, where: str, problem: str, suggestion: str) -> None:
        super().__init__(f"{where}: {problem}; {suggestion}")
        self.where = where
        self.problem = problem
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class TokenStyle:
    """How one token is painted. A colour is `#rrggbb`; None leaves it to what lies beneath."""

    fg: str | None = None
    bg: str | None = None
    bold: bool = False
    dim: bool = False
    reverse: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Theme:
    """A complete theme: `tokens` has a style for each of `TOKENS`."""

    name: str
    label: str
    dark: bool
    tokens: Mapping[str, TokenStyle]


@dataclass(frozen=True, slots=True)
class ThemeInfo:
    """One theme that can be loaded, for lists. `origin` says whose file it is."""

    name: str
    label: str
    dark: bool
    origin: Literal["shipped", "user"]
    path: str


@dataclass(frozen=True, slots=True)
class _Source:
    """One theme file as written: only its own tokens."""

    path: Path
    label: str
    dark: bool | None
    inherits: str | None
    tokens: Mapping[str, TokenStyle]


@cache
def shipped_directory() -> Path:
    """The directory of the themes that come with the program: in the package, or at the top of a checkout or sdist."""
    packaged = Path(__file__).resolve().parent / "_themes"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "themes"


def available(user_dir: Path | None = None, broken: list[ThemeError] | None = None) -> list[ThemeInfo]:
    """All themes by name, the default first; a user's file stands in for a shipped one of the same name.

    One that cannot be used is added to `broken`, and said by the caller: a list that hides it sends its author hunting.
    Without `broken` it raises `ThemeError`.
    """
    found: dict[str, ThemeInfo] = {}
    for origin, directory in _directories(user_dir):
        for path in sorted(directory.glob("*.toml")):
            if path.stem not in found:
                try:
                    theme = load(path.stem, user_dir=user_dir)
                except ThemeError as error:
                    if broken is None:
                        raise
                    broken.append(error)
                    continue
                found[path.stem] = ThemeInfo(theme.name, theme.label, theme.dark, origin, str(path))
    return sorted(found.values(), key=lambda info: (info.name != DEFAULT, info.name))


def load(name: str, *, user_dir: Path | None = None) -> Theme:
    """The theme `name` with everything it inherits. Raises `ThemeError`."""
    chain = _chain(name, user_dir)
    tokens: dict[str, TokenStyle] = {}
    for source in reversed(chain):
        tokens.update(source.tokens)
    missing = [token for token in TOKENS if token not in tokens]
    if missing:
        hint = tr('add them under [tokens], or inherits = "{name}"', name=DEFAULT)
        raise ThemeError(str(chain[-1].path), tr("lacks {tokens}", tokens=", ".join(missing)), hint)
    dark = next((source.dark for source in chain if source.dark is not None), True)
    ordered = {token: tokens[token] for token in TOKENS}
    return Theme(name=name, label=chain[0].label, dark=dark, tokens=MappingProxyType(ordered))


@lru_cache(maxsize=1024)
def rich_style(theme: Theme, token: str, on: str = "surface") -> Style:
    """`token` written on the background token `on`, as a Rich style.

    A background token itself gives plain text on that ground. Without colours, `reverse` on a reversed ground cancels
    out, so that an alarm still stands out of the cursor's row.
    """
    from rich.style import Style

    if token in BACKGROUNDS:
        return rich_style(theme, "text", token)
    ink, ground = _style(theme, token), _style(theme, on)
    return Style(
        color=ink.fg,
        bgcolor=ink.bg or ground.bg,
        bold=ink.bold or ground.bold or None,
        dim=ink.dim or ground.dim or None,
        underline=ink.underline or ground.underline or None,
        reverse=(ink.reverse != ground.reverse) or None,
    )


def _style(theme: Theme, token: str) -> TokenStyle:
    try:
        return theme.tokens[token]
    except KeyError:
        raise ThemeError(theme.name, tr("unknown token {token!r}", token=token), _suggest(token, TOKENS)) from None


def _directories(user_dir: Path | None) -> list[tuple[Literal["shipped", "user"], Path]]:
    shipped: tuple[Literal["shipped", "user"], Path] = ("shipped", shipped_directory())
    return [shipped] if user_dir is None else [("user", user_dir), shipped]


def _chain(name: str, user_dir: Path | None) -> list[_Source]:
    """The files from `name` down to the last it inherits from; no file twice."""
    chain: list[_Source] = []
    wanted: str | None = name
    while wanted is not None:
        seen = {source.path for source in chain}
        path = next((path for path in _candidates(wanted, user_dir, chain) if path not in seen), None)
        if path is None:
            looped = any(source.path.stem == wanted for source in chain)
            where = str(chain[-1].path) if chain else wanted
            if looped:
                problem = tr("inherits {name!r}, which inherits it in turn", name=wanted)
                raise ThemeError(where, problem, tr("break the circle"))
            raise ThemeError(where, tr("there is no theme {name!r}", name=wanted), _suggest(wanted, _names(user_dir)))
        source = _read(path)
        chain.append(source)
        # The root of all themes inherits from nothing, except that a user's own control-room adds to the shipped one.
        if source.inherits is not None:
            wanted = source.inherits
        else:
            wanted = None if path == shipped_directory() / f"{DEFAULT}.toml" else DEFAULT
    return chain


def _candidates(name: str, user_dir: Path | None, chain: list[_Source]) -> list[Path]:
    """Where `name` may lie, in order. The name is a file name, never a way out of the directory."""
    if not _NAME.fullmatch(name):
        where = str(chain[-1].path) if chain else tr("theme")
        problem = tr("{name!r} is not a theme name", name=name)
        raise ThemeError(where, problem, tr("use letters, digits, '-', '_' and '.'"))
    paths = [directory / f"{name}.toml" for _, directory in _directories(user_dir)]
    return [path for path in paths if path.is_file()]


def _names(user_dir: Path | None) -> list[str]:
    return sorted({path.stem for _, directory in _directories(user_dir) for path in directory.glob("*.toml")})


def _read(path: Path) -> _Source:
    # The shipped ones lie where the program itself does, and stay as they are: most others inherit from one.
    if path.parent == shipped_directory():
        return _shipped(path)
    if wrong := changeable(path):
        raise ThemeError(str(path), *wrong)
    return _parsed(path)


def _parsed(path: Path) -> _Source:
    try:
        data = tomllib.loads(text_of(path.read_bytes()))
    except NotUtf8Error as error:
        raise ThemeError(f"{path}:{error.line}", str(error), tr("save the file as UTF-8")) from None
    except tomllib.TOMLDecodeError as error:
        problem = tr("not valid TOML: {error}", error=error)
        raise ThemeError(str(path), problem, tr("compare it with a shipped theme")) from error
    except OSError as error:
        raise ThemeError(str(path), tr("cannot be read: {error}", error=error), tr("check who may read it")) from error
    for key in data:
        if key not in _TOP_KEYS:
            raise ThemeError(str(path), tr("unknown key {key!r}", key=key), _suggest(key, _TOP_KEYS))
    tokens = _typed(path, data, "tokens", dict, tr("write a table of tokens")) or {}
    return _Source(
        path=path,
        label=_typed(path, data, "label", str, tr("write text in quotes")) or path.stem,
        dark=_typed(path, data, "dark", bool, tr("write true or false")),
        inherits=_typed(path, data, "inherits", str, tr("write the name of a theme, in quotes")),
        tokens={token: _token(path, token, value) for token, value in tokens.items()},
    )


_shipped = cache(_parsed)


def _typed(path: Path, data: Mapping[str, object], key: str, kind: type[_T], hint: str) -> _T | None:
    value = data.get(key)
    if value is None or isinstance(value, kind):
        return value
    raise ThemeError(str(path), tr("{key} is {value!r}", key=key, value=value), hint)


def _token(path: Path, token: str, value: object) -> TokenStyle:
    if token not in TOKENS:
        raise ThemeError(str(path), tr("unknown token {token!r}", token=token), _suggest(token, TOKENS))
    if isinstance(value, str):
        colour = _colour(path, token, value)
        return TokenStyle(bg=colour) if token in BACKGROUNDS else TokenStyle(fg=colour)
    if not isinstance(value, dict):
        problem = tr("token {token} is {value!r}", token=token, value=value)
        raise ThemeError(str(path), problem, tr('write a colour such as "#8ab4d8", or a table'))
    known = tuple(field.name for field in fields(TokenStyle))
    parts: dict[str, Any] = {}
    for key, part in value.items():
        if key not in known:
            problem = tr("token {token} has an unknown part {part!r}", token=token, part=key)
            raise ThemeError(str(path), problem, _suggest(key, known))
        if key in ("fg", "bg"):
            parts[key] = _colour(path, f"{token}.{key}", part)
        elif isinstance(part, bool):
            parts[key] = part
        else:
            problem = tr("token {token} is {value!r}", token=f"{token}.{key}", value=part)
            raise ThemeError(str(path), problem, tr("write true or false"))
    return TokenStyle(**parts)


def _colour(path: Path, what: str, value: object) -> str:
    if isinstance(value, str) and _COLOUR.fullmatch(value):
        return value.lower()
    problem = tr("{token} is {value!r}, which is not a colour", token=what, value=value)
    raise ThemeError(str(path), problem, tr('write six hex digits, "#8ab4d8"'))


def _suggest(word: str, known: list[str] | tuple[str, ...]) -> str:
    found = near(word, known)
    return tr("did you mean {word!r}?", word=found) if found else tr("use one of {words}", words=", ".join(known))
