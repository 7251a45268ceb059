"""Extract: labelled pages found in every layout, compared value by value, broken data named."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk import extract
from copydesk.errors import DataError, RecordingError
from copydesk.measure import page_dates, page_layouts, page_texts
from copydesk.measure.labelled import Milliseconds, cpu_milliseconds, pages_per_second, read_set
from extract.given import BODY, SENTENCES, URL
from measure.labelled import (
    LABEL,
    TITLE,
    TRUE,
    days,
    expectation,
    html,
    lines,
    recording,
    texts,
    zipped,
)

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Watched:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int | None]] = []
        self.steps = 0

    def stage(self, name: str, total: int | None = None) -> None:
        self.stages.append((name, total))

    def step(self, count: int = 1) -> None:
        self.steps += count


def report(*paths: Path, below: float | None = None) -> page_texts.ExtractReport:
    return page_texts.extract(paths, NOW, None, Watched(), below)


def told(found: page_texts.ExtractReport) -> tuple[float | None, ...]:
    return found.precision, found.recall, found.f1, found.accuracy


def test_a_text_without_a_fault_is_exact(tmp_path: Path) -> None:
    found = report(texts(tmp_path))

    assert (found.pages, found.texts) == (1, 1)
    assert told(found) == (1.0, 1.0, 1.0, 1.0)
    assert (found.dropped, found.misses) == ((), ())


def test_a_text_is_scored_by_its_4_grams(tmp_path: Path) -> None:
    # the page holds all five sentences, the label the first two of them
    true = " ".join(SENTENCES[:2])
    wanted, given = len(true.split()) - 3, len(TRUE.split()) - 3

    found = report(texts(tmp_path, true))

    assert found.recall == 1.0
    assert found.precision == pytest.approx(wanted / given, abs=0.01)
    assert found.accuracy == 0.0


def test_the_mean_is_over_pages_not_over_words(tmp_path: Path) -> None:
    texts(tmp_path / "right")
    texts(tmp_path / "wrong", "Nothing of this stands there. " * 40)

    found = report(tmp_path)

    assert told(found) == (0.5, 0.5, 0.5, 0.5)
    assert [part.f1 for part in found.sets] == [1.0, 0.0]
    assert [part.name for part in found.sets] == ["right", "wrong"]


def test_marks_of_markdown_are_no_words(tmp_path: Path) -> None:
    item = "A tide of four metres is told for the night of the full moon, and none before."
    said = "We wait for the sea as we have always done, the captain told the islanders."
    body = f"{BODY}<h2>Tide</h2><ul><li>{item}</li></ul><blockquote>{said}"

    found = report(texts(tmp_path, page=html("", body)))

    assert found.recall == 1.0


def test_a_page_without_a_text_is_one_of_which_nothing_was_said(tmp_path: Path) -> None:
    found = report(texts(tmp_path, page="<p>"))

    # as in the benchmark: where nothing was said, nothing said was wrong
    assert (found.pages, found.recall, found.f1, found.accuracy) == (1, 0.0, 0.0, 0.0)


def test_a_page_that_a_round_would_drop_is_scored_and_named(tmp_path: Path) -> None:
    found = report(texts(tmp_path, "Ferry runs aground", page="<p>Ferry runs aground"))

    assert (found.pages, found.f1) == (1, 1.0)
    assert [(dropped.page, dropped.reason) for dropped in found.dropped] == [
        ("0a", "not-an-article")
    ]


@pytest.mark.parametrize(
    ("what", "reason"),
    [("<div>" * 200_000, "failed"), (None, "error")],
    ids=["page over the limits", "bug"],
)
def test_a_page_that_breaks_the_reader_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str | None, reason: str
) -> None:
    if what is None:  # no page is known that does
        monkeypatch.setattr(extract, "read", lambda *_: 1 / 0)

    found = report(texts(tmp_path, page=what or "<p>"))

    assert [dropped.reason for dropped in found.dropped] == [reason]


def test_a_zip_and_a_folder_of_zips_are_read_as_the_folder_is(tmp_path: Path) -> None:
    folder = texts(tmp_path / "set")
    (tmp_path / "zips").mkdir()
    packed = zipped(tmp_path / "zips" / "packed.zip", folder)

    found = [report(place) for place in (folder, packed, packed.parent)]

    assert [scored.f1 for scored in found] == [1.0, 1.0, 1.0]
    assert [scored.sets[0].name for scored in found] == ["set", "packed", "packed"]


def test_expected_markup_and_metadata_are_compared(tmp_path: Path) -> None:
    page = html('<meta name="author" content="Ada Holm">')
    published = "2026-03-08T23:00:00-05:00"

    found = report(
        expectation(
            tmp_path, page=page, title=f" {TITLE}\n", byline="By Ada Holm", publishedTime=published
        )
    )

    assert found.f1 == 1.0
    assert found.titles == page_texts.Agreement(cases=1, exact=1)
    assert (found.authors.cases, found.authors.exact, found.authors.f1) == (1, 1, 1.0)
    assert found.dates == page_dates.Days(pages=1, exact=0, none=1, wrong=0, utc=0, local=0)


def test_what_nobody_says_is_not_compared(tmp_path: Path) -> None:
    found = report(expectation(tmp_path, title=TITLE, byline=None, publishedTime=None))

    assert (found.authors.cases, found.dates.pages, found.images.cases) == (0, 0, 0)
    assert found.authors.f1 is None


def test_words_run_across_inline_elements_and_end_at_blocks(tmp_path: Path) -> None:
    expected = BODY.replace("ferry", "f<b>er</b>ry").replace("harbour", "harbour<script>x</script>")

    assert report(expectation(tmp_path, expected=expected)).accuracy == 1.0


def web(folder: Path, **label: object) -> tuple[Path, Path, Path]:
    short = "https://short.example/1"
    pages = {URL: html(f'<link rel=canonical href="{URL}">'), "https://b.example/": "<p>"}
    return (
        recording(folder / "web.warc.gz", pages, {short: URL}),
        lines(folder / "gold.jsonl", {**LABEL, "url": short, **label}),
        lines(folder / "texts.jsonl", {"id": "7f", "title": TITLE, "url": URL, "text": TRUE}),
    )


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_recording_is_read_with_its_labels_and_texts_in_any_order(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    files = web(tmp_path)

    found = report(*(files[one] for one in order))

    assert told(found) == (1.0, 1.0, 1.0, 1.0)
    assert found.titles.exact == found.addresses.exact == 1
    assert found.authors == page_texts.Authors(
        cases=1, exact=0, f1=0.0, in_page=page_texts.Agreement(cases=0, exact=0)
    )


def test_a_redirect_may_be_relative(tmp_path: Path) -> None:
    recorded, gold, true = web(tmp_path)
    recording(recorded, {URL: html()}, {URL + "/old": "/2026/03/ferry-runs-aground"})
    lines(gold, {**LABEL, "url": URL + "/old"})

    assert report(recorded, gold, true).f1 == 1.0


def test_what_a_site_repeats_is_taken_off_before_the_comparison(tmp_path: Path) -> None:
    promise = "<p>The Harbour Times is made by ninety people who all live beside the sea.</p>"
    names = ("Alma", "Brita", "Clara", "Dagmar", "Edda", "Frida")
    bodies = {
        f"{URL}/{name}": [f"{name} {sentence.lower()}" for sentence in SENTENCES] for name in names
    }
    pages = {
        url: html("", "".join(f"<p>{one}</p>" for one in body) + promise).replace("Ferry", body[0])
        for url, body in bodies.items()
    }
    labels = [{**LABEL, "url": url, "id": url, "canonical": url} for url in pages]
    true = [{"id": url, "text": " ".join(body)} for url, body in bodies.items()]

    found = report(
        recording(tmp_path / "web.warc.gz", pages, {}),
        lines(tmp_path / "gold.jsonl", *labels),
        lines(tmp_path / "texts.jsonl", *true),
    )

    assert found.texts == 6
    assert found.accuracy == 1.0


def test_a_page_without_an_address_is_read_under_the_one_that_it_declares(tmp_path: Path) -> None:
    declared = html(f'<link rel="canonical" href="{URL}">')
    places = expectation(tmp_path / "a", page=declared), expectation(tmp_path / "b")

    found = page_layouts.read_sets(places, NOW, None)

    assert [labelled_set.cases[0].page.url for labelled_set in found] == [
        URL,
        "https://ferry.invalid/page",
    ]


def test_a_recording_without_texts_says_nothing_on_texts(tmp_path: Path) -> None:
    recorded, gold, _ = web(tmp_path)

    found = report(recorded, gold)

    assert (found.pages, found.texts) == (1, 0)
    assert told(found) == (None, None, None, None)


@pytest.mark.parametrize("url", ["https://nowhere.example/", "", "no address"])
def test_a_page_that_was_not_recorded_counts_nowhere(tmp_path: Path, url: str) -> None:
    recorded, gold, true = web(tmp_path)
    lines(gold, LABEL, {**LABEL, "url": url})

    found = report(recorded, gold, true)

    assert (found.pages, found.absent) == (1, (url,))


def test_a_label_that_names_no_picture_of_the_page_is_not_compared(tmp_path: Path) -> None:
    recorded, gold, _ = web(tmp_path)
    card, own = "https://a.example/card.png", "https://a.example/1.jpg"
    lines(
        gold,
        *({**LABEL, "image": card} for _ in range(3)),
        {**LABEL, "image": URL, "image_state": "html"},
        {**LABEL, "image": own, "image_state": "ok"},
        {**LABEL, "image": own},
    )

    assert report(recorded, gold).images == page_texts.Agreement(cases=2, exact=0)


def test_an_index_has_the_pages_of_a_set_read_as_they_were_recorded(tmp_path: Path) -> None:
    folder = texts(tmp_path / "set", page="<p>another page")
    index = lines(tmp_path / "index.jsonl", {"set": "s", "key": "0a", "url": URL})

    alone, indexed = report(folder), report(folder, index, web(tmp_path)[0])

    assert [one.f1 for one in (alone, indexed)] == [0.0, 1.0]
    assert indexed.pages == 1


def test_misses_are_the_longest_runs_too_many_and_missing(tmp_path: Path) -> None:
    true = " ".join([*SENTENCES[:4], "What a label knows and the page does not hold at all."])
    expected = f"<p>{true}</p>"

    found = report(expectation(tmp_path, expected=expected, title="Another title"), below=0.99)

    text, title = found.misses
    assert (title.field, title.ours, title.expected) == ("title", TITLE, "Another title")
    assert (text.field, text.set) == ("text", tmp_path.name)
    assert 0.5 < text.score < 0.99
    assert text.ours == " ".join(SENTENCES[4].rstrip(".").split())
    assert text.expected == "What a label knows and the page does not hold at all"


def test_the_worst_text_is_listed_first(tmp_path: Path) -> None:
    texts(tmp_path / "a", " ".join(SENTENCES[:4]))
    texts(tmp_path / "b", " ".join(SENTENCES[:2]))

    assert [miss.set for miss in report(tmp_path, below=1.0).misses] == ["b", "a"]


def test_texts_over_the_limit_are_no_misses(tmp_path: Path) -> None:
    texts(tmp_path, " ".join(SENTENCES[:4]))

    assert report(tmp_path, below=0.5).misses == ()
    assert len(report(tmp_path, below=1.0).misses) == 1


def test_progress_is_told_set_by_set(tmp_path: Path) -> None:
    watched = Watched()

    page_texts.extract([texts(tmp_path / "one")], NOW, None, watched)

    assert (watched.stages, watched.steps) == ([("one", 1)], 1)


def test_costs_are_the_median_and_the_99th_of_a_hundred(tmp_path: Path) -> None:
    (labelled,) = page_layouts.read_sets([texts(tmp_path)], NOW, None)
    (reading,) = read_set(labelled, Watched())
    readings = [replace(reading, seconds=number / 1000) for number in range(1, 201)]

    assert cpu_milliseconds(readings) == Milliseconds(median=100.0, p99=198.0)
    assert pages_per_second([replace(reading, seconds=0.02)] * 4) == 50.0


def test_the_cost_of_a_page_is_told(tmp_path: Path) -> None:
    found = report(texts(tmp_path))

    assert found.pages_per_second > 0
    assert 0 < found.cpu_ms.median == found.cpu_ms.p99


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("ground-truth.json", b"{", "invalid JSON"),
        ("html/0a.html.gz", None, "a page that the labels name is missing"),
        ("html/0a.html.gz", gzip.compress(b"x" * 50, mtime=0)[:20], "the gzip file is incomplete"),
        ("html/0a.html.gz", b"\x1f\x8b" + b"x" * 50, "invalid gzip"),
        ("ferry/expected-metadata.json", b"[", "invalid JSON"),
        ("ferry/expected-metadata.json", b"[]", "expected a JSON object"),
        (
            "ferry/expected-metadata.json",
            b'{"publishedTime": "soon"}',
            ("invalid date of publishedTime"),
        ),
    ],
)
def test_broken_data_is_one_error_that_names_its_file(
    tmp_path: Path, name: str, data: bytes | None, what: str
) -> None:
    texts(tmp_path)
    expectation(tmp_path)
    if data is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(data)

    with pytest.raises(DataError, match=what) as caught:
        report(tmp_path)

    assert caught.value.subject.startswith(str(tmp_path))


def test_a_broken_line_is_named_by_its_number(tmp_path: Path) -> None:
    recorded, gold, _ = web(tmp_path)
    gold.write_text(gold.read_text("utf-8") + "\n{\n", "utf-8")

    with pytest.raises(DataError, match="the line is not JSON") as caught:
        report(recorded, gold)

    assert caught.value.subject == f"{gold}:3"


def test_a_damaged_zip_is_named(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "set.zip", texts(tmp_path / "set", TRUE * 50))
    data = bytearray(packed.read_bytes())
    at = data.find(b"ground-truth.json") + 40
    data[at : at + 100] = b"\xff" * 100
    packed.write_bytes(data)

    with pytest.raises(DataError, match="not a valid zip") as caught:
        report(packed)

    assert caught.value.subject == str(packed)


def test_a_broken_recording_is_named(tmp_path: Path) -> None:
    recorded, gold, _ = web(tmp_path)
    recorded.write_bytes(recorded.read_bytes()[:-20])

    with pytest.raises(RecordingError) as caught:
        report(recorded, gold)

    assert caught.value.subject == str(recorded)


def test_files_without_any_labelled_page_are_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>A page", "utf-8")

    with pytest.raises(DataError, match="no labelled pages") as caught:
        report(tmp_path)

    assert caught.value.hint


def test_days_alone_give_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="these pages are labelled with dates only"):
        report(days(tmp_path, "2026-03-09"))
