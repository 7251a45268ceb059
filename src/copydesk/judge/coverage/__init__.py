"""Group stories on one event, choose the story that leads each group, return those that change."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.judge.coverage._additions import choose_additions as choose_additions
    from copydesk.judge.coverage._arrivals import TERMS_VERSION as TERMS_VERSION
    from copydesk.judge.coverage._arrivals import extend_corpus as extend_corpus
    from copydesk.judge.coverage._arrivals import index_stories as index_stories
    from copydesk.judge.coverage._arrivals import make_corpus as make_corpus
    from copydesk.judge.coverage._everyday import group_stories as group_stories
    from copydesk.judge.coverage._everyday import regroup_everyday as regroup_everyday
    from copydesk.judge.coverage._heat import NEWSROOM_POINTS as NEWSROOM_POINTS
    from copydesk.judge.coverage._heat import heat_alone as heat_alone
    from copydesk.judge.coverage._heat import sum_heat as sum_heat
    from copydesk.judge.coverage._heat import voice_of as voice_of
    from copydesk.judge.coverage._leader import FULL_REPORT as FULL_REPORT
    from copydesk.judge.coverage._leader import LIFT as LIFT
    from copydesk.judge.coverage._leader import STAYS as STAYS
    from copydesk.judge.coverage._leader import count_merits as count_merits
    from copydesk.judge.coverage._leader import is_own_report as is_own_report
    from copydesk.judge.coverage._leader import is_pinned as is_pinned
    from copydesk.judge.coverage._leader import lift_of as lift_of
    from copydesk.judge.coverage._regroup import find_freed_paths as find_freed_paths
    from copydesk.judge.coverage._regroup import regroup as regroup
    from copydesk.judge.coverage._ruled_groups import lead_in as lead_in
    from copydesk.judge.coverage._ruled_groups import name_of as name_of
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
