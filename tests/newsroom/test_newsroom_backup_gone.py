"""Who left, was erased or blocked after a backup gets nothing once an older one is restored."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.errors import BackupError
from copydesk.mail_store import MailStore, open_mail
from copydesk.mail_store.subscriptions import Consent, LetterRename, Subscription
from copydesk.newsletters.readers import by_hand
from copydesk.newsletters.sending.begin import begin_sending
from copydesk.newsroom import Newsroom
from copydesk.newsroom.backup import RestoreOptions, RestoreReport, keep_backup, restore
from world.backups import make_key_pair, names_in, set_backups
from world.command import copydesk
from world.mail_soak import name_issue
from world.newsroom import NOW, newsroom, run_git
from world.post_office import LATER, opened, post_office, send, taken

DAY = timedelta(days=1)
Act = Callable[[Newsroom, MailStore, str], object]


def keep(root: Path, days: float = 0) -> Path:
    return root.parent / "target" / keep_backup(root, NOW + days * DAY, {}).file


def to_folder(root: Path, *recipients: str) -> None:
    (root.parent / "target").mkdir(exist_ok=True)
    set_backups(root, "folder", *recipients, table='path = "../target"')


def agree(store: MailStore, address: str, letter: str, *, proof: bool = True) -> int:
    """Let somebody have a letter; return their number."""
    reader = store.subscribers.add(address, NOW)
    store.subscribers.set_state(reader.id, "active")
    store.subscriptions.put(Subscription(subscriber=reader.id, letter=letter, since=NOW))
    if proof:
        store.consents.add(Consent(subscriber=reader.id, letter=letter, at=NOW, how="form"))
    return reader.id


def number(store: MailStore, address: str) -> int:
    found = store.subscribers.find(address)
    assert found is not None
    return found.id


def leave_one(_: Newsroom, store: MailStore, address: str) -> None:
    store.subscriptions.end(number(store, address), "daily")


def leave_and_come_back(newsroom: Newsroom, store: MailStore, address: str) -> None:
    by_hand.remove_reader(newsroom, store, address)
    agree(store, address, "daily")


def erase_and_come_back(newsroom: Newsroom, store: MailStore, address: str) -> None:
    by_hand.erase_by_address(newsroom, store, address)
    store.suppressions.lift(address)
    agree(store, address, "daily")


def complain(_: Newsroom, store: MailStore, address: str) -> None:
    store.suppressions.add(address, "complaint", NOW)


def bounce(_: Newsroom, store: MailStore, address: str) -> None:
    store.suppressions.add(address, "hard-bounce", NOW, "5.1.1")


def pause(_: Newsroom, store: MailStore, address: str) -> None:
    store.subscribers.set_state(number(store, address), "paused", NOW + 300 * DAY)


def move(_: Newsroom, store: MailStore, address: str) -> None:
    store.subscribers.change_address(number(store, address), f"new-{address}", NOW)


def nothing(*_: object) -> None:
    """Stay."""


def block(newsroom: Newsroom, store: MailStore, address: str) -> None:
    by_hand.suppress_address(newsroom, store, address, "asked by telephone")


LEAVERS: dict[str, Act] = {
    "one": leave_one,
    "all": by_hand.remove_reader,
    "erased": by_hand.erase_by_address,
    "complaint": complain,
    "bounce": bounce,
    "blocked": block,
    "paused": pause,
    "moved": move,
}
STAYERS: dict[str, Act] = {
    "stays": nothing,
    "back": leave_and_come_back,
    "erased-and-back": erase_and_come_back,
}


def address_of(name: str) -> str:
    return f"{name}@readers.example"


def restored(root: Path, file: Path, **options: Path) -> tuple[Path, RestoreReport]:
    back = root.parent / f"back-{len(names_in(root.parent))}"
    return back, restore(file, back, LATER, RestoreOptions(**options))


@pytest.mark.slow
@pytest.mark.parametrize("is_begun", [False, True], ids=["not begun", "under way"])
def test_whoever_left_after_the_backup_gets_nothing_by_a_real_server(
    tmp_path: Path, is_begun: bool
) -> None:
    keys = make_key_pair(tmp_path)
    with post_office(tmp_path, readers=1) as (root, log):
        to_folder(root, keys.recipient)
        with opened(root) as (newsroom, store):
            for name in (*LEAVERS, *STAYERS):
                agree(store, address_of(name), "daily")
                agree(store, address_of(name), "weekly")
            if is_begun:
                begin_sending(newsroom, store, name_issue(root), "Anna")
        older = keep(root)
        with opened(root) as (newsroom, store):
            for name, act in {**LEAVERS, **STAYERS}.items():
                act(newsroom, store, address_of(name))
        keep(root, 1)

        back, report = restored(root, older, identity=keys.identity)
        sent = send(back)

        expected = {address_of(name) for name in STAYERS} | {"reader0@d0.example"}
        assert expected == set(taken(log))
        assert report.gone is not None
        assert NOW + DAY == report.gone.listed
        assert (1 + 3 * 2 + 2, 2) == (report.gone.ended, report.gone.erased)
        assert {"accepted"} <= set(sent.counts)
    with closing(open_mail(back / ".copydesk")) as store:
        one = store.subscriptions.of(number(store, address_of("one")))
        assert ["weekly"] == [kept.letter for kept in one]
        assert store.subscribers.find(address_of("moved")).address == ""  # type: ignore[union-attr]
        reasons = {kept.reason for kept, _ in store.suppressions.walk()}
        assert {"erased", "complaint", "hard-bounce", "by-hand"} == reasons


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = newsroom(tmp_path / "newsroom")
    to_folder(root)
    with closing(open_mail(root / ".copydesk")) as store:
        agree(store, "ann@example.org", "daily")
        agree(store, "ben@example.org", "daily", proof=False)
    return root


def letters(root: Path, address: str) -> list[str]:
    with closing(open_mail(root / ".copydesk")) as store:
        found = store.subscribers.find(address)
        return [kept.letter for kept in store.subscriptions.of(found.id)] if found else []


def end(root: Path, address: str) -> None:
    with closing(open_mail(root / ".copydesk")) as store:
        store.subscriptions.end(number(store, address), "daily")
        store.subscribers.set_state(number(store, address), "left")


def test_its_own_list_changes_nothing(root: Path) -> None:
    back, report = restored(root, keep(root))

    assert report.gone is not None
    assert (0, 0, ()) == (report.gone.ended, report.gone.erased, report.gone.removed)
    assert ["daily"] == letters(back, "ben@example.org")


def test_without_a_list_a_restore_says_that_nobody_is_known_to_have_left(root: Path) -> None:
    file = keep(root).rename(root.parent / "alone.tar.gz")

    report = copydesk("restore", file, root.parent / "back")

    assert "who unsubscribed after 2026-11-20T08:00:00Z is not known" in report.err
    end(root, "ann@example.org")
    keep(root, 1)
    (gone,) = (root.parent / "target").glob("*-gone.json.gz")
    said = copydesk("restore", file, root.parent / "later", "--gone", gone)
    assert "gone since the backup: 1 subscription ended, 0 subscribers erased (known" in said.out
    assert [] == letters(root.parent / "later", "ann@example.org")


def test_a_list_that_is_older_than_the_backup_drops_no_new_subscriber(root: Path) -> None:
    keep(root)
    (gone,) = (root.parent / "target").glob("*-gone.json.gz")
    old = gone.rename(root.parent / "old.json.gz")
    with closing(open_mail(root / ".copydesk")) as store:
        agree(store, "new@example.org", "daily")
        by_hand_left = number(store, "ann@example.org")
        store.subscriptions.end(by_hand_left, "daily")
        agree(store, "ann@example.org", "weekly")

    back, _ = restored(root, keep(root, -900), gone=old)  # and the clock was set back

    assert ["daily"] == letters(back, "new@example.org")
    assert ["weekly"] == letters(back, "ann@example.org")


def test_a_clock_that_was_set_back_hides_no_leaver(root: Path) -> None:
    older = keep(root, 900)
    end(root, "ann@example.org")
    keep(root, 0)

    back, _ = restored(root, older)

    assert [] == letters(back, "ann@example.org")
    assert ["daily"] == letters(back, "ben@example.org")


def test_lists_of_two_machines_lie_side_by_side_and_the_later_one_counts(root: Path) -> None:
    oldest = keep(root)
    back, _ = restored(root, oldest)
    with closing(open_mail(back / ".copydesk")) as store:
        agree(store, "later@example.org", "daily")
    end(back, "ann@example.org")
    keep(back, 1)  # in a series of its own
    end(root, "ben@example.org")
    keep(root, 2)  # the first machine was not dead

    again, _ = restored(root, oldest)

    assert [] == letters(again, "ann@example.org")


def test_a_newsletter_that_was_renamed_keeps_its_readers(root: Path) -> None:
    older = keep(root)
    with closing(open_mail(root / ".copydesk")) as store:
        agree(store, "ann@example.org", "daily")
        for old, new in (("daily", "noon"), ("noon", "night")):
            store.renames.move_readers(LetterRename(old=old, new=new, by="Ed", at=NOW))
        store.subscriptions.end(number(store, "ben@example.org"), "night")
    keep(root, 1)

    back, _ = restored(root, older)

    assert ["daily"] == letters(back, "ann@example.org")
    assert [] == letters(back, "ben@example.org")


def test_a_list_of_another_newsroom_is_passed_over(root: Path, tmp_path: Path) -> None:
    older = keep(root)
    twin = newsroom(tmp_path / "twin")
    to_folder(twin)
    with closing(open_mail(twin / ".copydesk")) as store:
        agree(store, "eve@example.org", "daily")
    keep(twin, 1)
    for gone in (root.parent / "target").glob("*-gone.json.gz"):
        if json.loads(gzip.decompress(gone.read_bytes()))["made"].startswith("2026-11-20"):
            gone.unlink()

    back, report = restored(root, older)

    assert report.gone is None
    assert ["daily"] == letters(back, "ann@example.org")


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"x", gzip.compress(b"{", mtime=0), gzip.compress(b"[" * 99_999, mtime=0)),
        gzip.compress(b'{"kept":' + b"[" * 99_999, mtime=0),
    ],
    ids=["empty", "no gzip", "cut", "deep", "deep inside"],
)
def test_a_damaged_list_is_told_and_one_that_was_named_is_refused(root: Path, data: bytes) -> None:
    file = keep(root)
    (gone,) = (root.parent / "target").glob("*-gone.json.gz")
    gone.write_bytes(data)

    _, report = restored(root, file)

    assert report.gone is None
    assert (gone.name,) == report.unread
    with pytest.raises(BackupError, match="who has gone"):
        restored(root, file, gone=gone)


def test_no_address_stands_in_a_list(root: Path) -> None:
    keep(root)
    (gone,) = (root.parent / "target").glob("*-gone.json.gz")

    assert b"example.org" not in gzip.decompress(gone.read_bytes())


def test_a_story_that_was_removed_since_is_named(tmp_path: Path) -> None:
    with post_office(tmp_path, readers=0) as (root, _):
        to_folder(root)
        run_git(root, "commit", "-qam", "backups")
        older = keep(root)
        words = ("verdict", "2026-11-19-story-0", "remove", "--why", "wrong", "--as", "Anna")
        assert 0 == copydesk("-C", root, *words).code
        newer = keep(root, 1)

        _, report = restored(root, older)
        _, present = restored(root, newer)

    assert report.gone is not None
    assert present.gone is not None
    assert ("_news/2026-11-19-story-0.md",) == report.gone.removed
    assert () == present.gone.removed
