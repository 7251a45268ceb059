"""Beside the desk, pages of the site run copydesk's own scripts and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from world.command import copydesk
from world.newsroom import newsroom, record_web, small_web
from world.served_newsroom import ServedNewsroom, serve_newsroom, until

pytestmark = pytest.mark.slow


def make_newsroom(folder: Path) -> Path:
    root = newsroom(folder / "beat")
    (root / "assets").mkdir()
    (root / "assets" / "evil.js").write_text("act()")
    (root / "assets" / "evil.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    web = record_web(folder / "web.warc.gz", small_web())
    assert copydesk("-C", root, "run", "--web", web, "--now", "2026-11-20T08:00:00Z").code == 0
    return root


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    with serve_newsroom(make_newsroom(tmp_path_factory.mktemp("served"))) as served:
        yield served


def test_a_page_may_load_our_scripts_by_their_addresses_alone(served: ServedNewsroom) -> None:
    answer = served.browser().get("/")
    site = f"http://localhost:{served.port}/coast"

    policy = answer.headers["content-security-policy"]
    assert policy.startswith(f"script-src {site}/search.js {site}/site.js; ")
    assert 200 == served.browser().get("/coast/site.js").status


@pytest.mark.parametrize("path", ["/assets/evil.js", "/nothing.mjs"])
def test_another_script_is_not_given(served: ServedNewsroom, path: str) -> None:
    assert 403 == served.browser().get(path).status


@pytest.mark.parametrize("path", ["/assets/evil.svg", "/feed.xml", "/nothing/"])
def test_whatever_may_hold_a_script_has_the_policy(served: ServedNewsroom, path: str) -> None:
    assert "script-src" in served.browser().get(path).headers["content-security-policy"]


def test_a_theme_in_the_place_of_our_script_is_not_run(tmp_path: Path) -> None:
    root = make_newsroom(tmp_path)
    with serve_newsroom(root) as served:
        browser = served.browser()
        (root / "_templates").mkdir()
        (root / "_templates" / "site.js").write_text("act()")
        until(lambda: (root / ".copydesk/site/site.js").read_text() == "act()")

        assert 403 == browser.get("/coast/site.js").status
        assert "site.js" not in browser.get("/").headers["content-security-policy"]


def test_readers_from_elsewhere_have_the_theme_as_it_is(served: ServedNewsroom) -> None:
    answer = served.browser().ask(
        "GET", "/assets/evil.js", headers={"X-Forwarded-For": "203.0.113.5"}
    )

    assert (200, "act()") == (answer.status, answer.body)
    assert "content-security-policy" not in answer.headers


def test_forms_go_to_readers_pages_alone(tmp_path: Path) -> None:
    root = make_newsroom(tmp_path)
    with (root / "beat.toml").open("a", encoding="utf-8") as beat:
        beat.write('[serve]\npublic_url = "http://localhost:8000/a;b"\n')
    with serve_newsroom(root) as served:
        policy = served.browser().get("/").headers["content-security-policy"]

    assert policy.endswith("; form-action http://localhost:8000/a%3Bb/mail/")
