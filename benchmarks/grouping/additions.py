"""What other reports add to an event's main story: copydesk beside summarizers, on labelled groups.

    python benchmarks/grouping/additions.py GOLD… [--half even|odd] [--sheet DIR]

GOLD are files with a document a line, as `copydesk eval group` takes them, with texts. In each
group of three and more, the longest report is the main story. Each tool chooses three sentences of
the others: copydesk, within a fifth of each text; sumy's LexRank, LSA and SumBasic, which summarize
all the others' sentences of up to 300 characters; and the first such sentence of three reports.

Prints Markdown: how many sentences, the share of them that have a name or figure which the main
story lacks (a word in capitals or a number, but not the sentence's first), the share that begins
with a pronoun or a conjunction, characters, and milliseconds of the processor a group. --half
takes the groups whose name has an even or odd sha256. --sheet writes the sentences without the
tools' names in a mixed order for people to judge (`sheet.json`), and whose each is (`key.json`).

    uv venv /tmp/bench && uv pip install --python /tmp/bench/bin/python -e . --group bench sumy
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

from copydesk.judge.coverage import choose_additions
from copydesk.kit import sentences, text, urls
from copydesk.news import Beat, Provider, Shelved, Story

LEAST, MOST, LONGEST = 3, 3, 300
OPENS = re.compile(
    r"[\"“'‘]?(?:he|she|it|they|this|that|these|those|but|and|so|however|meanwhile|his|her|their|its|we|i)\b",
    re.IGNORECASE,
)
FACT = re.compile(r"(?<=[\w,] )[\"“'‘(]?[A-Z][\w-]{2,}|\d[\d.,]*\d")
Tool = Callable[[Sequence[Shelved]], list[str]]


@dataclass
class Counted:
    """What one tool chose, and its time."""

    chosen: list[str] = field(default_factory=list)
    new: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def main() -> None:
    """Choose with each tool and print the table."""
    asked = argparse.ArgumentParser(description="what other reports add")
    asked.add_argument("gold", nargs="+", type=Path)
    asked.add_argument("--half", choices=["even", "odd"])
    asked.add_argument("--sheet", type=Path)
    given = asked.parse_args()
    tools: dict[str, Tool] = {"copydesk": ours, **peers(), "first sentences": firsts}
    counts: dict[str, Counted] = defaultdict(Counted)
    sheet = []
    groups = [one for one in read_groups(given.gold) if given.half in {None, half_of(one[0])}]
    for name, reports in groups:
        known = set(text.words(" ".join((reports[0].story.title, reports[0].text))))
        for tool, choose in tools.items():
            begun = time.process_time()
            chosen = choose(reports)
            counted = counts[tool]
            counted.seconds.append(time.process_time() - begun)
            counted.chosen += chosen
            counted.new += [has_news(sentence, known) for sentence in chosen]
            lead = f"{reports[0].story.title}\n\n{reports[0].text}"
            sheet += [
                {"group": name, "lead": lead, "sentence": one, "tool": tool} for one in chosen
            ]
    print_table(counts, len(groups))
    if given.sheet:
        write_sheet(sheet, given.sheet)


def print_table(counts: dict[str, Counted], groups: int) -> None:
    """Print a row for each tool."""
    print(f"| {groups} groups | sentences | new | leans | characters | ms a group |")
    print("|---|---|---|---|---|---|")
    for tool, counted in counts.items():
        leans = [bool(OPENS.match(sentence)) for sentence in counted.chosen]
        print(
            f"| {tool} | {len(counted.chosen)} | {fmean(counted.new):.2f} | {fmean(leans):.2f} "
            f"| {fmean(map(len, counted.chosen)):.0f} | {1000 * fmean(counted.seconds):.1f} |"
        )


def read_groups(paths: Sequence[Path]) -> Iterator[tuple[str, list[Shelved]]]:
    """Yield the groups of three and more by name, the longest report first."""
    for path in paths:
        groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            groups[str(row["cluster"])].append(row)
        for name, rows in sorted(groups.items()):
            rows.sort(key=lambda row: (-len(row["text"]), row["id"]))
            if len(rows) >= LEAST:
                yield (
                    f"{path.stem.removesuffix('_dev')}:{name}",
                    [shelve(at, row) for at, row in enumerate(rows)],
                )


def shelve(at: int, row: dict[str, Any]) -> Shelved:
    """Return a document as a filed report, with its lines as paragraphs."""
    own = "\n\n".join(filter(None, map(str.strip, row["text"].split("\n"))))
    domain = urls.host(row.get("url") or "") or row.get("source") or f"unknown-{at}.example"
    story = Story(
        path=f"_news/report-{at}.md",
        title=row["title"],
        published_at=datetime(2020, 1, 1, tzinfo=UTC),
        language="en",
        provider=Provider(name=domain, domain=domain),
    )
    return Shelved(story=story, text=own, quotable=len(own) // 5)


def half_of(name: str) -> str:
    """Return whether the sha256 of a group's name is even or odd."""
    return "odd" if hashlib.sha256(name.encode()).digest()[-1] % 2 else "even"


def has_news(sentence: str, known: set[str]) -> bool:
    """Return whether a sentence has a name or a figure that is not among the known words."""
    return any(not known.issuperset(text.words(found)) for found in FACT.findall(sentence))


def ours(reports: Sequence[Shelved]) -> list[str]:
    """Return what copydesk chooses."""
    chosen = choose_additions(reports[0], reports[1:], Beat(title="News"), {})
    return [addition.text for addition in chosen]


def firsts(reports: Sequence[Shelved]) -> list[str]:
    """Return the first sentence of each of three other reports."""
    return [found[0] for report in reports[1:] if (found := list_sentences(report.text))][:MOST]


def list_sentences(told: str) -> list[str]:
    """Return the sentences of a text that are no longer than what copydesk quotes."""
    found = [
        block[start:end].strip()
        for block in told.split("\n\n")
        for start, end in pairwise([0, *sentences.ends(block), len(block)])
    ]
    return [sentence for sentence in found if sentence and len(sentence) <= LONGEST]


class Words:
    """Splits for sumy, whose own tokenizer needs data from a server."""

    def to_words(self, sentence: str) -> tuple[str, ...]:
        """Return the words of a sentence."""
        return tuple(text.words(str(sentence)))


def peers() -> dict[str, Tool]:
    """Return sumy's summarizers, none where it is not installed."""
    try:
        from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
        from sumy.nlp.stemmers import Stemmer
        from sumy.summarizers.lex_rank import LexRankSummarizer
        from sumy.summarizers.lsa import LsaSummarizer
        from sumy.summarizers.sum_basic import SumBasicSummarizer
    except ImportError:
        return {}

    def with_method(method: Any) -> Tool:
        summarize = method(Stemmer("english"))

        def choose(reports: Sequence[Shelved]) -> list[str]:
            found = [one for report in reports[1:] for one in list_sentences(report.text)]
            document = ObjectDocumentModel([Paragraph([Sentence(one, Words()) for one in found])])
            return [str(sentence) for sentence in summarize(document, MOST)]

        return choose

    methods = {"LexRank": LexRankSummarizer, "LSA": LsaSummarizer, "SumBasic": SumBasicSummarizer}
    return {f"sumy, {name}": with_method(method) for name, method in methods.items()}


def write_sheet(rows: list[dict[str, str]], folder: Path) -> None:
    """Write the sentences in an order that shows no tool, and which tool each is of."""
    rows.sort(key=lambda row: hashlib.sha256(repr(row).encode()).digest())
    folder.mkdir(parents=True, exist_ok=True)
    key = {str(number): row.pop("tool") for number, row in enumerate(rows)}
    told = {str(number): row for number, row in enumerate(rows)}
    (folder / "sheet.json").write_text(json.dumps(told, indent=1, ensure_ascii=False))
    (folder / "key.json").write_text(json.dumps(key))


if __name__ == "__main__":
    main()
