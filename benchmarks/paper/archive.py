"""Write an invented news archive twice: as a newsroom of copydesk and as a site of Hugo.

    python benchmarks/paper/archive.py COUNT FOLDER

makes FOLDER/newsroom and FOLDER/hugo with the same COUNT stories (10 or more), always the same for
the same COUNT. Strings, names and addresses are invented. Fifty stories a day from 60 sources, 8 to
30 topics in three steps, excerpts of 20 to 45 words, a picture each (an address alone). Every third
story has been covered by one to five other newsrooms, every fifth has background, all have reasons.
A story of a topic names the topics above it, too. Hugo's stories are the same front matter without
`machine`, `secured` and `published` (a date to Hugo), and with `sources` and `days`, by which it
groups.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from copydesk import archive
from copydesk.archive import sealing
from copydesk.archive.record import emit_story
from copydesk.news import Image, Provider, Reason, Story
from copydesk.news.story import Related

AT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
A_DAY, SOURCES = 50, 60
MAIN = "Robots"
SITE = "https://desk.example"
KEY = bytes(range(32))
HUGO = Path(__file__).parent / "hugo"
_STARTS = (*"bcdfghklmnprstvwz", "br", "ch", "dr", "gr", "pl", "qu", "st", "tr")
_MIDDLES = ("a", "ai", "e", "ea", "i", "o", "ou", "u")
_ENDS = ("", "", "l", "n", "r", "s", "t", "nd", "rk", "st")
_SMALL = ("the", "of", "and", "to", "in", "for", "on", "with", "as", "at", "by", "from", "over")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """A world to write about: words, sources by weight, topics with the one above each."""

    chance: random.Random
    words: list[str]
    sources: list[Provider]
    topics: dict[str, str] = field(default_factory=dict)

    def sentence(self, least: int, most: int) -> str:
        """Give so many words, the common ones often, with a capital and no full stop."""
        count = self.chance.randint(least, most)
        said = [self.word() for _ in range(count)]
        if count > 8:
            said[count // 2] += ","
        return " ".join(said).capitalize()

    def word(self) -> str:
        """Give a word: every third one small, the others by Zipf's law."""
        if self.chance.random() < 0.33:
            return self.chance.choice(_SMALL)
        return self.words[int(len(self.words) ** self.chance.random()) - 1]

    def source(self) -> Provider:
        """Give a newsroom; the first ones publish most."""
        return self.sources[min(int(self.chance.expovariate(0.08)), SOURCES - 1)]

    def chain(self) -> tuple[str, ...]:
        """Give the names of a topic and those above it, the main one first."""
        name = self.chance.choice(list(self.topics))
        found = [name]
        while self.topics[name]:
            name = self.topics[name]
            found.append(name)
        return tuple(reversed(found))


def invent(count: int) -> Invented:
    """Give the world for an archive of `count` stories."""
    chance = random.Random(count)
    words = [_word(chance) for _ in range(12_000)]
    sources = []
    for number in range(SOURCES):
        name = f"{_word(chance)} {chance.choice(('Herald', 'Post', 'Times', 'Wire'))}".title()
        domain = f"{name.lower().replace(' ', '')}{number}.example"
        logo = Image(url=f"https://{domain}/logo.png", width=50, height=50)
        sources.append(Provider(name=name, domain=domain, images=(logo,)))
    topics = {MAIN: ""}
    for number in range(
        7 if count < 5_000 else 11 if count < 20_000 else 19 if count < 1e5 else 29
    ):
        above = MAIN if number < 6 else list(topics)[1 + number % 6]
        topics[f"{_word(chance)}{number} {_word(chance)}".title()] = above
    return Invented(chance=chance, words=words, sources=sources, topics=topics)


def _word(chance: random.Random) -> str:
    syllables = range(chance.choice((1, 2, 2, 3)))
    return "".join(
        chance.choice(_STARTS) + chance.choice(_MIDDLES) + chance.choice(_ENDS) for _ in syllables
    )


def stories(world: Invented, count: int, a_day: float = A_DAY) -> Iterator[Story]:
    """Give the stories in the order of their times, so many a day, the last one before AT."""
    first = AT - timedelta(days=count / a_day)
    taken: set[str] = set()
    stems: list[str] = []
    for number in range(count):
        made = _story(world, first + timedelta(days=(number + 0.5) / a_day), taken, stems)
        taken.add(made.path)
        stems.append(Path(made.path).stem)
        yield made


def _story(world: Invented, moment: datetime, taken: set[str], stems: list[str]) -> Story:
    chance = world.chance
    title, source, topics = world.sentence(6, 12), world.source(), world.chain()
    moment = moment.replace(microsecond=0)
    url = f"https://{source.domain}/{moment:%Y/%m}/{archive.slug(title)}.html"
    path = archive.story_path(title, moment, url, taken.__contains__)
    count = chance.randint(1, 5) if chance.random() < 1 / 3 else 0
    others = tuple(_related(world, moment) for _ in range(count))
    told = Story(
        path=path,
        title=title,
        excerpt=world.sentence(20, 45) + ".",
        published_at=moment,
        original_url=url,
        web_url=url,
        quality=chance.randint(70, 150),
        heat=chance.randint(70, 190),
        published=True,
        provider=source,
        topics=topics,
        images=(_picture(world, source),),
        related=others,
        language="en",
        access="free",
        trust=chance.randint(20, 90),
        group=Path(path).stem if others else "",
        background=_background(chance, stems),
        reasons=_reasons(world, topics, len(others)),
        machine=(("title", "3f9c1a2b"), ("excerpt", "77aa01de"), ("topics", "5b0c9e44")),
    )
    sealed = f'{{"fingerprint":"{chance.randbytes(64).hex()}","guid":"{url}"}}'
    return replace(told, secured=sealing.seal(sealed.encode(), KEY, Path(path).name))


def _background(chance: random.Random, stems: list[str]) -> tuple[str, ...]:
    """Give two of the 500 stories before, for every fifth story."""
    return tuple(chance.sample(stems[-500:], 2)) if len(stems) > 2 and chance.random() < 0.2 else ()


def _picture(world: Invented, source: Provider) -> Image:
    name = world.chance.randbytes(8).hex()
    return Image(url=f"https://{source.domain}/pictures/{name}.jpg", width=1200, height=675)


def _related(world: Invented, moment: datetime) -> Related:
    source, title = world.source(), world.sentence(6, 12)
    return Related(
        title=title,
        excerpt=world.sentence(15, 30) + ".",
        published_at=moment + timedelta(minutes=world.chance.randint(-300, 300)),
        web_url=f"https://{source.domain}/{archive.slug(title)}.html",
        provider=source,
        quality=world.chance.randint(50, 120),
        images=(_picture(world, source),),
    )


def _reasons(world: Invented, topics: tuple[str, ...], others: int) -> tuple[Reason, ...]:
    word = world.chance.choice(world.words)
    heat = (Reason(about="heat", points=10 * others, why=f"{others} independent newsrooms"),)
    return (
        Reason(about=f"topic {topics[-1]}", why=f'"{word}" in title'),
        Reason(about="quality", points=35, why=f'keyword "{word}" in title'),
        Reason(about="quality", points=20, why="800 words of its own"),
        Reason(about="published", why="quality at or over 70"),
        *(heat if others else ()),
    )


def topic_id(name: str) -> str:
    """Give a topic's id, which is also what Hugo makes of its name."""
    return name.lower().replace(" ", "-")


def write(count: int, folder: Path) -> None:
    """Write both archives below a folder, and three edits of them; what was there is deleted.

    `edits/changed` holds the tenth newest story with another excerpt, `edits/original` as it is,
    `edits/added` a new one.
    """
    world = invent(count)
    shutil.rmtree(folder, ignore_errors=True)
    write_newsroom(world, folder / "newsroom")
    write_hugo(world, folder / "hugo")
    last: deque[Story] = deque(maxlen=10)
    for story in stories(world, count):
        put(story, folder)
        last.append(story)
    put(last[0], folder / "edits" / "original")
    put(
        replace(last[0], excerpt=f"{last[0].excerpt} So it was said."), folder / "edits" / "changed"
    )
    put(_story(world, AT - timedelta(minutes=5), set(), []), folder / "edits" / "added")


def put(story: Story, folder: Path) -> None:
    """Write one story into both archives, without waiting for the disk."""
    data = emit_story(story)
    bare = emit_story(replace(story, machine=(), secured="", published=None))
    groups = f"sources:\n  - {_domain(story)}\ndays:\n  - {story.path[6:16]}\n---\n"
    content = bare.decode().rstrip().removesuffix("---") + groups
    record = folder / "newsroom" / story.path
    page = folder / "hugo" / "content" / story.path.removeprefix("_")
    for file in (record, page):
        file.parent.mkdir(parents=True, exist_ok=True)
    record.write_bytes(data)
    page.write_text(content, "utf-8")


def _domain(story: Story) -> str:
    return story.provider.domain if story.provider else ""


def write_newsroom(world: Invented, root: Path) -> None:
    """Write beat and topics; each topic lists its news, as topics of the reference do."""
    (root / "_news").mkdir(parents=True)
    (root / "_data" / "topics").mkdir(parents=True)
    beat = f'[site]\ntitle = "Robots & Rules"\nurl = "{SITE}"\ntopic = "{MAIN}"\n'
    (root / "beat.toml").write_text(beat, "utf-8")
    for number, (name, above) in enumerate(world.topics.items()):
        tail = "" if name == MAIN else f"{topic_id(name)}/"
        lines = ["taxonomy: topic", f"_id: {topic_id(name)}", f"name: {name}"]
        lines += [f"parent: {above}"] if above else []
        lines += [f"keywords:\n  - {name.lower()}", f"services:\n  news: {SITE}/api/news/{tail}"]
        file = root / "_data" / "topics" / f"{number:02}-{topic_id(name)}.yaml"
        file.write_text("\n".join(lines) + "\n", "utf-8")


def write_hugo(world: Invented, root: Path) -> None:
    """Write configuration and templates, and a page for each topic that names the one above."""
    shutil.copytree(HUGO, root)
    style = Path(archive.__file__).parents[1] / "rendering" / "templates" / "style.css"
    (root / "static").mkdir()
    shutil.copy(style, root / "static" / "style.css")
    for name, above in world.topics.items():
        folder = root / "content" / "topics" / topic_id(name)
        folder.mkdir(parents=True)
        outputs = '\noutputs: ["html", "atom", "rss", "jsonfeed"]' if name == MAIN else ""
        text = f'---\ntitle: "{name}"\nparent: "{above}"{outputs}\n---\n'
        (folder / "_index.md").write_text(text, "utf-8")


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
