"""A live wallboard and call-control console for contact-centre supervisors, in a terminal."""

from __future__ import annotations

# A literal: reading the installed metadata costs more than the rest of `--version`. A test holds it to pyproject.toml.
__version__ = "0.1.0"
