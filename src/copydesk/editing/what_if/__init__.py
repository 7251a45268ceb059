"""Try out other scoring rules on the stories of some days; return what would change."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.editing.what_if._bench import Bench as Bench
    from copydesk.editing.what_if._open_bench import open_bench as open_bench
    from copydesk.editing.what_if._try_rules import ChangedStory as ChangedStory
    from copydesk.editing.what_if._try_rules import FrontPlace as FrontPlace
    from copydesk.editing.what_if._try_rules import Outcome as Outcome
    from copydesk.editing.what_if._try_rules import Summary as Summary
    from copydesk.editing.what_if._try_rules import TopicEffect as TopicEffect
    from copydesk.editing.what_if._try_rules import WeighedVerdict as WeighedVerdict
    from copydesk.editing.what_if._try_rules import compare_fronts as compare_fronts
    from copydesk.editing.what_if._try_rules import plan_front as plan_front
    from copydesk.editing.what_if._try_rules import summarize as summarize
    from copydesk.editing.what_if._try_rules import try_rules as try_rules
    from copydesk.editing.what_if._workbench import KeywordEdit as KeywordEdit
    from copydesk.editing.what_if._workbench import RuleChange as RuleChange
    from copydesk.editing.what_if._workbench import TriedRules as TriedRules
    from copydesk.editing.what_if._workbench import Workbench as Workbench
    from copydesk.editing.what_if._workbench import apply_change as apply_change
    from copydesk.editing.what_if._workbench import draft_rules as draft_rules
    from copydesk.editing.what_if._workbench import write_rules as write_rules
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
