"""Laws of what grouping keeps: however it came to be, it groups as what is made anew does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import judge
from copydesk.catalogue import Catalogue, StoredCorpus
from copydesk.judge import coverage
from copydesk.judge.coverage import groups
from copydesk.news import Provider, Ruling, Shelved, Story
from copydesk.news.story import Corpus, IndexedDocument, Surroundings
from judge.covered import QUAKES, ROBOT, VOTE, Desk, name_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMES = [f"d{at}" for at in range(12)]
TITLES = st.sampled_from([*QUAKES, ROBOT, VOTE, "Землетрясение в Вельморе", "12th package", ""])
HOURS = st.integers(0, 72) | st.sampled_from([-24 * 20, 24 * 9])


@st.composite
def stories(draw: st.DrawFn, name: str) -> Story:
    hours = draw(st.none() | HOURS)
    return Story(
        path=f"_news/{name}.md",
        title=draw(TITLES),
        excerpt=draw(TITLES),
        published_at=None if hours is None else NOON + timedelta(hours=hours),
        web_url=f"https://{name}.example/",
        quality=draw(st.integers(40, 120)),
        provider=Provider(name=name, domain=f"{name}.example"),
        language=draw(st.sampled_from(["en", "de", "ru"])),
    )


@dataclass(frozen=True)
class Step:
    """A round: what came, what was edited before, which rules hold, whether the file was lost."""

    fresh: tuple[Story, ...]
    edited: dict[str, str]
    rulings: tuple[Ruling, ...]
    is_lost: bool


RULINGS = st.lists(
    st.builds(
        lambda said, names: Ruling(said=said, by="A", at=NOON, why="so", stories=tuple(names)),
        st.sampled_from(["split", "merge", "pin"]),
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
    ),
    max_size=2,
).map(tuple)


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    names = draw(st.permutations(NAMES))
    ends = sorted(draw(st.lists(st.integers(0, len(names)), min_size=1, max_size=4)))
    return [
        Step(
            fresh=tuple(draw(stories(name)) for name in names[start:end]),
            edited=draw(st.dictionaries(st.sampled_from(NAMES), TITLES, max_size=2)),
            rulings=draw(RULINGS),
            is_lost=draw(st.booleans()),
        )
        for start, end in zip([0, *ends], ends, strict=False)
    ]


class KeepingDesk(Desk):
    """A newsroom that gives what it keeps of its stories to grouping."""

    def __init__(self, corpus_of: Callable[[Sequence[Shelved]], Corpus]) -> None:
        super().__init__()
        self._corpus_of = corpus_of
        self.edited: set[str] = set()

    def surroundings(self, filed: Sequence[Shelved]) -> Surroundings:
        topics = Counter(topic for one in self.filed.values() for topic in one.topics)
        originals = [shelved for shelved in filed if not shelved.story.copy_of]
        corpus = self._corpus_of(originals)
        return Surroundings(corpus=corpus, count_stories=topics.__getitem__)


class NarrowDesk(KeepingDesk):
    """One that sets new stories beside those alone that they may meet, and who belongs to these."""

    def changes(
        self, fresh: Iterable[Story] = (), found: Mapping[str, datetime] | None = None
    ) -> dict[str, Story]:
        fresh = list(fresh)
        new = [shelve(story) for story in fresh]
        names = {name_of(story) for story in fresh}
        filed = [shelve(story) for name, story in self.filed.items() if name not in names]
        around = self.surroundings(filed)
        met = groups.find_candidates(new, self.beat, around.corpus) if new else set()
        window = self._complete({*names, *met, *self._changed(names)})
        shelved = [shelve(self.filed[name]) for name in sorted(window)]
        paths = frozenset(story.path for story in fresh)
        changed = judge.regroup(shelved, self.beat, paths, around=around)
        return {name_of(story): story for story in changed}

    def _changed(self, fresh: set[str]) -> set[str]:
        """Return those that an editor moved, edited or named in a rule."""
        ruled = {name for rule in self.beat.rulings for name in rule.stories}
        moved = {
            name
            for name, story in self.filed.items()
            if any(reason.is_group_ruled for reason in story.reasons)
        }
        return (ruled | moved | self.edited) & self.filed.keys()

    def _complete(self, names: set[str]) -> set[str]:
        while True:
            groups = {self.filed[name].group for name in names} - {""} | names
            beside = {one.web_url for name in names for one in self.filed[name].related}
            more = {
                name
                for name, story in self.filed.items()
                if story.group in groups or story.web_url in beside
            }
            if more <= names:
                return names
            names = names | more


class Kept:
    """The terms of stories in a catalogue, which follow what is filed."""

    def __init__(self) -> None:
        self._catalogue = Catalogue()

    def lose(self) -> None:
        self._catalogue = Catalogue()

    def __call__(self, filed: Sequence[Shelved]) -> Corpus:
        corpus, known = self._catalogue.corpus, self._catalogue.corpus.digests()
        stories = {name_of(one.story): (one, digest(one)) for one in filed}
        changed = [pair for name, pair in stories.items() if known.get(name) != pair[1]]
        corpus.update(list(coverage.index_stories(changed)), known.keys() - stories.keys())
        return corpus


def digest(shelved: Shelved) -> bytes:
    story = shelved.story
    return repr((story.title, story.excerpt, story.language, story.published_at)).encode()


def shelve(story: Story) -> Shelved:
    return Shelved(story=story)


def run(desks: Sequence[KeepingDesk], step: Step) -> None:
    """Let each newsroom do the round of a step."""
    for desk in desks:
        desk.beat = replace(desk.beat, rulings=step.rulings)
        desk.edited = step.edited.keys() & desk.filed.keys()
        for name in desk.edited:
            desk.filed[name] = replace(desk.filed[name], title=step.edited[name])
        desk.round(*step.fresh)


@given(histories())
@settings(max_examples=100, deadline=None)
def test_what_was_kept_groups_every_round_as_what_is_made_anew(history: list[Step]) -> None:
    kept = Kept()
    keeping, anew = KeepingDesk(kept), KeepingDesk(coverage.make_corpus)
    for step in history:
        if step.is_lost:
            kept.lose()
        run((keeping, anew), step)
        assert keeping.filed == anew.filed


@given(histories())
@settings(max_examples=100, deadline=None)
def test_what_a_new_story_cannot_meet_need_not_be_there(history: list[Step]) -> None:
    narrow, whole = NarrowDesk(Kept()), KeepingDesk(Kept())
    for step in history:
        run((narrow, whole), step)
        assert narrow.filed == whole.filed


@given(histories())
@settings(max_examples=50, deadline=None)
def test_a_round_asked_again_changes_nothing(history: list[Step]) -> None:
    desk = KeepingDesk(Kept())
    for step in history:
        desk.round(*step.fresh)
        assert desk.changes([desk.filed[name_of(one)] for one in step.fresh]) == {}


@given(histories(), st.data())
@settings(max_examples=50, deadline=None)
def test_two_corpora_of_the_same_documents_answer_alike(
    history: list[Step], data: st.DataObject
) -> None:
    documents = {
        document.key: document
        for step in history
        for document in coverage.index_stories([(shelve(one), b"as it is") for one in step.fresh])
    }
    one, other = Catalogue().corpus, Catalogue().corpus
    one.update(list(documents.values()))
    for key in data.draw(st.permutations(sorted(documents))):
        other.update([replace(documents[key], second=1)])  # as it was before it was corrected
        other.update([documents[key]])
    gone = data.draw(st.sets(st.sampled_from(sorted(documents)))) if documents else set()
    one.update([], gone)
    other.update([], gone)
    assert answers(one, documents.values()) == answers(other, documents.values())


def answers(corpus: StoredCorpus, documents: Collection[IndexedDocument]) -> list[object]:
    """Return all that a corpus can be asked about these documents."""
    terms = {term for document in documents for term in document.terms.terms}
    seconds = sorted({document.second for document in documents})
    return [
        corpus.digests(),
        corpus.sizes(),
        corpus.documents_with(terms),
        corpus.terms_of([document.key for document in documents]),
        [corpus.find(term, second, 3) for term in sorted(terms) for second in seconds[:3]],
    ]
