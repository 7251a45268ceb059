"""The form of a story, with no script: two who edit the same lose nothing without a question."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from copydesk.newsroom import open_newsroom
from copydesk.newsroom.filing import hold_write_lock
from world.command import copydesk
from world.edit_forms import EditForm, come_in_as, edit_path
from world.newsroom import NOW, run_git
from world.served_desk import Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom, until
from world.waiting import name_of, waiting_newsroom

pytestmark = pytest.mark.slow

TRIES = 3  # each way of choosing once
ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, *_ = map(name_of, range(12))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    with serve_newsroom(waiting_newsroom(tmp_path_factory.mktemp("edit") / "beat", 12)) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


@pytest.fixture(scope="module")
def ben(served: ServedNewsroom, anna: Browser) -> Browser:
    return come_in_as(served, "Ben")


def record(served: ServedNewsroom, name: str) -> str:
    return (served.root / f"_news/{name}.md").read_text("utf-8")


def test_a_form_answers_with_the_story_once_it_is_filed(
    served: ServedNewsroom, anna: Browser
) -> None:
    answer = EditForm.open(anna, ONE).save(title="Filed when it is answered", excerpt="So.")
    assert f"/desk/story/{ONE}/" == answer.headers["at"]
    assert "Filed when it is answered" in record(served, ONE)
    assert "You have an unsaved draft" not in anna.get(edit_path(ONE)).body


@pytest.mark.parametrize("who", ["two editors", "two tabs of one"])
def test_of_two_who_save_the_second_is_shown_both_each_time(
    served: ServedNewsroom, anna: Browser, ben: Browser, who: str
) -> None:
    other, name = (ben, TWO) if who == "two editors" else (anna, THREE)
    for number in range(TRIES):
        mine, theirs = EditForm.open(anna, name), EditForm.open(other, name)
        theirs.save(title=f"Theirs {number}", note=f"Their note {number}")
        told = mine.save(title=f"Mine {number}", excerpt=f"My excerpt {number}")

        choice = mine.save_again(told)
        assert {"title": [f"Mine {number}", f"Theirs {number}"]} == choice.versions
        assert f"Mine {number}" == choice.value("title")
        filed = record(served, name)
        for words in (f"Theirs {number}", f"Their note {number}", f"My excerpt {number}"):
            assert words in filed

        keep = ("mine", "theirs", "edited")[number % 3]
        choice.save(keep_title=keep, title=f"Both {number}")
        kept = {"mine": "Mine", "theirs": "Theirs", "edited": "Both"}[keep]
        assert f'title: "{kept} {number}"' in record(served, name)


def test_a_choice_that_is_overtaken_is_asked_again(anna: Browser, ben: Browser) -> None:
    mine, theirs, third = (EditForm.open(browser, FOUR) for browser in (anna, ben, ben))
    theirs.save(title="Ben's")
    choice = mine.save_again(mine.save(title="Anna's"))
    third.save_again(third.save(title="Ben's other")).save(keep_title="mine")

    again = choice.save_again(choice.save(keep_title="mine"))
    assert {"title": ["Anna's", "Ben's other"]} == again.versions
    again.save(keep_title="mine")
    assert "Anna's" == EditForm.open(ben, FOUR).value("title")


def test_a_form_sent_twice_counts_once_and_with_other_words_is_asked_about(
    served: ServedNewsroom, anna: Browser
) -> None:
    form = EditForm.open(anna, FIVE)
    assert f"/desk/story/{FIVE}/" == form.save(title="Once").headers["at"]
    assert f"/desk/story/{FIVE}/" == form.save(title="Once").headers["at"]
    assert {"title": ["Twice", "Once"]} == form.save_again(form.save(title="Twice")).versions
    commits = run_git(served.root, "log", "--format=%h", "--", f"_news/{FIVE}.md").split()
    assert 2 == len(commits)  # it was filed, and renamed once


def test_what_is_refused_is_in_the_form_with_the_reason(anna: Browser) -> None:
    form = EditForm.open(anna, SIX)
    told = form.save(title="A title that holds", url="no address at all")
    again = form.save_again(told)
    assert "invalid web address" in told.body
    assert ("no address at all", "A title that holds") == (again.value("url"), again.value("title"))


def test_a_story_that_is_removed_or_gone_meanwhile_is_told(
    served: ServedNewsroom, anna: Browser
) -> None:
    form, late = EditForm.open(anna, SEVEN), EditForm.open(anna, EIGHT)
    words = ("verdict", f"_news/{SEVEN}.md", "remove", "--why", "a lawyer", "--as", "Ben")
    assert 0 == copydesk("-C", served.root, *words).code
    told = form.save(title="Mine all the same")
    assert "remove by Ben: a lawyer" in told.body
    assert "Mine all the same" not in record(served, SEVEN)
    form.save_again(told).save()
    assert "Mine all the same" in record(served, SEVEN)

    run_git(served.root, "rm", "-q", f"_news/{EIGHT}.md")
    run_git(served.root, "commit", "-qm", "deleted")
    until(lambda: anna.get(edit_path(EIGHT)).status == 404)
    assert "Words for nobody" in late.save(title="Words for nobody").body


def test_an_edit_that_waits_is_shown_as_waiting_and_its_draft_is_kept(
    served: ServedNewsroom, anna: Browser
) -> None:
    form = EditForm.open(anna, ONE)
    with (
        open_newsroom(served.root, NOW, {}) as newsroom,
        hold_write_lock(newsroom),
    ):
        body = f"id={form.value('id')}&was={{}}&title=Held+up&note=Kept"
        answer = anna.post(edit_path(ONE), body.encode())
        waits = anna.get(answer.headers["location"])
        assert ("1", True) == (waits.headers.get("refresh"), "Held up" in waits.body)
        assert "Held up" == EditForm.open(anna, ONE, "?draft").value("title")
    until(lambda: anna.get(answer.headers["location"]).status == 303)
    assert "Held up" in record(served, ONE)
    assert "You have an unsaved draft" not in anna.get(edit_path(ONE)).body


def test_a_draft_is_taken_up_beside_what_came_after_it(anna: Browser, ben: Browser) -> None:
    form = EditForm.open(anna, FIVE)
    was = form.value("title")
    body = f'{{"story": "{FIVE}", "fields": {{"title": "Typed", "was_title": "{was}"}}}}'
    sent = anna.ask("PUT", "/desk/drafts", body.encode(), {"Origin": anna.origin})
    assert 204 == sent.status
    EditForm.open(ben, FIVE).save(title="Ben's meanwhile")

    taken_up = EditForm.open(anna, FIVE, "?draft")
    assert {"title": ["Typed", "Ben's meanwhile"]} == taken_up.versions
    taken_up.save(keep_title="theirs")
    assert "You have an unsaved draft" not in anna.get(edit_path(FIVE)).body
