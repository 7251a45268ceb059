"""What a publisher refuses reaches the record, and what is refused reaches no reader."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import building, editing, rounds
from copydesk.archive import record
from copydesk.news import Story
from copydesk.newsroom import Silence, open_newsroom, reports
from world.newsroom import NOW, SEALS, WALL, Answer, newsroom, page, record_web, small_web

TEASER = "Stone by stone the town means to keep the winter out, and it will cost a fortune."
MANAGED = b"User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n"
RESERVED = b'[{"location": "/", "tdm-reservation": 1}]'
PAGE = "https://gull.example/wall?utm_source=rss"


def web(head: str) -> dict[str, Answer]:
    """Give a web whose feed has an excerpt of a page with such a head."""
    answers = small_web()
    told = answers["https://gull.example/feed.xml"]
    item = f"</link><description>{TEASER}</description>".encode()
    body = told.body.replace(b"</link><pubDate>", item + b"<pubDate>")
    return {
        **answers,
        "https://gull.example/feed.xml": replace(told, body=body),
        PAGE: page("Sea wall to rise by two metres", WALL, head=head),
        "https://gull.example/robots.txt": Answer(body=MANAGED, kind="text/plain"),
        "https://heron.example/.well-known/tdmrep.json": Answer(body=RESERVED, kind="text/json"),
        "https://heron.example/seals": page("Grey seals are back on the coast", SEALS),
    }


def filed(tmp_path: Path, head: str = "", more: str = "") -> tuple[dict[str, Story], str]:
    """Run a round and build; give the records by their host, and all that was built."""
    root = newsroom(tmp_path / "beat", more=more)
    recorded = record_web(tmp_path / "web.warc.gz", web(head))
    with open_newsroom(root, NOW, {}) as opened:
        report = rounds.run_round(opened, rounds.RoundOptions(web=recorded), Silence())
        building.build(opened, Silence(), building.BuildOptions(out=tmp_path / "out"))
    stories = {}
    for path in report.filed:
        story = record.parse_story(path, (root / path).read_bytes())
        stories[story.web_url.split("/")[2]] = story
    texts = (one.read_bytes() for one in sorted((tmp_path / "out").rglob("*")) if one.is_file())
    return stories, b"\n".join(texts).decode("utf-8", "replace")


def test_what_site_and_page_refuse_is_in_the_record(tmp_path: Path) -> None:
    stories, _ = filed(tmp_path, '<meta name="robots" content="noimageindex">')
    assert stories["gull.example"].refuses == ("ai-train", "image")
    assert stories["heron.example"].refuses == ("ai-train", "ai-input")


def test_the_profile_of_the_reference_writes_none(tmp_path: Path) -> None:
    stories, _ = filed(tmp_path, more='\n[scoring]\nprofile = "everyday"\n')
    assert {story.refuses for story in stories.values()} == {()}


def test_tdmrep_may_be_left_unasked(tmp_path: Path) -> None:
    stories, _ = filed(tmp_path, more="\n[fetch]\ntdmrep = false\n")
    assert stories["heron.example"].refuses == ()


@pytest.mark.parametrize("words", ["nosnippet", "max-snippet:0"])
def test_a_refused_snippet_leaves_a_headline_everywhere(tmp_path: Path, words: str) -> None:
    more = "\n[scoring]\npublish_at = 0\n"
    stories, built = filed(tmp_path, f'<meta name="robots" content="{words}">', more)
    assert stories["gull.example"].excerpt == ""
    assert "Sea wall to rise" in built
    assert "Stone by stone" not in built
    assert "council of Port Sable" not in built


def test_without_a_refusal_the_feeds_words_are_shown(tmp_path: Path) -> None:
    _, built = filed(tmp_path, more="\n[scoring]\npublish_at = 0\n")
    assert "Stone by stone" in built


def explained(root: Path, said: str) -> reports.Explanation:
    with open_newsroom(root, NOW, {}) as opened:
        return editing.explain(opened, said)


def test_a_story_is_explained_with_its_terms_and_who_says_so(tmp_path: Path) -> None:
    head = '<meta name="robots" content="noimageindex"><meta name="author" content="Reuters">'
    head += '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": '
    head += '"false"}</script>'
    filed(tmp_path, head)
    access, credit, refuses = explained(tmp_path / "beat", PAGE).terms

    assert (access.name, access.value) == ("access", "paywalled")
    assert access.evidence[0].startswith("isAccessibleForFree false; ")
    assert (credit.name, credit.value, credit.evidence) == ("credit", "Reuters", ("byline",))
    assert (refuses.name, refuses.value) == ("refuses", "ai-train, image")
    assert "noimageindex: noimageindex (meta robots)" in refuses.evidence
    assert "Content-Signal: search=yes, ai-train=no (robots.txt)" in refuses.evidence


def test_terms_stay_where_the_article_is_no_longer_kept(tmp_path: Path) -> None:
    filed(tmp_path)
    root = tmp_path / "beat"
    with open_newsroom(root, NOW, {}) as opened:
        opened.articles.forget("https://gull.example/wall")
    (refuses,) = explained(root, PAGE).terms

    assert (refuses.value, refuses.evidence) == ("ai-train", ())


def test_a_record_is_named_by_a_path_from_where_the_person_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories, _ = filed(tmp_path)
    path = stories["gull.example"].path
    monkeypatch.chdir(tmp_path)

    for said in (f"beat/{path}", str(tmp_path / "beat" / path), path):
        assert explained(tmp_path / "beat", said).path == path
