"""Strings: languages, how dates and numbers are said, the direction of writing."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from copydesk import rendering
from copydesk.rendering import load_strings, text_direction

ROOM = Path(rendering.__file__).with_suffix("")
LANGUAGES = sorted(path.stem for path in Path(ROOM).glob("strings/*.toml"))
GAP = re.compile(r"\{(\w+)\}")


def raw(name: str) -> dict[str, dict[str, object]]:
    path = ROOM / f"strings/{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_language_has_every_word_and_fills_its_gaps(name: str) -> None:
    english, own = raw("en"), raw(name)

    # a language may do without a space before a colon, but not without a sentence
    assert english["words"].keys() - own["words"].keys() <= {"colon"}
    assert not own["words"].keys() - english["words"].keys()
    assert english["dates"].keys() == own["dates"].keys()
    for key, word in own["words"].items():
        assert set(GAP.findall(str(word))) == set(GAP.findall(str(english["words"][key]))), key
    load_strings("en", (ROOM / f"strings/{name}.toml").read_text())


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en-us", "4 March 2026, 05:06 UTC"),
        ("de", "4. März 2026, 05:06 Uhr UTC"),
        ("de-at", "4. März 2026, 05:06 Uhr UTC"),
        ("fr_CA", "4 mars 2026, 05:06 UTC"),
        ("xx", "4 March 2026, 05:06 UTC"),
        ("../de", "4 March 2026, 05:06 UTC"),
    ],
)
def test_a_moment_is_written_as_the_locale_writes_it(locale: str, said: str) -> None:
    at = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)

    assert said == load_strings(locale).format_date("moment", at)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "Wednesday, 4 March 2026"),
        ("de", "Mittwoch, 4. März 2026"),
        ("fr", "mercredi 4 mars 2026"),
    ],
)
def test_a_day_is_written_as_the_locale_writes_it(locale: str, said: str) -> None:
    assert said == load_strings(locale).format_date("day", date(2026, 3, 4))


def test_a_number_chooses_the_form() -> None:
    french = load_strings("fr")

    said = [french.say("count_stories", count=n) for n in (0, 1, 2)]
    assert ["article", "article", "articles"] == said


@pytest.mark.parametrize(
    ("tag", "way"),
    [
        ("ar", "rtl"),
        ("fa-IR", "rtl"),
        ("he", "rtl"),
        ("az-Arab", "rtl"),
        ("en", "ltr"),
        ("", "ltr"),
        ("ur-Latn", "ltr"),
    ],
)
def test_a_language_has_a_direction(tag: str, way: str) -> None:
    assert way == text_direction(tag)
