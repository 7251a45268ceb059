"""Invented records of every collection, with what each can say of itself, newsletters and sponsors.

`sites.py` makes a site of them. Some have nothing but a name, some a long one, some are of
another direction; a shelf has more records than a page of it takes. All is invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from copydesk.news import Record

_SENT = datetime(2026, 11, 24, 7, tzinfo=UTC)
_FILM = '<iframe src="https://www.youtube-nocookie.com/embed/abcdefghijk"></iframe>'
_NAMES = ("Ada Quay", "Bo Mole", "Cleo Strand", "Dev Tarn", "Edda van der Boegschroef-Ankerlier")
_LESSONS = (
    "Knots that hold",
    "Reading a tide table",
    "Welding under water",
    "What a pilot sees",
    "The law of salvage",
    "Radar without fear",
)
_WORDS = (
    "Everything that a beginner has to know, from the first rope to the last lock, told slowly "
    "and shown twice, with questions at the end of each part that nobody is made to answer."
)


def records(stories: Sequence[tuple[str, str]]) -> tuple[Record, ...]:
    """Give all of them; issues of the newsletter tell of `stories`, each a title and an address."""
    every = (
        *_learning(),
        *_people(),
        *_samples(),
        *_places(),
        *_events(),
        *_work(),
        *_letters(stories),
        *_sponsors(),
    )
    return tuple(every)


def _record(path: str, *, body: str = "", **fields: object) -> Record:
    collection = path.partition("/")[0][1:]
    return Record(path=path, collection=collection, fields=fields, body=body)


def _face(number: int) -> list[Mapping[str, object]]:
    return _picture(5 * (number % 4) + 3, 640, 640)


def _view(number: int) -> list[Mapping[str, object]]:
    return _picture(5 * (number % 4), 640, 427)


def _picture(number: int, width: int, height: int) -> list[Mapping[str, object]]:
    """Give one of the pictures that `sites.py` draws, at an address elsewhere."""
    url = f"https://pictures.example/p{number}.webp"
    return [{"url": url, "width": width, "height": height, "title": f"Picture {number}"}]


def _house(number: int) -> Mapping[str, object]:
    name = _NAMES[number % len(_NAMES)]
    return {"name": name, "domain": f"h{number}.example", "authors": [{"name": name}]}


def _learning() -> Iterator[Record]:
    """Give three kinds: films here, courses elsewhere, paths through both."""
    for number in range(60):
        title = f"{_LESSONS[number % 6]}, part {number // 6 + 1}"
        shared: dict[str, object] = {
            "title": title,
            "excerpt": _WORDS if number % 5 else "",
            "length": f"PT{number + 3}M5S",
            "heat": 90 - number,
            "topics": ["Harbours", "Law"] if number % 3 else ["Harbours", "Cranes"],
            "provider": _house(number),
        }
        yield _record(f"_learning/videos/v{number}.md", **shared, featuredContent=_FILM)
        yield _record(
            f"_learning/courses/c{number}.md",
            **shared,
            webUrl=f"https://school.example/{number}",
            price="Free",
            levels=["Beginner"],
            ratings={"count": 20511 + number, "average": 4.6},
            images=_view(number),
        )
    items = [f"videos/v{n}" for n in range(5)] + [f"courses/c{n}" for n in range(7)]
    for number in range(4):
        yield _record(
            f"_learning/collections/path{number}.md",
            title=f"From deckhand to harbour master in {12 - number} steps",
            excerpt=_WORDS,
            items=items[number:],
            levels=["Beginner", "Intermediate"],
            provider=_house(0),
            topics=["Harbours", "Law"],
            heat=10 - number,
        )


def _people() -> Iterator[Record]:
    for number, name in enumerate(_NAMES):
        address = f"https://social.example/{number}"
        yield _record(
            f"_people/{name.lower().replace(' ', '-')}.md",
            name=name,
            bio="Counts ships | writes of those who load them" if number else _WORDS,
            location="Quoyle",
            affiliation={"name": "Harbour School of the Northern Coast", "domain": "hs.example"},
            website="https://a.example/",
            twitter={"username": "quay", "url": address, "followers": 16314},
            linkedin={"url": address},
            images=_face(number),
            topics=["Harbours"],
            heat=50 - number,
        )
    yield _record("_people/nobody.md", name="عادل الميناء", bio="يعد السفن")
    yield _record("_people/bare.md", name="No more than a name")


def _samples() -> Iterator[Record]:
    for number in range(3):
        yield _record(
            f"_samples/s{number}.md",
            title=f"A crane in {40 + number} lines",
            excerpt=_WORDS,
            originalUrl="https://code.example/crane",
            actions=[
                {"url": "https://code.example/crane.zip", "title": "Download", "attribution": "Zip"}
            ],
            provider=_house(number),
            publishedDateTime=_SENT - timedelta(days=number),
            images=_view(number),
            body="<p>It lifts.</p><ul><li>Slowly</li><li>Twice</li></ul><pre><code>"
            + "lift(crane, weight_kilograms=40_000, slowly=True) " * 4
            + "</code></pre>",
        )


def _places() -> Iterator[Record]:
    """Give communities, which are elsewhere, and companies."""
    for number in range(4):
        yield _record(
            f"_communities/c{number}.md",
            title=f"Dock talk {number}",
            excerpt=_WORDS if number else "",
            webUrl=f"https://dock.example/{number}",
            members=22000 + number,
            provider={"name": "Talk", "domain": "talk.example"},
        )
        yield _record(
            f"_companies/k{number}.md",
            name=f"Kestrel Works No. {number}",
            overview=_WORDS,
            yearFounded=1999,
            size="51-200",
            locations=["Quoyle", "Sluice"],
            funding={"status": "Seed"},
            website="https://works.example/",
            images=_face(number),
        )


def _events() -> Iterator[Record]:
    for number in range(5):
        begins = _SENT + timedelta(days=9 * number - 12)
        yield _record(
            f"_events/e{number}.md",
            title=f"Harbour fair of the {number + 1} seas",
            excerpt=_WORDS,
            website="https://fair.example/",
            location="Quoyle, Old Customs House",
            startDateTime=begins,
            endDateTime=begins + timedelta(days=number),
        )


def _work() -> Iterator[Record]:
    for number in range(3):
        yield _record(
            f"_projects/p{number}.md",
            title=f"open-crane-{number}",
            excerpt=_WORDS,
            webUrl="https://code.example/open",
            github={"stars": 1200, "languages": ["C", "Lua"]},
            provider=_house(number),
        )
        yield _record(
            f"_challenges/h{number}.md",
            title=f"Moor a ship in {9 - number} minutes",
            excerpt=_WORDS,
            levels=["Advanced"],
            provider=_house(number),
        )


def _letters(stories: Sequence[tuple[str, str]]) -> Iterator[Record]:
    """Give some months of issues: a mail in sections, one of another form, one without a day."""
    for number in range(70):
        sent = _SENT - timedelta(days=number)
        yield _record(
            f"_newsletters/desk-{sent:%Y-%m-%d}.html",
            title=f"The Harbour Desk ({sent:%Y-%m-%d})",
            excerpt=" / ".join(title for title, _ in stories[number % 7 : number % 7 + 5]),
            publishedDateTime=sent,
            body="<p>Dear reader,</p><p>no news.</p>" if number == 1 else _mail(stories),
        )
    yield _record("_newsletters/trial.html", title="A trial", body="<p>One, two.</p>")


def _mail(stories: Sequence[tuple[str, str]]) -> str:
    """Give a mail in the form that the letters of everyday.cc have."""
    parts = (("News of the day", stories[:6]), ("Also", stories[6:9]))
    rows = []
    for name, told in parts:
        rows.append(f"<tr><td><strong>{name}</strong></td></tr>")
        rows += [_row(title, address, number) for number, (title, address) in enumerate(told)]
    return f"<html><body><table>{''.join(rows)}</table></body></html>\n"


def _row(title: str, address: str, number: int) -> str:
    href = "https://elsewhere.example/" if number == 2 else address
    return (
        f"<tr><td><div><p><strong>{title}</strong><br>{_WORDS}</p></div>"
        f'<p><a href="{href}">\N{RIGHTWARDS ARROW WITH HOOK} Kestrel News</a></p></td></tr>'
    )


def _sponsors() -> Iterator[Record]:
    for number in range(2):
        yield _record(
            f"_sponsorships/s{number}.md",
            sponsor={"name": f"Rope & Sons {number}", "url": "https://rope.example/"},
            messages=[
                {
                    "title": "Rope by the mile",
                    "description": "Hemp, steel and what comes after steel.",
                    "url": "https://rope.example/mile",
                },
                {"title": "We splice on Sundays", "description": _WORDS},
            ],
            schedules=["2026-11-20", "2026-11-23"],
        )
