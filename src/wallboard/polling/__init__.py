"""When to ask the sources, never what an answer means."""

from wallboard.polling.scheduler import RefreshCost, Scheduler

__all__ = ["RefreshCost", "Scheduler"]
