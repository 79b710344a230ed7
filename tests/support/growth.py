"""How large everything is that can be reached from an object: to find the map that nobody empties."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Set
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

_LEAVES = (str, bytes, int, float, bool, type(None), type, ModuleType, BuiltinFunctionType)


def _parts(thing: Any) -> Iterator[tuple[str, Any]]:
    """What hangs on an object, each with what is added to the path of the object."""
    if isinstance(thing, MethodType):
        yield "", thing.__self__
        yield "", thing.__func__
        return
    if isinstance(thing, FunctionType):
        for name, cell in zip(thing.__code__.co_freevars, thing.__closure__ or (), strict=True):
            try:
                yield f"<{name}>", cell.cell_contents
            except ValueError:
                continue  # it is filled later
        return
    if isinstance(thing, Mapping):
        for value in list(thing.values()):
            yield "[]", value
    elif isinstance(thing, (list, tuple, deque, Set)):
        for value in list(thing):
            yield "[]", value
    own = getattr(thing, "__dict__", None)
    if isinstance(own, dict):
        for name, value in list(own.items()):
            yield f".{name}", value
    for kind in type(thing).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if not name.startswith("__"):
                plain = f"_{kind.__name__.lstrip('_')}{name}" if name.startswith("__") else name
                value = getattr(thing, plain, None)
                if value is not None:
                    yield f".{name}", value
    for name in ("func", "args", "keywords"):
        if type(thing).__name__ == "partial" and hasattr(thing, name):
            yield f".{name}", getattr(thing, name)


def sizes(roots: Mapping[str, Any], skip: tuple[type, ...] = ()) -> dict[str, int]:
    """Entries of all containers by the path that leads to them: those that are alike (`board._sources[].raw[]`) are
    counted together, and a container that throws its oldest away by itself not at all."""
    found: dict[str, int] = {}
    known: set[int] = set()
    keep: list[Any] = []
    waiting = deque(roots.items())
    while waiting:
        path, thing = waiting.popleft()
        if isinstance(thing, (*_LEAVES, *skip)) or id(thing) in known:
            continue
        known.add(id(thing))
        keep.append(thing)  # so that no other object gets its id meanwhile
        if isinstance(thing, deque) and thing.maxlen is not None:
            continue
        if isinstance(thing, (Mapping, list, tuple, deque, Set)):
            found[path] = found.get(path, 0) + len(thing)
        waiting.extend((path + more, part) for more, part in _parts(thing))
    return found


def grown(before: Mapping[str, int], after: Mapping[str, int], most: int = 8) -> list[str]:
    """The containers that hold more than a few entries more than before, with both sizes."""
    return sorted(
        f"{path}: {before.get(path, 0)} → {size}" for path, size in after.items() if size > before.get(path, 0) + most
    )
