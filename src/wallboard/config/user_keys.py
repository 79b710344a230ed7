"""What signs in at a NATS server: whether a seed, or a file of a JWT and its seed, is one. None is ever said."""

from __future__ import annotations

import base64
import binascii
import re
from importlib.util import find_spec
from pathlib import Path

_SEED, _USER = 18 << 3, 20 << 3
"""What the kinds of keys begin with, before base32 makes `SU` of it."""
_LENGTH = 2 + 32 + 2
_PART = r"-----BEGIN {}-----\s+(\S+)\s+------END {}------"
_JWT, _KEY = (re.compile(_PART.format(name, name)) for name in ("NATS USER JWT", "USER NKEY SEED"))
LARGEST = 64 << 10


def is_seed(text: str) -> bool:
    """Whether that is the seed of a user, spelled without a fault."""
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        return False
    if len(raw) != _LENGTH or raw[0] & 248 != _SEED or (raw[0] & 7) << 5 | raw[1] >> 3 != _USER:
        return False
    return binascii.crc_hqx(raw[:-2], 0) == int.from_bytes(raw[-2:], "little")


def is_creds(path: Path) -> bool:
    """Whether that is a file of a JWT and its seed, as `nsc` writes them. OSError."""
    with path.open("rb") as file:
        text = file.read(LARGEST).decode("ascii", "replace")
    jwt, key = _JWT.search(text), _KEY.search(text)
    return jwt is not None and jwt[1].count(".") == 2 and key is not None and is_seed(key[1])


def lacks() -> bool:
    """Whether the extra that speaks to the bus is not installed, or not whole."""
    return any(find_spec(name) is None for name in ("nats", "nkeys"))
