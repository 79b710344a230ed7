"""Text is UTF-8 in every locale: the program opens no text file and no pipe in whatever encoding the locale has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_TEXT_MODE = re.compile("[rwaxt+]+")


def by_locale(source: str) -> Iterator[int]:
    """Lines of calls that would read or write text in the locale's encoding."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    for call in calls:
        keywords = {keyword.arg: getattr(keyword.value, "value", None) for keyword in call.keywords}
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        values = [getattr(part, "value", None) for part in call.args] + [keywords.get("mode")]
        text_mode = any(isinstance(value, str) and _TEXT_MODE.fullmatch(value) for value in values)
        # `open` of a path or a descriptor; methods of that name that take no mode are others.
        opens = (name == "open" and isinstance(call.func, ast.Name) and not _binary(values)) or (
            name in ("open", "fdopen", "NamedTemporaryFile", "TemporaryFile") and text_mode
        )
        pipes = keywords.get("text") is True or keywords.get("universal_newlines") is True
        if (opens or pipes or name in ("read_text", "write_text")) and "encoding" not in keywords:
            yield call.lineno


def _binary(values: list[object]) -> bool:
    return any(isinstance(value, str) and "b" in value and len(value) < 4 for value in values)


def test_every_text_file_and_pipe_of_the_program_names_its_encoding() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for line in by_locale(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_search_finds_what_it_is_for() -> None:
    faulty = (
        'path.write_text("ü")',
        "Path(name).read_text()",
        "open(name)",
        'path.open("w")',
        'os.fdopen(number, "a")',
        "subprocess.run(words, text=True)",
        'tempfile.NamedTemporaryFile("w")',
    )
    assert [list(by_locale(line)) for line in faulty] == [[1]] * len(faulty)
    right = ('open(name, "rb")', 'path.write_text("ü", encoding="utf-8")', "os.open(name, flags)", "dialogs.open(form)")
    assert [list(by_locale(line)) for line in right] == [[]] * len(right)
