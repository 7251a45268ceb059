"""Laws of publishing: any text, any order, any history."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from copydesk.catalogue.page_index import PageIndex
from copydesk.news import Provider, Ruling, Story
from copydesk.news.summary import CitedSentence, Summary, TextReview, Translation, digest_text
from copydesk.placement import addresses
from copydesk.publish import Look, Published, PublishOptions, Sizes, plan_site, publish, survey
from copydesk.publish.api import Shapes, encoding, v2
from world import editions
from world.manifests import MemoryManifest
from world.ninjs_rules import find_faults

TEXT = st.text(max_size=40)
# fractions as the API holds them: the two encoders spell 1e16 and 1e-05 differently
FRACTIONS = st.integers(0, 10**9).map(lambda n: n / 1000)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FRACTIONS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
NAMES = st.integers(1, 12).map(lambda number: f"2026-11-{number:02}-story") | TEXT
AUTHORS = {
    "by": st.sampled_from(["model small", "person Ada", "person"]) | TEXT,
    "at": st.just(editions.AT),
    "review": st.none() | st.builds(TextReview, by=TEXT, at=st.just(editions.AT)),
}
# a text that its digest belongs to is a model's, another one a person's
SUMMARIES = st.builds(
    lambda made, is_whole: replace(made, digest=digest_text(made.text) if is_whole else ""),
    st.builds(
        Summary,
        sentences=st.lists(
            st.builds(CitedSentence, text=TEXT, stories=st.lists(NAMES, max_size=2).map(tuple)),
            max_size=3,
        ).map(tuple),
        language=st.sampled_from(["", "de", "ar"]) | TEXT,
        stale=st.none() | st.booleans(),
        **AUTHORS,
    ),
    st.booleans(),
)
TRANSLATIONS = st.builds(Translation, title=TEXT, original=TEXT, language=TEXT, **AUTHORS)
OTHERS = tuple(editions.related(f"o{number}.example") for number in range(3))
STORIES = st.lists(
    st.builds(
        lambda number, title, excerpt, heat, published, beside, hours: editions.story(
            f"2026-11-{number:02}-story",
            title=title,
            excerpt=excerpt,
            heat=heat,
            published=published,
            provider=Provider(name=title, domain=excerpt),
            topics=("Robots", title),
            published_at=editions.AT - timedelta(hours=20 * hours),
            **beside,
        ),
        st.integers(1, 12),
        TEXT,
        TEXT,
        st.none() | st.integers(),
        st.booleans(),
        st.fixed_dictionaries(
            {},
            optional={
                "group": NAMES,
                "copy_of": NAMES,
                "background": st.lists(NAMES, max_size=4).map(tuple),
                "history": st.just(("2026-11-24T13:10:00Z leads its group no longer",)),
                "trust": st.integers(0, 100),
                "related": st.lists(st.sampled_from(OTHERS), max_size=3).map(tuple),
                "refuses": st.sampled_from([("ai-input",), ("snippet",)]),
                "summary": SUMMARIES,
                "translation": TRANSLATIONS,
            },
        ),
        st.integers(0, 40),
    ),
    max_size=6,
    unique_by=lambda story: story.path,
)


PINS = st.lists(NAMES.map(editions.pin), max_size=5).map(tuple)


def built(
    stories: list[Story],
    out: Path,
    manifest: MemoryManifest | None = None,
    notes: PageIndex | None = None,
) -> Published:
    kept = MemoryManifest() if manifest is None else manifest
    edition = editions.edition(stories)
    if notes is not None:
        edition = replace(edition, stories=survey(stories, editions.beat(), notes))
    return publish(edition, out, kept, PublishOptions(look=Look(sizes=Sizes(archive=2))))


def tree(out: Path) -> dict[str, bytes]:
    files = (path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


@given(JSON)
def test_the_quick_encoder_writes_what_the_slow_one_does(value: object) -> None:
    compact = json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    assert encoding.compact(value) == compact.encode()
    assert encoding.pretty(value) == json.dumps(value, indent=2, ensure_ascii=False).encode()


@given(st.lists(JSON, max_size=4), st.none() | st.integers(0, 99))
def test_a_page_joined_from_fragments_is_the_page_written_whole(
    items: list[object], following: int | None
) -> None:
    fragments = [encoding.fragment(item) for item in items]
    joined = encoding.page({"page": 1}, fragments, {"nextPage": following})

    assert joined == encoding.pretty({"page": 1, "value": items, "nextPage": following})


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


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(STORIES, min_size=2, max_size=4))
def test_what_is_made_of_changes_alone_is_what_is_made_of_all(states: list[list[Story]]) -> None:
    with TemporaryDirectory() as folder:
        manifest, notes = MemoryManifest(), PageIndex()
        for state in states:
            done = built(state, Path(folder) / "kept", manifest, notes)
        whole = built(states[-1], Path(folder) / "fresh")

        assert tree(Path(folder) / "kept") == tree(Path(folder) / "fresh")
        assert (done.pages, done.written + done.unchanged) == (whole.pages, whole.written)


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
                ours = ["/robots/search.js"] if path == "search/index.html" else []
                ours = [] if 'http-equiv="refresh"' in data.decode() else ["/robots/site.js", *ours]
                code = (one for one in scripts if one.get("type") != "application/ld+json")
                assert [one.get("src") for one in code] == ours


@settings(max_examples=100, deadline=None)
@given(STORIES, PINS, st.integers(0, 10**6))
def test_the_front_page_is_the_same_in_any_order_at_any_time(
    stories: list[Story], pins: tuple[Ruling, ...], minutes: int
) -> None:
    beat = replace(editions.beat(), rulings=pins)
    later = editions.AT + timedelta(minutes=minutes)

    now = plan_site(editions.edition(stories, on=beat), Look(show="none"))
    then = plan_site(editions.edition(stories[::-1], on=beat, at=later), Look(show="none"))

    assert now.front == then.front


@settings(max_examples=100, deadline=None)
@given(STORIES, PINS)
def test_the_front_page_tells_every_happening_once_and_leads_nobody_astray(
    stories: list[Story], pins: tuple[Ruling, ...]
) -> None:
    beat = replace(editions.beat(), rulings=pins)
    plan = plan_site(editions.edition(stories, on=beat), Look(show="none"))
    front = plan.front

    told = [plan.groups.event(one) for one in (*front.top, *front.more, *front.latest)]
    assert len(told) == len(set(told))
    assert {plan.groups.event(story) for story in plan.stories} == set(told)
    pages = {addresses.story_folder(story.path) for story in plan.stories}
    assert not pages & plan.groups.redirects().keys()
    assert set(plan.groups.redirects().values()) <= set(plan.stories.entries)
    for story in plan.stories:
        background = plan.groups.background(story)
        assert all(one in plan.stories.entries for one in background)
        assert story.path not in {one.path for one in background}


@given(STORIES, TEXT | TEXT.map(lambda words: f"https://herald.example/{words}"), TEXT)
def test_any_text_and_any_address_give_ninjs_documents_that_keep_the_rules(
    stories: list[Story], address: str, words: str
) -> None:
    beside = editions.related("o1.example", web_url=address, title=words)
    odd = editions.story("odd", web_url=address, note=words, language=words, related=(beside,))
    plan = plan_site(editions.edition([*stories, replace(odd, type=words, category=words)]), Look())

    sheets = [sheet for sheet in v2.page(1, Shapes(plan)) if "/ninjs/" in sheet.path]

    assert sheets
    assert [] == [fault for sheet in sheets for fault in find_faults(json.loads(sheet.data))]
