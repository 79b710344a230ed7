"""Network failures as one plain sentence for a person, and whether a request can have left this machine."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from wallboard.domain.text import clean

# OpenSSL's X509_V_ERR_* numbers.
_NOT_YET_VALID = 9
_EXPIRED = 10
_UNKNOWN_ISSUER = frozenset({2, 18, 19, 20, 21})
_WRONG_NAME = frozenset({62, 63, 64})
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"})


def causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and everything it came from, groups opened, each once."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting and len(seen) < 50:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting.extend(cause for cause in (current.__cause__, current.__context__) if cause is not None)


def why_unreachable(error: BaseException, host: str) -> str:
    place = clean(host, 100)
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate(cause, place)
        if isinstance(cause, socket.gaierror):
            slow = cause.errno == socket.EAI_AGAIN
            return f"name service does not answer for {place}" if slow else f"name not found: {place}"
        if isinstance(cause, ConnectionRefusedError):
            return f"{place} refuses connections"
        if isinstance(cause, ssl.SSLError):
            reason = cause.reason or ""
            if reason in _NO_TLS:
                return f"{place} does not speak TLS at this port"
            if "HANDSHAKE_FAILURE" in reason or "CERTIFICATE_REQUIRED" in reason:
                return f"{place} refuses the TLS handshake: no cipher in common, or it wants a certificate of ours"
            # Without a reason of its own it is the connection that ended, however the library names that.
            if not reason or isinstance(cause, ssl.SSLEOFError) or "UNEXPECTED_EOF" in reason:
                return f"{place} closed the connection instead of answering in TLS"
            if "VERSION" in reason or "PROTOCOL" in reason:
                return f"{place} speaks only an outdated TLS version"
            return f"no TLS with {place}: {clean(reason.lower().replace('_', ' '), 60)}"
    for cause in causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return f"{place} cannot be reached: {clean(cause.strerror.lower(), 60)}"
    return f"{place} cannot be reached"


def _certificate(error: ssl.SSLCertVerificationError, place: str) -> str:
    code = error.verify_code
    if code == _EXPIRED:
        return f"the certificate of {place} has expired"
    if code == _NOT_YET_VALID:
        return f"the certificate of {place} is not valid yet"
    if code in _WRONG_NAME:
        return f"the certificate is not for {place}"
    if code in _UNKNOWN_ISSUER:
        return f"the certificate of {place} is signed by nobody known here (ca_file names another authority)"
    return f"the certificate of {place} is refused: {clean(error.verify_message, 60)}"
