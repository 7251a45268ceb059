"""Find where a page's news may be had as a list: a Page goes in, Candidates and Offers come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.watch.discovery._candidates import FeedCandidate as FeedCandidate
    from copydesk.watch.discovery._candidates import candidates as candidates
    from copydesk.watch.discovery._candidates import candidates_of_address as candidates_of_address
    from copydesk.watch.discovery._candidates import guesses as guesses
    from copydesk.watch.discovery._candidates import is_for_news as is_for_news
    from copydesk.watch.discovery._candidates import sitemaps as sitemaps
    from copydesk.watch.discovery._offers import Offer as Offer
    from copydesk.watch.discovery._offers import is_enough as is_enough
    from copydesk.watch.discovery._offers import offers as offers
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
