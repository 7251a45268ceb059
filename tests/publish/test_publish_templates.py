"""The seam at which a newsroom puts its own templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.errors import PublishError
from copydesk.publish import PublishOptions, publish
from copydesk.rendering import Renderer
from world import editions
from world.manifests import MemoryManifest


def built(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    options = PublishOptions(templates=tmp_path / "_templates")
    publish(editions.edition([editions.story()]), out, MemoryManifest(), options)
    return out


def override(tmp_path: Path, name: str, text: str) -> None:
    folder = tmp_path / "_templates"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_newsroom_without_templates_has_ours(tmp_path: Path) -> None:
    assert "Robots may vote" in (built(tmp_path) / "index.html").read_text()


def test_one_template_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    override(tmp_path, "line.html", "<li>line</li>")
    override(tmp_path, "card.html", '<article class="mine">{{ story.title }}</article>')

    out = built(tmp_path)

    assert '<article class="mine">Robots may vote</article>' in (out / "index.html").read_text()
    assert "<li>line</li>" in (out / "archive/1/index.html").read_text()
    assert "Read at The Herald" in next((out / "news").iterdir()).joinpath("index.html").read_text()


def test_the_style_sheet_is_replaced_too(tmp_path: Path) -> None:
    override(tmp_path, "style.css", "body { color: teal }")

    assert (built(tmp_path) / "style.css").read_text() == "body { color: teal }"


def test_a_template_of_a_newsroom_may_build_on_our_layout(tmp_path: Path) -> None:
    override(
        tmp_path,
        "missing.html",
        '{% extends "layout.html" %}{% block main %}<h1>Lost</h1>{% endblock %}',
    )

    page = (built(tmp_path) / "404.html").read_text()
    assert "<h1>Lost</h1>" in page
    assert "Content-Security-Policy" in page


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{% if %}", "SyntaxError"),
        ("\n{{ story.nothing }}", "undefined"),
        ("{{ story.title | nofilter }}", "filter"),
        ("{% for n in range(99999999) %}{{ n }}{% endfor %}", "range"),
        ('{% include "../../etc/passwd" %}', "NotFound"),
    ],
)
def test_a_template_that_does_not_work_is_named_with_the_cause(
    tmp_path: Path, text: str, hint: str
) -> None:
    override(tmp_path, "card.html", text)

    with pytest.raises(PublishError, match="a template has an error") as caught:
        built(tmp_path)

    assert caught.value.subject == "card.html"
    assert hint in caught.value.hint


def test_a_template_that_is_no_text_is_named(tmp_path: Path) -> None:
    override(tmp_path, "card.html", "")
    (tmp_path / "_templates" / "card.html").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(PublishError, match=r"template") as caught:
        built(tmp_path)

    assert "card.html" in f"{caught.value.subject} {caught.value.hint}"


def test_what_a_template_prints_is_escaped() -> None:
    line = {
        "href": "/x/",
        "title": "<b>",
        "tongue": "",
        "translation": None,
        "provider": {"name": "A & B"},
        "time": {"iso": "", "short": ""},
    }

    made = Renderer().render("line.html", story=line)

    assert ">&lt;b&gt;</a>" in made
    assert "A &amp; B" in made
