"""How well we read pages that are built to be hard: an invented article in twelve languages.

    python benchmarks/reading/built.py [--show]

The article stands two, three or fifty times on its page, is split over containers with
advertisements between them, is hidden from screen readers or interrupted by boxes. Prints Markdown:
the mean F1 of each kind of page, ours and trafilatura's. --show adds what is wrong in ours.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from tools import trafilatura_text

from copydesk import extract
from copydesk.kit import text
from copydesk.measure.page_texts import compare_texts
from copydesk.news import Article, Beat, Lead, Page

URL = "https://www.quay-news.example/2026/04/saltholm-ferry"
NOW = datetime(2026, 4, 2, 12, tzinfo=UTC)
Words = dict[str, Any]  # of one language: a section of built.toml


def paragraphs(lines: list[str]) -> str:
    """Return lines as paragraphs."""
    return "".join(f"<p>{line}</p>" for line in lines)


def containers(parts: list[list[str]]) -> str:
    """Return parts of a text in containers beside each other, with advertisements between them."""
    offers = "".join(
        f"<p><a href='https://ads.example/{at}'>Pumps number {at} from Norrhavn, now cheaper than "
        f"ever before, until Friday</a></p><p>Norrhavn sells pumps, hoses and lamps, in all sizes "
        f"and for every ship, since {1900 + at}.</p>"
        for at in range(4)
    )
    return f"<div class='ad-slot'>{offers}</div>".join(
        f"<section class='chunk c{at}'><div class=inner>{paragraphs(part)}</div></section>"
        for at, part in enumerate(parts)
    )


def repeated(many: int) -> Callable[[Words], str]:
    """Return a page that shows its article the given number of times."""
    return lambda words: "".join(
        f"<div class='view v{at}'>{paragraphs(words['text'])}</div>" for at in range(many)
    )


def boxes(words: Words) -> str:
    """Return a text that is interrupted by boxes."""
    head, *points = words["points"]
    first, second, third, *rest = words["text"]
    listed = "".join(f"<li>{point}</li>" for point in points)
    return "".join(
        (
            f"<div class='kp'><h3>{head}</h3><ul>{listed}</ul></div><p>{first}</p>",
            f"<p><a href='/g'>{words['preferred']}</a></p><p>{second}</p>",
            f"<figure><img src='/a.jpg' alt=''></figure><p>{words['credit']}</p><p>{third}</p>",
            f"<div><h3>{words['newsletter']}</h3><form><input type=email></form></div>",
            f"<p>{words['also']}</p>{paragraphs(rest)}",
        )
    )


def hidden(words: Words) -> str:
    """Return a text with a soft paywall's class on all paragraphs but the first."""
    first, *rest = words["text"]
    opens = words["opens"]
    link = f"<a href='/x'>{words['title']}<span class='sr-only'>{opens}</span></a>"
    behind = f"<div class='sr-only'>{paragraphs(rest)}</div>"
    return f"<p>{first}</p><p class='sr-only'>{opens}</p>{behind}<p>{link}</p>"


def posts(words: Words) -> str:
    """Return a text with a list of other posts at its end."""
    others = "".join(
        f"<div class='item'><h4><a href='/{at}'>{words['title']} {at}</a></h4>"
        f"<p>{words['text'][at][:29]}...</p></div>"
        for at in (1, 2, 3)
    )
    return f"{paragraphs(words['text'])}<div><h3>{words['posts']}</h3>{others}</div>"


KINDS: dict[str, Callable[[Words], str]] = {
    "once": repeated(1),
    "twice": repeated(2),
    "three times": repeated(3),
    "fifty times": repeated(50),
    "split in two": lambda words: containers([words["text"][:2], words["text"][2:]]),
    "split in three": lambda words: containers(
        [words["text"][:1], words["text"][1:3], words["text"][3:]]
    ),
    "split in five": lambda words: containers([[line] for line in words["text"]]),
    "hidden": hidden,
    "boxes": boxes,
    "other posts": posts,
}


def build(language: str, words: Words, body: str) -> Page:
    """Return a page of a site around an article."""
    menu = "".join(f"<li><a href='/{at}'>Section {at}</a></li>" for at in range(9))
    head = f"<meta charset=utf-8><title>{words['title']}</title>"
    main = f"<div class=page><div class=wrap><h1>{words['title']}</h1>{body}</div></div>"
    footer = "<footer><p>© 2026 Quay News, 1 Mole Street, Saltholm</p></footer>"
    html = (
        f"<!doctype html><html lang='{language}'><head>{head}</head>"
        f"<body><nav><ul>{menu}</ul></nav>{main}{footer}</body></html>"
    )
    return Page(url=URL, final_url=URL, status=200, headers={}, body=html.encode(), fetched_at=NOW)


def read(page: Page) -> str:
    """Return our text of a page."""
    lead = Lead(url=URL, source="https://www.quay-news.example/feed", found=NOW)
    found = extract.read(page, lead, Beat(title="Ports"))
    return text.prose(found.text) if isinstance(found, Article) else ""


def main() -> None:
    """Read every kind of page in every language and print the table."""
    asked = argparse.ArgumentParser(description="pages that are built to be hard")
    asked.add_argument("--show", action="store_true")
    given = asked.parse_args()
    languages = tomllib.loads((Path(__file__).parent / "built.toml").read_text("utf-8"))
    print("| kind of page | copydesk | lowest | trafilatura |\n|---|---|---|---|")
    for kind, make in KINDS.items():
        ours, theirs = {}, []
        for language, words in languages.items():
            page, true = build(language, words, make(words)), "\n".join(words["text"])
            found = read(page)
            ours[language] = compare_texts(true, found).f1
            theirs.append(compare_texts(true, trafilatura_text(page)).f1)
            if given.show and ours[language] < 0.98:
                lines = found.split("\n")
                print(language, kind, "too much:", [x for x in lines if x not in words["text"]])
                print(language, kind, "missing:", [x for x in words["text"] if x not in lines])
        worst = min(ours, key=ours.__getitem__)
        means = f"{fmean(ours.values()):.3f} | {worst} {ours[worst]:.3f} | {fmean(theirs):.3f}"
        print(f"| {kind} | {means} |")


if __name__ == "__main__":
    main()
