"""Verdicts: what editors said of stories in, how well the gate agrees with them out. Pure."""

from __future__ import annotations

from copydesk.measure.verdicts._agreement import GateAgreement as GateAgreement
from copydesk.measure.verdicts._decision import Decision as Decision
from copydesk.measure.verdicts._decision import decide as decide
from copydesk.measure.verdicts._gate import GatePeriod as GatePeriod
from copydesk.measure.verdicts._gate import GateReport as GateReport
from copydesk.measure.verdicts._gate import compare_by_period as compare_by_period
from copydesk.measure.verdicts._gate import gate as gate
from copydesk.measure.verdicts._parts import PartEffect as PartEffect
from copydesk.measure.verdicts._publish_at import MOST_BY_CHANCE as MOST_BY_CHANCE
from copydesk.measure.verdicts._publish_at import GateChoice as GateChoice
