"""Each text is asked for once: again for other articles, another model, or an editor's wish."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from copydesk.news.summary import Author
from copydesk.writing import WritingReport
from world.newsroom import NOW, run_git
from world.writing import MAIN, OTHER, THIRD, TextDesk


def test_a_second_pass_asks_for_nothing(desk: TextDesk) -> None:
    desk.set_up('"summary", "headline", "remark"')
    desk.file_event()
    desk.file("2026-11-19-deich-watt", "Der Deich ist neu.", language="de", title="Deich ist neu")

    first = desk.write()
    assert (4, 4, 2) == (first.owed, first.calls, len(first.written))  # two remarks stay in the log
    head = run_git(desk.root, "rev-parse", "HEAD")

    assert WritingReport() == desk.write()
    assert 4 == len(desk.model.asked)
    assert run_git(desk.root, "rev-parse", "HEAD") == head
    assert "" == run_git(desk.root, "status", "--porcelain")


def test_a_summary_says_who_wrote_it_when_and_from_what(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    desk.write()

    kept = desk.read().summary
    assert kept
    author: Author = "model"
    assert ("model tiny", author, NOW, "en", None) == (
        *(kept.by, kept.author, kept.at, kept.language),
        kept.stale,
    )
    assert [MAIN, OTHER] == [source.story for source in kept.sources]
    assert [(MAIN,), (OTHER,)] == [sentence.stories for sentence in kept.sentences]
    assert desk.read(OTHER).summary is None


def test_a_new_report_makes_a_summary_stale_and_hours_later_new(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    desk.write()
    desk.file_member(THIRD, number=2)
    desk.hours = 2.9

    report = desk.write()
    kept = desk.read().summary
    assert kept
    assert (0, 1, True) == (report.calls, len(report.written), kept.stale)
    assert WritingReport() == desk.write()

    desk.hours = 3
    assert 1 == desk.write().calls
    kept = desk.read().summary
    assert kept
    assert [MAIN, OTHER, THIRD] == [source.story for source in kept.sources]
    assert kept.stale is None
    assert WritingReport() == desk.write()


def test_a_summary_whose_new_report_left_again_is_current_without_a_call(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    desk.write()
    kept = desk.read().summary
    desk.file_member(THIRD, number=2)
    desk.write()
    desk.file_member(THIRD, number=2, group="")
    desk.hours = 10

    assert (0, 0, 1) == ((report := desk.write()).owed, report.calls, len(report.written))
    assert desk.read().summary == kept


def test_a_changed_article_is_read_anew(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    desk.write()
    desk.put_article(desk.read(OTHER), "Port Sable will spend 43 million crowns on its sea wall.")
    desk.hours = 4

    assert 1 == desk.write().calls
    kept = desk.read().summary
    assert kept
    assert "43 million" in kept.text
    assert 2 == len(desk.model.paid)


def test_another_model_gets_what_was_refused_and_not_what_was_written(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    desk.file_member("2026-11-19-pups-gull", "Seals are back.", number=0, group="seals")
    desk.file_member("2026-11-19-pups-heron", "112 pups.", group="seals")
    desk.model.plan = ["", "prose", "prose"]
    assert (2, 1, 1) == ((report := desk.write()).calls, report.wrong, len(report.written))
    assert 0 == desk.write().calls

    desk.change('name = "tiny"', 'name = "large"')
    assert (1, 1, 0) == ((report := desk.write()).calls, len(report.written), report.wrong)
    assert 0 == desk.write().calls


def test_a_new_fingerprint_is_another_model_but_not_for_ever(desk: TextDesk) -> None:
    desk.set_up('"summary", "headline"')
    desk.file_event()
    desk.model.plan = ["prose", "prose"]
    desk.write()
    for number in range(12):  # a server whose fingerprint differs each time
        desk.model.fingerprint = f"fp{number}"
        desk.file(f"2026-11-19-deich-watt{number}", title=f"Deich {number}", language="de")
        desk.model.plan = ["", "wrong form", "wrong form"]
        desk.write()

    assert 5 == len(desk.calls())


def test_an_editors_wish_is_one_more_call(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    desk.write()
    with desk.log() as log:
        log.want("summary", MAIN, NOW)
    desk.hours = 0.2

    assert (1, 1) == ((report := desk.write()).calls, len(report.written))
    kept = desk.read().summary
    assert kept
    assert NOW + timedelta(hours=0.2) == kept.at
    assert 0 == desk.write().calls


def test_a_lost_call_is_made_again_only_for_an_editor(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    desk.model.plan = ["html"]
    assert (1, 1) == ((report := desk.write()).calls, report.lost)
    desk.hours = 5
    assert 0 == desk.write().calls

    with desk.log() as log:
        log.want("summary", MAIN, NOW)
    assert 1 == desk.write().calls
    assert desk.read().summary


@pytest.mark.parametrize(
    "limit",
    [
        "most_tokens_a_day = 0",
        "most_spent_a_day = 0",
        "most_spent_a_day = 0.001\nprice_in = 10.0\nprice_out = 10.0",
    ],
)
def test_without_a_budget_nothing_is_asked(desk: TextDesk, limit: str) -> None:
    desk.set_up(more=limit)
    desk.file_event()

    assert (1, 0) == ((report := desk.write()).owed, report.calls)
    assert [] == desk.model.asked


def test_a_budget_for_two_calls_makes_two_a_day(desk: TextDesk) -> None:
    desk.set_up('"headline"', "most_tokens_a_day = 1000")
    desk.model.usage = 400, 50
    for number in range(5):
        desk.file(f"2026-11-19-deich-watt{number}", title=f"Deich {number}", language="de")
    report = desk.write()

    assert (5, 2, 2) == (report.owed, report.calls, len(report.written))
    assert 900 == report.tokens
    assert 0 == desk.write().calls
    desk.hours = 15.9
    assert 0 == desk.write().calls
    desk.hours = 16  # midnight
    assert 2 == desk.write().calls


def test_a_price_ends_a_day_too(desk: TextDesk) -> None:
    desk.set_up('"headline"', "most_spent_a_day = 2.0\nprice_in = 1000\nprice_out = 2000")
    for number in range(5):
        desk.file(f"2026-11-19-deich-watt{number}", title=f"Deich {number}", language="de")
    report = desk.write()

    assert 2 == report.calls
    assert pytest.approx(2 * (0.7 + 0.18)) == report.cost
    with desk.log() as log:
        assert pytest.approx(report.cost) == log.sum_up(NOW - timedelta(hours=8)).cost


def test_a_model_that_refuses_rests_and_is_asked_again(desk: TextDesk) -> None:
    desk.set_up('"headline"')
    for number in range(3):
        desk.file(f"2026-11-19-deich-watt{number}", title=f"Deich {number}", language="de")
    desk.model.plan = ["", "429 600"]

    report = desk.write()
    assert (2, 1, 1) == (report.calls, report.failed, len(report.written))
    assert ("the model did not answer: status 429: not now",) == report.notes
    desk.hours = 0.1
    report = desk.write()
    assert (0, ("the model rests until 2026-11-20 08:10 UTC",)) == (report.calls, report.notes)
    desk.hours = 0.2
    assert (2, 2) == ((report := desk.write()).calls, len(report.written))


def test_a_text_that_a_server_refuses_five_times_is_given_up(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    for number in range(8):
        desk.model.plan = ["500"]
        desk.hours = number
        desk.write()

    assert [1, 2, 3, 4, 5] == [call.tries for call in desk.calls()]


@pytest.mark.parametrize("fault", ["429", "503", "401", "404"])
def test_a_server_that_answers_nobody_for_a_day_gives_up_no_text(
    desk: TextDesk, fault: str
) -> None:
    desk.set_up()
    desk.file_event()
    for number in range(7):
        desk.model.plan = [fault]
        desk.hours = number
        desk.write()
    desk.hours = 8

    assert 1 == len(desk.write().written)


def test_two_passes_at_once_ask_once(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()
    begin = threading.Barrier(2)

    def write(_: int) -> WritingReport:
        begin.wait()
        return desk.write()

    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(write, range(2)))

    assert 1 == len(desk.model.asked)
    assert 1 == sum(len(report.written) for report in reports)


def test_calls_at_the_same_time_keep_to_the_budget(desk: TextDesk) -> None:
    desk.set_up('"headline"', "parallel = 8\nmost_tokens_a_day = 2000")
    for number in range(8):
        desk.file(f"2026-11-19-deich-watt{number}", title=f"Deich {number}", language="de")

    desk.model.usage = 250, 50
    report = desk.write()
    assert 3 <= report.calls < 8
    assert report.calls == len(desk.model.paid)
    assert report.tokens <= 2000


def test_no_call_begins_after_its_time(desk: TextDesk) -> None:
    desk.set_up()
    desk.file_event()

    assert (1, 0) == ((report := desk.write(seconds=0)).owed, report.calls)


def test_without_a_model_nothing_is_opened(desk: TextDesk) -> None:
    desk.set_up("")
    desk.file_event()

    assert ("no model is set in [model] of beat.toml",) == desk.write().notes
    assert not (desk.root / ".copydesk/desk.sqlite").exists()
