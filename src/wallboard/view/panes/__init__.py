"""One module a pane: which columns, in which order the rows stand, and what each cell says."""

from __future__ import annotations

from wallboard.domain.keys import Resource
from wallboard.view.panes.agents import AgentsPane
from wallboard.view.panes.base import Pane
from wallboard.view.panes.calls import CallsPane
from wallboard.view.panes.hotlines import HotlinesPane
from wallboard.view.panes.members import MembersPane
from wallboard.view.panes.others import NoticesPane, ParkedPane, ReceptionistsPane
from wallboard.view.panes.queues import QueuesPane

PANES: dict[Resource, Pane] = {
    pane.resource: pane
    for pane in (
        QueuesPane(),
        MembersPane(),
        AgentsPane(),
        CallsPane(),
        HotlinesPane(),
        NoticesPane(),
        ReceptionistsPane(),
        ParkedPane(),
    )
}
