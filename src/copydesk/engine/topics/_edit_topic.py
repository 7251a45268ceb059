"""Edit a topic: its keywords and what it is called, or its file made and ended, as one commit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copydesk import archive, config
from copydesk.archive import FileChange, topic_file
from copydesk.engine.editing import topic_names
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.settings import (
    SettingsEdit,
    SettingsReport,
    clean_keyword,
    commit_settings,
    refuse_others,
)
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.news import Topic

MOST_KEYWORDS = 10_000
_FOLDER = "_data/topics"
_CHARACTERS = 300
_NUMBERED = re.compile(r"(\d+)-")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicEdit:
    """What a topic's file is to say: all of its keywords in their order, and the texts beside."""

    keywords: tuple[str, ...] = ()
    shortname: str = ""
    description: str = ""
    parent: str = ""


def see_topic(newsroom: Newsroom, said: str) -> tuple[Topic, str, str]:
    """Return a topic, the path of its file, and the digest of that, for whoever edits it.

    Raises UsageError for a topic that is none.
    """
    (name,) = topic_names(newsroom.beat, [said])
    for topic, path in config.read_topics(newsroom.root):
        if topic.name == name:
            return topic, path, archive.digest_of(newsroom.root, path)
    raise UsageError("the topic has ended meanwhile", subject=name)


def compare_keywords(
    topic: Topic, keywords: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keywords that a topic would gain, and those that it would lose.

    Raises UsageError for a word that nothing can be found by, or that reads like a pattern, and for
    more than 10,000.
    """
    wanted = dict.fromkeys(filter(None, (text.fold(word).strip() for word in keywords)))
    if len(wanted) > MOST_KEYWORDS:
        raise UsageError(f"a topic has at most {MOST_KEYWORDS:,} keywords", subject="keywords")
    known = {word.casefold() for word in topic.keywords}
    kept = {word.casefold() for word in wanted}
    added = {
        word.casefold(): clean_keyword(word) for word in wanted if word.casefold() not in known
    }
    dropped = tuple(word for word in topic.keywords if word.casefold() not in kept)
    return tuple(added.values()), dropped


def edit_topic(
    newsroom: Newsroom, said: str, edit: TopicEdit, by: str, seen: str
) -> SettingsReport:
    """Commit what a topic's file is to say; comments, order and all else stay as they stand.

    `seen` is the digest of the file that the editor saw. Raises UsageError where that is another
    one by now, for a parent that it cannot stand below (`check_parent`), and what
    `compare_keywords` does; else what `commit_settings` does.
    """

    def make() -> SettingsEdit:
        topic, path, _ = see_topic(newsroom, said)
        refuse_others(newsroom, path, seen)
        if edit.parent != topic.parent:
            check_parent(newsroom, topic.name, edit.parent)
        added, dropped = compare_keywords(topic, edit.keywords)
        texts = dict(_list_texts(topic, edit))
        return SettingsEdit(
            files=(topic_file.edit_topic(newsroom.root, path, added, dropped, texts),),
            subject=f"topics: {topic.name}",
            lines=(
                *(f"+ {word}" for word in added),
                *(f"- {word}" for word in dropped),
                *(f"* {name} = {value}" for name, value in texts.items()),
            ),
        )

    return commit_settings(newsroom, make, by)


def _list_texts(topic: Topic, edit: TopicEdit) -> Iterator[tuple[str, str]]:
    for name in ("shortname", "description", "parent"):
        value = text.fold(getattr(edit, name)).strip()[:_CHARACTERS]
        if value != getattr(topic, name):
            yield name, value


def move_topic(newsroom: Newsroom, said: str, parent: str, by: str, seen: str) -> SettingsReport:
    """Commit that a topic stands below another, or with "" for its name at the top.

    All else of its file, its address and its place among the files stay. Raises UsageError as
    `edit_topic` does.
    """

    def make() -> SettingsEdit:
        topic, path, _ = see_topic(newsroom, said)
        refuse_others(newsroom, path, seen)
        check_parent(newsroom, topic.name, parent)
        where = f"below {parent}" if parent else "at the top"
        return SettingsEdit(
            files=(topic_file.edit_texts(newsroom.root, path, {"parent": parent}),),
            subject=f"topics: {topic.name} stands {where}",
        )

    return commit_settings(newsroom, make, by)


def check_parent(newsroom: Newsroom, name: str, parent: str) -> None:
    """Raise UsageError where a topic may not stand below another one, as the files are now.

    They are read anew: of two who move topics at once each would see no circle.
    """
    parents = {topic.name: topic.parent for topic, _ in config.read_topics(newsroom.root)}
    if parent and parent not in parents:
        raise UsageError("there is no topic of this name", subject=parent[:_CHARACTERS])
    if parent and name == newsroom.beat.topic:
        raise UsageError("the main topic stands above the others", subject=name)
    above = parent
    for _ in range(len(parents) + 1):
        if above == name:
            raise UsageError("a topic cannot stand below itself", subject=name)
        above = parents.get(above, "")


def file_topic(newsroom: Newsroom, name: str, parent: str, by: str) -> SettingsReport:
    """Commit the file of a new topic, which has its own name for its only keyword.

    Raises UsageError for a name that another topic has or nothing can be found by; else what
    `commit_settings` does.
    """

    def make() -> SettingsEdit:
        keyword = clean_keyword(name)
        taken = {known.name.casefold() for known in newsroom.beat.topics}
        ids = {known.id.casefold() for known in newsroom.beat.topics}
        topic_id = archive.slug(keyword).strip("-")[:60]
        if keyword.casefold() in taken or topic_id.casefold() in {*ids, "index.html", ""}:
            hint = "it becomes a folder of the site: take Latin letters" if not topic_id else ""
            raise UsageError("no name for a new topic", subject=keyword, hint=hint)
        check_parent(newsroom, keyword, parent)
        texts = {"_id": topic_id, "name": keyword, "parent": parent}
        path = f"{_FOLDER}/{_next_number(newsroom):02}-{topic_id}.yaml"
        texts = {key: value for key, value in texts.items() if value}
        change = topic_file.edit_topic(newsroom.root, path, [keyword], [], texts)
        return SettingsEdit(files=(change,), subject=f"topics: {keyword} is new")

    return commit_settings(newsroom, make, by)


def _next_number(newsroom: Newsroom) -> int:
    files = (newsroom.root / _FOLDER).iterdir()
    numbers = (int(found[1]) for file in files if (found := _NUMBERED.match(file.name)))
    return max(numbers, default=-1) + 1


def end_topic(newsroom: Newsroom, said: str, by: str, seen: str) -> SettingsReport:
    """Commit that a topic's file goes; stories keep its name until they are judged again.

    Raises UsageError for the main topic, one that others stand below, and one that a source names;
    else as `edit_topic` does.
    """

    def make() -> SettingsEdit:
        topic, path, digest = see_topic(newsroom, said)
        refuse_others(newsroom, path, seen)
        _refuse_use(newsroom, topic.name)
        file = FileChange(path=path, after=None, before=digest)
        return SettingsEdit(files=(file,), subject=f"topics: {topic.name} ends")

    return commit_settings(newsroom, make, by)


def _refuse_use(newsroom: Newsroom, name: str) -> None:
    beat = newsroom.beat
    if name == beat.topic:
        raise UsageError("the main topic cannot end", subject=name, hint="set site.topic first")
    below = [topic.name for topic in beat.topics if topic.parent == name]
    if below:
        hint = f"put them elsewhere: {', '.join(below[:5])}"
        raise UsageError("topics stand below it", subject=name, hint=hint)
    sources = [source.name or source.url for source in beat.sources if name in source.topics]
    if sources:
        hint = f"take it from them: {', '.join(sources[:5])}"
        raise UsageError("sources give it to their stories", subject=name, hint=hint)
