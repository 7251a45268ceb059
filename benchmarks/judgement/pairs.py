"""Which of two stories is worth more: by quality, beside two editors who saw no number.

    python benchmarks/judgement/pairs.py DATA WORK [--half looked] [--ablation]

DATA is `../shared/data`, WORK as for `quality.py`. `pairs/BEAT.jsonl` has 200 pairs of stories on
each of six beats, by address: which one each of two editors would rather publish (A, B or =), and
how sure they were (1 to 3). They saw headline, source and the first 380 words. A line for each beat
says how many pairs both ordered alike, and the share of these that is ordered so by the quality on
both scales, by the number of words, by the newer one, and by the grades of `grades`; behind that
precision and recall of the threshold on both scales. With --ablation a table says how the mean of
the second scale changes where a part of the quality is left out, and on how many stories it is.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from beats import HERE, WEBS, beat_of, graded, half, is_pair, judged, read_rows, read_web

from copydesk.judge import features_of_article, profile_of
from copydesk.news import Article, Beat, Provider
from copydesk.news.beat import SECOND_SCALE

WORTH = 55
Pairs = list[tuple[str, str, bool]]
_DAY = datetime(2019, 11, 8, tzinfo=UTC)


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("data", type=Path)
    asked.add_argument("work", type=Path)
    asked.add_argument("--half", choices=("looked", "aside"), default="looked")
    asked.add_argument("--ablation", action="store_true")
    given = asked.parse_args()
    if given.ablation:
        print_ablation(given)
        return
    print(
        "| beat | pairs | agreed | first scale | second scale | words | newer | grades "
        "| P, R of the first | of the second |\n|" + "---|" * 10
    )
    found = [row(name, given.half, *read(name, given)) for name in (*WEBS, "events")]
    means = [f"{statistics.fmean(column):.3f}" for column in zip(*found, strict=True)]
    print(f"| mean | | | {' | '.join(means)} | | |")


def read(name: str, given: argparse.Namespace) -> tuple[Beat, Mapping[str, Article]]:
    """Return a beat and its articles by address."""
    if name == "events":
        return replace(beat_of("daily"), topics=()), dict(read_events(given.data))
    return beat_of(name), read_web(WEBS[name], given.data, given.work)


def read_events(data: Path) -> Iterator[tuple[str, Article]]:
    """Yield the articles of ECB+ by their ids: they have neither address, source nor date."""
    for row in map(json.loads, (data / "story/ecbplus_dev.jsonl").read_text("utf-8").splitlines()):
        text = "\n\n".join(filter(None, row["text"].split("\n")))
        yield (
            row["id"],
            Article(
                url=row["id"],
                web_url=row["id"],
                title=row["title"] or text.partition("\n")[0][:90],
                published_at=_DAY,
                source="",
                found=_DAY,
                text=text,
                language="en",
                provider=Provider(name="events.example", domain="events.example"),
            ),
        )


def row(name: str, which: str, beat: Beat, web: Mapping[str, Article]) -> tuple[float, ...]:
    """Print a beat's line, and return the shares in it."""
    rows = read_rows(HERE / "pairs" / f"{name}.jsonl", is_pair)
    pairs = [one for one in rows if half(one["a"]) == which]
    sure = [one for one in read_agreed(name) if half(one[0]) == which]
    scales = (beat, on_second_scale(beat))
    stories = [{url: judged(article, one) for url, article in web.items()} for one in scales]
    grades = {} if name == "events" else {one.article.url: one.grade for one in graded(name, web)}
    values: tuple[Callable[[str], float], ...] = (
        lambda url: stories[0][url].quality or 0,
        lambda url: stories[1][url].quality or 0,
        lambda url: len(web[url].text.split()),
        lambda url: web[url].published_at.timestamp(),
        lambda url: grades.get(url, 0),
    )
    shares = tuple(share(sure, value) for value in values)
    asked = [url for url in grades if half(url) == which]
    gates = []
    for scale in stories:
        passed = {url for url in asked if scale[url].published}
        worth = {url for url in asked if grades[url] >= WORTH}
        right = len(passed & worth)
        gates.append(f"{right / len(passed):.2f}, {right / len(worth):.2f}" if passed else "")
    cells = [name, str(len(pairs)), str(len(sure)), *(f"{one:.2f}" for one in shares), *gates]
    print(f"| {' | '.join(cells)} |")
    return shares


def print_ablation(given: argparse.Namespace) -> None:
    """Print what the mean over the beats loses or wins without each part of the quality."""
    shares: dict[str, list[float]] = {}
    stories: Counter[str] = Counter()
    for name in (*WEBS, "events"):
        beat, web = read(name, given)
        second = on_second_scale(beat)
        sure = [pair for pair in read_agreed(name) if half(pair[0]) == given.half]
        weighed = {
            url: points_of(web[url], second) for url in {url for pair in sure for url in pair[:2]}
        }
        stories.update(part for points in weighed.values() for part in points)
        parts = [signal.name for signal in profile_of(second).signals]
        for part in ("", *parts):
            rest = {
                url: max(0, sum(points.values()) - points.get(part, 0))
                for url, points in weighed.items()
            }
            shares.setdefault(part, []).append(share(sure, rest.__getitem__))
    means = {part: statistics.fmean(beats) for part, beats in shares.items()}
    print(f"| left out | stories | change of the mean ({means['']:.3f}) |\n|---|---|---|")
    for part in sorted(stories, key=lambda part: means[part]):
        print(f"| {part} | {stories[part]} | {means[part] - means['']:+.3f} |")


def read_agreed(name: str) -> Pairs:
    """Return a beat's pairs that both editors ordered alike; true where the first is worth more."""
    rows = read_rows(HERE / "pairs" / f"{name}.jsonl", is_pair)
    agreed = (one for one in rows if one["first"] == one["second"] != "=")
    return [(one["a"], one["b"], one["first"] == "A") for one in agreed]


def on_second_scale(beat: Beat) -> Beat:
    """Return a beat as it is with `scoring.scale = 2`."""
    return replace(beat, scoring=replace(beat.scoring, scale=2, points=SECOND_SCALE))


def points_of(article: Article, beat: Beat) -> dict[str, int]:
    """Return the points of each signal that an article has."""
    fresh = replace(article, found=article.published_at)
    features = replace(features_of_article(fresh, beat), image=bool(article.image))
    return {
        signal.name: signal.points * times
        for signal in profile_of(beat).signals
        if (times := sum(times for times, _ in signal.find(features, beat)))
    }


def share(pairs: Pairs, value: Callable[[str], float]) -> float:
    """Return the share of pairs in which a value orders the stories as the editors did."""
    right = [
        0.5 if value(a) == value(b) else float((value(a) > value(b)) == is_a)
        for a, b, is_a in pairs
    ]
    return statistics.fmean(right)


if __name__ == "__main__":
    main()
