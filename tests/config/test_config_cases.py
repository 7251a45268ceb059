"""beat.toml case by case: each file under cases/config carries what must come of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from copydesk import config
from copydesk.errors import ConfigError

CASES = Path(__file__).parents[1] / "cases" / "config"
REFUSED = sorted((CASES / "refused").glob("*.toml"))
READ = sorted((CASES / "read").glob("*.toml"))


def newsroom(folder: Path, beat: bytes) -> Path:
    """Make a small newsroom with two topics and one known publisher around a beat.toml."""
    topics = folder / "_data" / "topics"
    organizations = folder / "_data" / "organizations"
    topics.mkdir(parents=True)
    organizations.mkdir()
    (topics / "00-ai.yaml").write_text("_id: ai\nname: AI\nkeywords:\n  - ai\n")
    (topics / "01-ai-policy.yaml").write_text("_id: ai-policy\nname: AI Policy\nparent: AI\n")
    (organizations / "known.example.md").write_text(
        "---\nname: Known News\ndomain: known.example\n---\n"
    )
    (folder / "beat.toml").write_bytes(beat)
    return folder


def said(beat: bytes, word: str) -> list[str]:
    """Return the expectations that a case carries under a word."""
    return re.findall(rf"^# {word}: (.*?)\r?$", beat.decode("utf-8-sig"), re.MULTILINE)


@pytest.mark.parametrize("case", REFUSED, ids=lambda path: path.stem)
def test_a_wrong_beat_is_refused_with_its_place(case: Path, tmp_path: Path) -> None:
    beat = case.read_bytes()

    with pytest.raises(ConfigError) as caught:
        config.load(newsroom(tmp_path, beat), {})

    assert said(beat, "error") == [str(caught.value)]
    assert said(beat, "hint") in ([], [caught.value.hint])


@pytest.mark.parametrize("case", READ, ids=lambda path: path.stem)
def test_a_right_beat_is_read_with_its_origins(case: Path, tmp_path: Path) -> None:
    beat = case.read_bytes()

    rows = config.rows(config.load(newsroom(tmp_path, beat), {}))

    written = [f"{path} = {value} ({origin})" for path, value, origin in rows]
    missing = [row for row in said(beat, "row") if row not in written]
    assert missing == [], written


def test_there_are_cases() -> None:
    assert len(REFUSED) > 30
    assert len(READ) > 5
