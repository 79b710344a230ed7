"""What lies in deploy/: tried as far as this machine can, and held to what the program really does."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import anyio
import httpx
import pytest
from hatchling.build import build_wheel

from tests.share.nats import free_port
from tests.support.certificates import Authority
from tests.terminal.stage import PATIENCE
from wallboard.cli.exits import Exit
from wallboard.cli.main import parser
from wallboard.cli.signals import LAST_WORDS
from wallboard.cli.web import PORT
from wallboard.config.load import load
from wallboard.config.paths import state_dir
from wallboard.serve.health import STUCK
from wallboard.serve.listener import BODY, Request, Response, listening
from wallboard.vendors.options import Reference

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CONFIG = "/etc/wallboard/serve.toml"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The example, where nobody else may change it."""
    made = tmp_path / "serve.toml"
    made.write_bytes((DEPLOY / "serve.toml").read_bytes())
    return made


def credentials(found: Any) -> Iterator[str]:
    """The names of those that are referred to."""
    if isinstance(found, Reference):
        assert found.credential, "what a service is handed is a credential"
        yield found.credential
    elif hasattr(found, "model_dump"):
        yield from credentials([value for _, value in found])
    elif isinstance(found, list | tuple | dict):
        for each in found.values() if isinstance(found, dict) else found:
            yield from credentials(each)


# ---- systemd -----------------------------------------------------------------------------------------------------


def unit() -> dict[str, dict[str, list[str]]]:
    """Section -> key -> its values."""
    found: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in (DEPLOY / "wallboard.service").read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            found[section] = {}
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[section].setdefault(key, []).append(value)
    return found


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("there is no systemd on this machine")
    (command,) = unit()["Service"]["ExecStart"]
    text = (DEPLOY / "wallboard.service").read_text()
    made = tmp_path / "wallboard.service"
    made.write_text(text.replace(shlex.split(command)[0], sys.executable).replace("man:wallboard(1)", "man:true(1)"))
    done = subprocess.run(
        [program, "verify", "--man=no", str(made)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_starts_what_the_program_is(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = {key: values[0] for key, values in unit()["Service"].items()}
    program, *words = shlex.split(service["ExecStart"])
    assert Path(program).name == "wallboard"
    arguments = parser().parse_args(words)
    assert (arguments.command, arguments.config) == ("serve", CONFIG)
    assert service["Type"] == "notify"
    # It is started anew by the first watchdog that the reader lets pass, and not by one that it could still make.
    assert int(service["WatchdogSec"]) >= 2 * STUCK
    assert int(service["TimeoutStopSec"]) > LAST_WORDS
    assert int(service["RestartPreventExitStatus"]) == Exit.USAGE
    monkeypatch.setenv("XDG_STATE_HOME", "/var/lib")
    assert service["Environment"] == "XDG_STATE_HOME=%S"
    assert state_dir() == Path("/var/lib") / service["StateDirectory"]

    checked = load(config)
    handed = dict(each.split(":") for each in unit()["Service"]["LoadCredential"])
    assert sorted(credentials(checked.model)) == sorted(handed)
    assert {Path(path).parent for path in handed.values()} == {Path(CONFIG).parent}
    for name in handed:
        (tmp_path / name).write_text("secret")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    made = checked.config()
    assert made.share is not None
    assert made.serve.metrics is not None
    assert made.serve.hook is not None


def steps() -> list[list[str]]:
    """What docs/serve.md has an administrator type, word by word."""
    page = (ROOT / "docs" / "serve.md").read_text()
    block = page.partition("## As a service")[2].split("```")[1]
    return [shlex.split(step, comments=True) for line in block.strip().splitlines() for step in line.split(" && ")]


def test_the_steps_of_the_page_install_what_the_unit_reads_so_that_it_can() -> None:
    service = unit()["Service"]
    modes: dict[str, int] = {}
    for step in steps():
        if step[0] == "install":
            given = argparse.ArgumentParser()
            given.add_argument("-d", action="store_true")
            given.add_argument("-m", default="755", type=lambda text: int(text, 8))
            given.add_argument("paths", nargs="+")
            found = given.parse_args(step[1:])
            modes[found.paths[-1]] = found.m
    program, *words = shlex.split(service["ExecStart"][0])
    (named,) = [parser().parse_args(words).config]
    secrets = [each.split(":")[1] for each in service["LoadCredential"]]
    # Its user is made for the time it runs, so that no file can be its own: what it opens itself everybody may read.
    assert (service["DynamicUser"], service.get("SupplementaryGroups")) == (["yes"], None)
    assert modes[named] == 0o644
    assert modes[str(Path(named).parent)] == 0o755
    # Those systemd reads, as root.
    assert {path for path, mode in modes.items() if mode == 0o600} == set(secrets)
    assert modes["/etc/systemd/system/wallboard.service"] == 0o644
    assert len(modes) == 3 + len(secrets)
    (pipx,) = [step for step in steps() if "pipx" in step]
    # ProtectHome hides what root has at home.
    assert f"PIPX_BIN_DIR={Path(program).parent}" in pipx
    assert not any(word.startswith(("PIPX_HOME=/root", "PIPX_HOME=/home")) for word in pipx)
    assert "share" in pipx[-1]
    assert steps()[-1] == ["systemctl", "enable", "--now", "wallboard"]


def test_the_unit_gives_nothing_away() -> None:
    service = {key: values[0] for key, values in unit()["Service"].items()}
    for key in ("DynamicUser", "NoNewPrivileges", "PrivateTmp", "ProtectHome", "MemoryDenyWriteExecute"):
        assert service[key] == "yes"
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"], service["UMask"]) == ("strict", "", "0077")


# ---- containers --------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", "", (DEPLOY / "Containerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def instruction(wanted: str) -> str:
    (found,) = [rest for word, rest in instructions() if word == wanted]
    return found


def test_the_image_starts_what_the_program_is(monkeypatch: pytest.MonkeyPatch) -> None:
    words: list[str] = json.loads(instruction("ENTRYPOINT")) + json.loads(instruction("CMD"))
    assert words[0] == "wallboard"
    arguments = parser().parse_args(words[1:])
    assert (arguments.command, arguments.config) == ("serve", CONFIG)
    port = arguments.metrics.rpartition(":")[2]
    assert instruction("EXPOSE") == port
    assert f"127.0.0.1:{port}/healthz" in instruction("HEALTHCHECK")
    environment = dict(each.split("=") for each in instruction("ENV").split())
    monkeypatch.setenv("XDG_STATE_HOME", environment["XDG_STATE_HOME"])
    assert state_dir() == Path(instruction("VOLUME"))
    assert f"-d -o {instruction('USER')} -m 700 {instruction('VOLUME')}" in instruction("RUN")


def test_a_wheel_can_be_built_of_what_the_image_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for word, rest in instructions():
        if word == "COPY":
            *sources, target = rest.split()
            for source in sources:
                assert target.startswith("/src/")
                folder = tmp_path / target.removeprefix("/src/")
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, folder, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / source, folder)
    monkeypatch.chdir(tmp_path)
    names = ZipFile(tmp_path / build_wheel(str(tmp_path))).namelist()
    assert "wallboard/cli/serve.py" in names
    assert [name for name in names if name.startswith("wallboard/_themes/")]


def test_the_image_takes_its_extras_from_the_list_with_hashes(tmp_path: Path) -> None:
    (command,) = [part for part in instruction("RUN").split("&&") if "awk" in part]
    subprocess.run(
        ["sh", "-ec", command.replace("extras.txt", str(tmp_path / "extras.txt"))], cwd=ROOT, timeout=30, check=True
    )
    taken = (tmp_path / "extras.txt").read_text()
    locked = (ROOT / "requirements" / "test.txt").read_text()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for requirement in (*extras["share"], *extras["push"], *extras["metrics"]):
        name = re.split(r"[\[<>=]", requirement)[0]
        pinned = re.search(rf"^{name}==\S+ \\\n(    --hash=sha256:\w+( \\)?\n)+", locked, re.MULTILINE)
        assert pinned is not None, name
        assert pinned[0] in taken
    # What nats-py[nkeys] brings.
    keys = {"cffi", "nkeys", "pycparser", "pynacl"}
    named = set(re.findall(r"^([a-z-]+)==", taken, re.MULTILINE))
    assert named == {"nats-py", "websockets", "prometheus-client"} | keys


@pytest.mark.anyio
@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
async def test_the_image_is_as_healthy_as_healthz_says(status: int, code: int) -> None:
    async def healthz(request: Request) -> Response:
        return Response(status)

    words = json.loads(instruction("HEALTHCHECK").partition("CMD ")[2])
    async with listening("127.0.0.1", 0, {"/healthz": healthz}) as port:
        words = [sys.executable, *(re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", word) for word in words[1:])]
        done = await anyio.run_process(words, check=False)
    assert done.returncode == code


# ---- nginx -------------------------------------------------------------------------------------------------------


NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine: apt-get install nginx-light")


async def echo(request: Request) -> Response:
    told = {"path": request.path, "length": len(request.body), **request.headers}
    return Response(200, "application/json", json.dumps(told).encode())


@contextmanager
def nginx(folder: Path, hooks: int, board: int) -> Iterator[tuple[int, Path]]:
    """The real one with the snippet, in front of these ports; where it listens, and who vouches for its names."""
    assert NGINX is not None
    authority = Authority(folder / "ca").make()
    pair = authority.issue("proxy", "DNS:hooks.example.net", "DNS:board.example.net")
    port = free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(r"(ssl_certificate(?:_key)?)\s+\S+;", rf"\1 {pair};", text)
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}")
    listens = load(folder / "serve.toml").model.serve.hook
    assert listens is not None
    assert f"http://{listens.listen};" in text
    text = text.replace(f"http://{listens.listen};", f"http://127.0.0.1:{hooks};")
    assert f"http://127.0.0.1:{PORT};" in text
    text = text.replace(f"http://127.0.0.1:{PORT};", f"http://127.0.0.1:{board};")
    (folder / "snippet.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind}; " for kind in kinds)
    whole = folder / "whole.conf"
    whole.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors; events {{}}\n"
        f"http {{ access_log off; {paths} include {folder}/snippet.conf; }}\n"
    )
    words = [NGINX, "-e", str(folder / "errors"), "-p", str(folder), "-c", str(whole)]
    tried = subprocess.run([*words, "-t"], capture_output=True, text=True, timeout=30, check=False)
    assert tried.returncode == 0, tried.stderr
    process = subprocess.Popen(words)
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with socket.socket() as tried_out:
                if tried_out.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield port, authority.ca
    finally:
        process.terminate()
        process.wait(PATIENCE)


@asynccontextmanager
async def proxied(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    import ssl

    async with listening("127.0.0.1", 0, {"/wb/": echo}) as hooks, listening("127.0.0.1", 0, {"/": echo}) as board:
        with nginx(folder, hooks, board) as (port, ca):
            trusted = ssl.create_default_context(cafile=str(ca))
            async with httpx.AsyncClient(base_url=f"https://127.0.0.1:{port}", verify=trusted) as client:
                yield client


def as_host(name: str) -> dict[str, Any]:
    return {"headers": {"Host": name}, "extensions": {"sni_hostname": name}}


@needs_nginx
@pytest.mark.anyio
@pytest.mark.usefixtures("config")
async def test_nginx_leads_hooks_to_where_they_arrive_and_nothing_else(tmp_path: Path) -> None:
    url = httpx.URL("https://hooks.example.net/wb")
    async with proxied(tmp_path) as client:
        there = as_host(url.host)
        answer = await client.post(f"{url.path}/a1b2c3?x=1", content=b"event", **there)
        assert (answer.status_code, answer.json()["path"], answer.json()["length"]) == (200, "/wb/a1b2c3", 5)
        # What is too large does not come as far as the poller, and what it takes is not too large here.
        assert (await client.post(f"{url.path}/a", content=b"x" * BODY, **there)).json()["length"] == BODY
        assert (await client.post(f"{url.path}/a", content=b"x" * (BODY + 1), **there)).status_code == 413
        for path in ("/", "/metrics", "/healthz", "/wbx"):
            assert (await client.get(path, **there)).status_code == 404


@needs_nginx
@pytest.mark.anyio
@pytest.mark.usefixtures("config")
async def test_nginx_tells_the_board_under_which_name_it_was_called(tmp_path: Path) -> None:
    async with proxied(tmp_path) as client:
        told = (await client.get("/wall", **as_host("board.example.net"))).json()
        assert told["path"] == "/wall"
        assert (told["host"], told["x-forwarded-proto"]) == ("board.example.net", "https")
