"""Where the configuration, the user's themes and the state lie. No file of the current directory is ever picked up."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "WALLBOARD_CONFIG"


def config_path(option: str | None = None) -> Path:
    """`--config`, else `$WALLBOARD_CONFIG`, else `config.toml` in the platform's config directory."""
    named = option or os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else config_dir() / "config.toml"


def spelled(text: str) -> str:
    """A path or argument that the config names, for the system: letters that the locale lacks go as UTF-8."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return os.fsdecode(text.encode("utf-8"))
    return text


def named(text: str) -> Path:
    """The path that the config names so; `~` is the home directory."""
    return Path(spelled(text)).expanduser()


def config_origin(option: str | None = None) -> str:
    """Why `config_path` is what it is: "--config", "$WALLBOARD_CONFIG" or "default"."""
    if option:
        return "--config"
    return f"${VARIABLE}" if os.environ.get(VARIABLE) else "default"


def config_dir() -> Path:
    """The platform's config directory of the program; it need not exist."""
    from platformdirs import user_config_path

    return user_config_path("wallboard", appauthor=False)


def themes_dir() -> Path:
    """Where a user's own themes lie; it need not exist."""
    return config_dir() / "themes"


def state_dir() -> Path:
    """Where `alarms.json`, `audit.jsonl`, `wallboard.log` and `history.sqlite3` lie; it need not exist."""
    from platformdirs import user_state_path

    return user_state_path("wallboard", appauthor=False)


def private(directory: Path) -> Path:
    """`directory`, made with mode 0700 if it was missing."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory
