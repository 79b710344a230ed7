"""What the account can see, as far as evidence depends on it."""

from __future__ import annotations

from wallboard.domain.text import clean
from wallboard.vendors.base import SourceSettings
from wallboard.vendors.kit.numbers import digits
from wallboard.vendors.ringme.directory import Directory
from wallboard.vendors.ringme.scalars import same_phone
from wallboard.vendors.ringme.states import Words
from wallboard.vendors.ringme.verification import Sight

SHORT_NUMBER = 6
"""Longer numbers are outside ones."""


def sight(settings: SourceSettings, directory: Directory, words: Words) -> Sight:
    wide = directory.client_calls is not False
    phone = settings.phone
    my_id = directory.phone_id(phone)
    # Until the lists are read nobody knows; then a phone that is in none of them cannot be seen.
    unknown = not directory.phone_names
    mine = bool(phone) and (bool(my_id) or (wide and unknown) or phone in directory.phones)
    return Sight(
        my_phone=mine,
        scope=lambda extension_id: "" if wide else extension_id,
        sees=lambda number: _hidden(directory, number),
        queue_of=directory.queue_id,
        words=words,
    )


def _hidden(directory: Directory, number: str) -> str:
    """ "" when a call that arrives at `number` shows in our lists, else why it does not."""
    if not number or directory.phone_id(number) or directory.queue_id(number):
        return ""
    if any(info is not None and same_phone(info.name, number) for info in directory.queues.values()):
        return ""
    if number.startswith("+") or len(digits(number)) > SHORT_NUMBER:
        return "where a call to an outside number went is in no list of this vendor"
    if directory.phone_names:
        return f"the calls at {clean(number, 40)} are not in this account's lists"
    return ""
