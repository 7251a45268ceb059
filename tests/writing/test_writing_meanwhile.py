"""What an editor, a round or the network does while the model answers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from copydesk.errors import BusyError
from copydesk.news.ruling import Verdict
from copydesk.newsroom.filing import hold_write_lock
from world.model_server import Text, tell_each
from world.newsroom import NOW, run_git
from world.writing import MAIN, OTHER, THIRD, TextDesk


def meanwhile(desk: TextDesk, do: Callable[[], object]) -> None:
    """Do something while the model writes its first answer."""

    def write(texts: Mapping[int, str]) -> list[Text]:
        if len(desk.model.asked) == 1:
            do()
        return tell_each(texts)

    desk.model.write = write


def test_a_story_edited_meanwhile_keeps_the_edit_and_gets_its_text_later(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    record = desk.root / f"_news/{MAIN}.md"

    def edit() -> None:
        record.write_text(record.read_text("utf-8").replace("heat: 80", "heat: 81"), "utf-8")

    meanwhile(desk, edit)
    assert (1, ()) == ((report := desk.write()).calls, report.written)
    assert 81 == (story := desk.read()).heat
    assert story.summary is None

    run_git(desk.root, "commit", "-qam", "edited")
    assert (0, 1) == ((report := desk.write()).calls, len(report.written))
    assert 81 == (story := desk.read()).heat
    assert story.summary
    assert 1 == len(desk.model.paid)


@pytest.mark.parametrize("name", [MAIN, OTHER])
def test_nothing_of_a_story_removed_meanwhile_is_filed(desk: TextDesk, name: str) -> None:
    desk.set_up()
    desk.file_event()
    removed = Verdict(by="Ed", at=NOW, said="remove", why="court")
    meanwhile(desk, lambda: desk.put(replace(desk.read(name), verdict=removed, published=False)))

    assert (1, ()) == ((report := desk.write()).calls, report.written)
    assert desk.read().summary is None
    assert 0 == desk.write().calls
    assert desk.read().summary is None


def test_a_record_deleted_meanwhile_stays_deleted(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    record = desk.root / f"_news/{MAIN}.md"
    meanwhile(desk, record.unlink)

    assert () == desk.write().written
    assert not record.exists()


@pytest.mark.parametrize("name", [MAIN, OTHER])
def test_a_story_regrouped_meanwhile_gets_no_text_of_its_old_group(
    desk: TextDesk, name: str
) -> None:
    desk.set_up()
    desk.file_event()
    meanwhile(desk, lambda: desk.put(replace(desk.read(name), group="another")))

    assert () == desk.write().written
    assert desk.read().summary is None
    assert 0 == desk.write().owed


def test_a_publisher_that_refuses_meanwhile_is_not_quoted(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event(MAIN, OTHER, THIRD)
    meanwhile(desk, lambda: desk.put(replace(desk.read(OTHER), refuses=("ai-input",))))

    assert () == desk.write().written
    assert (1, 1) == ((report := desk.write()).calls, len(report.written))
    kept = desk.read().summary
    assert kept
    assert OTHER not in repr(kept)


def test_while_another_process_writes_the_answer_is_kept_for_later(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    with pytest.MonkeyPatch.context() as patch:
        quick = functools.partial(hold_write_lock, wait_seconds=0.05)  # not ten seconds
        patch.setattr("copydesk.writing._write.hold_write_lock", quick)
        with desk.open() as other, hold_write_lock(other), pytest.raises(BusyError):
            desk.write()

    assert (0, 1) == ((report := desk.write()).calls, len(report.written))
    assert 1 == len(desk.model.paid)


def test_a_model_that_hangs_costs_one_call_and_files_nothing(desk: TextDesk) -> None:
    desk.set_up(more="timeout_seconds = 1")
    desk.file_event()
    desk.model.plan = ["slow"]
    report = desk.write()

    assert (1, 1, ()) == (report.calls, report.lost, report.written)
    assert ("the model did not answer: no complete answer within 1 seconds",) == report.notes
    assert "" == run_git(desk.root, "status", "--porcelain")


def test_two_texts_of_one_story_come_in_one_commit(desk: TextDesk) -> None:
    desk.set_up('"summary", "headline"')
    desk.file_member(MAIN, "Der Rat will den Deich erhöhen.", number=0, language="de")
    desk.file_member(OTHER, "Die Arbeit am Deich beginnt im März.", language="de")
    before = run_git(desk.root, "rev-list", "--count", "HEAD")

    report = desk.write()
    assert (2, 1) == (report.calls, len(report.written))
    assert int(before) + 1 == int(run_git(desk.root, "rev-list", "--count", "HEAD"))
    story = desk.read()
    assert story.summary
    assert story.translation
    assert "texts by a model: 1 story" in run_git(desk.root, "log", "-1", "--format=%s")
