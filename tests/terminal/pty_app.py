"""The smallest console on `ConsoleDriver`: shows what reaches the app, for tests in a real terminal.

Arguments: `flood` redraws everything all the time, `hang` never ends by itself, `crash` raises on the key `k`,
`diff` puts the diffing layer in.
"""

from __future__ import annotations

import sys

from wallboard.ui.terminal import splash


def main(arguments: list[str]) -> int:
    splash.show("north", "connecting", ascii_only=False, colour=True)
    if "crash-early" in arguments:
        raise RuntimeError("crashed before the console")

    import asyncio

    from textual import events
    from textual.app import App, ComposeResult
    from textual.geometry import Size
    from textual.widgets import Static

    from wallboard.ui.terminal import diff
    from wallboard.ui.terminal.driver import ConsoleDriver, install_signals

    class Seen(App[None]):
        CSS = "Static { height: auto; }"
        ENABLE_COMMAND_PALETTE = False

        def __init__(self) -> None:
            super().__init__(driver_class=ConsoleDriver)
            self.keys: list[str] = []
            self.pasted = 0
            self.shape = Size(0, 0)
            self.turn = 0

        def compose(self) -> ComposeResult:
            yield Static(id="seen")
            yield Static(id="flood")

        def on_mount(self) -> None:
            install_signals(self)
            if "diff" in arguments:
                diff.install(self)
            self.tell()
            if "flood" in arguments:
                self.set_interval(0.02, self.flood)
            # The driver drops what was typed too early, so a test must not type before this.
            self.set_timer(0.6, self.ready)

        def ready(self) -> None:
            self.keys.append("ready")
            self.tell()

        def tell(self) -> None:
            size = f"{self.shape.width}x{self.shape.height}"
            text = f"keys {' '.join(self.keys[-20:])}.\npasted {self.pasted}\nsize {size}"
            self.query_one("#seen", Static).update(text)

        def flood(self) -> None:
            self.turn += 1
            line = "".join(chr(33 + (self.turn + index) % 90) for index in range(max(1, self.size.width)))
            body = "\n".join([f"turn {self.turn} end", *[line] * max(0, self.size.height - 5)])
            self.query_one("#flood", Static).update(body)

        async def on_event(self, event: events.Event) -> None:
            if isinstance(event, events.Key):
                if "crash" in arguments and event.key == "k":
                    raise RuntimeError("crashed on purpose")
                self.keys.append(event.key)
                self.tell()
                if event.key == "ctrl+z":
                    self.action_suspend_process()
                if event.key == "q":
                    self.exit(return_code=0)
                return
            if isinstance(event, events.Paste):
                self.pasted += len(event.text)
                self.tell()
            await super().on_event(event)

        def on_resize(self, event: events.Resize) -> None:
            diff.reset(self)
            self.shape = event.size
            self.tell()

        async def on_unmount(self) -> None:
            if "hang" in arguments:
                await asyncio.sleep(60)

    app = Seen()
    app.run(mouse=False)
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
