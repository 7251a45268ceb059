"""The law of histories: what a site became by small changes is what is made of its last state."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.catalogue.page_index import PageIndex
from copydesk.errors import PublishError
from copydesk.news import Beat, Image, Provider, Record, Ruling, Source, Story, Verdict
from copydesk.news.beat import Organization, OutputOptions
from copydesk.news.edition import ChosenStory, PictureFile, Poster, ReadingList, Show, Thumbnail
from copydesk.news.story import Related
from copydesk.publish import Look, Published, PublishOptions, Sizes, publish, survey
from copydesk.publish.writing import UNFINISHED, BuiltManifest
from world import editions
from world.manifests import MemoryManifest

# whatever is cut has two in each part
IN_PAIRS = Sizes(archive=2, matter=2, api=2, search=2, sitemap=2)
NAMES = ("2026-11-01-a", "2026-11-02-b", "2026-11-03-c", "2026-11-04 d", "index", "index.html")
FOLDERS = ("_news", "_archive/_news")
TALES = ("", "", "a-tale", *NAMES[:2])
PUBLISHERS = tuple(
    Provider(name=name, domain=domain)
    for name, domain in (("The Herald", "herald.example"), ("Post", "post.example"), ("Odd", ""))
)
ADDRESSES = tuple(f"https://herald.example/{name}" for name in NAMES[:3])
IMAGES = tuple(f"https://herald.example/{number}.jpg" for number in range(3))
HOURS = (0, 0, 1, 5, 30, 31, 24 * 25, 24 * 60)
LED = "2026-11-24T13:10:00Z leads its group no longer"
CHANGED = "2026-11-24T13:20:00Z text changed (12 became 19)"
REMOVED = Verdict(by="ed@desk.example", at=editions.AT, said="remove", why="an error")
ONE_OF = st.sampled_from

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "title": ONE_OF(("Robots vote", "Courts sit", "")),
    "published": ONE_OF((True, True, True, False, None)),
    "verdict": ONE_OF((None, None, REMOVED)),
    "published_at": ONE_OF([*(editions.AT - timedelta(hours=one) for one in HOURS), None]),
    "heat": ONE_OF((10, 20, None)),
    "trust": ONE_OF((10, 90, None)),
    "group": ONE_OF(TALES),
    "matter": ONE_OF(("", NAMES[0], NAMES[0], NAMES[1])),
    "copy_of": ONE_OF(("", "", *NAMES[:4], f"below/{NAMES[0]}")),
    "background": st.lists(ONE_OF(NAMES), max_size=2).map(tuple),
    "history": ONE_OF(((), (LED,), (CHANGED,), (LED, CHANGED))),
    "language": ONE_OF(("", "en", "de-AT", "de")),
    "credit": ONE_OF(("", "", "Post", "An Agency")),
    "web_url": ONE_OF((*ADDRESSES, "https://post.example/1", "")),
    "provider": ONE_OF((None, *PUBLISHERS)),
    "topics": ONE_OF(((), ("Robots",), ("Law", "Toys"), ("Courts",), ("Unknown",))),
    "images": ONE_OF(((), *((Image(url=url),) for url in IMAGES))),
    "refuses": ONE_OF(((), (), ("image",))),
    "related": st.lists(
        st.builds(
            lambda address, by: Related(
                title="A take", published_at=editions.AT, web_url=address, provider=by
            ),
            ONE_OF((*ADDRESSES, "https://post.example/1", "https://other.example/1")),
            ONE_OF(PUBLISHERS),
        ),
        max_size=2,
    ).map(tuple),
}


def letter() -> Record:
    """Return a newsletter that names stories by their address and by that of our page."""
    told = "".join(
        f"<p><strong>S</strong></p><p><a href='{href}'>\u21aa There</a></p>"
        for href in (*ADDRESSES, *(f"{editions.SITE}/news/{name}/" for name in NAMES))
    )
    fields = {"title": "A letter", "publishedDateTime": editions.AT}
    record = editions.record("_newsletters/one.html", **fields)
    return replace(record, body=f"<html><body>{told}</body></html>")


RECORDS = (letter(), editions.record("_learning/videos/one.md", title="One", topics=["Law"]))
SOURCES = (Source(url="https://herald.example/feed", name="The Herald", official=True),)


@dataclass
class State:
    """All that a site is made of, and what goes wrong with the next build."""

    stories: dict[str, Story] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    at: datetime = editions.AT
    pins: tuple[Ruling, ...] = ()
    shown: dict[str, Thumbnail] = field(default_factory=dict)
    shows: dict[str, Show] = field(default_factory=dict)
    show: Show = "cached"
    beat: Beat = field(default_factory=lambda: replace(editions.beat(), sources=SOURCES))
    reads: dict[str, int] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    lists: tuple[ReadingList, ...] = ()

    def stamps(self) -> Mapping[str, str]:
        """Return what changes with each story and with its file."""
        told = {
            path: repr((story, self.times.get(path), path in self.unread))
            for path, story in self.stories.items()
        }
        return {path: hashlib.sha256(said.encode()).hexdigest() for path, said in told.items()}

    def read(self, path: str) -> Story | None:
        """Return a story, None for one that nobody can read."""
        return None if path in self.unread else self.stories.get(path)


Edit = Callable[[State], object]
PATHS = ONE_OF([f"{folder}/{name}.md" for folder in FOLDERS for name in NAMES])


@st.composite
def written(draw: st.DrawFn) -> Edit:
    """File a story, whatever was there."""
    path = draw(PATHS)
    usual = editions.story(title="A story", published_at=editions.AT, web_url="")
    story = replace(usual, **draw(st.fixed_dictionaries({}, optional=FIELDS)), path=path)
    return lambda state: state.stories.update({path: story})


@st.composite
def edited(draw: st.DrawFn) -> Edit:
    """Change one field of a story that is there."""
    place, name = draw(st.integers(0, 11)), draw(ONE_OF(sorted(FIELDS)))
    value = draw(FIELDS[name])

    def edit(state: State) -> None:
        if paths := sorted(state.stories):
            path = paths[place % len(paths)]
            state.stories[path] = replace(state.stories[path], **{name: value})

    return edit


def gone(place: int) -> Edit:
    """Delete the record of a story."""

    def edit(state: State) -> None:
        if paths := sorted(state.stories):
            del state.stories[paths[place % len(paths)]]

    return edit


def moved(path: str) -> Edit:
    """Move a record to the other folder of its kind."""

    def edit(state: State) -> None:
        if story := state.stories.pop(path, None):
            folder, _, name = path.rpartition("/")
            there = f"{FOLDERS[folder == FOLDERS[0]]}/{name}"
            state.stories[there] = replace(story, path=there)

    return edit


def torn(path: str) -> Edit:
    """Make a record unreadable, or readable again."""
    return lambda state: state.unread.symmetric_difference_update({path})


def touched(path: str) -> Edit:
    """Change the time of a file and nothing in it."""
    return lambda state: state.times.update({path: state.times.get(path, 0) + 1})


def put(name: str, value: object) -> Edit:
    """Set what the whole site has one of."""
    return lambda state: setattr(state, name, value)


def on(**fields: Any) -> Edit:
    """Change the beat."""
    return lambda state: setattr(state, "beat", replace(state.beat, **fields))


THUMBNAILS = (
    editions.thumbnail("one", ("webp", "jpg")),
    editions.thumbnail("two"),
    replace(editions.thumbnail("one", ("webp", "jpg")), colour="#000000"),
    editions.thumbnail("one", ("webp",)),
    editions.thumbnail("lost"),
)
LATER = editions.AT + timedelta(hours=20)
PINS = st.builds(editions.pin, ONE_OF(NAMES), ONE_OF((None, editions.AT + timedelta(hours=1))))
ACTS = (("split", NAMES[1]), ("merge", *NAMES[:2]), ("merge", NAMES[2], "a-tale", NAMES[1]))
MATTERS = st.builds(editions.matter_rule, ONE_OF((*ACTS, ("rename", NAMES[0], "The affair"))))
LISTS = st.lists(
    st.builds(
        ReadingList,
        id=ONE_OF(("best", "index", "latest")),
        title=ONE_OF(("The best", "The worst")),
        stories=st.lists(
            st.builds(ChosenStory, name=ONE_OF(NAMES), words=ONE_OF(("", "Read it."))),
            max_size=3,
            unique_by=lambda listed: listed.name,
        ).map(tuple),
    ),
    max_size=2,
    unique_by=lambda listed: listed.id,
)
HOUSE = Organization(domain="post.example", name="Post", owner="The Herald")
COMMON: st.SearchStrategy[Edit] = st.one_of(
    edited(),
    edited(),
    written(),
    st.integers(0, 11).map(gone),
    PATHS.map(moved),
    PATHS.map(torn),
    PATHS.map(touched),
    st.lists(PINS | MATTERS, max_size=4).map(tuple).map(lambda pins: put("pins", pins)),
    st.dictionaries(ONE_OF(IMAGES), ONE_OF(THUMBNAILS)).map(lambda found: put("shown", found)),
    st.dictionaries(PATHS, ONE_OF(("hotlink", "none")), max_size=2).map(lambda s: put("shows", s)),
    st.dictionaries(ONE_OF(NAMES), st.integers(0, 99), max_size=2).map(lambda r: put("reads", r)),
    LISTS.map(tuple).map(lambda lists: put("lists", lists)),
)
RARE: st.SearchStrategy[Edit] = st.one_of(
    ONE_OF(("UTC", "Asia/Tokyo")).map(lambda zone: on(timezone=zone)),
    ONE_OF(({}, {"post.example": HOUSE})).map(lambda known: on(organizations=known)),
    ONE_OF((editions.beat().topics, editions.beat().topics[:2])).map(lambda t: on(topics=t)),
    ONE_OF(("cached", "none")).map(lambda show: put("show", show)),
    ONE_OF((editions.AT, LATER)).map(lambda at: put("at", at)),
)
MISHAPS = ("", "", "", "", "broken", "no manifest", "no catalogue", "elsewhere", "full", "killed")
ROUNDS = st.lists(
    st.tuples(
        st.lists(st.one_of(COMMON, COMMON, COMMON, RARE), min_size=1, max_size=3), ONE_OF(MISHAPS)
    ),
    min_size=1,
    max_size=5,
)


class Desk:
    """A folder with a site that is built again and again, and one that never was."""

    def __init__(self, here: Path) -> None:
        self.here = here
        self.manifest: BuiltManifest = MemoryManifest()
        self.rest = 0
        self.fresh = 0
        (here / "cached").mkdir()
        (here / "cards").mkdir()
        for one in THUMBNAILS[:-1]:
            for form in one.forms:
                (here / "cached" / form.name).write_bytes(form.name.encode())

    def draw(self, poster: Poster, *, anew: bool) -> PictureFile | None:
        """Draw a card, the same for the same headline; break where the build has to."""
        if self.rest and poster.headline:
            raise PublishError("no more ink", subject="a card")
        name = f"{hashlib.sha256(poster.headline.encode()).hexdigest()[:8]}.png"
        (self.here / "cards" / name).write_bytes(poster.headline.encode())
        return PictureFile(name=name, width=1200, height=630, type="image/png")

    def publish(
        self,
        state: State,
        out: Path,
        manifest: BuiltManifest,
        known: PageIndex | None,
        *,
        full: bool,
    ) -> Published:
        """Build the site of a state."""
        beat = replace(state.beat, rulings=state.pins)
        edition = replace(
            editions.edition((), RECORDS, state.shown, beat, state.at),
            stories=survey(state, beat, known, full=full),
            reads=state.reads,
            lists=state.lists,
        )
        options = PublishOptions(
            full=full,
            pictures_folder=self.here / "cached",
            draw=self.draw,
            cards_folder=self.here / "cards",
            look=Look(
                sizes=IN_PAIRS,
                show=state.show,
                shows=state.shows,
                outputs=OutputOptions(languages=True),
            ),
        )
        return publish(edition, out, manifest, options)

    def kept(self, state: State, mishap: str = "") -> Published:
        """Build the site that there is."""
        if mishap == "no manifest":
            self.manifest = MemoryManifest()
        if mishap == "killed":
            (self.here / "kept" / UNFINISHED).touch()
        if mishap == "no catalogue":
            (self.here / "catalogue").unlink(missing_ok=True)
        with closing(PageIndex(self.here / "catalogue", "kept")) as known:
            out, full = self.here / "kept", mishap == "full"
            return self.publish(state, out, self.manifest, known, full=full)

    def broken(self, state: State) -> None:
        """Begin a build that fails; what lies there is as it was."""
        before = tree(self.here / "kept")
        self.rest = 1
        try:
            self.kept(state)
        except PublishError:
            assert tree(self.here / "kept") == before
        finally:
            self.rest = 0

    def elsewhere(self, state: State) -> None:
        """Build a part of the site into another folder, with the same catalogue."""
        some = replace(state, stories=dict(sorted(state.stories.items())[::2]))
        with closing(PageIndex(self.here / "catalogue", "elsewhere")) as known:
            self.publish(some, self.here / "else", MemoryManifest(), known, full=False)

    def anew(self, state: State) -> tuple[Published, dict[str, bytes]]:
        """Build the site where nothing is."""
        self.fresh += 1
        out = self.here / f"fresh{self.fresh}"
        return self.publish(state, out, MemoryManifest(), None, full=False), tree(out)


def tree(out: Path) -> dict[str, bytes]:
    files = (path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def differing(found: Mapping[str, bytes], expected: Mapping[str, bytes]) -> dict[str, str]:
    """Return what is wrong with each file that is not as expected."""
    both = {path: (found.get(path), expected.get(path)) for path in {*found, *expected}}
    return {
        path: "missing" if was is None else "stranger" if wanted is None else "stale"
        for path, (was, wanted) in sorted(both.items())
        if was != wanted
    }


def agreed(desk: Desk, state: State, mishap: str = "") -> None:
    """Build the site that there is and a new one; they are the same, file by file."""
    done = desk.kept(state, mishap)
    whole, expected = desk.anew(state)

    assert differing(tree(desk.here / "kept"), expected) == {}
    assert (done.stories, done.pages) == (whole.stories, whole.pages)
    assert done.written + done.unchanged == whole.written


@pytest.mark.slow
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(written(), min_size=2, max_size=9), ROUNDS)
def test_after_any_history_the_site_is_the_one_made_of_its_last_state(
    filed: list[Edit], rounds: list[tuple[list[Edit], str]]
) -> None:
    with TemporaryDirectory() as folder:
        desk, state = Desk(Path(folder)), State()
        for edits, mishap in [(filed, ""), *rounds]:
            for edit in edits:
                edit(state)
            if mishap == "broken":
                desk.broken(state)
            if mishap == "elsewhere":
                desk.elsewhere(state)
            agreed(desk, state, mishap)


def told(number: int, **fields: Any) -> Story:
    """Return one of the first five stories, an hour younger than the one before."""
    at = editions.AT - timedelta(hours=9 - number)
    return editions.story(NAMES[number], **{"published_at": at, "web_url": "", **fields})


LONG_AGO = editions.AT - timedelta(days=60)
COPIES = (told(0, copy_of=NAMES[2]), told(1, copy_of=NAMES[3]))
READER = told(4, background=NAMES[:2])
PICTURED = tuple(told(n, images=(Image(url=IMAGES[n]),)) for n in range(2))
CASES = {
    "a part of the search that begins on an older page of the archive": (
        [told(0, published_at=LONG_AGO), told(1), told(2), told(3)],
        [told(0, published_at=LONG_AGO), told(1), told(2, title="Other words"), told(3)],
    ),
    "lists that are cut into fewer files": ([told(0), told(1), told(2)], [told(0), told(1)]),
    "a topic's list that is cut into fewer files": (
        [told(n, topics=("Law",)) for n in range(3)],
        [told(0), *(told(n, topics=("Law",)) for n in range(1, 3))],
    ),
    "pictures of two addresses that are one file": (PICTURED, [told(0), PICTURED[1]]),
    "a copy whose original is named with a folder": (
        [told(0)],
        [told(0), told(1, copy_of=f"below/{NAMES[0]}", provider=PUBLISHERS[1])],
    ),
    "background whose originals come into one group": (
        [*COPIES, told(2, group="g"), told(3), READER],
        [*COPIES, told(2, group="g"), told(3, group="g"), READER],
    ),
    "background whose original is a copy, too": (
        [*COPIES, told(2), told(3), READER],
        [*COPIES, told(2), told(3, copy_of=NAMES[2]), READER],
    ),
    "a story that is in another language now": (
        [told(0, language="de"), told(1, language="en")],
        [told(0, language="en"), told(1, language="en")],
    ),
    "a record without a name": ([told(0)], [told(0), replace(told(1), path="_news/.md")]),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_what_was_once_forgotten(
    before: Sequence[Story], after: Sequence[Story], tmp_path: Path
) -> None:
    desk, state = Desk(tmp_path), State()
    state.shown = dict.fromkeys(IMAGES, THUMBNAILS[0])
    for stories in (before, after):
        state.stories = {story.path: story for story in stories}
        agreed(desk, state)


def test_a_pin_on_a_record_with_a_blank_in_its_name(tmp_path: Path) -> None:
    desk, state = Desk(tmp_path), State(stories={one.path: one for one in [told(3)]})
    agreed(desk, state)

    agreed(desk, replace(state, pins=(editions.pin(NAMES[3]),)))


def test_a_memory_that_was_lost_or_is_older_than_the_catalogue(tmp_path: Path) -> None:
    desk, state = Desk(tmp_path), State(stories={one.path: one for one in [told(0), told(1)]})
    agreed(desk, state)
    earlier = copy.deepcopy(desk.manifest)
    state.stories |= {told(2).path: told(2)}
    agreed(desk, state)

    del state.stories[told(2).path]
    desk.manifest = earlier
    agreed(desk, state)
    agreed(desk, state, "no manifest")


def test_no_piece_is_kept_of_a_story_that_is_gone(tmp_path: Path) -> None:
    desk, state = Desk(tmp_path), State(stories={one.path: one for one in [told(0), told(1)]})
    agreed(desk, state)
    del state.stories[told(0).path]
    agreed(desk, state)

    with closing(PageIndex(tmp_path / "catalogue", "kept")) as known:
        assert known.tables.run("SELECT path FROM paper_pieces") == [(told(1).path,)]
