"""Laws of coverage: no order of any documents breaks it, and everybody stands in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import measure
from copydesk.judge.clustering import Stream
from copydesk.judge.clustering.documents import NewsDocument
from copydesk.news import Beat, Provider, Ruling, Story
from judge.covered import Desk, name_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPOKEN = """
    Velmora harbour earthquake shakes strong council vote tram 12th 13th package Day 3 4 3-1
    робот 地震 زلزال сенат 🐧 \u202e \ud800 the of
"""
WORDS = st.sampled_from(SPOKEN.split())
TITLES = st.lists(WORDS, max_size=7).map(" ".join) | st.text(max_size=40)
HOURS = st.none() | st.integers(-2000, 2000) | st.sampled_from([0, 1, -10_000_000, 8_000_000])
NAMES = [f"d{at}" for at in range(30)]
# few, so that one's namesake often stands in another: chains, circles, and who is not there
FILED = st.just("") | st.sampled_from(["", "d0", "d1", "d2", "d5", "d9", "old"])
DOCUMENTS = st.lists(
    st.builds(
        lambda title, text, hours, group, language: NewsDocument(
            key="",
            title=title,
            text=text,
            moment=None if hours is None else NOON + timedelta(hours=hours),
            group=group,
            language=language,
        ),
        TITLES,
        st.just("") | TITLES,
        HOURS,
        FILED,
        st.sampled_from(["", "en", "ru", "zh"]),
    ),
    max_size=len(NAMES),
).map(lambda found: [replace(one, key=name) for one, name in zip(found, NAMES, strict=False)])
APART = st.dictionaries(
    st.sampled_from(NAMES), st.frozensets(st.sampled_from(NAMES), max_size=4), max_size=4
)


def grouped(
    documents: Sequence[NewsDocument],
    apart: Mapping[str, frozenset[str]],
    look: int = 1000,
    whole: Sequence[str] = (),
) -> Mapping[str, str]:
    stream = Stream(["velmora"], apart, whole)
    for at, one in enumerate(documents):
        stream.place(one)
        if at % look == 0:
            stream.settle()
    stream.settle()
    return stream.groups()


@given(DOCUMENTS, APART, st.integers(1, 9))
@settings(max_examples=200)
def test_every_document_stands_in_one_group_that_bears_a_known_name(
    documents: list[NewsDocument], apart: dict[str, frozenset[str]], look: int
) -> None:
    groups = grouped(documents, apart, look)
    assert list(groups) == [one.key for one in documents]
    known = {one.key for one in documents} | {one.group for one in documents}
    assert set(groups.values()) <= known
    assert groups == grouped(documents, apart, look)


@given(DOCUMENTS, APART, st.integers(1, 9))
@settings(max_examples=200)
def test_the_parted_are_never_together(
    documents: list[NewsDocument], apart: dict[str, frozenset[str]], look: int
) -> None:
    groups = grouped([replace(one, group="") for one in documents], apart, look)
    for one, others in apart.items():
        for other in others - {one}:
            assert groups.get(one, one) != groups.get(other, other)


@given(DOCUMENTS, st.booleans())
@settings(max_examples=200)
def test_documents_of_one_known_group_stay_together_unless_it_is_cut(
    documents: list[NewsDocument], may_cut: bool
) -> None:
    few = documents[:5] if may_cut else documents  # no five documents are cut
    groups = grouped(few, {}, whole=() if may_cut else NAMES)
    names: dict[str, str] = {}
    for one in few:
        if one.group:
            assert names.setdefault(one.group, groups[one.key]) == groups[one.key]


@given(DOCUMENTS, APART, st.integers(1, 9))
@settings(max_examples=200)
def test_no_group_is_called_after_a_document_of_another(
    documents: list[NewsDocument], apart: dict[str, frozenset[str]], look: int
) -> None:
    groups = grouped(documents, apart, look)
    for name in set(groups.values()):
        assert groups.get(name, name) == name


@given(st.lists(st.tuples(TITLES, TITLES), max_size=8))
@settings(max_examples=50)
def test_likeness_is_a_share_and_knows_no_side(pairs: list[tuple[str, str]]) -> None:
    given_ = [
        (NewsDocument(key="a", title=one), NewsDocument(key="b", title=other))
        for one, other in pairs
    ]
    found = measure.similarities(given_)
    assert all(0 <= one <= 1 for one in found)
    assert len(found) == len(pairs)


STORIES = st.lists(
    st.builds(
        lambda title, quality, hours, site, held: Story(
            path="",
            title=title,
            published_at=None if hours is None else NOON + timedelta(hours=hours),
            quality=quality,
            heat=quality,
            published=not held and (quality or 0) >= 70,
            provider=Provider(name=site, domain=f"{site}.example") if site else None,
        ),
        TITLES,
        st.none() | st.integers(0, 120),
        st.none() | st.integers(0, 200),
        st.sampled_from(["", "a", "b", "c"]),
        st.booleans(),
    ),
    max_size=10,
).map(
    lambda found: [
        replace(one, path=f"_news/d{at}.md", web_url=f"https://d{at}.example/")
        for at, one in enumerate(found)
    ]
)
RULINGS = st.lists(
    st.builds(
        lambda said, names: Ruling(said=said, by="A", at=NOON, why="so", stories=tuple(names)),
        st.sampled_from(["split", "merge", "pin"]),
        st.lists(st.sampled_from(NAMES[:10]), max_size=3, unique=True),
    ),
    max_size=4,
)


@given(STORIES, RULINGS, st.lists(FILED, min_size=10, max_size=10), st.integers(0, 10))
@settings(max_examples=200)
def test_records_filed_by_hand_under_any_groups_end_in_a_state_that_stays(
    stories: list[Story], rulings: list[Ruling], groups: list[str], first: int
) -> None:
    by_hand = [replace(one, group=group) for one, group in zip(stories, groups, strict=False)]
    desk = Desk(Beat(title="x", rulings=tuple(rulings)))
    desk.filed = {name_of(one): one for one in by_hand[:first]}

    desk.round(*stories[first:])

    assert desk.changes() == {}
    for names in desk.groups():
        assert len(names) > 1
        assert len(names & desk.leaders()) == 1
        called = desk.filed[min(names)].group
        assert called in names or called not in desk.filed


FEW = st.sampled_from(NAMES[:3])
SPLITS = st.lists(
    st.lists(FEW, min_size=1, max_size=2, unique=True).map(
        lambda names: Ruling(said="split", by="A", at=NOON, why="so", stories=tuple(names))
    ),
    min_size=1,
    max_size=2,
)


@given(STORIES, SPLITS, st.lists(FEW, min_size=10, max_size=10))
@settings(max_examples=200)
def test_what_is_split_off_stays_apart_whatever_groups_records_are_filed_under(
    stories: list[Story], splits: list[Ruling], groups: list[str]
) -> None:
    desk = Desk(Beat(title="x", rulings=tuple(splits)))
    desk.filed = {
        name_of(one): replace(one, group=group) for one, group in zip(stories, groups, strict=False)
    }

    desk.round()

    for rule in splits:
        name, *others = rule.stories
        for names in desk.groups():
            assert name not in names or names.isdisjoint(others or names - {name})


def publisher(story: Story) -> str:
    return story.provider.domain if story.provider else ""


def quality(desk: Desk, name: str) -> int:
    return desk.filed[name].quality or 0


@given(STORIES, RULINGS, st.integers(0, 10), st.data())
@settings(max_examples=200)
def test_rounds_end_in_a_state_that_stays(
    stories: list[Story], rulings: list[Ruling], first: int, data: st.DataObject
) -> None:
    desk = Desk(Beat(title="x", rulings=tuple(rulings)))
    desk.round(*stories[:first])
    assert desk.changes() == {}
    late = stories[first:]
    changed = Desk(desk.beat)
    changed.filed = {**desk.filed, **{name_of(one): one for one in late}}
    changes = changed.changes(late)
    written = data.draw(st.sets(st.sampled_from(sorted(changes))) if changes else st.just(set()))
    desk.filed.update((name, changes[name]) for name in written)
    desk.round(*(one for one in late if name_of(one) not in written))
    assert desk.changes() == {}
    for names in desk.groups():
        assert len(names) > 1
        [leader] = names & desk.leaders()
        beside = desk.beside(leader)
        assert set(beside) <= names - {leader}
        publishers = [publisher(desk.filed[name]) for name in (leader, *beside)]
        assert len(set(filter(None, publishers))) == len(list(filter(None, publishers)))
        for unseen in names - {leader, *beside}:
            is_seen_already = publisher(desk.filed[unseen]) in set(filter(None, publishers))
            assert is_seen_already or quality(desk, unseen) * 3 < quality(desk, leader)
        assert all(desk.beside(name) == [leader] for name in names - {leader})
