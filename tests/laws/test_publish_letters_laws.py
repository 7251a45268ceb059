"""Laws of newsletters: they stay right while the stories that they name come and go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.news import Record, Story
from copydesk.publish import MemoryManifest, PageIndex, PublishOptions, newsletters, publish, survey
from world import editions

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


@given(st.text())
def test_any_text_is_read_as_a_letter(body: str) -> None:
    assert all(section.items for section in newsletters.read_sections(body))
