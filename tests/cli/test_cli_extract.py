"""copydesk extract of a saved page: without a newsroom, whatever its address, for a person."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from world.command import copydesk
from world.newsroom import newsroom

NOW = "2026-11-20T08:00:00Z"
FERRY = "https://harbour.example/2026/03/ferry"
PARAGRAPHS = (
    (
        "The ferry ran aground on a sandbank at four in the morning, the harbour office said, and "
        "it lay there until the tide of the next day came in and lifted it a little."
    ),
    "Nobody was hurt, and all ninety passengers were taken off by two lifeboats before noon.",
    "Engineers want to wait for the spring tide before they try to pull the ship free.",
)


def saved(folder: Path, head: str = "", name: str = "ferry.html") -> Path:
    """Write a page as a browser saves it."""
    shown = '<img src="/f.jpg" width="800" height="600" alt="The ferry">'
    body = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
    page = (
        f'<html lang="en"><head><title>Ferry runs aground off Saltholm</title>{head}</head><body>'
        f"<article><h1>Ferry runs aground off Saltholm</h1>{shown}{body}</article></body></html>"
    )
    path = folder / name
    path.write_bytes(gzip.compress(page.encode()) if name.endswith(".gz") else page.encode())
    return path


@pytest.fixture(autouse=True)
def _stands_in_no_newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("COLUMNS", "80")


def test_a_file_is_read_without_a_newsroom(tmp_path: Path) -> None:
    fields = copydesk("extract", saved(tmp_path), "--now", NOW, "--json").json()

    assert fields["title"]["value"] == "Ferry runs aground off Saltholm"
    assert fields["published_at"] == {"value": NOW, "from": "found"}


def test_an_address_needs_a_newsroom() -> None:
    said = copydesk("extract", FERRY)

    assert said.code == 1
    assert "beat.toml" in said.err


def test_a_newsroom_that_is_named_must_be_one(tmp_path: Path) -> None:
    said = copydesk("-C", tmp_path / "none", "extract", saved(tmp_path))

    assert said.code == 1
    assert "beat.toml" in said.err


def test_a_newsroom_may_be_named_for_what_it_knows(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    path = saved(tmp_path)

    within = copydesk("-C", root, "extract", path, "--url", "https://gull.example/a", "--json")

    assert within.json()["provider"]["value"]["domain"] == "gull.example"


@pytest.mark.parametrize(
    ("head", "url", "address", "origin"),
    [
        ("", FERRY, FERRY, "--url"),
        (f'<link rel="canonical" href="{FERRY}">', "", FERRY, "declared"),
        (f'<meta property="og:url" content="{FERRY}">', "", FERRY, "declared"),
        ('<link rel="canonical" href="/ferry">', "", "", ""),
        ("", "", "", ""),
    ],
)
def test_a_file_has_the_address_that_is_given_or_declared_or_none(
    tmp_path: Path, head: str, url: str, address: str, origin: str
) -> None:
    given = ("--url", url) if url else ()
    said = copydesk("extract", saved(tmp_path, head), *given, "--json")

    assert said.json()["url"] == {"value": address, "from": origin}
    assert said.json()["web_url"]["value"] == address
    assert ".invalid" not in said.out


def test_a_picture_of_a_file_without_an_address_stays_relative(tmp_path: Path) -> None:
    fields = copydesk("extract", saved(tmp_path), "--json").json()

    assert fields["image"]["value"] == "/f.jpg"
    assert [one["url"] for one in fields["figures"]["value"]] == ["/f.jpg"]
    assert fields["provider"]["value"]["domain"] == ""


def test_an_address_that_is_none_is_a_mistake(tmp_path: Path) -> None:
    said = copydesk("extract", saved(tmp_path), "--url", "nonsense")

    assert (said.code, said.out) == (2, "")
    assert said.err == "error: no web address: nonsense\nhint: an address begins with https://\n"


def test_a_page_under_gzip_is_unpacked(tmp_path: Path) -> None:
    said = copydesk("extract", saved(tmp_path, name="ferry.html.gz"), "--json")

    assert said.json()["title"]["value"] == "Ferry runs aground off Saltholm"


def test_a_broken_gzip_is_one_clear_error(tmp_path: Path) -> None:
    path = saved(tmp_path, name="ferry.html.gz")
    path.write_bytes(path.read_bytes()[:60])
    cut = copydesk("extract", path)
    path.write_bytes(b"\x1f\x8b nothing")
    broken = copydesk("extract", path)

    assert (cut.code, broken.code) == (1, 1)
    assert cut.err.startswith(f"error: the gzip is cut off: {path}\n")
    assert broken.err.startswith(f"error: the file is no gzip that can be read: {path}\n")


def test_what_grows_without_end_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.html.gz"
    path.write_bytes(gzip.compress(bytes(65 * 1024 * 1024), 1))

    assert copydesk("extract", path).err == (
        f"error: the page is too big: {path}\nhint: 64 MB at most, unpacked\n"
    )


def test_a_file_that_holds_no_article_is_told_with_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "empty.html"
    path.write_text("<title>x</title><p>Log in", "utf-8")
    said = copydesk("extract", path)

    assert (said.code, said.out) == (1, "")
    first, second = said.err.splitlines()
    assert first.startswith("found no article (not-an-article: ")
    assert first.endswith(f": {path}")
    assert second.startswith("hint: ")


def test_a_person_sees_names_in_a_column_and_paragraphs_in_lines(tmp_path: Path) -> None:
    lines = copydesk("extract", saved(tmp_path), "--now", NOW).out.splitlines()

    assert "title             Ferry runs aground off Saltholm  [title]" in lines
    assert f"published_at      {NOW}  [found (the page has no date, so the" in lines
    assert "                  time of fetching is used)]" in lines
    assert "authors           -" in lines
    figure = lines[lines.index("figures           /f.jpg") + 1]
    assert figure.startswith("                  – “The ferry”, 800 × 600, ")
    text = lines[next(at for at, line in enumerate(lines) if line.startswith("text  [")) + 1 :]
    paragraphs = " ".join(line or "\n" for line in text).split(" \n ")
    assert list(PARAGRAPHS) == paragraphs[-3:]
    assert max(map(len, text)) <= 80


def test_signals_are_told_one_a_line_with_their_place(tmp_path: Path) -> None:
    said = ("robots", "noai, max-snippet:50"), ("tdm-reservation", "1")
    head = "".join(f'<meta name="{name}" content="{words}">' for name, words in said)
    lines = copydesk("extract", saved(tmp_path, head)).out.splitlines()

    at = next(at for at, line in enumerate(lines) if line.startswith("signals"))
    told = [line.removeprefix("signals").strip() for line in lines[at : at + 3]]
    assert sorted(told) == [
        "max-snippet:50 (meta robots)",
        "noai (meta robots)",
        "tdm-reservation: 1 (meta)",
    ]


def test_the_text_alone_is_markdown_and_nothing_else(tmp_path: Path) -> None:
    said = copydesk("extract", saved(tmp_path), "--text")

    assert said.out.rstrip("\n").endswith("\n\n".join(PARAGRAPHS))
    assert "harbour.example" not in said.out


def test_a_strangers_words_steer_no_terminal(tmp_path: Path) -> None:
    head = '<meta property="og:site_name" content="&#x1b;[31mHarbour&#x202e;">'
    said = copydesk("extract", saved(tmp_path, head))

    assert "\x1b" not in said.out
    assert "\u202e" not in said.out
