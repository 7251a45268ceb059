"""Make invented sites that show every kind of page, and every odd thing that can stand on one.

    python benchmarks/paper/looks/sites.py FOLDER

makes FOLDER/NAME with a site below each: `kinds` (every kind of page, pictures, players, coverage,
a headline of 240 letters, one of emoji alone, stories without an excerpt, a time or a source),
`shelves` (records of every collection, newsletters and sponsors, with pictures elsewhere; the same
from right to left in `shelves-arabic`),
`empty` (no story), `one`, `german`, `arabic` and `hebrew` (right to left), `big` (2,000 stories of
benchmarks/paper/archive.py, with one day of 400). FOLDER/pages.json lists for each site one page of
every kind, the heaviest one, and each odd story. `look.mjs` looks at them. All is invented.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from PIL import Image as Drawing
from PIL import ImageDraw

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(1, str(Path(__file__).parents[3] / "tests"))
import shelves as invented_records  # beside this file, as stories.py
from stories import ARABIC, AT, GERMAN, HEADLINES, HEBREW, LONG, related, story

import archive as invented  # benchmarks/paper/archive.py
from copydesk.news import Beat, Image, Provider, Record, Story, Topic, Verdict
from copydesk.news.edition import Edition, PictureFile, Show, Thumbnail
from copydesk.publish import Look, Practice, PublishOptions, publish
from world.manifests import MemoryManifest

BIG = 2_000
_SHELVES = {
    "learning": "learning",
    "samples": "sample",
    "people": "people",
    "communities": "community",
    "companies": "company",
    "events": "event",
    "projects": "project",
    "challenges": "challenge",
}
_KINDS = (
    ("front", r"index\.html"),
    ("story", r"news/.*"),
    ("day", r"\d{4}/\d\d/\d\d/.*"),
    ("topic", r"topics/.+/.*"),
    ("topics", r"topics/index\.html"),
    ("source", r"sources/.+/.*"),
    ("sources", r"sources/index\.html"),
    ("archive", r"archive/index\.html"),
    ("archive-part", r"archive/.+/.*"),
    ("month", r"\d{4}/\d\d/index\.html"),
    ("search", r"search/.*"),
    ("about", r"about/.*"),
    ("method", r"method/.*"),
    ("missing", r"404\.html"),
    ("video", r"learning/videos/v\d+/.*"),
    ("path", r"learning/collections/path\d+/.*"),
    ("learning-page", r"learning/.+/page/.*"),
    ("learning-kind", r"learning/.+/.*"),
    ("sponsorships", r"sponsorships/index\.html"),
    ("newsletters", r"newsletters/index\.html"),
    ("newsletter-month", r"newsletters/.+/.*"),
    ("issue", r"newsletter/.*"),
    *((name, rf"{name}/index\.html") for name in _SHELVES),
    *((f"{name}-one", rf"{folder}/.+/.*") for name, folder in _SHELVES.items()),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site to build: its edition and the folder of its pictures."""

    edition: Edition
    pictures: Path | None = None
    practice: Practice = field(default_factory=Practice)
    show: Show = "cached"


def topics() -> tuple[Topic, ...]:
    """Give a main topic, those below it, and two steps more."""
    rows = (
        ("Harbours", "", "Ports, those who work in them, and the rules they keep."),
        ("Law", "Harbours", "What courts and parliaments say of the coast."),
        ("Courts", "Law", ""),
        ("Cranes", "Harbours", "Machines that lift."),
        ("Fishing", "Harbours", ""),
        ("Weather and the Sea", "Harbours", ""),
    )
    return tuple(
        Topic(id=re.sub(r"\W+", "-", name.lower()), name=name, parent=above, description=words)
        for name, above, words in rows
    )


def beat(**fields: object) -> Beat:
    """Give the beat of these sites."""
    usual = Beat(
        title="The Harbour Desk",
        description="News of harbours and the machines in them, chosen from sixty newsrooms.",
        contact="mailto:desk@harbour.example",
        url="http://127.0.0.1:8000",
        topic="Harbours",
        topics=topics(),
    )
    return replace(usual, **fields)  # type: ignore[arg-type]


def draw(folder: Path, stem: str, size: tuple[int, int], hue: int) -> Thumbnail:
    """Draw a picture in two widths and give it as the cache would."""
    width, height = size
    picture = Drawing.new("RGB", size, f"hsl({hue}, 30%, 45%)")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height * 0.62, width, height), fill=f"hsl({hue}, 40%, 25%)")
    pen.ellipse(
        (width * 0.6, height * 0.15, width * 0.8, height * 0.5), fill=f"hsl({hue}, 50%, 75%)"
    )
    forms = []
    for scale in (1, 2):
        form = PictureFile(
            name=f"{stem}{'' if scale == 1 else '-320'}.webp",
            width=width // scale,
            height=height // scale,
            type="image/webp",
        )
        picture.resize((form.width, form.height)).save(folder / form.name, quality=70)
        forms.append(form)
    return Thumbnail(forms=tuple(forms), colour="#4a6b8c")


def kinds(folder: Path) -> Site:
    """Give a site with every kind of page and everything that a story can have."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = ((640, 427), (640, 360), (427, 640), (640, 640), (640, 200))
    pictures = {}
    told = _newest()
    for number, one in enumerate(told):
        if number % 5 != 2:
            url = f"https://pictures.example/{number}.jpg"
            pictures[url] = draw(folder, f"p{number}", sizes[number % 5], number * 37 % 360)
            image = Image(url=url, title="The harbour at noon", attribution="A. Gull/Kestrel")
            told[number] = replace(one, images=(image,))
    told[0] = replace(told[0], **_rich(told))
    told += [*_odd(len(told)), *_group()]
    told += [
        story(
            number,
            f"{HEADLINES[number % 20]}, part {number // 20}",
            published_at=AT - timedelta(hours=3 * number),
        )
        for number in range(40, 140)
    ]
    edition = Edition(beat=beat(), at=AT, stories=told, records=_records(), pictures=pictures)
    return Site(edition=edition, pictures=folder)


def _newest() -> list[Story]:
    """Give a story for each headline."""
    return list(map(story, range(len(HEADLINES)), HEADLINES))


def shelves(locale: str = "en") -> Site:
    """Give a site with records of every collection; `look.mjs` draws their pictures."""
    told = _newest()
    records = invented_records.records([(one.title, one.web_url) for one in told])
    edition = Edition(beat=beat(locale=locale), at=AT, stories=told, records=records)
    return Site(edition=edition, show="hotlink")


def _rich(told: list[Story]) -> dict[str, object]:
    """Give what a story has that everybody covers, that changed, and that an editor looked at."""
    takes = [
        related(number, f"Machines get a vote, says court no. {number}") for number in range(1, 9)
    ]
    names = [Path(one.path).stem for one in told]
    return {
        "related": tuple(
            replace(one, provider=Provider(name=f"Gazette {n}", domain=f"g{n}.example"))
            for n, one in enumerate(takes)
        ),
        "background": tuple(names[5:9]),
        "updated_at": AT,
        "history": (
            '2026-11-24T13:10:00Z title was "Court hears machines"',
            "2026-11-24T15:10:00Z excerpt changed",
        ),
        "verdict": Verdict(said="publish", by="ed@desk.example", at=AT, why="of the day"),
    }


def _odd(start: int) -> Iterator[Story]:
    """Give stories with something amiss or in excess."""
    frame = '<iframe src="https://www.youtube-nocookie.com/embed/abcdefghijk"></iframe>'
    sound = '<audio src="https://sounds.example/tides.mp3"></audio>'
    rows: tuple[tuple[str, dict[str, object]], ...] = (
        (LONG, {"heat": 188}),
        ("🚢⚓️🌊", {"heat": 187}),
        ("Stub without an excerpt", {"excerpt": "", "heat": 186}),
        ("", {"excerpt": ""}),
        ("Nobody says who published this", {"provider": None}),
        ("A day nobody knows", {"published_at": None}),
        (
            "Watch: the crane that sings",
            {"type": "video", "featured_content": frame, "length": "PT12M5S"},
        ),
        (
            "Listen: an hour of tides",
            {"type": "audio", "featured_content": sound, "length": "PT1H"},
        ),
        ("This page left its publisher", {"access": "gone"}),
        ("Behind a wall", {"access": "paywalled", "credit": "Kestrel Wire"}),
        (
            "機械が港の議会で投票できると裁判所が判断",
            {"language": "ja", "excerpt": "東京の裁判所は火曜日にそう述べた。"},
        ),
        (
            "المحكمة تسمح للآلات بالتصويت",
            {"language": "ar", "excerpt": "قالت المحكمة ذلك يوم الثلاثاء."},
        ),
        ("Pneumonoultramicroscopicsilicovolcanoconiosis" * 4, {}),
    )
    for number, (title, fields) in enumerate(rows, start):
        yield story(number, title, **fields)


def _group() -> tuple[Story, Story]:
    """Give a story that leads its group, and one that did and is a signpost now."""
    led = ("2026-11-24T13:10:00Z leads its group no longer",)
    leader = story(33, "A fuller report of the regatta", group="regatta")
    return leader, story(34, "Regatta begins", group="regatta", history=led, published=False)


def _records() -> tuple[Record, ...]:
    """Give a few records of collections."""
    video = {"featuredContent": "https://www.youtube.com/embed/abcdefghijk"}
    rows: tuple[tuple[str, Mapping[str, object], str], ...] = (
        (
            "_learning/tides.md",
            {"title": "How tides work", "excerpt": "The moon, mostly.", "items": ["knots"]},
            "Begin *here*.",
        ),
        (
            "_learning/knots.md",
            {"title": "Knots that hold", "webUrl": "https://knots.example/", **video},
            "",
        ),
        ("_people/ada.md", {"name": "Ada Quay", "bio": "Counts ships."}, ""),
        ("_communities/dock.md", {"title": "Dock talk", "website": "https://dock.example/"}, ""),
        (
            "_samples/crane.md",
            {"title": "A crane in forty lines", "excerpt": "Lifts."},
            "<p>It lifts.</p>",
        ),
    )
    return tuple(
        Record(path=path, collection=path.partition("/")[0][1:], fields=fields, body=body)
        for path, fields, body in rows
    )


def abroad(locale: str, title: str, headlines: Iterable[str]) -> Site:
    """Give a site in another language."""
    language = locale.partition("-")[0]
    told = [
        story(
            number, said, language="en" if said.startswith("Tug") else language, excerpt=said + "."
        )
        for number, said in enumerate(headlines)
    ]
    told[0] = replace(told[0], related=tuple(related(n, list(headlines)[n]) for n in (1, 2, 3)))
    return Site(edition=Edition(beat=beat(title=title, locale=locale), at=AT, stories=told))


def big(count: int) -> Site:
    """Give the archive of the benchmark, its newest day with 400 stories."""
    world = invented.invent(count)
    told = list(invented.stories(world, count))
    for number, one in enumerate(told[-400:]):
        moment = AT - timedelta(minutes=2 * (400 - number))
        told[count - 400 + number] = replace(one, published_at=moment)
    above = tuple(
        Topic(id=invented.topic_id(name), name=name, parent=parent)
        for name, parent in world.topics.items()
    )
    made = beat(title="Robots & Rules", topic=invented.MAIN, topics=above)
    return Site(edition=Edition(beat=made, at=invented.AT, stories=told))


def pages(root: Path) -> dict[str, str]:
    """Give the heaviest page of every kind by the kind's name."""
    found: dict[str, tuple[int, str]] = {}
    for file in root.rglob("*.html"):
        path = file.relative_to(root).as_posix()
        kind = next((name for name, form in _KINDS if re.fullmatch(form, path)), "other")
        found[kind] = max(found.get(kind, (0, "")), (file.stat().st_size, path))
    listed = {kind: path.removesuffix("index.html") for kind, (_, path) in sorted(found.items())}
    return listed | _odd_pages(root)


def _odd_pages(root: Path) -> dict[str, str]:
    """Give the pages of the odd stories, if they are there, and of the signpost."""
    count = len(HEADLINES)
    names = {f"odd-{n}": f"news/*-{n}/" for n in range(count, count + 15)}
    names |= {"mail": "newsletter/desk-2026-11-23/"}
    found = {kind: next(root.glob(name), None) for kind, name in names.items()}
    return {kind: f"{at.relative_to(root)}/" for kind, at in found.items() if at is not None}


def main(root: Path) -> None:
    """Build every site and write down its pages."""
    shutil.rmtree(root, ignore_errors=True)
    sites = {
        "kinds": kinds(root / "pictures"),
        "empty": Site(edition=Edition(beat=beat(), at=AT, stories=())),
        "one": Site(edition=Edition(beat=beat(), at=AT, stories=(story(0, HEADLINES[0]),))),
        "german": abroad("de", "Der Hafenbote", GERMAN),
        "arabic": abroad("ar", "مكتب الميناء", ARABIC),
        "hebrew": abroad("he", "שולחן הנמל", HEBREW),
        "big": big(BIG),
        "shelves": shelves(),
        "shelves-arabic": shelves("ar"),
    }
    listed = {}
    for name, site in sites.items():
        options = PublishOptions(
            pictures_folder=site.pictures, look=Look(practice=site.practice, show=site.show)
        )
        publish(site.edition, root / name, MemoryManifest(), options)
        listed[name] = pages(root / name)
    (root / "pages.json").write_text(json.dumps(listed, indent=1), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
