"""Texts by a model on the desk: what is shown, what must be opened first, and who decides."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from copydesk.archive import Archive
from copydesk.desk_store import open_desk
from copydesk.news import Story
from world.mail_desk import come_in_outside
from world.model_texts import TEXT, TITLE, put_texts, texts_newsroom
from world.newsroom import run_git
from world.post_desk import SEALS, WALL
from world.served_desk import HOST, Answer, Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom

pytestmark = pytest.mark.slow

PAGE = f"/desk/story/{WALL}/"
OURS = "The sea wall is to rise by two metres. We counted the seals."


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = texts_newsroom(tmp_path_factory.mktemp("texts"), f'[desk]\nhost = "{HOST}"\n')
    with serve_newsroom(root) as served:
        come_in_outside(served, "Anna")
        yield served


@pytest.fixture(scope="module")
def ed(served: ServedNewsroom) -> Browser:
    return come_in_outside(served, "Ed", "editor")


@pytest.fixture(scope="module")
def vera(served: ServedNewsroom) -> Browser:
    return come_in_outside(served, "Vera", "viewer")


@pytest.fixture(autouse=True)
def fresh(served: ServedNewsroom) -> None:
    """Give each test the texts as the model wrote them, without any rule."""
    (served.root / "_data/rulings.yaml").unlink(missing_ok=True)
    put_texts(served.root)
    run_git(served.root, "add", "-A")
    run_git(served.root, "commit", "-qm", "fresh", "--allow-empty")


def read(served: ServedNewsroom) -> Story:
    return Archive(served.root).read(f"_news/{WALL}.md")


def show(browser: Browser, view: str = "") -> str:
    answer = browser.get(f"{PAGE}?view={view}" if view else PAGE)
    assert answer.status == 200, answer.body
    found = re.search(r'<details class="fold texts".*?\n</details>\n<details', answer.body, re.S)
    assert found, answer.body
    return found[0]


def read_form(page: str, field: str, do: str) -> dict[str, str]:
    """Return the hidden fields of one of the page's forms."""
    for form in re.findall(r"<form.*?</form>", page, re.S):
        found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', form))
        if (found.get("field"), found.get("do")) == (field, do):
            return {name: html.unescape(value) for name, value in found.items()}
    raise AssertionError((field, do, page))


def decide(browser: Browser, page: str, field: str, do: str, **more: str) -> Answer:
    return browser.post(f"{PAGE}texts/", read_form(page, field, do) | more)


def open_report(browser: Browser, page: str, name: str) -> Answer:
    [address, *_] = re.findall(rf'href="(/desk/story/[^"]*source/\?of={name}[^"]*)"', page)
    return browser.get(html.unescape(address))


def test_the_fold_shows_texts_sources_costs_and_what_was_left_out(ed: Browser) -> None:
    page = show(ed)

    assert "Summary by a model, checked by rules, not reviewed." in page
    assert "Headline translated by a model, checked by rules, not reviewed." in page
    assert "has a number that does not fit its reports" in page
    assert "a rule of tomorrow" in page
    assert "1 call, 790 tokens, cost 0.0125" in page
    assert "3 calls, 2370 tokens, cost 0.0375" in page
    assert "This is a model’s view. It moves no points." in page
    assert "not_topics = [" in html.unescape(page)


def test_nothing_that_a_model_wrote_is_markup(ed: Browser) -> None:
    page = show(ed)
    opened = open_report(ed, page, SEALS).body

    for hostile in ("<script>alert", "<b>rest", "<i>wall", "900 <b>", "tiny <1>", "<u>news"):
        assert hostile not in page + opened
        assert html.escape(hostile) in page
    assert html.escape("<b>rest</b>") in opened


def test_a_report_opens_with_the_words_that_are_nearest_to_the_summary(ed: Browser) -> None:
    opened = open_report(ed, show(ed), WALL).body

    assert "The sea wall is to rise by two metres." in opened
    assert re.search(r'<mark class="keyword">[^<]*wall[^<]*</mark>', opened)


def test_a_summary_is_approved_only_after_all_its_reports_were_opened(
    served: ServedNewsroom, ed: Browser
) -> None:
    page = show(ed)
    open_report(ed, page, WALL)
    refused = decide(ed, page, "summary", "approve")
    shown = ed.get(refused.headers["location"]).body
    assert f"open the cited reports first: {SEALS}" in html.unescape(shown)
    assert read(served).summary.review is None  # type: ignore[union-attr]

    page = show(ed, read_form(page, "summary", "approve")["view"])
    assert 1 == page.count('class="standing published">opened')
    open_report(ed, page, SEALS)
    assert decide(ed, page, "summary", "approve").status == 303

    summary = read(served).summary
    assert summary is not None
    assert summary.review is not None
    assert ("Ed", (WALL, SEALS), None) == (
        summary.review.by,
        summary.review.opened,
        summary.review.changed,
    )
    assert (TEXT, "model") == (summary.text, summary.author)
    assert "reviewed by Ed." in show(ed)


def test_a_view_serves_no_other_editor_and_no_other_text(
    served: ServedNewsroom, ed: Browser, vera: Browser
) -> None:
    anna = come_in_outside(served, "Anna2")
    page = show(ed)
    for name in (WALL, SEALS):
        open_report(anna, page, name)
        open_report(vera, page, name)
    decide(ed, page, "summary", "approve")
    assert read(served).summary.review is None  # type: ignore[union-attr]

    for name in (WALL, SEALS):
        open_report(ed, page, name)
    changed = decide(ed, page, "summary", "approve", shown=f"{TEXT} And more.")
    assert changed.status == 303
    assert read(served).summary.review.opened == ()  # type: ignore[union-attr]


def test_a_story_that_the_summary_does_not_cite_is_not_opened(ed: Browser) -> None:
    assert 400 == ed.get(f"{PAGE}source/?of=2026-11-19-another&view=x").status
    assert 404 == ed.get(f"/desk/story/nobody/source/?of={WALL}&view=x").status


def test_an_editors_words_are_the_editors_and_undone_the_models_come_back(
    served: ServedNewsroom, ed: Browser
) -> None:
    decide(ed, show(ed), "summary", "edit", text=OURS)
    summary = read(served).summary
    assert summary is not None
    assert ("person Ed", OURS) == (summary.by, summary.text)
    assert [(WALL,), ()] == [sentence.stories for sentence in summary.sentences]
    page = show(ed)
    assert "Summary by Ed." in page
    assert 'value="anew"' not in page.partition('id="text-translation"')[0]

    decide(ed, page, "summary", "undo")

    assert read(served).summary is None
    assert "The story has no such text now." in show(ed)


def test_a_headline_is_approved_at_once_and_dropped_for_good(
    served: ServedNewsroom, ed: Browser
) -> None:
    decide(ed, show(ed), "translation", "approve")
    translation = read(served).translation
    assert translation is not None
    assert translation.review is not None
    assert (TITLE, "Ed") == (translation.title, translation.review.by)

    decide(ed, show(ed), "translation", "drop")

    assert read(served).translation is None
    assert "An editor dropped this text." in show(ed)


def test_approving_the_story_changes_no_label(served: ServedNewsroom, ed: Browser) -> None:
    ed.post("/desk/act", {"do": "verdict publish", "story": WALL, "return": PAGE})

    assert "checked by rules, not reviewed." in show(ed)
    assert read(served).summary.review is None  # type: ignore[union-attr]


def test_a_text_is_wanted_anew_unless_an_editor_decided_on_it(
    served: ServedNewsroom, ed: Browser
) -> None:
    page = show(ed)
    assert decide(ed, page, "summary", "anew").status == 303
    assert "The model is asked for a new text" in show(ed)
    with closing(open_desk(Path(served.root) / ".copydesk")) as desk:
        assert {("summary", WALL)} == desk.model_calls.list_wishes()

    decide(ed, show(ed), "translation", "drop")
    assert decide(ed, page, "translation", "anew").status == 400


def test_a_change_in_between_is_a_conflict(served: ServedNewsroom, ed: Browser) -> None:
    page = show(ed)
    decide(ed, show(ed), "summary", "edit", text=OURS)

    decide(ed, page, "summary", "edit", text="Other words.")

    assert read(served).summary.text == OURS  # type: ignore[union-attr]


def test_viewers_look_and_do_not_act(vera: Browser, ed: Browser) -> None:
    page = show(vera)

    assert TEXT.split(".", maxsplit=1)[0] in page
    assert "<form" not in page
    assert 400 == decide(vera, show(ed), "summary", "drop").status


def test_programs_cannot_say_that_reports_were_opened(served: ServedNewsroom, ed: Browser) -> None:
    sent = {
        "id": str(uuid4()),
        "kind": "rule",
        "said": "set",
        "stories": [WALL],
        "values": ["summary", TEXT, WALL, SEALS],
    }
    answer = ed.post(
        "/desk/actions", json.dumps([sent]).encode(), {"Content-Type": "application/json"}
    )

    assert 400 == answer.status
    assert "a text is approved on the page of its story" in answer.body
    assert read(served).summary.review is None  # type: ignore[union-attr]
