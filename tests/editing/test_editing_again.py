"""A filed page is looked at again: corrections come in, what a person touched stays."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk import editing
from copydesk.archive import change as steps
from copydesk.editing import stories
from copydesk.news import Verdict
from copydesk.newsroom import open_newsroom
from copydesk.newsroom.seals import open_seal
from world.later import (
    GONE,
    SEALS_PAGE,
    SEALS_RECORD,
    TITLE,
    WALL_PAGE,
    WALL_RECORD,
    at,
    forget_memory,
    head,
    message,
    planned,
    run,
    story,
    web_with,
)
from world.newsroom import (
    KEY,
    NOW,
    SEALS,
    WALL,
    Answer,
    newsroom,
    page,
    record_web,
    run_git,
    small_web,
)
from world.shelf import filed_shelf

pytestmark = pytest.mark.slow

NEW_TITLE = "Sea wall to rise by three metres"
DEARER = WALL.replace("41 million crowns", "14 million crowns")


def edit(root: Path, old: str, new: str, *, commit: bool = True) -> None:
    record = root / WALL_RECORD
    text = record.read_text("utf-8")
    assert old in text
    record.write_text(text.replace(old, new), "utf-8")
    if commit:
        run_git(root, "commit", "-qam", "by hand")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


def test_a_corrected_headline_updates_the_record_with_a_line_in_its_history(
    root: Path, tmp_path: Path
) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, WALL))]})
    run(root, web)
    before = story(root)
    report = run(root, web, 2)
    after = story(root)

    assert (report.updated, report.filed, report.looked_again) == ((WALL_RECORD,), (), 2)
    assert after.title == NEW_TITLE
    assert after.updated_at == NOW + timedelta(hours=2)
    assert after.history == (f'2026-11-20T10:00:00Z title was "{TITLE}"',)
    assert (after.path, after.published, after.published_at) == (
        before.path,
        before.published,
        before.published_at,
    )
    assert message(root) == ["news: 1 updated", "", f"~ {NEW_TITLE}", f'  title was "{TITLE}"']
    assert run(root, web, 2, all_due=True).commit is None


def test_the_seal_holds_the_new_reading_and_only_where_it_changed(
    root: Path, tmp_path: Path
) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, WALL))]})
    run(root, web)
    seals, before = story(root, SEALS_RECORD), opened_seal(root)
    run(root, web, 2)
    after = opened_seal(root)

    assert before["fingerprint"] != after["fingerprint"]
    assert {**before, "fingerprint": ""} == {**after, "fingerprint": ""}
    assert story(root, SEALS_RECORD) == seals


def opened_seal(root: Path) -> dict[str, str]:
    with open_newsroom(root, NOW, {"COPYDESK_KEY": KEY}) as opened:
        plain: dict[str, str] = json.loads(open_seal(opened, WALL_RECORD))
        return plain


def test_the_pages_own_time_of_change_is_taken_where_it_is_news(root: Path, tmp_path: Path) -> None:
    changed = '<meta property="article:modified_time" content="2026-11-20T08:40:00Z">'
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, WALL, head=changed))]})
    run(root, web)
    run(root, web, 2)
    assert story(root).updated_at == datetime(2026, 11, 20, 8, 40, tzinfo=UTC)


def test_a_headline_that_a_person_wrote_stays_and_the_history_says_what_the_publisher_did(
    root: Path, tmp_path: Path
) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, DEARER))]})
    run(root, web)
    edit(root, f'title: "{TITLE}"', 'title: "Two metres more"')
    run(root, web, 2)
    assert story(root).title == "Two metres more"
    assert [line.partition(" ")[2] for line in story(root).history] == [
        f'title is "{NEW_TITLE}" at its publisher, kept as edited',
        "text changed (41 became 14: million)",
    ]
    commit = head(root)
    assert run(root, web, 7).looked_again == 2
    assert head(root) == commit


def test_a_number_in_the_text_is_a_correction_and_the_kept_text_is_the_new_one(
    root: Path, tmp_path: Path
) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(TITLE, DEARER))]})
    run(root, web)
    run(root, web, 2)
    assert story(root).title == TITLE
    assert story(root).history == ("2026-11-20T10:00:00Z text changed (41 became 14: million)",)
    with open_newsroom(root, NOW, {}) as opened:
        kept = opened.articles.find("https://gull.example/wall")
    assert kept is not None
    assert "14 million crowns" in kept.text


def test_a_page_that_wobbles_is_not_corrected(root: Path, tmp_path: Path) -> None:
    def wobbling(views: int) -> Answer:
        lines = f"{WALL}\nRead {views} times.\nThis page has {views} views and 12 comments so far."
        return page(TITLE, f"{lines}\nRelated: town hall sold number {views} to the highest bidder")

    pages = [at(-9, wobbling(1)), at(1, wobbling(204)), at(5, wobbling(1_204))]
    web = web_with(tmp_path, {WALL_PAGE: pages})
    run(root, web)
    commit = head(root)
    assert run(root, web, 2).looked_again == 2
    assert run(root, web, 7).looked_again == 2
    assert head(root) == commit


def test_a_page_with_validators_is_asked_with_them(root: Path, tmp_path: Path) -> None:
    tagged = page(TITLE, WALL)
    first = Answer(body=tagged.body, headers=(("ETag", '"a"'),), at="2026-11-19T10:00:00Z")
    untold = Answer(body=page(NEW_TITLE, WALL).body, headers=(("ETag", '"a"'),))
    web = web_with(tmp_path, {WALL_PAGE: [first, at(1, untold)]})
    run(root, web)
    assert run(root, web, 2).updated == ()  # a 304: its body is never seen


def test_a_page_gone_on_two_days_is_marked_and_stays_published(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(5, GONE)]})
    run(root, web)
    assert run(root, web, 6).updated == ()
    assert run(root, web, 29).looked_again == 1  # the other page's: this one waits for a day
    assert run(root, web, 30).updated == (WALL_RECORD,)
    after = story(root)
    assert (after.access, after.published, after.updated_at) == ("gone", True, None)
    assert after.history == ("2026-11-21T14:00:00Z gone from its publisher",)
    assert run(root, web, 75).updated == ()


def test_a_page_that_comes_back_is_no_longer_gone(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(5, GONE), at(31, page(TITLE, WALL))]})
    run(root, web)
    for hours in (6, 30, 73):
        run(root, web, hours)
    assert story(root).access == ""
    assert story(root).history[-1] == "2026-11-23T09:00:00Z back at its publisher"


def test_a_page_away_for_an_hour_is_not_gone(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(5, GONE), at(8, page(TITLE, WALL))]})
    run(root, web)
    commit = head(root)
    for hours in (6, 30, 73, 169):
        run(root, web, hours)
    assert head(root) == commit


def moved(status: str = "301 Moved Permanently") -> Answer:
    return Answer(status=status, headers=(("Location", "https://gull.example/news/sea-wall"),))


def test_a_page_that_moved_for_good_is_followed_and_its_old_address_is_never_filed_again(
    root: Path, tmp_path: Path
) -> None:
    there = {"https://gull.example/news/sea-wall": [at(1, page(TITLE, WALL))]}
    web = web_with(tmp_path, {WALL_PAGE: [at(1, moved())], **there})
    run(root, web)
    original = story(root).original_url
    run(root, web, 2)
    after = story(root)
    assert after.web_url == "https://gull.example/news/sea-wall"
    assert after.original_url == original
    moved_to = "moved to https://gull.example/news/sea-wall from https://gull.example/wall"
    assert after.history == (f"2026-11-20T10:00:00Z {moved_to}",)
    commit = head(root)
    forget_memory(root)
    report = run(root, web, 3, all_due=True)
    assert (report.filed, head(root)) == ((), commit)


def test_an_address_between_the_first_and_the_last_is_never_filed_again(
    root: Path, tmp_path: Path
) -> None:
    """Neither originalUrl nor webUrl has it then: the history does."""
    canonical = '<link rel="canonical" href="https://gull.example/{}">'
    pages = [
        at(-9, page(TITLE, WALL, head=canonical.format("news/wall"))),
        at(1, page(TITLE, WALL, head=canonical.format("coast/sea-wall"))),
    ]
    web = web_with(tmp_path, {WALL_PAGE: pages})
    run(root, web)
    run(root, web, 2)
    assert story(root).web_url == "https://gull.example/coast/sea-wall"
    with open_newsroom(root, NOW, {}) as opened, filed_shelf(opened) as shelf:
        for address in ("wall", "news/wall", "coast/sea-wall"):
            assert shelf.at(f"https://gull.example/{address}") == WALL_RECORD


@pytest.mark.parametrize(
    ("status", "target"),
    [
        ("302 Found", "https://gull.example/news/sea-wall"),
        ("301 Moved Permanently", "https://heron.example/news/sea-wall"),
    ],
    ids=["for now", "to another site"],
)
def test_other_redirects_are_no_move(root: Path, tmp_path: Path, status: str, target: str) -> None:
    redirect = Answer(status=status, headers=(("Location", target),))
    web = web_with(tmp_path, {WALL_PAGE: [at(1, redirect)], target: [at(1, page(TITLE, WALL))]})
    run(root, web)
    commit = head(root)
    assert run(root, web, 2).looked_again == 2
    assert head(root) == commit


SPAM = (
    "The best casino bonus codes of this year wait for every player who signs up today.\n"
    "Our experts tested two hundred slot machines and poker rooms so that you can win without "
    "any risk at all.\n"
    "Click the button below and receive fifty free spins and a package worth a thousand dollars.\n"
    "Payments are made within minutes to all major cards, and our support answers at any time."
)
STUB = "Subscribe now to read the whole of this article and support the newsroom that wrote it."


@pytest.mark.sample("error in a 200", "another article", "500")
@pytest.mark.parametrize(
    "answer",
    [
        page("Page not found", "Sorry, there is nothing here. Try the search or the front page."),
        page(TITLE, STUB),
        page("Otter counted twice in the river", SEALS),
        page("Best casino bonuses to win big", SPAM),
        page(TITLE, SPAM),
        Answer(status="500 Internal Server Error"),
        Answer(status="403 Forbidden"),
        Answer(body=b"%PDF-1.4", kind="application/pdf"),
        Answer(body=b""),
    ],
    ids=[
        "error in a 200",
        "wall",
        "another article",
        "a hacked page",
        "one with its headline",
        "500",
        "403",
        "PDF",
        "empty",
    ],
)
def test_a_page_that_is_no_state_of_the_article_changes_nothing(
    root: Path, tmp_path: Path, answer: Answer
) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, answer)]})
    run(root, web)
    commit = head(root)
    report = run(root, web, 2)
    assert (report.looked_again, report.failed, head(root)) == (2, (), commit)


def test_a_record_under_somebodys_pen_is_left_alone_and_the_correction_met_again(
    root: Path, tmp_path: Path
) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(TITLE, DEARER))]})
    run(root, web)
    edit(root, "category: news", "category: news\nmine: 1", commit=False)
    assert run(root, web, 2).skipped == (WALL_RECORD,)
    run_git(root, "commit", "-qam", "by hand")
    assert run(root, web, 7).updated == (WALL_RECORD,)
    assert story(root).history == ("2026-11-20T15:00:00Z text changed (41 became 14: million)",)


def test_a_record_that_nobody_knows_the_line_wrote_is_not_looked_at(
    root: Path, tmp_path: Path
) -> None:
    web = web_with(tmp_path, {})
    run(root, web)
    text = (root / WALL_RECORD).read_text("utf-8")
    start, end = text.index("machine:"), text.index("secured:")
    edit(root, text[start:end], "")
    forget_memory(root)
    run(root, web, 2)
    assert set(planned(root)) == {SEALS_RECORD}


def test_a_deleted_record_is_forgotten(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, WALL))]})
    run(root, web)
    (root / WALL_RECORD).unlink()
    run_git(root, "commit", "-qam", "away with it")
    assert run(root, web, 2).looked_again == 1
    assert set(planned(root)) == {SEALS_RECORD}


def test_in_everyday_the_history_stands_in_the_commits_message(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more='[scoring]\nprofile = "everyday"\npublish_at = 1\n')
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, DEARER)), at(20, GONE)]})
    run(root, web)
    run(root, web, 2)
    after = story(root)
    assert (after.title, after.history, after.machine) == (NEW_TITLE, (), ())
    assert message(root)[2:] == [
        f"~ {NEW_TITLE}",
        f'  title was "{TITLE}"',
        "  text changed (41 became 14: million)",
    ]
    commit = head(root)
    for hours in (24, 49, 73):
        run(root, web, hours)
    assert head(root) == commit  # that a page is gone has no place in these records


def test_a_round_killed_before_its_commit_is_finished_without_a_second_line(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, DEARER))]})
    run(root, web)
    with monkeypatch.context() as patch:
        patch.setattr(steps, "settle", killed)
        with pytest.raises(KeyboardInterrupt):
            run(root, web, 2)
    written = (root / WALL_RECORD).read_bytes()
    assert run(root, web, 2.5).commit == head(root)
    assert (root / WALL_RECORD).read_bytes() == written
    assert run_git(root, "status", "--porcelain") == ""
    commit = head(root)
    assert run(root, web, 7).looked_again == 2
    assert head(root) == commit


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_looking_again_can_be_switched_off(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more="[records]\nlook_again = false\n")
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, WALL))]})
    run(root, web)
    assert run(root, web, 2).looked_again == 0
    assert planned(root) == {}


def test_explain_tells_the_history(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, WALL))]})
    run(root, web)
    run(root, web, 2)
    with open_newsroom(root, NOW, {}) as opened:
        told = editing.explain(opened, WALL_RECORD)
    assert told.history == (f'2026-11-20T10:00:00Z title was "{TITLE}"',)


def test_two_newsrooms_that_look_at_the_same_times_have_the_same_tree(tmp_path: Path) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, DEARER)), at(5, GONE)]})
    trees = set()
    for name in ("one", "two"):
        root = newsroom(tmp_path / name)
        for hours in (0, 2, 6, 30):
            run(root, web, hours)
        trees.add(run_git(root, "rev-parse", "HEAD^{tree}"))
    assert len(trees) == 1


def test_who_stands_beside_a_page_that_moved_has_its_new_address_once(
    root: Path, tmp_path: Path
) -> None:
    copy = page("Grey seals are back on the coast", WALL, date="2026-11-19T18:30:00Z")
    new = "https://heron.example/nature/seals"
    redirect = Answer(status="308 Permanent Redirect", headers=(("Location", new),))
    seals = [at(-9, copy), at(1, redirect)]
    answers: dict[str, Answer | Sequence[Answer]] = {**small_web()}
    answers.update({SEALS_PAGE: seals, new: at(1, copy)})
    web = record_web(tmp_path / "web.warc.gz", answers)
    run(root, web)
    assert [one.web_url for one in story(root).related] == [SEALS_PAGE]
    assert set(run(root, web, 2).updated) == {WALL_RECORD, SEALS_RECORD}
    assert [one.web_url for one in story(root).related] == [new]
    assert story(root, SEALS_RECORD).copy_of
    commit = head(root)
    run(root, web, 2, all_due=True)
    assert head(root) == commit


def test_a_move_is_seen_behind_a_304_too(root: Path, tmp_path: Path) -> None:
    new = "https://gull.example/news/sea-wall"
    body, tag = page(TITLE, WALL).body, (("ETag", '"a"'),)
    first, then = Answer(body=body, headers=tag, at="2026-11-19T10:00:00Z"), at(1, moved())
    web = web_with(tmp_path, {WALL_PAGE: [first, then], new: [Answer(body=body, headers=tag)]})
    run(root, web)
    run(root, web, 2)
    assert story(root).web_url == new


@pytest.mark.parametrize("profile", ["copydesk", "everyday"])
def test_a_removed_story_is_left_alone(tmp_path: Path, profile: str) -> None:
    root = newsroom(tmp_path / "beat", more=f'[scoring]\nprofile = "{profile}"\n')
    web = web_with(tmp_path, {})
    run(root, web)
    with open_newsroom(root, NOW, {}) as opened:
        verdict = Verdict(by="ed", at=NOW, said="remove", why="by order of a court")
        editing.file_verdict(opened, WALL_RECORD, verdict)
    assert run(root, web, 2).looked_again == 1
    assert set(planned(root)) == {SEALS_RECORD}


def test_what_an_earlier_version_read_otherwise_is_no_correction(
    root: Path, tmp_path: Path
) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(0.5, page(NEW_TITLE, DEARER))]})
    run(root, web)
    read_by_an_earlier_version(root)
    report = run(root, web, 2)

    assert (2, ()) == (report.looked_again, report.updated)
    assert (TITLE, ()) == (story(root).title, story(root).history)


def read_by_an_earlier_version(root: Path) -> None:
    """Let the kept reading of the wall be one of an earlier reader."""
    with open_newsroom(root, NOW, {}) as opened:
        revisit = opened.memory.revisits.get(WALL_RECORD)
        article = opened.articles.find(WALL_PAGE)
        assert article is not None
        assert revisit is not None
        name = opened.articles.put(replace(article, reader=article.reader - 1))
        plan = {**json.loads(revisit.kept), "article": name}
        opened.memory.revisits.put(replace(revisit, kept=json.dumps(plan).encode()))


def test_the_words_of_a_page_that_a_look_reads_anew_are_found(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(TITLE, WALL + "\nThe end."))]})
    run(root, web)
    shutil.rmtree(root / ".copydesk" / "articles")
    (root / ".copydesk" / "catalogue.sqlite").unlink()

    report = run(root, web, 2)

    assert report.updated == ()
    with open_newsroom(root, NOW, {}) as opened:
        found = stories.list_stories(opened, stories.StoryQuestion(search='"lower street"'))
    assert [one.path for one in found.stories] == [WALL_RECORD]
