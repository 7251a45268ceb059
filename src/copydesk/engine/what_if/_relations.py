"""Relations: which stories have to do with each other, so that others need not be looked at.

Two stories are related where one group, copy, address, text or editor's rule names both, or
another one is related to each. What becomes of a story hangs on no others than its relations, but
for how many stories there are of a topic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk.kit import urls
from copydesk.news import Ruling, Story
from copydesk.review import rules

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """The relations of stories: those at some paths with all that have to do with them."""

    _family: Mapping[str, str]
    _members: Mapping[str, Sequence[str]]

    def has_any(self, path: str) -> bool:
        """Decide whether another story has to do with the one at a path."""
        return len(self._members[self._family[path]]) > 1

    def of(self, paths: Iterable[str]) -> set[str]:
        """Return the paths of some stories and of all that have to do with them."""
        families = {self._family[path] for path in paths}
        return {path for family in families for path in self._members[family]}


def relate(
    stories: Iterable[Story], rulings: Iterable[Ruling], same: Mapping[str, Iterable[str]]
) -> Relations:
    """Return the relations of stories; one may be given in several states, as filed and as judged.

    `same` has the paths of the stories whose text a story repeats.
    """
    union = _Union()
    paths = set()
    for story in stories:
        paths.add(story.path)
        for key in _keys_of(story):
            union.join(("path", story.path), key)
    for path, others in same.items():
        for other in others:
            union.join(("path", path), ("path", other))
    for rule in rulings:
        for name in rule.stories[1:]:
            union.join(("name", rule.stories[0]), ("name", name))
    family = {path: str(union.root(("path", path))) for path in paths}
    members: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        members[family[path]].append(path)
    return Relations(_family=family, _members=members)


class KeyIndex:
    """Stories by all that they may be named by, and that they name others by."""

    def __init__(self, stories: Iterable[Story]) -> None:
        """Take stories; one may be given in several states."""
        self._paths: defaultdict[_Key, dict[str, None]] = defaultdict(dict)
        for story in stories:
            for key in _keys_of(story):
                self._paths[key][story.path] = None

    def find_beside(self, story: Story) -> Iterator[str]:
        """Yield the paths of a story and of those that share a key with it, some more than once."""
        for key in _keys_of(story):
            yield from self._paths.get(key, ())


def _keys_of(story: Story) -> Iterator[_Key]:
    """Yield all that others may name a story by, and that it names others by."""
    yield "name", rules.record_name(story.path)
    for name in (story.group, story.returns_to, story.copy_of):
        if name:
            yield "name", name
    for url in (*story.addresses, *(beside.web_url for beside in story.related)):
        if url:
            yield "url", urls.identity(url)


class _Union:
    """Sets of keys that grow together (union-find, by path halving)."""

    def __init__(self) -> None:
        self._above: dict[_Key, _Key] = {}

    def root(self, key: _Key) -> _Key:
        above = self._above
        while (up := above.setdefault(key, key)) != key:
            above[key] = key = above[up]
        return key

    def join(self, one: _Key, other: _Key) -> None:
        self._above[self.root(one)] = self.root(other)
