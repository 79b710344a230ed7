"""Secrets by reference: what is read, what is refused, and that nothing of it is ever said."""

from __future__ import annotations

import json
import os
import pickle
import sys
import time
import types
from pathlib import Path

import pytest

from wallboard.config import secrets
from wallboard.domain.errors import ConfigError
from wallboard.vendors.options import Reference

CANARY = "S3CR3T-canary"


def resolve(tmp_path: Path, **reference: object) -> str:
    return secrets.resolver()(Reference.model_validate(reference), "config.toml:7", tmp_path).reveal()


def refusal(tmp_path: Path, **reference: object) -> str:
    with pytest.raises(ConfigError) as caught:
        resolve(tmp_path, **reference)
    said = str(caught.value)
    assert said.startswith("config.toml:7: ")
    assert "; " in said
    assert CANARY not in said
    assert CANARY not in repr(caught.value.__cause__)
    return said


def secret_file(tmp_path: Path, content: bytes = CANARY.encode() + b"\n", mode: int = 0o600) -> Path:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def python(code: str) -> list[str]:
    return [sys.executable, "-S", "-c", code]


def test_a_variable_is_read_and_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HQ_SECRET", CANARY)
    read = secrets.resolver()
    reference = Reference(env="HQ_SECRET")
    assert read(reference, "", tmp_path).reveal() == CANARY
    assert "HQ_SECRET" not in os.environ
    assert read(reference, "", tmp_path).reveal() == CANARY


def test_a_variable_that_is_not_set(tmp_path: Path) -> None:
    assert "the environment has no HQ_SECRET" in refusal(tmp_path, env="HQ_SECRET")


def test_an_empty_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HQ_SECRET", "")
    assert "gives an empty secret" in refusal(tmp_path, env="HQ_SECRET")


def test_a_shared_host_reads_no_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WALLBOARD_SHARED_HOST", "1")
    monkeypatch.setenv("HQ_SECRET", CANARY)
    assert "shared host" in refusal(tmp_path, env="HQ_SECRET")


def test_a_file_beside_the_config(tmp_path: Path) -> None:
    secret_file(tmp_path, CANARY.encode() + b"\r\n")
    assert resolve(tmp_path, file="secret") == CANARY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_open(mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = secret_file(tmp_path, mode=mode)
    owned_by(monkeypatch, path, 4711)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    said = refusal(tmp_path, file=str(path))
    assert f"(mode {mode:04o})" in said
    assert f"chmod 600 {path}" in said


def owned_by(monkeypatch: pytest.MonkeyPatch, path: Path, owner: int) -> None:
    """Let `path` belong to `owner`, whoever runs the test."""
    there = path.stat().st_ino
    plain = os.fstat

    def facts(descriptor: int) -> os.stat_result:
        found = plain(descriptor)
        return os.stat_result([owner if n == 4 and found.st_ino == there else part for n, part in enumerate(found)])

    monkeypatch.setattr(os, "fstat", facts)


@pytest.mark.parametrize(("mode", "fine"), [(0o640, True), (0o440, True), (0o644, False), (0o660, False)])
def test_root_shares_a_file_with_its_group(
    mode: int, fine: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = secret_file(tmp_path, mode=mode)
    owned_by(monkeypatch, path, 0)
    if fine:
        assert resolve(tmp_path, file="secret") == CANARY
    else:
        # 600 would take it from the group that comes as far.
        tmp_path.chmod(0o750)
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        assert f"run: chmod 640 {path}" in refusal(tmp_path, file="secret")
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
        assert f"run: chmod 640 {path}" in refusal(tmp_path, file="secret")
        monkeypatch.setattr(os, "getegid", lambda: 4711)
        monkeypatch.setattr(os, "getgroups", lambda: [4712])
        said = refusal(tmp_path, file="secret")
        assert f"chgrp GROUP {path} && chmod 640 {path}" in said
        assert "a group that you are in" in said


def test_a_file_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = secret_file(tmp_path)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert "is not yours" in refusal(tmp_path, file=str(path))


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in refusal(tmp_path, file="none")
    assert "is not a file" in refusal(tmp_path, file=str(tmp_path))


def test_a_pipe_nobody_writes_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "is not a file" in refusal(tmp_path, file="pipe")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"\xff\xfe" + CANARY.encode(), "not text"),
        (CANARY.encode() * 400, "more than 4096 bytes"),
        (CANARY.encode() + b"\nsecond", "line break"),
    ],
)
def test_files_that_hold_no_secret(content: bytes, what: str, tmp_path: Path) -> None:
    assert what in refusal(tmp_path, file=str(secret_file(tmp_path, content)))


def test_a_command_prints_it(tmp_path: Path) -> None:
    assert resolve(tmp_path, command=python(f"print('{CANARY}')")) == CANARY


def test_a_command_gets_no_shell(tmp_path: Path) -> None:
    assert resolve(tmp_path, command=["printf", "%s", "$HOME;`id`"]) == "$HOME;`id`"


def test_a_command_has_nothing_to_read(tmp_path: Path) -> None:
    assert resolve(tmp_path, command=python("import sys; print('nothing' + sys.stdin.read())")) == "nothing"


def test_a_command_that_fails_is_not_quoted(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = f"import sys; print('{CANARY}'); print('{CANARY}', file=sys.stderr); sys.exit(3)"
    assert "failed with status 3" in refusal(tmp_path, command=python(code))
    assert CANARY not in "".join(capfd.readouterr())


def test_a_command_that_hangs_ends_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "DEADLINE", 0.5)
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    started = time.monotonic()
    assert "did not end within" in refusal(tmp_path, command=python(code))
    assert time.monotonic() - started < 5
    child = int((tmp_path / "pid").read_text() or "0")
    assert child
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        os.sched_yield()
    assert not alive(child)


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_command_that_closes_its_output_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "DEADLINE", 0.5)
    code = "import os, time; os.write(1, b'x'); os.close(1); time.sleep(60)"
    assert "did not end within" in refusal(tmp_path, command=python(code))


def test_a_command_that_prints_without_end(tmp_path: Path) -> None:
    code = f"import sys\nwhile True: sys.stdout.write('{CANARY}' * 100)"
    assert "more than 4096 bytes" in refusal(tmp_path, command=python(code))


@pytest.mark.parametrize(
    ("code", "what"), [("print()", "empty"), ("import os; os.write(1, bytes([0, 255]))", "not text")]
)
def test_a_command_that_prints_garbage(code: str, what: str, tmp_path: Path) -> None:
    assert what in refusal(tmp_path, command=python(code))


def test_a_command_that_does_not_exist(tmp_path: Path) -> None:
    assert "cannot be run: No such file" in refusal(tmp_path, command=["no-such-program-here"])


def test_a_systemd_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no systemd credentials" in refusal(tmp_path, credential="hq")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "hq").write_text(CANARY)
    assert resolve(tmp_path, credential="hq") == CANARY
    assert "no credential name" in refusal(tmp_path, credential="../hq")
    assert "cannot be read" in refusal(tmp_path, credential="none")


class FakeKeyring(types.ModuleType):
    def __init__(self, found: str | None) -> None:
        super().__init__("keyring")
        self.found = found
        self.asked: list[tuple[str, str]] = []
        self.errors = types.ModuleType("keyring.errors")
        self.errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]

    def get_password(self, service: str, user: str) -> str | None:
        self.asked.append((service, user))
        return self.found


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    fake = FakeKeyring(CANARY)
    monkeypatch.setitem(sys.modules, "keyring", fake)
    monkeypatch.setitem(sys.modules, "keyring.errors", fake.errors)
    return fake


def test_the_keyring(tmp_path: Path, keyring: FakeKeyring) -> None:
    assert resolve(tmp_path, keyring="wallboard:hq") == CANARY
    assert keyring.asked == [("wallboard", "hq")]
    keyring.found = None
    assert "keyring set wallboard hq" in refusal(tmp_path, keyring="wallboard:hq")
    assert 'write { keyring = "service:user" }' in refusal(tmp_path, keyring="wallboard")


def test_a_keyring_that_stays_locked(tmp_path: Path, keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    error = keyring.errors.KeyringError

    def locked(service: str, user: str) -> str:
        raise error(CANARY)

    monkeypatch.setattr(keyring, "get_password", locked)
    assert "does not open" in refusal(tmp_path, keyring="wallboard:hq")


def test_a_keyring_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert 'install the extra "wallboard[keyring]"' in refusal(tmp_path, keyring="wallboard:hq")


def test_a_resolved_secret_cannot_be_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HQ_SECRET", CANARY)
    secret = secrets.resolver()(Reference(env="HQ_SECRET"), "", tmp_path)
    assert CANARY not in f"{secret} {secret!r} {secret!s:>20} {[secret]}"
    with pytest.raises(TypeError):
        json.dumps({"secret": secret})
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_file_below_a_directory_that_others_can_change(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    secret_file(shared)
    shared.chmod(0o777)
    assert f"others may change {shared}" in refusal(tmp_path, file="shared/secret")
    shared.chmod(0o755)
    assert resolve(tmp_path, file="shared/secret") == CANARY


@pytest.mark.parametrize("word", ["1", "true", "True", "YES", "on", " 1 ", "2", "shared"])
def test_every_word_that_is_no_plain_no_makes_the_host_a_shared_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("WALLBOARD_SHARED_HOST", word)
    monkeypatch.setenv("HQ_SECRET", CANARY)
    assert "shared host" in refusal(tmp_path, env="HQ_SECRET")


@pytest.mark.parametrize("word", ["", "0", "false", "No", "OFF"])
def test_a_plain_no_leaves_it_my_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("WALLBOARD_SHARED_HOST", word)
    monkeypatch.setenv("HQ_SECRET", CANARY)
    assert resolve(tmp_path, env="HQ_SECRET") == CANARY


def test_a_command_sees_no_other_secret_and_nothing_that_loads_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BRANCH_SECRET", "PYTHONPATH", "LD_LIBRARY_PATH", "BASH_ENV", "WALLBOARD_CONFIG", "VAULT"):
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("PASSWORD_STORE_DIR", "/store")
    code = "import os; print(' '.join(sorted(os.environ)), os.environ['PASSWORD_STORE_DIR'], os.environ['HOME'])"
    seen = resolve(tmp_path, command=python(code)).split()
    assert seen[-2:] == ["/store", os.environ["HOME"]]
    assert {"PATH", "HOME", "PASSWORD_STORE_DIR"} <= set(seen)
    assert not {"BRANCH_SECRET", "PYTHONPATH", "LD_LIBRARY_PATH", "BASH_ENV", "WALLBOARD_CONFIG", "VAULT"} & set(seen)


def test_what_a_command_left_running_ends_at_the_deadline_though_the_command_itself_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "DEADLINE", 1.0)
    code = (
        "import os, time\n"
        "child = os.fork()\n"
        "if child:\n"
        "    open('pid', 'w').write(str(child)); os._exit(0)\n"
        "time.sleep(60)"
    )
    assert "did not end within" in refusal(tmp_path, command=python(code))
    child = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        os.sched_yield()
    assert not alive(child)


def test_a_credential_that_is_a_pipe_nobody_writes_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    os.mkfifo(tmp_path / "hq", 0o600)
    assert "is not a file" in refusal(tmp_path, credential="hq")
