"""Profile: what a way of weighing stories is made of, as data."""

from __future__ import annotations

from copydesk.judge.profile._features import Features as Features
from copydesk.judge.profile._features import lede as lede
from copydesk.judge.profile._profile import Copy as Copy
from copydesk.judge.profile._profile import FindSightings as FindSightings
from copydesk.judge.profile._profile import Fingerprint as Fingerprint
from copydesk.judge.profile._profile import Match as Match
from copydesk.judge.profile._profile import Profile as Profile
from copydesk.judge.profile._profile import QualityScore as QualityScore
from copydesk.judge.profile._profile import QualitySignal as QualitySignal
from copydesk.judge.profile._profile import Sighting as Sighting
from copydesk.judge.profile._profile import find_sightings as find_sightings
from copydesk.judge.profile._profile import weigh_both_ways as weigh_both_ways
from copydesk.judge.profile._profile import weigh_by as weigh_by
from copydesk.judge.profile._profile import weigh_sightings as weigh_sightings
from copydesk.judge.profile._source import source_of as source_of
from copydesk.judge.profile._source import topics_of_source as topics_of_source
