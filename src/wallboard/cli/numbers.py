"""Numbers on the command line, with a sentence for those that make no sense."""

from __future__ import annotations

import argparse
import math

from wallboard.domain.language import tr


def seed(text: str) -> int:
    """A whole number from 0 on."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise argparse.ArgumentTypeError(tr("{text!r} is no seed: write a whole number, such as 7", text=text))
    return int(text)


def port(text: str) -> int:
    """0 (any free one) to 65535."""
    if not text.isascii() or not text.isdigit() or len(text) > 5 or int(text) > 65_535:
        raise argparse.ArgumentTypeError(
            tr("{text!r} is no port: write a number from 0 to 65535, such as 8900", text=text)
        )
    return int(text)


def speed(text: str) -> float:
    """More than 0, at most 1000."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number <= 1000:
        raise argparse.ArgumentTypeError(
            tr("{text!r} is no speed: write a number from 0.1 to 1000, such as 4", text=text)
        )
    return number


def minutes(text: str) -> float:
    """More than 0, at most a week."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number <= 10_080:
        raise argparse.ArgumentTypeError(tr("{text!r} are no minutes: write a number, such as 30", text=text))
    return number


def count(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isascii() or not text.isdigit() or len(text) > 18 or int(text) < 1:
        raise argparse.ArgumentTypeError(
            tr("{text!r} is no number of records: write a whole number from 1 on, such as 20", text=text)
        )
    return int(text)
