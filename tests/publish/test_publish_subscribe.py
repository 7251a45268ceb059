"""The form for letters on the site: where it stands, where it leads, and that nothing else may."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from lxml.html import HtmlElement, document_fromstring

from copydesk import building, config
from copydesk.newsletters.issue_filing import file_issue
from copydesk.newsletters.readers import consent
from copydesk.newsroom import Silence, open_newsroom
from world.letters import issue, issue_story
from world.mailing import render_in
from world.newsroom import NOW, newsroom
from world.reader_pages import MAIL, PUBLIC, mail_newsroom

NAME = "weekly-2026-11-20"
WITH_FORM = ("index.html", "newsletters/index.html", f"newsletter/{NAME}/index.html")
WITHOUT = ("search/index.html", "about/index.html", "404.html", "archive/index.html")


def build(root: Path) -> Path:
    """Build the site of a newsroom with one issue."""
    with open_newsroom(root, NOW, {}) as opened:
        made = issue(issue_story("wall"), name=NAME)
        file_issue(opened, made, render_in(made))
        building.build(opened, Silence())
        return opened.site


def policy_of(page: str) -> str:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def test_pages_of_letters_and_the_front_page_have_a_form_that_leads_to_the_server(
    tmp_path: Path,
) -> None:
    site = build(mail_newsroom(tmp_path / "beat"))

    for path in WITH_FORM:
        page = (site / path).read_text("utf-8")
        assert f'<form method="post" action="{PUBLIC}/mail/subscribe">' in page
        assert policy_of(page).endswith("form-action https://letters.tidewatch.example")
        assert "The Week &amp; its &lt;tides&gt;" in page
    for path in WITHOUT:
        page = (site / path).read_text("utf-8")
        assert "mail/subscribe" not in page
        assert re.search(r"form-action ('none'|'self')$", policy_of(page))


def test_the_letter_of_a_page_is_chosen_and_elsewhere_the_first(tmp_path: Path) -> None:
    site = build(mail_newsroom(tmp_path / "beat"))

    chosen = {
        path: re.findall(r'value="(\w+)" checked', (site / path).read_text("utf-8"))
        for path in WITH_FORM
    }
    assert {WITH_FORM[0]: ["daily"], WITH_FORM[1]: ["daily"], WITH_FORM[2]: ["weekly"]} == chosen


def one_letter(root: Path, *lines: str, more: str = "") -> Path:
    """Make a newsroom that has one letter, with these settings."""
    text = more + MAIL.format(public_url=PUBLIC).partition("[[letter]]")[0]
    letter = '[[letter]]\nid = "weekly"\ntitle = "The Week & its <tides>"\n'
    return newsroom(root, more=text + letter + "\n".join(lines))


def form_of(site: Path, path: str = "index.html") -> HtmlElement:
    (form,) = document_fromstring((site / path).read_text("utf-8")).cssselect(".subscribe")
    return form


@pytest.mark.parametrize(
    ("locale", "lines", "rhythm"),
    [
        ("en", (), "daily"),
        ("en", ('days = ["friday"]',), "weekly on Fridays"),
        ("en", ('days = ["thursday", "monday"]',), "on Mondays and on Thursdays"),
        (
            "de",
            ('days = ["friday", "thursday", "wednesday", "tuesday", "monday"]',),
            "montags bis freitags",
        ),
        ("fr", ("when_new = 5",), "dès qu’il y a du nouveau"),
    ],
)
def test_where_there_is_one_letter_the_form_says_which_and_how_often(
    tmp_path: Path, locale: str, lines: tuple[str, ...], rhythm: str
) -> None:
    form = form_of(build(one_letter(tmp_path / "beat", *lines, more=f'locale = "{locale}"\n')))

    assert "The Week & its <tides>" in form.cssselect("h2")[0].text_content()
    assert [rhythm] == [element.text_content() for element in form.cssselect(".rhythm")]
    assert ["weekly"] == [hidden.get("value") for hidden in form.cssselect("[name=letter]")]


def test_where_there_are_several_each_says_how_often(tmp_path: Path) -> None:
    form = form_of(build(mail_newsroom(tmp_path / "beat")))

    assert "Subscribe by e-mail" == form.cssselect("h2")[0].text_content()
    labels = [label.text_content().strip() for label in form.cssselect(".choice")]
    assert ["The Tide daily", "The Week & its <tides> daily"] == labels


def test_the_words_of_consent_are_those_that_are_kept_as_proof(tmp_path: Path) -> None:
    root = mail_newsroom(tmp_path / "beat")
    shown = form_of(build(root)).cssselect(".consent")[0].text_content()

    with open_newsroom(root, NOW, {}) as opened:
        assert consent.read_offer(opened).consent == shown


def test_every_page_leads_to_the_form(tmp_path: Path) -> None:
    site = build(mail_newsroom(tmp_path / "beat"))

    for path in (*WITH_FORM, *WITHOUT):
        page = document_fromstring((site / path).read_text("utf-8"))
        (link,) = (
            each for each in page.cssselect(".colophon a") if "by e-mail" in each.text_content()
        )
        address = "#subscribe" if path in WITH_FORM else "/coast/#subscribe"
        assert address == link.get("href"), path
    assert form_of(site).cssselect("#subscribe")


@pytest.mark.parametrize(("locale", "words"), [("en", "subscriber"), ("de", "Mailserver")])
def test_the_page_about_the_site_says_what_is_kept_of_subscribers(
    tmp_path: Path, locale: str, words: str
) -> None:
    root = mail_newsroom(tmp_path / "beat", more=f'locale = "{locale}"\n')

    assert words in (build(root) / "about/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    "more",
    [
        "",
        '[serve]\npublic_url = "https://letters.tidewatch.example"\n',
        '[serve]\npublic_url = "https://letters.tidewatch.example"\n[[letter]]\nid = "daily"\n',
        '[[letter]]\nid = "daily"\n',
    ],
)
def test_where_nobody_can_be_sent_a_letter_no_page_has_a_form(tmp_path: Path, more: str) -> None:
    root = newsroom(tmp_path / "beat", more=more)
    site = build(root)

    assert "#subscribe" not in (site / "about/index.html").read_text("utf-8")
    assert "subscriber" not in (site / "about/index.html").read_text("utf-8")
    assert "" == config.load(root, {}).beat.subscribe_url
    for path in WITH_FORM:
        page = (site / path).read_text("utf-8")
        assert "<form" not in page
        assert policy_of(page).endswith("form-action 'none'")


def test_another_letter_makes_the_pages_anew(tmp_path: Path) -> None:
    root = mail_newsroom(tmp_path / "beat")
    build(root)
    with (root / "beat.toml").open("a", encoding="utf-8") as settings:
        settings.write('[[letter]]\nid = "night"\ntitle = "The Night"\n')
    with open_newsroom(root, NOW, {}) as opened:
        building.build(opened, Silence())
        assert "The Night" in (opened.site / "newsletters/index.html").read_text("utf-8")
