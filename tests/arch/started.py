"""`wallboard demo` as it starts, counted: what it has loaded and built at its first frame and at its first rows, as
JSON in the file that is named. It ends with the first rows."""

from __future__ import annotations

import sys

from wallboard.cli import start
from wallboard.ui.terminal import splash

OUT = sys.argv[1]
counts: dict[str, int] = {}
show = splash.show


def shown(site: str, message: str, *, ascii_only: bool, colour: bool) -> None:
    show(site, message, ascii_only=ascii_only, colour=colour)
    counts["modules of the first frame"] = modules()
    watch()


def modules() -> int:
    """How many are loaded that are not the interpreter's, of which each version has others."""
    return sum(name.partition(".")[0] not in sys.stdlib_module_names for name in sys.modules)


def watch() -> None:
    from wallboard.ui.app import ConsoleApp
    from wallboard.ui.terminal.writer import ConsoleWriter
    from wallboard.vendors.http.library import httpx

    answer, paint, write = httpx.ASGITransport.handle_async_request, ConsoleApp.paint, ConsoleWriter.write
    counts["requests"] = counts["bytes"] = 0

    def written(self: ConsoleWriter, text: str) -> None:
        counts["bytes"] += len(text)
        write(self, text)

    async def answered(self: httpx.ASGITransport, request: httpx.Request) -> httpx.Response:
        counts["requests"] += 1
        return await answer(self, request)

    def painted(self: ConsoleApp) -> None:
        paint(self)
        if self.filled.is_set() and "modules" not in counts:
            counts.update(in_memory())
            tell()
            self.exit()

    httpx.ASGITransport.handle_async_request = answered  # type: ignore[method-assign]
    ConsoleApp.paint = painted  # type: ignore[method-assign]
    ConsoleWriter.write = written  # type: ignore[method-assign]


def in_memory() -> dict[str, int]:
    from dataclasses import is_dataclass
    from inspect import isclass, isfunction

    from pydantic import BaseModel

    loaded = dict(sys.modules)
    ours = [module for name, module in loaded.items() if name.startswith("wallboard.")]
    classes = {value for module in ours for value in vars(module).values() if isclass(value)}
    return {
        "modules": modules(),
        "models": sum(value.__pydantic_complete__ for value in classes if issubclass(value, BaseModel)),
        "records": sum(isfunction(vars(value).get("__init__")) for value in classes if is_dataclass(value)),
    }


def tell() -> None:
    import json
    import os

    with open(OUT + ".part", "w") as file:
        json.dump(counts, file)
    os.replace(OUT + ".part", OUT)


splash.show = shown
sys.argv[1:] = ["demo"]
sys.exit(start.entry())
