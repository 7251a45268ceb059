"""A newsroom whose records, rules and settings change as a few numbers say, for laws."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from copydesk import archive
from copydesk.archive import Archive, ArticleStore, Rulings, record
from copydesk.news import Article, Provider, Reason, Ruling, Story, Verdict
from copydesk.news.ruling import RulingKind, Said
from copydesk.newsroom import Newsroom, open_newsroom
from world.newsroom import BEAT, NOW, newsroom, run_git, write_files
from world.records import write_rulings

NAMES = ["wall", "seals", "tram", "prize"]
FOLDERS = ["_news", "_archive/_news"]
SITES = ["https://gull.example", "https://heron.example"]
WORDS: list[Said | None] = [None, "publish", "hold", "reject", "remove"]
REASONS: list[tuple[Reason, ...]] = [
    (),
    (Reason.parse("held: every story waits for an editor"),),
    (Reason.parse("published: off the beat under today's rules"),),
]
SETTINGS = [
    "[scoring]\npublish_at = 60\n",
    "[scoring]\npublish_at = 40\n",
    '[scoring]\nprofile = "everyday"\npublish_at = 60\n',
]
RULES: list[tuple[RulingKind, tuple[str, ...], tuple[str, ...], float | None]] = [
    ("block", (), ("heron.example",), None),
    ("block", (), ("new",), None),
    ("retopic", ("2026-11-20-wall",), ("Coast",), None),
    ("pin", ("2026-11-20-tram",), (), 30),
    ("set", ("2026-11-20-seals",), ("url", "https://x.example/1", "https://x.example/0"), None),
]
_AGES = [timedelta(hours=hours) for hours in (0, 12, 24, 36, 48, 960)]


def record_path(number: int) -> str:
    """Give the path of one of the few records, live or archived."""
    return f"{FOLDERS[number % 2]}/2026-11-20-{NAMES[number // 2 % len(NAMES)]}.md"


def make_story(path: str, form: int) -> Story:
    """Give one of many stories that may lie at a path: few values, so that they often meet."""
    name = path[-9:-3].strip("-0123456789.")
    site = SITES[form % 2]
    said = WORDS[form // 16 % len(WORDS)] if form % 7 == 0 else None
    return Story(
        path=path,
        title=f"The {name} on the coast" if form % 3 else f"A new {name}",
        published_at=None if form % 11 == 0 else NOW - _AGES[form % len(_AGES)],
        excerpt="Nobody saw it coming." if form % 5 else "",
        web_url=f"{site}/{form // 2 % 4}",
        original_url=f"{SITES[0]}/{form // 8 % 4}?utm_source=x" if form % 4 == 1 else "",
        quality=None if form % 13 == 0 else form * 7 % 100,
        heat=-1 if form % 17 == 0 else form % 3,
        published=form // 2 % 2 == 0,
        provider=Provider(name="A paper", domain=site.removeprefix("https://")),
        topics=("Coast",) if form // 3 % 2 else (),
        access="gone" if form % 19 == 0 else "",
        copy_of=f"2026-11-20-{NAMES[form % 4]}" if form % 6 == 0 else "",
        group=f"2026-11-20-{NAMES[form % 4]}" if form % 3 == 0 else "",
        reasons=REASONS[form // 5 % len(REASONS)],
        verdict=None if said is None else Verdict(said=said, by="Ed", at=NOW, why="so"),
    )


@dataclass
class History:
    """A newsroom in git in which things happen, each told by a number."""

    root: Path
    now = NOW

    @classmethod
    def begin(cls, root: Path, *, git: bool = True) -> History:
        """Make the newsroom, with articles for some of its pages."""
        newsroom(root, more=SETTINGS[0], git=git)
        articles = ArticleStore(root / ".copydesk" / "articles", 10**8)
        for number in range(2):
            articles.put(
                Article(
                    url=f"{SITES[0]}/{number}",
                    web_url=f"{SITES[0]}/{number}",
                    title="Read",
                    published_at=NOW,
                    source=f"{SITES[0]}/feed{number}",
                    found=NOW,
                    text=f"lighthouse keeper number {number} of the sea wall",
                )
            )
        return cls(root)

    @contextmanager
    def open(self) -> Iterator[Newsroom]:
        """Open the newsroom as it is now."""
        with open_newsroom(self.root, self.now, {}) as opened:
            yield opened

    def happen(self, kind: str, number: int) -> None:
        """Let one thing of `HAPPENINGS` happen."""
        HAPPENINGS[kind](self, number)

    def file(self, number: int) -> None:
        """File a story, or another one in its place."""
        story = make_story(record_path(number), number // 8)
        write_files(self.root, {story.path: record.emit_story(story)})

    def spoil(self, number: int) -> None:
        """Let a record be none that can be read."""
        write_files(self.root, {record_path(number): b"---\ntitle: [\n---\n"})

    def link(self, number: int) -> None:
        """Put a link where a record is, to another one."""
        file = self.root / record_path(number)
        file.unlink(missing_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.symlink_to(self.root / record_path(number + 2))

    def delete(self, number: int) -> None:
        """Delete a record."""
        (self.root / record_path(number)).unlink(missing_ok=True)

    def move(self, number: int) -> None:
        """Move a record to the archive, or back."""
        old, new = self.root / record_path(number), self.root / record_path(number ^ 1)
        if old.exists():
            new.parent.mkdir(parents=True, exist_ok=True)
            old.rename(new)

    def edit(self, number: int) -> None:
        """Turn letters of every live record round by hand: its size is as it was."""
        word = b"coats" if number % 2 else b"coast"
        for path in Archive(self.root).paths():
            file = self.root / path
            if not file.is_symlink():
                file.write_bytes(re.sub(b"coa(st|ts)", word, file.read_bytes()))

    def say(self, number: int) -> None:
        """Put a verdict among the rulings, or take it back."""
        rulings, path = archive.read_rulings(self.root), record_path(number)
        said = WORDS[number // 8 % len(WORDS)]
        if said is None:
            after = rulings.without_verdict(path)
        else:
            after = rulings.with_verdict(path, Verdict(said=said, by="Ed", at=NOW, why="so"))
        write_rulings(self.root, after)

    def rule(self, number: int) -> None:
        """Make a rule, or undo all."""
        rulings = archive.read_rulings(self.root)
        if number % 6 == len(RULES):
            write_rulings(self.root, Rulings(verdicts=rulings.verdicts))
            return
        said, stories, values, hours = RULES[number % 6]
        until = None if hours is None else NOW + timedelta(hours=hours)
        rule = Ruling(
            said=said, by="Ed", at=NOW, why="so", stories=stories, values=values, until=until
        )
        if rule not in rulings.rules:
            rules = (*rulings.rules, rule)
            write_rulings(
                self.root, Rulings(verdicts=rulings.verdicts, removed=rulings.removed, rules=rules)
            )

    def set(self, number: int) -> None:
        """Change the settings."""
        beat = BEAT.format(more=SETTINGS[number % len(SETTINGS)])
        write_files(self.root, {"beat.toml": beat.encode()})

    def wait(self, number: int) -> None:
        """Let time pass."""
        self.now += timedelta(hours=number % 40)

    def commit(self, number: int) -> None:
        """Commit everything; at times it is the last commit that is made again."""
        amend = ("--amend",) if number % 4 == 0 else ()
        run_git(self.root, "add", "-A")
        run_git(self.root, "commit", "-q", "--allow-empty", "-m", "x", *amend)

    def rewind(self, number: int) -> None:
        """Go back to the first commit, at times without a trace of what came after it."""
        first = run_git(self.root, "rev-list", "--max-parents=0", "HEAD").split()[0]
        run_git(self.root, "reset", "-q", "--hard", first)
        run_git(self.root, "clean", "-qfd")
        if number % 2:
            run_git(self.root, "-c", "gc.reflogExpire=now", "gc", "-q", "--prune=now")

    def detach(self, number: int) -> None:
        """Stand on a commit and no branch."""
        del number
        run_git(self.root, "checkout", "-q", "--detach")

    def lose(self, number: int) -> None:
        """Delete the catalogue, or damage it."""
        file = self.root / ".copydesk" / "catalogue.sqlite"
        if not file.exists():
            return
        data = file.read_bytes()
        damaged = [None, b"", b"random" * 999, data[: len(data) // 2]][number % 4]
        if damaged is None:
            file.unlink()
        else:
            file.write_bytes(damaged)


HAPPENINGS: dict[str, Callable[[History, int], None]] = {
    "file": History.file,
    "spoil": History.spoil,
    "link": History.link,
    "delete": History.delete,
    "move": History.move,
    "edit": History.edit,
    "say": History.say,
    "rule": History.rule,
    "set": History.set,
    "wait": History.wait,
    "commit": History.commit,
    "rewind": History.rewind,
    "detach": History.detach,
    "lose": History.lose,
}
