"""Archives of a web that was: months of invented pages of two known publishers and a stranger."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from world.newsroom import Answer, page, record_web

KNOWN = ("gull.example", "heron.example")
STRANGER = "stranger.example"
FIRST = datetime(2019, 11, 3, 9, tzinfo=UTC)

_PLACES = "Sable Orme Tarn Quill Brae Holt Wick Fenn Lyme Skerry Moss Vane Crag Dell Rook".split()  # noqa: SIM905
_ACTS = (
    "votes to raise the {what}", "finds cracks in the {what}", "closes the {what} for repairs",
    "sues the builder of the {what}", "opens the new {what}", "loses a third of the {what}",
    "counts the cost of the {what}", "asks the province to pay for the {what}",
)  # fmt: skip
_ON_BEAT = ("sea wall", "coast path", "coast guard station", "coast road")
_OFF_BEAT = ("bakery", "opera house", "chess club", "tax office", "ski lift", "archive of maps")
_WORDS = "council engineer winter ledger vote stone harbour mayor province crown meeting".split()  # noqa: SIM905
_WORDS += "school gate summer report committee tide budget street resident letter storm".split()  # noqa: SIM905


def invent_pages(count: int, seed: int = 1) -> dict[str, Answer]:
    """Invent so many pages by address: every third is on the coast, over four months.

    Half of the events on the beat are told by two publishers.
    """
    dice, pages = random.Random(seed), dict[str, Answer]()
    at = FIRST
    while len(pages) < count:
        at += timedelta(hours=2880 / count * 2)
        is_on = dice.random() < 0.33
        what = dice.choice(_ON_BEAT if is_on else _OFF_BEAT)
        place = dice.choice(_PLACES)
        title = f"{place} {dice.choice(_ACTS).format(what=what)}"
        tellers = dice.sample((*KNOWN, STRANGER), 2 if dice.random() < 0.5 else 1)
        for late, host in enumerate(tellers):
            when = at + timedelta(hours=late)
            words = title if not late else f"{title}, says the {dice.choice(_WORDS)}"
            url = f"https://{host}/{when:%Y/%m/%d}/{len(pages)}"
            pages[url] = _page(words, _tell(dice, place, what), when)
    return dict(list(pages.items())[:count])


def _tell(dice: random.Random, place: str, what: str) -> str:
    return "\n".join(
        f"The {what} of {place} is what the {dice.choice(_WORDS)} spoke of on day {day}. "
        + " ".join(
            f"The {' '.join(dice.sample(_WORDS, 5))} of {place} came to {dice.randint(2, 900)}."
            for _ in range(6)
        )
        for day in range(1, 5)
    )


def _page(title: str, text: str, at: datetime) -> Answer:
    stamp = at.isoformat().replace("+00:00", "Z")
    return replace(page(title, text, date=stamp), at=stamp)


def write_archives(folder: Path, pages: Mapping[str, Answer], files: int) -> list[Path]:
    """Write pages into so many archives, in the order of their addresses; give the files."""
    listed = list(pages.items())
    folder.mkdir(parents=True, exist_ok=True)
    return [
        record_web(folder / f"NEWS-{number:05}.warc.gz", dict(listed[number::files]))
        for number in range(files)
    ]


def filed(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of every story that was filed out of an archive, by path."""
    for path in sorted((root / "_archive").rglob("*.md")):
        yield path.relative_to(root).as_posix(), path.read_bytes()
