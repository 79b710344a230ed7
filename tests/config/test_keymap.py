"""The table of actions: complete, without clashes, and rebound with care."""

from __future__ import annotations

import pytest

from wallboard.config import keymap


def test_the_defaults_are_without_fault() -> None:
    assert len({action.id for action in keymap.ACTIONS}) == len(keymap.ACTIONS)
    assert keymap.problems({}) == []
    assert keymap.problems({action.id: ",".join(action.keys) for action in keymap.ACTIONS}) == []
    for action in keymap.ACTIONS:
        assert action.keys == keymap.split(",".join(action.keys)), action.id


DOCUMENTED = (
    *("up", "down", "left", "right", "pageup", "pagedown", "tab", "enter", "escape", "space"),
    *("f1", "f2", "f3", "f4", "f5", "f6", "ctrl+l", "ctrl+p", "ctrl+c"),
    *"kjgGhl123456789/FsSzfvV!aAZMLr:?0qewbtTHpuxcio+-n.QENUY[]",
)


def test_exactly_the_documented_keys_are_bound_on_the_board() -> None:
    bound = [key for action in keymap.ACTIONS if action.scope == "board" for key in action.keys]
    assert sorted(bound) == sorted(DOCUMENTED)


def test_verbs_are_marked() -> None:
    acting = {key for action in keymap.ACTIONS if action.acts for key in action.keys}
    assert acting == set("ewbtTHpuxcQio+-EN")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("k", ("k",)),
        ("k,ctrl+t", ("k", "ctrl+t")),
        (" up , K ", ("up", "K")),
        ("", ()),
        (",", ("comma",)),
        ("comma,plus", ("comma", "+")),
        ("+", ("+",)),
        ("ctrl++", ("ctrl++",)),
        ("Ctrl+T", ("ctrl+t",)),
        ("shift+t", ("T",)),
        ("PgUp,Esc,Return", ("pageup", "escape", "enter")),
        ("alt+ctrl+x", ("ctrl+alt+x",)),
        ("F5", ("f5",)),
        ("shift+tab", ("shift+tab",)),
        ("é", ("é",)),
    ],
)
def test_keys_in_one_spelling(text: str, keys: tuple[str, ...]) -> None:
    assert keymap.split(text) == keys


@pytest.mark.parametrize("text", ["gg", "f13", "hyper+x", "ctrl+", "entr", "\x1b"])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match="is not a key"):
        keymap.canonical(text)


def test_two_actions_may_change_places() -> None:
    assert keymap.problems({"call.listen": "w", "call.whisper": "e"}) == []


def test_the_same_key_in_a_dialog_is_no_clash() -> None:
    assert keymap.problems({"dialog.yes": "j"}) == []
    assert [problem.id for problem in keymap.problems({"dialog.yes": "n"})] == ["dialog.yes"]


def test_alt_is_for_what_does_not_act() -> None:
    assert keymap.problems({"view.zoom": "alt+z"}) == []
    assert [problem.id for problem in keymap.problems({"call.barge": "alt+b"})] == ["call.barge"]


def test_bound_puts_the_users_keys_in_place() -> None:
    actions = {action.id: action.keys for action in keymap.bound({"call.hangup": ("X",)})}
    assert actions["call.hangup"] == ("X",)
    assert actions["call.listen"] == ("e",)
