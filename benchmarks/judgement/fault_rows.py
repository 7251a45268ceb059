"""The rows of the table of faults: each of SPEC 6 as a question to a judgement of the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path, PurePosixPath
from typing import Literal

from unread import article, coverage

from copydesk import config, judge
from copydesk.judge import shelves
from copydesk.kit import text
from copydesk.news import ReasonKind, Shelved, Story, Topic

Stories = Mapping[str, Story]
GATE = 70
AI = Path(__file__).parents[2] / "examples" / "ai" / "newsroom"
# SPEC 6.1 counts them without naming them: electronics, paving, a coin, two posts to be filled
OFF_TOPIC = (
    "2020-10-07-pin-diode-",
    "2020-11-09-planar-transformers-",
    "2020-12-18-power-apps-for-pavement-",
    "2020-12-21-rf-power-meter-",
    "2021-01-29-compact-800-w-",
    "2021-02-17-stereo-dacs-",
    "-thionyl-chloride-batteries-",
    "-gan-addresses-high-power-",
    "-vertical-gan-tech",
    "-low-power-apps-foundries-",
    "-microstrategy-considering-bitcoin-",
    "-senior-associate-sharepoint",
    "-bi-developer-power-bi-",
)
ALIASES = ("powerapps", "power platform", "dataverse", "power fx")
NO_NEWS = {
    ReasonKind.PRESS_RELEASE,
    ReasonKind.MARKET_REPORT,
    ReasonKind.JOB_ADVERT,
    ReasonKind.SHOPPING_PAGE,
    ReasonKind.PASTIME,
}
SAYS = ("disclaimer |", "placeholder.", "english", "try again resolution:", "please accept")
TWINS = 0.5  # Jaccard of two headlines
WEEK = timedelta(days=7)
WRAPPED = {ReasonKind.PICTURE, ReasonKind.AMP_PAGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The records by path, and the three judgements of them, by name.

    `topics` are the site's own, `known` the domains that it has a file or a logo of.
    """

    filed: Stories
    topics: Sequence[Topic]
    known: frozenset[str]
    judgements: Mapping[str, Stories]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: what it is, among how many, and what has it still under each judgement."""

    what: str
    among: int
    found: Mapping[str, Sequence[str]]


def faults_of(site: Site) -> Iterator[Fault]:
    """Give the faults in the order of SPEC 6."""
    yield from off_topic(site)
    yield from parts_of_words(site)
    yield unfounded(site)
    yield from wrapping(site)
    yield from groups(site)
    yield from twins(site)
    yield from boilerplate(site)


def each(site: Site, what: str, among: int, find: Callable[[str, Stories], Iterable[str]]) -> Fault:
    """Give a fault as each judgement has it."""
    found = {name: tuple(find(name, stories)) for name, stories in site.judgements.items()}
    return Fault(what=what, among=among, found=found)


def off_topic(site: Site) -> Iterator[Fault]:
    """1: what is on another subject, or no news of it; and what is lost by being strict."""
    strangers = {path for path in site.filed if is_stranger(path)}

    def taken(name: str, stories: Stories) -> Iterator[str]:
        del name
        return (told(stories[path]) for path in sorted(strangers) if is_news(stories[path]))

    def lost(name: str, stories: Stories) -> Iterator[str]:
        del name
        others = (one for path, one in stories.items() if path not in strangers)
        return (told(one) for one in others if not one.topics)

    yield each(site, "1 off the subject, taken for news of it", len(strangers), taken)
    others = len(site.filed) - len(strangers)
    yield each(site, "1 on the subject, taken for off it", others, lost)


def is_stranger(path: str) -> bool:
    """Say whether a record is one of those that SPEC 6.1 counts as off the subject."""
    return any(part in path for part in OFF_TOPIC)


def is_everyday(name: str) -> bool:
    """Say whether a judgement is by the rules of `everyday`."""
    return name in ("everyday", "grouping")


def is_news(story: Story) -> bool:
    """Say whether a story has a topic and is not known for something else than news."""
    return bool(story.topics) and not any(one.kind in NO_NEWS for one in story.reasons)


def parts_of_words(site: Site) -> Iterator[Fault]:
    """2: keywords inside other words, of a beat on AI; and keywords that count twice."""
    desk = config.load(AI, {}).beat
    free = replace(desk, topic="", sources=())
    whole = {word for topic in desk.topics for word in topic.keywords}
    bare = {
        path: replace(one, excerpt="")
        for path, one in site.filed.items()
        if not _has_word(one.title, whole)
    }

    def found(name: str, stories: Stories) -> Iterator[str]:
        del stories
        profile: Literal["everyday", "copydesk"] = "everyday" if is_everyday(name) else "copydesk"
        scoring = replace(free.scoring, profile=profile, off_beat="keep")
        for one in bare.values():
            story = judge.assess(
                article(one), replace(free, scoring=scoring), shelves.MemoryShelf()
            )
            if isinstance(story, Story) and story.topics:
                yield f"{', '.join(story.topics)}: {one.title}"

    yield each(site, "2 a topic of AI for part of a word", len(bare), found)
    yield each(site, "2 points for one word twice", len(site.filed), _twice(site))


def _has_word(title: str, words: Iterable[str]) -> bool:
    """Say whether one of the words stands in a headline as a word, a plural s allowed."""
    said = f" {' '.join(text.words(title))} "
    return any(
        f" {' '.join(text.words(word))}{end} " in said for word in words for end in ("", "s")
    )


def _twice(site: Site) -> Callable[[str, Stories], Iterator[str]]:
    """Find records of which one word of the headline counts for two keywords."""

    def found(name: str, stories: Stories) -> Iterator[str]:
        for one in stories.values():
            hits = _hits(site, one) if is_everyday(name) else _scored(one)
            if any(word in other or other in word for word, other in combinations(hits, 2)):
                yield told(one)

    return found


def _hits(site: Site, story: Story) -> list[str]:
    """Give the keywords that count in a headline by the rule of `everyday`."""
    topics = (topic for topic in site.topics if topic.name in story.topics)
    words = (word.lower() for topic in topics for word in topic.keywords)
    return [word for word in words if word in story.title.lower()]


def _scored(story: Story) -> list[str]:
    """Give the keywords in the headline that gave points."""
    counted = (one for one in story.reasons if one.points)
    return [one.why for one in counted if one.kind is ReasonKind.KEYWORD_IN_TITLE]


def unfounded(site: Site) -> Fault:
    """3: a topic of which no word stands in headline or excerpt."""
    usual = [word for topic in site.topics for word in topic.keywords]

    def found(name: str, stories: Stories) -> Iterator[str]:
        words = [*usual, *ALIASES] if name == "owned" else usual
        for one in stories.values():
            if one.topics and not _has_word(f"{one.title} | {one.excerpt}", words):
                yield told(one)

    return each(site, "3 the main topic without a word of any topic", len(site.filed), found)


def wrapping(site: Site) -> Iterator[Fault]:
    """4: a score of what is around the words."""
    unknown = {
        path
        for path, one in site.filed.items()
        if _domain(one) not in site.known and not is_stranger(path)
    }
    owned = site.judgements["owned"]
    no_news = [path for path, one in owned.items() if one.topics and not is_news(one)]

    def by_wrapping(name: str, stories: Stories) -> Iterator[str]:
        for one in stories.values():
            points = sum(why.points or 0 for why in one.reasons if why.kind in WRAPPED)
            if is_everyday(name):
                points = 20 * bool(one.images) + 20 * bool(one.amp_web_url)
            if (one.quality or 0) >= GATE > (one.quality or 0) - points:
                yield told(one)

    def below(_: str, stories: Stories) -> Iterator[str]:
        found = (stories[path] for path in unknown)
        return (told(one) for one in found if is_news(one) and (one.quality or 0) < GATE)

    def above(_: str, stories: Stories) -> Iterator[str]:
        return (told(stories[path]) for path in no_news if (stories[path].quality or 0) >= GATE)

    yield each(site, "4 over the gate by picture and AMP alone", len(site.filed), by_wrapping)
    yield each(site, "4 news of unknown sites, below the gate", len(unknown), below)
    yield each(site, "4 releases, posts and shops, over the gate", len(no_news), above)


def groups(site: Site) -> Iterator[Fault]:
    """5: groups that share a subject and no happening."""
    beat = {word for topic in site.topics for key in topic.keywords for word in text.words(key)}
    usual = beat | {"microsoft", "new", "announcing", "with", "your", "for", "and", "the", "from"}

    def members(name: str, stories: Stories) -> Iterator[str]:
        del name
        return (pair_told(pair) for pair in coverage(stories))

    def loose(name: str, stories: Stories) -> Iterator[str]:
        del name
        for leader, member in coverage(stories):
            ours, theirs = (
                {word for word in text.words(one.title) if len(word) > 2} - usual
                for one in (leader, member)
            )
            if not ours & theirs:
                yield pair_told((leader, member))

    def one_house(name: str, stories: Stories) -> Iterator[str]:
        del name
        for leader, member in coverage(stories):
            if _domain(leader) == _domain(member) and not are_twins(leader, member):
                yield pair_told((leader, member))

    yield each(site, "5 (stories behind a leader)", len(site.filed), members)
    yield each(site, "5 behind a leader without a common word", len(site.filed), loose)
    yield each(site, "5 behind another story of the same house", len(site.filed), one_house)


def twins(site: Site) -> Iterator[Fault]:
    """6: the same story twice on the page, and the same page filed twice."""
    ordered = sorted(site.filed.values(), key=_moment)
    pairs = [pair for pair in combinations(ordered, 2) if _are_near(*pair) and are_twins(*pair)]
    exact = [pair for pair in combinations(ordered, 2) if _key(pair[0]) == _key(pair[1])]

    def apart(_: str, stories: Stories) -> Iterator[str]:
        place = {path: path for path in stories}
        place.update((member.path, leader.path) for leader, member in coverage(stories))
        return (
            pair_told((one, other)) for one, other in exact if place[one.path] != place[other.path]
        )

    def again(name: str, _: Stories) -> Iterator[str]:
        return (told(one) for one in _met_again(ordered) if is_everyday(name))

    filed_again = sum(1 for _ in _met_again(ordered))
    yield each(site, "6 pairs of one headline, not set together", len(exact), apart)
    yield each(site, "6 pairs of one headline, both on the page", len(exact), _both(exact))
    yield each(site, "6 pairs of like headlines, both on the page", len(pairs), _both(pairs))
    yield each(site, "6 one address filed twice", filed_again, again)


def _both(pairs: Sequence[tuple[Story, Story]]) -> Callable[[str, Stories], Iterator[str]]:
    """Find the pairs of which both are on the page."""

    def found(_: str, stories: Stories) -> Iterator[str]:
        for one, other in pairs:
            if stories[one.path].published and stories[other.path].published:
                yield pair_told((one, other))

    return found


def _met_again(ordered: Iterable[Story]) -> Iterator[Story]:
    """Give the records whose address stands for a record already, as a round would see it."""
    shelf = shelves.MemoryShelf()
    for one in ordered:
        if shelf.at(one.original_url):
            yield one
        else:
            shelf.add(Shelved(story=one), None)


def boilerplate(site: Site) -> Iterator[Fault]:
    """8, in part: a site's standing words where an excerpt should be, on the page."""
    standing = {
        path for path, one in site.filed.items() if text.fold(one.excerpt).lower().startswith(SAYS)
    }
    broken = {path for path, one in site.filed.items() if "\u00e2\u20ac" in one.title}

    def shown(of: Iterable[str]) -> Callable[[str, Stories], Iterator[str]]:
        return lambda _, stories: (told(stories[path]) for path in of if stories[path].published)

    yield each(
        site, "8 a standing text for an excerpt, on the page", len(standing), shown(standing)
    )
    yield each(site, "8 a broken headline, on the page", len(broken), shown(broken))


def are_twins(one: Story, other: Story) -> bool:
    """Say whether two headlines have most words in common."""
    ours, theirs = set(text.words(one.title)), set(text.words(other.title))
    return len(ours & theirs) >= TWINS * len(ours | theirs)


def _are_near(one: Story, other: Story) -> bool:
    return _moment(other) - _moment(one) < WEEK


def _moment(story: Story) -> datetime:
    return story.published_at or datetime.min.replace(tzinfo=UTC)


def _key(story: Story) -> str:
    return " ".join(text.words(story.title))


def _domain(story: Story) -> str:
    return story.provider.domain if story.provider else ""


def told(story: Story) -> str:
    """Tell a story in a line, with the reasons that tell most."""
    whys = [str(one) for one in story.reasons if one.points is None or abs(one.points) >= 30]
    day = PurePosixPath(story.path).name[:10]
    return f"{day} {story.quality} {_domain(story)}: {text.fold(story.title)} [{'; '.join(whys)}]"


def pair_told(pair: tuple[Story, Story]) -> str:
    """Tell two stories in a line."""
    one, other = (f"{_domain(each_)}: {text.fold(each_.title)}" for each_ in pair)
    return f"{one} / {other}"
