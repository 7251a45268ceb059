"""Scores: known cases read, weighed and compared; bad files named with their line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import measure
from copydesk.errors import DataError, UsageError
from copydesk.news import Beat, Topic
from copydesk.news.beat import Organization, Scoring

BEAT = Beat(
    title="x",
    topic="Boats",
    topics=(Topic(id="boats", name="Boats", keywords=("boat",)),),
    organizations={"gull.example": Organization(domain="gull.example", name="The Gull")},
)
HEADER = "path,title,domain,topics,image,amp,type,official_feed,quality,published"
RIGHT = "_news/a.md,A boat,gull.example,Boats,1,0,article,0,77,true"


def cases(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "cases.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_equal_cases_are_counted(tmp_path: Path) -> None:
    report = measure.scores(cases(tmp_path, RIGHT, RIGHT), BEAT, "everyday")
    assert (report.cases, report.quality_exact, report.published_exact) == (2, 2, 2)
    assert report.different == ()


def test_a_difference_is_shown_with_both_sides(tmp_path: Path) -> None:
    report = measure.scores(cases(tmp_path, RIGHT.replace("77,true", "60,false")), BEAT, "everyday")
    assert (report.cases, report.quality_exact, report.published_exact) == (1, 0, 0)
    assert report.different == (
        measure.Difference(
            path="_news/a.md",
            title="A boat",
            quality=77,
            expected_quality=60,
            published=True,
            expected_published=False,
        ),
    )


def test_another_quality_on_the_same_side_of_the_gate_is_no_other_publication(
    tmp_path: Path,
) -> None:
    report = measure.scores(cases(tmp_path, RIGHT.replace("77", "177")), BEAT, "everyday")
    assert (report.quality_exact, report.published_exact) == (0, 1)


@pytest.mark.parametrize(
    ("line", "points"),
    [
        (RIGHT, 77),
        (RIGHT.replace("gull.example", "heron.example"), 37),
        (RIGHT.replace("Boats,1", "Boats|Harbour,1"), 79),
        (RIGHT.replace("Boats,1", ",1"), 60),
        (RIGHT.replace("1,0,article", "0,1,article"), 77),
        (RIGHT.replace("article,0", "video,1"), 177),
    ],
)
def test_every_column_is_weighed(line: str, points: int, tmp_path: Path) -> None:
    line = line.replace("77,true", f"{points},{'true' if points >= 70 else 'false'}")
    assert measure.scores(cases(tmp_path, line), BEAT, "everyday").quality_exact == 1


def test_the_sites_own_numbers_are_used(tmp_path: Path) -> None:
    scoring = Scoring(organization_points=30, publish_at=80)
    line = RIGHT.replace("77,true", "67,false")
    report = measure.scores(cases(tmp_path, line), replace(BEAT, scoring=scoring), "everyday")
    assert (report.quality_exact, report.published_exact) == (1, 1)


def test_the_other_profile_weighs_by_its_own_rules(tmp_path: Path) -> None:
    report = measure.scores(cases(tmp_path, RIGHT), BEAT, "copydesk")
    assert report.different[0].quality == 48 + 5 + 8


def test_columns_may_stand_in_any_order_after_a_byte_order_mark(tmp_path: Path) -> None:
    path = cases(
        tmp_path,
        "77," + RIGHT.rsplit(",", 2)[0] + ",true",
        header="\ufeffquality," + HEADER.replace("quality,", ""),
    )
    assert measure.scores(path, BEAT, "everyday").quality_exact == 1


def test_a_file_with_a_header_alone_has_no_cases(tmp_path: Path) -> None:
    assert measure.scores(cases(tmp_path), BEAT, "everyday").cases == 0


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("_news/b.md,too short", "the line has too few or too many cells"),
        (RIGHT + ",too long", "the line has too few or too many cells"),
        (RIGHT.replace("77", "high"), "expected a whole number as quality, got 'high'"),
        (RIGHT.replace("77", "7.5"), "expected a whole number as quality, got '7.5'"),
        (RIGHT.replace("Boats,1", "Boats,maybe"), "expected 0 or 1 as image, got 'maybe'"),
        (RIGHT.replace("true", ""), "expected 0 or 1 as published, got ''"),
        ('_news/b.md,"never closed', "the file is not valid CSV"),
    ],
)
def test_a_broken_line_is_named(line: str, what: str, tmp_path: Path) -> None:
    path = cases(tmp_path, RIGHT, line)
    with pytest.raises(DataError) as caught:
        measure.scores(path, BEAT, "everyday")
    assert caught.value.what == what
    assert caught.value.subject == f"{path}:3"


def test_a_title_with_line_feeds_keeps_the_line_numbers_right(tmp_path: Path) -> None:
    path = cases(tmp_path, RIGHT.replace("A boat", '"A\nboat"'), "too short")
    with pytest.raises(DataError, match="cells") as caught:
        measure.scores(path, BEAT, "everyday")
    assert caught.value.subject == f"{path}:4"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        measure.scores(cases(tmp_path, header="path,title"), BEAT, "everyday")
    assert caught.value.hint.startswith(
        "add these columns to the first line: domain, topics, image"
    )


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"path,title\n\xff\xfe,x\n", b"\xff" * 99])
def test_what_is_no_csv_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        measure.scores(path, BEAT, "everyday")
    assert caught.value.subject.startswith(str(path))


def test_bytes_that_are_no_utf8_are_refused_with_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes((HEADER + "\n").encode() + b"_news/a.md,caf\xe9,d,t,1,0,article,0,1,true\n")
    with pytest.raises(DataError, match="the file is not UTF-8"):
        measure.scores(path, BEAT, "everyday")


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_a_file_that_cannot_be_read_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the file of cases cannot be read"):
        measure.scores(tmp_path / name, BEAT, "everyday")


def test_an_unknown_profile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        measure.scores(cases(tmp_path, RIGHT), BEAT, "best")
    assert (caught.value.subject, caught.value.hint) == ("best", "use copydesk or everyday")
