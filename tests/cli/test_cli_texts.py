"""What commands say and do about the texts of a model: rules, the list of reviews, the doctor."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copydesk.archive import letters
from copydesk.desk_store import open_desk
from copydesk.desk_store.model_calls import ModelCall
from copydesk.news.summary import CitedSentence, Summary, digest_text
from world.command import copydesk
from world.model_texts import TEXT, TITLE, texts_newsroom
from world.newsroom import write_files
from world.post_desk import SEALS, WALL

RECORD = f"_news/{WALL}.md"
DIGEST = "Today the wall and the seals."


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return texts_newsroom(tmp_path)


def rule(root: Path, *words: str) -> str:
    done = copydesk("-C", root, "rule", *words, "--as", "Ed")
    return done.err if done.code else ""


def list_texts(root: Path, *words: str) -> list[dict[str, Any]]:
    done = copydesk("-C", root, "eval", "review", "--json", *words)
    assert 0 == done.code, done.err
    return json.loads(done.out)["texts"]  # type: ignore[no-any-return]


def test_a_rule_sets_a_text_and_does_not_approve_the_models_summary(root: Path) -> None:
    assert "open the cited reports first" in rule(root, "set", RECORD, "summary", TEXT)
    assert "is empty" in rule(root, "set", RECORD, "summary", "  ")

    assert "" == rule(root, "set", RECORD, "summary", "Ours alone.")
    assert "" == rule(root, "set", RECORD, "translation", TITLE)

    told = {one["kind"]: one for one in list_texts(root)}
    assert ("Ours alone.", "by a person", True) == (
        told["summary"]["text"],
        told["summary"]["label"],
        told["summary"]["written"]["review"]["changed"],
    )
    review = told["translation"]["written"]["review"]
    assert ("by a model, reviewed", "Ed", None) == (
        told["translation"]["label"],
        review["by"],
        review["changed"],
    )
    assert "" == rule(root, "undo", "1")
    assert ["translation"] == [one["kind"] for one in list_texts(root)]


def test_the_list_of_reviews_has_summaries_translations_and_digests(root: Path) -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    summary = Summary(
        sentences=(CitedSentence(text=DIGEST, stories=(WALL, SEALS)),),
        by="model tiny",
        at=at,
        language="en",
        digest=digest_text(DIGEST),
    )
    path = letters.letter_path("daily-2026-11-22")
    issue = letters.FiledLetter(
        path=path,
        title="Daily",
        excerpt="x",
        published_at=at,
        address="https://coast.example/x/",
        digest=summary,
        html="<html></html>",
    )
    bare = replace(issue, path=letters.letter_path("bare"), digest=None)
    files = {one.path: letters.emit_letter(one) for one in (issue, bare)}
    write_files(root, files)

    texts = list_texts(root)

    assert [
        ("digest", path, DIGEST),
        ("translation", RECORD, TITLE),
        ("summary", RECORD, TEXT),
    ] == [(one["kind"], one["path"], one["text"]) for one in texts]
    assert {"by a model, not reviewed"} == {one["label"] for one in texts}
    assert [[WALL, SEALS]] == [one["stories"] for one in texts[0]["written"]["sentences"]]
    assert [WALL, SEALS] == [one["story"] for one in texts[2]["written"]["sources"]]
    assert ["digest"] == [one["kind"] for one in list_texts(root, "--since", "2026-11-21")]
    lines = copydesk("-C", root, "eval", "review").out.splitlines()
    assert 3 == len(lines)
    assert f"\t{WALL} {SEALS}\t{path}\t{DIGEST}" in lines[0]
    assert lines[0].startswith(
        "2026-11-22T09:00:00Z\tdigest\tby a model, not reviewed\tmodel tiny\t"
    )


def test_a_broken_issue_hides_no_other_text(root: Path) -> None:
    write_files(root, {letters.letter_path("broken"): b"---\n{: [\n---\n<html>"})

    done = copydesk("-C", root, "eval", "review")

    assert 2 == len(done.out.splitlines())
    assert letters.letter_path("broken") in done.err


def ask_doctor(root: Path) -> list[dict[str, str]]:
    told = json.loads(copydesk("-C", root, "doctor", "--json").out)
    return [one for one in told["findings"] if one["check"] == "model"]


def log_call(root: Path, **more: object) -> None:
    call = ModelCall(
        use="summary",
        subject=f"{more}",
        story=WALL,
        at=datetime.now(UTC),
        model="tiny",
        **more,  # type: ignore[arg-type]
    )
    with closing(open_desk(root / ".copydesk")) as desk:
        assert desk.model_calls.begin(call, 10**9, 10**9)
        desk.model_calls.want("summary", WALL, call.at)  # this is no call


def test_the_doctor_finds_a_call_that_failed_and_a_spent_budget(root: Path) -> None:
    assert [] == ask_doctor(root)

    log_call(root, state="failed", why="the answer has the status 401")
    [found] = ask_doctor(root)
    assert ("fault", True) == (found["state"], "401" in found["what"])

    log_call(root, state="taken", tokens_in=199_000)
    [found] = ask_doctor(root)
    assert ("remark", "beat.toml: [model] most_tokens_a_day = 400000") == (
        found["state"],
        found["mend"],
    )


def test_the_doctor_names_the_budget_that_is_spent(root: Path) -> None:
    log_call(root, state="taken", cost=0.9)

    [found] = ask_doctor(root)

    assert "beat.toml: [model] most_spent_a_day = 2.0" == found["mend"]
