"""What the catalogue sums up over all that is filed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from copydesk.catalogue import (
    Catalogue,
    CatalogueEntry,
    DecidedStory,
    PublisherCount,
    StoryFilter,
    TopicCount,
)
from copydesk.news import Provider, Reason, Standing, Story, Verdict

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(name: str, standing: Standing, **fields: object) -> CatalogueEntry:
    about: dict[str, object] = {"title": name, "published_at": NOON, **fields}
    story = Story(path=f"_news/2026-11-20-{name}.md", **about)  # type: ignore[arg-type]
    points = 55 if story.verdict else None
    return CatalogueEntry(story=story, signature=1, standing=standing, gate_points=points)


def catalogue(*entries: CatalogueEntry) -> Catalogue:
    filled = Catalogue()
    filled.update(entries)
    return filled


def test_stories_are_counted_by_quarter_hour_and_standing() -> None:
    filed = catalogue(
        entry("a", Standing.PUBLISHED, published_at=NOON + HOUR / 5),
        entry("b", Standing.PUBLISHED),
        entry("c", Standing.HELD, published_at=NOON + HOUR / 3),
        entry("old", Standing.HELD, published_at=NOON - HOUR),
        entry("timeless", Standing.HELD, published_at=None),
    )
    noon = int(NOON.timestamp())

    assert {
        (noon, Standing.PUBLISHED): 2,
        (noon + 900, Standing.HELD): 1,
    } == filed.count_by_time(NOON)


def test_stories_are_counted_by_publisher_and_standing() -> None:
    gull = Provider(name="The Gull", domain="gull.example")
    filed = catalogue(
        entry("a", Standing.PUBLISHED, provider=gull),
        entry("b", Standing.COPY, provider=gull),
        entry("c", Standing.COPY, provider=gull),
        entry("nobody", Standing.HELD),
        entry("old", Standing.COPY, provider=gull, published_at=NOON - HOUR),
    )

    assert [
        PublisherCount(domain="", standing=Standing.HELD, stories=1),
        PublisherCount(domain="gull.example", standing=Standing.COPY, stories=2),
        PublisherCount(domain="gull.example", standing=Standing.PUBLISHED, stories=1),
    ] == filed.count_publishers(NOON)


def test_the_work_of_each_publisher_is_summed_up_without_copies() -> None:
    gull, tern = (Provider(name=name, domain=f"{name}.example") for name in ("gull", "tern"))
    own = (Reason.parse("quality +8: own reporting: told us"),)
    wanted = Verdict(by="A", at=NOON, said="publish", why="")
    filed = catalogue(
        entry("a", Standing.PUBLISHED, provider=gull, group="x", reasons=own, verdict=wanted),
        entry("b", Standing.PUBLISHED, provider=tern, group="x", published_at=NOON + HOUR),
        entry("c", Standing.PUBLISHED, provider=tern, group="y"),
        entry("d", Standing.COPY, provider=tern, copy_of="a", reasons=own),
    )

    assert [
        ("gull.example", 1, 1, 1, 1, 1, 1),
        ("tern.example", 2, 0, 1, 0, 0, 0),
    ] == sorted(filed.count_work())


def test_a_publisher_credits_a_name_once_and_a_copy_credits_nobody() -> None:
    gull = Provider(name="gull", domain="gull.example")
    credited = (Reason.parse("credits: The Tern, Heron"),)
    filed = catalogue(
        entry("a", Standing.PUBLISHED, provider=gull, reasons=credited),
        entry("b", Standing.PUBLISHED, provider=gull, reasons=credited),
        entry("c", Standing.COPY, provider=gull, copy_of="b", reasons=credited),
    )
    by_gull = frozenset({"gull.example"})

    assert {"thetern": by_gull, "heron": by_gull} == filed.count_credits()
    filed.update((), lost=["_news/2026-11-20-a.md", "_news/2026-11-20-b.md"])
    assert {} == filed.count_credits()


def test_stories_of_all_topics_are_counted_as_those_of_each() -> None:
    filed = catalogue(
        entry("a", Standing.PUBLISHED, topics=("Coast", "Tides", "Coast")),
        entry("b", Standing.HELD, topics=("Coast",)),
        entry("old", Standing.COPY, topics=("Coast", "Ebb"), published_at=NOON - HOUR),
        entry("timeless", Standing.PUBLISHED, topics=("Tides",), published_at=None),
        entry("gone", Standing.PUBLISHED, topics=("Sea", "Coast")),
        entry("none", Standing.PUBLISHED),
    )
    filed.update([entry("b", Standing.HELD, topics=("Tides",))], lost=["_news/2026-11-20-gone.md"])

    counts = filed.count_topics(NOON)

    assert {
        "Coast": TopicCount(stories=2, recent=1),
        "Tides": TopicCount(stories=3, recent=2),
        "Ebb": TopicCount(stories=1, recent=0),
    } == counts
    for name, count in counts.items():
        names = frozenset({name})
        assert count.stories == filed.count(StoryFilter(topics=names))
        assert count.recent == filed.count(StoryFilter(topics=names, since=NOON))


def test_what_an_editor_said_is_listed_as_long_as_it_stands() -> None:
    verdict = Verdict(by="Ada", at=NOON + HOUR, said="reject", why="so")
    held = (Reason.parse("held: every story waits for an editor"),)
    waited = entry("a", Standing.REJECTED, verdict=verdict, reasons=held)
    picked = entry("b", Standing.REJECTED, verdict=verdict)
    filed = catalogue(waited, picked, entry("c", Standing.HELD))

    first, second = filed.list_decisions(NOON)
    assert (True, False) == (first.has_waited, second.has_waited)
    assert (
        DecidedStory(
            path=waited.story.path, said="reject", at=NOON + HOUR, points=55, has_waited=True
        )
        == first
    )
    assert [] == filed.list_decisions(NOON + 2 * HOUR)

    filed.update([entry("a", Standing.HELD)], lost=[picked.story.path])
    assert [] == filed.list_decisions(NOON)


def test_stories_are_found_by_day_house_and_week_of_the_word() -> None:
    gull = Provider(name="The Gull", domain="gull.example")
    verdict = Verdict(by="Ada", at=NOON, said="publish", why="so")
    filed = catalogue(
        entry("a", Standing.PUBLISHED, provider=gull, verdict=verdict),
        entry("b", Standing.PUBLISHED, published_at=NOON + HOUR),
    )
    a, b = "_news/2026-11-20-a.md", "_news/2026-11-20-b.md"

    assert [a] == filed.find(StoryFilter(publishers=frozenset({"gull.example"})))
    assert [] == filed.find(StoryFilter(publishers=frozenset()))
    assert [a] == filed.find(StoryFilter(until=NOON + HOUR))
    assert [b] == filed.find(StoryFilter(since=NOON + HOUR, until=NOON + 2 * HOUR))
    assert [a] == filed.find(StoryFilter(decided=(NOON, NOON + HOUR)))
    assert [] == filed.find(StoryFilter(decided=(NOON - HOUR, NOON)))
