"""Which commands ask the model, and that its private address is for it alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from copydesk import building
from copydesk.newsroom import Silence
from world.background import server_in_background
from world.command import Said, copydesk
from world.desk import copy_newsroom
from world.dns import NameServer, leads_to
from world.newsroom import NOW, record_web, run_git, small_web
from world.writing import TextDesk

ASKED = "POST /v1/chat/completions"


def set_up(desk: TextDesk, sources: str = "", fetch: str = "") -> None:
    """Make the newsroom with these sources alone and settings of the fetcher, and an event."""
    contact = '[fetch]\ncontact = "mailto:desk@tidewatch.example"'
    desk.set_up(more="timeout_seconds = 1", above=f"{contact}\n{fetch}\n{sources}")
    beat = desk.root / "beat.toml"
    beat.write_text(re.split(r'\[\[source\]\]\nurl = "https://gull', beat.read_text())[0], "utf-8")
    desk.file_event()


def run(desk: TextDesk, *words: str | Path) -> Said:
    return copydesk("-C", desk.root, "--now", NOW.isoformat(), *words)


def source(url: str) -> str:
    return f'[[source]]\nurl = "{url}"\nname = "Inside"\n'


@contextmanager
def name_server() -> Iterator[NameServer]:
    server = NameServer()
    with server_in_background(server):
        yield server


def test_a_run_asks_at_its_end_unless_it_is_told_not_to(desk: TextDesk) -> None:
    set_up(desk)
    assert 0 == run(desk, "run", "--no-texts").code
    assert 0 == run(desk, "run", "--dry-run").code
    assert [] == desk.model.visits

    done = run(desk, "run")
    assert 0 == done.code, done.err
    assert [ASKED] == desk.model.visits
    assert "texts by tiny: 1 written, 790 tokens" in done.err
    assert desk.read().summary


def test_a_run_of_a_recording_never_asks(desk: TextDesk, tmp_path: Path) -> None:
    set_up(desk)
    web = record_web(tmp_path / "web.warc.gz", small_web())

    assert 0 == run(desk, "run", "--web", web).code
    assert [] == desk.model.visits


def test_summaries_prints_what_it_did(desk: TextDesk) -> None:
    set_up(desk)
    told = run(desk, "summaries", "--json").json()

    assert (1, 1, 790) == (told["calls"], len(told["written"]), told["tokens"])
    assert 0 == run(desk, "summaries", "--json").json()["calls"]
    desk.change('uses = ["summary"]', "uses = []")
    done = run(desk, "summaries")
    assert 2 == done.code
    assert "no model is set" in done.err


@pytest.mark.parametrize("fault", ["slow", "cut", "huge", "429", "302"])
def test_a_model_that_fails_fails_no_run(desk: TextDesk, fault: str) -> None:
    set_up(desk)
    desk.model.plan = [fault]
    done = run(desk, "run")

    assert 0 == done.code
    assert "the model did not answer: " in done.err
    assert [ASKED] == desk.model.visits
    assert "" == run_git(desk.root, "status", "--porcelain")


def test_a_private_address_is_for_the_model_alone(desk: TextDesk) -> None:
    set_up(desk, source(f"{desk.model.url}/feed.xml"))
    told = run(desk, "run", "--json", "--no-texts").out
    assert [] == desk.model.visits
    assert "127.0.0.1 is not a public address" in told

    assert 1 == run(desk, "summaries", "--json").json()["calls"]
    assert [ASKED] == desk.model.visits


def test_a_name_that_leads_to_a_private_address_is_for_the_model_alone(desk: TextDesk) -> None:
    with name_server() as names:
        names.at("model.world.example", leads_to("127.0.0.1"))
        address = desk.model.url
        desk.model.url = address.replace("127.0.0.1", "model.world.example")
        nameservers = f'nameservers = ["{names.address}"]'
        set_up(desk, source(f"{desk.model.url}/feed.xml"), nameservers)

        assert "address" in run(desk, "run", "--json", "--no-texts").out
        assert [] == desk.model.visits
        assert 1 == run(desk, "summaries", "--json").json()["calls"]
    assert [ASKED] == desk.model.visits


def test_hosts_that_may_be_private_are_no_models(desk: TextDesk) -> None:
    """A redirect of the model leads nowhere, not even to a host that pages may be read from."""
    set_up(desk, fetch='allow_hosts = ["127.0.0.1"]')
    desk.model.plan = ["307"]

    assert 1 == run(desk, "summaries", "--json").json()["failed"]
    assert [ASKED] == desk.model.visits


@pytest.mark.slow
def test_a_build_is_the_same_with_a_model_that_hangs(desk: TextDesk, tmp_path: Path) -> None:
    set_up(desk)
    without = TextDesk(copy_newsroom(desk.root, tmp_path / "without"), desk.model)
    without.change('uses = ["summary"]', "uses = []")
    desk.model.plan = ["slow"] * 9
    sites = []
    for each in (desk, without):
        with each.open() as opened:
            building.build(opened, Silence())
            files = (file for file in sorted(opened.site.rglob("*")) if file.is_file())
            sites.append({file.relative_to(opened.site): file.read_bytes() for file in files})

    assert sites[0] == sites[1]
    assert [] == desk.model.visits
