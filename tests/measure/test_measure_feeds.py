"""Feeds beside what other parsers made of them: pairs found, values compared, nothing hidden."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk import measure
from copydesk.errors import DataError
from world.shared import SHARED, needs_shared

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
FEED = """<rss version="2.0"><channel><title>The Gull</title><item><title>Fish &amp; chips</title>
<link>https://gull.example/fish</link><pubDate>Thu, 19 Nov 2026 10:00:00 GMT</pubDate></item>
</channel></rss>"""
ENTRY = {
    "title": "Fish & chips",
    "link": "https://gull.example/fish",
    "publishedParsed": "2026-11-19T10:00:00Z",
}


def report(*paths: Path) -> measure.FeedsReport:
    return measure.feeds(paths, NOW)


def pair(folder: Path, feed: str = FEED, **changed: object) -> Path:
    (folder / "a.xml").write_text(feed, "utf-8")
    (folder / "a.json").write_text(json.dumps({"items": [{**ENTRY, **changed}]}), "utf-8")
    return folder


def test_an_equal_pair_is_exact(tmp_path: Path) -> None:
    found = report(pair(tmp_path))
    assert (found.files, found.entries, found.empty, found.pairs, found.exact) == (1, 1, 0, 1, 1)
    assert found.values == 3
    assert found.mismatched == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Fish"),
        ("link", "https://gull.example/other"),
        ("publishedParsed", "2026-11-19T10:00:01Z"),
    ],
)
def test_each_value_that_differs_is_shown(tmp_path: Path, field: str, value: str) -> None:
    found = report(pair(tmp_path, **{field: value}))
    assert found.exact == 0
    assert [mismatch.entry for mismatch in found.mismatched] == [0]


def test_a_missing_entry_is_one_mismatch_of_the_number(tmp_path: Path) -> None:
    pair(tmp_path)
    (tmp_path / "a.json").write_text(json.dumps({"entries": [ENTRY, ENTRY]}), "utf-8")
    (mismatch,) = report(tmp_path).mismatched
    assert (mismatch.field, mismatch.ours, mismatch.expected) == ("entries", "1", "2")


def test_a_feed_that_is_no_xml_counts_apart(tmp_path: Path) -> None:
    found = report(pair(tmp_path, FEED.replace("&amp;", "&")))
    assert (found.pairs, found.malformed, found.exact) == (1, 1, 0)
    assert found.mismatched == ()
    assert found.share == 1.0


def test_a_result_far_from_its_feed_is_found_by_the_folders_at_the_end(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as packed:
        packed.writestr("rss/maker+tool/data/parser/a.xml", FEED)
        packed.writestr("data/parser/a.json", json.dumps({"items": [ENTRY]}))
        packed.writestr("data/elsewhere/a.json", json.dumps({"items": []}))
    assert report(tmp_path / "set.zip").exact == 1


def test_json_feeds_have_their_results_beside_them(tmp_path: Path) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "The Gull", "items": []}
    (tmp_path / "b.json").write_text(json.dumps(feed), "utf-8")
    (tmp_path / "b_expected.json").write_text(json.dumps({"feedType": "json"}), "utf-8")
    found = report(tmp_path)
    assert (found.files, found.empty, found.pairs, found.exact) == (1, 1, 1, 1)


def test_what_is_no_feed_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "c.xml").write_text("<html><body>Log in</body></html>", "utf-8")
    found = report(tmp_path)
    assert [trouble.what for trouble in found.refused] == [
        "not a feed: an html page instead of a feed"
    ]
    assert found.errors == ()


@pytest.mark.parametrize("data", [b"PK\x03\x04 no zip", b""])
def test_a_broken_zip_is_one_clear_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "set.zip").write_bytes(data)
    with pytest.raises(DataError):
        report(tmp_path)


def test_a_folder_without_feeds_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="found no feed among the files"):
        report(tmp_path)


@needs_shared
@pytest.mark.parametrize("name", ["gofeed_with_golden.zip", "feed-rs_fixtures.zip"])
def test_real_feeds_agree_with_what_other_parsers_made_of_them(name: str) -> None:
    found = report(SHARED / "data" / "feeds" / name)
    assert found.errors == ()
    assert found.share >= 0.99
