"""A site and its letters, all of whose words are hostile, or have the same length and are harmless.

Both have the same pages, so that a page can be compared with itself: `write` is `str` for hostile
words, `tame` for harmless ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from copydesk.news import Image, Provider, Reason, ReasonKind, Record, Story, Topic, Verdict
from copydesk.news.article import Author
from copydesk.news.edition import (
    ChosenStory,
    Edition,
    FrontPlace,
    KeptFront,
    ReadingList,
    SiteOrigin,
)
from copydesk.news.letter import Issue, IssueLink, IssueStory, LetterSeries
from copydesk.news.story import Addition, Event, EventKind, Related
from copydesk.news.summary import CitedSentence, ReadArticle, Summary, Translation, digest_text
from copydesk.publish import PublishOptions, publish
from world import editions
from world.hostile import ADDRESSES, NAMES, payloads_of
from world.mailing import make_issue, make_story, render_in
from world.manifests import MemoryManifest
from world.payloads import PAYLOADS

Write = Callable[[str], str]
AT = editions.AT
FAT = len(NAMES)  # stories that have all payloads together
DOMAINS = ('"onclick="alert(1)', "<svg>", "javascript:alert(1)", "a&b", "x'y")
_KEPT = frozenset("/.-:_,\\")  # which are no markup; paths and refused names are made of them
_LONGEST = 150  # characters of a row: a list of search results shows 160
_EMBED = '<iframe src="https://www.youtube.com/embed/abcDEF_-123"></iframe>'
# harmless addresses that are linked, or not, as the hostile ones are
_LINKED = {address: f"none:{number}" for number, address in enumerate(ADDRESSES)} | {
    ADDRESSES[2]: "https://ok.example/x",
    ADDRESSES[3]: "https://user:pass@thief.example/x",
}
# a theme that shows words at each kind of place where a page can have them
THEME = """{% extends "default:story.html" %}
{% block page_foot %}{{ super() }}
<div data-one="{{ story.title }}" data-two='{{ story.excerpt }}' title="{{ story.provider.name }}">
{{ say("updated", time=story.title) }} <div class="note">{{ story.note }}</div>
<textarea>{{ story.excerpt }}</textarea>
<select><option value="{{ story.title }}">{{ story.title }}</option></select>
<svg viewBox="0 0 1 1"><title>{{ story.excerpt }}</title></svg>
<script type="application/json">{{ story.title|tojson }}</script>
</div>
{% endblock %}
"""
BROKEN_THEME = THEME.replace("{{ story.title }}</option>", "{{ story.title|safe }}</option>")


def tame(words: str) -> str:
    """Return words of the same length in which signs that may be markup are letters."""
    return "".join(map(_tame, words))


def _tame(sign: str) -> str:
    is_markup = unicodedata.category(sign)[0] in "PS" and sign not in _KEPT
    return chr(ord("a") + ord(sign) % 26) if is_markup else sign


def address_of(number: int, write: Write) -> str:
    """Return an address that is hostile, or one of which a page makes as much."""
    address = ADDRESSES[number % len(ADDRESSES)]
    return address if write is str else _LINKED[address]


def pack() -> tuple[str, ...]:
    """Return all payloads in rows that lists show whole; one that is too long has its own row."""
    rows = [""]
    for payload in PAYLOADS:
        row = f"{rows[-1]} {payload}".strip()
        rows = [*rows[:-1], row] if len(row) <= _LONGEST else [*rows, payload]
    return tuple(f"Coast {row}" for row in rows)


ROWS = pack()


def make_edition(write: Write) -> Edition:
    """Return an edition with all kinds of pages, all of whose words went through `write`."""
    stories = [*make_stories(write), *make_rows(write), *_make_archived(write)]
    beat = editions.beat(topics=tuple(_make_topics(write)))
    title, about = write(f"Robots {PAYLOADS[30]}"), write(" ".join(PAYLOADS[:9]))
    edition = editions.edition(
        stories,
        (*_make_records(write), *_make_letters(write)),
        on=replace(beat, title=title, description=about, contact="desk@desk.example"),
    )
    names = [record_name(story) for story in stories]
    places = tuple(FrontPlace(story=name, rule="heat", newsrooms=2) for name in names[:FAT])
    chosen = [
        ChosenStory(name=name, words=write(row))
        for name, row in zip(names[FAT * 2 :], ROWS, strict=False)
    ]
    listed = ReadingList(
        id="worst",
        title=write(" ".join(payloads_of(1))),
        description=write("\n\n".join(payloads_of(2))),
        by=write(PAYLOADS[31]),
        updated_at=AT,
        stories=tuple(chosen),
    )
    return replace(
        edition,
        lists=(listed,),
        letters=(LetterSeries(id="daily", title=write(PAYLOADS[1]), stems=("daily",)),),
        fronts=(KeptFront(at=AT - timedelta(hours=3), places=places, digest="0" * 64),),
        origin=SiteOrigin(commit="0" * 40, version="1"),
    )


def record_name(story: Story) -> str:
    """Return the name of a story's record."""
    return story.path.rsplit("/", 1)[-1].removesuffix(".md")


def _make_topics(write: Write) -> Iterator[Topic]:
    yield editions.topic("Robots")
    for number in range(-(-len(ROWS) // 30)):
        name = topic_name(number, write)
        yield Topic(id=f"topic-{number}", name=name, parent="Robots", description=name)


def topic_name(number: int, write: Write) -> str:
    """Return the name of a topic, which is short, as a word of the navigation is."""
    return write(f"{number} {PAYLOADS[30 + number * 3]}")


def make_stories(write: Write) -> Iterator[Story]:
    """Yield the stories that have many payloads in each of their fields, and a report on each."""
    for number, name in enumerate(NAMES):
        story = _make_story(number, write(name), write)
        yield story
        yield replace(
            story,
            path=f"_news/2026-11-18-report-{number}.md",
            published=False,
            heat=-1,
            summary=None,
            additions=(),
            verdict=None,
            title=story.excerpt,
            excerpt=story.title,
            provider=Provider(name=write(" ".join(payloads_of(number)[1::3])), domain=f"r{number}"),
            web_url=f"https://r{number}.example/take",
        )


def _make_story(number: int, name: str, write: Write) -> Story:
    words = tuple(map(write, payloads_of(number)))
    report, row = f"2026-11-18-report-{number}", " ".join
    evidence = [Reason.of(ReasonKind.TOPIC, topic="Coast", evidence=word) for word in words]
    domain = write(DOMAINS[number]) if number < len(DOMAINS) else f"paper{number}.example"
    related = Related(
        title=row(words[::2]),
        published_at=AT,
        web_url=f"https://other{number}.example/take",
        provider=Provider(name=row(words[1::2]), domain=f"other{number}.example"),
    )
    unlinked = replace(related, web_url=address_of(number + 1, write))
    summary = row(words[::2])
    return replace(
        editions.story(name),
        title=row(words[::2]),
        excerpt=row(words[1::2]),
        note="\n\n".join(words),
        provider=Provider(name=row(words[::3]), domain=domain),
        topics=("Robots", topic_name(number % 3, write), *words[:9]),
        authors=tuple(Author(name=word) for word in words),
        credit=row(words[2::3]),
        access=row(words[::4]),
        language='de" onload="alert(1)' if write is str else "",
        web_url=address_of(number, write),
        original_url=f"https://paper{number}.example/a",
        images=tuple(Image(url="", title=word, attribution=word) for word in words),
        featured_content=_EMBED if number % 2 else words[0],
        type="video" if number % 2 else "article",
        heat=200 - number,
        related=(related, unlinked),
        group=f"2026-11-18-event-{number}",
        matter="2026-11-18-event-0",
        additions=(Addition(text=row(words[1::2]), story=report, why=row(words[::5])),),
        reasons=tuple(evidence),
        history=tuple(_make_history(words)),
        background=("2026-11-18-row-0",),
        published_at=AT - timedelta(minutes=number),
        trust=60,
        summary=Summary(
            sentences=tuple(CitedSentence(text=word, stories=(report,)) for word in words[::2]),
            by=f"model {words[3]}",
            at=AT,
            language="en",
            sources=(ReadArticle(story=name, article="a"), ReadArticle(story=report, article="b")),
            digest=digest_text(summary),
        ),
        translation=Translation(
            title=row(words[1::2]),
            original=row(words[::2]),
            language="de",
            by=f"model {words[5]}",
            at=AT,
            digest=digest_text(row(words[1::2])),
        ),
        verdict=Verdict(by=words[6], at=AT, said="publish", why=row(words)),
    )


def _make_history(words: tuple[str, ...]) -> Iterator[str]:
    for hour, word in enumerate(words[:20]):
        kind = EventKind.CORRECTED if hour % 2 else EventKind.HEADLINE_CHANGED
        values = {"why": word} if hour % 2 else {"title": f"{'sea' * (hour + 1)} {word}"}
        event = Event.of(kind, **{key: " ".join(value.split()) for key, value in values.items()})
        yield f"2026-11-24T{hour:02}:00:00Z {event}"


def make_rows(write: Write) -> Iterator[Story]:
    """Yield the stories of which each has a row of payloads that lists show whole."""
    for number, row in enumerate(ROWS):
        other = ROWS[(number + len(ROWS) // 2) % len(ROWS)]
        yield editions.story(
            f"2026-11-18-row-{number}",
            title=write(row),
            excerpt=write(other),
            provider=Provider(name=write(other), domain=f"row{number % 40}.example"),
            topics=("Robots", topic_name(number // 30, write)),
            heat=60,
            published_at=AT - timedelta(days=1, minutes=number),
        )


def _make_archived(write: Write) -> Iterator[Story]:
    for number in range(FAT):
        words = tuple(map(write, payloads_of(number)))
        yield replace(
            editions.story(
                "x",
                title=" ".join(words),
                excerpt=" ".join(words[1::2]),
                provider=Provider(name=" ".join(words[::3]), domain="old.example"),
                published_at=datetime(2020, 3, 1 + number, tzinfo=UTC),
            ),
            path=f"_archive/_news/2020/03/2020-03-01-old-{number}.md",
        )


def _make_records(write: Write) -> Iterator[Record]:
    for number in range(FAT):
        words = tuple(map(write, payloads_of(number)))
        title, text = " ".join(words[::2]), " ".join(words[1::2])
        named = {"title": title, "name": title, "excerpt": text, "bio": text, "overview": text}
        by = {"name": " ".join(words[::3]), "domain": words[2], "url": address_of(number, write)}
        more = {
            **named,
            "description": text,
            "provider": by,
            "author": by,
            "affiliation": by,
            "location": words[3],
            "website": address_of(number, write),
            "webUrl": f"https://own{number}.example/" if number % 2 else "",
            "price": words[4],
            "levels": list(words[5:9]),
            "topics": ["Robots", *words[:5]],
            "twitter": {"username": words[9], "url": address_of(number, write)},
            "actions": [{"url": address_of(number, write), "title": words[10]}],
            "sponsor": {"name": title, "url": address_of(number, write)},
            "messages": [{"title": title, "description": text, "url": address_of(number, write)}],
            "schedules": ["2026-11-24"],
        }
        folders = ("learning/videos", "people", "companies", "communities", "events", "samples")
        for folder in (*folders, "projects", "challenges", "sponsorships"):
            made = editions.record(f"_{folder}/x-{number}.md", **more)
            body = "\n".join(("Words", *words)) if folder in {"samples", "projects"} else ""
            yield replace(made, body=body)


def _make_letters(write: Write) -> Iterator[Record]:
    for number in range(FAT):
        name = f"daily-2026-11-{number + 1:02}"
        fields = {
            "title": write(" ".join(payloads_of(number)[:4])),
            "excerpt": write(" ".join(payloads_of(number)[4:8])),
            "publishedDateTime": AT - timedelta(days=number),
            "webUrl": f"{editions.SITE}/newsletter/{name}/",
            "topics": [write(word) for word in payloads_of(number)[:5]],
        }
        record = editions.record(f"_newsletters/{name}.html", **fields)
        yield replace(record, body=render_in(make_letter(number, write)).html)


def make_letter(number: int, write: Write = str) -> Issue:
    """Return an issue with one of the hostile stories, and with its payloads in its own texts."""
    words = tuple(map(write, payloads_of(number)))
    digest = Summary(
        sentences=tuple(CitedSentence(text=word, stories=(NAMES[number],)) for word in words),
        by=f"model {words[1]}",
        at=AT,
    )
    return make_issue(
        make_hostile_item(number, write),
        replace(
            make_hostile_item(number, write),
            name=f"2026-11-19-second-{number}",
            title=" ".join(words[1::2]),
            excerpt=" ".join(words[::2]),
        ),
        title=" ".join(words[:9]),
        site=" ".join(words[9:18]),
        subject=" ".join(words[::2]),
        preheader=" ".join(words[1::2]),
        note="\n\n".join(words),
        language='en" onload="alert(1)' if write is str else "",
        digest=digest,
    )


def make_hostile_item(number: int, write: Write = str) -> IssueStory:
    """Return a story of a letter with one of the twelve parts of all payloads in its fields."""
    words = tuple(map(write, payloads_of(number)))
    address = address_of(number, write)
    return make_story(
        number,
        name=write(NAMES[number]),
        title=" ".join(words[::2]),
        excerpt=" ".join(words[1::2]),
        source=" ".join(words[::3]),
        language='de" onload="alert(1)' if write is str else "",
        url=address,
        page="",
        note="\n\n".join(words),
        coverage=tuple(IssueLink(name=word, url=address) for word in words),
    )


def build_site(edition: Edition, folder: Path, theme: str = THEME) -> None:
    """Publish an edition into a folder, in a theme whose story pages are this template."""
    templates = folder.with_name(f"{folder.name}-theme")
    templates.mkdir()
    (templates / "story.html").write_text(theme, "utf-8")
    publish(edition, folder, MemoryManifest(), PublishOptions(templates=templates))
