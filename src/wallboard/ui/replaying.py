"""A recording on the board instead of what is so: what is said of it, and the keys that wind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wallboard.domain.language import tr, trc
from wallboard.ui.settings import Station
from wallboard.view.format import local

WOUND = 60.0
"""Seconds that a key goes back or on."""


class Replaying:
    """`rewound` is told from which instant on everything will happen again."""

    def __init__(self, at: Station, rewound: Callable[[float], None]) -> None:
        self._at = at
        self._player = at.ports.player
        self._rewound = rewound
        self._end_told = False

    @property
    def banner(self) -> str:
        """`REPLAY 2026-11-29 14:05:12 ×10`; "" where there is none."""
        player = self._player
        if player is None:
            return ""
        zone = self._at.settings.zone
        moment = datetime.fromtimestamp(player.at, zone)
        if player.step:
            word = tr("REPLAY {moment} history, a row a minute", moment=f"{moment:%Y-%m-%d %H:%M}")
        else:
            word = tr("REPLAY {moment}", moment=f"{moment:%Y-%m-%d %H:%M:%S}")
        if player.behind > 2 * max(1.0, player.speed, player.step):
            return f"{word} → {local(player.goal, zone)}"
        if player.ended:
            return f"{word} {trc('recording', 'END')}"
        return word if player.speed == 1 else f"{word} ×{player.speed:g}"

    def look(self) -> None:
        """Once a second: say that it has come to its end."""
        player = self._player
        if player is not None and player.ended and not self._end_told:
            said, style = tr("the history ends here") if player.step else tr("the recording ends here"), "text"
            if player.damage is not None:
                cut, style = player.damage.cut, "warn"
                said = tr("the recording was cut off here") if cut else tr("what follows is damaged: it ends here")
            self._at.remarks.say(said, style)
            self._at.remarks.log("state", said, style)
        self._end_told = player is not None and player.ended

    def back(self) -> None:
        self._wind(-WOUND)

    def on(self) -> None:
        self._wind(WOUND)

    def _wind(self, seconds: float) -> None:
        player = self._player
        if player is None:
            return
        since = player.wind(seconds)
        if since is not None:
            self._rewound(since)
        self._at.remarks.say(tr("wound to {time}", time=local(player.goal, self._at.settings.zone)), "text")
