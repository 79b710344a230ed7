"""Numbers that PortSIP's calls can be sent to."""

from __future__ import annotations

import re

from wallboard.domain.language import tr

_EXTENSION = re.compile(r"[0-9]{3,64}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SERVICE = re.compile(r"[*#][0-9*#]{1,31}")
_DECORATION = re.compile(r"[ ().-]")


def is_extension(text: str) -> bool:
    """Whether the contract takes `text` for an extension number."""
    return _EXTENSION.fullmatch(text) is not None


def dialled(number: str) -> str:
    """The digits that are really sent."""
    return _DECORATION.sub("", number)


def why_not_dialled(number: str) -> str:
    """Why this PBX cannot be told to call `number`, as a clause; "" if it can."""
    digits = dialled(number)
    if not digits:
        return tr("has no number")
    if any(pattern.fullmatch(digits) for pattern in (_EXTENSION, _E164, _SERVICE)):
        return ""
    return tr("not an extension (3 digits or more), +number or * code")
