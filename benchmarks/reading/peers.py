"""copydesk beside its peers on labelled pages, in one run.

    python benchmarks/reading/peers.py PAGES… [--parts]

PAGES are the files, zips and folders that `copydesk eval extract` takes: sets of pages with texts
or dates, a recorded web beside its labels and texts. Prints Markdown: a row for each set and
measure with its count, then the processor's milliseconds a page. Every page is read by one tool
after the other, so that noise of the machine hits all. newspaper4k takes part where it is
installed:

    uv venv /tmp/bench && uv pip install --python /tmp/bench/bin/python -e . --group bench

--parts adds what each part of our reading costs.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from parts import Clocks
from tools import Said, Tool, installed, trafilatura_text

from copydesk.kit import text
from copydesk.measure import page_layouts, page_texts
from copydesk.measure.labelled import Case, PageReading, Set, Truth, read_case, remove_repeats
from copydesk.measure.page_dates import our_day

OURS, DEFAULT = "copydesk", "trafilatura, text only"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
AT = datetime(2018, 2, 7, 6, tzinfo=UTC)  # after the last page of the recorded web
Told = dict[str, list[Said]]  # by tool, in the order of the cases
Times = dict[str, list[float]]
Fields = dict[str, frozenset[str]]  # what each tool tells at all
Measure = tuple[str, str, list[object], Callable[[Said, object], bool]]
P = ParamSpec("P")
T = TypeVar("T")


def main() -> None:
    """Read everything with every tool and print the tables."""
    asked = argparse.ArgumentParser(description="copydesk beside its peers")
    asked.add_argument("paths", nargs="+", type=Path)
    asked.add_argument("--parts", action="store_true")
    asked.add_argument("--clock", type=datetime.fromisoformat, default=AT, help="of recordings")
    given = asked.parse_args()
    warnings.simplefilter("ignore")  # the peers' own
    tools = installed()
    clocks = Clocks() if given.parts else None
    sets = page_layouts.read_sets(given.paths, NOW, given.clock)
    times: Times = defaultdict(list)
    print(f"| set | measure | n | {' | '.join((OURS, *(tool.name for tool in tools)))} |")
    print(f"|---|---|---|{'---|' * (len(tools) + 1)}")
    for one in sets:
        told = read(one, tools, times)
        for name, count, cells in rows(one, tools, told):
            print(f"| {one.name} | {name} | {count} | {' | '.join(cells)} |", flush=True)
    print("\n| milliseconds a page | median | p99 | mean |\n|---|---|---|---|")
    for name, spent in times.items():
        median, p99 = (quantile(spent, percent) for percent in (50, 99))
        print(f"| {name} | {median:.1f} | {p99:.1f} | {1000 * sum(spent) / len(spent):.1f} |")
    if clocks:
        show(clocks, times[OURS])


def read(labelled: Set, tools: list[Tool], times: Times) -> Told:
    """Read each page with one tool after the other."""
    told: Told = defaultdict(list)
    ours = []
    for number, case in enumerate(labelled.cases, 1):
        article, lost = timed(times[OURS], read_case, case)
        if lost and lost.reason == "error":
            print(f"{OURS}: {lost.detail}: {case.name}", file=sys.stderr)
        ours.append(
            PageReading(set=labelled.name, case=case, article=article, lost=lost, seconds=0)
        )
        timed(times[DEFAULT], trafilatura_text, case.page)
        for tool in tools:
            told[tool.name].append(timed(times[tool.name], asked, tool, case))
        if sys.stderr.isatty():
            print(f"\r{labelled.name} {number}/{len(labelled.cases)} ", end="", file=sys.stderr)
    told[OURS] = [said(one) for one in remove_repeats(ours)]
    return told


def timed(spent: list[float], work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what the work gives and add the processor's seconds."""
    began = time.process_time()
    try:
        return work(*args, **kwargs)
    finally:
        spent.append(time.process_time() - began)


def asked(tool: Tool, case: Case) -> Said:
    """Ask a tool; one that fails says nothing."""
    try:
        return tool.read(case.page)
    except Exception as error:  # a peer's own matter, but it is to be seen
        print(f"{tool.name}: {type(error).__name__}: {error}: {case.name}", file=sys.stderr)
        return Said()


def said(read: PageReading) -> Said:
    """Return our article in the peers' terms."""
    article = read.article
    if article is None:
        return Said()
    return Said(
        text=text.prose(article.text),
        title=article.title,
        authors=article.authors,
        day=our_day(read),
    )


def rows(one: Set, tools: list[Tool], told: Told) -> Iterator[tuple[str, int, list[str]]]:
    """Return the rows of a set: measure, count, a cell for each tool."""
    truths = [case.truth for case in one.cases]
    fields = {OURS: frozenset(("text", "title", "authors", "day"))}
    fields |= {tool.name: tool.fields for tool in tools}
    texts = [at for at, truth in enumerate(truths) if truth.text is not None]
    if texts:
        yield from _text_rows(truths, texts, fields, told)
    for label, field, values, is_same in _measures(truths):
        known = [at for at, value in enumerate(values) if value is not None]
        is_same_again = label.endswith("in the page") and all(t.in_page for t in truths)
        if not known or is_same_again:
            continue
        hits = {name: sum(is_same(told[name][at], values[at]) for at in known) for name in fields}
        cells = [
            f"{hits[name] / len(known):.3f}" if field in given else ""
            for name, given in fields.items()
        ]
        yield label, len(known), cells


def _text_rows(
    truths: list[Truth], texts: list[int], fields: Fields, told: Told
) -> Iterator[tuple[str, int, list[str]]]:
    """Return the rows of the texts, by their places among the truths."""
    scores = {
        name: page_texts.mean_scores(
            page_texts.compare_texts(truths[at].text or "", told[name][at].text) for at in texts
        )
        for name in fields
    }
    for measure in ("f1", "precision", "recall", "accuracy"):
        cells = [
            f"{getattr(scores[name], measure):.3f}" if "text" in given else ""
            for name, given in fields.items()
        ]
        yield f"text {measure}", len(texts), cells


def _measures(truths: list[Truth]) -> list[Measure]:
    """Yield each other measure: its label, the field, the true values, when one is met."""
    days: list[object] = [truth.day.day if truth.day else None for truth in truths]
    in_page: list[object] = [t.authors if t.in_page else None for t in truths]
    return [
        ("title exact", "title", [t.title for t in truths], _same_title),
        ("authors exact", "authors", [t.authors for t in truths], _same_names),
        ("authors exact, in the page", "authors", in_page, _same_names),
        ("day exact", "day", days, lambda said, true: said.day == true),
        ("day none", "day", days, lambda said, _: not said.day),
        ("day wrong", "day", days, lambda said, true: said.day not in ("", true)),
    ]


def _same_title(said: Said, true: object) -> bool:
    return text.fold(said.title) == true


def _same_names(said: Said, true: object) -> bool:
    return isinstance(true, tuple) and page_texts.compare_names(true, said.authors).is_exact


def quantile(spent: list[float], percent: int) -> float:
    """Return the milliseconds that so many of a hundred pages stay under."""
    return 1000 * sorted(spent)[-(-len(spent) * percent // 100) - 1]


def show(clocks: Clocks, spent: list[float]) -> None:
    """Print what the parts cost, the dearest first, then the steps inside them."""
    whole = sum(spent)
    parts = dict(clocks.parts)
    parts["the rest"] = whole - sum(parts.values())
    for title, costs in (("part", parts), ("step inside the parts", clocks.steps)):
        print(f"\n| {title} | ms a page | share |\n|---|---|---|")
        for name, one in sorted(costs.items(), key=lambda item: -item[1]):
            if one * 1000 >= whole:  # a thousandth
                print(f"| {name} | {1000 * one / len(spent):.2f} | {one / whole:.1%} |")


if __name__ == "__main__":
    main()
