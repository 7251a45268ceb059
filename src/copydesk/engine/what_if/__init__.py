"""What if: other rules and the stories of some days in; what would change out, unwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.what_if._bench import Bench as Bench
    from copydesk.engine.what_if._front import FrontPlace as FrontPlace
    from copydesk.engine.what_if._front import compare_fronts as compare_fronts
    from copydesk.engine.what_if._front import plan_front as plan_front
    from copydesk.engine.what_if._open_bench import open_bench as open_bench
    from copydesk.engine.what_if._rule_change import KeywordEdit as KeywordEdit
    from copydesk.engine.what_if._rule_change import RuleChange as RuleChange
    from copydesk.engine.what_if._rule_change import apply_change as apply_change
    from copydesk.engine.what_if._summary import ChangedStory as ChangedStory
    from copydesk.engine.what_if._summary import Summary as Summary
    from copydesk.engine.what_if._summary import TopicEffect as TopicEffect
    from copydesk.engine.what_if._summary import WeighedVerdict as WeighedVerdict
    from copydesk.engine.what_if._summary import summarize as summarize
    from copydesk.engine.what_if._try_rules import Outcome as Outcome
    from copydesk.engine.what_if._try_rules import try_rules as try_rules
    from copydesk.engine.what_if._workbench import TriedRules as TriedRules
    from copydesk.engine.what_if._workbench import Workbench as Workbench
    from copydesk.engine.what_if._write_rules import RulesDraft as RulesDraft
    from copydesk.engine.what_if._write_rules import draft_rules as draft_rules
    from copydesk.engine.what_if._write_rules import write_rules as write_rules
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
