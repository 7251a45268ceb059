"""The reference's own records, where they lie beside the checkout."""

from __future__ import annotations

import tarfile
from datetime import datetime
from pathlib import Path

import pytest

from copydesk.archive import Archive, check, slug
from copydesk.archive.document import parse_record, split_front_matter
from copydesk.archive.letters import FiledLetter, emit_letter
from copydesk.archive.record import emit_story, parse_story, parse_yaml, read_quickly
from copydesk.errors import CopydeskError
from world.shared import SHARED, needs_shared

pytestmark = needs_shared
REFERENCE = SHARED / "reference"


def test_the_seed_record_comes_back_byte_for_byte() -> None:
    data = (REFERENCE / "000_fd0b2e2f67b3afec.txt").read_bytes()
    story = parse_story("_news/seed.md", data)

    assert data == emit_story(story)
    assert (32, -1, False, 2) == (story.quality, story.heat, story.published, len(story.related))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the records of the reference site, without what it generated."""
    root = tmp_path_factory.mktemp("site")
    with tarfile.open(REFERENCE / "powerapps-site.tar.gz") as packed:
        for member in packed:
            parts = Path(member.name).parts
            if any(part.startswith("_") for part in parts[:2]):
                packed.extract(member, root, filter="data")
    return next(path.parent for path in root.rglob("_news"))


@pytest.mark.slow
def test_all_2029_records_of_the_reference_site_are_identical(site: Path) -> None:
    report = check(site)

    assert report.is_clean, report
    assert (2029, 2029) == (report.records, report.identical)
    assert {
        "_news": 674,
        "_newsletters": 650,
        "_learning": 576,
        "_samples": 118,
        "_people": 6,
        "_communities": 5,
    } == report.collections
    assert (77, 77) == (report.data.files, report.data.identical)


@pytest.mark.slow
def test_every_news_record_of_the_reference_site_is_read_without_yaml(site: Path) -> None:
    for file in sorted((site / "_news").glob("*.md")):
        data = file.read_bytes()
        halves = split_front_matter(file.name, data)
        assert read_quickly(file.name, halves) == parse_yaml(file.name, data, halves)


@pytest.mark.slow
def test_the_slug_makes_the_reference_site_s_file_names(site: Path) -> None:
    troubles: list[CopydeskError] = []

    missed = [
        story.path
        for story in Archive(site).stories(troubles.append)
        if Path(story.path).stem[11:] != slug(story.title)
    ]

    # A title of 146 characters of July 2021, before the rule came (SPEC 1.3).
    assert 1 == len(missed)
    assert "2021-07" in missed[0]
    assert [] == troubles


@pytest.mark.slow
def test_what_stands_before_a_letter_is_written_as_in_the_reference_s(site: Path) -> None:
    tried = 0
    for file in sorted((site / "_newsletters").glob("*.html")):
        path, data = f"_newsletters/{file.name}", file.read_bytes()
        fields = parse_record(path, data).fields
        if "secured" in fields:
            continue
        at, topics = fields["publishedDateTime"], fields["topics"]
        assert isinstance(at, datetime)
        assert isinstance(topics, list)
        letter = FiledLetter(
            path=path,
            title=str(fields["title"]),
            excerpt=str(fields["excerpt"]),
            published_at=at,
            address=str(fields["webUrl"]),
            topics=tuple(topics),
        )
        assert data.startswith(emit_letter(letter))
        tried += 1
    assert tried == 574
