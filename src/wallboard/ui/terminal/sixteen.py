"""Colours for terminals that have sixteen: by what a colour is to the eye, its hue. The nearest in space would be white
for every soft green and blue."""

from __future__ import annotations

import colorsys

from rich.color import Color, ColorSystem

_HUES = ((33, 1), (70, 3), (165, 2), (196, 6), (255, 4), (345, 5), (361, 1))
"""Up to which degree of hue which colour: red, yellow, green, cyan, blue, magenta, red."""
_GREY, _STRONG = 0.12, 0.25
"""How far the strongest of red, green and blue is from the weakest: less is grey; more than this can be bright."""
_INKS = ((0.13, 0), (0.55, 8), (0.83, 7), (1.1, 15))
_GROUNDS = ((0.13, 0), (0.55, 8), (0.92, 7), (1.1, 15))
"""Up to which lightness which grey, to write with and to write on."""
_BLACK, _YELLOW = 0, 3
_LIGHT, _PALE = (7, 15), (2, 3, 6, 10, 11, 14)
"""Grounds on which nobody reads these inks: most terminals' green, yellow and cyan are bright."""


def sixteen(color: Color, *, ground: bool = False) -> Color:
    """The colour of the sixteen that stands for it; `ground`: it is written on."""
    if color.triplet is None or color.is_default:
        return color.downgrade(ColorSystem.STANDARD)
    channels = color.triplet.normalized
    hue, light, _ = colorsys.rgb_to_hls(*channels)
    chroma = max(channels) - min(channels)
    if chroma < _GREY:
        return Color.from_ansi(next(number for most, number in (_GROUNDS if ground else _INKS) if light < most))
    number = next(number for most, number in _HUES if hue * 360 < most)
    return Color.from_ansi(number + 8 if light > 0.5 and chroma >= _STRONG else number)


def pair(ink: Color | None, ground: Color | None) -> tuple[Color | None, Color | None]:
    """Both colours of a cell. On a light ground, pale inks are black, and what would be yellow is black on yellow."""
    ink = ink and sixteen(ink)
    ground = ground and sixteen(ground, ground=True)
    if ink and ground and ground.number in _LIGHT and ink.number in _PALE:
        ground = Color.from_ansi(_YELLOW) if ink.number in (_YELLOW, _YELLOW + 8) else ground
        ink = Color.from_ansi(_BLACK)
    return ink, ground
