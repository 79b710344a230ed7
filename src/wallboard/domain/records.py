"""`dataclass` as the standard library has it, each method compiled when it is first called.

Of each frozen class the standard library compiles seven functions when it is made, which takes half a millisecond. Some
two hundred classes are made before the first row is on the screen; most of them have no instance by then, and of the
others one method or two are called. Here it makes the class and its fields at once. `__init__` sets slots directly,
which for a frozen class takes half of the time that `object.__setattr__` takes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from functools import partial
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, slots: bool, frozen: bool = False, eq: bool = True) -> Callable[[type], type]:
        """The decorator, for classes with slots; in a subclass of a frozen one, too, nothing may be set."""

        def made(written: type) -> type:
            if not written.__doc__:
                # Or its signature would be looked for, to say that.
                written.__doc__ = written.__name__
            record = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(written)
            _equip(record, frozen=frozen, eq=eq)
            return record

        return made


def _equip(record: type[Any], *, frozen: bool, eq: bool) -> None:
    names = ["__init__", "__repr__", *(["__eq__"] if eq else []), *(["__hash__"] if eq and frozen else [])]
    methods: dict[str, object] = {name: _WhenCalled(record, name) for name in names}
    if eq and not frozen:
        methods["__hash__"] = None
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse, "__setstate__": _restore}
    own = {name for name, value in vars(record).items() if value is not None}
    for name, method in methods.items():
        if name not in own:
            setattr(record, name, method)


class _WhenCalled:
    """A method that is written, in its own place, as soon as somebody looks it up."""

    __slots__ = ("_name", "_record")

    def __init__(self, record: type[Any], name: str) -> None:
        self._record, self._name = record, name

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Callable[..., Any]:
        found = _WRITTEN[self._name](self._record)
        found.__qualname__ = f"{self._record.__qualname__}.{self._name}"
        found.__module__ = self._record.__module__
        setattr(self._record, self._name, found)
        return found if instance is None else partial(found, instance)


def _init(record: type[Any]) -> Callable[..., Any]:
    around: dict[str, Any] = {"_missing": dataclasses.MISSING}
    given: list[str] = []
    named: list[str] = []
    body: list[str] = []
    for field in dataclasses.fields(record):
        name, value = field.name, field.name
        if field.default_factory is not dataclasses.MISSING:
            around[f"_make_{name}"] = field.default_factory
            value = f"_make_{name}() if {name} is _missing else {name}" if field.init else f"_make_{name}()"
        elif field.default is not dataclasses.MISSING:
            around[f"_default_{name}"] = field.default
            value = name if field.init else f"_default_{name}"
        elif not field.init:
            continue
        if field.init:
            default = f"_default_{name}" if f"_default_{name}" in around else "_missing"
            needed = default == "_missing" and f"_make_{name}" not in around
            (named if field.kw_only else given).append(name if needed else f"{name}={default}")
        around[f"_set_{name}"] = getattr(record, name).__set__
        body.append(f"_set_{name}(self, {value})")
    if hasattr(record, "__post_init__"):
        body.append("self.__post_init__()")
    return _function("__init__", ["self", *given, *(["*", *named] if named else [])], body or ["pass"], around)


def _repr(record: type[Any]) -> Callable[..., Any]:
    shown = ", ".join(f"{field.name}={{self.{field.name}!r}}" for field in dataclasses.fields(record) if field.repr)
    written = _function("__repr__", ["self"], [f'return f"{{self.__class__.__qualname__}}({shown})"'], {})
    return recursive_repr()(written)


def _eq(record: type[Any]) -> Callable[..., Any]:
    mine, theirs = _compared(record, "self"), _compared(record, "other")
    return _function(
        "__eq__",
        ["self", "other"],
        [f"return {mine} == {theirs} if other.__class__ is self.__class__ else NotImplemented"],
        {},
    )


def _hash(record: type[Any]) -> Callable[..., Any]:
    return _function("__hash__", ["self"], [f"return hash({_compared(record, 'self')})"], {})


_WRITTEN: dict[str, Callable[[type[Any]], Callable[..., Any]]] = {
    "__init__": _init,
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": _hash,
}


def _compared(record: type[Any], of: str) -> str:
    return f"({''.join(f'{of}.{field.name},' for field in dataclasses.fields(record) if field.compare)})"


def _function(name: str, takes: Iterable[str], body: Iterable[str], around: dict[str, Any]) -> Callable[..., Any]:
    exec(f"def {name}({', '.join(takes)}):\n " + "\n ".join(body), around)
    found: Callable[..., Any] = around[name]
    return found


def _refuse(_self: object, name: str, *_value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot change {name!r}")


def _restore(self: object, state: tuple[None, dict[str, object]]) -> None:
    """Of a copy, or of what was pickled."""
    for name, value in state[1].items():
        object.__setattr__(self, name, value)
