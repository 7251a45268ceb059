"""Score an article: return it as a story with topics, quality, original and reasons, or drop it.

One mechanism serves two profiles, which are data: `everyday` gives exactly everyday.cc's points,
`copydesk` scores what an article says. Recent stories, which new ones are compared with, come in as
a `news.Shelf` (`judge.shelves.MemoryShelf` is one in memory). Each subject has a public module or
folder: `words`, `phrases`, `topics`, `quality`, `copies`, `coverage`, `clustering`, `keywords`,
`gate`, `profile`.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.judge._appraise import FINDINGS_VERSION as FINDINGS_VERSION
    from copydesk.judge._appraise import Appraisal as Appraisal
    from copydesk.judge._appraise import Findings as Findings
    from copydesk.judge._appraise import appraise as appraise
    from copydesk.judge._appraise import appraise_findings as appraise_findings
    from copydesk.judge._appraise import assess as assess
    from copydesk.judge._appraise import complete as complete
    from copydesk.judge._appraise import complete_beside as complete_beside
    from copydesk.judge._appraise import examine_article as examine_article
    from copydesk.judge._appraise import features_of_article as features_of_article
    from copydesk.judge._explain import EvidenceMark as EvidenceMark
    from copydesk.judge._explain import QualityPart as QualityPart
    from copydesk.judge._explain import counterfactuals as counterfactuals
    from copydesk.judge._explain import explain as explain
    from copydesk.judge._explain import is_off_beat as is_off_beat
    from copydesk.judge._explain import mark_evidence as mark_evidence
    from copydesk.judge._explain import needs_article as needs_article
    from copydesk.judge._explain import points_at_the_gate as points_at_the_gate
    from copydesk.judge._explain import qualities_without_parts as qualities_without_parts
    from copydesk.judge._explain import quality_parts as quality_parts
    from copydesk.judge._explain import reaches_gate as reaches_gate
    from copydesk.judge._profiles import profile_of as profile_of
    from copydesk.judge._profiles import regroup as regroup
    from copydesk.judge._profiles import weigh as weigh
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
