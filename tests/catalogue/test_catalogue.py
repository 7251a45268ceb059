"""The catalogue: what it takes as values, and what it answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.catalogue import (
    BrokenRecord,
    Catalogue,
    CatalogueEntry,
    StoryFilter,
    TextMarks,
    TopicRank,
)
from copydesk.errors import CatalogueError
from copydesk.news import Provider, Reason, ReasonKind, Ruling, Standing, Story, Verdict

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WALL = "_news/2026-11-20-wall.md"
HELD = frozenset({Standing.HELD})
RULE = Ruling(said="split", stories=("2026-11-20-split",), by="ada", at=NOON, why="another")


def story(name: str, **fields: object) -> Story:
    about: dict[str, object] = {
        "title": name.capitalize(),
        "published_at": NOON,
        "web_url": f"https://gull.example/{name}",
        **fields,
    }
    return Story(path=f"_news/2026-11-20-{name}.md", **about)  # type: ignore[arg-type]


def entry(story: Story, signature: int = 1, **known: object) -> CatalogueEntry:
    about: dict[str, object] = {"standing": Standing.PUBLISHED, **known}
    return CatalogueEntry(story=story, signature=signature, **about)  # type: ignore[arg-type]


def filled(*entries: CatalogueEntry) -> Catalogue:
    catalogue = Catalogue()
    catalogue.update(entries)
    return catalogue


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "private" / "catalogue.sqlite"


def test_a_record_is_found_by_any_of_its_addresses() -> None:
    moved = story("wall", original_url="https://wire.example/wall?utm_source=x")
    catalogue = filled(entry(moved), entry(story("seals")))

    assert catalogue.path_at("https://gull.example/wall?utm_medium=feed#top") == moved.path
    assert catalogue.path_at("https://wire.example/wall") == moved.path
    assert catalogue.path_at("https://gull.example/harbour") is None


def test_of_two_records_with_one_address_the_live_one_answers() -> None:
    old = Story(path="_archive/_news/2020-01-01-a.md", title="A", published_at=None, web_url="x://")
    address = "https://gull.example/both"
    archived = story("z", web_url=address)
    first = Story(
        path="_archive/_news/2026-11-20-a.md", title="A", published_at=NOON, web_url=address
    )

    catalogue = filled(entry(old), entry(first), entry(archived))

    assert catalogue.path_at(address) == archived.path
    assert catalogue.path_at(address, {archived.path}) == first.path
    assert catalogue.path_at(address, {archived.path, first.path}) is None


def test_records_of_a_name_come_in_the_order_in_which_they_are_read() -> None:
    live = story("wall")
    old = Story(path=f"_archive/{live.path}", title="Wall", published_at=NOON)

    catalogue = filled(entry(old), entry(live))

    assert catalogue.find_by_name(["2026-11-20-wall"]) == [live.path, old.path]


def test_a_story_that_a_word_put_on_the_site_or_took_off_is_unsure() -> None:
    off, on = story("off", published=True), story("on", published=False)

    catalogue = filled(entry(off, standing=Standing.REJECTED), entry(on))

    assert catalogue.find_unsure() == [off.path, on.path]


def test_what_is_read_again_takes_the_place_of_what_was_known() -> None:
    catalogue = filled(entry(story("wall", topics=("Coast",), group="g"), 1))

    catalogue.update([entry(story("wall", web_url="https://gull.example/new"), 2)])

    assert catalogue.signatures() == {"_news/2026-11-20-wall.md": 2}
    assert catalogue.path_at("https://gull.example/wall") is None
    assert catalogue.find(StoryFilter(topics=frozenset({"Coast"}))) == []
    assert catalogue.in_groups(["g"]) == []


def test_what_is_lost_is_forgotten_whole() -> None:
    wall = story("wall", topics=("Coast",), excerpt="It blew.")
    catalogue = filled(entry(wall))
    catalogue.put_marks([TextMarks(path=wall.path, site="s", habits="h", fingerprint=(1, 2, 3))])

    catalogue.update(lost=[wall.path])

    assert catalogue.signatures() == {}
    assert catalogue.find(StoryFilter(words="blew")) == []
    assert list(catalogue.near((1, 2, 3), 10)) == []


def test_a_record_that_breaks_is_no_story_until_it_is_mended() -> None:
    wall = story("wall")
    broken = BrokenRecord(path=wall.path, signature=2, what="no title", hint="give it one")
    catalogue = filled(entry(wall, 1))

    catalogue.update(broken=[broken])
    assert (catalogue.list_failures(), catalogue.find(StoryFilter())) == ([broken], [])

    catalogue.update([entry(wall, 3)])
    assert (catalogue.list_failures(), catalogue.find(StoryFilter())) == ([], [wall.path])


def test_stories_between_two_times_both_included() -> None:
    hours = [story(f"h{hour}", published_at=NOON + timedelta(hours=hour)) for hour in range(4)]
    undated = story("undated", published_at=None)
    catalogue = filled(*map(entry, [*reversed(hours), undated]))

    found = catalogue.between(NOON + timedelta(hours=1), NOON + timedelta(hours=2))

    assert found == [hours[1].path, hours[2].path]
    micro = NOON + timedelta(hours=1, microseconds=1)
    assert catalogue.between(micro, NOON + timedelta(hours=2)) == [hours[2].path]


def test_copies_groups_and_names() -> None:
    lead, member = story("lead", group="g"), story("member", group="g")
    copy = story("copy", copy_of="2026-11-20-lead")
    catalogue = filled(*map(entry, (lead, member, copy)))

    assert catalogue.in_groups(["g", "other", ""]) == [lead.path, member.path]
    assert catalogue.copies_of("2026-11-20-lead") == [copy.path]
    assert catalogue.find_by_name(["2026-11-20-copy", "nobody"]) == [copy.path]


def test_stories_that_a_word_or_ruling_moved_are_known() -> None:
    split = story("split", reasons=(Reason.of_rule(ReasonKind.SPLIT_OFF, RULE),))
    said = Verdict(said="reject", by="ada", at=NOON, why="dull")
    member, alone = story("member", group="g", verdict=said), story("alone", verdict=said)

    catalogue = filled(*map(entry, (split, member, alone, story("plain"))))

    assert catalogue.find_grouped_by_hand() == [member.path, split.path]


def test_texts_are_found_by_shared_hashes_until_they_are_too_old() -> None:
    new, old = story("new"), story("old", published_at=NOON - timedelta(days=40))
    catalogue = filled(entry(new), entry(old))
    catalogue.put_marks(
        TextMarks(path=one.path, site="s", habits="h", fingerprint=(5, 2**32 - 1, 7))
        for one in (new, old)
    )

    assert dict(catalogue.near((5, 7, 9), 10)) == {new.path: 2, old.path: 2}
    assert catalogue.marks(NOON - timedelta(days=1)) == {new.path: ("s", "h")}

    catalogue.forget_marks(NOON - timedelta(days=30))
    assert dict(catalogue.near((5, 2**32 - 1), 10)) == {new.path: 2}


def test_a_hash_of_standing_text_is_looked_at_for_the_first_records_alone() -> None:
    names = [story(f"s{number:02}") for number in range(20)]
    catalogue = filled(*map(entry, reversed(names)))
    marks = (TextMarks(path=one.path, site="", habits="", fingerprint=(1,)) for one in names)
    catalogue.put_marks(marks)

    assert [path for path, _ in catalogue.near((1,), 3)] == [one.path for one in names[:3]]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (StoryFilter(), ["seals", "wall", "old"]),
        (StoryFilter(standings=HELD), ["wall"]),
        (StoryFilter(topics=frozenset({"Coast", "Toys"})), ["seals", "wall"]),
        (StoryFilter(source="heron.example"), ["seals"]),
        (StoryFilter(source="https://gull.example/feed"), ["wall"]),
        (StoryFilter(since=NOON), ["seals", "wall"]),
        (StoryFilter(quality=(60, 80)), ["wall"]),
        (StoryFilter(is_gone=True), ["old"]),
        (StoryFilter(is_gone=True, known_gone=frozenset({WALL, "_news/x.md"})), ["wall", "old"]),
        (StoryFilter(words="SEALS"), ["seals"]),
        (StoryFilter(words="metres high"), ["wall"]),
        (StoryFilter(words='"high metres"'), []),
        (StoryFilter(words="erhöhung metr"), ["wall"]),
        (StoryFilter(words="erhohung"), ["wall"]),
        (StoryFilter(words="東京"), ["old"]),
        (StoryFilter(words="京都"), ["old"]),
        (StoryFilter(words="!?"), []),
        (StoryFilter(words='NEAR( "', standings=HELD), []),
        (StoryFilter(topics=frozenset({"Coast"}), words="seals", since=NOON), ["seals"]),
    ],
)
def test_each_part_of_a_filter_counts(wanted: StoryFilter, names: list[str]) -> None:
    catalogue = filled(
        entry(
            story("wall", quality=70, topics=("Coast",), excerpt="Two metres high: Erhöhung."),
            standing=Standing.HELD,
            source="https://gull.example/feed",
        ),
        entry(
            story(
                "seals",
                quality=90,
                topics=("Coast", "Animals"),
                provider=Provider(name="Heron", domain="heron.example"),
                published_at=NOON + timedelta(hours=1),
            )
        ),
        entry(story("old", published_at=NOON - timedelta(days=9)), is_gone=True, text="東京都の朝"),
    )

    assert [path[len("_news/2026-11-20-") : -3] for path in catalogue.find(wanted)] == names
    assert catalogue.count(wanted) == len(names)


def test_a_story_has_its_place_by_quality_among_the_latest_of_a_topic() -> None:
    def scored(name: str, quality: int | None, hours: int, **fields: object) -> Story:
        at = NOON + timedelta(hours=hours)
        return story(name, quality=quality, published_at=at, topics=("Coast",), **fields)

    own = scored("own", 50, -9)
    catalogue = filled(
        entry(own, standing=Standing.BELOW_GATE),
        entry(scored("best", 90, 3)),
        entry(scored("equal", 50, 2)),
        entry(scored("copy", 95, 4, copy_of="2026-11-20-best")),
        entry(scored("unscored", None, 5)),
        entry(scored("older", 99, -20)),
        entry(story("elsewhere", quality=70, topics=("Animals",))),
    )

    assert catalogue.rank(own.path, "Coast", 3) == TopicRank(
        place=2, stories=3, median=50, published=2
    )
    assert catalogue.rank(own.path, "Coast", 100) == TopicRank(
        place=3, stories=4, median=50, published=3
    )
    assert catalogue.rank(own.path, "", 100) == TopicRank(
        place=4, stories=5, median=70, published=4
    )


def test_a_story_alone_without_quality_or_unknown_has_no_place() -> None:
    own, unscored = story("own", quality=50, topics=("Coast",)), story("unscored")
    catalogue = filled(entry(own), entry(unscored))

    assert catalogue.rank(own.path, "Coast", 100) is None
    assert catalogue.rank(unscored.path, "", 100) is None
    assert catalogue.rank("_news/2026-11-20-nobody.md", "", 100) is None


def test_the_points_at_the_gate_are_told_of_stories_since_a_time() -> None:
    late, odd, old = story("late"), story("odd"), story("old", published_at=NOON - timedelta(1))
    catalogue = filled(entry(late, points=10**30), entry(odd), entry(old, points=70))

    assert catalogue.gate_points(NOON) == {late.path: 2**63 - 1, odd.path: None}


def test_records_with_a_verdict_are_found_the_oldest_first() -> None:
    said = Verdict(said="hold", by="ada", at=NOON, why="so")
    late, old = story("late", verdict=said), story("old", verdict=said, published_at=None)
    catalogue = filled(entry(late), entry(story("free")), entry(old))

    assert catalogue.find_verdicts() == [old.path, late.path]


def test_numbers_and_texts_that_sqlite_cannot_hold_are_taken_all_the_same() -> None:
    odd = story("odd", quality=10**30, heat=-(10**30), title="half \ud800", group="g\ud800")

    catalogue = filled(entry(odd, text="\ud800 tail"))

    assert catalogue.find(StoryFilter(words="tail")) == [odd.path]


def test_other_rules_move_stories_without_reading_them_again() -> None:
    catalogue = filled(
        entry(story("wall"), standing=Standing.BELOW_GATE),
        entry(story("seals", published=True)),
    )
    assert catalogue.find_unsure() == ["_news/2026-11-20-wall.md"]

    catalogue.set_standings({"_news/2026-11-20-wall.md": Standing.HELD}, {"rules": "new"})

    assert catalogue.count(StoryFilter(standings=HELD)) == 1
    assert catalogue.note("rules") == "new"


def test_it_is_kept_from_one_process_to_the_next(file: Path) -> None:
    with closing(Catalogue(file)) as catalogue:
        catalogue.update([entry(story("wall"), 7)], notes={"head": "abc"})

    with closing(Catalogue(file)) as again:
        assert again.signatures() == {"_news/2026-11-20-wall.md": 7}
        assert again.note("head") == "abc"


def test_an_update_that_fails_leaves_all_as_it_was(file: Path) -> None:
    def abrupt_end() -> Iterator[CatalogueEntry]:
        yield entry(story("seals"))
        raise KeyboardInterrupt

    with closing(Catalogue(file)) as catalogue:
        catalogue.update([entry(story("wall"))])
        with pytest.raises(KeyboardInterrupt):
            catalogue.update(abrupt_end(), lost=["_news/2026-11-20-wall.md"], notes={"head": "x"})

        assert catalogue.find(StoryFilter()) == ["_news/2026-11-20-wall.md"]
        assert catalogue.note("head") == ""


@pytest.mark.parametrize(
    "data",
    [b"", b"no database at all" * 100, b"SQLite format 3\0" + bytes(range(256)) * 40],
    ids=["empty", "random bytes", "a header and random bytes"],
)
def test_a_file_that_is_no_catalogue_is_made_anew(file: Path, data: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(data)

    with closing(Catalogue(file)) as catalogue:
        assert catalogue.signatures() == {}
        catalogue.update([entry(story("wall"))])


def test_a_half_written_file_is_made_anew(file: Path) -> None:
    with closing(Catalogue(file)) as catalogue:
        catalogue.update(entry(story(f"s{number}", excerpt="word " * 50)) for number in range(200))
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])

    for _ in range(2):  # damage deep in the file is met by the first who reads it there
        try:
            with closing(Catalogue(file)) as catalogue:
                catalogue.signatures()
                catalogue.update([entry(story("wall"))])
        except CatalogueError:
            continue

    with closing(Catalogue(file)) as catalogue:
        assert catalogue.find(StoryFilter()) == ["_news/2026-11-20-wall.md"]


def test_another_versions_tables_are_thrown_away(file: Path) -> None:
    with closing(Catalogue(file)) as catalogue:
        catalogue.update([entry(story("wall"))])
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ALTER TABLE stories DROP COLUMN language")
        connection.execute("CREATE TABLE of_another_version (a)")
        connection.execute("PRAGMA user_version = 99")

    with closing(Catalogue(file)) as again:
        assert again.signatures() == {}
        again.update([entry(story("wall"))])
    with closing(sqlite3.connect(file)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        assert "of_another_version" not in names


def test_two_processes_may_have_it_open(file: Path) -> None:
    with closing(Catalogue(file)) as one, closing(Catalogue(file)) as other:
        one.update([entry(story("wall"))])
        other.update([entry(story("seals"))])

        assert one.find(StoryFilter()) == other.find(StoryFilter())
        assert one.count(StoryFilter()) == 2


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "private").write_text("a file where the folder should be")

    with pytest.raises(CatalogueError, match="the story catalogue could not be opened"):
        Catalogue(tmp_path / "private" / "catalogue.sqlite")


def test_labels_say_what_the_newest_stories_are_about() -> None:
    wall = story("wall", topics=("Coast", "Town"), group="walls", language="en-gb")
    copy = story("copy", published_at=NOON - timedelta(days=1), copy_of="2026-11-20-wall")
    catalogue = filled(entry(wall), entry(copy))

    newest, older = catalogue.list_labels(5)

    assert (newest.path, newest.group, newest.copy_of) == (WALL, "walls", "")
    assert (newest.language, set(newest.topics)) == ("en-gb", {"Coast", "Town"})
    assert newest.identities == ("gull.example/wall",)
    assert (older.copy_of, older.topics) == ("2026-11-20-wall", ())
    assert catalogue.list_labels(1) == [newest]
