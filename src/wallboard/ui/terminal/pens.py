"""Colours and attributes as the terminal is told them (SGR), and the shortest way from one set to the next."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color, ColorSystem
from rich.style import Style

from wallboard.ui.terminal.controls import NO_HYPERLINK, hyperlink
from wallboard.ui.terminal.sixteen import pair

Pen = tuple[str, ...]
"""SGR codes of foreground, background and attributes ("1;4"), and behind them the address that is opened, if any."""
PLAIN: Pen = ("39", "49", "")

_ATTRIBUTES = (
    *(("bold", "1"), ("dim", "2"), ("italic", "3"), ("underline", "4"), ("blink", "5"), ("blink2", "6")),
    *(("reverse", "7"), ("conceal", "8"), ("strike", "9")),
    *(("underline2", "21"), ("frame", "51"), ("encircle", "52"), ("overline", "53")),
)


@lru_cache(maxsize=4096)
def pen_of(style: Style | None, colors: ColorSystem) -> Pen:
    if style is None:
        return PLAIN
    foreground, background, attributes = PLAIN
    color, ground = _reduced(style.color, style.bgcolor, colors)
    if color is not None:
        foreground = ";".join(color.get_ansi_codes(foreground=True))
    if ground is not None:
        background = ";".join(ground.get_ansi_codes(foreground=False))
    attributes = ";".join(code for name, code in _ATTRIBUTES if getattr(style, name))
    if style.link and hyperlink(style.link):
        return foreground, background, attributes, style.link
    return foreground, background, attributes


def _reduced(color: Color | None, ground: Color | None, colors: ColorSystem) -> tuple[Color | None, Color | None]:
    if colors is ColorSystem.STANDARD:
        return pair(color, ground)
    return color and color.downgrade(colors), ground and ground.downgrade(colors)


@lru_cache(maxsize=4096)
def change_pen(old: Pen, new: Pen) -> str:
    """The shortest sequence from one pen to the other."""
    if old[3:] != new[3:]:
        return change_pen(old[:3], new[:3]) + (hyperlink(new[3]) if new[3:] else NO_HYPERLINK)
    if old == new:
        return ""
    colors = [code for code, plain in zip(new[:2], PLAIN, strict=False) if code != plain]
    afresh = ";".join([code for code in ("0" if new[:3] != PLAIN else "", new[2], *colors) if code])
    if old[2] and old[2] != new[2]:
        return f"\x1b[{afresh}m"
    step = ";".join([code for code, was in zip((new[2], *new[:2]), (old[2], *old[:2]), strict=True) if code != was])
    return f"\x1b[{min(afresh, step, key=len)}m"
