"""Floors: what the judge reached on known data. Raised when it gets better, never lowered."""

from __future__ import annotations

import hashlib
import itertools
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from copydesk import config, judge, measure
from copydesk.judge import copies, coverage, shelves
from copydesk.judge.quality import wording
from copydesk.news import Article, Beat, Provider, Shelved, Story
from copydesk.news.beat import Scoring
from world.shared import SHARED, needs_shared

CASES = SHARED / "reference" / "quality-cases.csv"
SITE = SHARED / "reference" / "powerapps-site.tar.gz"
TEXTS = SHARED / "data" / "story" / "giveme5w1h_dev.jsonl"
ECB = SHARED / "data" / "story" / "ecbplus_dev.jsonl"
OLYMPICS = SHARED / "data" / "story" / "og2021_dev.jsonl"
GOLD = SHARED / "data" / "web" / "newswire_gold.jsonl"
HEADLINES = SHARED / "data" / "quality" / "clickbait_4k.jsonl"

pytestmark = needs_shared


def must_be(path: Path, digest: str) -> None:
    """Fail where the data is not what the floor was measured on."""
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, f"other data: {path.name}"


def lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as rows:
        for row in rows:
            yield json.loads(row)


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Beat:
    """Return the beat of the reference's site, adopted; only its settings are unpacked."""
    root = tmp_path_factory.mktemp("site")
    with tarfile.open(SITE) as packed:
        wanted = [
            one
            for one in packed
            if "/_data/" in f"/{one.name}" or one.name.rsplit("/", 1)[-1] == "_config.yml"
        ]
        packed.extractall(root, members=wanted, filter="data")
    site = next(root.rglob("_data")).parent
    (site / "beat.toml").write_text(config.compose_adoption(site), encoding="utf-8")
    return config.load(site, {}).beat


def test_the_references_scores_come_out_exactly(adopted: Beat) -> None:
    must_be(CASES, "3a594dd9e9ed271700a9cf75b657f2252ca55a6c2ec0f2bd6826e52651dca995")
    report = measure.scores(CASES, adopted, "everyday")
    assert (report.cases, report.quality_exact, report.published_exact) == (698, 697, 698)
    # a boost by hand of exactly 100 points: no rule reaches it, and none shall
    [boosted] = report.different
    assert boosted.expected_quality - boosted.quality == 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs of articles that are copies of each other, by the label and by the judge."""

    labelled: frozenset[frozenset[str]]
    found: frozenset[frozenset[str]]


@pytest.fixture(scope="module")
def newswire() -> Pairs:
    must_be(GOLD, "7d8ecfee82ff82f6a89c703427288ed44560d562b2e11cf90e0694233d627a98")
    must_be(TEXTS, "8554c79486db15c964dc6c4c7c6cda1506f28b22442bf9357f26c2889805b5c9")
    texts = {row["id"]: row["text"] for row in lines(TEXTS)}
    gold = sorted(lines(GOLD), key=lambda row: (row["published"], row["url"]))
    names = {row[key]: row["id"] for row in gold for key in ("url", "canonical")}
    return Pairs(
        labelled=frozenset(
            frozenset((row["id"], names[url])) for row in gold for url in row["near_copies"]
        ),
        found=frozenset(map(frozenset, _found(gold, texts))),
    )


def _found(gold: list[dict[str, str]], texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Judge the articles in order of time and pair those that stand for one original."""
    beat = Beat(title="x", scoring=Scoring(off_beat="keep"))
    shelf = shelves.MemoryShelf()
    originals: dict[str, str] = {}
    for row in gold:
        article = _article(row, texts[row["id"]])
        story = judge.assess(article, beat, shelf)
        assert isinstance(story, Story)
        story = replace(story, path=f"_news/{row['id']}.md")
        shelf.add(Shelved(story=story, text=article.text), copies.fingerprint(article.text))
        originals[row["id"]] = story.copy_of or row["id"]
    for one, other in itertools.combinations(originals, 2):
        if originals[one] == originals[other]:
            yield one, other


def _article(row: dict[str, str], text: str) -> Article:
    moment = datetime.fromisoformat(row["published"])
    return Article(
        url=row["canonical"],
        web_url=row["canonical"],
        title=row["title"],
        published_at=moment,
        source="https://feed.example/",
        found=moment,
        text=text,
        provider=Provider(name=row["domain"], domain=row["domain"]),
    )


def test_near_copies_are_found(newswire: Pairs) -> None:
    # the nineteenth: a short report and a feature of six times its length that quotes it
    assert len(newswire.labelled) == 19
    assert len(newswire.found & newswire.labelled) >= 18


def test_nothing_else_is_taken_for_a_copy(newswire: Pairs) -> None:
    assert newswire.found <= newswire.labelled


def test_like_stories_are_grouped() -> None:
    must_be(TEXTS, "8554c79486db15c964dc6c4c7c6cda1506f28b22442bf9357f26c2889805b5c9")
    rows = list(lines(TEXTS))
    moment = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    shelved = [
        Shelved(
            story=Story(path=row["id"], title=row["title"], published_at=moment), text=row["text"]
        )
        for row in rows
    ]
    clusters = {row["id"]: row["cluster"] for row in rows}
    groups = coverage.group_stories(shelved)
    assert _bcubed(groups, clusters) >= 0.94


def _bcubed(groups: list[tuple[Story, ...]], clusters: dict[str, str]) -> float:
    """Compute the BCubed F1 of groups of stories against the label of each."""
    precision = recall = 0.0
    for group in groups:
        for story in group:
            label = clusters[story.path]
            same = sum(clusters[one.path] == label for one in group)
            precision += same / len(group)
            recall += same / sum(one == label for one in clusters.values())
    count = len(clusters)
    return 2 * precision * recall / (precision + recall) / count


def test_a_headline_of_a_news_desk_is_not_called_a_tease() -> None:
    must_be(HEADLINES, "b2be312f791bc1a59d056f598e67bf5d89943e3b779aa2248d05c9f2368b94e3")
    teasing = [row for row in lines(HEADLINES) if wording.tease(row["title"])]
    baits = sum(int(row["label"]) for row in teasing)
    assert len(teasing) - baits == 0
    assert baits >= 1270


def test_news_is_told_from_bait_by_its_matters() -> None:
    must_be(HEADLINES, "b2be312f791bc1a59d056f598e67bf5d89943e3b779aa2248d05c9f2368b94e3")
    weighty = [int(row["label"]) for row in lines(HEADLINES) if wording.weighty(row["title"], "en")]
    assert weighty.count(0) >= 839  # of 2,041 plain headlines
    assert weighty.count(1) <= 62  # of 2,049 baits


def test_honest_news_is_not_taken_for_what_is_none() -> None:
    must_be(TEXTS, "8554c79486db15c964dc6c4c7c6cda1506f28b22442bf9357f26c2889805b5c9")
    must_be(ECB, "b99f39ed579cc8438946c56652829ed39d7cae5116318fabfba48c9965549e46")
    must_be(OLYMPICS, "cf762e1dedd5282900574f8cb7220366b1bbd6bb6fcaf22332daa6fe058920ae")
    accused = [row["title"] for path in (TEXTS, ECB, OLYMPICS) for row in lines(path) if _none(row)]
    assert accused == []  # of 4,256 reports


def _none(row: dict[str, str]) -> str:
    """Return what would keep a report off the page by its wording, but for running blogs."""
    title, text = row["title"], row.get("text") or ""
    ends = wording.ends_of(text)
    return (
        wording.press_release("", "", text[:600], text)
        or wording.advertorial(title, "", text)
        or wording.market_report(title, ends)
        or wording.job(title, ends)
        or wording.shopping(title, ends)
        or wording.pastime(title)
        or wording.ticker(title, ends)
    )
