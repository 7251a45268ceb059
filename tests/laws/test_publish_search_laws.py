"""Laws of the search index: cut in parts, of changes alone, whatever the days."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.catalogue.page_index import PageIndex
from copydesk.news import Story
from copydesk.news.beat import OutputOptions
from copydesk.publish import Look, PublishOptions, Sizes, publish, survey
from world import editions
from world.manifests import MemoryManifest

START = datetime(2026, 10, 28, 12, tzinfo=UTC)
TIMES = st.none() | st.integers(0, 8).map(lambda days: START + timedelta(days=days))
STORIES = st.dictionaries(
    st.integers(1, 14),
    st.tuples(TIMES, st.sampled_from(("Robots vote", "Robots rest")), st.booleans()),
    max_size=12,
).map(
    lambda found: [
        editions.story(f"s{number}", title=title, published_at=time, published=published)
        for number, (time, title, published) in found.items()
    ]
)


def built(stories: list[Story], out: Path, manifest: MemoryManifest, notes: PageIndex) -> None:
    seen = survey(stories, editions.beat("Europe/Berlin"), notes)
    edition = replace(editions.edition(on=editions.beat("Europe/Berlin")), stories=seen)
    publish(
        edition,
        out,
        manifest,
        PublishOptions(
            look=Look(sizes=Sizes(search=2), outputs=OutputOptions(api_v1=False, api_v2=False))
        ),
    )


def index(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (out / "search").glob("*.json")}


@settings(max_examples=60, deadline=None)
@given(st.lists(STORIES, min_size=2, max_size=4))
def test_an_index_made_of_changes_is_the_index_made_of_all(states: list[list[Story]]) -> None:
    with TemporaryDirectory() as folder:
        kept, fresh = Path(folder) / "kept", Path(folder) / "fresh"
        manifest, notes = MemoryManifest(), PageIndex()
        for state in states:
            built(state, kept, manifest, notes)
        built(states[-1], fresh, MemoryManifest(), PageIndex())

        assert index(kept) == index(fresh)


@settings(max_examples=60, deadline=None)
@given(STORIES)
def test_every_published_story_stands_in_one_part_that_the_list_names(stories: list[Story]) -> None:
    with TemporaryDirectory() as folder:
        built(stories, Path(folder), MemoryManifest(), PageIndex())
        files = index(Path(folder))
        contents = json.loads(files.pop("index.json"))
        parts = {name: json.loads(data)["stories"] for name, data in files.items()}

        named = {
            f"{name}.json": (count, first, last) for name, count, first, last in contents["parts"]
        }
        days = {name: [row[5][:10] for row in rows] for name, rows in parts.items()}
        assert named == {name: (len(one), one[0], one[-1]) for name, one in days.items()}
        assert all(one == sorted(one) for one in days.values())
        told = sorted(row[0] for rows in parts.values() for row in rows)
        assert told == sorted(f"s{s.path[7:-3]}" for s in stories if s.published)
        assert contents["stories"] == len(told)
        newest = [last for _, _, last in named.values()]
        assert newest == sorted(newest, reverse=True)
