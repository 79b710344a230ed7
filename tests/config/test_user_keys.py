"""What signs in at the bus is looked at before anything begins: a fault has its line in the file and says no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.share.keys import ACCOUNT, Pair, creds
from wallboard.cli.main import main
from wallboard.config import load as loading
from wallboard.config.load import load
from wallboard.config.user_keys import is_creds, is_seed, lacks
from wallboard.domain.errors import ConfigError

SITE = (Path(__file__).parent / "valid" / "smallest.toml").read_text() + '\n[share]\nurl = ["nats://127.0.0.1:9"]\n'
LINE = SITE.splitlines().index("[share]") + 1
PAIR = Pair.new()
JWT = "eyJ0.eyJq.c2ln"
GOOD = creds(JWT, PAIR.seed)


def written(folder: Path, auth: str, **files: str) -> Path:
    for name, text in files.items():
        (made := folder / name).write_text(text)
        made.chmod(0o600)
    (path := folder / "config.toml").write_text(f"{SITE}{auth}\n")
    path.chmod(0o600)
    return path


def fault(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["--config", str(path), "watch"]) == 2
    return capsys.readouterr().err


def test_a_seed_is_that_of_a_user_without_a_slip() -> None:
    assert is_seed(PAIR.seed)
    other = "A" if PAIR.seed[20] != "A" else "B"
    for wrong in ("", "SU", PAIR.public, PAIR.seed[:-1], f"{PAIR.seed[:20]}{other}{PAIR.seed[21:]}", PAIR.seed.lower()):
        assert not is_seed(wrong), wrong
    assert not is_seed(Pair.new(ACCOUNT).seed), "it signs in nobody"
    assert not is_seed("ß" * 58)


def test_creds_are_a_jwt_and_a_seed(tmp_path: Path) -> None:
    (file := tmp_path / "x").write_text(GOOD)
    assert is_creds(file)
    file.write_text(GOOD.replace("\n", "\r\n"))
    assert is_creds(file)
    for text in ("", JWT, PAIR.seed, creds("", PAIR.seed), creds(JWT, "SUNONE"), GOOD[:200], "\xff\x00" * 99):
        file.write_text(text)
        assert not is_creds(file), text


@pytest.mark.parametrize("text", ["SUNONE", "not base32 !", PAIR.public], ids=["short", "no base32", "public"])
def test_a_secret_that_is_no_seed_is_told_at_its_line(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = fault(written(tmp_path, 'auth = { kind = "nkey", seed = { file = "nk" } }', nk=text), capsys)
    assert f"config.toml:{LINE + 2}: the secret is no seed of a user's nkey; it begins with SU" in said
    assert text not in said


@pytest.mark.parametrize("text", ["", "[share]", PAIR.seed], ids=["empty", "a table", "a seed"])
def test_a_file_that_holds_no_creds_is_told_at_its_line(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = fault(written(tmp_path, 'auth = { kind = "creds", file = "x.creds" }', **{"x.creds": text}), capsys)
    assert f"config.toml:{LINE + 2}: 'x.creds' holds no JWT with the seed of its user; name the file that `nsc" in said
    assert PAIR.seed not in said


def test_without_the_extra_who_shares_is_told_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "")
    monkeypatch.setattr(loading, "lacks", lambda: True)
    assert f"config.toml:{LINE}: what speaks to the bus is not installed; sharing needs the extra [share]" in fault(
        path, capsys
    )
    # Who only looks or acts once asks nobody there.
    assert load(path).config().share is not None
    with pytest.raises(ConfigError, match="extra"):
        load(path).config(serves=True)


def test_the_extra_is_whole_where_both_packages_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not lacks()
    monkeypatch.setattr("wallboard.config.user_keys.find_spec", lambda name: None if name == "nkeys" else object())
    assert lacks()
