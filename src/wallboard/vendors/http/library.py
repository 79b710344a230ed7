"""The HTTP client library without its command line. Where click is installed that would come with it: forty modules
and 30 ms of the start, for what nobody here calls."""

from __future__ import annotations

import sys

_hides = "click" not in sys.modules
if _hides:
    # None makes importing it fail, as where it is not installed.
    sys.modules["click"] = None  # type: ignore[assignment]
try:
    import httpx
finally:
    if _hides:
        del sys.modules["click"]

__all__ = ["httpx"]
