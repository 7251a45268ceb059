"""The desk's topics: edited over what the archive has, by who owns the newsroom."""

from __future__ import annotations

import html
import http.client
import io
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from PIL import Image

from world.desk import desk_newsroom, stories
from world.machine import PATIENCE_SECONDS
from world.newsroom import run_git
from world.served_desk import Answer, Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom

pytestmark = pytest.mark.slow

FILE = "_data/topics/00-coast.yaml"
ORGANIZATION = "_data/organizations/gull.example.md"
GULL = "---\n# of the coast\nname: The Gull   # since 1901\notherNames:\n- Gull\n---\nA paper.\n"
_OUT = io.BytesIO()
Image.new("RGB", (120, 40), "navy").save(_OUT, "PNG")
PNG = _OUT.getvalue()
ONE = "/desk/topics/one/?name=Coast"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = tmp_path_factory.mktemp("topics") / "beat"
    first, *others = stories(4)
    (root / "_data/organizations").mkdir(parents=True)
    (root / ORGANIZATION).write_text(GULL)
    desk_newsroom(root, [replace(first, title="A <b>keeper</b> of the coast"), *others])
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


def form_of(body: str) -> dict[str, str]:
    part = body[body.index('action="/desk/topics/one/" method="post"') :]
    seen = re.findall(r'name="seen" value="(\w+)"', part)[0]
    words = html.unescape(re.findall(r'name="keywords"[^>]*>([^<]*)<', part)[0])
    return {"name": "Coast", "seen": seen, "was": words, "keywords": words}


def save(anna: Browser, form: dict[str, str]) -> Answer:
    return anna.post("/desk/topics/one/", form)


def test_topics_stand_with_their_stories(anna: Browser) -> None:
    body = anna.get("/desk/topics/").body

    assert re.search(r"Coast</a> <span class=\"standing\">main topic", body)
    assert "4 stories" in body
    assert "2 keywords" in body


def test_stories_that_have_words_are_shown_with_them_marked(anna: Browser) -> None:
    found = anna.get("/desk/topics/matches?q=keeper").body

    assert "“keeper”: 1 story" in found
    assert "<mark>keeper</mark>" in found
    assert "<b>keeper" not in found
    assert "<html" not in found
    assert "1 story" in anna.get(f"{ONE}&try=keeper").body  # without a script
    assert anna.get("/desk/topics/matches?q=%22*(%00").status == 200


def test_a_topic_is_saved_as_a_commit_and_two_editors_see_what_differs(
    served: ServedNewsroom, anna: Browser
) -> None:
    before = (served.root / FILE).read_text()
    form = form_of(anna.get(ONE).body)

    done = save(anna, {**form, "keywords": "coast\nsea wall\nbreakwater"})
    assert done.status == 303
    body = anna.get(done.headers["location"]).body
    note = body.partition('class="note"')[2].partition('class="fields"')[0]
    assert "Topic saved." in note
    assert "breakwater" in note
    assert "/desk/what-if/rejudge" in note
    assert 'name="commit"' in note
    assert "Saved." not in served.browser().get(done.headers["location"]).body

    after = before.replace("sea wall\n", "sea wall\n  - breakwater\n")
    assert after == (served.root / FILE).read_text()
    assert "by Anna" in run_git(served.root, "log", "-1", "--format=%B")
    stale = save(anna, {**form, "keywords": "coast\nsea wall\ngroyne"})
    assert stale.status == 409
    assert "+ breakwater" in stale.body
    assert "groyne" in stale.body
    wrong = save(anna, {**form_of(anna.get(ONE).body), "keywords": "coast\n(sea|dune)s?"})
    assert (wrong.status, "regular expression" in wrong.body) == (409, True)
    commit = re.findall(r'name="commit" value="(\w+)"', anna.get("/desk/today/").body)[0]
    assert anna.post("/desk/settings/undo", {"commit": commit}).status == 303
    assert before == (served.root / FILE).read_text()


def test_words_are_suggested_and_answered(served: ServedNewsroom, anna: Browser) -> None:
    body = anna.get(f"{ONE}&suggest=1").body
    assert "main topic" in body
    assert "4 stories have this topic. A word is suggested if at least 2 of them" in body
    assert re.search(r'href="/desk/\?[^"]*Coast[^"]*">Add this topic to some stories by hand', body)

    said = {"name": "Coast", "word": "dune", "do": "dismiss"}
    assert anna.post("/desk/topics/words", said).status == 303
    assert "dismissed:\n  - dune" in (served.root / FILE).read_text()
    assert "Dismissed keywords: dune" in anna.get(ONE).body


def test_new_words_are_tried_before_they_are_saved(anna: Browser) -> None:
    form = {**form_of(anna.get(ONE).body), "keywords": "coast\nkeeper"}

    tried = anna.post("/desk/topics/try", form)

    assert tried.status == 303
    assert "/desk/what-if/?trial=" in tried.headers["location"]


def test_an_organization_gets_an_owner(served: ServedNewsroom, anna: Browser) -> None:
    body = anna.get("/desk/organizations/").body
    seen = re.findall(r'name="seen" value="(\w+)"', body)[0]
    form = {"domain": "gull.example", "seen": seen, "name": "The Gull", "owner": "Birds & Co"}

    assert anna.post("/desk/organizations/", form).status == 303

    written = GULL.replace("otherNames", "owner: Birds & Co\notherNames")
    assert written == (served.root / ORGANIZATION).read_text()
    assert "Birds &amp; Co" in anna.get("/desk/organizations/").body
    assert anna.post("/desk/organizations/", {**form, "owner": "Others"}).status == 400
    assert anna.post("/desk/organizations/", {**form, "domain": "no.example"}).status == 400
    assert written == (served.root / ORGANIZATION).read_text()


def multipart(fields: dict[str, str], data: bytes = b"") -> tuple[bytes, dict[str, str]]:
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts += [('name="file"; filename="a.png"', data)]
    form = b"".join(
        f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body + b"\r\n"
        for head, body in parts
    )
    return form + b"--x--\r\n", {"Content-Type": "multipart/form-data; boundary=x"}


def test_an_organization_gets_a_logo(served: ServedNewsroom, anna: Browser) -> None:
    page = "/desk/organizations/"
    assert 'class="logo unset"' in anna.get(page).body
    assert anna.get(f"{page}logo?domain=gull.example").status == 404
    form = {"domain": "gull.example", "url": ""}
    form["seen"] = re.findall(r'name="seen" value="(\w+)"', anna.get(page).body)[0]

    assert anna.post(f"{page}logo", *multipart(form)).status == 400
    assert "expected a picture" in anna.post(f"{page}logo", *multipart(form, b"<svg/>")).body
    no_rounds = anna.post(f"{page}logo", *multipart({**form, "url": "https://gull.example/a.png"}))
    assert (no_rounds.status, "contact" in no_rounds.body) == (400, True)
    assert anna.post(f"{page}logo", *multipart(form, PNG)).status == 303

    (shown,) = re.findall(r'<img class="logo" src="([^"]+)"', anna.get(page).body)
    with closing(
        http.client.HTTPConnection("127.0.0.1", anna.port, timeout=PATIENCE_SECONDS)
    ) as connection:
        cookies = "; ".join(f"{name}={value}" for name, value in anna.jar.items())
        headers = {"Host": f"localhost:{anna.port}", "Cookie": cookies}
        connection.request("GET", html.unescape(shown), headers=headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read(3)) == (200, b"\xff\xd8\xff")
    assert "-50x50.jpg" in run_git(served.root, "show", "--stat", "--format=%B")
    stranger = served.browser()
    assert stranger.get(html.unescape(shown)).status != 200


def seen_of(body: str, name: str) -> str:
    return str(re.findall(rf'data-name="{name}"[^>]*data-seen="(\w+)"', body)[0])


def test_a_topic_is_moved_told_and_taken_back(served: ServedNewsroom, anna: Browser) -> None:
    for name in ("Ebb", "Flood"):
        assert anna.post("/desk/topics/new", {"name": name, "parent": ""}).status == 303
    ebb, flood = sorted((served.root / "_data/topics").glob("0[12]-*.yaml"))
    before, body = flood.read_text(), anna.get("/desk/topics/").body
    form = {"name": "Flood", "parent": "Ebb", "seen": seen_of(body, "Flood")}

    done = anna.post("/desk/topics/move", form)

    assert done.status == 303
    told = anna.get(done.headers["location"]).body
    assert "Flood is now a subtopic of Ebb.</p>" in told
    assert 'class="depth-1" data-name="Flood" data-parent="Ebb"' in told
    commit = re.findall(r'name="commit" value="(\w+)"', told)[0]
    others = f"/desk/topics/?moved=Flood&commit={run_git(served.root, 'rev-parse', 'HEAD~1')}"
    assert 'name="commit"' not in anna.get(others.strip()).body
    assert "Nowhere" not in anna.get("/desk/topics/?moved=Nowhere").body

    circle = {"name": "Ebb", "parent": "Flood", "seen": seen_of(body, "Ebb")}
    refused = anna.post("/desk/topics/move", circle)
    assert "a topic cannot be below itself: Ebb" == refused.json()["title"]
    assert ("in the meantime") in anna.post("/desk/topics/move", {**form, "parent": ""}).json()[
        "title"
    ]
    assert "parent" not in ebb.read_text()
    assert anna.post("/desk/settings/undo", {"commit": commit}).status == 303
    assert before == flood.read_text()


def test_a_topic_is_made_and_ended(served: ServedNewsroom, anna: Browser) -> None:
    assert anna.post("/desk/topics/new", {"name": "Tides", "parent": "Coast"}).status == 303
    assert 'class="depth-1"' in anna.get("/desk/topics/").body
    (file,) = (served.root / "_data/topics").glob("*-tides.yaml")
    before = file.read_text("utf-8")
    file.write_text(f"{before}place: PT\n", "utf-8")
    assert "names of this country (ISO code): PT" in anna.get("/desk/topics/one/?name=Tides").body
    file.write_text(before, "utf-8")
    seen = form_of(anna.get("/desk/topics/one/?name=Tides").body)["seen"]
    said = {"name": "Tides", "seen": seen}
    assert anna.post("/desk/topics/end", said).status == 400
    assert anna.post("/desk/topics/end", {**said, "sure": "yes"}).status == 303
    assert not list((served.root / "_data/topics").glob("*-tides.yaml"))
    assert anna.get("/desk/topics/one/?name=Tides").status == 400
