"""Copies: an article and the shelf in, the filed story that it repeats out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.judge.copies._copies import Overlap as Overlap
    from copydesk.judge.copies._copies import SameText as SameText
    from copydesk.judge.copies._copies import choose_original as choose_original
    from copydesk.judge.copies._copies import find_original as find_original
    from copydesk.judge.copies._copies import find_original_near as find_original_near
    from copydesk.judge.copies._copies import find_same_texts as find_same_texts
    from copydesk.judge.copies._copies import overlap as overlap
    from copydesk.judge.copies._fingerprint import LEAST_WORDS as LEAST_WORDS
    from copydesk.judge.copies._fingerprint import SHINGLE_WORDS as SHINGLE_WORDS
    from copydesk.judge.copies._fingerprint import fingerprint as fingerprint
    from copydesk.judge.copies._fingerprint import shingles as shingles
    from copydesk.judge.copies._window import COPIES_WITHIN as COPIES_WITHIN
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
