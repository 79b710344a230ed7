"""What the last frame showed of things that are longer than the screen: keys that turn pages go on from there."""

from __future__ import annotations

from wallboard.domain.models import Row
from wallboard.domain.records import dataclass
from wallboard.view.eventlog import Entry


@dataclass(frozen=True, slots=True)
class Turned:
    """The panel: lines that are scrolled away, how many more there are than fit, and how many fit."""

    top: int = 0
    over: int = 0
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """`page` and `scroll` of the mode that filled the screen (None: panes did), `panel` None behind a question; `card`
    is the row whose card was shown, `room` the columns and lines that the panes have, `entry` the line of the log that
    keys act on."""

    page: int | None = None
    scroll: int | None = None
    panel: Turned | None = None
    card: Row | None = None
    room: tuple[int, int] | None = None
    entry: Entry | None = None


NOTHING = Drawn()
