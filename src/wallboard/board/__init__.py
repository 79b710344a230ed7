"""The state of the console: merged rows, their freshness, numbers, history, alarms and pending actions."""

from wallboard.board.alarm import Alarm
from wallboard.board.alarms import AlarmBook, AlarmEvent
from wallboard.board.board import Board
from wallboard.board.freshness import FeedView, PaneState, ResourceView, SourceView
from wallboard.board.queue_numbers import QueueFigures, ServiceLevel
from wallboard.board.settings import BoardSettings
from wallboard.board.tally import AgentCounts
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
    "QueueFigures",
    "ResourceView",
    "ServiceLevel",
    "SourceView",
    "Timing",
]
