"""Keys to questions without a terminal: what the app has Textual's input do is done here on the text alone."""

from __future__ import annotations

from wallboard.view.dialogs import Answer, Dialog, TextField


def tap(dialog: Dialog, key: str, character: str | None, now: float) -> Answer | None:
    """One key, with the default keys of questions: the dialog's own, or typed into its field."""
    names = {"y": ("yes",), "tab": ("attended", "next"), "shift+tab": ("previous",)}.get(key, (key,))
    field = dialog.input
    own = next((name for name in names if field is None or name in dialog.keys), None)
    if own is not None:
        return dialog.press(own, now)
    if field is not None and edit(field, key, character):
        dialog.typed(now)
    return None


def edit(field: TextField, key: str, character: str | None = None) -> bool:
    """Whether the text is another after this key."""
    before, at = field.text, field.caret
    match key:
        case "left" | "right":
            field.caret = max(0, min(len(before), at + (1 if key == "right" else -1)))
        case "home" | "end":
            field.caret = 0 if key == "home" else len(before)
        case "backspace":
            field.text, field.caret = before[: max(0, at - 1)] + before[at:], max(0, at - 1)
        case "delete":
            field.text = before[:at] + before[at + 1 :]
        case "ctrl+u":
            field.text, field.caret = before[at:], 0
        case "ctrl+w":
            head = before[:at].rstrip().rpartition(" ")[0]
            field.text, field.caret = head + before[at:], len(head)
        case _ if character is not None:
            field.insert(character)
    return field.text != before
