"""Certificates of an authority of our own, with any names and dates, made by the openssl program."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_CONFIG = """\
[ca]
default_ca = own
[own]
new_certs_dir = {folder}
database = {folder}/index
serial = {folder}/serial
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
policy = any
copy_extensions = copy
x509_extensions = strict
unique_subject = no
[strict]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[any]
commonName = supplied
"""
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
ALWAYS = ("20200101000000Z", "20480101000000Z")
PAST = ("20200101000000Z", "20200201000000Z")
COMING = ("20470101000000Z", "20480101000000Z")


def _openssl(*words: str) -> None:
    program = shutil.which("openssl")
    assert program is not None, "the tests of TLS make certificates with the openssl program"
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


@dataclass(frozen=True)
class Authority:
    """`ca` is its own certificate."""

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    def make(self) -> Authority:
        self.folder.mkdir(parents=True)
        (self.folder / "index").touch()
        (self.folder / "serial").write_text("01\n")
        (self.folder / "config").write_text(_CONFIG.format(folder=self.folder))
        # Python 3.13 and newer refuse an authority that does not say what its key is for.
        names = ("-subj", f"/CN={self.folder.name}", "-days", "2", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        _openssl("req", "-x509", *_KEY, *names, "-keyout", str(self.folder / "ca.key"), "-out", str(self.ca))
        return self

    def issue(self, name: str, *names: str, dates: tuple[str, str] = ALWAYS) -> Path:
        """A file with a certificate for `names` ("DNS:localhost", "IP:127.0.0.1") and its key."""
        request, key, made = (self.folder / f"{name}.{kind}" for kind in ("csr", "key", "crt"))
        subject = ("-subj", f"/CN={name}", "-addext", f"subjectAltName={','.join(names)}")
        _openssl("req", "-new", *_KEY, *subject, "-keyout", str(key), "-out", str(request))
        span = ("-startdate", dates[0], "-enddate", dates[1])
        files = ("-config", str(self.folder / "config"), "-in", str(request), "-out", str(made))
        _openssl("ca", "-batch", "-notext", *files, *span)
        both = self.folder / f"{name}.pem"
        both.write_bytes(made.read_bytes() + key.read_bytes())
        return both
