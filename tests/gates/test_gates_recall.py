"""Recall on a recorded news web with one source taken out: the list that results is its stories."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from copydesk import archive, newsroom, rounds
from copydesk.kit import dates, urls
from copydesk.news.story import RecallKind
from copydesk.rounds import recall
from world.newsroom import KEY, run_git
from world.shared import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.slow]

FOLDER = SHARED / "data" / "web"
OUT = "www.dailymail.co.uk"
BEAT = (
    '[site]\ntitle = "Newswire"\nurl = "https://newswire.example"\n[scoring]\noff_beat = "keep"\n'
)
COVERED_AT_LEAST = 16  # of 20, by their headlines alone


@pytest.mark.long
def test_the_stories_of_a_source_that_was_taken_out_are_found_in_others_words(
    tmp_path: Path,
) -> None:
    about = json.loads((FOLDER / "newswire.json").read_text("utf-8"))
    lines = (FOLDER / "newswire_gold.jsonl").read_text("utf-8").splitlines()
    gold = {urls.identity(page["canonical"]): page for page in map(json.loads, lines)}
    sources = [one["url"] for one in about["sources"] if one["domain"] != OUT]
    root = tmp_path / "beat"
    root.mkdir()
    (root / "beat.toml").write_text(BEAT + "".join(f'[[source]]\nurl = "{x}"\n' for x in sources))
    (root / ".gitignore").write_text(".copydesk/\n")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "start")):
        run_git(root, *words)
    listed = tmp_path / "list.csv"
    own = [page for page in gold.values() if page["domain"] == OUT]
    with listed.open("w", encoding="utf-8") as file:
        rows = ((page["canonical"], page["title"], page["published"]) for page in own)
        csv.writer(file).writerows([("url", "title", "published"), *rows])
    now = dates.parse(about["replay"]["now"])
    assert now is not None

    with newsroom.open_newsroom(root, now, {"COPYDESK_KEY": KEY}) as opened:
        web = rounds.RoundOptions(web=FOLDER / "newswire.warc.gz")
        rounds.run_round(opened, web, newsroom.Silence())
        found = recall.trace_recall(opened, recall.read_recall_list(opened, str(listed)))

    stories = {
        one.path: one
        for one in archive.Archive(root).stories(lambda error: pytest.fail(str(error)))
    }
    assert [page["canonical"] for page in own] == [trace.url for trace in found.traces]
    kinds = Counter(trace.kind for trace in found.traces)
    assert {RecallKind.COVERED, RecallKind.UNSEEN} == kinds.keys()
    assert COVERED_AT_LEAST <= kinds[RecallKind.COVERED]
    for trace in found.traces:
        if trace.kind is RecallKind.COVERED:
            ours = gold[urls.identity(stories[trace.path].web_url)]
            assert gold[urls.identity(trace.url)]["story"] == ours["story"]
