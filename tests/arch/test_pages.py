"""What the pages say is so: links lead somewhere, commands exist, examples of configuration load, and the sentences of
the troubleshooting page are the program's own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from wallboard import theming
from wallboard.cli.main import parser
from wallboard.config.load import parsed
from wallboard.config.model import ConfigModel
from wallboard.config.vendors import options_of
from wallboard.vendors.registry import BUILT_IN

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / ".github").rglob("*.md")])
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
SMALLEST = '[[source]]\nname = "hq"\nvendor = "ringme"\nurl = "https://pbx.example.net/api"\nauth = { kind = "none" }\n'


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(name: str) -> set[str]:
    """What a `#…` can lead to on a page."""
    titles = re.findall(r"^#+ (.+)$", text(name), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```", "", text(name), flags=re.MULTILINE | re.DOTALL)):
        where, _, anchor = link.partition("#")
        if "://" in where:
            continue
        target = ((ROOT / name).parent / where).resolve() if where else ROOT / name
        if not target.exists() or (anchor and anchor not in anchors(target.relative_to(ROOT).as_posix())):
            broken.append(link)
    assert broken == []


def command_lines(name: str) -> Iterator[str]:
    """What a page has people type: code that begins with `wallboard`, in a line or in a block."""
    body = text(name)
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```", body, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^ *```.*?^ *```", "", body, flags=re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`(wallboard [^`]+)`", prose.replace("\n", " "))
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    yield from (line for line in [*spans, *lines] if re.match(r"wallboard( |$)", line))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("ROADMAP.md", "CHANGELOG.md")])
def test_commands_that_are_named_exist(name: str) -> None:
    """Of each the words up to the first that stands for another: `do VERB`, `audit verify|show`, a comment, a pipe."""
    wrong = []
    for line in command_lines(name):
        words = re.split(r" +#| \| | \[| …", line)[0].split()[1:]
        for choice in words[1].split("|") if len(words) > 1 and "|" in words[1] else [""]:
            tried = [words[0], choice] if choice else words
            plain = [word for word in tried if word[0].isdigit() or not word.isupper()]
            if plain[:1] == ["do"] or plain == ["record"]:
                continue
            if not plain or plain[0].startswith("-"):
                plain.insert(0, "run")
            try:
                parser().parse_args([word for word in plain if word not in ("--help", "--version")])
            except SystemExit:
                wrong.append(line)
    assert wrong == []


def examples(name: str) -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```", text(name), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", [name for name in NAMES if examples(name)])
def test_examples_of_configuration_load(name: str, home: Path) -> None:
    for example in examples(name):
        if "[tokens]" in example:
            themes = home / "themes"
            themes.mkdir()
            (themes / "night.toml").write_text(example, encoding="utf-8")
            theming.load("night", user_dir=themes)
        else:
            parsed(home / "config.toml", example if "[[source]]" in example else SMALLEST + example)


def test_the_page_of_the_configuration_has_every_key() -> None:
    whole = ConfigModel.model_json_schema(by_alias=True)
    own = [model.model_json_schema() for model in map(options_of, BUILT_IN) if model is not None]
    keys = {key for table in (whole, *whole["$defs"].values(), *own) for key in table.get("properties", ())}
    assert len(keys) > 60
    page = text("docs/configuration.md")
    headings = re.findall(r"^## \[+(\w+)\]+$", page, re.MULTILINE)
    assert {key for key in keys - set(headings) if f"`{key}`" not in page} == set()


def test_the_readme_has_a_first_source_of_each_vendor() -> None:
    named = re.findall(r'^vendor = "(\w+)"$', text("README.md"), re.MULTILINE)
    assert sorted(named) == sorted(BUILT_IN)


@cache
def said() -> str:
    """Every sentence of the program, what is put into one as `…`."""
    found = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.append("".join(str(p.value) if isinstance(p, ast.Constant) else "…" for p in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.sub(r"\{[^{}]*\}", "…", node.value))
    return "\n".join(found)


def quoted() -> list[str]:
    """The first column of the troubleshooting tables, where it is a sentence of the program."""
    page = text("docs/troubleshooting.md")
    cells = [line.split(" | ")[0].removeprefix("| ") for line in page.splitlines() if line.startswith("| ")]
    return [sentence for cell in cells for sentence in re.findall(r"`([^`]+)`", cell) if " " in sentence]


def test_what_the_troubleshooting_page_quotes_is_what_the_program_says() -> None:
    assert len(quoted()) > 30
    # A sentence that names something first is often put together from two: what stands before it may be anything.
    assert [each for each in quoted() if each.removeprefix("… ").removesuffix(" …") not in said()] == []
