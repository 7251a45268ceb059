"""The ten nouns of the newsroom and the Protocols that several rooms share: frozen, stdlib only.

Beat, Source, Lead, Page | NotModified | Refused, Article (with Figure, Media, Signal), Story (with
Image, Provider, Related, Reason), Dropped, Verdict, Edition (with Record, Thumbnail); Fetcher (with
Request) and Shelf. What the program must recognise again has a closed set of kinds (ReasonKind,
EventKind, FaultKind), whose words stand in one table each; where a story stands is a Standing.
"""

from __future__ import annotations

from copydesk.news.article import USES, Article, Figure, Kind, Media, Signal, Use
from copydesk.news.beat import (
    Beat,
    DomainTrust,
    ExcerptRule,
    Organization,
    Scoring,
    SiteOptions,
    Topic,
)
from copydesk.news.deploy_options import BranchOptions, S3Options
from copydesk.news.dropped import DROP_REASONS, Dropped, DropReason
from copydesk.news.edition import (
    Draw,
    Edition,
    FiledStories,
    PictureFile,
    Poster,
    Record,
    Show,
    Thumbnail,
)
from copydesk.news.event import Event, EventKind
from copydesk.news.fault import Fault, FaultKind
from copydesk.news.fetch_options import FetchOptions, Manners
from copydesk.news.lead import Lead
from copydesk.news.page import (
    Fetcher,
    NotModified,
    Page,
    Purpose,
    Refused,
    RefusedReason,
    Request,
)
from copydesk.news.profile import TRAITS, ProfileName, Traits
from copydesk.news.reason import GROUP_RULED, Reason, ReasonKind, reason_words
from copydesk.news.ruling import NO_PICTURE, Ruling, RulingKind, SetField
from copydesk.news.shelf import Shelf, Shelved
from copydesk.news.source import ListingRule, Source, SourceKind, Trust
from copydesk.news.standing import Standing
from copydesk.news.story import Extra, Image, Provider, Related, Story
from copydesk.news.verdict import Said, Verdict

__all__ = [
    "DROP_REASONS",
    "GROUP_RULED",
    "NO_PICTURE",
    "TRAITS",
    "USES",
    "Article",
    "Beat",
    "BranchOptions",
    "DomainTrust",
    "Draw",
    "DropReason",
    "Dropped",
    "Edition",
    "Event",
    "EventKind",
    "ExcerptRule",
    "Extra",
    "Fault",
    "FaultKind",
    "FetchOptions",
    "Fetcher",
    "Figure",
    "FiledStories",
    "Image",
    "Kind",
    "Lead",
    "ListingRule",
    "Manners",
    "Media",
    "NotModified",
    "Organization",
    "Page",
    "PictureFile",
    "Poster",
    "ProfileName",
    "Provider",
    "Purpose",
    "Reason",
    "ReasonKind",
    "Record",
    "Refused",
    "RefusedReason",
    "Related",
    "Request",
    "Ruling",
    "RulingKind",
    "S3Options",
    "Said",
    "Scoring",
    "SetField",
    "Shelf",
    "Shelved",
    "Show",
    "Signal",
    "SiteOptions",
    "Source",
    "SourceKind",
    "Standing",
    "Story",
    "Thumbnail",
    "Topic",
    "Traits",
    "Trust",
    "Use",
    "Verdict",
    "reason_words",
]
