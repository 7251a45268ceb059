"""Who else has a story: other newsrooms that wrote on it, and reruns of the very text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from copydesk.kit import text, urls
from copydesk.news import Organization, Provider, Related, Story
from copydesk.publish import _links
from copydesk.publish.catalogue import Catalogue

_OWNERS = 5  # houses of houses: more is a circle
_NAMES = 4096  # of publishers that are remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """A place that runs the same text: its name and the address there."""

    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A newsroom of its own that tells a story, too: its name, and what it wrote first."""

    name: str
    told: Related


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """`others` wrote on the same event; `reruns` have the same text and count as no newsroom.

    `voices` are the newsrooms that are one of their own beside the story's, each house once.
    """

    others: tuple[Related, ...] = ()
    reruns: tuple[Rerun, ...] = ()
    voices: tuple[Voice, ...] = ()

    @property
    def newsrooms(self) -> int:
        """Give how many independent newsrooms have the story beside its own."""
        return len(self.voices)

    @property
    def names(self) -> tuple[str, ...]:
        """Give what these newsrooms are called."""
        return tuple(voice.name for voice in self.voices)


_NONE = Coverage()


class Houses:
    """Say in whose voice a text speaks: newsrooms of one owner are one house.

    `organizations` are the beat's, by domain. An owner may be named by its domain or by any name
    of an organization; a name that is none stands for itself.
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
        """Give the house, "" where nobody is named; `credit` is the agency that wrote the text."""
        named = credit or (provider.domain or provider.name if provider else "")
        house = self._place(named)
        for _ in range(_OWNERS):
            known = self._organizations.get(house)
            if known is None or not known.owner:
                break
            house = self._place(known.owner)
        return house

    def _place(self, name: str) -> str:
        """Give the domain that a name stands for, else the name in a form of its own."""
        if name in self._organizations:
            return name
        key = self._squashed(name)
        return self._domains.get(key, key)


@dataclass(slots=True, kw_only=True)
class Coverages:
    """The coverage of each story, worked out when first asked for.

    The catalogue knows the filed copies of a story, which addresses are no coverage of their own
    (what an editor removed, and copies), and which agency wrote a filed text.
    """

    houses: Houses
    catalogue: Catalogue
    read: Callable[[str], Story | None]
    _made: dict[str, Coverage] = field(default_factory=dict)

    def of(self, story: Story) -> Coverage:
        """Part what stands beside a story into other coverage and copies."""
        if story.path not in self._made:
            self._made[story.path] = self._of(story)
        return self._made[story.path]

    def _of(self, story: Story) -> Coverage:
        found = (self.read(one.path) for one in self.catalogue.copies(_links.stem(story.path)))
        copies = [copy for copy in found if copy is not None]
        if not copies and not story.related:
            return _NONE
        told = [(urls.identity(one.web_url), one) for one in story.related]
        hidden = self.catalogue.hidden({address for address, _ in told})
        hidden.add(urls.identity(story.web_url))
        others = [one for one in told if one[0] not in hidden]
        return Coverage(
            others=tuple(other for _, other in others),
            reruns=_reruns(copies, story),
            voices=self._voices(self.houses.of(story.provider, story.credit), others),
        )

    def _voices(self, own: str, others: Sequence[tuple[str, Related]]) -> tuple[Voice, ...]:
        """Give who else speaks of what is told under these identities of addresses."""
        agencies = self.catalogue.credits({address for address, _ in others})
        voices: dict[str, Voice] = {}
        for address, other in others:
            credit = agencies.get(address, "")
            house = self.houses.of(other.provider, credit)
            if house not in {"", own}:
                voice = Voice(name=_name(other.provider) or credit, told=other)
                voices.setdefault(house, voice)
        return tuple(voices.values())


def _reruns(copies: Iterable[Story], original: Story) -> tuple[Rerun, ...]:
    """Give the places of copies, each once; a publisher's second address is no other place."""
    own = original.provider.domain if original.provider else None
    found: dict[str, Rerun] = {}
    for copy in copies:
        if copy.provider is None or copy.provider.domain != own:
            rerun = _rerun(copy)
            found.setdefault(rerun.name, rerun)
    return tuple(found.values())


def _rerun(copy: Story) -> Rerun:
    address = urls.fetchable(copy.web_url) or ""
    name = _name(copy.provider) or urls.host(address) or "another site"
    return Rerun(name=name, href=address)


def _name(provider: Provider | None) -> str:
    return text.fold(provider.name) or text.fold(provider.domain) if provider else ""
