"""The ten nouns of the newsroom and the Protocols that several rooms share: frozen, stdlib only.

Beat, Source, Lead, Page | NotModified | Refused, Article (with Figure, Media, Signal), Story (with
Image, Provider, Related, Reason), Dropped, Verdict, Edition (with Record, Thumbnail); Fetcher (with
Request) and Shelf.
"""

from __future__ import annotations

from copydesk.news.article import USES, Article, Figure, Kind, Media, Signal, Use
from copydesk.news.beat import Beat, ExcerptRule, Organization, Scoring, Standing, Topic
from copydesk.news.dropped import DROP_REASONS, Dropped, DropReason
from copydesk.news.edition import Draw, Edition, Filed, Form, Poster, Record, Show, Thumbnail
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
from copydesk.news.ruling import NO_PICTURE, Ruling, RulingKind, SetField
from copydesk.news.shelf import Shelf, Shelved
from copydesk.news.source import ListingRule, Source, SourceKind, Trust
from copydesk.news.story import Extra, Image, Provider, Reason, Related, Story
from copydesk.news.verdict import Said, Verdict

__all__ = [
    "DROP_REASONS",
    "NO_PICTURE",
    "USES",
    "Article",
    "Beat",
    "Draw",
    "DropReason",
    "Dropped",
    "Edition",
    "ExcerptRule",
    "Extra",
    "Fetcher",
    "Figure",
    "Filed",
    "Form",
    "Image",
    "Kind",
    "Lead",
    "ListingRule",
    "Media",
    "NotModified",
    "Organization",
    "Page",
    "Poster",
    "Provider",
    "Purpose",
    "Reason",
    "Record",
    "Refused",
    "RefusedReason",
    "Related",
    "Request",
    "Ruling",
    "RulingKind",
    "Said",
    "Scoring",
    "SetField",
    "Shelf",
    "Shelved",
    "Show",
    "Signal",
    "Source",
    "SourceKind",
    "Standing",
    "Story",
    "Thumbnail",
    "Topic",
    "Trust",
    "Use",
    "Verdict",
]
