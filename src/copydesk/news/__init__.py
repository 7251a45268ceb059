"""The main value types of copydesk, and the Protocols that several folders share.

Beat, Source, Lead, Page | NotModified | Refused, Article (with Figure, Media, Signal), Story (with
Image, Provider, Related, Reason), Dropped, Verdict, Edition (with Record, Thumbnail); Fetcher (with
Request), Shelf and Corpus (with Surroundings, IndexedDocument, CountedTerms). All are frozen and
need only the standard library. Reasons, events and faults each have a closed set of kinds
(ReasonKind, EventKind, FaultKind) and one table with their sentences; the status of a story is a
Standing.
"""

from __future__ import annotations

from copydesk.news.article import USES as USES
from copydesk.news.article import Article as Article
from copydesk.news.article import Figure as Figure
from copydesk.news.article import Image as Image
from copydesk.news.article import Kind as Kind
from copydesk.news.article import Media as Media
from copydesk.news.article import Provider as Provider
from copydesk.news.article import Signal as Signal
from copydesk.news.article import Use as Use
from copydesk.news.beat import MOST_POINTS as MOST_POINTS
from copydesk.news.beat import TRAITS as TRAITS
from copydesk.news.beat import Beat as Beat
from copydesk.news.beat import DomainTrust as DomainTrust
from copydesk.news.beat import ExcerptRule as ExcerptRule
from copydesk.news.beat import FrontOptions as FrontOptions
from copydesk.news.beat import Organization as Organization
from copydesk.news.beat import OutputOptions as OutputOptions
from copydesk.news.beat import ProfileName as ProfileName
from copydesk.news.beat import Scoring as Scoring
from copydesk.news.beat import SignalPoints as SignalPoints
from copydesk.news.beat import Topic as Topic
from copydesk.news.beat import Traits as Traits
from copydesk.news.edition import LIST_STORIES as LIST_STORIES
from copydesk.news.edition import ChosenStory as ChosenStory
from copydesk.news.edition import Draw as Draw
from copydesk.news.edition import Edition as Edition
from copydesk.news.edition import FiledStories as FiledStories
from copydesk.news.edition import PictureFile as PictureFile
from copydesk.news.edition import Poster as Poster
from copydesk.news.edition import ReadingList as ReadingList
from copydesk.news.edition import Record as Record
from copydesk.news.edition import Show as Show
from copydesk.news.edition import Thumbnail as Thumbnail
from copydesk.news.event import Event as Event
from copydesk.news.event import EventKind as EventKind
from copydesk.news.lead import DROP_REASONS as DROP_REASONS
from copydesk.news.lead import DROP_STAGES as DROP_STAGES
from copydesk.news.lead import Dropped as Dropped
from copydesk.news.lead import DropReason as DropReason
from copydesk.news.lead import Lead as Lead
from copydesk.news.lead import Tip as Tip
from copydesk.news.letter import CHOICES as CHOICES
from copydesk.news.letter import LISTED_KINDS as LISTED_KINDS
from copydesk.news.letter import UNSUBSCRIBE as UNSUBSCRIBE
from copydesk.news.letter import Issue as Issue
from copydesk.news.letter import IssueEdits as IssueEdits
from copydesk.news.letter import IssueLink as IssueLink
from copydesk.news.letter import IssuePicture as IssuePicture
from copydesk.news.letter import IssueSection as IssueSection
from copydesk.news.letter import IssueStory as IssueStory
from copydesk.news.letter import LetterDay as LetterDay
from copydesk.news.letter import LetterOptions as LetterOptions
from copydesk.news.letter import LetterSeries as LetterSeries
from copydesk.news.letter import OutgoingIssue as OutgoingIssue
from copydesk.news.letter import PartKind as PartKind
from copydesk.news.letter import PartOptions as PartOptions
from copydesk.news.options import BounceOptions as BounceOptions
from copydesk.news.options import BranchOptions as BranchOptions
from copydesk.news.options import Delivery as Delivery
from copydesk.news.options import DkimOptions as DkimOptions
from copydesk.news.options import FetchOptions as FetchOptions
from copydesk.news.options import HandOverOptions as HandOverOptions
from copydesk.news.options import MailOptions as MailOptions
from copydesk.news.options import Manners as Manners
from copydesk.news.options import S3Options as S3Options
from copydesk.news.options import SmtpOptions as SmtpOptions
from copydesk.news.options import SmtpSecurity as SmtpSecurity
from copydesk.news.options import Uncertain as Uncertain
from copydesk.news.page import Fault as Fault
from copydesk.news.page import FaultKind as FaultKind
from copydesk.news.page import Fetcher as Fetcher
from copydesk.news.page import NotModified as NotModified
from copydesk.news.page import Page as Page
from copydesk.news.page import Purpose as Purpose
from copydesk.news.page import Refused as Refused
from copydesk.news.page import RefusedReason as RefusedReason
from copydesk.news.page import Request as Request
from copydesk.news.reason import Reason as Reason
from copydesk.news.reason import ReasonKind as ReasonKind
from copydesk.news.reason import reason_words as reason_words
from copydesk.news.ruling import IS_WANTED as IS_WANTED
from copydesk.news.ruling import NO_PICTURE as NO_PICTURE
from copydesk.news.ruling import RULING_KINDS as RULING_KINDS
from copydesk.news.ruling import ActionKind as ActionKind
from copydesk.news.ruling import ActionOutcome as ActionOutcome
from copydesk.news.ruling import ActionState as ActionState
from copydesk.news.ruling import AppliesTo as AppliesTo
from copydesk.news.ruling import EditConflict as EditConflict
from copydesk.news.ruling import EditorAction as EditorAction
from copydesk.news.ruling import Matter as Matter
from copydesk.news.ruling import Ruling as Ruling
from copydesk.news.ruling import RulingForm as RulingForm
from copydesk.news.ruling import RulingKind as RulingKind
from copydesk.news.ruling import Said as Said
from copydesk.news.ruling import SetField as SetField
from copydesk.news.ruling import Verdict as Verdict
from copydesk.news.source import ListingRule as ListingRule
from copydesk.news.source import Source as Source
from copydesk.news.source import SourceKind as SourceKind
from copydesk.news.source import Trust as Trust
from copydesk.news.story import Corpus as Corpus
from copydesk.news.story import CountedTerms as CountedTerms
from copydesk.news.story import Extra as Extra
from copydesk.news.story import IndexedDocument as IndexedDocument
from copydesk.news.story import RecallKind as RecallKind
from copydesk.news.story import Related as Related
from copydesk.news.story import Shelf as Shelf
from copydesk.news.story import Shelved as Shelved
from copydesk.news.story import Standing as Standing
from copydesk.news.story import Story as Story
from copydesk.news.story import Surroundings as Surroundings
from copydesk.news.story import number_of as number_of
