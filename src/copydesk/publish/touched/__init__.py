"""Touched: the stories that have changed in, what has to be made again of a site out."""

from __future__ import annotations

from copydesk.publish.touched._touched import StoryChange as StoryChange
from copydesk.publish.touched._touched import Touched as Touched
from copydesk.publish.touched._touched import find_touched as find_touched
from copydesk.publish.touched._touched import list_pinned as list_pinned
