"""File names: the reference's slug, the true UTC day, no two stories in one file."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest

from copydesk.archive import slug, story_path
from copydesk.errors import RecordError

URL = "https://dock.example/crane?utm_source=feed"
DIGITS = hashlib.sha256(b"https://dock.example/crane").hexdigest()
LATE = datetime.fromisoformat("2025-03-04T23:30:00-08:00")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Key ALM updates", "key-alm-updates"),
        ("Café à la carte", "cafe-a-la-carte"),
        ("dev/test/prod", "devtestprod"),
        ("Teams—now", "teamsnow"),
        ("A  –  B -- C", "a-b-c"),
        ("  Cranes' “end” & more.  ", "cranes-end-more"),
        ("- leading", "leading"),
        ("Trailing ✅", "trailing-"),
        ("두 번째", ""),
        ("İstanbul", "istanbul"),
        ("x" * 144 + " yy", "x" * 144),
        ("x" * 145 + " yy", "x" * 145),
        ("x" * 200, "x" * 145),
        ("word " * 28 + "1234 67890", "word-" * 28 + "1234"),
        ("", ""),
    ],
)
def test_a_title_makes_its_slug(title: str, expected: str) -> None:
    assert expected == slug(title)


def test_the_day_is_the_utc_day() -> None:
    assert "_news/2025-03-05-a-crane.md" == story_path("A crane", LATE, URL, lambda _: False)


def test_a_path_that_another_article_owns_gets_six_digits_of_the_address() -> None:
    owned = {"_news/2025-03-05-a-crane.md"}

    path = story_path("A crane", LATE, URL, owned.__contains__)

    assert f"_news/2025-03-05-a-crane-{DIGITS[:6]}.md" == path


def test_six_digits_that_are_taken_too_become_twelve() -> None:
    owned = {"_news/2025-03-05-a-crane.md", f"_news/2025-03-05-a-crane-{DIGITS[:6]}.md"}

    path = story_path("A crane", LATE, URL, owned.__contains__)

    assert f"_news/2025-03-05-a-crane-{DIGITS[:12]}.md" == path


@pytest.mark.parametrize("title", ["두 번째 이야기", "🛟🛟", "", "—"])
def test_a_title_without_latin_letters_is_filed_by_its_address(title: str) -> None:
    path = story_path(title, LATE, URL, lambda _: False)

    assert f"_news/2025-03-05-story-{DIGITS[:6]}.md" == path


@pytest.mark.parametrize("title", ["../../etc/passwd", "a/../b", "..", "C:\\x", "x\0y", "~/.ssh"])
def test_no_title_leads_out_of_the_folder(title: str) -> None:
    path = story_path(title, LATE, URL, lambda _: False)

    assert path.startswith("_news/2025-03-05-")
    assert path.count("/") == 1


def test_a_folder_where_all_is_taken_is_an_error() -> None:
    with pytest.raises(RecordError, match="all file names for the new story are already used"):
        story_path("A crane", LATE, URL, lambda _: True)
