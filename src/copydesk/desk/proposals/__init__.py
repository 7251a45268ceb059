"""Proposals: what a program suggests goes in; actions of the editor who takes it come out.

A proposal changes nothing. It stands at its stories until an editor takes or refuses it.
"""

from __future__ import annotations

from copydesk.desk.proposals._decide import refuse_proposal as refuse_proposal
from copydesk.desk.proposals._decide import take_proposal as take_proposal
from copydesk.desk.proposals._propose import PROPOSED_RULES as PROPOSED_RULES
from copydesk.desk.proposals._propose import SentGround as SentGround
from copydesk.desk.proposals._propose import SentProposal as SentProposal
from copydesk.desk.proposals._propose import StoryName as StoryName
from copydesk.desk.proposals._propose import propose as propose
from copydesk.desk.proposals._routes import list_proposal_routes as list_proposal_routes
