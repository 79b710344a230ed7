"""The language of the screen and of the commands' talk: English, or a catalogue (gettext) in `wallboard/locale`.

What is asked for with `tr` is told in that language; what programs read (`--json`, ids, the journal, the history) stays
English, so a sentence knows its English as long as nothing but `tr` puts sentences together.
"""

from __future__ import annotations

import os.path

# The first frame is drawn with this module and little else: `typing` and `pathlib` take longer than the frame.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import NullTranslations

LANGUAGES = ("en", "de")
_LOCALE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "locale")
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where a terminal says its language, the strongest first."""

_catalogue: NullTranslations | None = None


class Said(str):
    """A sentence in another language that still knows its English."""

    __slots__ = ("english",)
    english: str

    def __str__(self) -> str:
        # An exception gives its sentence through str(), which would forget the English.
        return self


def english(text: str) -> str:
    """The text as programs read it."""
    return text.english if isinstance(text, Said) else text


def mark(message: str) -> str:
    """`message`, which stands in a table and is told with `tr` by whoever shows it."""
    return message


def tr(message: str, /, **values: object) -> str:
    """`message` in the language of the desk, its `{names}` filled in. Without `values` braces mean themselves; what
    was told already stays as it is."""
    if _catalogue is None:
        return message.format(**values) if values else message
    if not message or isinstance(message, Said):
        return message
    return _said(_catalogue.gettext(message), message, values)


def trn(one: str, many: str, n: int, /, **values: object) -> str:
    """The form for `n` things, which stands in it as `{n}`."""
    values["n"] = n
    message = one if n == 1 else many
    return message.format(**values) if _catalogue is None else _said(_catalogue.ngettext(one, many, n), message, values)


def markc(context: str, message: str) -> str:
    """As `mark`, for a table that is told with `trc` and this context."""
    return message


def trc(context: str, message: str, /, **values: object) -> str:
    """As `tr`, for a word that means several things: `context` says which, to the translator only."""
    if _catalogue is None:
        return message.format(**values) if values else message
    return _said(_catalogue.pgettext(context, message), message, values)


def _said(local: str, message: str, values: Mapping[str, object]) -> str:
    said = Said(local.format(**values) if values else local)
    known = {name: english(value) if isinstance(value, str) else value for name, value in values.items()}
    said.english = message.format(**known) if values else message
    return said


def use(language: str) -> None:
    """Speak this language from now on; one that has no catalogue is English. What was said before stays as it is."""
    if language not in LANGUAGES[1:]:
        use_catalogue(None)
        return
    # English needs none of it.
    from gettext import translation

    use_catalogue(translation("wallboard", _LOCALE, [language], fallback=True))


def use_catalogue(catalogue: NullTranslations | None) -> None:
    """Speak from this catalogue; None: English."""
    global _catalogue
    _catalogue = catalogue


def of_locale(environ: Mapping[str, str]) -> str:
    """The language that the terminal's variables ask for: `de_AT.UTF-8` is `de`."""
    said = next((environ[name] for name in _VARIABLES if environ.get(name)), "")
    return said.partition("_")[0].partition(".")[0].casefold()
