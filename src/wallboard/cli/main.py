"""`wallboard COMMAND`: finds the command, runs it, and turns what goes wrong into a sentence and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, NoReturn

from wallboard import __version__
from wallboard.cli.exits import Exit
from wallboard.cli.opening import speak
from wallboard.cli.talk import data, lost, say
from wallboard.cli.usage import Help, Raw
from wallboard.domain.decoding import heard
from wallboard.domain.errors import ConfigError, WallboardError
from wallboard.domain.language import mark, of_locale, tr, use
from wallboard.domain.suggestion import meant

COMMANDS = (
    *("run", "demo", "sim", "check", "snapshot", "watch", "report", "record", "replay", "serve", "web", "do"),
    *("init", "config", "themes", "keys", "audit", "info"),
)
"""Each is a module of `wallboard.cli` with `add(subparsers)` and `run(arguments) -> int`."""

_LOGGED = ("check", "snapshot", "watch", "record", "serve", "web", "do")
"""Commands that ask vendors without a screen; the console sets up its own log."""

_EPILOG = mark("""\
Without a command: run. Start with `wallboard demo`, or `wallboard init` and `wallboard check`.
exit codes: 0 ok, 1 failed, 2 usage or config, 3 unreachable, 4 refused credentials, 5 not a usable terminal,
130 interrupted
""")

_ARGPARSE = (
    *(mark("usage: "), mark("positional arguments"), mark("options"), mark("%(heading)s:")),
    *(mark("show this help message and exit"), mark("argument %(argument_name)s: %(message)s")),
    *(mark("expected one argument"), mark("expected at most one argument"), mark("expected at least one argument")),
    mark("not allowed with argument %s"),
    *(mark("ignored explicit argument %r"), mark("unrecognized arguments: %s")),
    *(mark("the following arguments are required: %s"), mark("invalid %(type)s value: %(value)r")),
    mark("invalid choice: %(value)r (choose from %(choices)s)"),
)
"""What argparse says here, of Python 3.11 to 3.14."""
argparse._ = tr  # type: ignore[attr-defined]  # where it looks each of them up


class Parser(argparse.ArgumentParser):
    """Complains in one line with a suggestion, and exits with 2."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **{"formatter_class": Help} | more)

    def _print_message(self, message: str, file: Any = None) -> None:
        # The way all help goes: argparse itself would fail on a character that the stream's encoding does not have.
        if message:
            (say if file is sys.stderr else data)(message.rstrip("\n"))

    def error(self, message: str) -> NoReturn:
        say(f"{self.prog}: {message}")
        say(tr("try: {command} --help", command=self.prog))
        raise SystemExit(Exit.USAGE)


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The whole command line, or what is there for `only` one command."""
    top = Parser(
        prog="wallboard",
        description=tr("A live wallboard and call-control console for contact-centre supervisors, in a terminal."),
        epilog=tr(_EPILOG),
        formatter_class=Raw,
        allow_abbrev=False,
    )
    top.add_argument(
        "--version",
        action="version",
        version=f"wallboard {__version__}",
        help=tr("show program's version number and exit"),
    )
    top.add_argument("--config", metavar="F", help=tr("the configuration file; stands before or after any command"))
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for name in COMMANDS if only is None else (only,):
        import_module(f"wallboard.cli.{name}").add(commands)
    for command in set(_all_parsers(commands)):
        command.allow_abbrev = False
        if command.description:
            # The docstring of its module.
            command.description = tr(command.description)
        if "--config" not in command._option_string_actions:
            # Suppressed: what stands before the command must not be overwritten by a default after it.
            command.add_argument("--config", metavar="F", default=argparse.SUPPRESS, help=tr("the configuration file"))
    return top


def _all_parsers(commands: argparse._SubParsersAction[Any]) -> Iterator[argparse.ArgumentParser]:
    for command in commands.choices.values():
        yield command
        for action in command._actions:
            if isinstance(action, argparse._SubParsersAction):
                yield from _all_parsers(action)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        use(of_locale(os.environ))
        if given == ["--version"]:
            # Asked by scripts: not worth building the whole command line.
            data(f"wallboard {__version__}")
            return Exit.FAILED if lost() else Exit.OK
        words, command = _with_command(given)
        arguments = parser(command).parse_args(words)
        speak(arguments, of_locale(os.environ))
        code = _run(arguments)
        # What `do` ends with says what became of the action, and of nothing else.
        return Exit.FAILED if code == Exit.OK and lost() and arguments.command != "do" else code
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else Exit.FAILED if end.code else Exit.OK
        return Exit.FAILED if code == Exit.OK and lost() else code
    except KeyboardInterrupt:
        say(tr("interrupted"))
        return Exit.INTERRUPTED
    except ConfigError as error:
        say(str(error))
        return Exit.USAGE
    except WallboardError as error:
        say(f"wallboard: {error}")
        return Exit.FAILED
    except Exception as error:  # the last boundary: a person gets a sentence, the log the traceback
        from wallboard.cli.trouble import tell

        return tell(error)
    except BaseExceptionGroup:
        # Ctrl-C among other errors of several tasks.
        say(tr("interrupted"))
        return Exit.INTERRUPTED


def _run(arguments: argparse.Namespace) -> int:
    command = import_module(f"wallboard.cli.{arguments.command}")
    if arguments.command not in _LOGGED:
        return int(command.run(arguments))
    from wallboard.cli.opening import logged

    with logged():
        return int(command.run(arguments))


def _with_command(given: list[str]) -> tuple[list[str], str | None]:
    """`given` with `run` put in where no command stands, and the command; None where all are asked about."""
    index = 0
    while index < len(given):
        word = given[index]
        if word == "--config":
            if index + 1 == len(given):
                return given, None
            index += 2
        elif word.startswith("--config="):
            index += 1
        elif word in ("-h", "--help", "--version"):
            return given, None
        elif word in COMMANDS:
            return given, word
        elif word.startswith("-"):
            break
        else:
            what = tr("wallboard: there is no command {word!r}", word=heard(word))
            raise ConfigError(what, hint=meant(word, COMMANDS))
    return [*given[:index], "run", *given[index:]], "run"
