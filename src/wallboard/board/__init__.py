"""The state of the console: merged rows, their freshness, numbers, history, alarms and pending actions."""

from wallboard.board.alarms import Alarm, AlarmBook, AlarmEvent
from wallboard.board.board import Board
from wallboard.board.freshness import FeedView, PaneState, ResourceView, SourceView
from wallboard.board.kpi import AgentCounts, QueueStats, ServiceLevel
from wallboard.board.pending import Pending
from wallboard.board.settings import BoardSettings, Goal, Limits, QueueRule

__all__ = [
    "AgentCounts",
    "Alarm",
    "AlarmBook",
    "AlarmEvent",
    "Board",
    "BoardSettings",
    "FeedView",
    "Goal",
    "Limits",
    "PaneState",
    "Pending",
    "QueueRule",
    "QueueStats",
    "ResourceView",
    "ServiceLevel",
    "SourceView",
]
