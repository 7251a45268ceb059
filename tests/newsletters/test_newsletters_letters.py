"""Letters of a newsroom: composed from its records, filed at their hour, what keeps one back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk import background, config
from copydesk.archive import Archive
from copydesk.background import LetterHours, NewsroomFolder
from copydesk.desk_store import open_desk
from copydesk.desk_store.letter_edits import IssueChange
from copydesk.errors import UsageError
from copydesk.news import Story
from copydesk.news.letter import Issue
from copydesk.newsletters import issues
from copydesk.newsletters.composing import MOST_BYTES
from copydesk.newsletters.composing.drafts import IssueDraft
from copydesk.newsletters.issue_filing import file_due_letters, file_letter
from copydesk.newsroom import Newsroom, open_newsroom
from world import records
from world.command import copydesk
from world.composing import list_names
from world.desk import NAMES, copy_newsroom, desk_newsroom, stories
from world.fetching import StepClock
from world.letters import SITE
from world.newsroom import NOW, record_web, run_git, small_web

# due at the moment of the tests, and each day
LETTER = f"""
[[letter]]
id = "daily"
title = "The Day"
at = "{NOW:%H:%M}"
zone = "UTC"
"""
DAY = timedelta(days=1)
LISTED = (
    *("[[letter.part]]", 'kind = "lead"'),
    *("[[letter.part]]", 'kind = "collection"', 'of = "learning"', "most = 3"),
)


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desk_newsroom(tmp_path_factory.mktemp("letters") / "beat", stories(3), more=LETTER)


@pytest.fixture
def root(filed: Path, tmp_path: Path) -> Path:
    return copy_newsroom(filed, tmp_path / "beat")


def draft(root: Path, at: datetime = NOW) -> IssueDraft:
    with open_newsroom(root, at, {}) as newsroom:
        return issues.draft_letter(newsroom, "daily", at)


def compose(root: Path, at: datetime = NOW) -> Issue:
    return draft(root, at).issue


def file_due(root: Path, at: datetime = NOW) -> list[str]:
    """File what is due, and return what became of it."""
    with open_newsroom(root, at, {}) as newsroom:
        return [outcome.state for outcome in file_due_letters(newsroom)]


def add(root: Path, *more: Story) -> None:
    """File further stories by a commit."""
    for story in more:
        records.write(Archive(root), story)
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "more")


def set_options(root: Path, *lines: str) -> None:
    """Give the letter further options."""
    beat = (root / "beat.toml").read_text()
    head, last, rest = beat.partition('zone = "UTC"\n')
    (root / "beat.toml").write_text("\n".join((head + last.rstrip(), *lines, rest)))


def story_at(number: int, at: datetime, **fields: object) -> Story:
    return replace(stories(6)[number], published_at=at, **fields)  # type: ignore[arg-type]


def test_an_issue_tells_what_the_front_page_has(root: Path) -> None:
    issue = compose(root)

    assert list_names(issue) == [NAMES[2], NAMES[1], NAMES[0]]
    lead = issue.sections[0].stories[0]
    assert lead.title == "Story number 2 of the coast"
    assert lead.page == f"{SITE}/news/{NAMES[2]}/"
    assert lead.url == f"https://herald.example/{NAMES[2]}"
    assert issue.sections[0].title == "Top stories"
    assert issue.page == f"{SITE}/newsletter/{issue.name}/"
    assert (issue.site, issue.home) == ("Tidewatch", f"{SITE}/")
    assert issue.since == NOW - DAY
    assert (issue.subject, issue.preheader) == (
        "Story number 2 of the coast",
        "Story number 1 of the coast / Story number 0 of the coast",
    )


def test_composing_changes_nothing_on_the_disk(root: Path) -> None:
    engine_private = root / ".copydesk"
    compose(root)
    before = {path: path.read_bytes() for path in engine_private.rglob("*") if path.is_file()}

    assert compose(root) == compose(root)

    after = {path: path.read_bytes() for path in engine_private.rglob("*") if path.is_file()}
    assert before.keys() == after.keys()
    assert run_git(root, "status", "--porcelain") == ""


def test_a_due_letter_is_filed_once_and_told_stories_never_again(root: Path) -> None:
    assert file_due(root) == ["filed"]
    assert file_due(root) == []
    assert file_due(root, NOW + timedelta(hours=3)) == []

    after = draft(root, NOW + DAY)
    assert (after.new, list_names(after.issue)) == (0, [])
    assert after.issue.since == NOW


def test_an_hour_with_nothing_new_is_skipped_and_stays_so(root: Path) -> None:
    file_due(root)
    assert file_due(root, NOW + DAY) == ["skipped"]
    fresh = NOW + DAY + timedelta(minutes=5)
    add(root, story_at(3, fresh))

    assert file_due(root, fresh + timedelta(minutes=5)) == []
    assert file_due(root, NOW + DAY * 2) == ["filed"]


def test_a_story_that_came_late_is_told_and_what_was_cut_is_not(root: Path) -> None:
    set_options(root, "most = 2")
    assert file_due(root) == ["filed"]
    add(root, story_at(3, NOW - timedelta(hours=2)))

    assert list_names(compose(root, NOW + DAY)) == [NAMES[3]]


def test_a_story_that_an_editor_published_late_is_told(root: Path) -> None:
    held = story_at(3, NOW - timedelta(hours=30), published=False)
    add(root, held)
    file_due(root)
    assert copydesk(
        *("-C", root, "--now", (NOW + timedelta(hours=1)).isoformat()),
        *("verdict", held.path, "publish", "--why", "so", "--as", "Anna"),
    ).code == 0  # fmt: skip

    assert list_names(compose(root, NOW + DAY)) == [NAMES[3]]


def test_a_story_of_a_time_to_come_waits_for_it(root: Path) -> None:
    add(root, story_at(3, NOW + timedelta(hours=5)))

    assert NAMES[3] not in list_names(compose(root))
    assert file_due(root) == ["filed"]
    assert list_names(compose(root, NOW + DAY)) == [NAMES[3]]


def test_what_git_does_not_have_is_composed_all_the_same(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", stories(2), more=LETTER, git=False)

    assert list_names(compose(root)) == [NAMES[1], NAMES[0]]
    assert file_due(root) == ["filed"]
    assert list_names(compose(root, NOW + DAY)) == []


def change(root: Path, field: str, *value: str, story: str = "") -> None:
    with contextlib.closing(open_desk(root / ".copydesk")) as desk:
        wanted = IssueChange(field=field, story=story, value=value, seen="")  # type: ignore[arg-type]
        desk.letters.change("daily", wanted, "Anna", NOW)


def test_a_held_issue_goes_when_it_is_released_and_with_its_edits(root: Path) -> None:
    change(root, "held", "yes")
    change(root, "subject", "Ours")
    assert file_due(root) == ["held"]
    clock = ("-C", root, "--now", NOW.isoformat())
    assert "subject: Ours" in copydesk("mail", "compose", "daily", *clock).out
    with contextlib.closing(open_desk(root / ".copydesk")) as desk:
        kept = desk.letters.of("daily")
        (held,) = [one for one in kept.last.values() if one.field == "held"]
        desk.letters.undo("daily", held.number, "Anna", NOW)

    assert file_due(root, NOW + timedelta(minutes=50)) == ["filed"]
    (file,) = (root / "_newsletters").iterdir()
    assert "<title>Ours</title>" in file.read_text()
    with contextlib.closing(open_desk(root / ".copydesk")) as desk:
        assert desk.letters.of("daily").edits.subject == ""


def test_an_issue_that_needs_an_editor_waits_for_one(root: Path) -> None:
    set_options(root, 'approval = "editor"')
    assert file_due(root) == ["unapproved"]

    with open_newsroom(root, NOW, {}) as newsroom:
        assert file_letter(newsroom, "daily", by="Anna").state == "filed"


def test_a_letter_that_waits_for_stories_goes_when_they_are_there(root: Path) -> None:
    set_options(root, "when_new = 4")
    assert file_due(root) == []
    add(root, story_at(3, NOW + timedelta(hours=1)))

    assert file_due(root, NOW + timedelta(hours=2)) == ["filed"]
    assert file_due(root, NOW + timedelta(hours=3)) == []


def test_two_letters_at_one_minute_are_both_filed(root: Path) -> None:
    beat = (root / "beat.toml").read_text()
    (root / "beat.toml").write_text(beat + LETTER.replace("daily", "other"))

    assert file_due(root) == ["filed", "filed"]
    names = sorted(path.name for path in (root / "_newsletters").iterdir())
    assert [name.rsplit("-", 3)[0] for name in names] == ["daily", "other"]


def test_a_broken_template_costs_no_other_letter_and_is_told(root: Path) -> None:
    (root / "_templates").mkdir()
    (root / "_templates" / "letter.mjml").write_text("<mjml>{% for %}")

    with open_newsroom(root, NOW, {}) as newsroom:
        (outcome,) = file_due_letters(newsroom)

    assert outcome.state == "failed"
    assert "letter.mjml" in outcome.what


def test_a_list_and_another_collection_are_told(root: Path) -> None:
    course = '---\ntitle: "Learn the tides"\nexcerpt: "In three parts."\nheat: 5\n---\n'
    (root / "_learning").mkdir()
    (root / "_learning" / "tides.md").write_text(course)
    (root / "_data" / "lists").mkdir(parents=True, exist_ok=True)
    (root / "_data" / "lists" / "best.yaml").write_text(
        f'title: "Our best"\nstories:\n  - story: "{NAMES[2]}"\n    words: "Read this."\n'
    )
    parts = ('kind = "list"\nof = "best"', 'kind = "collection"\nof = "learning"')
    set_options(root, *(f"[[letter.part]]\n{part}" for part in parts))

    issue = compose(root)

    assert [(section.kind, section.title) for section in issue.sections] == [
        ("list", "Our best"),
        ("collection", "Learning"),
    ]
    assert list_names(issue) == [NAMES[2], "learning/tides"]
    assert issue.sections[0].stories[0].note == "Read this."
    assert file_due(root) == ["filed"]
    assert list_names(compose(root, NOW + DAY)) == ["learning/tides"]  # nothing else to pick
    assert draft(root, NOW + DAY).new == 0


def test_a_stash_that_the_desk_shares_is_told_and_nobodys_own(root: Path) -> None:
    with contextlib.closing(open_desk(root / ".copydesk")) as desk:
        for name, is_shared in (("tides", True), ("own", False)):
            stash = desk.stashes.make("Anna", name, shared=is_shared)
            desk.stashes.add("Anna", stash, [NAMES[2], "gone", NAMES[0]])
    parts = ("tides", "own", "nowhere")
    set_options(root, *(f'[[letter.part]]\nkind = "stash"\nof = "{name}"' for name in parts))

    issue = compose(root)

    assert [("stash", "tides")] == [(part.kind, part.title) for part in issue.sections]
    assert list_names(issue) == [NAMES[2], NAMES[0]]
    assert file_due(root) == ["filed"]
    assert draft(root, NOW + DAY).new == 0  # each is told once


def test_what_is_filed_has_all_stories_and_the_mail_those_that_fit(root: Path) -> None:
    excerpt = "Beaches are closed by the wind. " * 9
    late = [
        replace(
            stories(1)[0],
            path=f"_news/2026-11-20-late-{number}.md",
            title=f"Late {number}",
            excerpt=excerpt,
        )
        for number in range(80)
    ]
    add(root, *late)
    set_options(root, "most = 80", "[[letter.part]]", 'kind = "lead"', "most = 80")

    with open_newsroom(root, NOW, {}) as newsroom:
        issue = issues.draft_letter(newsroom, "daily", NOW).issue
        mailed = issues.render_issue(newsroom, issue)
        outcome = file_letter(newsroom, "daily", by="Anna")

    filed = (root / outcome.path).read_text("utf-8")
    assert mailed.bytes <= MOST_BYTES
    assert mailed.html.count("<!--/story-->") < 80
    assert filed.count("<!--/story-->") == 80


def test_a_letter_that_is_none_is_refused_with_the_nearest(root: Path) -> None:
    with open_newsroom(root, NOW, {}) as newsroom, pytest.raises(UsageError) as caught:
        issues.draft_letter(newsroom, "dayly", NOW)

    assert caught.value.hint == 'did you mean "daily"?'


def told(lines: Sequence[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]


def test_an_issue_with_too_little_says_what_to_change_to_have_it(root: Path) -> None:
    beat = root / "beat.toml"
    text = beat.read_text("utf-8")
    beat.write_text(text.replace('id = "daily"\n', 'id = "daily"\nfewest = 9\n', 1), "utf-8")
    words = ("-C", root, "--now", NOW.isoformat(), "mail", "compose", "daily", "--file")

    skipped = copydesk(*words, "--as", "Anna")

    assert (0, True) == (skipped.code, "skipped: only 3 new stories (9 needed)" in skipped.out)
    assert "set `fewest` (or `when_new`, if it is set) to 3" in skipped.err
    assert 'id = "daily"' in skipped.err
    beat.write_text(text.replace('id = "daily"\n', 'id = "daily"\nfewest = 3\n', 1), "utf-8")
    assert 0 == copydesk(*words, "--as", "Anna").code


def test_an_issue_without_news_says_what_may_bring_some(root: Path) -> None:
    later = (NOW + DAY).isoformat()
    copydesk("-C", root, "--now", NOW.isoformat(), "mail", "compose", "daily", "--file")

    skipped = copydesk("-C", root, "--now", later, "mail", "compose", "daily", "--file")

    assert (0, True) == (skipped.code, "no new stories" in skipped.out)
    assert "hint: run `copydesk run` to look for stories" in skipped.err


def test_the_commands_show_an_issue_and_file_it(root: Path) -> None:
    clock = ("-C", root, "--now", NOW.isoformat())

    assert not (root / ".copydesk" / "desk.sqlite").exists()
    shown = copydesk("mail", "compose", "daily", *clock)
    preview = copydesk("mail", "preview", "daily", *clock, "--json").json()
    done = copydesk("mail", "compose", "daily", "--file", "--as", "Anna", *clock, "--json").json()
    again = copydesk("mail", "compose", "daily", "--file", "--as", "Anna", *clock)
    due = copydesk("mail", "file-due", *clock, "--json").json()
    early = copydesk("mail", "send", "daily", "--test", "me@example.org", *clock)

    assert "copydesk mail preview daily --open; to save it: copydesk mail file daily" in early.err
    lines = told(shown.out.splitlines())
    assert lines[1] == "subject: Story number 2 of the coast"
    assert "1. Story number 2 of the coast" in lines
    assert list(preview) == ["subject", "preheader", "html", "text", "stories", "bytes"]
    assert preview["stories"] == [NAMES[2], NAMES[1], NAMES[0]]
    assert preview["bytes"] == len(preview["html"].encode()) + len(preview["text"].encode())
    assert (done["state"], done["new"]) == ("filed", 3)
    assert (root / done["path"]).is_file()
    assert again.code == 0
    assert due == {"letters": []}
    assert not (root / ".copydesk" / "desk.sqlite").exists()
    wrong = copydesk("mail", "compose", "daily", "--file", "--at", NOW.isoformat(), *clock)
    assert wrong.code == 2


class OneLook:
    """The clock of a server: it says when it is, and waits for nothing."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(f"waited for {seconds} s")


def look(root: Path, *moments: datetime) -> list[str]:
    """Look whether a letter is due as a server does, at some moments; return what was filed."""
    filed: list[str] = []
    clock = OneLook()

    async def file() -> int:
        filed.append(clock.at.strftime("%d %H:%M"))
        return 0 if all(state != "failed" for state in file_due(root, clock.at)) else 1

    async def go() -> None:
        hours = LetterHours(folder, clock, asyncio.Lock(), file, filed.append)
        for clock.at in moments:
            await hours.look()

    folder = NewsroomFolder(config.load(root, {}), {})
    asyncio.run(go())
    return filed


def test_a_server_files_a_letter_at_its_hour_and_once(root: Path) -> None:
    minute = timedelta(minutes=1)

    assert look(root, NOW - minute, NOW, NOW + minute, NOW + DAY, NOW + DAY + minute) == [
        NOW.strftime("%d %H:%M"),
        (NOW + DAY).strftime("%d %H:%M"),  # skipped: nothing is new
    ]
    assert len(list((root / "_newsletters").iterdir())) == 1


def test_a_server_that_starts_no_process_for_now_files_a_letter_later(root: Path) -> None:
    clock, said = StepClock(), list[str]()
    clock.at = NOW

    async def go() -> None:
        asked = asyncio.Event()

        async def file() -> int:
            if clock.at == NOW:
                raise OSError(11, "try again")
            asked.set()
            return 0

        hours = LetterHours(folder, clock, asyncio.Lock(), file, said.append)
        work = [asyncio.create_task(task) for task in (hours.go_on(), asked.wait())]
        await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        assert asked.is_set()
        work[0].cancel()

    folder = NewsroomFolder(config.load(root, {}), {})
    asyncio.run(go())

    assert ["cannot create newsletter issues at the moment: [Errno 11] try again"] == said


def test_a_server_leaves_a_held_letter_and_tells_once_of_one_that_fails(root: Path) -> None:
    change(root, "held", "yes")
    assert look(root, NOW, NOW + timedelta(minutes=1)) == []
    with contextlib.closing(open_desk(root / ".copydesk")) as desk:
        desk.letters.end("daily", desk.letters.of("daily").version)
    (root / "_templates").mkdir()
    (root / "_templates" / "letter.mjml").write_text("<mjml>{% for %}")

    told = look(root, NOW, NOW + timedelta(minutes=1))

    assert told.count("no issue created: daily (exit code 1); trying again") == 1


def test_a_server_looks_at_a_letter_that_waits_for_stories_when_something_is_filed(
    root: Path,
) -> None:
    set_options(root, "when_new = 3")
    moments = [NOW + timedelta(minutes=minutes) for minutes in range(4)]
    assert len(look(root, *moments)) == 2  # and once more, since the issue itself was filed


def test_a_round_files_what_is_due_and_publishes_it(root: Path, tmp_path: Path) -> None:
    web = record_web(tmp_path / "web.warc.gz", small_web())

    report = copydesk("run", "--web", web, "-C", root, "--now", NOW.isoformat(), "--json").json()

    (note,) = [note for note in report["notes"] if note.startswith("newsletter daily: ")]
    name = Path(note.rpartition(" ")[2]).stem
    page = root / ".copydesk" / "site" / "newsletter" / name / "index.html"
    assert "Story number 2 of the coast" in page.read_text()
    assert "letters" in report["stages"]


def test_an_issue_is_the_same_on_machines_of_other_zones_and_languages(root: Path) -> None:
    (root / "_learning").mkdir()
    for number in range(9):
        (root / "_learning" / f"course-{number}.md").write_text(f'---\ntitle: "C {number}"\n---\n')
    set_options(root, *LISTED)
    command = ("mail", "preview", "daily", "--json", "-C", root, "--now", NOW.isoformat())
    worlds = ({"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1"}, {"TZ": "America/Lima", "LC_ALL": "C"})

    told = {
        subprocess.run(
            (sys.executable, "-m", "copydesk", *command),
            env=os.environ | world,
            capture_output=True,
            check=True,
        ).stdout
        for world in worlds
    }

    assert len(told) == 1
    assert b"course-" in told.pop()


def test_a_served_newsroom_files_its_letters(tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    fresh = replace(stories(1)[0], published_at=now - timedelta(hours=1))
    letter = LETTER.replace(f"{NOW:%H:%M}", f"{now - timedelta(minutes=5):%H:%M}")
    root = desk_newsroom(tmp_path / "beat", [fresh], more=letter)
    folder = root / "_newsletters"

    async def serve(opened: Newsroom) -> None:
        async with background.open_service(opened, print, runs_rounds=False) as service:
            work = asyncio.create_task(service.go_on())
            async with asyncio.timeout(120):
                while not folder.exists() or not run_git(
                    root, "log", "--format=%s", "--", folder.name
                ):
                    await asyncio.sleep(0.05)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    with open_newsroom(root, now, {}) as opened:
        asyncio.run(serve(opened))

    assert len(list(folder.iterdir())) == 1
