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

from wallboard.config.paths import named, spelled
from wallboard.domain.decoding import NotUtf8Error, heard, text_of
from wallboard.domain.errors import ConfigError
from wallboard.domain.files import changeable
from wallboard.vendors.base import Secret
from wallboard.vendors.options import Reference

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


def describe(reference: Reference) -> str:
    """The reference in TOML, without what it leads to."""
    from wallboard.config.explain import toml

    name, value = _which(reference)
    return f"{{ {name} = {toml(value)} }}"


def resolver(directory: Path) -> Callable[[Reference, str], Secret]:
    """A function (reference, `file:line`) -> Secret for a config file in `directory`. ConfigError says what failed.

    A variable that was read is taken out of `os.environ`, so that no child inherits it; it stays readable in
    /proc for this user. Resolving the same variable again gives the same secret.
    """
    taken: dict[str, str] = {}

    def resolve(reference: Reference, where: str) -> Secret:
        name, value = _which(reference)
        match name:
            case "env":
                text = _env(str(value), taken, where)
            case "file":
                text = _file(directory / named(str(value)), where)
            case "command":
                text = _command([spelled(part) for part in value], directory, where)
            case "keyring":
                text = _keyring(str(value), where)
            case _:
                text = _credential(str(value), where)
        return Secret(_fit(text, describe(reference), where))

    return resolve


def _which(reference: Reference) -> tuple[str, str | list[str]]:
    for name in ("env", "file", "command", "keyring", "credential"):
        value: str | list[str] | None = getattr(reference, name)
        if value is not None:
            return name, value
    raise ConfigError("a reference to a secret is empty")


def _fit(text: str, reference: str, where: str) -> str:
    if not text:
        raise ConfigError(f"{reference} gives an empty secret", where=where, hint="put the secret there")
    if not text.isprintable():
        raise ConfigError(
            f"{reference} gives a secret with a line break or a control character in it",
            where=where,
            hint="let it give the secret alone, on one line",
        )
    return text


def _env(name: str, taken: dict[str, str], where: str) -> str:
    if os.environ.get(SHARED_HOST, "").strip().lower() not in _UNSHARED:
        raise ConfigError(
            f"secrets are not read from the environment on a shared host ({SHARED_HOST})",
            where=where,
            hint='write { file = "path" } or { command = [...] }',
        )
    if name not in taken:
        value = os.environ.pop(name, None)
        if value is None:
            raise ConfigError(f"the environment has no {name}", where=where, hint=f"set it: export {name}=…")
        taken[name] = heard(value)
    return taken[name]


def _file(path: Path, where: str) -> str:
    try:
        # Non-blocking: a named pipe without a writer would hold the start up.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ConfigError(
            f"the secret's file {str(path)!r} cannot be read: {error.strerror}", where=where, hint="check the path"
        ) from None
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise ConfigError(f"{str(path)!r} is not a file", where=where, hint="name the file that holds the secret")
        if facts.st_uid != os.geteuid():
            raise ConfigError(
                f"the secret's file {str(path)!r} is not yours", where=where, hint="use a file that you own"
            )
        if facts.st_mode & 0o077:
            raise ConfigError(
                f"others may open the secret's file {str(path)!r} (mode {stat.S_IMODE(facts.st_mode):04o})",
                where=where,
                hint=f"run: chmod 600 {path}",
            )
        if wrong := changeable(path):
            # A directory above it, or a link on the way: the file itself was looked at.
            raise ConfigError(f"the secret's file {str(path)!r}: {wrong[0]}", where=where, hint=wrong[1])
        with open(descriptor, "rb", closefd=False) as file:
            return _text(file.read(LIMIT + 1), f"the secret's file {str(path)!r}", where)
    finally:
        os.close(descriptor)


def _credential(name: str, where: str) -> str:
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    if not directory:
        raise ConfigError(
            f"no systemd credentials were handed over, so there is no {name!r}",
            where=where,
            hint=f"set LoadCredential={name}:/path in the unit",
        )
    if "/" in name or name in (".", ".."):
        raise ConfigError(f"{name!r} is no credential name", where=where, hint="write the name alone")
    try:
        descriptor = os.open(Path(directory) / spelled(name), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ConfigError(
            f"the credential {name!r} cannot be read: {error.strerror}",
            where=where,
            hint=f"set LoadCredential={name}:/path in the unit",
        ) from None
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ConfigError(f"the credential {name!r} is not a file", where=where, hint="let it be one")
        return _text(file.read(LIMIT + 1), f"the credential {name!r}", where)


def _keyring(text: str, where: str) -> str:
    service, _, user = text.partition(":")
    if not service or not user:
        raise ConfigError(f"{text!r} names no service and user", where=where, hint='write { keyring = "service:user" }')
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise ConfigError(
            "the keyring is not installed", where=where, hint='install the extra "wallboard[keyring]"'
        ) from None
    try:
        found = keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        raise ConfigError(
            f"the keyring does not open ({type(error).__name__})",
            where=where,
            hint="unlock it, or use another reference",
        ) from None
    if found is None:
        raise ConfigError(
            f"the keyring has nothing for {text!r}", where=where, hint=f"run: keyring set {service} {user}"
        )
    return str(found)


def _command(argv: list[str], directory: Path, where: str) -> str:
    import contextlib
    import signal
    import subprocess

    called = f"the secret's command {argv[0]!r}"
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
        raise ConfigError(f"{called} cannot be run: {error.strerror}", where=where, hint="check its name") from None
    try:
        output = _read(process, called, where)
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
        raise ConfigError(
            f"{called} failed with status {process.returncode}",
            where=where,
            hint="run it yourself to see why; its output is not shown here",
        )
    return _text(output, called, where)


def _read(process: object, called: str, where: str) -> bytes:
    """Standard output to its end, within `DEADLINE` and `LIMIT`."""
    import select
    import subprocess
    import time

    assert isinstance(process, subprocess.Popen)
    assert process.stdout is not None
    end = time.monotonic() + DEADLINE
    late = ConfigError(f"{called} did not end within {DEADLINE:g} s", where=where, hint="it must not ask for anything")
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
            raise ConfigError(
                f"{called} printed more than {LIMIT} bytes", where=where, hint="let it print the secret alone"
            )
    try:
        process.wait(max(0.05, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise late from None
    return output


def _text(raw: bytes, called: str, where: str) -> str:
    if len(raw) > LIMIT:
        raise ConfigError(f"{called} holds more than {LIMIT} bytes", where=where, hint="let it hold the secret alone")
    try:
        return text_of(raw).rstrip("\r\n")
    except NotUtf8Error:
        raise ConfigError(f"{called} is not text", where=where, hint="let it hold the secret alone, as UTF-8") from None
