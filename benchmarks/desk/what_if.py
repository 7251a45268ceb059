"""How long other rules take on a month of stories, beside `copydesk rejudge` of the same.

    python benchmarks/catalogue/make.py 20000 FOLDER --month
    python benchmarks/desk/what_if.py FOLDER/newsroom [--rejudge]

The invented topics are given words that stand in the headlines, so that stories are on the beat.
Prints for each change how many stories were looked at, came to the site and left it, and the
seconds; with --rejudge those of `rejudge` by the same rules, and whether both say the same of each
story, field by field. `first` reads all articles, `again` what is kept of them, `today` sets all
stories beside each other by the rules of today.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

BENCHMARKS = Path(__file__).parents[1]
sys.path[:0] = [str(BENCHMARKS / "paper"), str(BENCHMARKS.parent / "tests")]

import archive as invented  # noqa: E402
from copydesk import publish  # noqa: E402  # noqa: E402
from copydesk.config import Settings  # noqa: E402  # noqa: E402
from copydesk.editing.what_if import (  # noqa: E402
    Bench,
    KeywordEdit,
    Outcome,
    RuleChange,
    apply_change,
    open_bench,
    plan_front,
    summarize,
    try_rules,
)
from copydesk.news import Story  # noqa: E402  # noqa: E402
from copydesk.news.edition import Edition  # noqa: E402  # noqa: E402
from copydesk.newsroom import Silence, open_newsroom  # noqa: E402  # noqa: E402
from copydesk.rounds.rejudging import FieldChange, rejudge  # noqa: E402  # noqa: E402

DAYS, WORDS_A_TOPIC = 30, 12
QUIET = Silence()
_Made = TypeVar("_Made")


def main() -> None:
    root, compares = Path(sys.argv[1]), "--rejudge" in sys.argv[2:]
    give_topics_words(root)
    now: datetime = invented.AT
    with open_newsroom(root, now, {}) as newsroom:
        (newsroom.private / "findings.sqlite").unlink(missing_ok=True)
        measure("first", lambda: open_bench(newsroom, DAYS, QUIET))
        bench = measure("again", lambda: open_bench(newsroom, DAYS, QUIET))
        measure("today", lambda: bench.standing_today)
        source, topic = newsroom.beat.sources[0].url, newsroom.beat.topics[1]
        print(len(bench.cases), "stories,", len(bench.around), "around them", flush=True)
        for name, change in {
            "the gate, 5 higher": RuleChange(publish_at=newsroom.beat.scoring.publish_at + 5),
            "the gate, 20 lower": RuleChange(publish_at=newsroom.beat.scoring.publish_at - 20),
            "a signal of few": RuleChange(points={"exclamation": -20}),
            "a signal of all": RuleChange(points={"on_beat": 8}),
            "a source let through": RuleChange(trust={source: "publish"}),
            "the half-life": RuleChange(half_life_hours=6),
            "a keyword gone": RuleChange(
                keywords={topic.name: KeywordEdit(dropped=topic.keywords[:1])}
            ),
        }.items():
            settings = apply_change(newsroom.settings, change)
            tried = measure(name, lambda s=settings: try_rules(bench, s, QUIET))
            summary = summarize(bench, tried)
            print(f"  {len(tried.seen)} looked at, {summary.to_site} on, {summary.off_site} off")
            front = measure("  its front page", lambda t=tried, s=settings: plan_front(bench, t, s))
            if compares:
                print("  the same as of all:", list(front) == plan_of_all(bench, tried, settings))
                other = replace(newsroom, settings=settings)
                report = measure("  rejudge", lambda o=other: rejudge(o, DAYS, QUIET))
                print("  the same:", weighty(tried) == strip(report.changes), flush=True)


def plan_of_all(bench: Bench, tried: Outcome, settings: Settings) -> list[Story]:
    """Return the front page of the plan that a build of all stories makes."""
    judged = (one.fresh for one in tried.stories.values())
    stories = {story.path: story for story in (*bench.filed, *judged)}
    edition = Edition(beat=bench.in_force(settings.beat), at=bench.at, stories=stories.values())
    front = publish.plan_site(edition, publish.Look(front=settings.front)).front
    return [*front.top, *front.more]


def give_topics_words(root: Path) -> None:
    """Let each topic have words that stand in headlines, once."""
    files = sorted((root / "_data" / "topics").glob("*.yaml"))
    if "# words of headlines" in files[0].read_text("utf-8"):
        return
    counts: Counter[str] = Counter()
    for record in sorted((root / "_news").iterdir())[:4000]:
        counts.update(set(re.findall(r"[a-z]{6,}", record.stem)))
    words = [word for word, _ in counts.most_common(WORDS_A_TOPIC * len(files))]
    for place, file in enumerate(files):
        own = words[place :: len(files)]
        text = re.sub(r"(?m)^keywords:\n(?: *- .*\n)*", "", file.read_text("utf-8"))
        lines = "".join(f"  - {word}\n" for word in own)
        file.write_text(f"{text.rstrip()}\n# words of headlines\nkeywords:\n{lines}", "utf-8")
    subprocess.run(["git", "-C", str(root), "commit", "-qam", "words"], check=True)


def measure(name: str, make: Callable[[], _Made]) -> _Made:
    """Return what is made, and print how long that took."""
    began = time.perf_counter()
    made = make()
    print(f"{name:<24}{time.perf_counter() - began:8.2f} s", flush=True)
    return made


def weighty(tried: Outcome) -> list[FieldChange]:
    return strip(tried.changes)


def strip(changes: object) -> list[FieldChange]:
    """Return changes without those that only say why in other words."""
    return [change for change in changes if change.field != "reasons"]  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
