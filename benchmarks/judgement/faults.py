"""The reference's six worst faults on its own records, `everyday` beside `copydesk`.

    python benchmarks/judgement/faults.py SITE [--all]

SITE is the reference site, packed or adopted (`copydesk adopt`). Its records hold no articles, so
they are judged by headline and excerpt (`unread.py`), each text taken for a short report. Four
judgements: `everyday` as filed; the same grouped, as the reference's site on AI was; `copydesk`
with the topics as they are, its blog named as official source; `owned` with what an owner would
write into the file of the main topic. Prints how many records have each fault, with --all which.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from fault_rows import ALIASES, Fault, Site, faults_of
from unread import adopted, judged, records

from copydesk import config, judge
from copydesk.kit import urls
from copydesk.news import Beat, Shelved, Source, Story

BLOG = Source(url="https://powerapps.microsoft.com/en-us/blog/", name="the blog", official=True)
BLOG_HOST = urls.host(BLOG.url)
REQUIRED = (
    *("microsoft", "power platform", "dataverse", "power automate", "power bi", "power fx"),
    *("sharepoint", "dynamics 365", "azure", "copilot", "low-code", "low code"),
)


def main() -> None:
    """Judge the site three times and print the table of faults."""
    asked = argparse.ArgumentParser(description="the reference's faults on its own records")
    asked.add_argument("site", type=Path)
    asked.add_argument("--all", action="store_true", help="name what has each fault")
    given = asked.parse_args()
    with adopted(given.site) as root:
        site = judge_site(root)
    faults = list(faults_of(site))
    print(f"| fault | among | {' | '.join(site.judgements)} |\n|---|---|---|---|---|---|")
    for fault in faults:
        counts = " | ".join(str(len(fault.found[name])) for name in site.judgements)
        print(f"| {fault.what} | {fault.among} | {counts} |")
    if given.all:
        show(faults)


def show(faults: Iterable[Fault]) -> None:
    """Name what has each fault."""
    for fault in faults:
        print(f"\n{fault.what}")
        for name, found in fault.found.items():
            print("\n".join(f"  {name}: {one}" for one in found))


def judge_site(root: Path) -> Site:
    """Judge a site as filed, by `copydesk`, and by `copydesk` as its owner would set it up."""
    beat = config.load(root, {}).beat
    filed = records(root)
    sources = [BLOG.url if urls.host(one.original_url) == BLOG_HOST else "" for one in filed]
    plain = replace(
        beat, sources=(BLOG,), scoring=replace(beat.scoring, profile="copydesk", off_beat="drop")
    )
    by_path = {one.path: one for one in filed}
    return Site(
        filed=by_path,
        topics=beat.topics,
        known=frozenset((*beat.organizations, *beat.logos)),
        judgements={
            "everyday": by_path,
            "grouping": by_path | _grouped(filed, beat),
            "copydesk": judged(filed, plain, sources),
            "owned": judged(filed, owned(plain), sources),
        },
    )


def _grouped(filed: Sequence[Story], beat: Beat) -> dict[str, Story]:
    """Set the records beside each other as the reference did on its site on AI."""
    beat = replace(beat, scoring=replace(beat.scoring, grouping=True))
    window = [Shelved(story=one) for one in filed]
    found = judge.regroup(window, beat, frozenset(one.path for one in filed))
    return {one.path: one for one in found}


def owned(beat: Beat) -> Beat:
    """Give the beat with what an owner would write into the file of its main topic.

    Its other names, and words of which one stands in what is meant: "power apps" alone are
    applications of electric power, too.
    """
    topics = tuple(
        replace(one, aliases=ALIASES, required=REQUIRED) if one.name == beat.topic else one
        for one in beat.topics
    )
    return replace(beat, topics=topics)


if __name__ == "__main__":
    main()
