"""Select news and preview texts for the reference's letters by its rules, and compare (SPEC 4).

    python benchmarks/mail/selection.py powerapps-site.tar.gz

What is there is the site's last state, no history: a story's heat and title as they became, not
whether its record was there when a letter went out. Two rules are stated:

- news: published, from the last 16 hours (24 from March 2024 on), the two of the greatest heat.
  Microsoft's own stories carry Pacific time that is labelled UTC: the window counts the label, but
  who had read them by then the true time, a quarter of an hour before the letter.
- excerpt: up to three titles of the greatest heat among news and learning, in the letter's order.

Prints how many issues came out as stated, and each that did not, with what is known of why.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from copydesk.archive import Archive
from copydesk.kit import text
from copydesk.news import Record, Story
from copydesk.publish.issues import LetterItem, read_sections

NEWS_PLACES, TITLES = 2, 3
WINDOW, LATER_WINDOW = timedelta(hours=16), timedelta(hours=24)
WIDENED = datetime(2024, 3, 1, tzinfo=UTC)
READING = timedelta(minutes=15)
PACIFIC = ZoneInfo("America/Los_Angeles")
SITE = "https://everyday.cc/powerapps"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """An issue beside what the rules make of it; `why` is "" where that is the same."""

    name: str
    has_news: bool
    why_news: str
    why_excerpt: str


def read_site(packed: Path, folder: Path) -> Archive:
    """Unpack the records of a site."""
    with tarfile.open(packed) as site:
        site.extractall(folder, filter="data")
    return Archive(next(path.parent for path in folder.rglob("_news")))


def address_of(story: Story) -> str:
    """Return the address that a letter links for a story."""
    return story.web_url or f"{SITE}/news/{Path(story.path).stem}/"


def true_time(story: Story) -> datetime:
    """Return when a story was published: Microsoft's feeds and videos were labelled wrongly."""
    assert story.published_at is not None
    if "microsoft.com" in story.original_url or story.type == "video":
        return story.published_at.replace(tzinfo=PACIFIC).astimezone(UTC)
    return story.published_at


def choose_news(stories: Sequence[Story], at: datetime) -> list[Story]:
    """Return what the rule makes news of a letter that went out at this time, best first."""
    window = LATER_WINDOW if at >= WIDENED else WINDOW
    fresh = [
        story
        for story in stories
        if story.published_at is not None
        and at - window <= story.published_at <= at
        and true_time(story) + READING <= at
    ]
    return sorted(fresh, key=lambda story: (-(story.heat or 0), story.path))[:NEWS_PLACES]


def choose_titles(items: Sequence[LetterItem], heats: Mapping[str, float]) -> str:
    """Return the preview text: the titles of the greatest heat, in the order in which they come."""
    ranked = sorted(range(len(items)), key=lambda at: (-heats.get(items[at].href, 0), at))
    return " / ".join(items[at].title for at in sorted(ranked[:TITLES]))


def compare(archive: Archive) -> Iterator[Compared]:
    """Yield each letter beside what the rules make of it, the oldest first."""
    stories = [story for story in archive.stories(print) if story.published]
    by_address = {address_of(story): story for story in archive.stories(print)}
    records = list(archive.records(print))
    heats = {address: float(story.heat or 0) for address, story in by_address.items()}
    heats |= dict(_learning_heats(records))
    letters = (record for record in records if record.collection == "newsletters")
    for letter in sorted(letters, key=lambda record: record.path):
        at = letter.fields["publishedDateTime"]
        assert isinstance(at, datetime)
        sections = {section.name.split(" ")[0]: section for section in read_sections(letter.body)}
        news = sections["News"].items if "News" in sections else []
        learning = sections["Learning"].items if "Learning" in sections else []
        chosen = choose_news(stories, at)
        titles = choose_titles([*news, *learning], heats)
        is_same = titles == text.fold(str(letter.fields["excerpt"]))
        yield Compared(
            name=Path(letter.path).stem[-10:],
            has_news=bool(news),
            why_news=_explain([item.href for item in news], chosen, by_address, at),
            why_excerpt="" if is_same else f"{letter.fields['excerpt']!r}, by heat now {titles!r}",
        )


def _learning_heats(records: Sequence[Record]) -> Iterator[tuple[str, float]]:
    for record in records:
        if record.collection == "learning":
            heat = record.fields.get("heat")
            place = record.path.removeprefix("_").removesuffix(".md")
            for address in (record.fields.get("webUrl"), f"{SITE}/{place}/"):
                yield str(address), float(heat) if isinstance(heat, int | float) else 0.0


def _explain(
    told: Sequence[str], chosen: Sequence[Story], known: Mapping[str, Story], at: datetime
) -> str:
    """Return what differs between what a letter told and what was chosen, "" for nothing."""
    by_rule = [address_of(story) for story in chosen]
    if list(told) == by_rule:
        return ""
    if sorted(told) == sorted(by_rule):
        return "the same two, the other way round: their heat has changed"
    parts = [
        f"told, not chosen: {_describe(known.get(address), at)}"
        for address in told
        if address not in by_rule
    ]
    parts += [
        f"chosen, not told: {_describe(story, at)}"
        for story in chosen
        if address_of(story) not in told
    ]
    return "; ".join(parts)


def _describe(story: Story | None, at: datetime) -> str:
    if story is None:
        return "a story whose record is another article's now"
    hours = (at - true_time(story)).total_seconds() / 3600
    domain = story.provider.domain if story.provider else "?"
    state = "" if story.published else ", unpublished now"
    return f"{Path(story.path).stem} ({domain}, heat {story.heat}, {hours:.1f} h old{state})"


def main(packed: Path) -> None:
    """Print the figures and each deviation."""
    with tempfile.TemporaryDirectory() as folder:
        compared = list(compare(read_site(packed, Path(folder))))
    stated, same = Counter[bool](), Counter[bool]()
    for issue in compared:
        stated[issue.has_news] += 1
        same[issue.has_news] += not issue.why_news
    alike = sum(not issue.why_excerpt for issue in compared)
    print(f"issues: {len(compared)}")
    print(f"news as stated: {same[True] + same[False]}")
    print(f"  of those with news: {same[True]} of {stated[True]}")
    print(f"  of those without: {same[False]} of {stated[False]}")
    print(f"excerpt as stated: {alike}")
    for issue in compared:
        if issue.why_news:
            print(f"news of {issue.name}: {issue.why_news}")
    for issue in compared:
        if issue.why_excerpt:
            print(f"excerpt of {issue.name}: {issue.why_excerpt}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
