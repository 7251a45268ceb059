"""What a file of a site is, by its name."""

from __future__ import annotations

import pytest

from copydesk.kit.files import media_type


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("NEWS/INDEX.HTML", "text/html; charset=utf-8"),
        ("topics/ai/feed.xml", "application/atom+xml; charset=utf-8"),
        ("feed.json", "application/feed+json; charset=utf-8"),
        ("api/news/1.json", "application/json; charset=utf-8"),
        ("pictures/a.avif", "image/avif"),
        ("assets/report.pdf", "application/pdf"),
        ("a.html/CNAME", "application/octet-stream"),
        ("strange.", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_name_says(path: str, expected: str) -> None:
    assert expected == media_type(path)
