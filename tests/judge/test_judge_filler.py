"""Sentences that stand on many pages, whatever these report on: they make no group and no copy."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from copydesk.judge import clustering, copies, shelves
from copydesk.news import Article, Provider, Shelved, Story
from judge.covered import NOON, Desk, document, name_of, story

CASES = sorted((Path(__file__).parents[1] / "cases" / "judge" / "filler").glob("*.toml"))
HOURS_BETWEEN_EVENTS = 10


def read(path: Path) -> Iterator[tuple[str, str, str, str, int]]:
    """Yield event, name, headline, text and hours of each report: its own words, then filler."""
    case = tomllib.loads(path.read_text("utf-8"))
    names = (f"r{number}" for number in itertools.count())
    for number, event in enumerate(case["event"]):
        for at, (title, text) in enumerate(event["reports"]):
            hours = HOURS_BETWEEN_EVENTS * number + at
            yield f"e{number}", next(names), title, " ".join((text, *case["filler"])), hours


def events(path: Path) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for event, name, *_ in read(path):
        groups.setdefault(event, set()).add(name)
    return set(map(frozenset, groups.values()))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("stories_a_round", [100, 1])
def test_reports_are_grouped_by_what_happened_not_by_filler(
    path: Path, stories_a_round: int
) -> None:
    desk = Desk()
    coming = list(read(path))
    desk.texts = {name: text for _, name, _, text, _ in coming}
    stories = [story(name, title, hours=hours) for _, name, title, _, hours in coming]
    for at in range(0, len(stories), stories_a_round):
        desk.round(*stories[at : at + stories_a_round])
    assert desk.groups() == events(path)
    assert desk.matters() == set()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_short_reports_are_no_copies_for_the_same_filler(
    path: Path, make_article: Callable[..., Article]
) -> None:
    shelf = shelves.MemoryShelf()
    for _, name, title, text, _ in read(path):
        site = Provider(name=name, domain=f"{name}.example")
        article = make_article(name, title=title, text=text, provider=site)
        assert copies.find_original(article, shelf) is None
        shelf.add(Shelved(story=story(name, title), text=text), copies.fingerprint(text))


def test_a_short_report_run_again_with_a_dateline_is_a_copy(
    make_article: Callable[..., Article],
) -> None:
    _, name, title, text, _ = next(read(CASES[0]))
    shelf = shelves.MemoryShelf()
    shelf.add(Shelved(story=story(name, title), text=text), copies.fingerprint(text))
    again = make_article("again", title="Other headline", text=f"TARN, Monday (NW) - {text}")
    copy = copies.find_original(again, shelf)
    assert copy is not None
    assert copy.of == name


LEDE = "Divers found the anchor of the frigate Sturmvogel in the mud of the harbour of Ellum."
OWN = (
    "Its chain lay nearby, and a crane lifted both while a crowd looked on from the quay.",
    "Historians had looked for the wreck since a fisherman caught a bronze nail in his net.",
)


@pytest.mark.parametrize(("texts", "is_one"), [((0, 0), True), ((1, 0), False)])
def test_a_common_sentence_counts_where_a_report_begins_with_it(
    texts: tuple[int, int], is_one: bool
) -> None:
    # the same agency's sentence, at the start of both reports or at their ends
    headlines = ("A find in the mud", "Old iron for the museum")
    stream = clustering.Stream()
    for key, headline, own in zip("ab", headlines, OWN, strict=True):
        parts = (LEDE, own) if is_one else (own, LEDE)
        stream.add(document(key, headline, text=" ".join(parts)))
    assert (stream.groups()["b"] == "a") is is_one


def test_words_of_common_sentences_are_not_named_as_reasons() -> None:
    strike = [row for row in read(CASES[1]) if row[0] == "e1"]
    stream = clustering.Stream()
    first, second = [stream.place(document(row[1], row[2], text=row[3])) for row in strike]
    assert second.group == first.group
    assert second.shared == ("deckhands", "strike", "shifts", "union")


def two_months() -> list[tuple[datetime, Story, str]]:
    """Return reports on two subjects with times and texts, each event with two later ones."""
    rows = []
    for path, again in itertools.product(CASES[:2], range(3)):
        for _, name, title, text, hours in read(path):
            key = f"{path.stem}-{name}-{again}"
            moment = NOON + timedelta(hours=hours, days=17 * again)
            rows.append((moment, story(key, title, published_at=moment), text))
    return sorted(rows, key=lambda row: (row[0], row[1].path))


def file_in_rounds(rows: list[tuple[datetime, Story, str]], days_a_round: int) -> dict[str, Story]:
    desk = Desk()
    desk.texts = {name_of(one): text for _, one, text in rows}
    rounds = itertools.groupby(rows, lambda row: row[0].date().toordinal() // days_a_round)
    for _, coming in rounds:
        desk.round(*(one for _, one, _ in coming))
    return desk.filed


def test_an_import_files_the_same_records_as_rounds_of_some_days() -> None:
    rows = two_months()
    at_once = file_in_rounds(rows, 10_000_000)
    assert any(one.background for one in at_once.values())
    assert any(one.matter for one in at_once.values())
    for days_a_round in (1, 17):
        assert at_once == file_in_rounds(rows, days_a_round)


def test_a_matter_of_years_keeps_its_name_and_a_short_background() -> None:
    _, _, title, text, _ = next(read(CASES[0]))
    desk = Desk()
    stories = [story(f"s{at:03}", title, hours=24 * 20 * at) for at in range(90)]
    desk.texts = {name_of(one): text for one in stories}
    desk.round(*stories)
    assert desk.groups() == set()
    assert desk.matters() == {frozenset(map(name_of, stories))}
    assert {one.matter for one in desk.filed.values()} == {"s000"}
    assert max(len(one.background) for one in desk.filed.values()) == 5


def test_one_headline_on_thousands_of_pages_is_one_group_of_one_size_in_the_index() -> None:
    stream = clustering.Stream()
    sizes = []
    for at in range(4_000):
        stream.add(document(f"p{at}", "The same headline on every page of the web", at / 1000))
        sizes.append(stream.postings)
    stream.settle()
    assert stream.group_count == 1
    assert sizes[-1] == sizes[0]
