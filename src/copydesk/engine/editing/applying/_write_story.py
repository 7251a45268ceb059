"""Write: a story of an editor's own, without a source, filed and published at once.

headline, excerpt, text, topics ──> a record whose note is the text, with its editor's verdict
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from copydesk import archive, review
from copydesk.engine.editing._action import CommitWords
from copydesk.engine.editing._edit import Edit, EditStep
from copydesk.engine.editing._new_rule import TITLE_CHARACTERS, must_be_short, topic_names
from copydesk.engine.editing._new_set import STORY_CHARACTERS
from copydesk.errors import UsageError
from copydesk.kit import text, urls
from copydesk.news import Beat, EditorAction, Provider, Story, Verdict

_SUBJECT = 200
_FIRST_TOPIC = 3  # of an action's values, after the headline, the excerpt and the text


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStory:
    """What an editor wrote: `text` is Markdown, `topics` are the beat's names."""

    title: str
    excerpt: str
    text: str
    topics: tuple[str, ...]


def read_own_story(beat: Beat, values: Sequence[str]) -> OwnStory:
    """Return the story that an action's values say: headline, excerpt, text and topics.

    Raises UsageError where something is missing or too long, and in a profile whose records have
    no place for a text.
    """
    if not beat.scoring.traits.has_blocks:
        raise UsageError(
            "records of this profile have no place for a story of one's own",
            hint="publish it elsewhere, and file its address",
        )
    title, excerpt, note = (*values[:_FIRST_TOPIC], "", "", "")[:_FIRST_TOPIC]
    excerpt, main = text.fold(excerpt), [beat.topic] if beat.topic else []
    must_be_short(excerpt, beat.excerpt.max_characters, "the excerpt")
    return OwnStory(
        title=_require(text.fold(title), TITLE_CHARACTERS, "the headline"),
        excerpt=excerpt,
        text=_require(text.tidy(note), STORY_CHARACTERS, "the text"),
        topics=topic_names(beat, [*main, *values[_FIRST_TOPIC:]]),
    )


def put_story(edit: Edit, action: EditorAction) -> EditStep:
    """Put a new story into an edit; raises UsageError as `read_own_story` does.

    Its publisher is the site. No round judges it: its quality is the gate's, so that it stands
    somewhere among others, until a rule or a pin places it elsewhere.
    """
    own, published_at = read_own_story(edit.beat, action.values), action.at.replace(microsecond=0)
    story = Story(
        path=archive.story_path(
            own.title, published_at, action.id, lambda path: _is_taken(edit, path)
        ),
        title=own.title,
        excerpt=own.excerpt,
        published_at=published_at,
        quality=edit.beat.scoring.publish_at,
        heat=edit.beat.scoring.publish_at,
        provider=_make_provider(edit.beat),
        topics=own.topics,
        language=edit.beat.locale.partition("-")[0].lower(),
        note=own.text,
    )
    story = replace(story, machine=review.digests(story))  # of which the verdict is none
    verdict = Verdict(by=action.by, at=published_at, said="publish", why=action.why)
    words = CommitWords(
        subject=f"write: {own.title}"[:_SUBJECT],
        why=action.why,
        by=action.by,
        action=f"write {story.path}",
    )
    made = edit.with_new_story(review.apply_verdict(story, verdict, edit.beat))
    return EditStep(edit=made, words=words, path=story.path)


def _require(words: str, most: int, what: str) -> str:
    if not words:
        raise UsageError(f"{what} is missing", hint="a story wants a headline and a text")
    must_be_short(words, most, what)
    return words


def _is_taken(edit: Edit, path: str) -> bool:
    root = edit.newsroom.root
    places = (root / path, root / "_archive" / path)
    return path in edit.stories or any(place.exists() for place in places)


def _make_provider(beat: Beat) -> Provider:
    return Provider(name=text.fold(beat.title), domain=urls.registrable_domain(beat.url))
