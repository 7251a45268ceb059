"""A story taken out of a letter: out of its mail, and of what the letter says of itself."""

from __future__ import annotations

import html
import re
import tarfile
from dataclasses import replace
from itertools import islice

import pytest

from copydesk.archive.document import parse_record
from copydesk.kit import text
from copydesk.news import Story
from copydesk.news.letter import IssueLink, IssueSection
from copydesk.publish.issues import (
    LetterText,
    is_marked,
    mentions,
    read_note,
    read_sections,
    withdraw,
)
from world import editions
from world.letters import issue, issue_story, mail, names
from world.mailing import render_in
from world.shared import SHARED, needs_shared

FIRST, SECOND, THIRD = "2026-11-19-wall", "2026-11-19-gulls", "2026-11-19-tide"
WALL = "The sea wall is to rise by two metres"


def story(name: str, title: str = "") -> Story:
    plain = editions.story(name)
    return replace(plain, title=title or plain.title)


def letter(**more: object) -> LetterText:
    """Return a letter with two sections, of which one has a single story."""
    told = issue(issue_story(FIRST, WALL), issue_story(SECOND, "Gulls & co"))
    other = IssueSection(title="Notes -- <b>", kind="notes", stories=(issue_story(THIRD),))
    whole = replace(
        told,
        sections=(*told.sections, other),
        preheader=f"{WALL} / Gulls & co",
        note="Good morning",
        **more,  # type: ignore[arg-type]
    )
    return LetterText(
        title="Tidewatch (2026-11-20)", excerpt=whole.preheader, body=mail(whole).html
    )


def test_a_letter_of_ours_is_read_by_its_comments() -> None:
    lead, notes = read_sections(letter().body)

    assert ("Lead", "Notes -- <b>") == (lead.name, notes.name)
    assert [FIRST, SECOND, THIRD] == names([lead, notes])
    item = lead.items[1]
    assert ("Gulls & co", "Beaches are closed.") == (item.title, item.excerpt)
    assert item.href.endswith(f"/news/{SECOND}/")
    assert "The Herald" == item.place
    assert "<p>Good morning</p>" == read_note(letter().body)


@pytest.mark.parametrize("count", [3, 80])  # words of the headline that goes
def test_a_headline_that_was_cut_goes_as_a_whole_one_does(count: int) -> None:
    scandal = " ".join(["Minister Anna Muster resigns over the harbour", *["affair"] * count])
    told = [("a", "Gulls are back on the coast, in their hundreds this time, and on the pier")]
    told += [("b", "The ferry to the islands is cancelled until Thursday, for the third time")]
    stories = [*(issue_story(name, title) for name, title in told), issue_story("c", scandal)]
    whole = issue(*stories)
    joined = " / ".join(text.shorten(one.title, 150) for one in stories)
    told_mail = mail(replace(whole, subject=scandal, preheader=joined))
    assert "Minister Anna" in told_mail.preheader
    before = LetterText(title="T", excerpt=joined, body=told_mail.html)

    after = withdraw(before, story("c", scandal))

    assert "Minister" not in after.body
    assert "Minister" not in after.excerpt


def test_a_story_goes_with_its_headline_and_all_else_stays_to_the_byte() -> None:
    before = letter()

    after = withdraw(before, story(FIRST, "Another headline by now"))

    assert "Gulls & co" == after.excerpt  # which had nothing of the other section
    assert [SECOND, THIRD] == names(read_sections(after.body))
    assert WALL not in after.body
    start, end = (before.body.index(mark) for mark in (f"<!--story {FIRST}", f"<!--story {SECOND}"))
    cut = before.body[:start] + before.body[end:]
    old, new = (html.escape(words) for words in (before.excerpt, after.excerpt))
    assert after.body == cut.replace(old, new).replace(WALL, "Gulls &amp; co")
    assert after == withdraw(after, story(FIRST))


def test_a_section_goes_with_its_last_story_and_the_last_one_leaves_its_comments() -> None:
    before = withdraw(letter(), story(THIRD))
    assert "Notes" not in before.body

    after = withdraw(withdraw(before, story(FIRST)), story(SECOND))

    assert [] == read_sections(after.body)
    assert is_marked(after.body)
    assert ("", "<title>Tidewatch (2026-11-20)</title>") == (
        after.excerpt,
        after.body[after.body.index("<title>") : after.body.index("</head>")],
    )
    assert "Good morning" in after.body


def test_a_story_beside_another_loses_its_link() -> None:
    gone = story("2026-11-19-gone")
    beside = (
        IssueLink(name="Gull Post", url=gone.web_url),
        IssueLink(name="Heron", url="https://h.example"),
    )
    body = mail(issue(issue_story(FIRST, WALL, coverage=beside))).html
    assert mentions(body, gone)

    after = withdraw(LetterText(title="T", excerpt=WALL, body=body), gone)

    assert not mentions(after.body, gone)
    assert "Gull Post" not in after.body
    assert ("Heron" in after.body, WALL) == (True, after.excerpt)


@pytest.mark.parametrize(
    ("excerpt", "expected"),
    [
        ("Good morning", "Good morning"),
        (f"Why {WALL}, and more", f"Gulls & co / Title of {THIRD}"),
        ("Wall of sound", "Wall of sound"),
    ],
)
def test_an_editor_s_words_go_where_they_hold_the_headline(excerpt: str, expected: str) -> None:
    before = replace(letter(subject="Wall of sound"), excerpt=excerpt)
    after = withdraw(before, story(FIRST, "Wall"))
    assert expected == after.excerpt
    assert "<title>Wall of sound</title>" in after.body


def test_liquid_that_was_filed_as_words_stays_words() -> None:
    titles = (WALL, "How {{ page.secret }} leaks", "{{{% raw %}")
    told = issue(*(issue_story(f"n{place}", title) for place, title in enumerate(titles)))
    before = LetterText(
        title="{{ site }}", excerpt="", body=text.guard_liquid(render_in(told).html)
    )

    after = withdraw(before, story("n0", WALL))
    last = withdraw(withdraw(after, story("n1", titles[1])), story("n2", titles[2]))

    for letter_text in (before, after, last):
        assert not re.search(r"\{[{%]", letter_text.body)
    assert "How &#123;{ page.secret }} leaks" in after.body


def test_a_story_that_has_no_headline_fills_no_blank_with_another() -> None:
    bare = "<!--section lead L--><!--story n0--><p> </p><!--/story-->\n<!--story n1--><h2>Two</h2>"
    body = f"<table>\n<tr>\n<td>{bare}<!--/story--><!--/section--></td>\n</tr></table>\n"

    after = withdraw(LetterText(title="T", excerpt="", body=body), story("n0"))

    assert "" == after.excerpt
    assert 1 == after.body.count("Two")


@pytest.mark.timeout(60)  # what looks at a piece again for each of its starts takes hours
@pytest.mark.parametrize(
    "piece",
    ["<!--story ", "<!--", '<a href="">', '<a href="" ', "<title>", "<tr>", 'aria-label="'],
)
def test_a_megabyte_of_what_never_ends_is_looked_through(piece: str) -> None:
    whole = piece * (1_000_000 // len(piece))
    for body in (whole, f"<!--section lead L-->{whole}<!--/section-->"):
        text_of_it = LetterText(title="", excerpt="", body=body)
        assert not withdraw(text_of_it, story(FIRST)).excerpt
        read_note(body)


def test_what_is_not_told_changes_nothing() -> None:
    before = letter()
    assert before is withdraw(before, story("2026-11-19-other", WALL))
    assert not mentions(before.body, story("2026-11-19-other"))


def test_a_mail_of_the_reference_s_form_may_quote_otherwise() -> None:
    gone = story("2026-11-19-gone")
    link = f"<a HREF='{gone.web_url}'>\u21aa H</a>"
    body = f"<table><tr><td><p><strong>S</strong></p>{link}</td></tr></table>"
    assert mentions(body, gone)

    after = withdraw(LetterText(title="", excerpt="", body=body), gone)

    assert "<table></table>" == after.body


def test_comments_that_do_not_close_are_no_stories() -> None:
    body = f"<!--section lead X--><!--story {FIRST}--><p>A</p><!--/note--><!--/section-->"
    assert [] == read_sections(body)
    before = LetterText(title="", excerpt="", body=body)
    assert before is withdraw(before, story(FIRST))


def test_what_is_really_mailed_is_read_and_cut() -> None:
    title, gone = 'The "sea" wall -- & its rise', story("2026-11-19-gone")
    beside = (
        IssueLink(name="Gull Post", url=gone.web_url),
        IssueLink(name="Heron", url="https://h.example/"),
    )
    told = issue(issue_story(FIRST, title), issue_story("a--b", "Gulls & co", coverage=beside))
    told = replace(told, note="Good **morning**", subject=title, preheader=f"{title} / Gulls & co")
    before = LetterText(title="T", excerpt=told.preheader, body=render_in(told).html)
    (section,) = read_sections(before.body)
    assert [(FIRST, title), ("a--b", "Gulls & co")] == [(i.name, i.title) for i in section.items]
    assert {("Beaches are closed.", "The Herald")} == {(i.excerpt, i.place) for i in section.items}
    assert "<strong>morning</strong>" in read_note(before.body)

    after = withdraw(withdraw(before, story(FIRST)), gone)

    assert "Gulls & co" == after.excerpt
    for word in ("wall", "Gull Post", gone.web_url, "1 other"):
        assert word not in after.body
    assert "Heron" in after.body
    last = withdraw(after, story("a--b"))
    assert ([], True, "") == (read_sections(last.body), is_marked(last.body), last.excerpt)
    for tag in ("table", "tr", "td", "div", "p"):
        bare = re.sub(r"<!--.*?-->", "", last.body, flags=re.DOTALL)
        assert len(re.findall(f"<{tag}[ >]", bare)) == bare.count(f"</{tag}>"), tag


@needs_shared
@pytest.mark.slow
def test_each_item_of_the_reference_s_letters_can_be_taken_out() -> None:
    tried = 0
    with tarfile.open(SHARED / "reference" / "powerapps-site.tar.gz") as packed:
        letters = (m for m in packed if "_newsletters/" in m.name and m.name.endswith(".html"))
        for member in islice(letters, 0, None, 25):
            opened = packed.extractfile(member)
            assert opened
            record = parse_record("_newsletters/x.html", opened.read())
            fields = {key: str(value) for key, value in record.fields.items()}
            before = LetterText(title=fields["title"], excerpt=fields["excerpt"], body=record.body)
            sections = read_sections(before.body)
            for section in sections:
                for item in section.items:
                    after = withdraw(before, replace(story("x", item.title), web_url=item.href))
                    left = [
                        (one.name, [told for told in one.items if told != item]) for one in sections
                    ]
                    now = read_sections(after.body)
                    assert [one for one in left if one[1]] == [(one.name, one.items) for one in now]
                    assert item.title not in after.excerpt
                    assert 0 == len(after.body.split("<tr>")) - len(after.body.split("</tr>"))
                    tried += 1
    assert tried > 120
