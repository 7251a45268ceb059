"""Quality: what is known of an article in, points with reasons out; and trust in its source."""

from __future__ import annotations

from copydesk.judge.quality._consequence import READ as READ
from copydesk.judge.quality._consequence import locate_in_text as locate_in_text
from copydesk.judge.quality._sightings import Sightings as Sightings
from copydesk.judge.quality._signals import HIGHEST as HIGHEST
from copydesk.judge.quality._signals import signals as signals
from copydesk.judge.quality._source_trust import SourceTrust as SourceTrust
from copydesk.judge.quality._source_trust import source_trust as source_trust
from copydesk.judge.quality._wrapping import image as image
from copydesk.judge.quality._wrapping import official as official
from copydesk.judge.quality._wrapping import organization as organization
from copydesk.judge.quality._wrapping import video as video
