"""The one TLS context of all vendors: always verified, never below TLS 1.2."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

from wallboard.domain.errors import Unreachable
from wallboard.domain.files import changeable
from wallboard.domain.language import tr
from wallboard.domain.text import clean


def context(ca_file: str = "", without_store: Callable[[], ssl.SSLContext] | None = None) -> ssl.SSLContext:
    """Verifies against the authorities in `ca_file` alone if it is given, else against the machine's store;
    `without_store` makes the context where that is empty (a slim container). Raises Unreachable, a sentence, where
    `ca_file` is not to be used."""
    file = clean(ca_file, 100)
    if ca_file and (wrong := changeable(Path(ca_file))):
        raise Unreachable(tr("ca_file {file}: {why}", file=file, why=wrong[0]))
    try:
        made = ssl.create_default_context(cafile=ca_file or None)
    except ssl.SSLError:
        raise Unreachable(tr("ca_file {file} holds no certificate that can be read", file=file)) from None
    except OSError:
        raise Unreachable(tr("ca_file {file} cannot be read", file=file)) from None
    if not ca_file and without_store is not None and not made.cert_store_stats()["x509_ca"]:
        made = without_store()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made
