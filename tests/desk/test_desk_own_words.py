"""What editors write at the desk: a story of their own, and drafts that outlive a browser."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from PIL import Image

from world.newsroom import run_git
from world.served_desk import Answer, Browser
from world.served_newsroom import (
    ServedNewsroom,
    filed_newsroom,
    serve_newsroom,
    until,
    wait_for_page,
)

WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"
SEALS = "2026-11-19-grey-seals-are-back-on-the-coast"
FORM = {"id": "own-1", "title": "What we saw", "excerpt": "At the wall.", "text": "It *holds*."}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    """Serve a newsroom with two stories; without a contact its server does no rounds."""
    with serve_newsroom(filed_newsroom(tmp_path_factory.mktemp("served"))) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


def own_records(served: ServedNewsroom) -> list[Path]:
    return [*(served.root / "_news").glob("*-what-we-saw*.md")]


def keep(browser: Browser, story: str, **fields: str) -> Answer:
    body = json.dumps({"story": story, "fields": fields}).encode()
    return browser.ask("PUT", "/desk/drafts", body, {"Sec-Fetch-Site": "same-origin"})


def field(page: Answer, name: str) -> str:
    """Return what a form has in a field, of several lines or one."""
    found = re.search(rf'<textarea name="{name}"[^>]*>([^<]*)</textarea>', page.body)
    found = found or re.search(rf'<input[^>]* name="{name}"[^>]*value="([^"]*)"', page.body)
    assert found, name
    return html.unescape(found[1])


def test_a_story_is_written_filed_once_and_on_the_site(
    served: ServedNewsroom, anna: Browser
) -> None:
    assert 'action="/desk/write/"' in anna.get("/desk/write/").body

    sent = [anna.post("/desk/write/", FORM) for _ in range(2)]

    assert [303, 303] == [answer.status for answer in sent]
    assert "/desk/today/" == sent[0].headers["location"]
    until(lambda: bool(own_records(served)))
    assert "What we saw" in anna.get("/desk/today/").body
    (record,) = own_records(served)
    assert "It *holds*." in record.read_text("utf-8")
    page = f"/coast/news/{record.stem}/"
    assert "<em>holds</em>" in wait_for_page(served.browser(), page, "<em>holds</em>").body
    assert "by Anna" in run_git(served.root, "log", "--format=%B", "--grep", "#own-1")


def test_what_was_typed_is_there_the_next_time(anna: Browser) -> None:
    assert 204 == keep(anna, "", title="The tide", text="One line.\nAnother <b>").status

    page = anna.get("/desk/write/")
    assert ("The tide", "One line.\nAnother <b>") == (field(page, "title"), field(page, "text"))
    assert "You have an unsaved draft" in page.body

    assert 303 == anna.post("/desk/drafts", {"story": ""}).status
    assert "" == field(anna.get("/desk/write/"), "title")


def test_a_draft_goes_when_its_story_is_filed_and_stays_when_it_cannot_be(anna: Browser) -> None:
    keep(anna, "", text="Words.")
    assert 400 == anna.post("/desk/write/", {**FORM, "id": "own-2", "title": " "}).status
    assert "Words." == field(anna.get("/desk/write/"), "text")

    assert 303 == anna.post("/desk/write/", {**FORM, "id": "own-1"}).status
    assert "" == field(anna.get("/desk/write/"), "text")


def test_a_draft_of_a_filed_story_is_offered_and_put_in_when_it_is_taken_up(anna: Browser) -> None:
    keep(anna, WALL, title="Higher than ever", note="We were there.")

    offered = anna.get(f"/desk/story/{WALL}/edit/")
    assert "Higher than ever" not in offered.body
    assert f'href="/desk/story/{WALL}/edit/?draft"' in offered.body
    taken_up = anna.get(f"/desk/story/{WALL}/edit/?draft")
    assert "Higher than ever" == field(taken_up, "title")
    assert "We were there." == field(taken_up, "note")

    form = {name: field(taken_up, name) for name in ("id", "seen", "was", "title", "note")}
    told = anna.post(f"/desk/story/{WALL}/edit/", form).headers["location"]
    until(lambda: anna.get(told).status == 303)
    filed = anna.get(f"/desk/story/{WALL}/edit/").body
    assert ("Higher than ever" in filed, "?draft" in filed) == (True, False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"story": "", "fields": {"password": "x"}}',
        b'{"story": 1, "fields": {}}',
        b'{"story": "", "fields": {"text": 1}}',
        b'{"story": "' + b"s" * 301 + b'", "fields": {}}',
        b'{"story": "", "fields": {"text": "' + b"w" * 200_001 + b'"}}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_draft_is_refused(anna: Browser, body: bytes) -> None:
    answer = anna.ask("PUT", "/desk/drafts", body, {"Sec-Fetch-Site": "same-origin"})
    assert 400 == answer.status


@pytest.mark.parametrize(
    "form",
    [
        {},
        {**FORM, "text": ""},
        {**FORM, "title": "t" * 501},
        {**FORM, "excerpt": "e" * 301},
        {**FORM, "text": "w" * 10_001},
        {**FORM, "topic": "Nothing of ours"},
    ],
)
def test_what_is_no_story_is_refused_at_once(anna: Browser, form: dict[str, str]) -> None:
    assert 400 == anna.post("/desk/write/", {**form, "id": "own-3"}).status


def test_nothing_is_kept_for_other_sites_or_strangers(
    served: ServedNewsroom, anna: Browser
) -> None:
    for path, body in (("/desk/write/", urlencode(FORM)), ("/desk/drafts", "story=")):
        foreign = anna.post(path, body.encode(), {"Sec-Fetch-Site": "cross-site"})
        assert 403 == foreign.status
        assert served.browser().post(path, body.encode()).status in {303, 401}
    stranger = served.browser()
    assert 401 == keep(stranger, "", text="x").status


# ---- pictures ------------------------------------------------------------------------------------


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), (40, 90, 160)).save(out, "PNG")
    return out.getvalue()


def form_with(data: bytes, **fields: str) -> tuple[bytes, dict[str, str]]:
    """Return the body and the header of a form with a file, as a browser sends it."""
    head = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (fields or {"story": SEALS}).items()
    )
    file = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    body = head.encode() + file.encode() + data + b"\r\n--b--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=b"}


def test_a_story_is_written_with_a_picture_and_without_a_script(
    served: ServedNewsroom, anna: Browser
) -> None:
    form = {**FORM, "id": "own-9", "title": "A wall — seen", "text": "One.\r\n\r\nTwo."}
    assert 400 == anna.post("/desk/write/", *form_with(picture(), **form, alt="")).status
    assert 400 == anna.post("/desk/write/", *form_with(b"none", **form, alt="A wall")).status
    sent = form_with(picture(), **form, alt="A wall", credit="Ada", topic="Coast")
    assert 303 == anna.post("/desk/write/", *sent).status
    until(lambda: [*(served.root / "_news").glob("*-a-wall-seen.md")] != [])
    (file,) = (served.root / "_news").glob("*-a-wall-seen.md")
    until(lambda: ".webp" in run_git(served.root, "ls-files", "assets/images/uploads"))
    record = file.read_text("utf-8")
    for words in ("/uploads/", 'title: "A wall — seen"', '"A wall"', "Ada", "One.\\n\\nTwo."):
        assert words in record, words
    assert 303 == anna.post("/desk/write/", *form_with(b"", **{**form, "id": "own-10"})).status


def test_a_script_uploads_a_picture_and_is_told_its_address(anna: Browser) -> None:
    answer = anna.post("/desk/pictures", picture(), {"Content-Type": "image/png"})
    assert 201 == answer.status
    address = "https://tidewatch.example/coast/assets/images/uploads/"
    assert answer.json()["address"].startswith(address)


def test_a_form_makes_its_picture_the_storys(served: ServedNewsroom, anna: Browser) -> None:
    answer = anna.post("/desk/pictures", *form_with(picture()))
    assert 303 == answer.status
    assert answer.headers["location"].startswith(f"/desk/story/{SEALS}/edit/?sent=")
    until(lambda: "/uploads/" in (served.root / f"_news/{SEALS}.md").read_text("utf-8"))
    until(lambda: ".webp" in run_git(served.root, "ls-files", "assets/images/uploads"))


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {"Content-Type": "image/png"}),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {"Content-Type": "image/png"}),
        (b"\0" * 6_000_000, {"Content-Type": "image/png"}),
        (b"", {"Content-Type": "multipart/form-data; boundary=b"}),
        (b"--b\r\n\r\n--b--", {"Content-Type": "multipart/form-data; boundary=b"}),
        (picture(), {"Content-Type": "multipart/form-data"}),
        (picture(), {"Content-Type": "multipart/form-data; boundary=\xe9"}),
        form_with(b"<svg/>"),
    ],
)
def test_what_is_no_picture_is_refused(anna: Browser, body: bytes, headers: dict[str, str]) -> None:
    assert 400 == anna.post("/desk/pictures", body, headers).status


# ---- a page found elsewhere ----------------------------------------------------------------------


def test_a_page_is_looked_at_and_then_waits_for_a_round(anna: Browser) -> None:
    assert 'action="/desk/file/"' in anna.get("/desk/file/").body
    looked = anna.post("/desk/file/", {"do": "look", "url": "http://127.0.0.1:9/wall"})
    assert (200, True) == (looked.status, "would not be added" in looked.body)
    assert 'value="http://127.0.0.1:9/wall"' in looked.body

    page = "https://owl.example/wall"
    form = {"do": "file", "id": "file-1", "url": page, "topic": "Coast", "why": "a reader sent it"}
    assert 303 == anna.post("/desk/file/", form).status
    until(lambda: page in anna.get("/desk/today/").body)
    until(
        lambda: (
            "done"
            == next(
                one["state"] for one in anna.get("/desk/actions").json() if one["id"] == "file-1"
            )
        )
    )


@pytest.mark.parametrize(
    "form",
    [
        {"do": "look", "url": ""},
        {"do": "look", "url": "--web"},
        {"do": "file", "url": "gopher://x"},
        {"do": "file", "url": "https://owl.example/", "topic": "Nothing of ours"},
    ],
)
def test_what_is_no_page_is_refused(anna: Browser, form: dict[str, str]) -> None:
    assert 400 == anna.post("/desk/file/", form).status
