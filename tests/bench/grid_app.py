"""One ticking board, drawn in three ways.

    grid_app.py grid 500           Grid + Selection + cell diffing: what the console uses
    grid_app.py stock 500          the same without cell diffing
    grid_app.py datatable 500      Textual's DataTable

Each second 5 % of the rows change, every wait counts on, and the rows are sorted by longest wait; `--still` keeps the
order, `--idle` stops the clock.
"""

from __future__ import annotations

import gc

gc.disable()

# Imported after that on purpose: what stays for good need not be walked through.
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Hashable, Sequence  # noqa: E402
from typing import ClassVar  # noqa: E402

from rich.style import Style  # noqa: E402
from textual.app import App, ComposeResult  # noqa: E402
from textual.binding import Binding, BindingType  # noqa: E402

from tests.bench.model import STATES, Agent  # noqa: E402
from tests.bench.model import Model as Agents  # noqa: E402
from tests.support.sought import Says  # noqa: E402
from wallboard.ui.terminal.diff import install, writer_busy  # noqa: E402
from wallboard.ui.widgets.grid import Grid  # noqa: E402
from wallboard.view.cells import Cell, Column  # noqa: E402
from wallboard.view.selection import RowFact, Selection  # noqa: E402

COLORS = dict(zip(STATES, ("#8ae234", "#729fcf", "#fce94f", "#ef2929", "#ad7fa8", "#34e2e2"), strict=True))
COLUMNS = (
    Column("id", "agent", 10),
    Column("name", "name", 18, gap=2),
    Column("team", "team", 12, gap=2),
    Column("state", "state", 12, gap=2),
    Column("queue", "queue", 14, gap=2),
    Column("wait", "wait", 9, "right", gap=2),
    Column("calls", "calls", 7, "right", gap=2),
    Column("level", "SL", 5, "right", gap=2),
)


def fields(agent: Agent, now: int) -> tuple[str, ...]:
    wait = now - agent.since
    clock = f"{wait // 60}:{wait % 60:02d}"
    return (
        agent.key, agent.name, agent.team, agent.state, agent.queue, clock, str(agent.calls), f"{agent.level}%"
    )  # fmt: skip


class Model(Agents):
    """As the grid wants them; `still` keeps their order."""

    def __init__(self, size: int, *, still: bool = False) -> None:
        super().__init__(size)
        self.still = still
        self.by_key: dict[Hashable, Agent] = {agent.key: agent for agent in self.agents}
        self.facts = {agent.key: self._fact(agent) for agent in self.agents}

    def _fact(self, agent: Agent) -> RowFact:
        return RowFact(agent.key, (0 if self.still else agent.since, agent.key), Says(agent.name), agent.name)

    def step(self) -> list[Agent]:
        changed = super().step()
        self.facts |= {agent.key: self._fact(agent) for agent in changed}
        return changed


class Source:
    """A model and its selection, as a grid wants them."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.selection = Selection()
        self.selection.apply(model.facts.values(), time.monotonic())

    def order(self) -> Sequence[Hashable]:
        return self.selection.order

    def cursor_index(self) -> int | None:
        return self.selection.cursor_index

    def cells(self, key: Hashable, now: float) -> Sequence[Cell]:
        agent = self.model.by_key[key]
        return [
            Cell(text, agent.state if column.id == "state" else "text")
            for column, text in zip(COLUMNS, fields(agent, self.model.now), strict=True)
        ]

    def row_style(self, key: Hashable) -> str:
        return ""


_styles: dict[tuple[str, str], Style] = {}


def style_for(token: str, background: str) -> Style:
    key = token, background
    style = _styles.get(key)
    if style is None:
        style = _styles[key] = Style(
            color=COLORS.get(token, "#e0e0e0"), bgcolor="#204a87" if background == "cursor" else "#121212"
        )
    return style


class Board(App[None]):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)"),
        Binding("up", "move(-1)"),
        Binding("g", "home"),
        Binding("t", "tick"),
        Binding("q", "quit"),
    ]

    def __init__(self, size: int, *, diff: bool, still: bool = False, idle: bool = False) -> None:
        super().__init__()
        self.source = Source(Model(size, still=still))
        self.grid = Grid(self.source, style_for, COLUMNS)
        self.idle = idle
        if diff and not install(self):
            raise SystemExit("this Textual cannot be diffed")

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        if not self.idle:
            self.set_interval(1.0, self._second)

    def _second(self) -> None:
        if not writer_busy(self):
            self.action_tick()

    def action_tick(self) -> None:
        model, now = self.source.model, time.monotonic()
        model.step()
        self.source.selection.apply(model.facts.values(), now)
        self.source.selection.expire(now)
        self.grid.refresh_rows(now)

    def action_home(self) -> None:
        self.source.selection.home(time.monotonic())
        self.grid.refresh_rows(time.monotonic())

    def action_move(self, lines: int) -> None:
        self.source.selection.move(lines, time.monotonic())
        self.grid.refresh_rows(time.monotonic())


def table_app(size: int, *, still: bool, idle: bool) -> App[None]:
    from rich.text import Text
    from textual.widgets import DataTable

    class Table(App[None]):
        ENABLE_COMMAND_PALETTE = False
        model = Model(size, still=still)

        def compose(self) -> ComposeResult:
            yield DataTable[Text](cursor_type="row")

        def on_mount(self) -> None:
            table = self.query_one(DataTable)
            for column in COLUMNS:
                table.add_column(column.title, key=column.id, width=column.width)
            for agent in sorted(self.model.agents, key=lambda agent: self.model.facts[agent.key].rank):
                table.add_row(*[Text(text) for text in fields(agent, self.model.now)], key=agent.key)
            table.focus()
            if not idle:
                self.set_interval(1.0, self.tick)

        def tick(self) -> None:
            table, model = self.query_one(DataTable), self.model
            for agent in model.step():
                texts = fields(agent, model.now)
                for index in (3, 6, 7):
                    table.update_cell(agent.key, COLUMNS[index].id, Text(texts[index]))
            for agent in model.agents:
                table.update_cell(agent.key, "wait", Text(fields(agent, model.now)[5]))
            if not still:
                table.sort("id", key=lambda text: model.facts[text.plain].rank)

    return Table()


def main(arguments: Sequence[str]) -> None:
    kind = arguments[0]
    numbers = [int(argument) for argument in arguments[1:] if argument.isdigit()]
    size = numbers[0] if numbers else 500
    still, idle = "--still" in arguments, "--idle" in arguments
    app: App[None]
    if kind == "datatable":
        app = table_app(size, still=still, idle=idle)
    else:
        app = Board(size, diff=kind == "grid", still=still, idle=idle)
    gc.freeze()
    gc.enable()
    app.run()


if __name__ == "__main__":
    main(sys.argv[1:])
