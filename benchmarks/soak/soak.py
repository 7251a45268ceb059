"""Two weeks of a newsroom: rounds by a fake clock, people at work, and kills. Is all still there?

    ./run.sh soak weeks --rounds 2000 --seed 1 --folder FOLDER

A round is ten minutes of the newsroom's time. In each of them `copydesk run` reads an invented web,
as a process of its own. Then editors decide, edit and undo at the command line and through the
desk's API while `copydesk serve` runs; readers subscribe, confirm, choose, leave and complain;
issues are filed and sent, stories are posted, corrected and taken back at a network; pages are
viewed, backups made. Commands and the server are killed by SIGKILL at random moments; the next
command that follows must mend everything.

What was said to succeed goes into FOLDER/ledger.jsonl, on disk before anything else happens. Every
200 rounds, and in the end, `compare.py` holds all of it against the newsroom, the mail server's log
and the network. What is wrong goes into FOLDER/faults.jsonl.

It may be stopped at any moment; the same command goes on where it stopped. With `--kills 0` nothing
is killed: `compare.py FOLDER OTHER` then shows which files differ from those of a run with kills.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "tests")]

from figures import measure_newsroom, print_table  # noqa: E402
from station import EDITORS, HERE, Station  # noqa: E402
from work import read_lines, wait_until  # noqa: E402

from world.returned import make_complaint  # noqa: E402

COMPARED_EVERY = 200
MEASURED_EVERY = 50
_BETWEEN = timedelta(minutes=5)  # from the beginning of a round to what people do after it
_LETTERS = ("daily", "often")


class Soak(Station):
    """What is done in the newsroom, round by round."""

    # ---- one round

    def do_round(self) -> None:
        """Let ten minutes go by."""
        self.number = self.state.next_round
        self._set_clock(timedelta())
        self.web.go_to(self.number)
        self.web.record(self.folder / "web.warc.gz")
        self._run_round()
        self._set_clock(_BETWEEN)
        names = self._list_recent()
        if names:
            self._edit_by_command(names)
            self._edit_by_api(names)
        self._post()
        self._move_readers()
        self._send_letters()
        self._view(names)
        self._look_after()
        self.state.next_round += 1
        self._save()

    def _run_round(self) -> None:
        words = ("run", "--all", "--json", "--web", str(self.folder / "web.warc.gz"))
        done = self._must("round", *words, share=0.12)
        if done.code:
            return
        report = done.json()
        self.state.seconds.append(done.seconds)
        self.state.memory.append(done.memory)
        became = [
            {"path": one["path"], "became": one["became"], "published": one["published"]}
            for one in report["headlines"]
        ]
        failed = Counter(one["what"][:80] for one in report["failed"])
        if not report["complete"]:
            self._fault("a round is not complete", notes=report["notes"])
        self._tell("round", became=became, failed=failed, waiting=report["waiting"])

    def _edit_by_command(self, names: Sequence[str]) -> None:
        chance = self._chance("editors")
        if chance.random() < 0.4:
            name, said = chance.choice(names), _draw_verdict(chance)
            self._edit(
                "verdict",
                name,
                said,
                ("verdict", name, said, "--why", f"round {self.number}"),
                chance,
            )
        if chance.random() < 0.25:
            name, said = chance.choice(names), chance.choice(("title", "note", "pin", "title"))
            value = f"Coast, round {self.number}: {chance.randrange(10**6)}"
            words = {
                "title": ("rule", "rename", name, value),
                "note": ("rule", "set", name, "note", value),
                "pin": ("rule", "pin", name, "--until", self._time(timedelta(hours=6))),
            }[said]
            self._edit(said, name, value, words, chance)

    def _edit(
        self, what: str, name: str, value: str, words: Sequence[str], chance: random.Random
    ) -> None:
        done = self._try("edit", *words, "--as", chance.choice(EDITORS), share=0.2)
        if done.code:
            self._refuse(done)
        else:
            self._tell("edit", what=what, story=name, value=value, id=f"c-{self.number}-{what}")

    def _edit_by_api(self, names: Sequence[str]) -> None:
        """Send actions to the desk; sometimes kill its server while they are carried out."""
        chance = self._chance("api")
        sent: list[dict[str, Any]] = []
        if chance.random() < 0.4:
            sent += [
                self._invent_action(chance, chance.choice(names), place)
                for place in range(chance.randint(1, 3))
            ]
        if self.state.actions and chance.random() < 0.12:
            undone = chance.choice(self.state.actions)
            sent.append({"kind": "undo", "values": [undone], "id": f"u-{self.number}"})
        kill = self._chance("kill server")
        is_killed = kill.random() < self._kills * (0.12 if sent else 0.01)
        if chance.random() < 0.1:
            fields = {"note": f"a draft of round {self.number}"}
            story = chance.choice(names)
            if self._api("PUT", "drafts", {"story": story, "fields": fields})[0] < 300:
                self._tell("draft", story=story, fields=fields)
        if sent:
            status, answer = self._api("POST", "actions", sent)
            if status != 202:
                self._fault("actions were not taken", status=status, answer=answer)
                return
            self._tell("queued", ids=[one["id"] for one in sent])
        if is_killed:
            self._kill_server(
                kill.uniform(0, 1.2) if sent else 0, "server at edits" if sent else "server"
            )
        for one in sent:
            self._await_action(one)

    def _invent_action(self, chance: random.Random, name: str, place: int) -> dict[str, Any]:
        number = f"a-{self.number}-{place}"
        kind = chance.choice(("verdict", "verdict", "title", "note"))
        value = f"Desk, round {self.number}: {chance.randrange(10**6)}"
        action: dict[str, Any] = {"id": number, "stories": [name], "why": f"round {self.number}"}
        return (
            action
            | {
                "verdict": {"kind": "verdict", "said": _draw_verdict(chance)},
                "title": {"kind": "rule", "said": "rename", "values": [value]},
                "note": {"kind": "rule", "said": "set", "values": ["note", value]},
            }[kind]
        )

    def _await_action(self, action: dict[str, Any]) -> None:
        """Wait for an action's outcome, and note it."""
        found: dict[str, Any] = {}

        def is_over() -> bool:
            status, answer = self._api("GET", f"actions/{action['id']}")
            if status == 404:
                self._fault("an action that was taken is lost", id=action["id"])
                found.update(state="lost")
            elif status == 200 and answer["state"] != "waits":
                found.update(answer)
            return bool(found)

        wait_until(is_over, f"action {action['id']}")
        if found["state"] != "done":
            self._count_refusal(
                f"api {action['kind']} {found['state']}: {found.get('what', '')[:60]}"
            )
            return
        if action["kind"] == "undo":
            self._tell("undo", id=action["values"][0])
            return
        what = {"rename": "title", "set": "note"}.get(action["said"], "verdict")
        value = action["said"] if what == "verdict" else action["values"][-1]
        self._tell("edit", what=what, story=action["stories"][0], value=value, id=action["id"])
        self.state.actions = [*self.state.actions, action["id"]][-12:]

    def _post(self) -> None:
        chance = self._chance("posts")
        if chance.random() < 0.3:
            self._must("post", "post", "send", share=0.35)
        if chance.random() < 0.05:
            listed = self._must("look", "post", "list", "--json", "--most", "12").json()["posts"]
            sent = [one["number"] for one in listed if one["state"] == "sent" and not one["owed"]]
            if sent:
                number = chance.choice(sent)
                done = self._try("post", "post", "retract", str(number), "--as", "Anna", share=0.3)
                if done.code:
                    self._refuse(done)
                else:
                    self._tell("retract", number=number)
        if chance.random() < 0.05:
            status, answer = self._api("GET", "posts?limit=12")
            waiting = (
                [
                    one
                    for one in answer["posts"]
                    if one["state"] in {"planned", "sent"} and one["page"]
                ]
                if status == 200
                else []
            )
            if waiting:
                post = chance.choice(waiting)
                words = {
                    "do": "words",
                    "words": f"In other words, round {self.number}: {post['page']}",
                }
                self._api("POST", f"posts/{post['number']}", words)

    def _send_letters(self) -> None:
        chance = self._chance("letters")
        if chance.random() < 0.1:
            self._must("file letters", "mail", "file-due", share=0.5)
        issues = sorted(path.stem for path in (self.root / "_newsletters").glob("*.html"))
        known = {line["issue"] for line in self._sent_issues}
        for issue in issues:
            if issue in known:
                continue
            self._tell("issue", issue=issue)
            if chance.random() < 0.25:
                self._send_by_api(issue)
            else:
                self._send_by_command(issue)

    def _send_by_command(self, issue: str) -> None:
        log = self.folder / "letters.jsonl"
        kill = self._chance(f"kill letters {issue}")
        for attempt in range(12):
            size = log.stat().st_size if log.exists() else 0
            letters = kill.randint(1, max(2, len(self.state.readers)))

            def is_time(seconds: float, size: int = size, letters: int = letters) -> bool:
                return log.exists() and log.stat().st_size > size + 300 * letters

            is_killed = kill.random() < self._kills * (0.75 if attempt == 0 else 0.4)
            done = self.worker.run(
                "letters",
                *("mail", "send", issue, "--json", "--as", "Anna"),
                kill=kill if is_killed else None,
                until=is_time if is_killed and kill.random() < 0.7 else None,
            )
            if done.was_killed:
                self.kill_counts["letters"] += 1
                continue
            if not done.code or "already sent" in done.err:  # it was killed when all was done
                self._tell("sent", issue=issue, report=[] if done.code else done.json()["sendings"])
                self._sent_issues.append({"issue": issue})
                return
            self._count_again(done)
            time.sleep(0.3)
        self._fault("an issue could not be sent", issue=issue, err=done.err)

    def _send_by_api(self, issue: str) -> None:
        status, answer = self._api("POST", f"mailing/issues/{issue}/send")
        if status >= 300:
            self._count_refusal(f"send {issue}: {answer}"[:100])
            return
        kill = self._chance("kill sending server")
        if kill.random() < self._kills * 0.3:
            self._kill_server(kill.uniform(2, 7), "server at letters")

        def is_over() -> bool:
            status, answer = self._api("GET", f"mailing/issues/{issue}")
            return status == 200 and answer["state"] == "done"

        wait_until(is_over, f"issue {issue}")
        self._tell("sent", issue=issue, report=[])
        self._sent_issues.append({"issue": issue})

    def _move_readers(self) -> None:
        """Let readers come, confirm, choose, leave and complain."""
        chance = self._chance("readers")
        self._read_mail(chance)
        readers = self.state.readers
        if chance.random() < (0.8 if len(readers) < 40 else 0.35):
            address = f"reader{self.number}@d{self.number % 53}.example"
            client = (
                f"203.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
            )
            form = [("address", address), *(("letter", one) for one in _LETTERS)]
            status = self._form("/mail/subscribe", form, client)
            if status == 200:
                readers[address] = {"state": "asked", "letters": [], "links": {}}
            else:
                self._count_refusal(f"subscribe {status}")
        if chance.random() < 0.06:
            address = f"signed{self.number}@d{self.number % 53}.example"
            words = (
                "mail",
                "readers",
                "add",
                address,
                "--letter",
                "daily",
                "--consent",
                "a signed list",
            )
            if not self._must("readers", *words, share=0.3).code:
                readers[address] = {"state": "active", "letters": ["daily"], "links": {}}
                self._tell("reader", address=address, state="active", letters=["daily"])
        active = sorted(name for name, one in readers.items() if one["state"] == "active")
        reachable = [name for name in active if "choices" in readers[name]["links"]]
        if reachable and chance.random() < 0.08:
            self._choose(chance, chance.choice(reachable))
        if len(active) > 25 and reachable and chance.random() < 0.08:
            self._leave(chance.choice(reachable))
        if len(active) > 25 and chance.random() < 0.04:
            self._end_reader(chance, chance.choice(active))

    def _read_mail(self, chance: random.Random) -> None:
        """Read what the mail server took; press the button behind most confirmation links."""
        lines, self.state.letters_read = read_lines(
            self.folder / "letters.jsonl", self.state.letters_read
        )
        for line in lines:
            reader = self.state.readers.get(line["to"])
            if reader is None:
                continue
            reader["links"] |= {**line["links"], "from": line["from"]}
            if "confirm" in line["links"] and reader["state"] == "asked" and chance.random() < 0.9:
                status = self._form(f"/mail/confirm/{line['links']['confirm']}", [], "198.51.100.7")
                if status == 200:
                    reader |= {"state": "active", "letters": list(_LETTERS)}
                    self._tell("reader", address=line["to"], state="active", letters=list(_LETTERS))
                else:
                    self._fault("a confirmation failed", status=status, address=line["to"])

    def _choose(self, chance: random.Random, address: str) -> None:
        reader = self.state.readers[address]
        letters = [chance.choice(reader["letters"])]
        form = [("act", "choose"), *(("letter", one) for one in letters)]
        if self._form(f"/mail/choices/{reader['links']['choices']}", form, "198.51.100.8") == 200:
            reader["letters"] = letters
            self._tell("reader", address=address, state="active", letters=letters)

    def _leave(self, address: str) -> None:
        reader = self.state.readers[address]
        token = reader["links"].get("unsubscribe") or reader["links"].get("leave")
        if (
            token
            and self._form(f"/mail/leave/{token}", [("page", "1"), ("act", "all")], "198.51.100.9")
            == 200
        ):
            reader |= {"state": "left", "letters": []}
            self._tell("reader", address=address, state="left", letters=[])

    def _end_reader(self, chance: random.Random, address: str) -> None:
        """Let somebody complain, or be removed or erased by hand."""
        reader = self.state.readers[address]
        how = chance.choice(("complained", "removed", "erased"))
        if how == "complained":
            if "from" not in reader["links"] or "choices" not in reader["links"]:
                return
            headers = f"Return-Path: <{reader['links']['from']}>\n"
            done = self._must(
                *("readers", "mail", "bounces", "--stdin"),
                share=0.4,
                stdin=make_complaint(headers=headers),
            )
        else:
            word = {"removed": "remove", "erased": "erase"}[how]
            done = self._try("readers", "mail", "readers", word, address, share=0.4)
            # a command that was killed when its work was done finds nobody the second time
            if done.code and not (how == "erased" and "no subscriber" in done.err):
                self._fault("a reader could not leave", how=how, err=done.err)
        if not done.code or "no subscriber" in done.err:
            reader |= {"state": how, "letters": []}
            self._tell("reader", address=address, state=how, letters=[])

    def _view(self, names: Sequence[str]) -> None:
        chance = self._chance("views")
        for _ in range(3 if names else 0):
            client = f"203.0.{chance.randrange(256)}.{chance.randrange(1, 255)}"
            self._ask(
                "GET", f"/coast/news/{chance.choice(names)}/", headers={"X-Forwarded-For": client}
            )
        self._ask("GET", "/coast/")

    def _look_after(self) -> None:
        """Build, score again, back up, and start the server anew, now and then."""
        chance = self._chance("upkeep")
        if chance.random() < 0.06:
            self._must("build", "build", *(("--full",) if chance.random() < 0.1 else ()), share=0.5)
        if chance.random() < 0.012:
            self._must("rejudge", "rejudge", "--since", "2", "--apply", share=0.5)
        if chance.random() < 0.06:
            file = self.folder / "backup.tar.gz"
            self._must("backup", "backup", str(file), share=0.6)
            self._tell("backup", bytes=file.stat().st_size)
            if chance.random() < 0.4:
                self._must("restore", "restore", str(file), "--check")
        if chance.random() < 0.01:
            assert self.server is not None
            self.server.terminate()
            self.server.wait(120)
            self._start_server()

    # ---- comparing and measuring

    def read_ledger(self) -> None:
        """Read from the ledger what a stopped round had done: it is not yet in the state."""
        lines, _ = read_lines(self.folder / "ledger.jsonl")
        self._sent_issues = [line for line in lines if line["kind"] == "sent"]
        for line in lines:
            if line["kind"] == "reader" and line["round"] >= self.state.next_round:
                reader = self.state.readers.setdefault(line["address"], {"links": {}})
                reader |= {"state": line["state"], "letters": line["letters"]}

    def measure(self) -> None:
        """Add a line to the table of what the newsroom takes."""
        assert self.server is not None
        line = measure_newsroom(self.root, self.server.pid)
        line |= {
            "round": self.state.next_round,
            "round_mb": round(max(self.state.memory, default=0), 1),
            "round_seconds": round(sum(self.state.seconds) / max(1, len(self.state.seconds)), 3),
            "kills": sum(self.kill_counts.values()),
        }
        with (self.folder / "table.jsonl").open("a") as out:
            out.write(json.dumps(line) + "\n")
        self.state.seconds, self.state.memory = [], []
        self._save()

    def compare(self) -> bool:
        """Hold the ledger against everything else, with the server ended; say if all is well."""
        assert self.server is not None
        self.server.terminate()
        self.server.wait(120)
        words = [sys.executable, str(HERE / "compare.py"), str(self.folder)]
        done = subprocess.run(
            words, env=self.worker.environ, check=False, capture_output=True, text=True
        )
        print(done.stdout, done.stderr[-3000:], flush=True)
        if done.returncode:
            self._fault(
                "the comparison found faults", said=done.stdout[-4000:], err=done.stderr[-2000:]
            )
        self._start_server()
        return not done.returncode


def _draw_verdict(chance: random.Random) -> str:
    words = ("publish", "hold", "reject", "clear", "remove")
    return chance.choices(words, (50, 20, 12, 14, 4))[0]


def main() -> int:
    """Run the rounds that are asked for and not yet done, then compare; return 1 for a fault."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(".cache/soak"))
    parser.add_argument("--kills", type=float, default=1.0, help="how often: 1 as planned, 0 never")
    parser.add_argument(
        "--every", type=int, default=COMPARED_EVERY, help="rounds between comparisons"
    )
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    soak = Soak(asked.folder.resolve(), asked.seed, asked.kills)
    soak.read_ledger()
    soak.begin()
    is_well = True
    try:
        while soak.state.next_round < asked.rounds:
            soak.do_round()
            done = soak.state.next_round
            if done % MEASURED_EVERY == 0:
                soak.measure()
                print(
                    f"{done} of {asked.rounds} rounds, {sum(soak.kill_counts.values())} kills",
                    flush=True,
                )
            if done % asked.every == 0 and done < asked.rounds:
                is_well = soak.compare() and is_well
        soak.measure()
        is_well = soak.compare() and is_well
    finally:
        soak.end()
    kills = ", ".join(f"{count} {kind}" for kind, count in sorted(soak.kill_counts.items()))
    print(f"{soak.state.next_round} rounds; kills: {sum(soak.kill_counts.values())} ({kills})")
    print(print_table(asked.folder))
    faults = asked.folder / "faults.jsonl"
    return int(not is_well or faults.exists())


if __name__ == "__main__":
    sys.exit(main())
