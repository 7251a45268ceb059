"""`[[letter]]`: what each letter tells and when, held against what there is to tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from copydesk.config._decode import BeatValues, Values
from copydesk.config._setting_error import find_nearest, setting_error, show_value
from copydesk.config._toml import FILE
from copydesk.config.data import TopicFiles
from copydesk.news import LetterOptions, PartKind, PartOptions, Topic

_LISTS = "_data/lists"
_LIST_ID = r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
_NO_COLLECTIONS = frozenset(
    {
        *("_news", "_newsletters", "_data", "_archive", "_templates"),
        *("_site", "_layouts", "_includes", "_sass", "_plugins", "_drafts"),  # Jekyll's own
    }
)
_NEEDS: dict[PartKind, str] = {
    "topic": "a topic's name or id",
    "list": f"the name of a file in {_LISTS}",
    "stash": "the name of a stash that the desk shares",
    "collection": "a folder of records such as _learning",
}


def read_letters(
    decoded: BeatValues, root: Path, topic_files: TopicFiles
) -> tuple[LetterOptions, ...]:
    """Return the letters, with the parts of one that names none and the site's title and zone.

    Raises ConfigError for a second letter of one id, and for a part of what is not there.
    """
    import msgspec

    site, topics = decoded.sections["site"], [topic for topic, _ in topic_files]
    letters: dict[str, LetterOptions] = {}
    for index, block in enumerate(decoded.letters):
        path = f"letter[{index}]"
        parts = msgspec.convert(block.get("part", ()), tuple[PartOptions, ...])
        _refuse_twin(block, list(letters), path)
        letter = msgspec.convert(_without_parts(block), LetterOptions)
        letters[letter.id] = replace(
            letter,
            title=letter.title or str(site["title"]),
            zone=letter.zone or str(site["timezone"]),
            parts=tuple(_settle_parts(parts, f"{path}.part", root, topics))
            or _default_parts(topics),
        )
    return tuple(letters.values())


def list_missing_lists(letters: Sequence[LetterOptions], root: Path) -> Iterator[str]:
    """Walk the warnings for parts whose list is gone: editors take lists away at the desk."""
    for index, letter in enumerate(letters):
        for number, part in enumerate(letter.parts):
            files = [root / _LISTS / f"{part.of}{suffix}" for suffix in (".yaml", ".yml")]
            if part.kind == "list" and not any(file.is_file() for file in files):
                where = f"beat.toml: letter[{index}].part[{number}].of"
                yield f"{where}: no list {show_value(part.of)} in {_LISTS}; the part stays empty"


def _without_parts(block: Values) -> Values:
    return {name: value for name, value in block.items() if name != "part"}


def _refuse_twin(block: Values, known: Sequence[str], path: str) -> None:
    if block["id"] in known:
        what = f"the same id as letter[{known.index(str(block['id']))}], {show_value(block['id'])}"
        raise setting_error(FILE, f"{path}.id", what, "give one of the two another")


def _default_parts(topics: Sequence[Topic]) -> tuple[PartOptions, ...]:
    own = (PartOptions(kind="topics", most=2),) if len(topics) > 1 else ()
    return (PartOptions(kind="lead", most=8), *own, PartOptions(kind="notes"))


def _settle_parts(
    parts: Sequence[PartOptions], path: str, root: Path, topics: Sequence[Topic]
) -> Iterator[PartOptions]:
    """Walk the parts with what each is of in its one spelling."""
    for number, part in enumerate(parts):
        where = f"{path}[{number}].of"
        needed = _NEEDS.get(part.kind, "")
        if needed and not part.of:
            raise setting_error(FILE, where, "missing", f'kind = "{part.kind}" needs {needed}')
        if part.of and not needed:
            hint = f"take it out, or name a kind that has one: {', '.join(_NEEDS)}"
            raise setting_error(FILE, where, f"{part.kind} is of nothing", hint)
        if part.kind == "topic":
            yield replace(part, of=_find_topic(part.of, where, topics))
        elif part.kind == "collection":
            yield replace(part, of=_find_collection(part.of, where, root))
        else:
            _refuse_no_list(part, where)
            yield part


def _refuse_no_list(part: PartOptions, where: str) -> None:
    """Refuse a list's name that no file could have; one that is gone is a warning."""
    if part.kind == "list" and not re.fullmatch(_LIST_ID, part.of):
        what = f"no list is named {show_value(part.of)}"
        raise setting_error(FILE, where, what, f"write the name of a file in {_LISTS}")


def _find_topic(name: str, where: str, topics: Sequence[Topic]) -> str:
    """Return the name of the topic that somebody named by it or by its id."""
    for topic in topics:
        if name in {topic.name, topic.id}:
            return topic.name
    near = find_nearest(name, [topic.name for topic in topics])
    hint = f'did you mean "{near}"?' if near else "topics are files in _data/topics"
    raise setting_error(FILE, where, f"no topic is named {show_value(name)}", hint)


def _find_collection(name: str, where: str, root: Path) -> str:
    """Return the folder of the collection that somebody named, with or without its underscore."""
    known = _list_collections(root)
    folder = f"_{name.removeprefix('_')}"
    if folder in known:
        return folder
    near = find_nearest(folder, known)
    hint = f'did you mean "{near}"?' if near else "collections are folders such as _learning"
    raise setting_error(FILE, where, f"no collection is named {show_value(name)}", hint)


def _list_collections(root: Path) -> list[str]:
    """List the folders of other records than news and letters, by name."""
    try:
        folders = sorted(
            path.name for path in root.iterdir() if path.name.startswith("_") and path.is_dir()
        )
    except OSError:
        return []
    return [folder for folder in folders if folder not in _NO_COLLECTIONS]
