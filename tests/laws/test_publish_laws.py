"""Laws of publishing: any text, any order, any history."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from copydesk.news import Provider, Story
from copydesk.publish import MemoryManifest, PublishOptions, publish
from copydesk.publish.api import _json
from world import editions

TEXT = st.text(max_size=40)
# fractions as the API holds them: the two encoders spell 1e16 and 1e-05 differently
FRACTIONS = st.integers(0, 10**9).map(lambda n: n / 1000)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FRACTIONS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
STORIES = st.lists(
    st.builds(
        lambda number, title, excerpt, heat, published: editions.story(
            f"2026-11-{number:02}-story",
            title=title,
            excerpt=excerpt,
            heat=heat,
            published=published,
            provider=Provider(name=title, domain=excerpt),
            topics=("Robots", title),
        ),
        st.integers(1, 12),
        TEXT,
        TEXT,
        st.none() | st.integers(),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda story: story.path,
)


def built(stories: list[Story], out: Path, manifest: MemoryManifest | None = None) -> None:
    kept = MemoryManifest() if manifest is None else manifest
    publish(editions.edition(stories), out, kept, PublishOptions())


def tree(out: Path) -> dict[str, bytes]:
    files = (path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


@given(JSON)
def test_the_quick_encoder_writes_what_the_slow_one_does(value: object) -> None:
    compact = json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    assert _json.compact(value) == compact.encode()
    assert _json.pretty(value) == json.dumps(value, indent=2, ensure_ascii=False).encode()


@given(st.lists(JSON, max_size=4), st.none() | st.integers(0, 99))
def test_a_page_joined_from_fragments_is_the_page_written_whole(
    items: list[object], following: int | None
) -> None:
    joined = _json.page({"page": 1}, [_json.fragment(i) for i in items], {"nextPage": following})

    assert joined == _json.pretty({"page": 1, "value": items, "nextPage": following})


@settings(max_examples=25, deadline=None)
@given(STORIES, STORIES)
def test_what_lies_there_does_not_depend_on_what_lay_there(
    before: list[Story], after: list[Story]
) -> None:
    with TemporaryDirectory() as folder:
        manifest = MemoryManifest()
        built(before, Path(folder) / "kept", manifest)
        built(after, Path(folder) / "kept", manifest)
        built(after[::-1], Path(folder) / "fresh")

        assert tree(Path(folder) / "kept") == tree(Path(folder) / "fresh")


@settings(max_examples=25, deadline=None)
@given(STORIES)
def test_every_file_is_well_formed_whatever_the_texts(stories: list[Story]) -> None:
    with TemporaryDirectory() as folder:
        built(stories, Path(folder))
        for path, data in tree(Path(folder)).items():
            if path.endswith(".xml"):
                etree.fromstring(data)
            elif path.endswith(".json"):
                json.loads(data)
            elif path.endswith(".html"):
                scripts = html.document_fromstring(data.decode()).iter("script")
                assert {found.get("type") for found in scripts} <= {"application/ld+json"}
