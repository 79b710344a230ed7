"""The state of the console: merged rows, their freshness, numbers, history, alarms and pending actions."""

from wallboard.board.alarms import Alarm, AlarmBook, AlarmEvent
from wallboard.board.board import Board
from wallboard.board.freshness import FeedView, PaneState, ResourceView, SourceView
from wallboard.board.kpi import AgentCounts, QueueStats, ServiceLevel
from wallboard.board.settings import BoardSettings
from wallboard.board.verdicts import Timing

__all__ = [
    "AgentCounts",
    "Alarm",
    "AlarmBook",
    "AlarmEvent",
    "Board",
    "BoardSettings",
    "FeedView",
    "PaneState",
    "QueueStats",
    "ResourceView",
    "ServiceLevel",
    "SourceView",
    "Timing",
]
