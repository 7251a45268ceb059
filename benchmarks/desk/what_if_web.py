"""What if on the recorded web: beside `rejudge --apply`, a fresh stream and a build, by story.

    python benchmarks/desk/what_if_web.py DATA [--drop]

DATA is the folder of the labelled data, in which `web/newswire.*` lies. A newsroom with a few
topics reads the recorded web; with --drop it files nothing that is off the beat. Then each change
of rules is (a) tried on the bench, and applied by `rejudge --apply` in a copy of the newsroom,
(b) written before the first round of a new newsroom, which reads the same web at the same time,
(c) built, for the order of the front page. Prints for each how many stories changed and, field by
field, how many of all of them differ: every field of each record for (a), what rejudging changes
for (b), the places on the front page for (c); the paths of the first few that differ, and seconds.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import lxml.html

from copydesk import archive, building, config, rounds
from copydesk.config import Settings
from copydesk.editing.what_if import (
    Bench,
    KeywordEdit,
    Outcome,
    RuleChange,
    apply_change,
    draft_rules,
    open_bench,
    plan_front,
    try_rules,
    write_rules,
)
from copydesk.kit import dates
from copydesk.news import Story
from copydesk.newsroom import Newsroom, Silence, open_newsroom
from copydesk.rounds.rejudging import apply_rejudging
from world.newsroom import KEY, run_git

ALL_DAYS = 3650
QUIET = Silence()
BEAT = """[site]
title = "Newswire"
url = "https://newswire.example"
topic = "News"
[scoring]
off_beat = "{off_beat}"
"""
TOPICS = {
    "News": ("police", "killed", "crash", "president"),
    "Asia": ("japan", "north korea", "china", "beijing"),
    "Space": ("moon", "earth", "astronauts", "space station"),
    "Firms": ("google", "facebook", "qualcomm", "apple", "amazon"),
    "Sports": ("coach", "nfl", "quarterback"),
}
# What rejudging changes in a record, as `rejudge` itself lists it.
RULED: Mapping[str, Callable[[Story], object]] = {
    "topics": lambda story: sorted(story.topics),
    "quality": lambda story: story.quality,
    "heat": lambda story: story.heat,
    "published": lambda story: story.published,
    "trust": lambda story: story.trust,
    "copy": lambda story: story.copy_of,
    "group": lambda story: story.group,
    "leads": lambda story: bool(story.related),
    "related": lambda story: [beside.web_url for beside in story.related],
    "background": lambda story: story.background,
    "reasons": lambda story: [str(reason) for reason in story.reasons],
}
_Made = TypeVar("_Made")


class Web:
    """The recorded web, and newsrooms that read it."""

    def __init__(self, data: Path, folder: Path, off_beat: str) -> None:
        about = json.loads((data / "web" / "newswire.json").read_text("utf-8"))
        now = dates.parse(about["replay"]["now"])
        assert now is not None
        self.now: datetime = now
        self.sources = [str(source["url"]) for source in about["sources"]]
        self._recording = data / "web" / "newswire.warc.gz"
        self._folder, self._off_beat = folder, off_beat

    def read(self, name: str, change: RuleChange) -> Path:
        """Return a newsroom after its round, a change of rules written before it."""
        root = self._folder / name
        (root / "_data" / "topics").mkdir(parents=True)
        sources = "".join(f'[[source]]\nurl = "{url}"\n' for url in self.sources)
        beat = BEAT.format(off_beat=self._off_beat) + sources
        (root / "beat.toml").write_text(beat, "utf-8")
        (root / ".gitignore").write_text(".copydesk/\n", "utf-8")
        for place, (topic, words) in enumerate(TOPICS.items()):
            lines = [f"taxonomy: topic\n_id: {topic.lower()}\nname: {topic}\nkeywords:\n"]
            lines += [f"  - {word}\n" for word in words]
            file = root / "_data" / "topics" / f"{place:02}-{topic.lower()}.yaml"
            file.write_text("".join(lines), "utf-8")
        run_git(root, "init", "-q", "-b", "main")
        run_git(root, "add", "-A")
        run_git(root, "commit", "-qm", "start")
        self.write(root, change)
        with self.open(root) as newsroom:
            rounds.run_round(newsroom, rounds.RoundOptions(web=self._recording), QUIET)
        return root

    def open(self, root: Path) -> AbstractContextManager[Newsroom]:
        """Open a newsroom at the time of the recording."""
        return open_newsroom(root, self.now, {"COPYDESK_KEY": KEY})

    def write(self, root: Path, change: RuleChange) -> None:
        """Write a change into the files of a newsroom, where it is one."""
        if change != RuleChange():
            with self.open(root) as newsroom:
                write_rules(newsroom, change, "Ed", draft_rules(newsroom, change).stands)

    def copy(self, root: Path, name: str) -> Path:
        """Return a copy of a newsroom."""
        return Path(shutil.copytree(root, self._folder / name))


def main() -> None:
    off_beat = "drop" if "--drop" in sys.argv[2:] else "keep"
    with tempfile.TemporaryDirectory() as folder:
        web = Web(Path(sys.argv[1]), Path(folder), off_beat)
        began = time.perf_counter()
        root = web.read("today", RuleChange())
        print(f"a round of the recorded web: {time.perf_counter() - began:.1f} s", flush=True)
        with web.open(root) as newsroom:
            measure("first opening", lambda: open_bench(newsroom, ALL_DAYS, QUIET))
            bench = measure("opening again", lambda: open_bench(newsroom, ALL_DAYS, QUIET))
            measure("today", lambda: bench.standing_today)
            for number, (name, change) in enumerate(list_changes(newsroom, bench).items()):
                compare(web, root, (newsroom, bench), (name, change), str(number))


def list_changes(newsroom: Newsroom, bench: Bench) -> dict[str, RuleChange]:
    """Return the changes that are tried: of each kind of rule, up and down."""
    gate = newsroom.beat.scoring.publish_at
    counts = Counter(case.case.article.source for case in bench.cases)
    (largest, _), *_ = counts.most_common()
    return {
        "nothing": RuleChange(),
        "gate 10 up": RuleChange(publish_at=gate + 10),
        "gate 25 down": RuleChange(publish_at=gate - 25),
        "gate 0": RuleChange(publish_at=0),
        "picture 40": RuleChange(points={"picture": 40}),
        "voices 0": RuleChange(points={"voices": 0}),
        "keyword added": RuleChange(keywords={"Space": KeywordEdit(added=("tram", "plane"))}),
        "keyword out": RuleChange(keywords={"Asia": KeywordEdit(dropped=("japan",))}),
        "keyword of main": RuleChange(keywords={"News": KeywordEdit(dropped=("killed",))}),
        "source held": RuleChange(trust={largest: "hold"}),
        "source trusted": RuleChange(trust={largest: "publish"}),
        "half-life 6 h": RuleChange(half_life_hours=6.0),
        "half-life 1000 h": RuleChange(half_life_hours=1000.0),
        "all together": RuleChange(
            publish_at=gate - 15,
            points={"voices": 6},
            trust={largest: "hold"},
            keywords={"Space": KeywordEdit(added=("tram",), dropped=("earth",))},
            half_life_hours=100.0,
        ),
    }


def compare(
    web: Web, root: Path, opened: tuple[Newsroom, Bench], named: tuple[str, RuleChange], number: str
) -> None:
    """Print how a change on the bench differs from what it does elsewhere."""
    (newsroom, bench), (name, change) = opened, named
    settings = apply_change(newsroom.settings, change)
    print(f"\n{name}")
    quick = measure("  tried", lambda: try_rules(bench, settings, QUIET))
    tried = measure("  tried whole", lambda: try_rules(bench, settings, QUIET, is_whole=True))
    front = measure("  its front", lambda: plan_front(bench, tried, settings))
    changed = Counter(field.field for field in tried.changes)
    print(f"  {len(tried.changed)} of {len(tried.stories)} stories change: {dict(changed)}")
    print(f"  looked at {len(quick.seen)}; as whole: {weighty(quick) == weighty(tried)}")
    compare_rejudged(web, web.copy(root, f"rejudged-{number}"), change, (tried, front))
    fresh = read_stories(web.read(f"fresh-{number}", change))
    expected = {path: one.fresh for path, one in tried.stories.items() if not one.dropped}
    show("(b) fresh stream", expected, fresh, RULED)


def compare_rejudged(
    web: Web, root: Path, change: RuleChange, told: tuple[Outcome, Iterable[Story]]
) -> None:
    """Print how an outcome differs from what `rejudge --apply` and a build do in a copy."""
    tried, front = told
    web.write(root, change)
    with web.open(root) as newsroom:
        settings = in_files(newsroom)
        report = measure(
            "  rejudge --apply",
            lambda: apply_rejudging(replace(newsroom, settings=settings), ALL_DAYS, QUIET),
        )
        built = list(list_built(replace(newsroom, settings=settings), root.parent / "site"))
    print(f"  (a) the same list of changes: {list(report.changes) == tried.changes}")
    stories = {path: one.fresh for path, one in tried.stories.items()}
    every = {one.name: lambda story, n=one.name: getattr(story, n) for one in fields(Story)}
    show("(a) rejudge --apply", stories, read_stories(root), every)
    places = [story.path for story in front]
    wrong = sum(one != other for one, other in zip(places, built, strict=False))
    print(f"  (c) front page: {len(built)} built, {wrong + abs(len(places) - len(built))} differ")


def in_files(newsroom: Newsroom) -> Settings:
    settings = config.load(newsroom.root, {})
    return replace(settings, beat=replace(settings.beat, rulings=newsroom.beat.rulings))


def read_stories(root: Path) -> dict[str, Story]:
    def fail(error: Exception) -> None:
        raise SystemExit(str(error))

    return {story.path: story for story in archive.Archive(root).stories(fail)}


def list_built(newsroom: Newsroom, out: Path) -> Iterator[str]:
    """Yield the records of the stories at the top of a built front page, in its order."""
    shutil.rmtree(out, ignore_errors=True)
    building.build(newsroom, QUIET, building.BuildOptions(out=out))
    page = lxml.html.document_fromstring((out / "index.html").read_text("utf-8"))
    for link in page.xpath("//section[@class='front' or @class='more']//*[self::h2 or self::h3]/a"):
        yield f"_news/{link.get('href').strip('/').rpartition('/')[2]}.md"


def show(
    what: str,
    expected: Mapping[str, Story],
    found: Mapping[str, Story],
    compared: Mapping[str, Callable[[Story], object]],
) -> None:
    """Print how many stories differ, by field, and the first of them."""
    both = sorted(expected.keys() & found.keys())
    only = len(expected.keys() - found.keys()), len(found.keys() - expected.keys())
    print(f"  {what}: {len(both)} stories, {len(compared)} fields; only here, there: {only}")
    for name, read in compared.items():
        wrong = [path for path in both if read(expected[path]) != read(found[path])]
        if wrong:
            print(f"    {name}: {len(wrong)} differ")
        for path in wrong[:3]:
            print(f"      {path}: {read(expected[path])} != {read(found[path])}"[:300])
    sys.stdout.flush()


def weighty(tried: Outcome) -> list[object]:
    """Return changes without those that only say why in other words."""
    return [change for change in tried.changes if change.field != "reasons"]


def measure(name: str, make: Callable[[], _Made]) -> _Made:
    """Return what is made, and print how long that took."""
    began = time.perf_counter()
    made = make()
    print(f"{name:<24}{time.perf_counter() - began:8.2f} s", flush=True)
    return made


if __name__ == "__main__":
    main()
