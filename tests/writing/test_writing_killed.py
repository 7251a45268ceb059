"""`copydesk summaries` is killed at every step: no text is paid for twice, and none is half."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk.archive.change import is_cut_short
from copydesk.desk_store.model_calls import ModelCall, ModelCallLog
from world.desk import copy_newsroom
from world.killed import Commands, about_the_journal, commands, spread
from world.model_server import model_in_background
from world.newsroom import NOW, run_git
from world.writing import MAIN, OTHER, TextDesk

pytestmark = pytest.mark.slow


_GERMAN = (
    "Die Seehunde sind wieder an der Küste.",
    "Am Strand liegen seit Montag junge Seehunde.",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextDesk]:
    """A newsroom that lacks two headlines and two summaries."""
    with model_in_background() as model:
        desk = TextDesk(tmp_path_factory.mktemp("made") / "beat", model)
        desk.set_up('"summary", "headline"')
        desk.file_event(MAIN, OTHER)
        with desk.together():
            for number, name in enumerate(("2026-11-19-pups-gull", "2026-11-19-pups-heron")):
                desk.file_member(name, _GERMAN[number], number=number, group="pups", language="de")
            desk.file("2026-11-19-deich-watt", title="Der Deich ist neu", language="de")
        yield desk


def records(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (root / "_news").glob("*.md")}


def write(run: Commands, root: Path, killed_at: int = 0) -> int:
    return run("-C", root, "--now", NOW.isoformat(), "summaries", killed_at=killed_at)


def check_kills(made: TextDesk, tmp_path: Path, kills: int) -> None:
    """Kill the command at so many moments, and hold what comes of it against a whole run."""
    before, model = records(made.root), made.model
    with commands() as run:
        whole = copy_newsroom(made.root, tmp_path / "whole")
        model.paid.clear()
        assert 0 == write(run, whole)
        moments = sorted({*spread(run.changes, kills), *about_the_journal(run.journalled)})
        expected, asked = records(whole), set(model.paid)
        assert 4 == len(model.paid) == len(asked)
        assert 3 == sum(data != before[name] for name, data in expected.items())
        lost = 0
        for moment in moments:
            root = copy_newsroom(made.root, tmp_path / "beat")
            model.paid.clear()
            assert -9 == write(run, root, killed_at=moment), moment
            assert 0 == write(run, root), moment

            paid = list(model.paid)
            assert len({*paid}) == len(paid) >= 3, moment  # nothing was paid for twice
            assert {*paid} <= asked, moment
            found = records(root)
            differ = {name for name, data in found.items() if data != expected[name]}
            assert len(differ) <= 1, moment
            lost += len(differ)
            desk = TextDesk(root, model)
            with desk.log() as log:
                calls = [call for name in found for call in list_calls(log, name)]
            assert len(differ) == sum(call.state == "lost" for call in calls), moment
            assert not is_cut_short(root)
            assert "" == run_git(root, "status", "--porcelain")
            assert 0 == write(run, root)
            assert model.paid == paid, moment
            shutil.rmtree(root)
    assert 0 < lost < len(moments)


def list_calls(log: ModelCallLog, name: str) -> list[ModelCall]:
    story = name.removesuffix(".md")
    return [*log.list_of(story, "summary"), *log.list_of(story, "headline")]


def test_a_killed_pass_pays_for_nothing_twice(made: TextDesk, tmp_path: Path) -> None:
    check_kills(made, tmp_path, 9)


@pytest.mark.long
def test_a_pass_killed_at_any_of_fifty_steps_pays_for_nothing_twice(
    made: TextDesk, tmp_path: Path
) -> None:
    check_kills(made, tmp_path, 50)
