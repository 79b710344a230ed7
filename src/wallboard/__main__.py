"""`python -m wallboard`: the same program as the `wallboard` command."""

from __future__ import annotations

import os
import sys

if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:
    # `-m` puts the current directory first: whoever can write there would say what is imported.
    del sys.path[0]

from wallboard.cli.start import entry

if __name__ == "__main__":
    sys.exit(entry())
