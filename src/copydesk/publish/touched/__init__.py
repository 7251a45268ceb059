"""Touched: the stories that have changed in, what has to be made again of a site out."""

from __future__ import annotations

from copydesk.publish.touched._touched import StoryChange as StoryChange
from copydesk.publish.touched._touched import Touched as Touched
from copydesk.publish.touched._touched import find_effects as find_effects
from copydesk.publish.touched._touched import list_pins as list_pins
