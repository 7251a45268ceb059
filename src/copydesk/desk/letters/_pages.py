"""Render the list of newsletters, the composer of a newsletter, and the preview of its mail."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import quote

from copydesk.desk._newsroom_thread import OpenNewsroom, find_title
from copydesk.desk._pages import Pages
from copydesk.desk._previews import ComposedLetter
from copydesk.desk._story_view import View
from copydesk.desk.letters import _changes
from copydesk.desk_store import DeskStore
from copydesk.desk_store.drafts import Stash
from copydesk.desk_store.letter_edits import IssueDiffers, IssueField, KeptChange
from copydesk.editing import queue
from copydesk.editing.queue import story_page
from copydesk.errors import CopydeskError, RecordError
from copydesk.kit import text
from copydesk.news.letter import Issue, IssueSection, IssueStory
from copydesk.newsletters import issues
from copydesk.newsletters.readers import addresses
from copydesk.newsletters.sending import begin
from copydesk.newsroom import Newsroom
from copydesk.rendering import mark_safe, render_note

_COUNTED = 1_000  # changes of a newsletter that no longer exists


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterNow:
    """A newsletter with its next issue, or with the error that prevents one."""

    row: issues.LetterRow
    composed: ComposedLetter | None = None
    problem: CopydeskError | None = None


def render_letters(pages: Pages, found: Sequence[LetterNow], filed: str) -> bytes:
    """Return the page of all newsletters; `filed` names the issue that was just stored."""
    return pages.page(
        "letters.html",
        title=pages.strings.say("letters_title"),
        own_style=pages.asset("letters.css"),
        letters=[_describe(pages, letter) for letter in found],
        orphans=list(_list_orphans(pages, pages.counts.store, found)),
        filed=filed,
    )


def _describe(pages: Pages, letter: LetterNow) -> View:
    options, problem, composed = letter.row.options, letter.problem, letter.composed
    told = "; ".join(filter(None, (str(problem), problem.hint))) if problem else ""
    return {
        "id": options.id,
        "title": text.fold(options.title) or pages.title,
        "href": link_letter(pages.views.root, options.id),
        "due": pages.views.time(letter.row.due_at),
        "needs_approval": options.approval == "editor",
        "problem": told,
        "issue": _describe_issue(pages, composed) if composed else None,
        "last": _describe_last(pages, composed) if composed else None,
    }


def _describe_last(pages: Pages, composed: ComposedLetter) -> View | None:
    """Return the last stored issue of a newsletter, with its URL on the site."""
    last, issue = composed.row.last, composed.issue
    if last is None:
        return None
    name = PurePosixPath(last.path).stem
    page = issue.page.replace(issue.name, name)
    return {"title": name, "time": pages.views.time(last.at), "href": pages.link(page)}


def _describe_issue(pages: Pages, composed: ComposedLetter) -> View:
    say, edits, draft = pages.strings.say, composed.kept.edits, composed.draft
    return {
        "new": say("letter_new", count=draft.new),
        "fewest": draft.fewest if draft.new < draft.fewest else 0,
        "subject": text.fold(composed.issue.subject),
        "is_held": edits.is_held,
        "approved_by": text.fold(edits.approved_by),
        "changes": say("letter_edits", count=len(composed.changes)) if composed.changes else "",
    }


def link_letter(root: str, letter_id: str) -> str:
    """Return the URL of the page on which a newsletter's next issue is composed."""
    return f"{root}letters/{quote(letter_id, safe='')}/"


def _list_orphans(pages: Pages, store: DeskStore, found: Sequence[LetterNow]) -> Iterator[View]:
    """Yield newsletters that beat.toml no longer has but editors have edited."""
    known = {letter.row.options.id for letter in found}
    for letter_id in store.letters.list_letters():
        if letter_id not in known:
            changes = len(store.letters.list_changes(letter_id, _COUNTED))
            yield {
                "id": letter_id,
                "changes": pages.strings.say("letter_edits", count=changes),
                "version": store.letters.of(letter_id).version,
            }


# Where mail programs cut their list: phones the subject, others subject and preview together.
SUBJECT_SHOWN, PREVIEW_SHOWN = 40, 90
_FOUND = 10  # offered stories
_TOLD = 120  # characters of a change that is shown
_NAMED = 5  # stories of an order that are named
_LISTS = frozenset({"order", "approved"})
_SWITCHES = frozenset({"dropped", "added", "held"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Stories that an editor may add to a newsletter: found by a search, or from a stash."""

    words: str = ""
    stash: Stash | None = None
    stashes: Sequence[Stash] = ()


def render_composer(
    pages: Pages,
    composed: ComposedLetter,
    offer: Offer,
    sent: _changes.Fields,
    differs: Sequence[IssueDiffers],
) -> bytes:
    """Return the page on which a newsletter issue is composed; `sent` is a form in conflict."""
    letter = describe_letter(pages, composed, pages.editor.name)
    return pages.page(
        "letter.html",
        title=letter["title"],
        own_style=pages.asset("letters.css"),
        own_script=pages.asset("letters.js"),
        letter=letter,
        offer=describe_offer(pages, composed, offer),
        differs=[describe_difference(pages, one) for one in differs],
        again=_changes.repeat_form(sent, differs),
    )


def describe_letter(pages: Pages, composed: ComposedLetter, editor: str) -> View:
    """Return the next issue of a newsletter as values for the template."""
    draft, kept, options = composed.draft, composed.kept, composed.row.options
    issue = draft.issue
    return {
        "id": options.id,
        "href": link_letter(pages.views.root, options.id),
        "title": text.fold(options.title) or pages.title,
        "due": pages.views.time(composed.row.due_at),
        "since": pages.views.time(issue.since),
        "version": kept.version,
        "digest": _changes.digest_issue(issue),
        "order": kept.digest("order"),
        "stories": _changes.digest_names(composed.names),
        "count": len(composed.names),
        "new": pages.strings.say("letter_new", count=draft.new),
        "fewest": draft.fewest if draft.new < draft.fewest else 0,
        "file_word": _say_file(pages.opened.newsroom, pages, issue),
        "is_held": kept.edits.is_held,
        "needs_approval": options.approval == "editor",
        "approval": _describe_approval(pages, composed),
        "texts": _describe_texts(pages, composed),
        "sections": [_describe_section(pages, composed, one) for one in issue.sections],
        "dropped": [pages.name_story(name) for name in kept.edits.dropped],
        "changes": _describe_changes(pages, composed, editor),
    }


def _say_file(newsroom: Newsroom, pages: Pages, issue: Issue) -> str:
    """Return the label of the button that stores a newsletter issue: it says who gets it."""
    audience = None
    if newsroom.settings.mail.deliver:
        with addresses.open_readers(newsroom) as store:
            audience = begin.find_audience(newsroom, store, issue)
    if audience is None:
        return pages.strings.say("letter_file")
    if audience.readers is None:
        return pages.strings.say("letter_file_via", service=audience.via)
    return pages.strings.say("letter_file_to", count=audience.readers)


def describe_offer(pages: Pages, composed: ComposedLetter, offer: Offer) -> View:
    """Return the stories that an editor may add to a newsletter, as values for the template."""
    names: Sequence[str] = offer.stash.stories if offer.stash else ()
    if offer.words:
        question = queue.QueueQuestion(view="published", search=offer.words, limit=_FOUND)
        rows = pages.opened.queue.page(pages.opened.newsroom, question).rows
        names = [row.leader.name for row in rows]
    there = set(composed.names)
    return {
        "words": offer.words,
        "stash": offer.stash.id if offer.stash else "",
        "stashes": [{"id": stash.id, "name": stash.name} for stash in offer.stashes],
        "is_asked": bool(offer.words or offer.stash),
        "stories": [{**pages.name_story(name), "is_there": name in there} for name in names],
    }


def describe_difference(pages: Pages, differs: IssueDiffers) -> View:
    """Return a refused edit of a newsletter next to the edit that somebody else made."""
    wanted, now = differs.wanted, differs.now
    return {
        "field": pages.strings.say(f"letter_field_{wanted.field}"),
        "story": find_title(pages.opened, wanted.story) if wanted.story else "",
        "mine": _tell_value(pages, wanted.field, wanted.value),
        "theirs": _tell_value(pages, wanted.field, now.value) if now else "",
        "by": text.fold(now.by) if now else "",
        "time": pages.views.time(now.at) if now else "",
        "is_filed": now is None,
    }


def _describe_approval(pages: Pages, composed: ComposedLetter) -> View | None:
    approval = _changes.find_approval(composed)
    if approval is None:
        return None
    say = pages.strings.say
    told = (("came", approval.came), ("left", approval.left))
    since = [say(f"letter_{word}", count=len(names)) for word, names in told if names]
    if approval.changes:
        since.append(say("letter_changed", count=approval.changes))
    return {
        "by": text.fold(approval.change.by),
        "time": pages.views.time(approval.change.at),
        "since": since,
        "came": set(approval.came),
    }


def _describe_texts(pages: Pages, composed: ComposedLetter) -> Sequence[View]:
    """Return subject, preview text and note, each with the fields that its form sends back."""
    issue, kept = composed.issue, composed.kept
    texts: tuple[tuple[IssueField, str, str, int], ...] = (
        ("subject", issue.subject, kept.edits.subject, SUBJECT_SHOWN),
        ("preheader", issue.preheader, kept.edits.preheader, PREVIEW_SHOWN),
        ("note", issue.note, kept.edits.note, 0),
    )
    return [
        {
            "name": name,
            "word": pages.strings.say(f"letter_field_{name}"),
            "value": value,
            "rule": "" if edited else value,
            "seen": kept.digest(name),
            "is_edited": bool(edited),
            "cut": cut,
            "shown": (value if len(value) <= cut else f"{value[:cut]}…"),
        }
        for name, value, edited, cut in texts
    ]


def _describe_section(pages: Pages, composed: ComposedLetter, section: IssueSection) -> View:
    approval = _changes.find_approval(composed)
    came = set(approval.came) if approval else set()
    last = len(section.stories) - 1
    return {
        "title": text.fold(section.title),
        "stories": [
            {
                **_describe_story(pages, composed, story),
                "is_first": at == 0,
                "is_last": at == last,
                "is_late": story.name in came,
            }
            for at, story in enumerate(section.stories)
        ],
    }


def _describe_story(pages: Pages, composed: ComposedLetter, story: IssueStory) -> View:
    kept = composed.kept
    title, excerpt = kept.edits.words.get(story.name, ("", ""))
    return {
        "name": story.name,
        "title": text.fold(story.title) or pages.strings.say("untitled"),
        "href": pages.views.address(story.name),
        "excerpt": text.fold(story.excerpt),
        "source": text.fold(story.source),
        "time": pages.views.time(story.published_at),
        "coverage": [text.fold(link.name) for link in story.coverage],
        "note": mark_safe(render_note(story.note)) if story.note else "",
        "minutes": story.minutes,
        "picture": _find_picture(pages, story),
        "seen": kept.digest("words", story.name),
        "rule_title": "" if title else text.fold(story.title),
        "rule_excerpt": "" if excerpt else text.fold(story.excerpt),
        "is_edited": bool(title or excerpt),
        "is_added": story.name in kept.edits.added,
        "is_ordered": story.name in kept.edits.order,
    }


def _find_picture(pages: Pages, story: IssueStory) -> View | None:
    """Return the picture of a story as queue rows show it, None if it has none."""
    if story.picture is None:
        return None
    with contextlib.suppress(RecordError):
        seen = story_page.read_queue_story(pages.opened.newsroom, pages.opened.queue, story.name)
        picture = pages.views.of(seen)["picture"]
        return picture if isinstance(picture, dict) else None
    return None


def _describe_changes(pages: Pages, composed: ComposedLetter, editor: str) -> Sequence[View]:
    """Return edits of a newsletter, the latest first; those still in effect can be undone.

    `is_next` marks the one that the undo key takes back: the editor's own last change.
    """
    undone = {change.undoes for change in composed.changes}
    told: list[dict[str, object]] = []
    for change in composed.changes:
        last = composed.kept.last[change.field, change.story]
        is_open = not change.undoes and change.number not in undone
        may_undo = is_open and last.value == change.value
        is_next = may_undo and change.by == editor and not any(one["is_next"] for one in told)
        told.append(
            {
                "number": change.number,
                "by": text.fold(change.by),
                "time": pages.views.clock(change.at),
                "field": pages.strings.say(f"letter_field_{change.field}"),
                "story": find_title(pages.opened, change.story) if change.story else "",
                "value": _tell_change(pages, change),
                "is_undoing": bool(change.undoes),
                "may_undo": may_undo,
                "is_next": is_next,
            }
        )
    return told


def _tell_change(pages: Pages, change: KeptChange) -> str:
    """Return the value that an edit gave its field, "" if the field's name says it."""
    say = pages.strings.say
    if change.field in _LISTS and change.value:
        return say("stories", count=len(change.value))
    if change.field in _SWITCHES:
        return "" if change.value else say("letter_no")
    return _tell_words(pages, change.value)


def _tell_value(pages: Pages, field: str, value: Sequence[str]) -> str:
    """Return the value of an issue's field, for an editor who chooses between two values."""
    if field in _LISTS and value:
        titles = [text.shorten(find_title(pages.opened, name), 60) for name in value[:_NAMED]]
        return " · ".join([*titles, *(["…"] if len(value) > _NAMED else [])])
    if field in _SWITCHES:
        return pages.strings.say("letter_yes" if value else "letter_no")
    return _tell_words(pages, value)


def _tell_words(pages: Pages, value: Sequence[str]) -> str:
    words = text.fold(" – ".join(filter(None, value)))
    return text.shorten(words, _TOLD) or pages.strings.say("letter_by_rule")


_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_NEW_TAB = '<base target="_blank">'  # links of the mail must not open in the frame
_TEXT_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="color-scheme" content="light dark"><title>{title}</title></head>'
    '<body style="margin:1rem"><pre style="white-space:pre-wrap;overflow-wrap:anywhere;'
    'font:12.5px/1.5 ui-monospace,monospace">{text}</pre></body></html>'
)


def show_mail(newsroom: Newsroom, issue: Issue, pictures: Mapping[str, str]) -> bytes:
    """Return the HTML of a newsletter issue, with pictures served by the web interface."""
    page = issues.render_issue(newsroom, _keep_pictures(issue, pictures)).html
    for address, place in pictures.items():
        page = page.replace(f'src="{html.escape(address)}"', f'src="{html.escape(place)}"')
    return _HEAD.sub(lambda head: head[0] + _NEW_TAB, page, count=1).encode()


def show_text(newsroom: Newsroom, issue: Issue) -> bytes:
    """Return a newsletter issue's plain text as an HTML page."""
    rendered = issues.render_issue(newsroom, issue)
    title, text = html.escape(rendered.subject), html.escape(rendered.text)
    return _TEXT_PAGE.format(language=html.escape(issue.language), title=title, text=text).encode()


def find_pictures(opened: OpenNewsroom, issue: Issue, root: str) -> Mapping[str, str]:
    """Return the web interface's URL of each picture in an issue, by its URL on the site."""
    found = {}
    for story in issue.stories:
        if story.picture is not None:
            with contextlib.suppress(RecordError):
                seen = story_page.read_queue_story(opened.newsroom, opened.queue, story.name)
                if seen.picture is not None:
                    found[story.picture.url] = f"{root}picture/{quote(seen.picture.name)}"
    return found


def _keep_pictures(issue: Issue, own: Collection[str]) -> Issue:
    """Return a newsletter issue without those pictures that the web interface lacks."""
    sections = []
    for section in issue.sections:
        stories = [
            story if story.picture and story.picture.url in own else replace(story, picture=None)
            for story in section.stories
        ]
        sections.append(replace(section, stories=tuple(stories)))
    return replace(issue, sections=tuple(sections))
