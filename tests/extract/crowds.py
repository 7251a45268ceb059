"""Pages that hurt a reader by how many elements they hold; `hostile` has the others.

What looks at all of them for each of them takes minutes over these, and a ninth of that over a
third as many; what looks at each once takes a second or two, and a third of that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from extract.given import BODY, SENTENCES, document
from extract.hostile import PARAGRAPH, Hostile


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A page of so many things; `survives` says that its article must still be found."""

    body: Callable[[int], str]
    count: int
    survives: bool = False

    def page(self, share: int) -> Hostile:
        """Return the page with one of so many of them."""
        return Hostile(body=lambda: self.body(self.count // share), survives=self.survives)


def _in_body(piece: str, count: int) -> Crowd:
    return Crowd(body=lambda number: document("", BODY + piece * number), count=count)


def _numbered(piece: str, count: int, before: str = BODY) -> Crowd:
    """Write each piece with its own number for `#`."""
    return Crowd(
        body=lambda number: document(
            "", before + "".join(piece.replace("#", f"{n}") for n in range(number))
        ),
        count=count,
    )


def _in_head(piece: str, count: int) -> Crowd:
    return Crowd(
        body=lambda number: document("".join(piece.replace("#", f"{n}") for n in range(number))),
        count=count,
        survives=True,
    )


def _in_paragraph(piece: str, count: int) -> Crowd:
    return Crowd(body=lambda number: document("", f"{BODY}<p>{piece * number}"), count=count)


_CROWDS = {
    "90k empty p": _in_body("<p>", 90_000),
    "30k paragraphs": Crowd(
        body=lambda number: document(
            "", "".join(f"<p>{n} {SENTENCES[n % 5]}</p>" for n in range(number))
        ),
        count=30_000,
    ),
    "20k equal paragraphs": _numbered(PARAGRAPH, 20_000, before=""),
    "90k br": _numbered("A line of news<br>", 90_000, before=""),
    "45k links in a list": _in_body("<li><a href=/>news</a>", 45_000),
    "40k cells": _numbered("<tr><td>1<td>2", 20_000, before=BODY + "<table>"),
    "30k headlines": _in_body("<h1>Ferry aground</h1>", 30_000),
    "50k pictures": _numbered("<img src=/#.jpg width=900>", 50_000),
    "90k meta": _in_head("<meta property='og:image' content='/a.jpg'>", 90_000),
    "90k link": _in_head("<link rel='canonical alternate' href='/b'>", 90_000),
    # each cost up to 40 seconds once: everything in it was looked at once for each of its parts
    "90k marked words": _in_paragraph("It <b data-nosnippet>is</b> no. ", 45_000),
    "90k canonical links": _in_head("<link rel=canonical href=https://a#.example/b>", 90_000),
    "90k pictures in one block": _numbered(
        "<img src=/#.jpg width=900 alt=A>", 90_000, before=f"{BODY}<div>"
    ),
    "90k addresses for og:url": _in_head(
        "<meta property=og:url content=https://a#.example/>", 90_000
    ),
}

SHARE = 3
WHOLE = {name: crowd.page(1) for name, crowd in _CROWDS.items()}
PARTS = {f"a third of {name}": crowd.page(SHARE) for name, crowd in _CROWDS.items()}
