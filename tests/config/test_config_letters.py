"""What a letter's parts are of: collections by any spelling, lists that editors may take away."""

from __future__ import annotations

from pathlib import Path

from copydesk import config

BEAT = """
[site]
title = "T"

[[letter]]
id = "daily"

[[letter.part]]
kind = "collection"
of = "learning"

[[letter.part]]
kind = "list"
of = "best"
"""


def test_a_collection_is_named_with_or_without_its_underscore(tmp_path: Path) -> None:
    (tmp_path / "_learning").mkdir()
    for name in ("learning", "_learning"):
        (tmp_path / "beat.toml").write_text(BEAT.replace("learning", name))

        letter = config.load(tmp_path, {}).letters[0]

        assert letter.parts[0].of == "_learning"


def test_a_list_that_is_gone_is_a_warning_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "_learning").mkdir()
    (tmp_path / "beat.toml").write_text(BEAT)
    where = (
        'beat.toml: letter[0].part[1].of: no list "best" in _data/lists; the section stays empty'
    )

    assert where in config.load(tmp_path, {}).warnings

    (tmp_path / "_data" / "lists").mkdir(parents=True)
    (tmp_path / "_data" / "lists" / "best.yaml").write_text('title: "Best"\n')

    assert where not in config.load(tmp_path, {}).warnings
