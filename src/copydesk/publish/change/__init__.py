"""A change: takes stories as they were and as they are, gives what of the site has to be made.

counts: what came and went under a heading | pages: where a list is cut elsewhere | touched
"""

from __future__ import annotations

from copydesk.publish.change._touched import StoryChange as StoryChange
from copydesk.publish.change._touched import Touched as Touched
from copydesk.publish.change._touched import digest_lists as digest_lists
from copydesk.publish.change._touched import find_effects as find_effects
from copydesk.publish.change._touched import fingerprint_letters as fingerprint_letters
from copydesk.publish.change._touched import list_pins as list_pins
from copydesk.publish.change._touched import place_letters as place_letters
