"""`python -m wallboard`: the same program as the `wallboard` command."""

from __future__ import annotations

import sys

from wallboard.cli.start import entry

if __name__ == "__main__":
    sys.exit(entry())
