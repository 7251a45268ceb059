"""The doctor finds what is wrong with a newsroom, and its line mends it."""

from __future__ import annotations

import itertools
import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk import background
from copydesk.desk_store import open_desk
from copydesk.mail_store import OutboxMail, open_mail
from copydesk.mail_store.deliveries import NewSending, SendingRemark, SendingState
from copydesk.newsletters.readers import limits
from copydesk.newsroom import open_newsroom
from world.breaking import (
    CONTACT,
    OLD,
    STORY,
    end_hanging_rounds,
    failing,
    proxy,
    round_status,
    say,
    write_setting,
)
from world.broken_newsrooms import (
    BACKUPS,
    BROKEN,
    BY_HAND,
    Broken,
    examine,
    find,
    follow,
    healthy_newsroom,
    picture,
    web_of,
)
from world.command import copydesk
from world.desk import action
from world.newsroom import KEY, NOW, run_git, write_files

ADOPTED = {
    "_config.yml": b"title: Coast\nwebUrl: https://coast.example\nurl: https://api.coast.example\n",
    "_data/topics/00-coast.yaml": b"_id: coast\nname: Coast\nkeywords:\n  - coast\n",
    "_news/2023-07-24-a-wall.md": b"---\ntitle: A wall\nsecured: QUJD\n---\n",
}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return healthy_newsroom(tmp_path_factory.mktemp("healthy") / "newsroom")


@pytest.fixture
def root(healthy: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(healthy.parent, tmp_path / "world", symlinks=True)
    (tmp_path / "world/key").write_text(KEY, "utf-8")
    yield tmp_path / "world" / healthy.name
    end_hanging_rounds()


def test_a_healthy_newsroom_has_no_finding(root: Path) -> None:
    assert [] == examine(root)


@pytest.mark.parametrize("broken", [*BROKEN, *BACKUPS], ids=lambda broken: broken.name)
def test_what_is_broken_is_found_and_its_line_mends_it(broken: Broken, root: Path) -> None:
    broken.damage(root)
    before = picture(root)

    found = find(broken, root)

    assert found is not None, examine(root)
    assert before == picture(root)
    assert broken.state == found["state"]
    follow(found["mend"], broken, root)
    assert find(broken, root, NOW + broken.later) is None


@pytest.mark.parametrize("broken", BY_HAND, ids=lambda broken: broken.name)
def test_what_a_person_mends_by_hand_is_found(broken: Broken, root: Path) -> None:
    broken.damage(root)
    before = picture(root)

    found = find(broken, root)

    assert found is not None, examine(root)
    assert before == picture(root)
    assert found["mend"]


def test_a_backup_mends_a_damaged_desk(root: Path) -> None:
    broken = BY_HAND[0]
    broken.damage(root)
    found = find(broken, root)
    assert found is not None
    backup, back = root.parent / "newsroom.tar.gz", root.parent / "back"

    follow(
        found["mend"],
        replace(broken, fill={"YOUR-BACKUP": f"{backup}", "NEW-FOLDER": f"{back}"}),
        root,
    )

    assert find(broken, back) is None


# No false alarms.


def faults(root: Path, now: datetime = NOW) -> list[dict[str, str]]:
    return [one for one in examine(root, now) if one["state"] == "fault"]


def test_a_new_newsroom_with_a_contact_has_no_fault(tmp_path: Path) -> None:
    assert copydesk("new", tmp_path / "new").code == 0
    (line,) = faults(tmp_path / "new")
    assert "fetch.contact" in line["what"]

    write_setting(tmp_path / "new/beat.toml", line["mend"].removeprefix("beat.toml: "))

    assert [] == faults(tmp_path / "new")


@pytest.mark.slow
def test_the_demo_has_no_fault(tmp_path: Path) -> None:
    now = datetime(2026, 12, 30, 18, tzinfo=UTC)
    made = copydesk("demo", "--no-serve", "--dir", tmp_path / "demo", "--now", now.isoformat())
    assert made.code == 0, made.err

    assert [] == faults(tmp_path / "demo", now)


def test_an_adopted_site_has_no_fault(tmp_path: Path) -> None:
    root = write_files(tmp_path / "site", ADOPTED)
    assert copydesk("adopt", root).code == 0
    write_setting(root / "beat.toml", CONTACT.replace("]\n", "] ").strip())

    assert [] == faults(root)


def test_a_newsroom_has_no_fault_after_three_rounds(root: Path) -> None:
    for hours in (1, 2, 3):
        moment = (NOW + timedelta(hours=hours)).isoformat()
        assert copydesk("-C", root, "--now", moment, "run", "--web", web_of(root)).code == 0

    assert [] == examine(root, NOW + timedelta(hours=3))


def test_an_open_log_of_a_killed_process_is_left_as_it_is(root: Path) -> None:
    killed = root.parent / "killed"
    with closing(open_desk(root / ".copydesk")) as store:
        store.accounts.add("Ben", "editor", NOW)
        shutil.copytree(root, killed, symlinks=True)
    assert (killed / ".copydesk/desk.sqlite-wal").stat().st_size
    before = picture(killed)

    assert [] == examine(killed)

    assert before == picture(killed)


def test_a_database_that_is_written_meanwhile_is_read_whole(root: Path) -> None:
    end = threading.Event()

    def write() -> None:
        with closing(open_desk(root / ".copydesk")) as store:
            for number in itertools.takewhile(lambda _: not end.is_set(), itertools.count()):
                store.accounts.add(f"Ben {number}", "editor", NOW)

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        found = [examine(root) for _ in range(3)]
        end.set()
        writing.result()
    assert [[], [], []] == found


# Folders that may not be opened.


@pytest.fixture
def stranger() -> Iterator[None]:
    """Be a user to whom the system forbids things, where the tests run as root."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(65_534)
    yield
    os.seteuid(own)


@pytest.mark.parametrize(
    ("path", "bits", "what"),
    [
        (".", 0o000, "may not read"),
        (".copydesk", 0o000, "may not read"),
        (".", 0o555, "may not write"),
    ],
)
def test_a_folder_without_rights_is_found(
    root: Path, path: str, bits: int, what: str, request: pytest.FixtureRequest
) -> None:
    for above in root.parents:
        if above.stat().st_uid == os.geteuid():
            above.chmod(above.stat().st_mode | 0o055)
    (root / path).chmod(bits)
    try:
        request.getfixturevalue("stranger")
        found = examine(root)
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        (root / path).chmod(0o755)

    assert "folder" in {one["check"] for one in found if what in one["what"]}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_files_of_another_user_are_found_and_given_back(root: Path) -> None:
    broken = Broken(name="", check="folder", what="belongs to", damage=lambda _: None)
    os.chown(root / ".copydesk/memory.sqlite", 65_534, 65_534)
    found = find(broken, root)
    assert found is not None

    follow(found["mend"], broken, root)

    assert find(broken, root) is None


def test_without_git_the_rest_is_looked_at(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root.parent / "nothing"))
    proxy("10.0.0.7")(root)

    found = {one["check"]: one["what"] for one in examine(root)}

    assert "git is not installed" in found["git"]
    assert "10.0.0.7" in found["proxies"]


def test_an_error_of_one_check_hides_no_other(root: Path) -> None:
    say("deploy", 'to = "s3"')(root)
    say("deploy.s3", 'bucket = "coast"')(root)
    proxy("10.0.0.7")(root)

    found = {one["check"]: one for one in examine(root)}

    assert "access keys" in found["deploy"]["what"]
    assert "proxies" in found


# What cannot be brought about without harm to the machine: its disk and its clock.


def test_a_full_disk_is_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs(root)
    full = os.statvfs_result((4096, 4096, 1000, 10, 10, 1000, 5, 5, real.f_flag, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: full)  # a disk cannot be filled for a test

    found = [one["what"] for one in examine(root) if one["check"] == "disk"]

    assert ["0 MB free", "5 further files"] == [
        next(part for part in ("0 MB free", "5 further files") if part in what) for what in found
    ]


def test_a_clock_of_another_century_is_found(root: Path) -> None:
    found = examine(root, datetime(1970, 1, 2, tzinfo=UTC))

    assert any("1970-01-02" in one["what"] for one in found if one["check"] == "clock")


# Mail and letters.

MAIL = """
[serve]
public_url = "https://letters.example"

[desk]
host = "desk.letters.example"

[mail]
deliver = "smtp"
from_address = "letters@letters.example"
postal_address = "1 Quay"

[mail.smtp]
host = "127.0.0.1"
port = 9
security = "none"

[[letter]]
id = "daily"
"""


@pytest.fixture
def mailing(root: Path) -> Path:
    text = (root / "beat.toml").read_text("utf-8")
    contact = CONTACT + 'nameservers = ["127.0.0.1:9"]\n'
    (root / "beat.toml").write_text(text.replace(CONTACT, contact) + MAIL, "utf-8")
    run_git(root, "commit", "-qam", "letters")
    return root


def test_the_network_is_asked_about_mail(mailing: Path) -> None:
    before = picture(mailing)

    found = {one["what"].partition(":")[0]: one["mend"] for one in examine(mailing)}

    assert before == picture(mailing)
    assert found["newsletters are not sent"].endswith("mail doctor")
    assert "transaction" in found


def test_what_was_found_about_mail_is_known_to_a_server(mailing: Path) -> None:
    copydesk("-C", mailing, "--now", NOW.isoformat(), "mail", "doctor")

    with open_newsroom(mailing, NOW, {}) as opened:
        found = background.examine(opened)

    assert {"mail"} == {one.check for one in found if one.state == "fault"}
    assert any("transaction" in one.what for one in found)


def test_letters_that_are_stuck_are_found(mailing: Path) -> None:
    with closing(open_mail(mailing / ".copydesk")) as store:
        reader = store.subscribers.add("ada@tidewatch.example", OLD)
        store.outbox.put(OutboxMail(kind="confirm", subscriber=reader.id, made=OLD))
        stuck: tuple[tuple[int, SendingState, SendingRemark], ...] = (
            (17, "paused", "refused"),
            (18, "awaits-word", "person"),
            (19, "ready", ""),
        )
        for day, state, remark in stuck:
            new = NewSending(issue=f"tidewatch-2026-11-{day}", letter="daily", via="smtp")
            sending = store.ledger.begin(new, OLD)
            store.ledger.set_state(sending.number, state, remark=remark)

    with open_newsroom(mailing, NOW, {}) as opened:
        found = background.examine(opened, only_alarms=True)

    told = {one.what.partition("since")[0]: one.state for one in found if one.check == "letters"}
    assert ["fault", "fault", "fault", "remark"] == sorted(told.values())


def test_many_sign_ups_are_found(mailing: Path) -> None:
    with closing(open_mail(mailing / ".copydesk")) as store:
        for _ in range(limits.MAILS_A_DAY):
            limits.admit_any(store, NOW)

    found = [one for one in examine(mailing) if one["check"] == "sign-ups"]

    assert [("fault", True)] == [(one["state"], "500 of 500" in one["what"]) for one in found]


def test_actions_that_nobody_carries_out_are_found(root: Path) -> None:
    with closing(open_desk(root / ".copydesk")) as store:
        store.actions.put([action("verdict", "hold", STORY[6:-3], at=OLD, why="wait")])

    found = [one["what"] for one in examine(root)]

    assert ["actions of editors wait since 2026-11-17T08:00:00Z"] == found


# The command, and the table of texts.


def test_the_command_says_what_why_and_how(root: Path) -> None:
    proxy("10.0.0.7")(root)

    said = copydesk("-C", root, "--now", NOW.isoformat(), "doctor")

    assert 1 == said.code
    assert ["fault: proxies: ", "  why: ", "  mend: beat.toml: [serve] trusted_proxies"] == [
        line[: len(begin)]
        for line, begin in zip(
            said.out.splitlines(),
            ("fault: proxies: ", "  why: ", "  mend: beat.toml: [serve] trusted_proxies"),
            strict=True,
        )
    ]
    assert said.err.endswith("1 finding, 1 fault\n")


def test_the_names_of_all_checks_are_told(root: Path) -> None:
    whole = copydesk("-C", root, "--now", NOW.isoformat(), "doctor", "--json").json()["checked"]
    (root / "beat.toml").write_text("[site", "utf-8")
    part = copydesk("-C", root, "--now", NOW.isoformat(), "doctor", "--json").json()["checked"]

    assert {broken.check for broken in BROKEN} | {"mail", "sign-ups", "disk"} <= set(whole)
    assert len(whole) == len(set(whole))
    assert {"folder", "settings", "git", "stores", "locks"} <= set(part) < set(whole)


def test_alarms_are_what_is_quickly_known(root: Path) -> None:
    round_status(complete=False)(root)
    proxy("10.0.0.7")(root)
    failing("blocked")(root)

    with open_newsroom(root, NOW, {}) as opened:
        found = [
            [one.check for one in background.examine(opened, only_alarms=quick)]
            for quick in (False, True)
        ]

    assert [["rounds", "proxies", "sources"], ["rounds"]] == found
