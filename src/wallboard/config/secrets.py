"""Secrets by reference: resolved when a command needs them, shown never.

Errors name the reference and the place in the file, and hold nothing of what was read: a command's output, a file's
content and a variable's value may be the secret itself even when it is not the one that was wanted.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from wallboard.config.paths import named, spelled
from wallboard.domain.decoding import NotUtf8Error, heard, text_of
from wallboard.domain.errors import ConfigError
from wallboard.domain.files import changeable
from wallboard.domain.language import tr
from wallboard.vendors.base import Secret
from wallboard.vendors.options import REFERENCES, Reference

if TYPE_CHECKING:
    import subprocess

LIMIT = 4096
"""Bytes of the longest secret."""
DEADLINE = 5.0
"""Seconds that a command may take."""
SHARED_HOST = "WALLBOARD_SHARED_HOST"
_UNSHARED = frozenset({"", "0", "false", "no", "off"})
"""Anything else says that the host is shared: a word that nobody foresaw must not open it."""

_PASSED_ON = re.compile(
    "PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TERM|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY"
    "|DBUS_SESSION_BUS_ADDRESS|XDG_[A-Z_]+|SSH_AUTH_SOCK|GNUPGHOME|GPG_TTY|PASSWORD_STORE_[A-Z_]+"
)
"""What a command gets of the environment: to find itself, its files and its agent. No other source's secret, and
nothing that loads code into it."""


class _Unread(Exception):
    """There is no secret: why, and what to do about it."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


def describe(reference: Reference) -> str:
    """The reference in TOML, without what it leads to."""
    from wallboard.config.explain import toml

    name, value = _which(reference)
    return f"{{ {name} = {toml(value)} }}"


def resolver() -> Callable[[Reference, str, Path], Secret]:
    """A function (reference, `file:line`, the directory of that file) -> Secret. ConfigError says what failed.

    A variable that was read is taken out of `os.environ`, so that no child inherits it; it stays readable in
    /proc for this user. Resolving the same variable again gives the same secret.
    """
    taken: dict[str, str] = {}

    def read(name: str, value: str | list[str], directory: Path) -> str:
        match name, value:
            case "env", str():
                return _env(value, taken)
            case "file", str():
                return _file(directory / named(value))
            case "command", list():
                return _command([spelled(part) for part in value], directory)
            case "keyring", str():
                return _keyring(value)
        return _credential(str(value))

    def resolve(reference: Reference, where: str, directory: Path) -> Secret:
        try:
            text = read(*_which(reference), directory)
            if not text:
                raise _Unread(
                    tr("{reference} gives an empty secret", reference=describe(reference)), tr("put the secret there")
                )
            if not text.isprintable():
                what = tr(
                    "{reference} gives a secret with a line break or a control character in it",
                    reference=describe(reference),
                )
                raise _Unread(what, tr("let it give the secret alone, on one line"))
        except _Unread as fault:
            raise ConfigError(str(fault), where=where, hint=fault.hint) from None
        return Secret(text)

    return resolve


def _which(reference: Reference) -> tuple[str, str | list[str]]:
    for name in REFERENCES:
        value: str | list[str] | None = getattr(reference, name)
        if value is not None:
            return name, value
    raise ConfigError(tr("a reference to a secret is empty"))


def _env(name: str, taken: dict[str, str]) -> str:
    if os.environ.get(SHARED_HOST, "").strip().lower() not in _UNSHARED:
        what = tr("secrets are not read from the environment on a shared host ({variable})", variable=SHARED_HOST)
        raise _Unread(what, tr('write { file = "path" } or { command = [...] }'))
    if name not in taken:
        value = os.environ.pop(name, None)
        if value is None:
            raise _Unread(tr("the environment has no {name}", name=name), tr("set it: export {name}=…", name=name))
        taken[name] = heard(value)
    return taken[name]


def _file(path: Path) -> str:
    called = tr("the secret's file {path!r}", path=str(path))

    def judge(facts: os.stat_result) -> None:
        if not stat.S_ISREG(facts.st_mode):
            raise _Unread(tr("{path!r} is not a file", path=str(path)), tr("name the file that holds the secret"))
        # Root shares one with a group: who is not in it has not come this far.
        shared = facts.st_uid == 0 and facts.st_mode & 0o077 == 0o040
        if facts.st_uid != os.geteuid() and not (facts.st_uid == 0 and facts.st_mode & 0o077):
            raise _Unread(tr("{called} is not yours", called=called), tr("use a file that you own"))
        if facts.st_mode & 0o077 and not shared:
            what = tr(
                "others may open the secret's file {path!r} (mode {mode:04o})",
                path=str(path),
                mode=stat.S_IMODE(facts.st_mode),
            )
            raise _Unread(what, _closing(facts, path))
        if wrong := changeable(path):
            # A directory above it, or a link on the way: the file itself was looked at.
            raise _Unread(f"{called}: {wrong[0]}", wrong[1])

    return _content(path, called, tr("check the path"), judge)


def _closing(facts: os.stat_result, path: Path) -> str:
    """What to do about a file that others may open, so that those who shall read it still can."""
    mine = os.geteuid() == 0 and not path.parent.stat().st_mode & 0o011
    if facts.st_uid != 0 or not facts.st_mode & 0o070 or mine:
        # Root's own, too, where nobody else comes as far.
        return tr("run: chmod 600 {path}", path=path)
    if os.geteuid() == 0 or facts.st_gid in (os.getegid(), *os.getgroups()):
        return tr("run: chmod 640 {path}", path=path)
    # Closed as it is, it would be closed to who reads it here.
    return tr("have root run: chgrp GROUP {path} && chmod 640 {path}, with a group that you are in", path=path)


def _credential(name: str) -> str:
    directory, called = os.environ.get("CREDENTIALS_DIRECTORY"), tr("the credential {name!r}", name=name)
    hint = tr("set LoadCredential={name}:/path in the unit", name=name)
    if not directory:
        raise _Unread(tr("no systemd credentials were handed over, so there is no {name!r}", name=name), hint)
    if "/" in name or name in (".", ".."):
        raise _Unread(tr("{name!r} is no credential name", name=name), tr("write the name alone"))

    def judge(facts: os.stat_result) -> None:
        if not stat.S_ISREG(facts.st_mode):
            raise _Unread(tr("{called} is not a file", called=called), tr("let it be one"))

    return _content(Path(directory) / spelled(name), called, hint, judge)


def _content(path: Path, called: str, hint: str, judge: Callable[[os.stat_result], None]) -> str:
    try:
        # Non-blocking: a named pipe without a writer would hold the start up.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _Unread(tr("{called} cannot be read: {why}", called=called, why=error.strerror), hint) from None
    try:
        judge(os.fstat(descriptor))
        with open(descriptor, "rb", closefd=False) as file:
            return _text(file.read(LIMIT + 1), called)
    finally:
        os.close(descriptor)


def _keyring(text: str) -> str:
    service, _, user = text.partition(":")
    if not service or not user:
        raise _Unread(
            tr("{text!r} names no service and user", text=text),
            tr("write {example}", example='{ keyring = "service:user" }'),
        )
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise _Unread(tr("the keyring is not installed"), tr('install the extra "wallboard[keyring]"')) from None
    try:
        found = keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        what = tr("the keyring does not open ({kind})", kind=type(error).__name__)
        raise _Unread(what, tr("unlock it, or use another reference")) from None
    if found is None:
        raise _Unread(
            tr("the keyring has nothing for {text!r}", text=text),
            tr("run: keyring set {service} {user}", service=service, user=user),
        )
    return str(found)


def _command(argv: list[str], directory: Path) -> str:
    import contextlib
    import signal
    import subprocess

    called = tr("the secret's command {program!r}", program=argv[0])
    try:
        # Its own session: at the deadline the children it started end with it, and it cannot ask on our terminal.
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=directory,
            env={name: value for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)},
            start_new_session=True,
        )
    except OSError as error:
        raise _Unread(
            tr("{called} cannot be run: {why}", called=called, why=error.strerror), tr("check its name")
        ) from None
    try:
        output = _read(process, called)
    except BaseException:
        # Before it is taken note of: as long as it is not, nobody else gets its number. What it started ends with it,
        # also where it has ended itself.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    finally:
        if process.stdout is not None:
            process.stdout.close()
    if process.returncode != 0:
        what = tr("{called} failed with status {status}", called=called, status=process.returncode)
        raise _Unread(what, tr("run it yourself to see why; its output is not shown here"))
    return _text(output, called)


def _read(process: subprocess.Popen[bytes], called: str) -> bytes:
    """Standard output to its end, within `DEADLINE` and `LIMIT`."""
    import select
    import subprocess
    import time

    assert process.stdout is not None
    end = time.monotonic() + DEADLINE
    late = _Unread(
        tr("{called} did not end within {seconds:g} s", called=called, seconds=DEADLINE),
        tr("it must not ask for anything"),
    )
    output = b""
    while True:
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            raise late
        part = os.read(process.stdout.fileno(), LIMIT)
        if not part:
            break
        output += part
        if len(output) > LIMIT:
            raise _Unread(
                tr("{called} printed more than {limit} bytes", called=called, limit=LIMIT),
                tr("let it print the secret alone"),
            )
    try:
        process.wait(max(0.05, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise late from None
    return output


def _text(raw: bytes, called: str) -> str:
    if len(raw) > LIMIT:
        raise _Unread(
            tr("{called} holds more than {limit} bytes", called=called, limit=LIMIT), tr("let it hold the secret alone")
        )
    try:
        return text_of(raw).rstrip("\r\n")
    except NotUtf8Error:
        raise _Unread(tr("{called} is not text", called=called), tr("let it hold the secret alone, as UTF-8")) from None
