"""The reference's own case: rules on AI filed under healthcare, beside a sale of shares.

    python benchmarks/judgement/seed.py RECORD [BEAT]

RECORD is the reference's record with its two related stories (000_fd0b2e2f67b3afec.txt), BEAT a
newsroom whose topics they are judged by, `ai-desk` beside this file unless given. Prints what the
record says and what `copydesk` makes of the three stories by headline and excerpt, with all
reasons; fails where a topic of health is among them, where no rules are seen, or where the sale
stands in one group with the rules.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from unread import coverage, judged

from copydesk import config
from copydesk.archive.record import parse_story
from copydesk.news import Story

DESK = Path(__file__).parent / "ai-desk"
POLICY = "AI Policy"
HEALTH = "AI in Healthcare"


def main() -> None:
    """Judge the case and say what is wrong with it."""
    record = Path(sys.argv[1])
    beat = config.load(Path(sys.argv[2]) if len(sys.argv) > 2 else DESK, {}).beat
    filed = parse_story(f"_news/{record.stem}.md", record.read_bytes())
    print(f"filed: {', '.join(filed.topics)}; beside it: {len(filed.related)}\n")
    found = judged(list(stories_of(filed)), beat)
    for story in found.values():
        print("\n".join(told(story)), end="\n\n")
    wrong = list(wrongs(found))
    print("\n".join(wrong) or "as it should be")
    sys.exit(bool(wrong))


def stories_of(filed: Story) -> Iterator[Story]:
    """Give a record's story and those beside it as records of their own, the earliest first."""
    beside = [
        Story(
            path=f"_news/beside-{at}.md",
            title=one.title,
            excerpt=one.excerpt,
            published_at=one.published_at,
            original_url=one.web_url,
            web_url=one.web_url,
            provider=one.provider,
            images=one.images,
        )
        for at, one in enumerate(filed.related, 1)
    ]
    yield from sorted([filed, *beside], key=lambda one: str(one.published_at))


def told(story: Story) -> Iterator[str]:
    """Tell a story's judgement in lines."""
    yield story.title
    yield f"  topics {', '.join(story.topics) or 'none'}"
    yield f"  group {story.group or 'none'}, near {', '.join(story.background) or 'nothing'}"
    yield from (f"  {reason}" for reason in story.reasons)


def wrongs(found: dict[str, Story]) -> Iterator[str]:
    """Give what is wrong with the case, nothing where it is judged as it should be."""
    rules = next(one for path, one in found.items() if not _is_beside(path))
    if POLICY not in rules.topics:
        yield f"wrong: the rules are not {POLICY}"
    for story in found.values():
        if HEALTH in story.topics:
            yield f"wrong: {HEALTH}: {story.title}"
    for leader, member in coverage(found):
        if "stake" in f"{leader.title} {member.title}".lower():
            yield f"wrong: one event: {leader.title} / {member.title}"


def _is_beside(path: str) -> bool:
    return PurePosixPath(path).stem.startswith("beside-")


if __name__ == "__main__":
    main()
