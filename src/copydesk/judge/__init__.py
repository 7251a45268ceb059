"""Judge: a read article in, a Story (topics, quality, copies, reasons) or Dropped out. Pure.

One mechanism, two profiles as data: `everyday` is the reference to the point, `copydesk` reads
what an article says. Filed stories come in over a `news.Shelf` (`MemoryShelf` is one in memory).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.judge._appraise import Appraisal as Appraisal
    from copydesk.judge._appraise import appraise as appraise
    from copydesk.judge._appraise import appraise_findings as appraise_findings
    from copydesk.judge._appraise import assess as assess
    from copydesk.judge._appraise import complete as complete
    from copydesk.judge._appraise import complete_beside as complete_beside
    from copydesk.judge._counterfactuals import QualityPart as QualityPart
    from copydesk.judge._counterfactuals import counterfactuals as counterfactuals
    from copydesk.judge._counterfactuals import points_at_the_gate as points_at_the_gate
    from copydesk.judge._counterfactuals import qualities_without_parts as qualities_without_parts
    from copydesk.judge._counterfactuals import quality_parts as quality_parts
    from copydesk.judge._explain import EvidenceMark as EvidenceMark
    from copydesk.judge._explain import explain as explain
    from copydesk.judge._explain import is_off_beat as is_off_beat
    from copydesk.judge._explain import mark_evidence as mark_evidence
    from copydesk.judge._explain import needs_article as needs_article
    from copydesk.judge._explain import reaches_gate as reaches_gate
    from copydesk.judge._findings import FINDINGS_VERSION as FINDINGS_VERSION
    from copydesk.judge._findings import Findings as Findings
    from copydesk.judge._findings import examine as examine
    from copydesk.judge._profiles import profile_of as profile_of
    from copydesk.judge._profiles import regroup as regroup
    from copydesk.judge._profiles import weigh as weigh
    from copydesk.judge.clustering import NEIGHBOURS_WITHIN as NEIGHBOURS_WITHIN
    from copydesk.judge.clustering import NewsDocument as NewsDocument
    from copydesk.judge.clustering import Stream as Stream
    from copydesk.judge.clustering import similarities as similarities
    from copydesk.judge.copies import COPIES_WITHIN as COPIES_WITHIN
    from copydesk.judge.copies import SameText as SameText
    from copydesk.judge.copies import choose_original as choose_original
    from copydesk.judge.copies import find_original as find_original
    from copydesk.judge.copies import find_same_texts as find_same_texts
    from copydesk.judge.copies import fingerprint as fingerprint
    from copydesk.judge.coverage import FULL_REPORT as FULL_REPORT
    from copydesk.judge.coverage import LIFT as LIFT
    from copydesk.judge.coverage import TERMS_VERSION as TERMS_VERSION
    from copydesk.judge.coverage import CoverageMatch as CoverageMatch
    from copydesk.judge.coverage import Neighbour as Neighbour
    from copydesk.judge.coverage import extend_corpus as extend_corpus
    from copydesk.judge.coverage import find_candidates as find_candidates
    from copydesk.judge.coverage import find_coverage as find_coverage
    from copydesk.judge.coverage import find_freed_paths as find_freed_paths
    from copydesk.judge.coverage import index_stories as index_stories
    from copydesk.judge.coverage import make_corpus as make_corpus
    from copydesk.judge.coverage import weigh_neighbours as weigh_neighbours
    from copydesk.judge.gate import blocking_ruling as blocking_ruling
    from copydesk.judge.gate import deciding_points as deciding_points
    from copydesk.judge.gate import gate_points as gate_points
    from copydesk.judge.gate import verdict_points as verdict_points
    from copydesk.judge.keywords import TopicWord as TopicWord
    from copydesk.judge.keywords import can_be_found as can_be_found
    from copydesk.judge.keywords import find_words as find_words
    from copydesk.judge.keywords import least_events as least_events
    from copydesk.judge.profile import Features as Features
    from copydesk.judge.profile import QualityScore as QualityScore
    from copydesk.judge.samples import TopicSample as TopicSample
    from copydesk.judge.samples import up_front as up_front
    from copydesk.judge.shelves import POSTINGS_A_HASH as POSTINGS_A_HASH
    from copydesk.judge.shelves import MemoryShelf as MemoryShelf
    from copydesk.judge.shelves import PastShelf as PastShelf
    from copydesk.judge.shelves import choose_nearest as choose_nearest
    from copydesk.judge.topics import ChangedWords as ChangedWords
    from copydesk.judge.topics import TopicEffect as TopicEffect
    from copydesk.judge.topics import find_changed_words as find_changed_words
    from copydesk.judge.topics import stems_of as stems_of
    from copydesk.judge.topics import try_keyword as try_keyword
    from copydesk.judge.topics import with_keyword as with_keyword
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
