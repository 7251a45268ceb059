"""The desk's page of what is wrong with the newsroom, for owners."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from world.breaking import proxy
from world.command import copydesk
from world.desk import desk_newsroom, stories
from world.newsroom import run_git
from world.served_desk import Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = desk_newsroom(tmp_path_factory.mktemp("doctor") / "beat", stories(2))
    proxy("10.0.0.7")(root)
    run_git(root, "config", "user.name", "Ed")
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


def test_owners_see_what_is_wrong_and_the_line_that_mends_it(anna: Browser) -> None:
    body = html.unescape(anna.get("/desk/doctor/").body)

    assert "fetch.contact is empty" in body
    assert '<code>beat.toml: [fetch] contact = "mailto:you@example.org"</code>' in body
    assert re.search(r'<li class="fault">.*<b>sources</b>', body)
    assert body.index('class="fault"') < body.index('class="remark"')
    assert 'aria-current="page" data-keys="g v"' in body


def test_others_do_not(served: ServedNewsroom, anna: Browser) -> None:
    made = copydesk("-C", served.root, "desk", "user", "add", "Ben", "--role", "editor")
    (link,) = re.findall(r"(/desk/enter/\S+)", made.out + made.err)
    ben = served.browser()
    ben.post(link)

    assert anna
    assert (200, 403) == (ben.get("/desk/").status, ben.get("/desk/doctor/").status)
    assert "/desk/doctor/" not in ben.get("/desk/").body


def test_looking_changes_nothing_for_git(served: ServedNewsroom, anna: Browser) -> None:
    before = Path(served.root, ".git/index").stat().st_mtime_ns

    assert 200 == anna.get("/desk/doctor/").status

    assert before == Path(served.root, ".git/index").stat().st_mtime_ns
    assert json.loads(copydesk("-C", served.root, "doctor", "--json").out)["findings"]
