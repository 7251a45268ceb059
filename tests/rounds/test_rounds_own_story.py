"""A story that an editor writes at the desk: no source, its text is its note, its page is ours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import building, newsroom, rounds
from copydesk.editing.applying import apply_actions
from copydesk.news import EditorAction
from copydesk.newsroom import records
from copydesk.rounds import rejudging, run_round
from world.desk import NAMES, act, action, desk_newsroom, read, rename, stories, undo, verdict
from world.newsroom import NOW, WALL, record_web, run_git, small_web

NAME = "2026-11-20-the-wall-a-year-on"
TITLE, EXCERPT = "The wall, a year on", "What became of the promise."
TEXT = "It stands.\n\n- *higher* than before\n- [the plans](https://gull.example/plans)"
EVERYDAY = '[scoring]\nprofile = "everyday"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return desk_newsroom(tmp_path / "beat", stories(2))


def write(*values: str, by: str = "Anna") -> EditorAction:
    return action("write", "", by=by, values=values or (TITLE, EXCERPT, TEXT), why="our own view")


def test_it_is_filed_and_published_with_its_editors_word(root: Path) -> None:
    (told,) = act(root, write())
    assert (told.state, told.paths) == ("done", (f"_news/{NAME}.md",))

    story = read(root, NAME)
    assert (story.title, story.excerpt, story.note) == (TITLE, EXCERPT, TEXT)
    assert (story.type, story.original_url, story.web_url) == ("article", "", "")
    assert story.provider is not None
    assert (story.provider.name, story.provider.domain) == ("Tidewatch", "tidewatch.example")
    assert (story.published, story.topics, story.language) == (True, ("Coast",), "en")
    assert (story.quality, story.heat, story.published_at) == (70, 70, NOW)
    assert story.verdict is not None
    assert (story.verdict.by, story.verdict.said) == ("Anna", "publish")
    assert "write: The wall, a year on" in run_git(root, "log", "-1", "--format=%B")
    assert run_git(root, "status", "--porcelain") == ""


def test_the_same_action_again_files_nothing(root: Path) -> None:
    written = write()
    act(root, written)
    (told,) = act(root, written)
    assert told.state == "done"
    assert len([*(root / "_news").glob("*wall*")]) == 1


def test_two_of_one_headline_in_one_commit_have_a_record_each(root: Path) -> None:
    one, other = act(root, write(), write())
    assert one.commit == other.commit
    assert one.paths[0] == f"_news/{NAME}.md"
    assert other.paths[0].startswith(f"_news/{NAME}-")


def test_records_stay_clean_and_judging_again_leaves_it_alone(root: Path) -> None:
    act(root, write())
    before = (root / f"_news/{NAME}.md").read_bytes()

    with newsroom.open_newsroom(root, NOW + timedelta(hours=3), {}) as opened:
        report = rejudging.rejudge(opened, 30, newsroom.Silence())
    assert not report.failed

    assert (root / f"_news/{NAME}.md").read_bytes() == before
    assert records.check_records(root, newsroom.Silence()).is_clean


def test_the_site_and_the_apis_have_its_own_page(root: Path, tmp_path: Path) -> None:
    act(root, write())
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        building.build(opened, newsroom.Silence(), building.BuildOptions(out=tmp_path / "site"))

    page = f"https://tidewatch.example/coast/news/{NAME}/"
    listed = json.loads((tmp_path / "site/api/news/index.json").read_bytes())
    (ours,) = [one for one in listed["value"] if one["title"] == TITLE]
    assert (ours["originalUrl"], ours["webUrl"]) == (None, page)
    html = (tmp_path / f"site/news/{NAME}/index.html").read_text("utf-8")
    assert "<em>higher</em>" in html
    assert "<blockquote" not in html


def test_its_words_can_be_changed_and_its_text_may_be_long(root: Path) -> None:
    act(root, write())
    longer = "A word more. " * 400
    act(
        root,
        rename(NAME, "The wall today"),
        action("rule", "set", NAME, values=("note", longer)),
    )
    story = read(root, NAME)
    assert (story.title, story.note) == ("The wall today", longer.strip())


def test_undo_takes_the_record_away_and_undoing_that_brings_it_back(root: Path) -> None:
    written = write()
    act(root, written)
    made = (root / f"_news/{NAME}.md").read_bytes()

    taken = undo(written)
    (told,) = act(root, taken)
    assert (told.state, told.paths) == ("done", (f"_news/{NAME}.md",))
    assert not (root / f"_news/{NAME}.md").exists()
    assert run_git(root, "status", "--porcelain") == ""

    act(root, undo(taken))
    assert (root / f"_news/{NAME}.md").read_bytes() == made


def test_writing_and_undoing_in_one_commit_leaves_nothing(root: Path) -> None:
    written = write()
    told = act(root, written, undo(written))
    assert [one.state for one in told] == ["done", "done"]
    assert not (root / f"_news/{NAME}.md").exists()


def test_what_was_changed_since_is_not_taken_away(root: Path) -> None:
    written = write()
    act(root, written)
    act(root, rename(NAME, "The wall today", by="Ben"))
    (told,) = act(root, undo(written))
    assert told.state == "refused"
    assert "reject the story" in told.hint
    assert read(root, NAME).title == "The wall today"


def test_clearing_its_verdict_takes_it_off(root: Path) -> None:
    act(root, write())
    (told,) = act(root, verdict("clear", NAME))
    assert told.state == "done"
    assert read(root, NAME).published is False


@pytest.mark.parametrize(
    "values",
    [
        ("", EXCERPT, TEXT),
        (" \u200b", EXCERPT, TEXT),
        (TITLE, EXCERPT, ""),
        (TITLE,),
        ("t" * 501, "", TEXT),
        (TITLE, "e" * 301, TEXT),
        (TITLE, "", "n" * 10_001),
        (TITLE, "", TEXT, "no topic of ours"),
    ],
)
def test_what_is_no_story_is_refused(root: Path, values: tuple[str, ...]) -> None:
    (told,) = act(root, write(*values))
    assert told.state == "refused"
    assert not [*(root / "_news").glob("*wall*")]


def test_a_name_that_leaves_the_folder_is_a_slug(root: Path) -> None:
    (told,) = act(root, write("../../etc/passwd", "", TEXT))
    assert told.paths == ("_news/2026-11-20-etcpasswd.md",)


def test_in_everyday_there_is_no_place_for_it(tmp_path: Path) -> None:
    filed = [replace(story, machine=()) for story in stories(1)]
    root = desk_newsroom(tmp_path / "everyday", filed, more=EVERYDAY)
    (told,) = act(root, write())
    assert told.state == "refused"
    assert "stories written by editors need" in told.what


def test_a_file_that_came_to_lie_there_is_not_overwritten(root: Path) -> None:
    """A path that is free when the edit begins and taken when it is made."""
    (root / f"_news/{NAME}.md").mkdir()
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        (told,) = apply_actions(opened, [write()])
    assert told.paths[0] != f"_news/{NAME}.md"


@pytest.mark.slow
def test_a_round_leaves_it_alone_beside_news_of_the_same(root: Path, tmp_path: Path) -> None:
    told = "Sea wall to rise by two metres"
    (outcome,) = act(root, write(told, "What it means.", WALL))
    before = (root / outcome.paths[0]).read_bytes()

    web = record_web(tmp_path / "web.warc.gz", small_web())
    with newsroom.open_newsroom(root, NOW + timedelta(minutes=5), {}) as opened:
        report = run_round(opened, rounds.RoundOptions(web=web, all_due=True), newsroom.Silence())

    assert (root / outcome.paths[0]).read_bytes() == before
    (news,) = [path for path in report.filed if "sea-wall" in path]
    story = read(root, news.removeprefix("_news/").removesuffix(".md"))
    assert (story.published, story.group, story.related) == (True, "", ())


def test_an_editor_puts_it_beside_others_and_takes_it_away_again(root: Path) -> None:
    merged = action("rule", "merge", NAME, NAMES[0])
    told = act(root, write(), merged)
    assert [one.state for one in told] == ["done", "refused"]  # it is not there yet
    (outcome,) = act(root, merged := replace(merged, id="again"))
    assert outcome.state == "done"
    assert read(root, NAME).group == read(root, NAMES[0]).group != ""
    assert read(root, NAME).published
    act(root, undo(merged))
    assert (read(root, NAME).group, read(root, NAME).heat) == ("", 70)
    assert read(root, NAMES[0]).group != NAME
