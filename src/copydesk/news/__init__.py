"""The frozen value types that copydesk's packages exchange: Article, Story, Beat and others.

Beat (with Topic), Source, Lead, Page | NotModified | Refused (with Fetcher, Request), Article (with
Image, Provider), Story (with Reason, Standing), Dropped, Ruling, Verdict, EditorAction, Record.
Import every other name from the module of its subject: `from copydesk.news.edition import Edition`.
"""

from copydesk.news.article import Article as Article
from copydesk.news.article import Image as Image
from copydesk.news.article import Provider as Provider
from copydesk.news.beat import Beat as Beat
from copydesk.news.beat import Topic as Topic
from copydesk.news.edition import Record as Record
from copydesk.news.page import Fetcher as Fetcher
from copydesk.news.page import NotModified as NotModified
from copydesk.news.page import Page as Page
from copydesk.news.page import Refused as Refused
from copydesk.news.page import Request as Request
from copydesk.news.reason import Reason as Reason
from copydesk.news.reason import ReasonKind as ReasonKind
from copydesk.news.ruling import EditorAction as EditorAction
from copydesk.news.ruling import Ruling as Ruling
from copydesk.news.ruling import Verdict as Verdict
from copydesk.news.source import Dropped as Dropped
from copydesk.news.source import Lead as Lead
from copydesk.news.source import Source as Source
from copydesk.news.story import Shelved as Shelved
from copydesk.news.story import Standing as Standing
from copydesk.news.story import Story as Story
