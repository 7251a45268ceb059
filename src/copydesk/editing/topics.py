"""Edit topics and their keywords, list topics with story counts, and search stories by words.

Every edit is one git commit of the topic's file. It judges no story again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from copydesk import archive, config
from copydesk.archive import FileChange, topic_file
from copydesk.archive.change import Change
from copydesk.catalogue import Catalogue, StoryFilter, TopicCount
from copydesk.editing._rules import topic_names
from copydesk.errors import RecordError, UsageError
from copydesk.kit import text
from copydesk.kit.options import fill
from copydesk.news import Beat, Topic
from copydesk.newsroom import Newsroom, settings
from copydesk.newsroom.filing import hold_write_lock, notes_on

# Editing a topic's file: keywords and names, a new file or the end of one, in one commit.

MOST_KEYWORDS = 10_000
_FOLDER = "_data/topics"
_CHARACTERS = 300
_NUMBERED = re.compile(r"(\d+)-")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicEdit:
    """The new content of a topic's file: all of its keywords in order, and its other texts."""

    keywords: tuple[str, ...] = ()
    shortname: str = ""
    description: str = ""
    parent: str = ""


def see_topic(newsroom: Newsroom, said: str) -> tuple[Topic, str, str]:
    """Return a topic by name or id, with its file's path and digest, for an edit of the file.

    Raises UsageError for an unknown topic.
    """
    (name,) = topic_names(newsroom.beat, [said])
    for topic, path in config.read_topics(newsroom.root):
        if topic.name == name:
            return topic, path, archive.digest_of(newsroom.root, path)
    raise UsageError("the topic was removed in the meantime", subject=name)


def compare_keywords(
    topic: Topic, keywords: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keywords that a topic would gain from a new list, and those it would lose.

    Raises UsageError for a word that cannot be searched for or looks like a pattern, and for more
    than 10,000 words.
    """
    wanted = dict.fromkeys(filter(None, (text.fold(word).strip() for word in keywords)))
    if len(wanted) > MOST_KEYWORDS:
        raise UsageError(f"a topic may have at most {MOST_KEYWORDS:,} keywords", subject="keywords")
    known = {word.casefold() for word in topic.keywords}
    kept = {word.casefold() for word in wanted}
    added = {
        word.casefold(): settings.clean_keyword(word)
        for word in wanted
        if word.casefold() not in known
    }
    dropped = tuple(word for word in topic.keywords if word.casefold() not in kept)
    return tuple(added.values()), dropped


def edit_topic(
    newsroom: Newsroom, said: str, edit: TopicEdit, by: str, seen: str
) -> settings.SettingsReport:
    """Commit new content of a topic's file; its comments, order and other settings are unchanged.

    `seen` is the digest of the file that the editor saw. Raises UsageError if the file has changed
    since, and for a parent that is not allowed (`check_parent`); also raises as `compare_keywords`
    and `commit_settings` do.
    """

    def make() -> settings.SettingsEdit:
        topic, path, _ = see_topic(newsroom, said)
        settings.refuse_others(newsroom, path, seen)
        if edit.parent != topic.parent:
            check_parent(newsroom, topic.name, edit.parent)
        added, dropped = compare_keywords(topic, edit.keywords)
        texts = dict(_list_texts(topic, edit))
        return settings.SettingsEdit(
            files=(topic_file.edit_topic(newsroom.root, path, added, dropped, texts),),
            subject=f"topics: {topic.name}",
            lines=(
                *(f"+ {word}" for word in added),
                *(f"- {word}" for word in dropped),
                *(f"* {name} = {value}" for name, value in texts.items()),
            ),
        )

    return settings.commit_settings(newsroom, make, by)


def _list_texts(topic: Topic, edit: TopicEdit) -> Iterator[tuple[str, str]]:
    for name in ("shortname", "description", "parent"):
        value = text.fold(getattr(edit, name)).strip()[:_CHARACTERS]
        if value != getattr(topic, name):
            yield name, value


def move_topic(
    newsroom: Newsroom, said: str, parent: str, by: str, seen: str
) -> settings.SettingsReport:
    """Commit a topic's new parent topic; "" moves the topic to the top level.

    The rest of its file, its URL and its position among the files are unchanged. Raises UsageError
    as `edit_topic` does.
    """

    def make() -> settings.SettingsEdit:
        topic, path, _ = see_topic(newsroom, said)
        settings.refuse_others(newsroom, path, seen)
        check_parent(newsroom, topic.name, parent)
        where = f"below {parent}" if parent else "to the top"
        return settings.SettingsEdit(
            files=(topic_file.edit_texts(newsroom.root, path, {"parent": parent}),),
            subject=f"topics: move {topic.name} {where}",
        )

    return settings.commit_settings(newsroom, make, by)


def check_parent(newsroom: Newsroom, name: str, parent: str) -> None:
    """Raise UsageError if the topic `name` may not have `parent` as its parent topic.

    The files are read again: if two editors move topics at once, neither sees that both moves make
    a circle.
    """
    parents = {topic.name: topic.parent for topic, _ in config.read_topics(newsroom.root)}
    if parent and parent not in parents:
        raise UsageError("no topic has this name", subject=parent[:_CHARACTERS])
    if parent and name == newsroom.beat.topic:
        raise UsageError("the main topic cannot be below another topic", subject=name)
    above = parent
    for _ in range(len(parents) + 1):
        if above == name:
            raise UsageError("a topic cannot be below itself", subject=name)
        above = parents.get(above, "")


def file_topic(newsroom: Newsroom, name: str, parent: str, by: str) -> settings.SettingsReport:
    """Create and commit the file of a new topic, whose only keyword is its name.

    Raises UsageError for a name that another topic has or that cannot be searched for; also raises
    as `commit_settings` does.
    """

    def make() -> settings.SettingsEdit:
        keyword = settings.clean_keyword(name)
        taken = {known.name.casefold() for known in newsroom.beat.topics}
        ids = {known.id.casefold() for known in newsroom.beat.topics}
        topic_id = archive.slug(keyword).strip("-")[:60]
        if keyword.casefold() in taken or topic_id.casefold() in {*ids, "index.html", ""}:
            hint = "use Latin letters: it becomes a folder of the site" if not topic_id else ""
            raise UsageError("invalid name for a new topic", subject=keyword, hint=hint)
        check_parent(newsroom, keyword, parent)
        texts = {"_id": topic_id, "name": keyword, "parent": parent}
        path = f"{_FOLDER}/{_next_number(newsroom):02}-{topic_id}.yaml"
        texts = {key: value for key, value in texts.items() if value}
        change = topic_file.edit_topic(newsroom.root, path, [keyword], [], texts)
        return settings.SettingsEdit(files=(change,), subject=f"topics: add {keyword}")

    return settings.commit_settings(newsroom, make, by)


def _next_number(newsroom: Newsroom) -> int:
    files = (newsroom.root / _FOLDER).iterdir()
    numbers = (int(found[1]) for file in files if (found := _NUMBERED.match(file.name)))
    return max(numbers, default=-1) + 1


def end_topic(newsroom: Newsroom, said: str, by: str, seen: str) -> settings.SettingsReport:
    """Delete a topic's file in a commit; stories keep the topic until they are scored again.

    Raises UsageError for the main topic, for one with topics below it, and for one that a source
    names; also raises as `edit_topic` does.
    """

    def make() -> settings.SettingsEdit:
        topic, path, digest = see_topic(newsroom, said)
        settings.refuse_others(newsroom, path, seen)
        _refuse_use(newsroom, topic.name)
        file = FileChange(path=path, after=None, before=digest)
        return settings.SettingsEdit(files=(file,), subject=f"topics: remove {topic.name}")

    return settings.commit_settings(newsroom, make, by)


def _refuse_use(newsroom: Newsroom, name: str) -> None:
    beat = newsroom.beat
    if name == beat.topic:
        raise UsageError("cannot delete the main topic", subject=name, hint="set site.topic first")
    below = [topic.name for topic in beat.topics if topic.parent == name]
    if below:
        hint = f"move these topics first: {', '.join(below[:5])}"
        raise UsageError("the topic still has topics below it", subject=name, hint=hint)
    sources = [source.name or source.url for source in beat.sources if name in source.topics]
    if sources:
        hint = f"remove the topic from these sources first: {', '.join(sources[:5])}"
        raise UsageError("sources still use this topic for their stories", subject=name, hint=hint)


# Adding words to a topic's file, in one commit.


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsChange:
    """How to add words to a topic's file: the function that edits the file, and the commit message.

    `there` lists the words that the file already has. `edit` returns the change of the file for its
    path and the new words. `title` begins the commit's message, `sign` each of its lines.
    """

    there: Callable[[Topic], Sequence[str]]
    edit: Callable[[str, Sequence[str]], archive.FileChange]
    title: str
    sign: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordReport:
    """The keywords that were added to a topic, and those that it already had."""

    topic: str
    path: str
    added: tuple[str, ...]
    known: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()


def write_words(
    newsroom: Newsroom, said: str, words: Sequence[str], change: WordsChange, language: str = ""
) -> KeywordReport:
    """Add words to the file of a topic, given by name or id; words that it has are left out.

    Raises UsageError for an unknown topic and for a word that cannot be searched for, RecordError
    if the file cannot be written or has uncommitted edits, BusyError if another process holds the
    write lock.
    """
    (name,) = topic_names(newsroom.beat, [said])
    wanted = dict.fromkeys(settings.clean_keyword(word, language) for word in words)
    path = config.find_topic_file(newsroom.root, name)
    with hold_write_lock(newsroom) as lock:
        topic = next(topic for topic in newsroom.beat.topics if topic.name == name)
        there = {word.casefold() for word in change.there(topic)}
        new = tuple(word for word in wanted if word.casefold() not in there)
        lines = "\n".join(f"{change.sign} {word}" for word in new)
        count = text.count_of(len(new), change.title)
        committed = Change(
            files=(change.edit(path, new),) if new else (),
            message=f"topics: {name}, {count}\n\n{lines}\n\nby {change.by}",
            when=newsroom.now,
        )
        done = committed.begin(lock, needed=committed.paths).finish()
    return KeywordReport(
        topic=name,
        path=path,
        added=new,
        known=tuple(word for word in wanted if word not in new),
        commit=done.commit,
        notes=notes_on(done, "the change is"),
    )


# Adding keywords to a topic.

_LANGUAGE = re.compile("[a-z]{2,3}")  # in the form used in a topic's file


def add_keywords(
    newsroom: Newsroom, said: str, words: Sequence[str], by: str, language: str = ""
) -> KeywordReport:
    """Add keywords to a topic, given by name or id; keywords that it has are left out.

    With a `language` they become keywords of that language. Raises as `write_words` does.
    """
    if language and not _LANGUAGE.fullmatch(language):
        raise UsageError(
            "invalid language code", subject=language, hint="use two or three letters, such as de"
        )
    change = WordsChange(
        there=lambda topic: _list_words(topic, language),
        edit=lambda path, new: topic_file.keywords_change(newsroom.root, path, new, language),
        title="keyword",
        sign="+",
        by=by,
    )
    written = write_words(newsroom, said, words, change, language)
    twins = _note_twins(newsroom.beat, written.topic, written.added)
    return replace(written, notes=(*written.notes, *twins))


def _list_words(topic: Topic, language: str) -> tuple[str, ...]:
    if language:
        return dict(topic.translations).get(language, ())
    return (*topic.keywords, *topic.aliases)


def _note_twins(beat: Beat, name: str, words: Sequence[str]) -> Iterator[str]:
    """Yield a note for each added keyword that is also a keyword of another topic."""
    for topic in beat.topics:
        theirs = {word.casefold() for word in (*topic.keywords, *topic.aliases)}
        for word in words:
            if topic.name != name and word.casefold() in theirs:
                yield f"{topic.name} already has this keyword: {word}"


# Dismissing suggestions: the topic's file lists words that are not its keywords.


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissReport:
    """The words that are no longer suggested for a topic, and those dismissed earlier."""

    topic: str
    path: str
    dismissed: tuple[str, ...]
    known: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()


def dismiss_words(newsroom: Newsroom, said: str, words: Sequence[str], by: str) -> DismissReport:
    """Stop suggesting words as keywords of a topic: its file lists them as dismissed.

    They have no effect on scoring. Raises as `write_words` does.
    """
    change = WordsChange(
        there=lambda topic: topic.dismissed,
        edit=lambda path, new: topic_file.dismissal_change(newsroom.root, path, new),
        title="dismissed word",
        sign="-",
        by=by,
    )
    written = write_words(newsroom, said, words, change)
    return fill(DismissReport, written, dismissed=written.added)


# The list of topics with story counts.

_RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """A topic in a list: its depth below the top level, and its stories (all, and of 30 days).

    `seen` is the digest of its file, which an edit must name.
    """

    topic: Topic
    seen: str
    depth: int
    stories: int
    recent: int
    is_main: bool


def list_topic_rows(newsroom: Newsroom, catalogue: Catalogue) -> list[TopicRow]:
    """Return the site's topics as rows of a list, parents first; raises CatalogueError."""
    files, counts = newsroom.settings.origins, catalogue.count_topics(newsroom.now - _RECENT)
    rows = []
    for topic, depth in _walk(newsroom.beat.topics):
        count = counts.get(topic.name, TopicCount())
        rows.append(
            TopicRow(
                topic=topic,
                seen=archive.digest_of(newsroom.root, files[f"topics.{topic.id}"]),
                depth=depth,
                stories=count.stories,
                recent=count.recent,
                is_main=topic.name == newsroom.beat.topic,
            )
        )
    return rows


def _walk(topics: Sequence[Topic], parent: str = "", depth: int = 0) -> Iterator[tuple[Topic, int]]:
    """Yield topics with their depth, in the order of their files, parents before children.

    A topic with an unknown parent is at the top level. Circles are refused when topics are read.
    """
    names = {topic.name for topic in topics}
    for topic in topics:
        if (topic.parent if topic.parent in names else "") == parent:
            yield topic, depth
            yield from _walk(topics, topic.name, depth + 1)


# Searching filed stories by words, while an editor types.

_WORDS_CHARACTERS = 100
_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedStory:
    """A story that contains the words of a search: its record, title, excerpt and topics."""

    path: str
    title: str
    excerpt: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordMatches:
    """The number of stored stories that contain a phrase, and the newest 20 of them."""

    words: str
    total: int
    stories: tuple[MatchedStory, ...]


def match_words(newsroom: Newsroom, catalogue: Catalogue, words: str) -> WordMatches:
    """Return the stories that contain a phrase in headline, excerpt or stored text.

    The index splits texts at blanks and matches beginnings of words, so the judge may match more or
    fewer stories. Raises CatalogueError.
    """
    clean = " ".join(text.words(words.replace('"', " ")))[:_WORDS_CHARACTERS]
    if not clean:
        return WordMatches(words="", total=0, stories=())
    wanted = StoryFilter(words=f'"{clean}"')
    paths = catalogue.find(wanted, _MOST)
    total = catalogue.count(wanted) if len(paths) == _MOST else len(paths)
    return WordMatches(words=clean, total=total, stories=tuple(_read(newsroom, paths)))


def _read(newsroom: Newsroom, paths: list[str]) -> Iterator[MatchedStory]:
    for path in paths:
        try:
            story = newsroom.archive.read_listed(path)
        except RecordError:
            continue  # just deleted, or being edited
        yield MatchedStory(path=path, title=story.title, excerpt=story.excerpt, topics=story.topics)
