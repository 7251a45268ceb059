"""Gather the stories of a newsletter's next issue, compose it and render it; read stored issues.

The issue draws on the records, the git history since the last issue, and the site's plan.
"""

from __future__ import annotations

import contextlib
import html
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from copydesk import archive, publish, writing
from copydesk.archive import LETTERS_FOLDER, document, git
from copydesk.archive.letters import letter_path
from copydesk.building import open_site_plan
from copydesk.desk_store import has_desk, open_desk
from copydesk.errors import MailError, PublishError, RecordError, UsageError
from copydesk.kit import dates, text
from copydesk.kit.options import fill
from copydesk.news import Record, Story
from copydesk.news.edition import ChosenStory, Edition, ReadingList
from copydesk.news.letter import (
    LISTED_KINDS,
    Issue,
    IssueEdits,
    IssueStory,
    LetterOptions,
    OutgoingIssue,
    PartKind,
)
from copydesk.newsletters import composing
from copydesk.newsletters.composing import FiledMail, RenderedIssue, drafts
from copydesk.newsletters.composing.drafts import (
    EarlierIssues,
    Headings,
    IssueDraft,
    IssueMaterial,
    IssuePlace,
)
from copydesk.newsroom import Newsroom, Troubles
from copydesk.placement import addresses
from copydesk.publish import SitePlan
from copydesk.rendering import Renderer, Strings, language_tag, list_story_names, load_site_strings

# Time zones are up to 26 hours apart: a change of a newsletter's zone moves its names by as much.
_LATEST = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastIssue:
    """The latest stored issue of a newsletter: its file and its time."""

    path: str
    at: datetime


def letter_stems(
    newsroom: Newsroom, letter: LetterOptions, letters: Sequence[LetterOptions]
) -> tuple[str, ...]:
    """Return the prefixes of a newsletter's issue file names. The next issue's prefix
    comes first.
    """
    return addresses.issue_stems(letter, letters, archive.slug(newsroom.beat.title).strip("-"))


def name_next_issue(newsroom: Newsroom, stem: str, day: date) -> str:
    """Return an unused file name for a newsletter issue of a day."""
    return addresses.name_issue(stem, day, lambda name: _is_taken(newsroom, name))


def find_last_issue(newsroom: Newsroom, stems: Collection[str]) -> LastIssue | None:
    """Return the latest newsletter issue whose file name has one of the prefixes, None if there is
    none.

    An issue that cannot be read is ignored.
    """
    last, newest_day = None, date.max
    for name in sorted(list_issue_names(newsroom, stems), reverse=True):
        if last is not None and newest_day - name.day > _LATEST:
            break
        found = read_issue(newsroom, name)
        if found is not None and (last is None or found[0].at > last.at):
            newest_day = name.day if last is None else newest_day
            last = found[0]
    return last


def list_issue_names(newsroom: Newsroom, stems: Collection[str]) -> Iterator[addresses.IssueName]:
    """Yield the file names of newsletter issues that have one of the prefixes, unsorted."""
    folder = newsroom.root / LETTERS_FOLDER
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for file in folder.iterdir():
            name = addresses.parse_issue_name(file.stem) if file.suffix == ".html" else None
            if name is not None and name.stem in stems:
                yield name


def read_issue(newsroom: Newsroom, name: addresses.IssueName) -> tuple[LastIssue, str] | None:
    """Read a stored newsletter issue with its HTML, None if it cannot be read or has no time."""
    path = letter_path(str(name))
    try:
        record = document.parse_record(path, newsroom.archive.file_bytes(path))
    except RecordError:
        return None
    at = record.fields.get("publishedDateTime")
    if not isinstance(at, datetime):
        return None
    return LastIssue(path=path, at=dates.utc(at)), record.body


def _is_taken(newsroom: Newsroom, name: str) -> bool:
    return bool(archive.digest_of(newsroom.root, letter_path(name)))


# ---- Reading an issue to send it

_TITLE = re.compile(r"<title>([^<]*)</title>", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueToSend:
    """A newsletter issue read from its file in order to be sent. `page`, its URL, may be "".

    Corrections made to the file after it was filed are included.
    """

    name: str
    letter: LetterOptions
    at: datetime
    subject: str
    preheader: str
    page: str
    topics: tuple[str, ...]
    html: str


def read_issue_to_send(newsroom: Newsroom, name: str) -> IssueToSend:
    """Read a stored newsletter issue by its name, such as `daily-2026-11-24`, or its path.

    Raises UsageError if there is none or the settings lack its newsletter; MailError if its file
    cannot be read.
    """
    stem = name.removeprefix(f"{LETTERS_FOLDER}/").removesuffix(".html")
    parsed = addresses.parse_issue_name(stem)
    letter = _find_letter(newsroom, parsed.stem) if parsed is not None else None
    shown = text.fold(stem)[:80]
    if parsed is None or letter is None:
        hint = "use a file name from _newsletters/ that begins with the id of a [[letter]]"
        if any(letter.id == stem for letter in newsroom.settings.letters):
            look, save = f"copydesk mail preview {stem} --open", f"copydesk mail file {stem}"
            hint = f"to look at its next issue: {look}; to save it: {save}"
        raise UsageError("not the name of a newsletter's issue", subject=shown, hint=hint)
    path = letter_path(str(parsed))
    if not archive.digest_of(newsroom.root, path):
        raise UsageError(
            "no such issue",
            subject=shown,
            hint=f"create the issue: copydesk mail file {letter.id}",
        )
    try:
        record = document.parse_record(path, newsroom.archive.file_bytes(path))
    except RecordError as error:
        raise MailError("could not read the issue", subject=path, hint=str(error)) from error
    fields = record.fields
    at = fields.get("publishedDateTime")
    if not isinstance(at, datetime):
        raise MailError(
            "the issue has no publication time", subject=path, hint="set its publishedDateTime"
        )
    title = _TITLE.search(record.body)
    topics = fields.get("topics")
    return IssueToSend(
        name=str(parsed),
        letter=letter,
        at=dates.utc(at),
        subject=html.unescape(title[1]).strip() if title else _word(fields.get("title")),
        preheader=_word(fields.get("excerpt")),
        page=_word(fields.get("webUrl")),
        topics=tuple(map(str, topics)) if isinstance(topics, list | tuple) else (),
        html=record.body,
    )


def _find_letter(newsroom: Newsroom, stem: str) -> LetterOptions | None:
    letters = newsroom.settings.letters
    return next((each for each in letters if stem in letter_stems(newsroom, each, letters)), None)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def make_outgoing(newsroom: Newsroom, issue: IssueToSend) -> OutgoingIssue:
    """Return a newsletter issue as it is mailed, in the site's language. Raises
    MailError if empty.
    """
    options = newsroom.settings.mail
    filed = fill(
        FiledMail, issue, postal_address=options.postal_address, counts_views=options.count_views
    )
    return composing.make_outgoing(
        filed, load_site_strings(newsroom.beat.locale, newsroom.templates)
    )


_OLDEST = timedelta(days=7)  # before the last issue: older stories are no news
_WORDS_A_MINUTE = 230  # read silently (Brysbaert 2019: 238 in English, fewer in others)


@contextlib.contextmanager
def gather_material(
    newsroom: Newsroom, letter: LetterOptions, at: datetime
) -> Iterator[IssueMaterial]:
    """Read what a newsletter's issue is made from (stories, rules, earlier issues) and yield it.

    Raises PublishError, MemoryStoreError. Records that cannot be read are left out.
    """
    at = dates.utc(at)
    troubles = Troubles()
    stems = letter_stems(newsroom, letter, newsroom.settings.letters)
    has_list = any(part.kind in LISTED_KINDS for part in letter.parts)
    earlier = read_earlier_issues(newsroom, stems, at, every=has_list)
    since = earlier[-1].at if earlier else drafts.window_before(letter, at)
    records = _read_collections(newsroom, letter, troubles)
    with open_site_plan(newsroom, at, records, troubles) as (edition, plan):
        gathering = _Gathering(newsroom=newsroom, letter=letter, edition=edition, plan=plan)
        strings = load_site_strings(newsroom.beat.locale, newsroom.templates)
        late = gathering.find_late(earlier[-1].path, since) if earlier else {}
        yield IssueMaterial(
            letter=letter,
            place=gathering.place_issue(stems[0], at),
            since=since,
            stories=[*gathering.read_dated_after(since), *late.values()],
            late=frozenset(late),
            rules=publish.make_front_rules(edition, plan),
            tell=gathering.tell,
            headings=gathering.find_headings(strings),
            earlier=gathering.relate(earlier),
            sections=addresses.sections(plan.topics, plan.beat.topic),
            topic_ids={topic.name: topic.id for topic in plan.topics},
            above=plan.above,
            lists=gathering.read_lists(),
            picks=gathering.read_picks(),
        )


def _read_collections(
    newsroom: Newsroom, letter: LetterOptions, troubles: Troubles
) -> list[Record]:
    """Return the records of the collections that a newsletter picks stories from."""
    wanted = {part.of for part in letter.parts if part.kind == "collection"}
    return [record for of in sorted(wanted) for record in newsroom.archive.records_in(of, troubles)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathering:
    """Reads what an issue needs of the stories, while the plan of the site's pages (`SitePlan`) is
    open.
    """

    newsroom: Newsroom
    letter: LetterOptions
    edition: Edition
    plan: SitePlan

    def read_dated_after(self, since: datetime) -> Iterator[Story]:
        """Yield the published stories dated after a moment, newest first.

        Stories with a future date are left out until then.
        """
        for story in self.plan.stories:
            if story.published_at is None or dates.utc(story.published_at) <= since:
                return
            yield story

    def find_late(self, path: str, since: datetime) -> dict[str, Story]:
        """Return older stories, by name, that were stored or published since the last issue."""
        changes = git.list_changes_since(self.newsroom.root, path, "_news") or {}
        rulings = _read_rulings(self.newsroom)
        late = {}
        for changed, is_new in changes.items():
            story = self._read_older(addresses.record_name(changed), since)
            if story is not None and (is_new or _is_decided(story, rulings, since)):
                late[addresses.record_name(story.path)] = story
        return late

    def _read_older(self, name: str, since: datetime) -> Story | None:
        """Return a published story dated before a moment, None if it is unpublished or too old."""
        entry = self.plan.groups.public(name)
        if entry is None:
            return None
        at = datetime.fromtimestamp(entry.when, UTC)
        return self.plan.read(entry.path) if since - _OLDEST < at <= since else None

    def place_issue(self, stem: str, at: datetime) -> IssuePlace:
        """Return the file name and URLs of the issue."""
        day = drafts.local_day(at, dates.find_zone(self.letter.zone))
        name = name_next_issue(self.newsroom, stem, day)
        links, beat = self.plan.links, self.plan.beat
        return IssuePlace(
            name=name,
            page=links.page(f"newsletter/{name}/"),
            archive=links.page("newsletters/"),
            home=links.page(""),
            site=text.fold(beat.title),
            language=language_tag(beat.locale),
            topics=(beat.topic,) if beat.topic else (),
        )

    def tell(self, story: Story) -> IssueStory:
        """Return a story's values as an issue shows them, with its reading time."""
        told = publish.tell_story(story, self.plan)
        if told.minutes:
            return told
        article = self.newsroom.articles.find_for(story)
        words = len(text.words(article.text)) if article else 0
        return replace(told, minutes=-(-words // _WORDS_A_MINUTE))

    def find_headings(self, strings: Strings) -> Headings:
        """Return the headings of the issue's sections in the site's language."""
        of_kind: dict[PartKind, str] = {
            "lead": strings.say("top_stories"),
            "notes": strings.say("note"),
        }
        folders = (part.of for part in self.letter.parts if part.kind == "collection")
        return Headings(
            of_kind=of_kind,
            of_lists={listed.id: listed.title for listed in self.edition.lists},
            of_collections={folder: _name_collection(folder, strings) for folder in folders},
            untitled=strings.say("untitled"),
        )

    def relate(self, issues: Sequence[EarlierIssue]) -> EarlierIssues:
        """Return the stories and events that earlier issues contained, by today's grouping of
        stories.
        """
        told_at: dict[str, datetime] = {}
        for issue in issues:
            for name in issue.names:
                entry = self.plan.groups.find(name)
                told_at[self.plan.groups.event(entry) if entry else name] = issue.at
        return EarlierIssues(
            names=frozenset(name for issue in issues for name in issue.names),
            told_at=told_at,
            last_names=frozenset(issues[-1].names if issues else ()),
        )

    def read_lists(self) -> dict[tuple[PartKind, str], list[tuple[Story, str]]]:
        """Return the published stories of the newsletter's reading lists and stashes, by name."""
        wanted = {(part.kind, part.of) for part in self.letter.parts}
        known: dict[tuple[PartKind, str], ReadingList] = {
            **{("list", name): listed for name, listed in self.plan.lists.items()},
            **{("stash", name): listed for name, listed in self._find_stashes()},
        }
        return {key: list(self.plan.read_list(known[key])) for key in wanted & known.keys()}

    def _find_stashes(self) -> Iterator[tuple[str, ReadingList]]:
        """Yield the editors' shared stashes (saved stories), by name, if a section uses one."""
        private = self.newsroom.private
        if not any(part.kind == "stash" for part in self.letter.parts) or not has_desk(private):
            return
        with contextlib.closing(open_desk(private)) as desk:
            shared = desk.stashes.list_common()
        for stash in shared:
            chosen = tuple(ChosenStory(name=name) for name in stash.stories)
            yield stash.name, ReadingList(id="", title=stash.name, stories=chosen)

    def read_picks(self) -> dict[str, list[tuple[IssueStory, float]]]:
        """Return candidate stories from other collections, with their front page scores (heat), by
        collection folder.
        """
        wanted = {part.of for part in self.letter.parts if part.kind == "collection"}
        return {
            folder: list(publish.tell_records(self.plan, folder.removeprefix("_")))
            for folder in wanted
        }


def _is_decided(story: Story, rulings: archive.Rulings, since: datetime) -> bool:
    """Return whether an editor published a story after a moment."""
    verdict = story.verdict or rulings.verdict_on(story.path)
    return verdict is not None and verdict.said == "publish" and verdict.at > since


def _name_collection(folder: str, strings: Strings) -> str:
    """Return a collection's title, or its folder's name if the site's strings have none."""
    name = folder.removeprefix("_")
    try:
        return strings.say(name)
    except PublishError:
        return name.replace("-", " ").capitalize()


def _read_rulings(newsroom: Newsroom) -> archive.Rulings:
    try:
        return archive.read_rulings(newsroom.root)
    except RecordError:
        return archive.Rulings()


# ---- Earlier issues

# No group of stories spans more days, and a story older than a week is not new.
_LOOKED_BACK = timedelta(days=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierIssue:
    """An earlier newsletter issue: its file, its time, and the names of its stories."""

    path: str
    at: datetime
    names: tuple[str, ...]


def read_earlier_issues(
    newsroom: Newsroom, stems: Collection[str], before: datetime, *, every: bool
) -> list[EarlierIssue]:
    """Return a newsletter's issues before a moment, oldest first: those of 40 days, or all with
    `every`.

    An issue that cannot be read is ignored. Issues in the reference implementation's format name no
    record.
    """
    return sorted(_walk_back(newsroom, stems, before, every=every), key=lambda issue: issue.at)


def _walk_back(
    newsroom: Newsroom, stems: Collection[str], before: datetime, *, every: bool
) -> Iterator[EarlierIssue]:
    newest = None
    for name in sorted(list_issue_names(newsroom, stems), reverse=True):
        if newest and not every and newest - name.day > _LOOKED_BACK:
            return
        found = read_issue(newsroom, name)
        if found is not None and found[0].at < dates.utc(before):
            newest = newest or name.day
            issue, body = found
            yield EarlierIssue(path=issue.path, at=issue.at, names=tuple(list_story_names(body)))


# ---- Composing and rendering

_NO_EDITS = IssueEdits()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A newsletter with its last issue and the time when the next issue is due.

    A past moment means that the issue is still to be made.
    """

    options: LetterOptions
    last: LastIssue | None
    due_at: datetime | None


def list_letters(newsroom: Newsroom) -> list[LetterRow]:
    """Return all newsletters in the settings' order, each with its last issue and next due time."""
    return [_make_row(newsroom, letter) for letter in newsroom.settings.letters]


def find_letter(newsroom: Newsroom, letter_id: str) -> LetterRow:
    """Return the newsletter with an id. Raises UsageError if there is none."""
    letters = newsroom.settings.letters
    letter = next((letter for letter in letters if letter.id == letter_id), None)
    if letter is not None:
        return _make_row(newsroom, letter)
    known = [letter.id for letter in letters]
    near = text.find_nearest(letter_id, known)
    hint = f'did you mean "{near}"?' if near else f"use one of: {', '.join(known)}"
    if not known:
        hint = 'add [[letter]] with id = "daily" to beat.toml'
    raise UsageError("no such newsletter", subject=text.fold(letter_id)[:80], hint=hint)


def draft_letter(
    newsroom: Newsroom, letter_id: str, at: datetime, edits: IssueEdits = _NO_EDITS
) -> IssueDraft:
    """Compose a newsletter's issue at a moment, even if it has too few new stories.

    Raises UsageError if there is no such newsletter, PublishError, MemoryStoreError.
    """
    letter = find_letter(newsroom, letter_id).options
    with gather_material(newsroom, letter, at) as material:
        draft = drafts.draft_issue(material, edits)
    return add_digest(newsroom, draft, asks=False)


def add_digest(newsroom: Newsroom, draft: IssueDraft, *, asks: bool) -> IssueDraft:
    """Return an issue with its opening paragraph by a model, if it is there or can be had now."""
    issue = draft.issue
    names = [story.name for story in issue.stories]
    digest = writing.write_digest(newsroom, issue.name, names, issue.language, asks=asks)
    return replace(draft, issue=replace(issue, digest=digest))


def render_issue(newsroom: Newsroom, issue: Issue, *, whole: bool = False) -> RenderedIssue:
    """Render a newsletter issue in the site's theme and language. Raises MailError, PublishError.

    `whole` includes all stories, as the issue's page does; a mail is cut at Gmail's limit.
    """
    beat = newsroom.beat
    has_logo = beat.url and beat.logo_name[-4:] not in {"", ".svg"}  # mail programs show no SVG
    return composing.render(
        issue,
        Renderer(newsroom.templates),
        load_site_strings(beat.locale, newsroom.templates),
        accent=beat.accent,
        logo=f"{beat.url}/{beat.logo_name}" if has_logo else "",
        most_bytes=sys.maxsize if whole else composing.MOST_BYTES,
    )


def _make_row(newsroom: Newsroom, letter: LetterOptions) -> LetterRow:
    stems = letter_stems(newsroom, letter, newsroom.settings.letters)
    last = find_last_issue(newsroom, stems)
    due = find_due_hour(newsroom, letter, last) or drafts.next_due(letter, newsroom.now)
    return LetterRow(options=letter, last=last, due_at=due)


def find_due_hour(
    newsroom: Newsroom, letter: LetterOptions, last: LastIssue | None
) -> datetime | None:
    """Return the time for which a newsletter issue is due and not made yet, None if none is due."""
    if not drafts.is_due(letter, last.at if last else None, newsroom.now):
        return None
    hour = drafts.last_due(letter, newsroom.now)
    is_skipped = hour and newsroom.memory.letters.get(letter.id) == mark_hour(hour)
    return None if is_skipped else hour


def mark_hour(hour: datetime) -> bytes:
    """Return the bytes stored to remember that a newsletter's issue of that hour was skipped."""
    return dates.rfc3339(hour).encode()
