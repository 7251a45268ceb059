"""Words and addresses of strangers in a letter: told as they are, and nothing of them is run."""

from __future__ import annotations

import re
from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from copydesk.news.letter import IssueLink, IssuePicture, IssueStory
from copydesk.newsletters.composing import MOST_BYTES, RenderedIssue
from copydesk.publish.issues import read_note, read_sections
from copydesk.rendering import list_story_names
from world.hostile import ADDRESSES, NAMES, payloads_of
from world.letters import SITE
from world.mailing import COVERAGE, PICTURE, make_issue, make_story, render_in

TITLES = (
    "Boats\r\nBcc: all@thief.example\r\n\r\n<script>",
    "Boats\0 \x1b[31mred\x07",
    "\u202eetirwer\u202c \u2066isolated\u2069 boats",
    "wind " * 2000,
    "w" * 10_000,
    "風" * 10_000,
    "⛵🌊🧑‍🚒",
    "{{ 7 * 7 }} {% raw %} {# gone #} %unsubscribe% {can-spam}",
    "</title></head><body> --> <!-- <![endif]--> ]]>",
    "\ud800 half a letter",
    "",
)
TOLD_TAGS = {
    "a",
    "bdi",
    "blockquote",
    "em",
    "h1",
    "h2",
    "h3",
    "img",
    "li",
    "ol",
    "p",
    "strong",
    "ul",
}
FRAME_TAGS = {"body", "div", "head", "html", "meta", "span", "style", "table", "tbody", "td", "tr"}


class Seen(HTMLParser):
    """What a reader's program makes of a letter: its tags, attributes, texts, addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for attribute, value in attrs:
            self.attributes.add(attribute)
            if attribute == "href":
                self.links.add(value or "")
            elif attribute in {"src", "srcset", "background", "poster", "data", "action"}:
                self.fetched.add(value or "")

    def handle_data(self, data: str) -> None:
        self.words += data


def make_hostile(number: int) -> IssueStory:
    words = payloads_of(number)
    address = ADDRESSES[number % len(ADDRESSES)]
    return make_story(
        number,
        name=NAMES[number],
        title=" ".join(words[::2]),
        excerpt=" ".join(words[1::2]),
        source=" ".join(words[::3]),
        language='de" onload="alert(1)',
        url=address,
        page="",
        note="\n\n".join(words),
        coverage=tuple(IssueLink(name=word, url=address) for word in words),
        picture=IssuePicture(url=address, width=640, height=360, alt=words[0]),
    )


def render_hostile() -> RenderedIssue:
    stories = [make_hostile(number) for number in range(len(NAMES))]
    words = payloads_of(3)
    return render_in(
        make_issue(
            *stories,
            title=" ".join(words),
            subject=" ".join(words[::2]),
            preheader=" ".join(words[1::2]),
            note="\n\n".join(payloads_of(5)),
            language='en" onload="alert(1)',
        )
    )


def test_nothing_that_strangers_wrote_is_markup() -> None:
    letter = render_hostile()
    seen = Seen(letter.html)

    assert seen.tags <= TOLD_TAGS | FRAME_TAGS | {"title"}
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert not [link for link in seen.links if not link.startswith(("https://", "http://"))]
    assert not [link for link in seen.links if "<" in link or "user:pass" in link]
    assert set() == seen.fetched
    assert letter.bytes <= MOST_BYTES
    assert "alert(1)" in seen.words


@pytest.mark.parametrize("title", TITLES, ids=lambda title: ascii(title)[:30])
def test_a_hostile_title_stays_a_title(title: str) -> None:
    story = make_story(1, title=title, excerpt=title, source=title[:99], note=title)
    issue = make_issue(story, subject=title, preheader=title, title=title[:99], note=title)

    letter = render_in(issue)

    message = EmailMessage()
    message["Subject"] = letter.subject  # which refuses what would begin another header
    assert message["Subject"] == letter.subject
    assert len(letter.subject) <= 150
    assert letter.subject.isprintable() or "\u200d" in letter.subject
    assert "script" not in Seen(letter.html).tags
    for forbidden in ("\0", "\x1b", "\u202e", "\u2066", "\ud800"):
        assert forbidden not in letter.html + letter.text
    assert letter.html.count("<!--/story-->") == 1
    assert letter.bytes <= MOST_BYTES
    assert max(map(len, letter.text.splitlines())) < 998  # RFC 5322 2.1.1


def test_marks_say_any_name_and_end_where_they_should() -> None:
    names = (*NAMES, "2026-11-19-a--b", "2026-11-19-a->b", "2026-11-19-b-", "--><script>", "é--é")

    html = render_in(make_issue(*(make_story(1, name=name) for name in names))).html

    (section,) = read_sections(html)
    assert [item.name for item in section.items] == list(names)
    assert "script" not in Seen(html).tags


def test_a_letter_leads_to_its_stories_and_the_site_and_nowhere_else() -> None:
    story = make_story(
        1, picture=PICTURE, coverage=COVERAGE, page="", note="[Ask](https://a.example/)"
    )
    issue = make_issue(story, make_story(2), note="[Us](https://b.example/)")

    letter = render_in(issue)

    page = make_story(2).page
    links = {story.url, page, *(link.url for link in COVERAGE), "https://a.example/"}
    links |= {issue.page, issue.home, issue.archive, "https://b.example/"}
    seen = Seen(letter.html)
    assert seen.links == links
    assert seen.fetched == {PICTURE.url}
    said = set(re.findall(r"https?://[^\s\"'<>)]+", letter.html))
    assert said - {"http://www.w3.org/1999/xhtml"} == links | {PICTURE.url}
    assert set(re.findall(r"https?://[^\s()]+", letter.text)) == links - {
        link.url for link in COVERAGE
    }
    assert not re.search(r"url\(|@import|@font-face|<link|width=\"1\"", letter.html)


def test_a_picture_of_another_host_or_without_a_size_is_left_out() -> None:
    thief = IssuePicture(url="https://thief.example/1.gif", width=1, height=1)
    sizeless = IssuePicture(url=f"{SITE}/a.jpg", width=0, height=0)

    for picture in (thief, sizeless):
        assert "<img" not in render_in(make_issue(make_story(1, picture=picture))).html


def test_no_words_forge_the_comments_by_which_a_letter_is_read_back() -> None:
    marks = "<!--/story--><!--story rival--><!--note--><p>Buy</p><!--/note--><!--/section-->"
    forged = f"Boom {marks} on the coast"
    first = make_story(1, title=forged, picture=replace(PICTURE, alt=forged), source=forged)
    second = make_story(2)
    page = render_in(make_issue(first, second, subject=forged)).html

    assert [first.name, second.name] == list(list_story_names(page))
    (section,) = read_sections(page)
    assert [first.name, second.name] == [item.name for item in section.items]
    assert forged == section.items[0].title
    assert "" == read_note(page)
