"""Network failures as one plain sentence for a person, and whether a request can have left this machine."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from wallboard.domain.language import tr
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
            return (
                tr("name service does not answer for {host}", host=place)
                if slow
                else tr("name not found: {host}", host=place)
            )
        if isinstance(cause, ConnectionRefusedError):
            return tr("{host} refuses connections", host=place)
        if isinstance(cause, ssl.SSLError):
            reason = cause.reason or ""
            if reason in _NO_TLS:
                return tr("{host} does not speak TLS at this port", host=place)
            if "HANDSHAKE_FAILURE" in reason or "CERTIFICATE_REQUIRED" in reason:
                return tr(
                    "{host} refuses the TLS handshake: no cipher in common, or it wants a certificate of ours",
                    host=place,
                )
            # Without a reason of its own it is the connection that ended, however the library names that.
            if not reason or isinstance(cause, ssl.SSLEOFError) or "UNEXPECTED_EOF" in reason:
                return tr("{host} closed the connection instead of answering in TLS", host=place)
            if "VERSION" in reason or "PROTOCOL" in reason:
                return tr("{host} speaks only an outdated TLS version", host=place)
            return tr("no TLS with {host}: {why}", host=place, why=clean(reason.lower().replace("_", " "), 60))
    for cause in causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return tr("{host} cannot be reached: {why}", host=place, why=clean(cause.strerror.lower(), 60))
    return tr("{host} cannot be reached", host=place)


def _certificate(error: ssl.SSLCertVerificationError, place: str) -> str:
    code = error.verify_code
    if code == _EXPIRED:
        return tr("the certificate of {host} has expired", host=place)
    if code == _NOT_YET_VALID:
        return tr("the certificate of {host} is not valid yet", host=place)
    if code in _WRONG_NAME:
        return tr("the certificate is not for {host}", host=place)
    if code in _UNKNOWN_ISSUER:
        return tr(
            "the certificate of {host} is signed by nobody known here (ca_file names another authority)", host=place
        )
    return tr("the certificate of {host} is refused: {why}", host=place, why=clean(error.verify_message, 60))
