"""A newsroom with a story that a model wrote texts on, as if it had been asked."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from copydesk.archive import Archive
from copydesk.desk_store import open_desk
from copydesk.desk_store.model_calls import ModelCall
from copydesk.news.summary import (
    CitedSentence,
    ReadArticle,
    Summary,
    Translation,
    digest_text,
)
from world import records
from world.newsroom import run_git
from world.post_desk import SEALS, WALL
from world.served_newsroom import filed_newsroom

SENTENCES = (
    CitedSentence(text="The sea wall is to rise by two metres.", stories=(WALL,)),
    CitedSentence(text="Seals <b>rest</b> on the coast again.", stories=(SEALS, WALL)),
)
TEXT = " ".join(sentence.text for sentence in SENTENCES)
TITLE = "The <i>wall</i> rises"
LEFT_OUT = (
    ("<script>alert(1)</script> 900 seals came.", "number", "900 <b>seals</b>"),
    ("Nobody knows.", "a rule of tomorrow", ""),
)
SETTINGS = """
[model]
url = "http://127.0.0.1:1/v1"
name = "tiny"
uses = ["summary", "headline", "remark"]
"""


def texts_newsroom(folder: Path, more: str = "") -> Path:
    """Make a newsroom whose story on the wall has a summary, a translation and a remark."""
    root = filed_newsroom(folder)
    with (root / "beat.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS + more)
    put_texts(root)
    run_git(root, "commit", "-qam", "texts by a model")
    fill_calls(root)
    return root


def put_texts(root: Path) -> None:
    """Write a model's summary and translation into the record of the wall."""
    archive, at = Archive(root), datetime(2026, 11, 20, 9, tzinfo=UTC)
    story = archive.read(f"_news/{WALL}.md")
    summary = Summary(
        sentences=SENTENCES,
        by="model tiny",
        at=at,
        language="en",
        sources=tuple(ReadArticle(story=name, article="0" * 16) for name in (WALL, SEALS)),
        digest=digest_text(TEXT),
    )
    translation = Translation(
        title=TITLE,
        original=story.title,
        language="en",
        by="model tiny",
        at=at,
        digest=digest_text(TITLE),
    )
    records.write(archive, replace(story, summary=summary, translation=translation))


def fill_calls(root: Path) -> None:
    """Put a call of last month into the log, and three answered ones on the wall."""
    now = datetime.now(UTC).replace(microsecond=0)
    call = ModelCall(
        use="summary",
        subject="1",
        story=WALL,
        at=now,
        state="taken",
        model="tiny",
        answered_by="tiny <1>",
        tokens_in=700,
        tokens_out=90,
        cost=0.0125,
        left_out=LEFT_OUT,
    )
    remark = '{"topic": "Coast <b>", "worth": 70, "why": "It is <u>news</u>."}'
    calls = (
        replace(call, subject="4", story=SEALS, at=now - timedelta(days=32), cost=500.0),
        call,
        replace(call, use="headline", subject="2", left_out=()),
        replace(call, use="remark", subject="3", text=remark, left_out=()),
    )
    with closing(open_desk(root / ".copydesk")) as desk:
        for one in calls:
            assert desk.model_calls.begin(one, 10**9, 10**9)
