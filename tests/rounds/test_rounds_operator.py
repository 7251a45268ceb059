"""The operator's part of a round: what is pushed, what is forgotten, what each source asks for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from copydesk import rounds
from copydesk.memory import Fate
from copydesk.newsroom import Silence, open_newsroom, reports
from copydesk.rounds import forget_old, push_commits, sources
from copydesk.rounds.sources.states import source_states
from copydesk.watch.schedule.state import SourceState
from world.background import world_in_background
from world.newsroom import (
    KEY,
    NOW,
    SEALS,
    WALL,
    feed,
    newsroom,
    page,
    record_web,
    run_git,
    small_web,
)
from world.web import serves

ENVIRON = {"COPYDESK_KEY": KEY, "EXAMPLE_TOKEN": "Bearer hush"}
PUSHING = '[records]\nremote = "origin"\n'


def pushed(root: Path) -> reports.RoundReport:
    """Do what a round does after its commit."""
    with open_newsroom(root, NOW, ENVIRON) as opened:
        return push_commits(opened, reports.RoundReport(commit="x"))


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    run_git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")
    return tmp_path / "remote.git"


@pytest.fixture
def root(tmp_path: Path, remote: Path) -> Path:
    made = newsroom(tmp_path / "beat", more=PUSHING)
    run_git(made, "remote", "add", "origin", str(remote))
    return made


def test_a_round_without_news_pushes_what_earlier_ones_left(root: Path, remote: Path) -> None:
    with open_newsroom(root, NOW, ENVIRON) as opened:
        report = push_commits(opened, reports.RoundReport())

    assert report.complete
    assert ("pushed 1 commit to origin",) == report.notes
    assert run_git(root, "rev-parse", "HEAD") == run_git(remote, "rev-parse", "main")


def test_a_push_that_fails_makes_the_round_not_complete(root: Path, remote: Path) -> None:
    remote.rename(remote.with_name("gone.git"))

    report = pushed(root)

    assert not report.complete
    (failure,) = report.failed
    assert "origin" == failure.url
    assert failure.what.startswith(
        "could not sync with the git remote: no repository at the remote's address"
    )
    assert "git remote set-url" in failure.hint


def test_a_remote_that_git_does_not_know_is_named_once(root: Path) -> None:
    run_git(root, "remote", "remove", "origin")

    (failure,) = pushed(root).failed

    assert (
        "origin",
        ("could not sync with the git remote: git has no remote with this name"),
    ) == (
        failure.url,
        failure.what,
    )


def test_without_a_remote_nothing_is_pushed(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")

    assert reports.RoundReport(commit="x") == pushed(root)


def test_a_newsroom_without_git_says_that_it_cannot_push(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=PUSHING, git=False)

    assert (
        "could not sync with the git remote: could not push: not a git repository"
        == pushed(root).failed[0].what
    )


@pytest.mark.parametrize("has_news", [True, False])
def test_what_others_pushed_comes_in(
    root: Path, remote: Path, tmp_path: Path, *, has_news: bool
) -> None:
    pushed(root)
    run_git(tmp_path, "clone", "-q", str(remote), "person")
    (tmp_path / "person" / "theirs.md").write_text("theirs")
    run_git(tmp_path / "person", "add", "-A")
    run_git(tmp_path / "person", "commit", "-qm", "by hand")
    run_git(tmp_path / "person", "push", "-q")
    if has_news:
        run_git(root, "commit", "-q", "--allow-empty", "-m", "news")

    report = pushed(root)

    assert report.complete
    sent = ("pushed 1 commit to origin",) if has_news else ()
    assert report.notes == ("pulled 1 commit of others from origin", *sent)
    assert "theirs" == (root / "theirs.md").read_text()


def test_a_replay_is_a_test_and_pushes_nothing(root: Path, remote: Path, tmp_path: Path) -> None:
    web = record_web(tmp_path / "web.warc.gz", small_web())
    with open_newsroom(root, NOW, ENVIRON) as opened:
        report = rounds.run_round(opened, rounds.RoundOptions(web=web), Silence())

    assert report.commit
    assert "push" not in report.stages
    assert "" == run_git(remote, "for-each-ref")


LONG_AGO = NOW - timedelta(days=181)
LEADS = {
    "dropped long ago": ("dropped", LONG_AGO, False),
    "failed long ago": ("failed", LONG_AGO, False),
    "dropped of late": ("dropped", NOW - timedelta(days=179), True),
    "filed long ago": ("filed", LONG_AGO, True),
}


@pytest.mark.parametrize("case", LEADS)
def test_leads_that_came_to_nothing_are_forgotten_in_the_end(root: Path, case: str) -> None:
    state, at, is_kept = LEADS[case]
    fate = Fate(identity="x", url="https://x.example/", state=state, at=at)  # type: ignore[arg-type]
    with open_newsroom(root, NOW, ENVIRON) as opened:
        opened.memory.keep_fate(fate)

        forget_old(opened)

        assert is_kept == (opened.memory.fate("x") is not None)


def state_asked(days_ago: int) -> bytes:
    return msgspec.json.encode(SourceState(next_at=NOW - timedelta(days=days_ago)))


SOURCES = {
    "in the beat": ("https://gull.example/feed.xml", state_asked(300), True),
    "taken out an hour ago": ("https://out.example/", state_asked(0), True),
    "taken out long ago": ("https://out.example/", state_asked(31), False),
    "of another version": ("https://out.example/", b"no state", False),
}


@pytest.mark.parametrize("case", SOURCES)
def test_a_source_that_left_the_beat_is_forgotten_after_a_month(root: Path, case: str) -> None:
    url, state, is_kept = SOURCES[case]
    with open_newsroom(root, NOW, ENVIRON) as opened:
        opened.memory.keep_source(url, state)

        forget_old(opened)

        assert is_kept == (url in opened.memory.sources())


def test_a_host_that_is_asked_no_more_is_forgotten_after_a_month(root: Path) -> None:
    notes = {
        "host old.example": [None, NOW - timedelta(days=31), None],
        "robots https://new.example": [NOW - timedelta(days=1), [], 0.0],
        "host damaged.example": "no note",
    }
    with open_newsroom(root, NOW, ENVIRON) as opened:
        for key, note in notes.items():
            opened.memory.hosts.put(key, msgspec.msgpack.encode(note))

        forget_old(opened)

        assert ["robots https://new.example"] == opened.memory.hosts.keys()


def test_a_source_is_asked_filtered_and_filed_as_its_block_says(tmp_path: Path) -> None:
    """Words, topics, language and headers of one source, on the way from the web to the record."""
    root = newsroom(tmp_path / "beat")
    thursday = "Thu, 19 Nov 2026 10:00:00 GMT"
    with world_in_background() as world:
        one, two = world.url("/one.xml"), world.url("/two.xml", "localhost")
        listed = feed(
            ("Harbour vote", world.url("/wall"), thursday),
            ("Harbour seals", world.url("/seals"), thursday),
            ("Elsewhere", world.url("/elsewhere"), thursday),
        )
        away = feed(("Harbour away", world.url("/away", "localhost"), thursday))
        world.at("/one.xml", serves(listed.body, content_type="application/rss+xml"))
        world.at("/two.xml", serves(away.body, content_type="application/rss+xml"))
        world.at("/wall", serves(page("Harbour vote", WALL.replace("coast", "shore")).body))
        world.at("/away", serves(page("Harbour away", SEALS).body))
        (root / "beat.toml").write_text(
            '[site]\ntitle = "T"\n[fetch]\ncontact = "mailto:a@b.example"\ndelay_seconds = 0\n'
            'allow_hosts = ["127.0.0.1", "localhost"]\n'
            f'[[source]]\nurl = "{one}"\ninclude = ["harbour"]\nexclude = ["seals"]\n'
            'topics = ["Coast"]\nlanguage = "en-GB"\n'
            'headers_env = { Authorization = "EXAMPLE_TOKEN" }\n'
            f'[[source]]\nurl = "{two}"\n'
        )
        with open_newsroom(root, NOW, ENVIRON) as opened:
            report = rounds.run_round(opened, rounds.RoundOptions(), Silence())
            stories = [opened.archive.read(path) for path in report.filed]

    vote = next(story for story in stories if story.title == "Harbour vote")
    assert ("Coast",) == vote.topics
    assert report.dropped["filtered"] == 2
    sent = {asked.path for asked in world.asked if "authorization" in asked.headers}
    assert "/one.xml" in sent
    assert not {asked.path for asked in world.asked if asked.host == "localhost"} & sent
    assert "/seals" not in world.paths()


def test_a_source_with_a_proxy_and_its_pages_are_asked_through_it(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    listed = feed(("A wall", "http://far.example/wall", "Thu, 19 Nov 2026 10:00:00 GMT"))
    with world_in_background() as proxy:
        proxy.at("http://far.example/feed.xml", serves(listed.body))
        (root / "beat.toml").write_text(
            '[site]\ntitle = "T"\n[fetch]\ncontact = "mailto:a@b.example"\ndelay_seconds = 0\n'
            'allow_hosts = ["127.0.0.1"]\n'
            '[[source]]\nurl = "http://far.example/feed.xml"\nproxy_env = "EXAMPLE_PROXY"\n'
        )
        environ = {**ENVIRON, "EXAMPLE_PROXY": proxy.url("").replace("//", "//me:hush@")}
        with open_newsroom(root, NOW, environ) as opened:
            report = rounds.run_round(opened, rounds.RoundOptions(), Silence())

    asked = {one.path for one in proxy.asked if "proxy-authorization" in one.headers}
    assert {"http://far.example/feed.xml", "http://far.example/wall"} <= asked
    assert "hush" not in str(report)


def test_a_source_whose_proxy_is_not_set_says_so_and_what_to_do(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    (root / "beat.toml").write_text(
        '[site]\ntitle = "T"\n[fetch]\ncontact = "mailto:a@b.example"\ndelay_seconds = 0\n'
        '[[source]]\nurl = "http://far.example/feed.xml"\nproxy_env = "MY_PROXY"\n'
    )
    with open_newsroom(root, NOW, ENVIRON) as opened:
        report = rounds.run_round(opened, rounds.RoundOptions(), Silence())
        (row,) = sources.check_sources(opened)

    words = "the proxy is not set: MY_PROXY is not in the environment"
    assert words in report.failed[0].what
    assert row.needs_person
    assert f"{words}, once" == row.findings[0].words
    assert row.findings[0].hint.startswith("set MY_PROXY")


def test_a_source_that_cannot_be_reached_does_not_rest(tmp_path: Path) -> None:
    """It asked for no pause: after a first failure it is due in a quarter of an hour."""
    root = newsroom(tmp_path / "beat")
    (root / "beat.toml").write_text(
        '[site]\ntitle = "T"\n[fetch]\ncontact = "mailto:a@b.example"\ndelay_seconds = 0\n'
        'allow_hosts = ["127.0.0.1"]\n[[source]]\nurl = "http://127.0.0.1:1/feed.xml"\n'
    )
    every = rounds.RoundOptions(all_due=True)
    with open_newsroom(root, NOW, ENVIRON) as opened:
        first = rounds.run_round(opened, every, Silence())
        (state,) = source_states(opened.root, opened.beat, opened.memory).values()
        again = rounds.run_round(opened, every, Silence())

    assert "no connection to 127.0.0.1: refused" in first.failed[0].what
    assert (state.failures, state.rest_until) == (1, None)
    assert state.next_at is not None
    assert state.next_at - NOW < timedelta(minutes=20)
    assert first.failed == again.failed
