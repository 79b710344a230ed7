"""Users that sign in with a key: seeds, and the JWTs of an operator, an account and a user as `nsc` makes them."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass

import nkeys

OPERATOR, ACCOUNT, USER = nkeys.PREFIX_BYTE_OPERATOR, nkeys.PREFIX_BYTE_ACCOUNT, nkeys.PREFIX_BYTE_USER


@dataclass(frozen=True)
class Pair:
    seed: str

    @classmethod
    def new(cls, kind: int = USER) -> Pair:
        return cls(nkeys.encode_seed(os.urandom(32), kind).decode())

    @property
    def public(self) -> str:
        return str(nkeys.from_seed(bytearray(self.seed.encode())).public_key.decode())

    def sign(self, data: bytes) -> bytes:
        return bytes(nkeys.from_seed(bytearray(self.seed.encode())).sign(data))

    def jwt(self, subject: str, kind: str, **nats: object) -> str:
        """What this one says of `subject`."""
        claims = {"iat": 1700000000, "iss": self.public, "name": kind, "sub": subject}
        claims["nats"] = {"type": kind, "version": 2, **nats}
        claims["jti"] = base64.b32encode(hashlib.sha256(json.dumps(claims).encode()).digest()).decode().rstrip("=")
        head = _plain(json.dumps({"typ": "JWT", "alg": "ed25519-nkey"}).encode())
        said = f"{head}.{_plain(json.dumps(claims).encode())}"
        return f"{said}.{_plain(self.sign(said.encode()))}"


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def creds(jwt: str, seed: str) -> str:
    return (
        f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
        "************************* IMPORTANT *************************\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    )


def site_of_creds() -> tuple[str, str]:
    """The lines of a server that trusts an operator, and the creds of a user of an account with JetStream."""
    operator, system, account, user = (Pair.new(kind) for kind in (OPERATOR, ACCOUNT, ACCOUNT, USER))
    free = {"limits": {"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "conn": -1, "leaf": -1}}
    store = {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1, "wildcards": True}
    known = operator.jwt(account.public, "account", limits=free["limits"] | store)
    own = operator.jwt(system.public, "account", **free)
    lines = (
        f"operator: {operator.jwt(operator.public, 'operator', system_account=system.public)}\n"
        f"system_account: {system.public}\nresolver: MEMORY\n"
        f"resolver_preload: {{ {account.public}: {known}, {system.public}: {own} }}"
    )
    return lines, creds(account.jwt(user.public, "user", subs=-1, data=-1, payload=-1), user.seed)
