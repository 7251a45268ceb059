"""Write: a story of an editor's own, without a source, filed and published at once.

headline, excerpt, text, picture, topics ──> a record whose note is the text, and a verdict
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from copydesk import archive, review
from copydesk.engine.editing._action import CommitWords
from copydesk.engine.editing._edit import Edit, EditStep
from copydesk.engine.editing._new_rule import TITLE_CHARACTERS, must_be_short, topic_names
from copydesk.engine.editing._new_set import STORY_CHARACTERS
from copydesk.engine.uploads import find_upload_path, read_upload
from copydesk.errors import UsageError
from copydesk.kit import text, urls
from copydesk.news import Beat, EditorAction, Image, Provider, Story, Verdict

_SUBJECT = 200
PICTURED = "pictured"  # what an action says whose values have a picture, its alt text and credit
_CREDIT_CHARACTERS = 200
_PICTURE_VALUES = 3
_FIRST_VALUES = 3  # of an action: the headline, the excerpt and the text; topics come last


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStory:
    """What an editor wrote: `text` is Markdown, `topics` are the beat's names.

    `picture` is an upload of the newsroom's, with what it shows and whose it is.
    """

    title: str
    excerpt: str
    text: str
    topics: tuple[str, ...]
    picture: Image | None = None


def read_own_story(beat: Beat, said: str, values: Sequence[str]) -> OwnStory:
    """Return the story that an action's values say: headline, excerpt, text and topics.

    Where `said` is PICTURED an upload's address, its alt text and credit come before the topics.
    Raises UsageError where something is missing or too long, and in a profile whose records have
    no place for a text.
    """
    if not beat.scoring.traits.has_blocks:
        raise UsageError(
            "records of this profile have no place for a story of one's own",
            hint="publish it elsewhere, and file its address",
        )
    title, excerpt, note = (*values[:_FIRST_VALUES], "", "", "")[:_FIRST_VALUES]
    picture, topics = _part_picture(beat, said, values[_FIRST_VALUES:])
    excerpt, main = text.fold(excerpt), [beat.topic] if beat.topic else []
    must_be_short(excerpt, beat.excerpt.max_characters, "the excerpt")
    return OwnStory(
        title=_require(text.fold(title), TITLE_CHARACTERS, "the headline"),
        excerpt=excerpt,
        text=_require(text.tidy(note), STORY_CHARACTERS, "the text"),
        topics=topic_names(beat, [*main, *topics]),
        picture=picture,
    )


def _part_picture(
    beat: Beat, said: str, values: Sequence[str]
) -> tuple[Image | None, Sequence[str]]:
    """Return the picture among an action's values, None for none, and what comes after it."""
    if not said:
        return None, values
    if said != PICTURED or len(values) < _PICTURE_VALUES:
        raise UsageError("no story is written so", subject=said[:80])
    url, alt, credit = values[:_PICTURE_VALUES]
    if not find_upload_path(beat, url):
        hint = "upload it, at most 5 MB"
        raise UsageError("no picture that was uploaded here", subject=url[:_SUBJECT], hint=hint)
    alt, credit = text.fold(alt), text.fold(credit)
    if not alt:
        hint = "readers who do not see it need a few words"
        raise UsageError("what the picture shows is not said", hint=hint)
    must_be_short(alt, TITLE_CHARACTERS, "what the picture shows")
    must_be_short(credit, _CREDIT_CHARACTERS, "the picture's credit")
    return Image(url=url, title=alt, attribution=credit), values[_PICTURE_VALUES:]


def put_story(edit: Edit, action: EditorAction) -> EditStep:
    """Put a new story into an edit; raises UsageError as `read_own_story` does.

    Its publisher is the site. No round judges it: its quality is the gate's, so that it stands
    somewhere among others, until a rule or a pin places it elsewhere.
    """
    own = read_own_story(edit.beat, action.said, action.values)
    published_at = action.at.replace(microsecond=0)
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
        images=(own.picture,) if own.picture else (),
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
    if own.picture:
        made = take_upload(made, own.picture.url)
    return EditStep(edit=made, words=words, path=story.path)


def take_upload(edit: Edit, url: str) -> Edit:
    """Return an edit with the file of an upload that is no asset yet; the same for another address.

    Raises UsageError where the upload is there no more.
    """
    path = find_upload_path(edit.beat, url)
    if not path or path in edit.restored or archive.digest_of(edit.newsroom.root, path):
        return edit
    return edit.with_bytes(path, read_upload(edit.newsroom, path))


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
