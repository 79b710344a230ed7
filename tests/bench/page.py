"""The page of figures: each goal, what was measured, whether it is reached and, where not, why."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.rounds import Run, percentile

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
HEAD = """# Performance

<!-- Made by `make bench`, which measures anew and writes this page. -->

The whole program in a terminal of 160×50, in turn with others in every round: medians ({rounds} rounds), and the
smallest and largest in brackets. A ratio is that of one round; only ratios mean anything on a machine that does other
things as well. Keys of all rounds are taken together. *Board N*: N agents of a source whose answers are at hand, of
whom each second one in twenty changes, sorted by how long they are in their state. *hello*: the smallest Textual
program. *DataTable*: the same rows in Textual's table. What is behind each row: `tests/bench`.

{machine}.
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row: `values` of each round, `figure` what counts (left out: their median), `at_least` where more is better.
    No values: `why` it could not be measured; else `why` it misses the goal, if it does."""

    goal: str
    what: str
    limit: float
    values: Sequence[float]
    figure: float | None = None
    unit: str = ""
    at_least: bool = False
    why: str = ""

    @property
    def measured(self) -> float:
        return statistics.median(self.values) if self.figure is None else self.figure

    @property
    def met(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    def cells(self) -> Sequence[str]:
        limit = f"{'≥' if self.at_least else '≤'} {_number(self.limit)}{self.unit}"
        if not self.values:
            return self.goal, self.what, limit, "–", "", self.why or "not measured"
        spread = f" ({_number(min(self.values))}–{_number(max(self.values))})" if len(self.values) > 1 else ""
        verdict = ("met", "") if self.met else ("**missed**", self.why)
        return self.goal, self.what, limit, f"{_number(self.measured)}{self.unit}{spread}", *verdict


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def goals(findings: Sequence[Finding]) -> str:
    return table(("", "what", "goal", "measured", "", "why not"), [each.cells() for each in findings])


def figures(runs: Mapping[str, Sequence[Run]]) -> str:
    """What each program was like, as it is on this machine."""
    rows = []
    for name, each in runs.items():
        keys = [key for run in each for key in run.keys]
        columns = (
            [run.frame for run in each],
            [run.paint for run in each],
            [run.start for run in each],
            [run.cpu for run in each],
            [run.bytes for run in each],
            [run.over for run in each if run.floor],
            [run.memory for run in each],
        )
        told = [_spread(values) for values in columns]
        pressed = [f"{percentile(keys, share):.1f}" if keys else "–" for share in (0.5, 0.95)]
        rows.append((name, *told, *pressed))
    head = ("program", "first frame ms", "data ms", "CPU until then ms", "CPU %", "bytes/s", "× changed", "MiB")
    return table((*head, "key p50 ms", "p95"), rows)


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "–"
    return f"{_number(statistics.median(values))} ({_number(min(values))}–{_number(max(values))})"


def machine() -> str:
    """What it was measured on: no name and no place of it."""
    model = next(
        (line.partition(":")[2].strip() for line in _cpu() if line.startswith("model name")), platform.machine()
    )
    return (
        f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} "
        f"{platform.release().partition('-')[0]}; commit {commit()}"
    )


def _cpu() -> Sequence[str]:
    try:
        return Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ()


def commit() -> str:
    """Short hash and date of what is measured, and whether something was changed since."""
    try:
        told = _git("log", "-1", "--format=%h of %cs")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", "src")
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return f"{told}, with changes" if changed else told


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=PAGE.parent, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def text(rounds: int, sections: Sequence[tuple[str, str]], *, quick: bool = False) -> str:
    told = [HEAD.format(rounds=rounds, machine=machine())]
    told += ["**A quick run:** of everything less than the goals ask for.\n"] if quick else []
    told += [f"## {title}\n\n{body}\n" for title, body in sections]
    return "\n".join(told)
