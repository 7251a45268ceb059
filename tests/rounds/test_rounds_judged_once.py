"""A page is judged once in a round, whether it is filed or not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from copydesk.judge import topics
from copydesk.judge.profile import Match
from copydesk.news import Article, Beat
from world.later import run
from world.newsroom import newsroom, record_web, small_web

pytestmark = pytest.mark.slow


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often the words of each page are weighed; no record shows what was done twice."""
    counted: Counter[str] = Counter()
    weighed = topics.relevance

    def relevance(article: Article, beat: Beat) -> tuple[Match, ...]:
        counted[article.url] += 1
        return weighed(article, beat)

    monkeypatch.setattr(topics, "relevance", relevance)
    return counted


def test_a_round_judges_each_page_once(tmp_path: Path, judged: Counter[str]) -> None:
    root = newsroom(tmp_path / "beat")

    report = run(root, record_web(tmp_path / "web.warc.gz", small_web()))

    ended = len(report.filed) + report.dropped.get("off-beat", 0)
    assert ended
    assert {1: ended} == Counter(judged.values())
