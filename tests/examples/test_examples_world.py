"""The demo's world: whole, sound, invented, and what its sources say."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
import yaml
from warcio.archiveiterator import ArchiveIterator
from world.machine import PATIENCE_SECONDS

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "ai"
NOW = json.loads((EXAMPLE / "demo.json").read_text("utf-8"))["now"]

# names of formats, which are addresses only in form
NAMESPACES = {
    "jsonfeed.org",
    "purl.org",
    "schema.org",
    "www.google.com",
    "www.sitemaps.org",
    "www.w3.org",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One recorded answer."""

    date: str
    url: str
    status: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").split(";")[0]


def read(path: Path) -> list[Answer]:
    with path.open("rb") as file:
        return [
            Answer(
                date=record.rec_headers["WARC-Date"],
                url=record.rec_headers["WARC-Target-URI"],
                status=record.http_headers.get_statuscode(),
                headers={name.lower(): value for name, value in record.http_headers.headers},
                body=record.content_stream().read(),
            )
            for record in ArchiveIterator(file)
        ]


def newest(answers: list[Answer], now: str) -> dict[str, Answer]:
    """Give the web as it stands at a moment."""
    return {answer.url: answer for answer in answers if answer.date <= now}


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    return read(EXAMPLE / "web.warc.gz")


@pytest.fixture(scope="module")
def web(answers: list[Answer]) -> dict[str, Answer]:
    return newest(answers, NOW)


@pytest.fixture(scope="module")
def truth() -> list[dict[str, object]]:
    lines = (EXAMPLE / "truth.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world")
    command = [sys.executable, "-B", str(EXAMPLE / "build_world.py"), "--out", str(out)]
    subprocess.run(command, check=True, timeout=PATIENCE_SECONDS)
    return out


def size_and_format(body: bytes) -> tuple[tuple[int, int], str | None]:
    from PIL import Image

    with Image.open(io.BytesIO(body)) as image:
        return image.size, image.format


@pytest.mark.slow
def test_the_committed_web_is_what_its_sources_give(answers: list[Answer], rebuilt: Path) -> None:
    again = read(rebuilt / "web.warc.gz")
    assert [(a.date, a.url, a.status) for a in again] == [
        (a.date, a.url, a.status) for a in answers
    ]
    for committed, fresh in zip(answers, again, strict=True):
        if committed.kind.startswith("image/"):  # their bytes depend on Pillow's version
            assert size_and_format(fresh.body) == size_and_format(committed.body), committed.url
        else:
            assert fresh.body == committed.body, committed.url
            assert fresh.headers == committed.headers, committed.url


@pytest.mark.slow
def test_the_committed_truth_is_what_its_sources_give(rebuilt: Path) -> None:
    committed = (EXAMPLE / "truth.jsonl").read_text("utf-8")
    assert (rebuilt / "truth.jsonl").read_text("utf-8") == committed


def test_the_world_is_large_enough_and_small_enough(truth: list[dict[str, object]]) -> None:
    size = sum(file.stat().st_size for file in EXAMPLE.rglob("*") if file.suffix != ".pyc")
    publishers = {page["publisher"] for page in truth}
    events = {page["event"] for page in truth}
    assert len(publishers) >= 12
    assert len(truth) >= 80
    assert len(events) >= 30
    assert size <= 1_500_000
    assert (EXAMPLE / "web.warc.gz").stat().st_size <= 900_000


def test_every_kind_of_page_is_there(truth: list[dict[str, object]]) -> None:
    kinds = Counter(page["kind"] for page in truth)
    kinds_wanted = {"original", "coverage", "copy", "press-release", "update", "video", "off-topic"}
    pictures = {page["picture"] for page in truth}
    pictures_wanted = {"good", "none", "broken", "missing", "tiny", "huge", "wrong-type", "logo"}
    assert kinds_wanted <= set(kinds)
    assert kinds["copy"] >= 8
    assert pictures_wanted <= pictures
    assert "paywalled" in {page["access"] for page in truth}


def test_truth_covers_every_article_page(
    web: dict[str, Answer], truth: list[dict[str, object]]
) -> None:
    known = {str(page["canonical"]) for page in truth}
    absent = {str(page["canonical"]) for page in truth if "404" in str(page["reason"])}
    shown = {
        found.group(1)
        for answer in web.values()
        if (found := re.search(rb'<link rel="canonical" href="([^"]+)"', answer.body))
    }
    assert {url.decode() for url in shown} == known - absent


def test_truth_names_only_topics_of_the_newsroom(truth: list[dict[str, object]]) -> None:
    names = {
        yaml.safe_load(file.read_text("utf-8"))["name"]
        for file in (EXAMPLE / "newsroom" / "_data" / "topics").glob("*.yaml")
    }
    used = {topic for page in truth for topic in _listed(page["topics"])}
    assert used == names


def test_a_copy_names_its_original(truth: list[dict[str, object]]) -> None:
    by_url = {page["canonical"]: page for page in truth}
    copies = [page for page in truth if page["kind"] == "copy"]
    assert all(by_url[page["copy_of"]]["kind"] != "copy" for page in copies)
    assert all(by_url[page["copy_of"]]["title"] != page["title"] for page in copies)


def test_every_link_leads_somewhere(web: dict[str, Answer]) -> None:
    dangling = {
        (page.url, target)
        for page in web.values()
        if page.kind == "text/html"
        for target in _links(page)
        if target not in web and not target.endswith("/media/rehired-courier.png")
    }
    assert dangling == set()


def test_every_source_of_the_newsroom_answers(web: dict[str, Answer]) -> None:
    beat = tomllib.loads((EXAMPLE / "newsroom" / "beat.toml").read_text("utf-8"))
    statuses = Counter(web[source["url"]].status for source in beat["source"])
    assert statuses == {"200": 16, "301": 1, "410": 1, "429": 1}


def test_no_real_site_is_named(answers: list[Answer]) -> None:
    named = {
        host.decode()
        for answer in answers
        if not answer.kind.startswith("image/")
        for host in re.findall(rb"https?://([\w.-]+)", answer.body)
    }
    hosts = {urlsplit(answer.url).hostname or "" for answer in answers}
    real = {host for host in named | hosts if not host.endswith(".example")}
    assert real <= NAMESPACES


def test_an_earlier_clock_sees_a_smaller_world(answers: list[Answer]) -> None:
    moments = ["2026-11-15T08:00:00Z", "2026-11-17T08:00:00Z", "2026-11-19T08:00:00Z", NOW]
    feed = "https://www.northerncourier.example/feeds/news.xml"
    listed = [newest(answers, moment)[feed].body.count(b"<item>") for moment in moments]
    assert listed == sorted(set(listed))


def test_an_updated_page_changes_between_two_clocks(answers: list[Answer]) -> None:
    vote = "https://brusselsledger.example/2026/11/meps-to-vote-on-who-pays-when-an-ai-model-goes-wrong"
    before = newest(answers, "2026-11-17T12:00:00Z")[vote].body.decode()
    after = newest(answers, "2026-11-17T18:00:00Z")[vote].body.decode()
    assert "MEPs to vote on who pays" in before
    assert "14 votes to 11" not in before
    assert "14 votes to 11" in after


def test_the_mislabelled_page_is_not_utf_8(
    web: dict[str, Answer], truth: list[dict[str, object]]
) -> None:
    (url,) = [str(page["canonical"]) for page in truth if page["id"] == "lumenar-ledger"]
    assert web[url].headers["content-type"] == "text/html; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        web[url].body.decode()
    assert "€26 million" in web[url].body.decode("windows-1252")


def test_a_new_newsroom_has_the_topics_of_the_demo() -> None:
    def topics(kind: str) -> dict[str, bytes]:
        folder = EXAMPLE / kind / "_data" / "topics"
        return {file.name: file.read_bytes() for file in folder.glob("*.yaml")}

    assert topics("starter") == topics("newsroom")
    assert len(topics("starter")) == 8


def _links(page: Answer) -> set[str]:
    text = page.body.decode("utf-8", "replace")
    return {
        urldefrag(urljoin(page.url, target)).url
        for target in re.findall(r'\s(?:href|src)="([^"]+)"', text)
    }


def _listed(value: object) -> list[str]:
    assert isinstance(value, list)
    return value
