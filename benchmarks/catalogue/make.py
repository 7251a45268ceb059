"""Make a newsroom of invented stories, everything committed, to be measured by `table.py`.

    python benchmarks/catalogue/make.py COUNT FOLDER [--month]

    FOLDER/newsroom        COUNT records in a git repository; its memory knows their addresses as
                           filed, so that it is no lost memory
    FOLDER/web.warc.gz     a feed of stories that are filed, which has a new one at each time of NEW
    FOLDER/pulled          1,000 older records, for a commit of somebody else's
    FOLDER/added           one record more, for an edit that nobody committed
    FOLDER/question.json   a story's path and words of its headline, to ask for

The stories are those of `benchmarks/paper/archive.py`, fifty a day. With --month all are of the
last thirty days, and the newsroom keeps an article of 300 words for each. The newsroom writes no
first API and takes no second looks, whose pages the recorded web would have to hold.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1]
sys.path[:0] = [str(BENCHMARKS / "paper"), str(BENCHMARKS.parent / "tests")]

import archive as invented  # noqa: E402
from copydesk.archive import ArticleStore  # noqa: E402
from copydesk.archive.record import emit_story  # noqa: E402
from copydesk.kit import dates, urls  # noqa: E402
from copydesk.memory import Fate, Memory  # noqa: E402
from copydesk.news import Article, Story  # noqa: E402
from world.newsroom import Answer, feed, page, record_web  # noqa: E402

PULLED = 1_000
WORDS = 300  # of a kept article
FEED = "https://feed.example/feed.xml"
NEW = {  # headlines, by the minutes after which the feed has them
    30: "Robots paint the long bridge of Heron Bay",
    33: "Robots count the seals of Gull Rock",
    36: "Robots sweep the stairs of Tern Harbour",
    60: "Robots mend the nets of Port Sable",
}
_MAIL_DATE = "%a, %d %b %Y %H:%M:%S GMT"
_BEAT = f"""\
[publish]
api_v1 = false
[records]
look_again = false
[[source]]
url = "{FEED}"
name = "The Feed"
"""


def make(count: int, folder: Path, *, in_a_month: bool) -> None:
    """Write all of it below a folder; what was there is deleted."""
    shutil.rmtree(folder, ignore_errors=True)
    root = folder / "newsroom"
    world = invented.invent(count)
    invented.write_newsroom(world, root)
    beat = (root / "beat.toml").read_text("utf-8")
    (root / "beat.toml").write_text(beat + _BEAT, "utf-8")
    (root / ".gitignore").write_text(".copydesk/\n", "utf-8")
    total = PULLED + count + 1
    stories = invented.stories(world, total, total / 30 if in_a_month else invented.A_DAY)
    _write(islice(stories, PULLED), folder / "pulled")
    latest = _file(islice(stories, count), root, world if in_a_month else None)
    _write(stories, folder / "added")
    _commit(root)
    _record_web(world, latest, folder / "web.warc.gz")
    asked = latest[-1]
    question = {"path": asked.path, "words": " ".join(sorted(asked.title.split(), key=len)[-2:])}
    (folder / "question.json").write_text(json.dumps(question), "utf-8")


def _file(stories: Iterable[Story], root: Path, world: invented.Invented | None) -> list[Story]:
    """Write records and what the newsroom remembers of them; return the last twenty.

    With a world to take words from, each has its kept article.
    """
    latest: deque[Story] = deque(maxlen=20)
    articles = ArticleStore(root / ".copydesk" / "articles", 10**12)
    memory = Memory(root / ".copydesk" / "memory.sqlite")
    with memory.together():
        for story in stories:
            _write([story], root)
            _remember(memory, story)
            if world is not None:
                articles.put(_article(world, story))
            latest.append(story)
    memory.close()
    return list(latest)


def _write(stories: Iterable[Story], root: Path) -> None:
    for story in stories:
        file = root / story.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(emit_story(story))


def _remember(memory: Memory, story: Story) -> None:
    url = story.original_url
    memory.keep_fate(
        Fate(
            identity=urls.identity(url),
            url=url,
            state="filed",
            at=story.published_at or invented.AT,
            path=story.path,
            source=FEED,
        )
    )


def _article(world: invented.Invented, story: Story) -> Article:
    assert story.published_at is not None
    assert story.provider is not None
    return Article(
        url=story.original_url,
        web_url=story.web_url,
        title=story.title,
        published_at=story.published_at,
        source=FEED,
        found=story.published_at,
        excerpt=story.excerpt,
        text=_text(world),
        provider=story.provider,
        language="en",
    )


def _text(world: invented.Invented) -> str:
    """Return paragraphs of WORDS words in all."""
    sentences = [world.sentence(15, 15) + "." for _ in range(WORDS // 15)]
    return "\n\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))


def _record_web(world: invented.Invented, latest: list[Story], file: Path) -> None:
    """Record the feed at its moments, and the pages of its new stories."""
    items = [(story.title, story.original_url, _mail_date(story)) for story in reversed(latest)]
    feeds = [_at(invented.AT - timedelta(days=1), feed(*items))]
    pages = {}
    for minutes, title in NEW.items():
        moment = invented.AT + timedelta(minutes=minutes)
        url = f"https://feed.example/{invented.archive.slug(title)}.html"
        items.insert(0, (title, url, f"{moment:{_MAIL_DATE}}"))
        feeds.append(_at(moment, feed(*items)))
        text = _text(world).replace(". ", ". Robots ").replace("\n\n", "\n")
        pages[url] = _at(moment, page(title, text, date=dates.rfc3339(moment)))
    record_web(file, {FEED: feeds, **pages})


def _mail_date(story: Story) -> str:
    return f"{story.published_at:{_MAIL_DATE}}"


def _at(moment: datetime, answer: Answer) -> Answer:
    return replace(answer, at=dates.rfc3339(moment))


def _commit(root: Path) -> None:
    for words in (
        ("init", "-q", "-b", "main", "--template="),
        ("config", "gc.auto", "0"),  # nothing is at work beside what is measured
        ("config", "user.name", "Ed"),
        ("config", "user.email", "ed@desk.example"),
        ("add", "-A"),
        ("commit", "-q", "-m", "invent stories"),
        ("gc", "-q"),
    ):
        subprocess.run(["git", "-C", str(root), *words], check=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--month", action="store_true")
    asked = parser.parse_args()
    make(asked.count, asked.folder, in_a_month=asked.month)
