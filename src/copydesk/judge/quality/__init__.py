"""Quality: score an article by signals, each with a reason, and rate the trust in its source."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.judge.quality._measure import Sightings as Sightings
    from copydesk.judge.quality._measure import drop_quotations as drop_quotations
    from copydesk.judge.quality._measure import is_house as is_house
    from copydesk.judge.quality._signals import HIGHEST as HIGHEST
    from copydesk.judge.quality._signals import READ as READ
    from copydesk.judge.quality._signals import SourceTrust as SourceTrust
    from copydesk.judge.quality._signals import image as image
    from copydesk.judge.quality._signals import locate_in_text as locate_in_text
    from copydesk.judge.quality._signals import official as official
    from copydesk.judge.quality._signals import organization as organization
    from copydesk.judge.quality._signals import signals as signals
    from copydesk.judge.quality._signals import source_trust as source_trust
    from copydesk.judge.quality._signals import video as video
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
