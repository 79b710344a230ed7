"""The operations that a vendor's document prints, against its table in `docs/coverage`.

The documents are the vendors' own and not part of this tree. With them in a folder, by the names that the tables have:
`python -m tests.arch.operations FOLDER` says per document what is missing or unknown in its table, and prints the
count and digest that `test_coverage.py` holds the table to.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.support.coverage import Document, documents

# A line of its own: "get /agents", "GET /extension/registration/", "POST /api/ivrs HTTP/1.1".
_PRINTED = re.compile(r"^(get|post|put|delete|patch) (/\S*)(?: HTTP/1\.1)?\s*$", re.IGNORECASE | re.MULTILINE)


def printed(text: str) -> list[str]:
    """The operations of a document as "METHOD /path", in its order."""
    return [f"{method.upper()} {path}" for method, path in _PRINTED.findall(text)]


def declared(document: Document) -> list[str]:
    return [f"{each.method} {each.path}" for each in document.operations]


def digest(operations: Iterable[str]) -> str:
    """The same for the same operations in any order; each one counts, also one that stands twice."""
    return hashlib.sha256("\n".join(sorted(operations)).encode()).hexdigest()[:16]


def compare(folder: Path) -> int:
    """Prints what differs, for each table whose document is in `folder`; the number of differences."""
    faults = 0
    for document in documents():
        path = folder / f"{document.document}.txt"
        if not path.is_file():
            print(f"{document.document}: not in {folder}")
            continue
        operations = printed(path.read_text(encoding="utf-8"))
        if not operations:
            print(f"{document.document}: prints no operations; its table is held to its own count and digest")
            operations = declared(document)
        table = Counter(declared(document))
        missing, unknown = Counter(operations) - table, table - Counter(operations)
        print(f'{document.document}: {len(operations)}, "{digest(operations)}"')
        for word, found in (("missing", missing), ("unknown", unknown)):
            for operation in found.elements():
                print(f"  {word}: {operation}")
        faults += missing.total() + unknown.total()
    return faults


if __name__ == "__main__":
    sys.exit(1 if compare(Path(sys.argv[1])) else 0)
