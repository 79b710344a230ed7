"""Every word can be read in every theme: in true colour, and as Rich reduces it for 256 and 16 colour terminals."""

from __future__ import annotations

import colorsys
import itertools
import re

import pytest
from rich.color import Color, ColorSystem
from rich.style import Style

from wallboard import theming
from wallboard.ui.terminal.sixteen import pair, sixteen

COLOURED = ("control-room", "daylight", "high-contrast", "okabe-ito")
WORDS = tuple(token for token in theming.FOREGROUNDS)
Triplet = tuple[float, float, float]


def linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def shown(colour: Color | None, system: ColorSystem) -> Triplet:
    """The red, green and blue (0..1) that a terminal of this kind shows for `colour`."""
    assert colour is not None
    red, green, blue = colour.downgrade(system).get_truecolor()
    return red / 255, green / 255, blue / 255


def luminance(colour: Triplet) -> float:
    red, green, blue = (linear(channel) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style: Style, system: ColorSystem) -> float:
    """WCAG contrast of a style's text on its own ground, 1 to 21."""
    lights = sorted(luminance(shown(colour, system)) for colour in (style.color, style.bgcolor))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT], ids=["true", "256"])
@pytest.mark.parametrize("name", COLOURED)
def test_every_word_is_legible_on_every_background(name: str, system: ColorSystem) -> None:
    theme = theming.load(name)
    least = 7.0 if name == "high-contrast" else 4.5
    poor = {
        (token, ground): round(ratio, 2)
        for token, ground in itertools.product(WORDS, theming.BACKGROUNDS)
        # Hairlines run between panes; no row, and so no cursor, ever lies under one.
        if (token, ground) != ("line", "cursor")
        and (ratio := contrast(theming.rich_style(theme, token, ground), system)) < least
    }
    assert not poor


PALETTES = {
    "xterm": "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5"
    " 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    "VGA": "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa"
    " 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
}


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("name", COLOURED)
def test_states_are_legible_in_16_colours(name: str, palette: str) -> None:
    """As far as a palette that the user chose allows: large letters' contrast."""
    theme, colours = theming.load(name), PALETTES[palette].split()

    def seen(token: str) -> float:
        style = theming.rich_style(theme, token, "surface")
        both = [Color.parse(f"#{colours[colour.number or 0]}") for colour in pair(style.color, style.bgcolor) if colour]
        return contrast(Style(color=both[0], bgcolor=both[1]), ColorSystem.TRUECOLOR)

    poor = {
        token: ratio
        for token in ("text", "digits", "muted", "ok", "info", "ring", "wrap", "warn", "alarm")
        if (ratio := seen(token)) < 3
    }
    assert not poor


@pytest.mark.parametrize("name", COLOURED)
def test_no_word_vanishes_in_16_colours(name: str) -> None:
    theme = theming.load(name)
    vanished = [
        (token, ground)
        for token, ground in itertools.product(WORDS, theming.BACKGROUNDS)
        if (style := theming.rich_style(theme, token, ground)).color is not None
        and style.bgcolor is not None
        and sixteen(style.color).number == sixteen(style.bgcolor, ground=True).number
        and (token, ground) != ("line", "cursor")
    ]
    assert not vanished


@pytest.mark.parametrize("name", COLOURED)
def test_states_keep_their_colours_and_the_cursor_its_ground_in_16_colours(name: str) -> None:
    theme = theming.load(name)

    def number(token: str) -> int | None:
        color = theming.rich_style(theme, token).color
        return None if color is None else sixteen(color).number

    greys = {0, 7, 8, 15}
    assert not greys & {number(token) for token in ("ok", "info", "ring", "wrap", "warn", "alarm")}
    assert len({number(token) for token in ("ok", "info", "warn", "alarm")}) == 4
    assert {number("text"), number("digits"), number("muted")} <= greys
    grounds = [theming.rich_style(theme, token).bgcolor for token in ("surface", "cursor")]
    assert len({sixteen(ground, ground=True).number for ground in grounds if ground is not None}) == 2


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT], ids=["true", "256"])
@pytest.mark.parametrize("name", COLOURED)
def test_the_cursor_stands_out_of_surface_and_panel(name: str, system: ColorSystem) -> None:
    theme = theming.load(name)
    cursor = theming.rich_style(theme, "cursor").bgcolor
    for ground in ("surface", "panel"):
        pair = Style(color=cursor, bgcolor=theming.rich_style(theme, ground).bgcolor)
        assert contrast(pair, system) >= 1.2, ground


@pytest.mark.parametrize("name", COLOURED)
def test_greys_stay_grey_in_256_colours(name: str) -> None:
    theme = theming.load(name)
    for token in (*theming.BACKGROUNDS, "line", "text", "muted", "digits"):
        style = theme.tokens[token]
        value = style.bg if token in theming.BACKGROUNDS else style.fg
        assert value is not None
        _, _, saturation = colorsys.rgb_to_hls(*shown(Color.parse(value), ColorSystem.EIGHT_BIT))
        assert saturation == 0, token


@pytest.mark.parametrize("name", COLOURED)
def test_alarm_and_warning_are_told_apart_in_256_colours(name: str) -> None:
    theme = theming.load(name)
    reduced = {
        token: shown(theming.rich_style(theme, token).color, ColorSystem.EIGHT_BIT)
        for token in ("text", "muted", "ok", "ring", "warn", "alarm")
    }
    assert len(set(reduced.values())) == len(reduced), reduced


# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear light.
DEFICIENCIES = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


def lab(red: float, green: float, blue: float) -> Triplet:
    """CIE L*a*b* of linear light, D65."""
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT], ids=["true", "256"])
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_okabe_ito_stays_apart_for_colour_blind_eyes(deficiency: str, system: ColorSystem) -> None:
    theme = theming.load("okabe-ito")
    seen: dict[str, Triplet] = {}
    for token in ("ok", "ring", "warn", "alarm"):
        light = [linear(channel) for channel in shown(theming.rich_style(theme, token).color, system)]
        mixed = [
            min(1.0, max(0.0, sum(a * b for a, b in zip(row, light, strict=True)))) for row in DEFICIENCIES[deficiency]
        ]
        seen[token] = lab(*mixed)
    for one, other in itertools.combinations(seen, 2):
        distance = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
        assert distance >= 20, (one, other)


def test_mono_emits_no_colour() -> None:
    theme = theming.load("mono")
    styles = [
        theming.rich_style(theme, token, ground)
        for token, ground in itertools.product(theming.TOKENS, theming.BACKGROUNDS)
    ]
    painted = "".join(style.render("x", color_system=ColorSystem.TRUECOLOR) for style in styles)
    codes = {int(code) for found in re.findall(r"\x1b\[([0-9;]*)m", painted) for code in found.split(";")}
    assert 7 in codes
    assert codes <= {0, 1, 2, 4, 7}


def test_an_alarm_stands_out_of_the_cursors_row_without_colour() -> None:
    theme = theming.load("mono")
    assert theming.rich_style(theme, "text", "cursor").reverse
    assert not theming.rich_style(theme, "alarm", "cursor").reverse
    assert theming.rich_style(theme, "alarm", "cursor").bold
