"""What the documents say of the program, generated from the program: `python -m tests.arch.documents` writes it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.arch import pages, pictures
from tests.support.coverage import Relevance, documents
from wallboard.domain.clock import ManualClock
from wallboard.vendors.base import (
    AmiAuth,
    BasicAuth,
    LoginAuth,
    NoAuth,
    OAuthAuth,
    Secret,
    Services,
    SourceSettings,
    Verification,
)
from wallboard.vendors.registry import load

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
SHARE = ROOT / "share"
SCHEMA = ROOT / "docs" / "snapshot.schema.json"
ACTIONS = ROOT / "docs" / "actions.md"
PICTURES = ROOT / "docs" / "pictures"
COVERAGE = ROOT / "docs" / "coverage.md"


def written() -> dict[Path, str]:
    """Every file that is made of the program, as it should be. A page that a person wrote keeps what stands outside its
    markers."""
    docs = ROOT / "docs"
    return {
        **{PICTURES / f"{name}.svg": drawing for name, drawing in pictures.pictures().items()},
        README: renewed(
            README,
            screen=shown("board"),
            screens=shown(*list(pictures.TOLD)[1:]),
            keys=pages.ten_keys(),
            legend=pages.legend(),
        ),
        docs / "configuration.md": renewed(docs / "configuration.md", config=pages.configuration()),
        docs / "keys.md": renewed(docs / "keys.md", keys=pages.keys()),
        docs / "commands.md": renewed(docs / "commands.md", commands=pages.commands()),
        docs / "snapshot.md": renewed(docs / "snapshot.md", fields=pages.snapshot(), watch=pages.watched()),
        docs / "numbers.md": renewed(docs / "numbers.md", figures=pages.figures()),
        SCHEMA: json.dumps(pages.schema(), indent=2) + "\n",
        **{SHARE / name: text for name, text in pages.shared().items()},
        ACTIONS: actions_page(),
        COVERAGE: coverage_page(),
    }


def renewed(path: Path, **parts: str) -> str:
    """The page with what stands between `<!-- name:begin -->` and `<!-- name:end -->` renewed."""
    text = path.read_text(encoding="utf-8")
    for name, part in parts.items():
        begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        assert found, f"{path.name} has no place for {name}"
        text = f"{head}{begin}{part}{end}{tail}"
    return text


def shown(*names: str) -> str:
    """The pictures of these names."""
    return "\n".join(f"![{pictures.TOLD[name]}](docs/pictures/{name}.svg)\n" for name in names)


SETTINGS = {
    "ringme": SourceSettings(
        "hq",
        "ringme",
        "https://pbx.example.net/api/ver1.0",
        OAuthAuth("app", Secret("x")),
        phone="2001",
        client="@me",
    ),
    "groupalarm": SourceSettings(
        "responders", "groupalarm", "https://app.groupalarm.com/api/v1/first-responder", NoAuth(), organization=77
    ),
    "sinch": SourceSettings("cc", "sinch", "https://contact.example.net/RI/rci", BasicAuth("mira", Secret("x"))),
    "portsip": SourceSettings(
        "front",
        "portsip",
        "https://pbx.example.net:8887/api",
        LoginAuth("mira", Secret("x"), "pbx.example.net"),
        phone="2001",
    ),
    "asterisk": SourceSettings(
        "lab", "asterisk", "tcp://127.0.0.1:5038", AmiAuth("wallboard", Secret("x")), phone="PJSIP/2001"
    ),
}


def table(vendor: str) -> list[Verification]:
    """The verification table that the adapter itself uses."""
    adapter = load(vendor).build(SETTINGS[vendor], Services(ManualClock()))
    return list(adapter.table())


def actions_page() -> str:
    """docs/actions.md: per vendor and verb what is sent and what shows that it happened."""
    lines = [
        "# Actions and their evidence",
        "",
        "Generated from the adapters' own tables. *Accepted* is the ending where the vendor cannot show the effect.",
        "*Not taken for it* is what else could produce the evidence while the action did nothing, and what is required",
        "so that it does not; `tests/vendors/test_impostors.py` plays it.",
        "",
    ]
    for vendor in SETTINGS:
        columns = ("verb", "sent", "confirmed by", "not taken for it", "denied by", "within")
        lines += [f"## {vendor}", "", f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
        for row in table(vendor):
            confirmed = "; ".join(evidence.text for evidence in row.confirms) or f"*accepted: {row.cannot}*"
            denied = "; ".join(evidence.text for evidence in row.denies) or "–"
            within = "–" if row.cannot and not row.confirms else f"{row.deadline:g} s"
            impostors = "; ".join(dict.fromkeys(each.impostor for each in row.confirms if each.impostor)) or "–"
            cells = (row.verb.value, f"`{row.request}`", confirmed, impostors, denied, within)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


def coverage_page() -> str:
    """docs/coverage.md: one table a vendor document, every operation on it."""
    lines = [
        "# What of each vendor's document is used",
        "",
        "Generated from `coverage/*.tsv`. LIVE feeds a pane, ACTION is a verb or a webhook of our own, DETAIL is read "
        "on demand or with slow data; CONFIG and what is not relevant is left out, with the reason.",
        "",
    ]
    for document in documents():
        counts = ", ".join(
            f"{number} {relevance.value}"
            for relevance in Relevance
            if (number := len([one for one in document.operations if one.relevance is relevance]))
        )
        title = f"{document.vendor}: {document.title}"
        lines += [f"## {title}", "", f"{len(document.operations)} operations: {counts}.", ""]
        lines += ["| operation | is | reached by, or why it is left out | shown by |", "|---|---|---|---|"]
        for one in document.operations:
            shown = f"`{one.shown_by}`" if one.shown_by else ""
            cells = (f"`{one.method} {one.path}`", one.relevance.value, one.use, shown)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    for path, text in written().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
