"""The catalogue of what is said: found in the sources, kept per language in `src/wallboard/locale`, and what is said
without it.

    python -m tests.arch.catalogue                     bring every catalogue up to date, and say what it lacks
    python -m tests.arch.catalogue loose [FOLDER]      sentences in the sources that no catalogue can translate
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent.parent
SOURCES = ROOT / "src" / "wallboard"
LOCALE = SOURCES / "locale"
KEYWORDS = frozenset({"tr", "trn", "trc", "mark", "markc"})
"""The functions of `domain.language`: what they are given first is a message."""

EXEMPT = Path(__file__).with_name("english.txt")
"""Sentences that are no words for a person: `module: text` a line, for programs, protocols and documents."""

_FORMS = "nplurals=2; plural=(n != 1);"
_ENGLISH = (
    *("sim/", "testing.py", "logs.py", "config/template.py", "config/schema.py", "config/model.py", "cli/sim.py"),
    *("serve/listener.py", "serve/metrics.py", "domain/records.py"),
)
"""What speaks to engineers, to programs or as a vendor, or is a file that is written down."""
_SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:.!?)]* +\(?[a-z]{2,}")
_WORD = re.compile(r"(?:^|[\s(])[A-Za-z]{2,}(?:[\s,.:;)!?]|$)")
_ERRORS = {
    *("TypeError", "ValueError", "KeyError", "AssertionError", "RuntimeError"),
    *("AttributeError", "LookupError", "IndexError", "compile"),
}


def messages() -> Catalog:
    """Everything the sources say, without translations. (Babel's own reader overlooks what stands in an f-string.)"""
    found = Catalog(project="wallboard", charset="utf-8", fuzzy=False)
    for path in sorted(SOURCES.rglob("*.py")):
        source = path.read_text("utf-8")
        tree = ast.parse(source)
        if "description=__doc__" in source and not path.relative_to(SOURCES).as_posix().startswith(_ENGLISH):
            # What the help of a command begins with.
            found.add(str(ast.get_docstring(tree, clean=False)))
        for node in ast.walk(tree):
            name = _called(node)
            if isinstance(node, ast.Call) and name in KEYWORDS:
                said = [str(part.value) for part in node.args if isinstance(part, ast.Constant)]
                if name == "trn":
                    found.add((said[0], said[1]))
                elif said and name in ("trc", "markc"):
                    if len(said) > 1:
                        found.add(said[1], context=said[0])
                elif said:
                    found.add(said[0])
    return found


def _called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def read(language: str) -> Catalog:
    """The catalogue of a language as it is kept."""
    return read_po(io.BytesIO(written(language)), locale=language)


def written(language: str) -> bytes:
    return _path(language, "po").read_bytes()


def read_compiled(language: str) -> bytes:
    return _path(language, "mo").read_bytes()


def _path(language: str, kind: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"wallboard.{kind}"


def brought_up(language: str) -> Catalog:
    """That catalogue with exactly what the sources say now; nothing is guessed from what is alike."""
    kept, now = read(language), messages()
    for message in now:
        if message.id and (known := kept.get(message.id, message.context)) is not None:
            message.string = known.string
    now.locale = kept.locale
    return now


def text(catalogue: Catalog) -> bytes:
    """As it is written: without line numbers, which would change with every edit, sorted by what is said."""
    out = io.BytesIO()
    write_po(out, catalogue, width=120, no_location=True, omit_header=True, sort_output=True)
    head = f"Language: {catalogue.locale}", "Content-Type: text/plain; charset=utf-8", f"Plural-Forms: {_FORMS}"
    written = "".join(f'"{line}\\n"\n' for line in head)
    return f'msgid ""\nmsgstr ""\n{written}\n'.encode() + out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """As `gettext` reads it."""
    out = io.BytesIO()
    catalogue.mime_headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Plural-Forms", _FORMS),
    ]
    write_mo(out, catalogue)
    return out.getvalue()


def loose(folder: Path = SOURCES) -> Iterator[tuple[str, int, str]]:
    """Module, line and text of every sentence for a person that is not given to `tr`, `trn`, `trc` or `mark`."""
    known = set(EXEMPT.read_text("utf-8").splitlines())
    yield from (each for each in _outside(folder) if f"{each[0]}: {each[2]}" not in known)


def stale() -> list[str]:
    """What is said to be for programs, and is not said any more."""
    found = {f"{module}: {said}" for module, _, said in _outside(SOURCES)}
    return [line for line in EXEMPT.read_text("utf-8").splitlines() if line not in found]


def _outside(folder: Path) -> Iterator[tuple[str, int, str]]:
    for path in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]:
        module = path.relative_to(SOURCES).as_posix()
        if not module.startswith(_ENGLISH):
            yield from ((module, *each) for each in _Loose.of(ast.parse(path.read_text("utf-8"))))


class _Loose(ast.NodeVisitor):
    """What a module says outside the catalogue. Docstrings, annotations, logs and programmers' errors are no words."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    @classmethod
    def of(cls, tree: ast.AST) -> list[tuple[int, str]]:
        visitor = cls()
        visitor.visit(tree)
        return visitor.found

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        pass

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        node.returns = None
        self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Assert(self, node: ast.Assert) -> None:
        self.visit(node.test)

    def visit_Call(self, node: ast.Call) -> None:
        name = _called(node)
        owner = getattr(getattr(node.func, "value", None), "id", "")
        if name in KEYWORDS:
            for value in node.keywords:
                self.visit(value)
            for argument in node.args:
                if not isinstance(argument, ast.Constant):
                    self.visit(argument)
        elif owner not in ("log", "_log", "logging", "warnings", "re") and name not in _ERRORS:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and _SENTENCE.search(node.value):
            self.found.append((node.lineno, " ".join(node.value.split())))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values]
        said = "".join(parts)
        if any(_WORD.search(part) for part in parts if part != "{}") and " " in said.strip():
            self.found.append((node.lineno, " ".join(said.split())))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)


def _out(line: str) -> None:
    sys.stdout.write(line + "\n")


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["loose"]:
        found = list(loose(Path(arguments[1]).resolve() if arguments[1:] else SOURCES))
        for module, line, said in found:
            _out(f"{module}:{line}: {said}")
        _out(f"{len(found)} said without a catalogue")
        return
    for language in sorted(path.name for path in LOCALE.iterdir() if path.is_dir()):
        catalogue = brought_up(language)
        _path(language, "po").write_bytes(text(catalogue))
        _path(language, "mo").write_bytes(compiled(catalogue))
        lacking = [message.id for message in catalogue if message.id and not message.string]
        _out(f"{language}: {len(catalogue)} messages, {len(lacking)} not translated")


if __name__ == "__main__":
    main(sys.argv[1:])
