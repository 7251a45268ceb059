"""Render the page of all topics, and that of one topic: keywords, matching stories, suggestions."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.editing import queue, topic_suggestions, topics
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.news import Topic
from copydesk.newsroom import settings

_EXCERPT = 240  # characters
_STORIES = 5  # named stories of a suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTopic:
    """The content of a topic's page: the topic, and what the editor searched for or typed.

    `seen` is the digest of the file. `written` has the values of a form that was refused for
    `problem`, `saved` the commit that was just made.
    """

    topic: Topic
    path: str
    seen: str
    matches: topics.WordMatches | None = None
    suggestions: topic_suggestions.SuggestReport | None = None
    written: topics.TopicEdit | None = None
    problem: str = ""
    meanwhile: Sequence[str] = ()
    saved: settings.SettingsCommit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedTopic:
    """The topic that was just moved below another, and the git commit that did it."""

    name: str
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTopics:
    """The content of the page of all topics, and the topic that was just `moved`."""

    rows: Sequence[topics.TopicRow]
    moved: MovedTopic | None = None


def render_topics(pages: Pages, seen: SeenTopics) -> bytes:
    """Return the page of all topics."""
    names = {row.topic.name for row in seen.rows}
    shown = [_show_row(pages, row, names) for row in seen.rows]
    return pages.page(
        "topics.html",
        title=pages.strings.say("topics_title"),
        own_style=pages.asset("topics.css"),
        own_script=pages.asset("topic_tree.js"),
        topics=shown,
        moved=_tell_move(pages, shown, seen.moved) if seen.moved else None,
    )


def _tell_move(pages: Pages, shown: Sequence[View], moved: MovedTopic) -> View | None:
    """Return where a moved topic is now, with its undo; None if none was moved."""
    for topic in shown:
        if topic["name"] == moved.name:
            word = "topic_moved_below" if topic["parent"] else "topic_moved_top"
            told = pages.strings.say(word, name=topic["name"], parent=topic["parent"])
            return {"name": moved.name, "words": told, "commit": moved.commit}
    return None


def _show_row(pages: Pages, row: topics.TopicRow, names: Container[str]) -> View:
    parent = row.topic.parent
    question = queue.QueueQuestion(view="all", topic=row.topic.name)
    return {
        "name": row.topic.name,
        "href": link_topic(pages.views.root, row.topic.name),
        "depth": row.depth,
        "indent": min(row.depth, 6),
        "parent": parent if parent in names else "",
        "seen": row.seen,
        "keywords": pages.strings.say("topic_keywords", count=len(row.topic.keywords)),
        "stories": pages.strings.say("stories", count=row.stories),
        "recent": pages.strings.say("topic_recent", count=row.recent),
        "all": pages.address(question),
        "is_main": row.is_main,
    }


def link_topic(root: str, name: str, **query: str) -> str:
    """Return the URL of a topic's page."""
    return f"{root}topics/one/?{urlencode({'name': name, **query})}"


def render_topic(pages: Pages, seen: SeenTopic) -> bytes:
    """Return the page of one topic."""
    topic, root = seen.topic, pages.views.root
    written = seen.written or msgspec.convert(topic, topics.TopicEdit, from_attributes=True)
    return pages.page(
        "topic.html",
        title=topic.name,
        own_style=pages.asset("topics.css"),
        own_script=pages.asset("topics.js"),
        name=topic.name,
        path=seen.path,
        seen=seen.seen,
        problem=seen.problem,
        meanwhile=list(seen.meanwhile),
        keywords="\n".join(written.keywords),
        shortname=written.shortname,
        description=written.description,
        parents=_list_parents(pages, topic.name, written.parent),
        dismissed=", ".join(topic.dismissed),
        place=topic.place,
        suggest=link_topic(root, topic.name, suggest="1"),
        matches=show_matches(pages, seen.matches) if seen.matches else None,
        suggestions=_show_suggestions(pages, seen.suggestions, topic.name),
        saved=seen.saved,
    )


def _list_parents(pages: Pages, name: str, chosen: str) -> list[View]:
    choices = pages.topic_choices([chosen] if chosen else [])
    return [choice for choice in choices if choice["name"] != name]


def show_matches(pages: Pages, matches: topics.WordMatches) -> View:
    """Return the stories that contain a phrase, with its words marked, for the template."""
    marked = re.compile(
        "".join((r"\b", r"\W+".join(map(re.escape, matches.words.split())), r"\w*")), re.IGNORECASE
    )
    return {
        "words": matches.words,
        "total": pages.strings.say("stories", count=matches.total),
        "rest": _tell_rest(pages, len(matches.stories), matches.total),
        "stories": [
            {
                "href": pages.views.address(_name(story.path)),
                "title": _mark(marked, text.fold(story.title)),
                "excerpt": _mark(marked, text.shorten(text.fold(story.excerpt), _EXCERPT)),
                "topics": ", ".join(story.topics),
            }
            for story in matches.stories
        ],
    }


def _tell_rest(pages: Pages, shown: int, total: int) -> str:
    """Return a text that only the first stories are shown, "" if all are."""
    if shown >= total:
        return ""
    return pages.strings.say("topic_matches_first", shown=f"{shown:,}", total=f"{total:,}")


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def _mark(words: re.Pattern[str], passage: str) -> list[View]:
    """Return a passage in pieces, each marked or not."""
    parts: list[View] = []
    end = 0
    for found in words.finditer(passage):
        parts.append({"text": passage[end : found.start()], "is_marked": False})
        parts.append({"text": found[0], "is_marked": True})
        end = found.end()
    return [*parts, {"text": passage[end:], "is_marked": False}]


def _show_suggestions(
    pages: Pages, report: topic_suggestions.SuggestReport | None, topic: str
) -> View | None:
    if report is None:
        return None
    words = [word for topic in report.topics for word in topic.words]
    return {
        "read": pages.strings.say("stories", count=report.stories),
        "notes": [text.fold(note) for note in report.notes],
        "why_none": "" if words else _tell_why_none(pages, report),
        "find": pages.address(queue.QueueQuestion(view="all", search=topic)),
        "words": [
            {
                "word": text.fold(word.word),
                "wins": pages.strings.say("suggest_wins", count=len(word.wins)),
                "loses": pages.strings.say("suggest_loses", count=len(word.loses)),
                "won": _show_stories(pages, word.wins),
                "lost": _show_stories(pages, word.loses),
            }
            for word in words
        ],
    }


def _tell_why_none(pages: Pages, report: topic_suggestions.SuggestReport) -> str:
    """Return as text how many stories have the topic, and how many must use a word."""
    stories = sum(topic.stories for topic in report.topics)
    return pages.strings.say("suggest_few", count=stories, needed=f"{report.least_stories:,}")


def _show_stories(pages: Pages, stories: Sequence[topic_suggestions.AffectedStory]) -> list[View]:
    """Return the first stories that a keyword would add to the topic or remove from it."""
    return [
        {
            "title": text.fold(story.title) or _name(story.path),
            "href": pages.views.address(_name(story.path)),
        }
        for story in stories[:_STORIES]
    ]


def read_topic_edit(form: Mapping[str, str]) -> topics.TopicEdit:
    """Return the new values of a topic in a form; raises UsageError for too many keywords."""
    lines = form.get("keywords", "").splitlines()
    if len(lines) > 20_000:
        raise UsageError("expected at most 10,000 keywords", subject=f"{len(lines):,} lines")
    return topics.TopicEdit(
        keywords=tuple(filter(None, map(str.strip, lines))),
        shortname=form.get("shortname", ""),
        description=form.get("description", ""),
        parent=form.get("parent", ""),
    )
