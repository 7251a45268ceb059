"""A letter rendered: HTML and plain text, in the site's brand and language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lxml.html
import pytest
from lxml import etree

from copydesk.news.letter import UNSUBSCRIBE
from copydesk.newsletters.composing import MOST_BYTES, render
from copydesk.rendering import Renderer, load_strings
from world.letter_looks import NEEDED
from world.letters import SITE
from world.mailing import COVERAGE, PICTURE, make_issue, make_story, render_in


def test_a_letter_tells_each_story_with_all_that_is_known_of_it() -> None:
    lead = make_story(1, picture=PICTURE, coverage=COVERAGE, note="We asked the *pilots*.")
    issue = make_issue(lead, make_story(2, excerpt="", minutes=0, source=""), note="Good morning.")

    letter = render_in(issue)

    assert letter.subject == "Pilot boats stay in harbour, day 1"
    assert letter.preheader == "What the gale closes"
    assert f'<a href="{lead.page}" style="color: #1c1a17;text-decoration: none;">' in letter.html
    assert '>The Herald</span> · <span dir="auto">3 min</span> · also covered by ' in letter.html
    assert re.search(
        '<a href="https://reuters.example/pilots"[^>]*><span dir="auto">Reuters</span></a>, ',
        letter.html,
    )
    assert "Note from the editors</p><p" in letter.html
    assert ">We asked the <em>pilots</em>.</p>" in letter.html
    assert ">Good morning.</p>" in letter.html
    (picture,) = re.findall("<img [^>]*>", letter.html)
    for attribute in (
        f'src="{PICTURE.url}"',
        'width="560"',
        'height="315"',
        f'alt="{PICTURE.alt}"',
    ):
        assert attribute in picture
    assert letter.bytes == len(letter.html.encode()) + len(letter.text.encode())
    assert letter.text == (
        "TIDEWATCH\nSaturday, 28 November 2026\n\n"
        "Read this issue in your browser:\nhttps://tidewatch.example/coast/newsletter/tidewatch-2026-11-20/\n\n"
        "[Note from the editors]\nGood morning.\n\n"
        "LEAD\n====\n\n"
        "Pilot boats stay in harbour, day 1\n"
        "Both basins are closed, since the wind at the mole is more than boats\ncan stand.\n"
        "The Herald · 3 min · also covered by Reuters, BBC\n"
        "https://tidewatch.example/coast/news/2026-11-27-pilot-boats-1/\n"
        "[Note from the editors]\nWe asked the pilots.\n\n"
        "Pilot boats stay in harbour, day 2\n"
        "https://tidewatch.example/coast/news/2026-11-27-pilot-boats-2/\n\n"
        "-- \nAll issues:\nhttps://tidewatch.example/coast/newsletters/\n\n"
        "Tidewatch:\nhttps://tidewatch.example/coast/\n\n"
        "Headlines and excerpts belong to the publishers named with them. Every\n"
        "story links to the original article.\n"
    )


def test_the_link_to_the_site_is_called_as_the_site() -> None:
    issue = make_issue(make_story(1), title="The Warm Week", site="Coast & Heat")

    letter = render_in(issue)

    assert "\nCoast & Heat:\nhttps://tidewatch.example/coast/\n" in letter.text
    root = lxml.html.document_fromstring(letter.html)
    links = [(link.text_content(), link.get("href")) for link in root.iter("a")]
    assert ("Coast & Heat", issue.home) == links[-1]
    assert ("The Warm Week", issue.home) in links  # the letter's own head


def test_what_stands_between_the_marks_of_a_story_or_section_can_be_taken_out() -> None:
    stories = [make_story(number) for number in range(3)]
    with_all = render_in(make_issue(*stories)).html
    name = stories[1].name

    without = re.sub(f"<!--story {name}-->.*?<!--/story-->", "", with_all, flags=re.DOTALL)

    assert without == render_in(make_issue(stories[0], stories[2])).html
    empty = re.sub("<!--section lead Lead-->.*?<!--/section-->", "", with_all, flags=re.S)
    for tag in ("table", "tr", "td", "div"):
        assert len(re.findall(f"<{tag}[ >]", empty)) == empty.count(f"</{tag}>"), tag


def test_five_hundred_stories_are_cut_to_what_gmail_shows_and_the_rest_is_counted() -> None:
    issue = make_issue(*map(make_story, range(500)))

    letter = render_in(issue)

    told = letter.html.count("<!--/story-->")
    assert 50 <= told < 500
    assert MOST_BYTES - 2000 < letter.bytes <= MOST_BYTES
    more = f"{500 - told} more stories are on the site"
    assert f'href="{issue.page}"' in letter.html.partition(more)[0].rpartition("<a ")[2]
    assert f"{more}:\n{issue.page}" in letter.text
    whole = render(issue, Renderer(), load_strings("en"), most_bytes=10**9)
    assert whole.html.count("<!--/story-->") == 500
    assert "more stories" not in whole.html


def test_a_letter_without_stories_says_so() -> None:
    letter = render_in(make_issue())

    assert "There is nothing here yet." in letter.html
    assert "\n\nThere is nothing here yet.\n\n" in letter.text


def test_what_is_filed_has_no_way_to_unsubscribe() -> None:
    letter = render_in(make_issue(make_story(1)))

    assert "You receive this newsletter" not in letter.html + letter.text
    assert UNSUBSCRIBE not in letter.html + letter.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("de-at", "im Browser lesen"), ("fr", "aussi chez "), ("en", "also covered by ")],
)
def test_a_letter_speaks_the_language_of_its_site(language: str, words: str) -> None:
    letter = render_in(make_issue(make_story(1, coverage=COVERAGE), language=language), language)

    assert words in letter.html
    assert words in letter.text.replace("\n", " ")


def test_a_letter_from_right_to_left_is_mirrored_and_a_story_of_the_other_side_is_not() -> None:
    arabic = make_story(1, language="ar", title="القوارب تبقى في الميناء", note="نعم")
    issue = make_issue(arabic, make_story(2), language="ar")

    html = render_in(issue, "ar").html

    assert '<html lang="ar" dir="rtl"' in html
    assert "direction:ltr" not in html.replace(" ", "")
    assert "border-right: 3px solid" in html
    assert "border-left" not in html
    assert re.findall('<h3 class="([a-z ]*)"(?: lang="en")?( dir="[a-z]*")?', html) == [
        ("first ink", ""),
        ("next ink", ' dir="ltr"'),
    ]
    assert "line-height:24px;text-align:right;" in html
    assert html.count("line-height:24px;text-align:left;") == 1  # the way to the browser


def test_the_brand_is_the_theme_of_the_site(tmp_path: Path) -> None:
    own = tmp_path / "_templates"
    own.mkdir()
    (own / "theme.css").write_text(
        ":root { --accent: #17603c; --ink: oklch(20% 0 0); --headline: var(--sans) }\n"
        ":root { --sans: system-ui, 'Gill <Sans>', \"Trebuchet MS\", Verdana }\n"
        "@media (prefers-color-scheme: dark) { :root { --accent: #7fd0a3 } }\n"
    )
    issue = make_issue(make_story(1, note="Ours"))

    html = render_in(issue, own=own).html

    assert ".accent { color: #7fd0a3 !important; }" in html
    assert "color: #17603c" in html
    assert "color: #1c1a17" in html  # mail programs know no oklch()
    assert "font: bold 28px/33px 'Trebuchet MS', 'Verdana', serif;" in html
    assert SITE in html


def test_every_word_that_is_shown_has_a_colour_for_the_dark() -> None:
    lead = make_story(1, picture=PICTURE, coverage=COVERAGE, note="- *One*\n\nTwo")
    issue = make_issue(lead, make_story(2), note="[Three](https://a.example/)")
    letter = render(issue, Renderer(), load_strings("en"), most_bytes=20_000)
    paper = lxml.html.document_fromstring(letter.html).find_class("paper")[0]

    unseen = [
        element.text
        for element in paper.iter(etree.Element)
        if (element.text or "").strip()
        and not {"ink", "soft", "accent"}
        & {name for up in [element, *element.iterancestors()] for name in up.classes}
    ]

    (hidden,) = unseen
    assert hidden.startswith("What the gale closes")


def test_what_is_outlooks_own_in_a_letter_is_what_the_validator_is_told_of() -> None:
    html = render_in(make_issue(make_story(1, picture=PICTURE, note="Ours"), note="Ours")).html
    shown = re.sub("<!--.*?-->", "", html, flags=re.DOTALL)

    own = set(re.findall(r"\b(?:xmlns:\w+|mso-[a-z-]+)", shown))

    assert own == {name for fault in NEEDED for name in re.findall("“([^”]+)”", fault)}


def test_the_day_is_that_of_the_letters_zone_and_a_week_says_each_storys() -> None:
    late = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    story = make_story(1, published_at=datetime(2026, 11, 24, 16, tzinfo=UTC))
    week = make_issue(story, at=late, since=late - timedelta(days=7), zone="Asia/Tokyo")

    letter = render_in(week)

    assert ">Saturday, 28 November 2026<" in letter.html
    assert "TIDEWATCH\nSaturday, 28 November 2026\n" in letter.text
    assert "The Herald · Wednesday 25 · 3 min" in letter.text
    assert "Wednesday" not in render_in(replace(week, since=late - timedelta(days=1))).text
    assert "Friday, 27 November 2026" in render_in(replace(week, zone="UTC")).text


def test_nothing_of_the_dark_is_shown_by_day() -> None:
    html = render_in(make_issue(make_story(1))).html
    by_day = re.sub(r"@media \(prefers-color-scheme: dark\) \{.*?\n\}", "", html, flags=re.DOTALL)

    dark = [
        line for line in by_day.splitlines() if re.search("#(171614|ece7dd|aca598|3a3731)", line)
    ]

    assert dark
    assert [] == [line for line in dark if not line.startswith("[data-ogs")]


def test_a_letter_has_the_site_s_colour_and_logo() -> None:
    issue = replace(make_issue(make_story(1)), site="")
    bare, made = (
        render(issue, Renderer(), load_strings("en"), accent=accent, logo=logo).html
        for accent, logo in (("", ""), ("#17603c", f"{issue.home.rstrip('/')}/logo.png"))
    )

    (mark,) = re.findall("<h1[^>]*>.*?</h1>", made, re.DOTALL)
    assert re.search(rf'src="[^"]+/logo.png" height="56" alt="{issue.title}"', mark)
    assert f">{issue.title}</a>" in bare
    assert (0, True) == (bare.count("#17603c"), made.count("#17603c") > 2)
    assert "logo" not in bare
    dark = made.partition("prefers-color-scheme: dark")[2]
    assert re.search(r"\.soft a, a\.more { color: #[0-9a-f]{6} !important", dark)


def test_a_letter_with_a_title_of_its_own_keeps_it_below_the_logo() -> None:
    issue = replace(make_issue(make_story(1)), site="Tidewatch", title="The week")
    logo = f"{issue.home.rstrip('/')}/logo.png"
    made = render(issue, Renderer(), load_strings("en"), logo=logo).html
    assert 'alt="Tidewatch"' in made
    assert ">The week</a></h1>" in made
