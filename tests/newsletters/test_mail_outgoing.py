"""What is sent of a filed letter: the letter, a foot, and both as plain text."""

from __future__ import annotations

import quopri
import re
from dataclasses import replace

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from copydesk.errors import MailError
from copydesk.news.letter import CHOICES, UNSUBSCRIBE, Issue, IssueLink, OutgoingIssue
from copydesk.newsletters.composing import MOST_BYTES, FiledMail, make_outgoing, render
from copydesk.rendering import Renderer, list_story_names, load_strings
from world.letters import SITE
from world.mailing import COVERAGE, PICTURE, make_issue, make_story

POSTAL = "Tidewatch\nQuay 3 <west>\n20457 Hamburg"
EVERYDAY = (
    "<html><head><title>Power Apps</title><style>a { color: red }</style></head><body>"
    '<div style="display: none;">Not shown</div><table><tr><td><h1>Every  day</h1></td></tr>'
    '<tr><td><a href="https://a.example/1?b=1&amp;c=2">First &#8618;</a><br>An excerpt &amp; more'
    '</td></tr><tr><td><a href="https://a.example/1"><img src="x.png" alt="A boat"></a></td></tr>'
    '<tr><td><ul><li>One</li><li>Two <a href="javascript:alert(1)">x</a></li></ul></td></tr>'
    "</table><!--[if mso]><p>Outlook</p><![endif]--><p>{can-spam}</p></body></html>"
)


def _file(issue: Issue, language: str = "en") -> FiledMail:
    """Return a letter as it is filed: with all its stories."""
    rendered = render(issue, Renderer(), load_strings(language), most_bytes=10**9)
    return FiledMail(subject=rendered.subject, html=rendered.html, page=issue.page)


def _make(issue: Issue, language: str = "en", **more: object) -> OutgoingIssue:
    filed = replace(_file(issue, language), **more)  # type: ignore[arg-type]
    return make_outgoing(filed, load_strings(language))


def test_the_html_is_the_filed_one_with_a_foot_in_its_last_cell() -> None:
    issue = make_issue(make_story(1, picture=PICTURE, coverage=COVERAGE), note="Good morning.")

    sent = _make(issue, postal_address=POSTAL, counts_views=True)

    filed = _file(issue).html
    start = next(
        at for at, (left, right) in enumerate(zip(filed, sent.html, strict=False)) if left != right
    )
    end = len(filed) - start
    foot = sent.html[start : len(sent.html) - end]
    assert filed == sent.html[:start] + sent.html[len(sent.html) - end :]
    root = lxml.html.document_fromstring(sent.html)
    cell = root.xpath("//td[contains(@class, 'hair')]")[-1]
    small = [paragraph.text_content() for paragraph in cell.iter("p")]
    assert [
        "All issues · Tidewatch",
        load_strings("en").say("colophon"),
        "You receive this newsletter because you subscribed to it.",
        "Unsubscribe · Choose newsletters and topics",
        load_strings("en").say("letter_counted"),
        "Tidewatch, Quay 3 <west>, 20457 Hamburg",
    ] == small
    assert [UNSUBSCRIBE, CHOICES] == re.findall('href="([^"]*)"', foot)
    assert all(
        "small" in paragraph.classes and paragraph.get("style") for paragraph in cell.iter("p")
    )


def test_the_text_is_written_to_be_read() -> None:
    lead = make_story(1, picture=PICTURE, coverage=COVERAGE, note="We asked the *pilots*.")
    issue = make_issue(
        lead, make_story(2, excerpt="", source="", minutes=0), note="Good morning.\n\n- One\n- Two"
    )

    sent = _make(issue, postal_address=POSTAL)

    assert sent.text == (
        "TIDEWATCH\nSaturday, 28 November 2026\n\n"
        "Read this issue in your browser:\nhttps://tidewatch.example/coast/newsletter/tidewatch-2026-11-20/\n\n"
        "[Note from the editors]\nGood morning.\n\n- One\n- Two\n\n"
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
        "story links to the original article.\n\n"
        "You receive this newsletter because you subscribed to it.\n\n"
        "Unsubscribe:\n%unsubscribe%\n\n"
        "Choose newsletters and topics:\n%choices%\n\n"
        "Tidewatch, Quay 3 <west>, 20457 Hamburg\n"
    )


def test_five_hundred_stories_are_cut_to_what_gmail_shows_and_the_rest_is_counted() -> None:
    issue = make_issue(*map(make_story, range(500)))

    sent = _make(issue)

    told = len(list(list_story_names(sent.html)))
    size = len(sent.html.encode()) + len(sent.text.encode())
    assert MOST_BYTES - 6000 < size <= MOST_BYTES - 4000
    more = f"{500 - told} more stories are on the site"
    assert f'href="{issue.page}"' in sent.html.partition(more)[0].rpartition("<a ")[2]
    assert f"{more}:\n{issue.page}\n\n-- \n" in sent.text
    assert told == sent.text.count("/news/2026-11-27-pilot-boats-")
    for tag in ("table", "tr", "td", "div", "p"):
        assert len(re.findall(f"<{tag}[ >]", sent.html)) == sent.html.count(f"</{tag}>"), tag


def test_a_letter_in_another_script_is_cut_by_what_it_weighs_on_its_way() -> None:
    words = "Порт закрыт из-за сильного ветра, который бьёт по берегу с раннего утра"
    issue = make_issue(*(make_story(each, title=words, excerpt=words) for each in range(500)))

    sent = _make(issue)

    weight = len(quopri.encodestring(sent.html.encode()))
    assert MOST_BYTES - 7000 < weight <= MOST_BYTES - 4000
    assert len(sent.html.encode()) + len(sent.text.encode()) < MOST_BYTES - 8000


def test_a_letter_without_stories_has_its_foot() -> None:
    sent = _make(make_issue())

    assert "There is nothing here yet." in sent.text
    why = "You receive this newsletter because you subscribed to it."
    assert f"\n-- \n{why}\n\nUnsubscribe:\n{UNSUBSCRIBE}\n" in sent.text
    assert 1 == sent.html.count(UNSUBSCRIBE)


def test_a_letter_without_marks_is_told_line_by_line_and_has_its_foot_last() -> None:
    filed = FiledMail(subject="A\r\n B", html=EVERYDAY, postal_address=POSTAL)

    sent = make_outgoing(filed, load_strings("en"))

    assert "A B" == sent.subject
    assert sent.text == (
        "EVERY DAY\n\nFirst ↪\nhttps://a.example/1?b=1&c=2\n\nAn excerpt & more\n\n"
        "A boat\nhttps://a.example/1\n\n- One\n- Two x\n\n"
        "-- \nYou receive this newsletter because you subscribed to it.\n\n"
        "Unsubscribe:\n%unsubscribe%\n\n"
        "Choose newsletters and topics:\n%choices%\n\nTidewatch, Quay 3 <west>, 20457 Hamburg\n"
    )
    assert sent.html.endswith(
        "Tidewatch, Quay 3 &lt;west&gt;, 20457 Hamburg</p></td></tr></table></body></html>"
    )
    assert sent.html.startswith(EVERYDAY.partition("{can-spam}")[0])


@pytest.mark.parametrize(
    ("language", "words"),
    [("de-at", "Abbestellen"), ("fr", "Se désabonner"), ("en", "Unsubscribe")],
)
def test_the_foot_speaks_the_sites_language(language: str, words: str) -> None:
    sent = _make(make_issue(make_story(1), language=language), language, counts_views=True)

    assert f">{words}</a>" in sent.html
    assert words in sent.text
    assert load_strings(language).say("letter_counted") in sent.html


def test_no_stranger_is_told_a_readers_way_out() -> None:
    places = f"{UNSUBSCRIBE} {CHOICES} %recipient.email% %Unsubscribe_URL% {{{{ x }}}} {{% y %}}"
    address = f"https://thief.example/?of={UNSUBSCRIBE}&to={CHOICES}"
    story = make_story(
        1, title=places, excerpt=f"{places} &#37;unsubscribe&#37; {{can-spam}}", source=places,
        url=address, page="", note=f"{places} [here]({address})",
        coverage=(IssueLink(name=places, url=address),),
    )  # fmt: skip
    issue = make_issue(story, subject=places, preheader=places, title=places, note=story.note)
    filed = _file(issue)
    raw = filed.html.replace("thief.example/?of=", f"thief.example/{UNSUBSCRIBE}&#37;choices%?of=")

    sent = make_outgoing(replace(filed, subject=places, html=raw), load_strings("en"))

    for part in (sent.html, sent.text):
        assert (1, 1) == (part.count(UNSUBSCRIBE), part.count(CHOICES))
        assert not re.search(r"\{\{|\{%|%recipient\.|%Unsubscribe|\{can-spam\}", part)
    assert not re.search("%(unsubscribe|choices)%", sent.subject)


def test_a_letter_leads_nowhere_new_but_to_the_two_places() -> None:
    issue = make_issue(make_story(1, picture=PICTURE, coverage=COVERAGE), make_story(2))

    sent = _make(issue, postal_address="See https://elsewhere.example/", counts_views=True)

    filed = set(re.findall('(?:href|src)="([^"]*)"', _file(issue).html))
    assert {UNSUBSCRIBE, CHOICES} == set(re.findall('(?:href|src)="([^"]*)"', sent.html)) - filed


def test_every_word_of_the_foot_has_a_colour_for_the_dark() -> None:
    issue = make_issue(*map(make_story, range(300)))
    sent = _make(issue, postal_address=POSTAL, counts_views=True)
    paper = lxml.html.document_fromstring(sent.html).find_class("paper")[0]

    unseen = [
        element.text
        for element in paper.iter(etree.Element)
        if (element.text or "").strip()
        and not {"ink", "soft", "accent"}
        & {name for up in [element, *element.iterancestors()] for name in up.classes}
    ]

    assert 1 == len(unseen)  # what mail programs show beside the subject


@pytest.mark.parametrize("markup", ["", "  \n", "<html><body></body></html>", "<!-- -->"])
def test_an_empty_letter_is_not_sent(markup: str) -> None:
    with pytest.raises(MailError, match="the saved issue has no text"):
        make_outgoing(FiledMail(subject="A", html=markup), load_strings("en"))


_PIECES = (
    "<!--story a-->", "<!--/story-->", "<!--section lead A-->", "<!--/section-->", "<h3>", "<h1>A",
    "<!--note-->", "<!--/note-->", "<p class='small soft'>", '<p class="small soft">', "</p>",
    "<a href='x'>", "words", "</body>", "<td class=aside>", "<!--", "-->", "\x00", "&#0;",
    "\ud800", "<div>" * 600,
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=20), max_size=20))
def test_a_broken_letter_is_sent_with_its_two_places(pieces: list[str]) -> None:
    filed = FiledMail(subject="A", html="words" + "".join(pieces), page=f"{SITE}/letter/")

    for most_bytes in (MOST_BYTES, 10):
        sent = make_outgoing(filed, load_strings("en"), most_bytes=most_bytes)

        assert 1 == sent.text.count(UNSUBSCRIBE)
        assert 1 == sent.html.count(UNSUBSCRIBE)
        assert sent == make_outgoing(filed, load_strings("en"), most_bytes=most_bytes)


def test_no_place_is_made_of_what_is_left_where_something_was_taken_out() -> None:
    forged = "%unsub{can-spam}scribe% %unsub{can-{can-spam}spam}scribe%"
    filed = FiledMail(
        subject="%unsub\u200bscribe% %unsub\0scribe%",
        html=f'<p><a href="https://a.example/?u={forged}">{forged}</a></p>',
        postal_address=forged,
    )

    sent = make_outgoing(filed, load_strings("en"))

    assert (1, 1) == (sent.html.count(UNSUBSCRIBE), sent.text.count(UNSUBSCRIBE))
    assert UNSUBSCRIBE not in sent.subject
