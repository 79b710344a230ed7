"""What the lists and events of a source prove about its callers, and how surely: one `Stay` for each time that a caller
was in a queue."""

from wallboard.board.caller_history.history import CallerHistory
from wallboard.board.caller_history.legs import line_of, whose
from wallboard.board.caller_history.stay import Outcome, Span, Stay

__all__ = ["CallerHistory", "Outcome", "Span", "Stay", "line_of", "whose"]
