"""Laws of newsletters: they stay right while the stories that they name come and go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.catalogue.page_index import PageIndex
from copydesk.news import Record, Story
from copydesk.news.letter import LetterSeries
from copydesk.publish import PublishOptions, issues, publish, survey
from copydesk.publish.issues import LetterText, read_sections
from world import editions
from world.letters import issue, issue_story, mail
from world.manifests import MemoryManifest

START = datetime(2026, 10, 25, 12, tzinfo=UTC)
STORIES = st.lists(
    st.builds(
        lambda number, day, published: editions.story(
            f"2026-11-{number:02}-story",
            published_at=START + timedelta(days=day),
            published=published,
        ),
        st.integers(1, 5),
        st.integers(0, 20),
        st.booleans(),
    ),
    max_size=5,
    unique_by=lambda story: story.path,
)


def letter(day: int) -> Record:
    """Return an issue that names every story there may be."""
    told = "".join(
        f"<p><strong>S{n}</strong></p>"
        f'<p><a href="https://herald.example/2026-11-{n:02}-story">\u21aa The Herald</a></p>'
        for n in range(1, 6)
    )
    fields = {"title": f"Day {day}", "publishedDateTime": START + timedelta(days=day)}
    record = editions.record(f"_newsletters/day-{day}.html", **fields)
    return replace(record, body=f"<html><body>{told}</body></html>")


RECORDS = tuple(map(letter, (0, 3, 10, 18)))


def tree(out: Path) -> dict[str, bytes]:
    files = (path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


@settings(max_examples=40, deadline=None)
@given(st.lists(STORIES, min_size=2, max_size=4))
def test_an_issue_made_of_changes_alone_is_one_made_of_all(states: list[list[Story]]) -> None:
    with TemporaryDirectory() as folder:
        manifest, notes = MemoryManifest(), PageIndex()
        for state in states:
            edition = editions.edition(records=RECORDS)
            edition = replace(edition, stories=survey(state, edition.beat, notes))
            publish(edition, Path(folder) / "kept", manifest, PublishOptions())
        whole = editions.edition(states[-1], records=RECORDS)
        publish(whole, Path(folder) / "fresh", MemoryManifest(), PublishOptions())

        assert tree(Path(folder) / "kept") == tree(Path(folder) / "fresh")


SERIES = (
    LetterSeries(id="daily", title="Daily", stems=("daily", "robots")),
    LetterSeries(id="weekly", title="Weekly", stems=("weekly",)),
)


def our_letter(stem: str, day: int, number: int, shown: str, names: tuple[int, ...]) -> Record:
    """Return an issue of ours that tells these stories, by their names."""
    at = START + timedelta(days=day)
    name = f"{stem}-{at:%Y-%m-%d}{f'-{number}' if number > 1 else ''}"
    told = [issue_story(f"2026-11-{n:02}-story", page=f"{editions.SITE}/x/") for n in names]
    record = editions.record(
        f"_newsletters/{name}.html",
        title=f"{stem} {shown}",
        publishedDateTime=at + timedelta(minutes=number),
        removed=shown == "hidden",
    )
    return replace(record, body=mail(issue(*told)).html)


OURS = st.lists(
    st.builds(
        our_letter,
        st.sampled_from(("daily", "robots", "weekly", "other")),
        st.integers(0, 3),
        st.integers(1, 2),
        st.sampled_from(("first", "edited", "hidden")),
        st.lists(st.integers(1, 5), max_size=2, unique=True).map(tuple),
    ),
    max_size=4,
    unique_by=lambda record: record.path,
).map(tuple)


@settings(max_examples=24, deadline=None)
@given(st.lists(st.tuples(STORIES, OURS), min_size=2, max_size=4))
def test_letters_that_come_change_and_go_leave_what_is_made_of_the_last(
    states: list[tuple[list[Story], tuple[Record, ...]]],
) -> None:
    with TemporaryDirectory() as folder:
        manifest, notes = MemoryManifest(), PageIndex()
        for stories, records in states:
            edition = replace(editions.edition(records=records), letters=SERIES)
            edition = replace(edition, stories=survey(stories, edition.beat, notes))
            publish(edition, Path(folder) / "kept", manifest, PublishOptions())
        whole = replace(editions.edition(*states[-1]), letters=SERIES)
        publish(whole, Path(folder) / "fresh", MemoryManifest(), PublishOptions())

        kept, fresh = tree(Path(folder) / "kept"), tree(Path(folder) / "fresh")
        assert kept.keys() == fresh.keys()
        assert [path for path in fresh if kept[path] != fresh[path]] == []


@given(st.text())
def test_any_text_is_read_as_a_letter(body: str) -> None:
    assert all(section.items for section in issues.read_sections(body))


PIECES = (
    *("<!--story a-->", "<!--story a-->", "<!--/story-->", "<!--/story-->", "<!--story b-->"),
    *("<!--section lead A-->", "<!--/section-->", "<!--section topic A -- B-->", "<!--/section-->"),
    *("<!--note-->", "<!--/note-->", "<tr>", "</tr>", "<table>", "</table>", "<p>", "<title>"),
    *("<strong>Robots may vote</strong>", "Robots may vote", " / ", "<h3>", "</h3>", "</title>"),
    '<a href="https://herald.example/a">\u21aa H</a>',
    *('<a href="https://herald.example/b">\u21aa H</a>', ", ", '<a href="', "<!--", "-->"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.text(max_size=40))
def test_whatever_a_letter_is_a_removed_story_leaves_it_once(body: str, excerpt: str) -> None:
    told = replace(editions.story("a"), web_url="https://herald.example/a")
    letter = LetterText(title="Letter", excerpt=excerpt, body=body)

    after = issues.withdraw(letter, told)

    assert issues.withdraw(after, told) == after
    items = [item for section in read_sections(after.body) for item in section.items]
    assert "a" not in [item.name for item in items]
    if issues.is_marked(body):
        assert issues.is_marked(after.body)
