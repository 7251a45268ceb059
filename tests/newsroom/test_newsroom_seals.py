"""A new key seals what an old one has sealed, whatever interrupts it; the old one opens history."""

from __future__ import annotations

import base64
import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from archive.checkout import seal_reference_form
from copydesk import config
from copydesk.archive.sealing import unseal
from world.command import copydesk
from world.killed import commands
from world.newsroom import KEY, NOW, newsroom, record_web, run_git, small_web

OLD = base64.b64decode(KEY)
OTHER = bytes(range(32))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a newsroom with a key file and some sealed stories."""
    folder = tmp_path_factory.mktemp("begun")
    root = newsroom(folder / "beat")
    (root / ".copydesk").mkdir(exist_ok=True)
    write_key(root, KEY)
    web = record_web(folder / "web.warc.gz", small_web())
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COPYDESK_KEY", raising=False)
        assert 0 == copydesk("-C", root, "--now", NOW.isoformat(), "run", "--web", web).code
    assert len(seals(root)) > 1
    return root


@pytest.fixture
def root(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COPYDESK_KEY", raising=False)
    return shutil.copytree(begun, tmp_path / "beat", symlinks=True)


def write_key(root: Path, text: str) -> None:
    (root / ".copydesk/key").write_text(f"{text}\n", "ascii")
    (root / ".copydesk/key").chmod(0o600)


def keys(root: Path) -> tuple[bytes, ...]:
    return config.load(root, {}).keys


def seals(root: Path) -> dict[str, str]:
    """Return the sealed parts by the names of the records."""
    found = {}
    for path in sorted((root / "_news").glob("*.md")):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("secured: "):
                found[path.name] = line.removeprefix("secured: ").strip('"')
    return found


def plain(sealed: dict[str, str], *keys: bytes) -> dict[str, Any]:
    return {name: json.loads(unseal(text, keys, name)) for name, text in sealed.items()}


def test_all_records_are_under_the_new_key_and_history_under_the_old(root: Path) -> None:
    before, files = seals(root), sorted(path.name for path in root.rglob("*"))
    texts = {path: path.read_text("utf-8") for path in (root / "_news").glob("*.md")}

    said = copydesk("-C", root, "seal", "rotate", "--json").json()

    new, old = keys(root)
    assert (len(before), True, []) == (said["resealed"], said["is_new"], said["failed"])
    assert OLD == old
    assert plain(seals(root), new) == plain(before, old)
    assert not set(seals(root).values()) & set(before.values())
    for path, text in texts.items():  # and nothing else
        assert text.replace(before[path.name], seals(root)[path.name]) == path.read_text("utf-8")
    assert 0o600 == stat.S_IMODE((root / ".copydesk/key").stat().st_mode)
    assert "" == run_git(root, "status", "--porcelain")
    assert (
        f"seal: {len(before)} records under a new key"
        == run_git(root, "log", "-1", "--format=%s").strip()
    )
    assert not {*(path.name for path in root.rglob("*.md"))} - {*files}
    run_git(root, "checkout", "-q", "HEAD^")
    opened = copydesk("-C", root, "seal", "open", f"_news/{next(iter(before))}")
    assert (0, "") == (opened.code, opened.err)


def test_new_stories_and_a_second_rotation_use_the_newest_key(root: Path, tmp_path: Path) -> None:
    before = plain(seals(root), OLD)
    for _ in range(2):
        assert 0 == copydesk("-C", root, "seal", "rotate").code

    newest, middle, oldest = keys(root)
    assert before == plain(seals(root), newest)
    assert OLD == oldest != middle
    for path in (root / "_news").glob("*.md"):
        path.unlink()
    run_git(root, "commit", "-qam", "away")
    web = record_web(tmp_path / "again.warc.gz", small_web())
    shutil.rmtree(root / ".copydesk/articles")
    (root / ".copydesk/memory.sqlite").unlink()
    assert 0 == copydesk("-C", root, "--now", NOW.isoformat(), "run", "--web", web).code
    assert before.keys() <= plain(seals(root), newest).keys()


def test_a_part_of_the_reference_gets_our_form(root: Path) -> None:
    path = next((root / "_news").glob("*.md"))
    was = seals(root)[path.name]
    told = unseal(was, (OLD,), path.name)
    path.write_text(path.read_text("utf-8").replace(was, seal_reference_form(told, OLD)), "utf-8")
    run_git(root, "commit", "-qam", "adopted")

    assert 0 == copydesk("-C", root, "seal", "rotate").code
    assert told == unseal(seals(root)[path.name], keys(root)[:1], path.name)


def test_what_no_key_opens_stays_and_is_named(root: Path) -> None:
    path, *_ = sorted((root / "_news").glob("*.md"))
    was = seals(root)[path.name]
    broken = f"AAAA{was[4:]}"
    path.write_text(path.read_text("utf-8").replace(was, broken), "utf-8")
    run_git(root, "commit", "-qam", "broken")

    said = copydesk("-C", root, "seal", "rotate")

    assert 1 == said.code
    assert path.name in said.err
    assert broken == seals(root)[path.name]
    rest = {name: text for name, text in seals(root).items() if name != path.name}
    assert rest.keys() == plain(rest, keys(root)[0]).keys()


def test_a_record_with_edits_is_left_out_and_a_second_time_takes_it(root: Path) -> None:
    path, *_ = sorted((root / "_news").glob("*.md"))
    was = seals(root)[path.name]
    path.write_text(path.read_text("utf-8").replace("\ntitle: ", "\ntitle:  "), "utf-8")

    said = copydesk("-C", root, "seal", "rotate")

    assert 1 == said.code
    assert f"{path.name} was edited, and left out" in said.err
    assert was == seals(root)[path.name]
    run_git(root, "checkout", "--", ".")
    again = copydesk("-C", root, "seal", "rotate", "--json").json()
    assert (1, False, 2) == (again["resealed"], again["is_new"], len(keys(root)))


@pytest.mark.parametrize("text", ["", KEY])
def test_a_key_of_the_environment_is_changed_there(
    root: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    before = plain(seals(root), OLD)
    (root / ".copydesk/key").unlink()
    monkeypatch.setenv("COPYDESK_KEY", KEY)
    refused = copydesk("-C", root, "seal", "rotate")
    new = base64.b64encode(OTHER).decode()
    monkeypatch.setenv("COPYDESK_KEY", f"{new} {KEY}")
    if not text:
        monkeypatch.setenv("COPYDESK_KEY", "")
        write_key(root, f"{new}\n{KEY}")

    said = copydesk("-C", root, "seal", "rotate", "--json").json()

    assert 1 == refused.code
    assert "put a new key and a space before it" in refused.err
    assert (len(before), False) == (said["resealed"], said["is_new"])
    assert before == plain(seals(root), OTHER)


def test_a_key_file_that_is_a_link_is_not_replaced(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    (root / ".copydesk/key").rename(secret)
    (root / ".copydesk/key").symlink_to(secret)

    said = copydesk("-C", root, "seal", "rotate")

    assert 1 == said.code
    assert "the key file is a link" in said.err
    assert (OLD,) == keys(root)


def test_without_a_key_there_is_nothing_to_change(root: Path) -> None:
    (root / ".copydesk/key").unlink()

    assert "key is missing" in copydesk("-C", root, "seal", "rotate").err


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on(root: Path, tmp_path: Path) -> None:
    before = plain(seals(root), OLD)
    words = ("seal", "rotate")
    with commands() as run:
        whole = shutil.copytree(root, tmp_path / "whole", symlinks=True)
        assert 0 == run("-C", whole, *words)
        moments = range(1, run.changes + 1)
        assert len(moments) > 10
        for moment in moments:
            killed = shutil.copytree(root, tmp_path / f"killed-{moment}", symlinks=True)
            assert -9 == run("-C", killed, *words, killed_at=moment)
            held = keys(killed)
            assert before == plain(seals(killed), *held), f"unreadable after {moment}"
            assert 0 == run("-C", killed, *words)
            assert before == plain(seals(killed), keys(killed)[0]), f"killed at {moment}"
            assert OLD == keys(killed)[-1]
            assert "" == run_git(killed, "status", "--porcelain")
            shutil.rmtree(killed)
