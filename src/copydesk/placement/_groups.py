"""Find groups of stories on one event, their leaders, and other newsrooms that cover the event.

A group has one leader; the pages of its other members redirect to it. The coverage of a story
counts each owner of newsrooms once, and reprints of the same text not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from copydesk.kit import text, urls
from copydesk.news import Provider, Story
from copydesk.news.beat import Organization
from copydesk.news.story import Related
from copydesk.placement import addresses

BACKGROUND_STORIES = 8
_OWNERS = 5  # steps from owner to owner; more must be a circle
_NAMES = 4096  # of publishers, cached


class FiledStory(Protocol):
    """The fields of a stored story that decide where it is shown; `folder` is that of its page."""

    @property
    def path(self) -> str: ...
    @property
    def folder(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def copy_of(self) -> str: ...
    @property
    def heat(self) -> int: ...
    @property
    def is_public(self) -> bool: ...
    @property
    def is_removed(self) -> bool: ...


_Filed = TypeVar("_Filed", bound=FiledStory)


class GroupIndex(Protocol[_Filed]):
    """The interface to find stored stories by name and by group (the stories about one event)."""

    def by_name(self, name: str) -> _Filed | None:
        """Return the story whose file has this name without `.md`, published or not, or None."""
        ...

    def members(self, group: str) -> list[_Filed]:
        """Return the published stories of a group (on one event), newest first."""
        ...

    def list_with_changes(self, group: str) -> list[_Filed]:
        """Return the stories of a group that their publishers changed, with a page or not."""
        ...

    def former_leaders(self, groups: Collection[str] | None = None) -> list[_Filed]:
        """Return stories without a page that once were the main one of their group (any, or
        `groups`).
        """
        ...


class Groups(Generic[_Filed]):
    """Find a story's group (the stories about one event), its leader and the redirects to it."""

    def __init__(self, index: GroupIndex[_Filed]) -> None:
        self._index = index
        self._members: dict[str, list[_Filed]] = {}

    def find(self, name: str) -> _Filed | None:
        """Return the story whose file has this name, None if missing or removed by an editor."""
        story = self._index.by_name(name)
        return None if story is None or story.is_removed else story

    def public(self, name: str) -> _Filed | None:
        """Return the published story whose file has this name without `.md`, or None."""
        story = self._index.by_name(name)
        return story if story is not None and story.is_public else None

    def members(self, group: str) -> list[_Filed]:
        """Return the published stories of a group (on one event), newest first."""
        if group not in self._members:
            self._members[group] = self._index.members(group) if group else []
        return self._members[group]

    def list_with_changes(self, group: str) -> list[_Filed]:
        """Return the stories of a group that their publishers changed, with a page or not."""
        return self._index.list_with_changes(group) if group else []

    def leader(self, group: str) -> _Filed | None:
        """Return the story that leads a group: the published one with most heat, then by path."""
        return min(self.members(group), key=lambda story: (-story.heat, story.path), default=None)

    def event(self, story: Story | FiledStory) -> str:
        """Return a key for the news event of a story: its group, the story it copies, or its name.

        Copies that name each other in a circle have one event.
        """
        chain = [addresses.record_name(story.path)]
        while story.copy_of and story.copy_of not in chain:
            chain.append(story.copy_of)
            original = self.find(story.copy_of)
            if original is None:
                return story.copy_of
            story = original
        return story.group or (min(chain) if story.copy_of else chain[-1])

    def redirects(self, groups: Collection[str] | None = None) -> dict[str, _Filed]:
        """Map the former page folder of each story that once led a group to the group's leader now.

        Readers know the page of a former leader. A member that never led had no page. With
        `groups`, only stories of these groups are returned.
        """
        former = self._index.former_leaders(groups)
        leaders = ((story.folder, self._leader_of(story)) for story in former)
        return {folder: leader for folder, leader in leaders if leader is not None}

    def background(self, story: Story) -> tuple[_Filed, ...]:
        """Return at most eight published background stories, which a story's file lists.

        A group, named by its first story, and a member of one are shown by the group's leader. The
        story itself is left out.
        """
        if not story.background:
            return ()
        own = self.event(story)
        by_event: dict[str, _Filed] = {}
        for name in story.background:
            filed = self.find(name)
            shown = (filed and self._leader_of(filed)) or self.public(name) or self.leader(name)
            if shown is not None and self.event(shown) != own:
                by_event.setdefault(self.event(shown), shown)
        return tuple(by_event.values())[:BACKGROUND_STORIES]

    def _leader_of(self, story: _Filed) -> _Filed | None:
        return self.leader(story.group) or self.public(story.group)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """A site that published the same text as a story: its name and the URL there."""

    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """An independent newsroom that also covers a story's event: its name and its first article.

    `is_agency` says that a news agency wrote the article.
    """

    name: str
    article: Related
    is_agency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The other newsrooms that cover the event of a story, or that published the same text.

    `others` are articles on the same event. `reruns` have the same text and count as no newsroom.
    `voices` are the independent newsrooms among the others, each owner once.
    """

    others: tuple[Related, ...] = ()
    reruns: tuple[Rerun, ...] = ()
    voices: tuple[Voice, ...] = ()

    @property
    def newsrooms(self) -> int:
        """Return the number of other independent newsrooms that cover the story's event."""
        return len(self.voices)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the independent newsrooms that cover the story's event."""
        return tuple(voice.name for voice in self.voices)


_NONE = Coverage()


class Owners:
    """Find the owner of each publisher; publishers with the same owner count as one newsroom.

    `organizations` are those of the settings, by domain. An owner may be given as a domain or as
    any name of an organization. A name that belongs to no organization is an owner itself.
    """

    def __init__(self, organizations: Mapping[str, Organization]) -> None:
        self._organizations = organizations
        self._squashed = lru_cache(_NAMES)(text.squash)
        self._domains: dict[str, str] = {}
        for domain, known in organizations.items():
            for name in (domain, known.name, *known.other_names):
                if key := text.squash(name):
                    self._domains.setdefault(key, domain)

    def of(self, provider: Provider | None, credit: str = "") -> str:
        """Return the owner of a publisher, or of a news agency (`credit`), "" if unknown."""
        name = credit or (provider.domain or provider.name if provider else "")
        owner = self._identify(name)
        for _ in range(_OWNERS):
            known = self._organizations.get(owner)
            if known is None or not known.owner:
                break
            owner = self._identify(known.owner)
        return owner

    def _identify(self, name: str) -> str:
        """Return the domain of the organization with this name, else the name in a normal form."""
        if name in self._organizations:
            return name
        key = self._squashed(name)
        return self._domains.get(key, key)


class FiledCopy(Protocol):
    """A stored story that has the same text as another story."""

    @property
    def path(self) -> str: ...


class CoverageIndex(Protocol):
    """The interface to find copies, removed stories and news agencies among the stored stories."""

    def copies(self, name: str) -> Sequence[FiledCopy]:
        """Return the stories that copy the text of the story with a record name, by path."""
        ...

    def addresses_to_hide(self, addresses: Collection[str]) -> set[str]:
        """Return those of the URLs that belong to copies, or to stories that an editor removed."""
        ...

    def credits(self, addresses: Collection[str]) -> dict[str, str]:
        """Return by URL the news agency that wrote the story there, if any."""
        ...


@dataclass(slots=True, kw_only=True)
class Coverages:
    """Find which other newsrooms cover a story; results are cached per story.

    `read` returns the story at a path, None if it is gone.
    """

    owners: Owners
    index: CoverageIndex
    read: Callable[[str], Story | None]
    _made: dict[str, Coverage] = field(default_factory=dict)

    def of(self, story: Story) -> Coverage:
        """Return which other newsrooms cover a story's event or published the same text."""
        if story.path not in self._made:
            self._made[story.path] = self._part(story)
        return self._made[story.path]

    def _part(self, story: Story) -> Coverage:
        filed = self.index.copies(addresses.record_name(story.path))
        copies = [copy for copy in (self.read(copy.path) for copy in filed) if copy is not None]
        if not copies and not story.related:
            return _NONE
        others = self._list_others(story)
        return Coverage(
            others=tuple(article for _, article in others),
            reruns=_list_reruns(copies, story),
            voices=self._voices(self.owners.of(story.provider, story.credit), others),
        )

    def _list_others(self, story: Story) -> list[tuple[str, Related]]:
        """Return the other articles on a story's event, each with the identity of its URL."""
        related = [(urls.identity(article.web_url), article) for article in story.related]
        hidden = self.index.addresses_to_hide({address for address, _ in related})
        hidden.add(urls.identity(story.web_url))
        return [(address, article) for address, article in related if address not in hidden]

    def _voices(self, own: str, others: Sequence[tuple[str, Related]]) -> tuple[Voice, ...]:
        """Return the independent newsrooms of the articles, except the owner `own`."""
        agencies = self.index.credits({address for address, _ in others})
        voices: dict[str, Voice] = {}
        for address, article in others:
            credit = agencies.get(address, "")
            owner = self.owners.of(article.provider, credit)
            if owner not in {"", own}:
                name = _name(article.provider) or credit
                voice = Voice(name=name, article=article, is_agency=bool(credit))
                voices.setdefault(owner, voice)
        return tuple(voices.values())


def _list_reruns(copies: Iterable[Story], original: Story) -> tuple[Rerun, ...]:
    """Return the sites that run copies of a story, each once, without its own publisher's."""
    own = original.provider.domain if original.provider else None
    reruns: dict[str, Rerun] = {}
    for copy in copies:
        if copy.provider is None or copy.provider.domain != own:
            rerun = _rerun(copy)
            reruns.setdefault(rerun.name, rerun)
    return tuple(reruns.values())


def _rerun(copy: Story) -> Rerun:
    address = urls.fetchable(copy.web_url) or ""
    name = _name(copy.provider) or urls.host(address) or "another site"
    return Rerun(name=name, href=address)


def _name(provider: Provider | None) -> str:
    return text.fold(provider.name) or text.fold(provider.domain) if provider else ""
