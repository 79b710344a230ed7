"""The one redactor: it knows every secret of this run in every form in which a program writes one.

Whoever comes to hold a secret tells it (`hide`: the config's `Secret`, each sign-in with its tokens). Whatever text
enters or leaves asks it: `clean`, the log, the journal, standard output. So a vendor that quotes the request back
shows `***`, whether it quotes it raw, percent-encoded, as a form, in base64 (alone or as `user:secret`), in
hexadecimal, with the escapes of JSON, Python or HTML, or cut off after its first 24 characters.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from unicodedata import normalize

from wallboard.domain.language import english

HIDDEN = "***"
SHORTEST = 4
"""Characters of the shortest secret that is known at all: anything shorter stands in every second line."""
LONG = 8
"""From so many characters on a secret is hidden wherever it stands; a shorter one may be a caller's extension, so it
is hidden only in what vendors say and in the log, and there as a word of its own."""
PASSING = 64
"""So many of the tokens that come at run time are remembered, the newest; older ones have long ended."""

_HEAD = 24
_RUN = r"[A-Za-z0-9._~+/=%\\-]*"
_ENTITIES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}

_lock = threading.Lock()
_lasting: dict[str, None] = {}
_passing: dict[str, None] = {}
_patterns: tuple[re.Pattern[str], re.Pattern[str]] | None = None
_NEVER = re.compile(r"(?!)")


def hide(secret: str, *, passing: bool = False) -> None:
    """From now on `secret` is shown nowhere; `passing`: a token that a later one replaces."""
    global _patterns
    if len(secret) < SHORTEST:
        return
    with _lock:
        if passing:
            _passing.pop(secret, None)
            _passing[secret] = None
            while len(_passing) > PASSING:
                del _passing[next(iter(_passing))]
        elif secret in _lasting:
            return
        else:
            _lasting[secret] = None
        _patterns = None


def redact(text: str) -> str:
    """`text` without any known secret: for what vendors and libraries say of themselves."""
    everywhere, words = _patterns or _compiled()
    return words.sub(HIDDEN, everywhere.sub(HIDDEN, text))


def redact_long(text: str) -> str:
    """`text` without the secrets of `LONG` characters and more: for rows and all that is shown of them."""
    return text if len(text) < LONG else (_patterns or _compiled())[0].sub(HIDDEN, text)


def redact_all(value: Any) -> Any:
    """The same for every text inside lists and mappings, names of fields apart, and in English: programs read it."""
    if isinstance(value, str):
        return redact_long(english(value))
    if isinstance(value, Mapping):
        return {name: redact_all(part) for name, part in value.items()}
    return [redact_all(part) for part in value] if isinstance(value, list | tuple) else value


def known() -> tuple[str, ...]:
    """What is hidden now, for tests that look for it."""
    with _lock:
        return (*_lasting, *_passing)


def forget(but: Iterable[str] = ()) -> None:
    """Know only these any more: no test begins with the secrets of another."""
    global _patterns
    kept = dict.fromkeys(but)
    with _lock:
        _lasting.clear()
        _lasting.update(kept)
        _passing.clear()
        _patterns = None


def _compiled() -> tuple[re.Pattern[str], re.Pattern[str]]:
    global _patterns
    with _lock:
        # Whoever composes or decomposes accents writes the same secret.
        spelled = {normalize(form, each) for each in (*_lasting, *_passing) for form in ("NFC", "NFD")}
        secrets = sorted(spelled.union(_lasting, _passing), key=len, reverse=True)
        everywhere = [form for secret in secrets if len(secret) >= LONG for form in _forms(secret)]
        words = [form for secret in secrets if len(secret) < LONG for form in _forms(secret)]
        _patterns = (
            re.compile("|".join(everywhere)) if everywhere else _NEVER,
            re.compile("|".join(words)) if words else _NEVER,
        )
        return _patterns


def _forms(secret: str) -> Iterator[str]:
    from base64 import b64encode, urlsafe_b64encode

    short = len(secret) < LONG
    yield f"(?<![A-Za-z0-9]){_spelled(secret)}(?![A-Za-z0-9])" if short else _spelled(secret)
    raw = secret.encode("utf-8", "replace")
    yield "".join(map(_hex, raw.hex()))
    for encode in (b64encode, urlsafe_b64encode):
        if len(raw) < LONG - 2:
            yield f"(?<![A-Za-z0-9]){_spelled(encode(raw).decode('ascii'))}(?![A-Za-z0-9])"
            continue
        for before in range(3):
            # What of the encoding is the secret's alone, wherever in a longer text it stood.
            coded = encode(bytes(before) + raw).decode("ascii")
            yield "".join(map(_char, coded[-(-8 * before // 6) : 8 * (before + len(raw)) // 6][:_HEAD])) + _RUN


def _spelled(text: str) -> str:
    """A pattern for `text` with each character in any of its spellings; of a long one the beginning is enough."""
    whole, rest = "".join(map(_char, text[:_HEAD])), text[_HEAD:]
    if re.fullmatch(_RUN, rest):
        # A token of a thousand characters is not spelled out for it.
        return whole + (_RUN if rest else "")
    return f"{whole}(?:{''.join(map(_char, rest))}|{_RUN})"


def _char(char: str) -> str:
    if char.isascii() and char.isalnum():
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    octets = [_hex(f"{byte:02x}") for byte in char.encode("utf-8", "replace")]
    ways = [
        r"\\*" + re.escape(char),
        "".join(f"%(?:25)*{octet}" for octet in octets),
        "".join(rf"\\+x{octet}" for octet in octets),
        "".join(rf"\\+u{_hex(units[at : at + 2].hex())}" for at in range(0, len(units), 2)),
        f"&#0*{ord(char)};",
        f"&#[xX]0*{_hex(f'{ord(char):x}')};",
    ]
    if ord(char) < 256:
        ways += [rf"\\+x{_hex(f'{ord(char):02x}')}", f"%(?:25)*{_hex(f'{ord(char):02x}')}"]
    elif ord(char) > 0xFFFF:
        ways.append(rf"\\+U{_hex(f'{ord(char):08x}')}")
    if char in _ENTITIES:
        ways.append(f"&{_ENTITIES[char]};")
    if char == " ":
        ways.append(r"\+")
    return f"(?:{'|'.join(dict.fromkeys(ways))})"


def _hex(digits: str) -> str:
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in digits)
