"""Every word of the screen and of the talk is in a catalogue, and the German one is whole."""

from __future__ import annotations

import string
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO

import pytest
from babel.messages.catalog import Message

from tests.arch import catalogue
from wallboard.domain.language import LANGUAGES

OTHERS = LANGUAGES[1:]


def forms(message: Message) -> Iterator[tuple[str, str]]:
    """What is said, and how."""
    said = message.id if isinstance(message.id, tuple) else (message.id,)
    told = message.string if isinstance(message.string, tuple) else (message.string,)
    yield from zip(said, told, strict=True)


def fields(text: str) -> list[tuple[str, str | None, str | None]]:
    """The values that a sentence holds, and how they are written."""
    try:
        return sorted((name, kind, spec) for _, name, spec, kind in string.Formatter().parse(text) if name is not None)
    except ValueError:
        # A brace that means itself: `close the table with }`.
        return []


def test_no_sentence_is_said_without_a_catalogue() -> None:
    found = [f"{module}:{line}: {said}" for module, line, said in catalogue.loose()]
    assert found == [], "give it to tr or mark; what is for programs stands in english.txt"


def test_the_list_of_what_is_english_holds_nothing_that_is_gone() -> None:
    assert catalogue.stale() == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_holds_what_the_sources_say_and_nothing_else(language: str) -> None:
    now = catalogue.brought_up(language)
    assert catalogue.written(language) == catalogue.text(now), "run: python -m tests.arch.catalogue"


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_with_the_values_it_holds(language: str) -> None:
    lacking, wrong = [], []
    for message in catalogue.read(language):
        if not message.id:
            continue
        if not message.string or not all(message.string) or message.fuzzy:
            lacking.append(message.id)
            continue
        wrong += [
            (said, told)
            for said, told in forms(message)
            if fields(said) != fields(told)
            or (said[:1] == " ", said[-1:] == " ") != (told[:1] == " ", told[-1:] == " ")
        ]
    assert lacking == []
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_program_reads_is_what_was_translated(language: str) -> None:
    kept = GNUTranslations(BytesIO(catalogue.read_compiled(language)))
    for message in catalogue.read(language):
        match message.id, message.string:
            case str() as said, told if said:
                assert (kept.pgettext(message.context, said) if message.context else kept.gettext(said)) == told
            case (str() as one, str() as many), (_, _) as told:
                assert (kept.ngettext(one, many, 1), kept.ngettext(one, many, 2)) == tuple(told)
