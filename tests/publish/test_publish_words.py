"""The words around the news: languages, a newsroom's own, the direction of writing."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from lxml import html

from copydesk.errors import PublishError
from copydesk.news import Story
from copydesk.news.edition import Edition
from copydesk.publish import PublishOptions, publish
from copydesk.rendering import Renderer, load_strings
from world import editions
from world.manifests import MemoryManifest


def edition(locale: str, *stories: Story) -> Edition:
    beat = editions.beat()
    object.__setattr__(beat, "locale", locale)
    return editions.edition(stories or (editions.story(),), on=beat)


def built(tmp_path: Path, locale: str, *stories: Story, strings: str = "") -> dict[str, str]:
    folder = tmp_path / "_templates"
    if strings:
        folder.mkdir()
        (folder / "strings.toml").write_text(strings, encoding="utf-8")
    out = tmp_path / "out"
    publish(edition(locale, *stories), out, MemoryManifest(), PublishOptions(templates=folder))
    return {str(p.relative_to(out)): p.read_text() for p in out.rglob("*.html")}


def test_no_english_is_left_on_a_german_page(tmp_path: Path) -> None:
    pages = built(tmp_path, "de")

    chrome = re.compile(r"\b(Archive|Sources|Topics|Stories|stories|Read at|Skip|Page|Tuesday, )")
    for path, page in pages.items():
        body = html.document_fromstring(page).find("body")
        assert body is not None
        assert not chrome.findall(body.text_content()), path


def test_a_newsroom_replaces_single_words(tmp_path: Path) -> None:
    own = '[words]\nriver = "Gestern & heute"\n'

    page = built(tmp_path, "de", *river(), strings=own)["index.html"]

    assert "Gestern &amp; heute</h2>" in page
    assert "Alle Meldungen nach Tagen" in page


def river() -> tuple[Story, ...]:
    names = [f"2026-11-{day}-story-{n}" for day in (22, 23) for n in range(15)]
    return tuple(
        editions.story(
            name,
            title=name,
            published_at=datetime.fromisoformat(f"{name[:10]}T08:00:00Z"),
        )
        for name in names
    )


def test_what_fills_a_gap_is_escaped_and_the_word_too(tmp_path: Path) -> None:
    (tmp_path / "t.html").write_text('{{ say("read_at", publisher=who) }}')
    renderer = Renderer(tmp_path)
    renderer.set_strings(load_strings("en", '[words]\nread_at = "<Read> & {publisher}"'))

    assert "&lt;Read&gt; &amp; A &lt;b&gt;" == renderer.render("t.html", who="A <b>")


@pytest.mark.parametrize(
    ("strings", "subject"),
    [
        ("skip = ", "strings.toml"),
        ("words = 3", "strings.toml: words"),
        ("[word]\nskip = 'x'", "strings.toml: word"),
        ("[words]\nskip = 3", "strings.toml: words.skip"),
        ("[words]\nskip = '{title}'", "strings.toml: words.skip"),
        ("[words]\nread_at = '{publisher.x}'", "strings.toml: words.read_at"),
        ("[words]\nread_at = '{0}'", "strings.toml: words.read_at"),
        ("[words]\nread_at = 'at {'", "strings.toml: words.read_at"),
        ("[words.and_more]\n1 = 'one'", "strings.toml: words.and_more"),
        ("[words]\nmore_storys = 'More'", "strings.toml: words.more_storys"),
        ("[dates]\nmonths = ['Jan']", "strings.toml: dates.months"),
        ("[dates]\nmonth = '{moon}'", "strings.toml: dates.month"),
        ("[dates]\nera = 'x'", "strings.toml: dates.era"),
        ("[language]\ndirection = 'down'", "strings.toml: language.direction"),
    ],
)
def test_a_wrong_word_is_named_and_the_site_stays(
    tmp_path: Path, strings: str, subject: str
) -> None:
    with pytest.raises(PublishError) as caught:
        built(tmp_path, "en", strings=strings)

    assert subject == caught.value.subject
    assert not (tmp_path / "out/index.html").exists()


def test_a_misspelled_word_is_refused_with_the_right_one_and_a_themes_own_stays() -> None:
    with pytest.raises(PublishError) as caught:
        load_strings("en", "[words]\nmore_storys = 'More'")

    assert "there is no such word: use more_stories" == caught.value.hint
    own = "[words]\nharbour_bell = 'Ring'\nreaders_subscribe_titel = 'T'"
    assert "Ring" == load_strings("en", own).say("harbour_bell")


def test_a_site_written_from_the_right_says_so_and_turns_what_is_not(tmp_path: Path) -> None:
    stories = (
        editions.story(language="ar"),
        editions.story("2026-11-23-b", title="In English", language="en"),
    )

    page = html.document_fromstring(built(tmp_path, "ar", *stories)["archive/1/index.html"])

    assert ("ar", "rtl") == (page.get("lang"), page.get("dir"))
    links = page.cssselect(".line a")
    assert [("en", "ltr"), (None, None)] == [(a.get("lang"), a.get("dir")) for a in links]


def test_a_site_written_from_the_left_turns_what_is_from_the_right(tmp_path: Path) -> None:
    page = html.document_fromstring(
        built(tmp_path, "en", editions.story(language="he"))["archive/1/index.html"]
    )

    assert page.get("dir") is None
    assert [("he", "rtl")] == [(a.get("lang"), a.get("dir")) for a in page.cssselect(".line a")]
