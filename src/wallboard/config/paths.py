"""Where the configuration, the user's themes and the state lie. No file of the current directory is ever picked up."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

VARIABLE = "WALLBOARD_CONFIG"
SITE_VARIABLE = "WALLBOARD_SITE_DIR"


class Site(NamedTuple):
    """A configuration file for all who work on this machine; `root`: nobody else may change it."""

    path: Path
    root: bool


def config_path(option: str | None = None) -> Path:
    """`--config`, else `$WALLBOARD_CONFIG`, else `config.toml` in the platform's config directory."""
    named = option or os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else config_dir() / "config.toml"


def site_config() -> Site | None:
    """`config.toml` in the machine's own config directory, /etc/wallboard on Linux; None where there is none. In the
    directory that `$WALLBOARD_SITE_DIR` names it is the person's own word, and may be theirs; where that is missing,
    whoever opens the file is told so."""
    named = os.environ.get(SITE_VARIABLE)
    directory = Path(named).expanduser() if named else _site_dir()
    path = directory / "config.toml"
    return Site(path, not named) if there(path) or (named and not there(directory)) else None


def _site_dir() -> Path:
    if sys.platform == "linux":
        # Not what XDG_CONFIG_DIRS says: a desktop sets it and a terminal over SSH does not, and both are one site.
        return Path("/etc/wallboard")
    from platformdirs import site_config_path

    return site_config_path("wallboard", appauthor=False)


def there(path: Path) -> bool:
    """Whether there is such a file, or it lies where one may not look, or a link says that there is one: whoever opens
    it is told so."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return leads_nowhere(path) is not None
    except OSError:
        return True
    return True


def leads_nowhere(path: Path) -> Path | None:
    """The link on the way to `path` behind which there is nothing; None if there is none."""
    way = (*reversed(path.parents), path)
    return next((part for part in way if os.path.islink(part) and not os.path.exists(part)), None)


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
