"""Hold the ledger of a soak against its newsroom, the mail server's log and the network.

    PYTHONPATH=tests python benchmarks/soak/compare.py FOLDER
    PYTHONPATH=tests python benchmarks/soak/compare.py FOLDER OTHER

The first form prints a line for each check, with what is wrong below it, and exits with 1 if
anything is; no process may be at work in the newsroom. It keeps the ids of all committed files in
FOLDER/manifests. The second form lists, by folder, which files of two soaks of one seed had other
bytes in the last round that both kept.
"""

from __future__ import annotations

import filecmp
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "tests")]

from invented_web import InventedWeb  # noqa: E402
from work import Worker, read_lines  # noqa: E402

from copydesk.archive import Archive  # noqa: E402
from copydesk.building.channels import OwedCall, OwedCalls  # noqa: E402
from copydesk.desk_store import open_desk  # noqa: E402
from copydesk.kit import urls  # noqa: E402
from copydesk.mail_store import MailStore, open_mail  # noqa: E402
from copydesk.memory import Memory  # noqa: E402
from copydesk.newsletters.delivery_log import list_who  # noqa: E402

_STORY_LINK = re.compile(r"/news/([\w-]+)/")
_REST_ROUNDS = 6  # after which a page must have been read, and a post sent
_FIRST_CALLS = 10  # the round from which a webhook is called: what is older is no news to it
_NOT_SENT = {"refused", "given-up", "skipped"}
# what `doctor` says of any newsroom that talks to this machine alone, or of the machine itself
_OF_THE_PLACE = {"disk", "folder", "mount", "clock", "mail", "backups", "proxies", "runs"}


class Comparison:
    """The newsroom of a soak, and what its ledger says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = json.loads((folder / "state.json").read_text())
        self.ledger, _ = read_lines(folder / "ledger.jsonl")
        self.worker = Worker(folder, dict(os.environ))
        self.worker.now = (folder / "clock").read_text().replace("+00:00", "Z")
        self.root = self.worker.root
        self.private = self.root / ".copydesk"

    def checks(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each check, and what is wrong by it."""
        yield "records are valid", self._run("record", "check")
        yield "doctor finds no fault", self._ask_doctor()
        yield "git fsck", self._check_git()
        yield "nothing is left uncommitted", self._list_uncommitted()
        yield "databases are whole", list(self._check_databases())
        yield "each story is there", list(self._check_stories())
        yield "each page was read", list(self._check_pages())
        yield "each verdict and edit is in force", list(self._check_edits())
        yield "drafts are there", list(self._check_drafts())
        yield "each reader stands as they said", list(self._check_readers())
        yield "no letter twice, none lost", list(self._check_letters())
        yield "no post twice, none lost", list(self._check_posts())
        yield "webhooks were called once", list(self._check_calls())
        yield "a site built anew is equal", list(self._check_site())

    def keep_manifest(self) -> None:
        """Keep the ids of all committed files as of this round."""
        listed = self._git("ls-tree", "-r", "HEAD").splitlines()
        files = dict(line.split("\t")[::-1] for line in listed)
        kept = {path: words.split()[2] for path, words in files.items()}
        place = self.folder / "manifests" / f"{self.state['next_round']:05}.json"
        place.parent.mkdir(exist_ok=True)
        place.write_text(json.dumps(kept))

    def _run(self, *words: str) -> list[str]:
        done = self.worker.run("compare", *words)
        return (
            [f"{' '.join(words)}: {done.code}: {done.err[-600:]}{done.out[-600:]}"]
            if done.code
            else []
        )

    def _ask_doctor(self) -> list[str]:
        done = self.worker.run("compare", "doctor", "--json")
        return [
            f"{finding['check']}: {finding['what']}"
            for finding in done.json()["findings"]
            if finding["state"] == "fault"
            and finding["check"] not in _OF_THE_PLACE
            and "fetch.contact" not in finding["what"]  # rounds read a recording here
        ]

    def _git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.root, check=False, capture_output=True, text=True
        )
        return done.stdout if not done.returncode else f"FAILED {done.returncode}: {done.stderr}"

    def _check_git(self) -> list[str]:
        said = self._git("fsck", "--full", "--no-dangling", "--no-progress")
        return [line for line in said.splitlines() if line.strip()][:5]

    def _list_uncommitted(self) -> list[str]:
        return self._git("status", "--porcelain").splitlines()[:10]

    def _check_databases(self) -> Iterator[str]:
        for file in sorted(self.private.rglob("*.sqlite")):
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
                ((said, *_),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
            if said != "ok":
                yield f"{file.name}: {said}"

    def _check_stories(self) -> Iterator[str]:
        for line in self.ledger:
            for became in line.get("became", ()):
                if not (self.root / became["path"]).is_file():
                    yield f"round {line['round']}: {became['path']} is gone"

    def _check_pages(self) -> Iterator[str]:
        web = InventedWeb(self.state["seed"])
        last = self.state["next_round"] - 1
        web.go_to(last)
        archive, known = Archive(self.root), set()
        filed = Counter[str]()
        for path in sorted((self.root / "_news").glob("*.md")):
            for address in archive.read(f"_news/{path.name}").addresses:
                known.add(urls.identity(address))
                filed[urls.identity(address)] += 1
        with closing(Memory(self.private / "memory.sqlite")) as memory:
            for story in web.stories:
                key = urls.identity(story.url)
                if filed[key] > 1:
                    yield f"{story.url} is filed {filed[key]} times"
                fate = memory.fate(key)
                is_over = fate is not None and fate.state != "failed"
                is_sound = not story.broken and story.gone_from is None
                if (
                    is_sound
                    and story.began < last - _REST_ROUNDS
                    and key not in known
                    and not is_over
                ):
                    yield f"{story.url} of round {story.began} was never read ({fate})"

    def _check_edits(self) -> Iterator[str]:
        stacks: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for line in self.ledger:
            if line["kind"] == "edit":
                stack = stacks[line["story"], line["what"]]
                stack[:] = [one for one in stack if one[0] != line["id"]]
                stack.append((line["id"], line["value"]))
            elif line["kind"] == "undo":
                for stack in stacks.values():
                    stack[:] = [one for one in stack if one[0] != line["id"]]
        archive = Archive(self.root)
        for (name, what), stack in stacks.items():
            if not stack or what == "pin":
                continue
            expected = stack[-1][1]
            story = archive.read(f"_news/{name}.md")
            said = story.verdict.said if story.verdict else "clear"
            found = {"verdict": said, "title": story.title, "note": story.note}[what]
            if found != expected:
                yield f"{name}: {what} is {found!r}, and was {stack[-1][0]}: {expected!r}"

    def _check_drafts(self) -> Iterator[str]:
        kept = {
            line["story"]: (line["round"], line["fields"]["note"])
            for line in self.ledger
            if line["kind"] == "draft"
        }
        edited = {line["story"]: line["round"] for line in self.ledger if line["kind"] == "edit"}
        with closing(open_desk(self.private)) as desk:
            for story, (number, note) in kept.items():
                texts = [draft.text for draft in desk.drafts.of_story("Anna", story)]
                if note not in texts and edited.get(story, -1) < number:
                    yield f"{story}: the draft of round {number} is lost: {texts}"

    def _check_readers(self) -> Iterator[str]:
        expected: dict[str, dict[str, Any]] = {}
        for line in self.ledger:
            if line["kind"] == "reader":
                expected[line["address"]] = line
        done = self.worker.run("compare", "mail", "readers", "export", "--format", "json")
        found: dict[str, set[str]] = defaultdict(set)
        gone = set()
        for row in done.json():
            if row["letter"] and row["state"] == "active":
                found[row["address"]].add(row["letter"])
            if row["suppressed"]:
                gone.add(row["address"])
        for address, line in expected.items():
            letters = set() if address in gone else found[address]
            if letters != set(line["letters"]):
                said = f"{line['letters']} ({line['state']} in round {line['round']})"
                yield f"{address} gets {letters}, and said {said}"

    def _check_letters(self) -> Iterator[str]:
        taken = Counter[tuple[str, str]]()
        lines, _ = read_lines(self.folder / "letters.jsonl")
        for line in lines:
            if "unsubscribe" in line["links"] or "leave" in line["links"]:
                taken[line["id"].split(".")[0], line["to"]] += 1
        yield from (
            f"{to} got {issue} {count} times" for (issue, to), count in taken.items() if count > 1
        )
        counts = Counter[str]()
        erased = {line["address"] for line in self.ledger if line.get("state") == "erased"}
        with closing(open_mail(self.private)) as store:
            for issue, due in self._list_due_letters(store):
                states = {line.address: line.state for line in list_who(store, issue)}
                counts.update(states.values())
                for address, state in states.items():
                    count = taken[issue, address]
                    if address and (
                        (state == "accepted" and not count) or (state in _NOT_SENT and count)
                    ):
                        yield f"{issue} to {address}: {state}, and the server took {count}"
                    if state not in {"accepted", "uncertain", *_NOT_SENT}:
                        yield f"{issue} to {address}: {state}"
                if missing := sorted(due - states.keys() - erased):
                    yield f"{issue}: not for {missing}"
        kills = sum(
            count
            for kind, count in self.state["kills"].items()
            if "letters" in kind or kind == "server"
        )
        most = 2 * kills + len(lines) // 211 + len(lines) // 307 + 2
        if counts["uncertain"] > most:
            yield f"{counts['uncertain']} letters are uncertain, of {most} that may be"
        print(f"   letters {dict(counts)}, at most {most} uncertain")

    def _list_due_letters(self, store: MailStore) -> Iterator[tuple[str, set[str]]]:
        """Yield each issue that was sent, with the readers who were to get it."""
        readers: dict[str, dict[str, Any]] = {}
        begun: dict[str, set[str]] = {}
        for line in self.ledger:
            if line["kind"] == "reader":
                readers[line["address"]] = line
            elif line["kind"] == "issue" and line["issue"] not in begun:
                sending = store.ledger.find(line["issue"])
                begun[line["issue"]] = {
                    address
                    for address, one in readers.items()
                    if sending and sending.letter in one["letters"] and one["round"] < line["round"]
                }
        sent = {line["issue"] for line in self.ledger if line["kind"] == "sent"}
        yield from ((issue, due) for issue, due in begun.items() if issue in sent)

    def _check_posts(self) -> Iterator[str]:
        lines, _ = read_lines(self.folder / "network.jsonl")
        with closing(open_desk(self.private)) as desk:
            log = {
                post.id or f"not sent {post.number}": post for post in desk.posts.list_latest(10**6)
            }
        alive: dict[str, str] = {}
        made = Counter[str]()
        for line in lines:
            number = line.get("number", "")
            link = "".join(_STORY_LINK.findall(line.get("text", ""))[-1:])
            story = log[number].story if number in log else link
            if line["do"] == "make":
                made[story] += 1
                alive[number] = story
            elif line["do"] == "delete":
                made[story] -= 1
                del alive[number]
        yield from (
            f"{story} is posted {count} times" for story, count in made.items() if count > 1
        )
        states = Counter(post.state for post in log.values())
        for number, post in log.items():
            if post.state == "sent" and number not in alive:
                yield f"{post.story} is {post.state}, and not at the network"
            if post.state not in {"sent", "uncertain"} and number in alive and not post.owed:
                yield f"{post.story} is {post.state}, and at the network"
        known = {post.story for post in log.values()}
        yield from (
            f"{story} is at the network, and not in the log"
            for story in alive.values()
            if story not in known
        )
        print(f"   posts {dict(states)}")

    def _check_calls(self) -> Iterator[str]:
        lines, _ = read_lines(self.folder / "network.jsonl")
        calls = Counter(line["id"] for line in lines if line["do"] == "call")
        again = sum(count - 1 for count in calls.values())
        kills = sum(self.state["kills"].values())
        print(f"   webhooks: {len(calls)} calls, {again} of them repeated under their id")
        if again > kills:
            yield f"{again} calls were repeated by {kills} kills"
        told = {line["body"]["data"]["name"] for line in lines if line["do"] == "call"}
        with closing(Memory(self.private / "memory.sqlite")) as memory:
            told |= {json.loads(call.body)["data"]["name"] for call in list_pending(memory)}
        filed: dict[str, int] = {}
        touched: dict[str, int] = {}
        for line in self.ledger:
            names = [Path(one["path"]).stem for one in line.get("became", ())]
            filed = dict.fromkeys(names, line["round"]) | filed
            touched |= dict.fromkeys([*names, line.get("story", "")], line["round"])
        archive = Archive(self.root)
        last = self.state["next_round"] - _REST_ROUNDS
        for name in [name for name, number in filed.items() if number >= _FIRST_CALLS]:
            is_told = name in told or touched[name] >= last
            if not is_told and archive.read(f"_news/{name}.md").published:
                yield f"{name} is published, and no webhook was called"

    def _check_site(self) -> Iterator[str]:
        yield from self._run("build")
        anew = self.folder / "site-anew"
        shutil.rmtree(anew, ignore_errors=True)
        yield from self._run("build", "--full", "--out", str(anew))
        self._forget_clock(anew)
        yield from list(_compare_folders(self.private / "site", anew))[:20]
        shutil.rmtree(anew, ignore_errors=True)

    def _forget_clock(self, anew: Path) -> None:
        """Take the time of the build out of the one file that names it."""
        mine, other = (
            json.loads((site / "verify.json").read_text()) for site in (self.private / "site", anew)
        )
        if mine | {"clock": ""} == other | {"clock": ""}:
            shutil.copyfile(self.private / "site" / "verify.json", anew / "verify.json")


def list_pending(memory: Memory) -> list[OwedCall]:
    """Return the webhook calls that wait: the server calls when the site shows its records."""
    return list(OwedCalls(memory, datetime.now(UTC)).list())


def _compare_folders(one: Path, other: Path) -> Iterator[str]:
    def walk(compared: filecmp.dircmp[str], below: str) -> Iterator[str]:
        yield from (f"only in the site step by step: {below}{name}" for name in compared.left_only)
        yield from (f"only in the site built anew: {below}{name}" for name in compared.right_only)
        _, differ, odd = filecmp.cmpfiles(
            compared.left, compared.right, compared.common_files, shallow=False
        )
        yield from (f"differs: {below}{name}" for name in (*differ, *odd))
        for name, deeper in compared.subdirs.items():
            yield from walk(deeper, f"{below}{name}/")

    yield from walk(filecmp.dircmp(one, other, ignore=[]), "")


def compare_runs(one: Path, other: Path) -> None:
    """Print which committed files of two soaks have other bytes, by folder."""
    rounds = {path.name for path in (one / "manifests").iterdir()}
    both = sorted(rounds & {path.name for path in (other / "manifests").iterdir()})
    if not both:
        raise SystemExit("no round of which both kept a manifest")
    left, right = (
        json.loads((folder / "manifests" / both[-1]).read_text()) for folder in (one, other)
    )
    same, differ, alone = Counter[str](), defaultdict(list), defaultdict(list)
    for path in sorted(left.keys() | right.keys()):
        folder = path.rpartition("/")[0] or "."
        if left.get(path) == right.get(path):
            same[folder] += 1
        else:
            (differ if path in left and path in right else alone)[folder].append(path)
    print(f"round {int(both[-1].removesuffix('.json'))}")
    for folder in sorted(same.keys() | differ.keys() | alone.keys()):
        named = ", ".join([*differ[folder], *alone[folder]][:6])
        counts = f"{same[folder]} equal, {len(differ[folder])} differ, {len(alone[folder])} in one"
        print(f"{folder}: {counts}; {named}")


def main() -> int:
    """Compare; return the exit code."""
    if len(sys.argv) == 3:
        compare_runs(Path(sys.argv[1]), Path(sys.argv[2]))
        return 0
    comparison = Comparison(Path(sys.argv[1]).resolve())
    is_well = True
    for what, wrong in comparison.checks():
        print(f"{'FAULT' if wrong else 'ok   '} {what}", *wrong[:20], sep="\n        ", flush=True)
        is_well = is_well and not wrong
    comparison.keep_manifest()
    return int(not is_well)


if __name__ == "__main__":
    sys.exit(main())
