"""Letters at the desk: composed by who edits, change by change, and filed as they stood there."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk import config
from copydesk.desk.sign_in import FRAMED_POLICY
from copydesk.desk_store import DeskStore, open_desk
from copydesk.desk_store.letter_edits import IssueChange
from copydesk.desk_store.sessions import Moment
from copydesk.newsroom import accounts
from world.api_client import ApiClient, make_token
from world.desk import desk_newsroom
from world.letter_desk import TITLES, letter_newsroom, story_of
from world.served_desk import Answer, Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom

pytestmark = pytest.mark.slow

DAILY, WEEKLY = "/desk/letters/daily/", "/desk/letters/weekly/"
EVIL = "</textarea><script>alert(1)</script>\r\nBcc: all@example.org \u202e"
SCRIPT = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = letter_newsroom(tmp_path_factory.mktemp("letters") / "beat")
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


@pytest.fixture(scope="module")
def store(served: ServedNewsroom, anna: Browser) -> Iterator[DeskStore]:
    with closing(open_desk(served.root / ".copydesk")) as store:
        yield store


@pytest.fixture(autouse=True)
def _forget(store: DeskStore) -> Iterator[None]:
    yield
    for letter in store.letters.list_letters():
        store.letters.end(letter, store.letters.of(letter).version)


@pytest.fixture(scope="module")
def vera(served: ServedNewsroom, store: DeskStore) -> Browser:
    """Return the browser of somebody who may only look."""
    store.accounts.add("Vera", "viewer", datetime.now(UTC))
    moment = Moment(now=datetime.now(UTC), uptime_seconds=accounts.read_uptime())
    browser = served.browser()
    assert 303 == browser.post(f"/desk/enter/{store.links.make('enter', moment, 'Vera')}").status
    return browser


def told(answer: Answer) -> list[str]:
    """Return the stories of a page, in their order."""
    return re.findall(r'<li class="told[^"]*" id="[^"]*" data-name="([^"]*)"', answer.body)


def field_of(body: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', body)
    assert found, name
    return html.unescape(found[1])


def change(browser: Browser, do: str, story: str = "", **more: str) -> Answer:
    answer = browser.post(DAILY, {"do": do, "story": story, **more})
    assert answer.status == 303, answer.body
    return browser.get(DAILY)


def test_an_issue_to_come_stands_there_for_all_and_only_editors_change_it(
    anna: Browser, vera: Browser
) -> None:
    names = [story_of(number) for number in range(len(TITLES))]
    body = anna.get("/desk/letters/").body
    assert ("The Day" in body, "The Week" in body, TITLES[0] in body) == (True, True, True)
    assert names == told(anna.get(DAILY)) == told(vera.get(DAILY))
    assert "<textarea" not in vera.get(DAILY).body
    for path in (DAILY, f"{DAILY}file", "/desk/letters/add", "/desk/letters/forget"):
        assert 400 == vera.post(path, {"do": "drop", "story": names[0], "sure": "1"}).status
    assert 400 == vera.get(f"{DAILY}found?q=tide", SCRIPT).status
    assert names == told(anna.get(DAILY))


def test_stories_are_moved_dropped_brought_back_and_added(anna: Browser) -> None:
    first, second, third, *_ = names = told(anna.get(DAILY))

    assert [second, first, third] == told(change(anna, "down", first))[:3]
    seen = field_of(anna.get(DAILY).body, "seen")
    assert third == told(change(anna, "move", third, place="0", seen=seen))[0]
    dropped = change(anna, "drop", second)
    assert second not in told(dropped)
    assert "Stories removed from this issue" in dropped.body
    assert sorted(names) == sorted(told(change(anna, "restore", second)))
    change(anna, "drop", second)

    answer = anna.post(
        "/desk/letters/add", {"letter": "daily", "story": second, "return": "/desk/"}
    )
    assert (303, "/desk/") == (answer.status, answer.headers["location"])
    assert sorted(names) == sorted(told(anna.get(DAILY)))
    found = anna.get(f"{DAILY}found?q=silt")
    assert "already in this issue" in found.body
    assert "<html" not in found.body


def test_words_are_of_the_letter_and_hostile_ones_stay_words(anna: Browser) -> None:
    first = told(anna.get(DAILY))[0]
    page = change(anna, "words", first, title=EVIL, excerpt="Short.", rule_title=TITLES[0])
    page = change(anna, "texts", subject=EVIL, preheader="Look", note=f"*Hello* {EVIL}")

    assert "<script>alert" not in page.body
    assert "Bcc: all@example.org" in field_of(page.body, "subject")
    assert "\n" not in field_of(page.body, "subject")
    assert TITLES[0] in anna.get(f"/desk/story/{first}/").body
    kept = {"subject": field_of(page.body, "subject"), "seen_subject": ""}
    assert 303 == anna.post(DAILY, {"do": "texts", **kept}).status  # as it stands
    for path in ("preview", "text"):
        answer = anna.get(f"{DAILY}{path}")
        assert FRAMED_POLICY == answer.headers["content-security-policy"]
        assert "SAMEORIGIN" == answer.headers["x-frame-options"]
        assert ">alert(1)" not in re.sub(r'"[^"]*"', "", answer.body)  # in no tag's value, too
        assert "Short." in answer.body


def test_two_editors_are_told_what_differs_and_nothing_is_lost(
    anna: Browser, store: DeskStore
) -> None:
    theirs = IssueChange(field="subject", value=("Ben’s",))
    store.letters.change("daily", theirs, "Ben", datetime.now(UTC))
    mine = {"do": "texts", "subject": "Mine", "seen_subject": "", "note": "Hello", "seen_note": ""}

    refused = anna.post(DAILY, mine)

    assert 409 == refused.status
    assert "Ben changed this field" in refused.body
    assert "Ben’s" == store.letters.of("daily").edits.subject
    assert "Hello" == store.letters.of("daily").edits.note  # nobody was in its way
    answer = json.loads(anna.post(DAILY, mine, SCRIPT).body)
    assert [("Mine", "Ben’s", "Ben")] == [
        (one["mine"], one["theirs"], one["by"]) for one in answer["differs"]
    ]
    assert 303 == anna.post(DAILY, dict(answer["again"])).status
    assert "Mine" == store.letters.of("daily").edits.subject


def test_each_change_is_taken_back_by_one_step(anna: Browser, store: DeskStore) -> None:
    names = told(anna.get(DAILY))
    change(anna, "drop", names[0])
    page = change(anna, "hold")
    assert "Release issue" in page.body
    for _ in range(2):
        button = re.search(r'name="number" value="(\d+)">\s*<button[^>]*data-key="u"', page.body)
        assert button, page.body
        page = change(anna, "undo", number=button[1])

    assert names == told(page)
    assert not store.letters.of("daily").edits.is_held
    assert 'data-key="u"' not in page.body
    assert 400 == anna.post(DAILY, {"do": "undo", "number": "999999"}).status


def test_an_approval_is_of_what_was_looked_at_and_tells_what_came_since(
    anna: Browser, store: DeskStore
) -> None:
    body = anna.get(DAILY).body
    change(anna, "drop", story_of(1))
    assert 400 == anna.post(DAILY, {"do": "approve", "stories": field_of(body, "stories")}).status
    page = change(anna, "approve", stories=field_of(anna.get(DAILY).body, "stories"))
    assert "approved by Anna" in page.body
    assert "Anna" == store.letters.of("daily").edits.approved_by

    page = change(anna, "restore", story_of(1))

    assert "1 story added since the approval" in page.body
    assert "1 change since the approval" in page.body
    assert "approved by Anna" not in change(anna, "withdraw").body


def test_a_letter_that_is_none_and_one_that_is_no_more(anna: Browser, store: DeskStore) -> None:
    assert "no such newsletter" in anna.get("/desk/letters/nightly/").body
    for path in ("now", "preview", "text", "found?q=x"):
        assert 400 == anna.get(f"/desk/letters/nightly/{path}", SCRIPT).status
    assert 400 == anna.post("/desk/letters/nightly/", {"do": "hold"}).status
    gone = IssueChange(field="subject", value=("Old",))
    store.letters.change("monthly", gone, "Ben", datetime.now(UTC))

    body = anna.get("/desk/letters/").body

    assert "Editors’ changes to newsletters that no longer exist" in body
    version = re.search(r'value="monthly"><input[^>]*value="(\d+)"', body)
    assert version
    anna.post("/desk/letters/forget", {"letter": "monthly", "version": version[1]})
    assert "monthly" not in store.letters.list_letters()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"do": "other"},
        {"do": "move", "story": "nobody", "place": "0"},
        {"do": "move", "story": story_of(0), "place": "-1"},
        {"do": "move", "story": story_of(0), "place": "9" * 99},
        {"do": "drop", "story": ""},
        {"do": "words", "story": story_of(0), "title": "x" * 9_000},
        {"do": "undo", "number": "x"},
        {"do": "approve"},
    ],
)
def test_a_form_that_means_nothing_changes_nothing(
    anna: Browser, store: DeskStore, form: dict[str, str]
) -> None:
    assert 400 == anna.post(DAILY, form).status
    assert () == store.letters.list_changes("daily", 1)


def test_what_is_filed_is_what_stood_there(
    served: ServedNewsroom, anna: Browser, store: DeskStore
) -> None:
    change(anna, "drop", story_of(2))
    change(anna, "texts", subject="The dunes", note="Good *morning*.", preheader="Look")
    digest = field_of(anna.get(DAILY).body, "digest")
    file = f"{DAILY}file"
    assert 400 == anna.post(file, {"digest": digest}).status
    change(anna, "hold")
    assert 400 == anna.post(file, {"digest": digest, "sure": "1"}).status
    change(anna, "release")
    assert 400 == anna.post(file, {"digest": "0" * 16, "sure": "1"}).status
    stories = told(anna.get(DAILY))

    answer = anna.post(file, {"digest": digest, "sure": "1"})

    assert 303 == answer.status, answer.body
    (path,) = served.root.glob("_newsletters/*.html")
    assert path.stem in anna.get(answer.headers["location"]).body
    filed = path.read_text("utf-8")
    assert stories == re.findall(r"<!--story (\S+)-->", filed)
    assert "Good <em>morning</em>." in filed
    assert () == store.letters.list_letters()
    assert "The dunes" not in anna.get(DAILY).body


def test_a_program_reads_an_issue_and_changes_it_all_or_not_at_all(
    served: ServedNewsroom, anna: Browser, store: DeskStore
) -> None:
    client = ApiClient(served.port, make_token(served.root, "Anna", "read", "decide"))
    assert ["daily", "weekly"] == [letter["id"] for letter in client.get("letters")["letters"]]
    issue = client.get("letters/weekly")
    names = [story["name"] for section in issue["sections"] for story in section["stories"]]
    assert names == told(anna.get(WEEKLY))
    drop = {"field": "dropped", "story": names[0], "value": ["yes"]}
    subject = {"field": "subject", "value": ["From a program"]}

    changed = client.ask("PUT", "letters/weekly/edits", {"changes": [drop, subject]})

    assert 200 == changed.status, changed.body
    assert "From a program" == changed.json()["subject"]
    assert {"dropped", "subject"} == {edit["field"] for edit in changed.json()["edits"]}
    stale = {"changes": [{**drop, "story": names[1]}, {**subject, "value": ["Blind"]}]}
    refused = client.ask("PUT", "letters/weekly/edits", stale)
    assert (409, "subject: changed by Anna") == (refused.status, refused.json()["detail"])
    assert (names[0],) == store.letters.of("weekly").edits.dropped
    assert 404 == client.ask("PUT", "letters/nightly/edits", {"changes": [drop]}).status
    for wrong in ({"field": "other"}, {"field": "subject", "value": ["x" * 301]}):
        assert 400 == client.ask("PUT", "letters/weekly/edits", {"changes": [wrong]}).status


def test_where_there_is_no_letter_the_page_has_an_example_that_makes_one(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", [])
    with serve_newsroom(root) as served:
        page = served.owner().get("/desk/letters/").body

    assert "docs/guides/write-a-newsletter.md" in page
    (example,) = re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    with (root / "beat.toml").open("a") as file:
        file.write(f"\n{html.unescape(example)}\n")
    (letter,) = config.load(root, {}).letters
    assert ("weekly", ("friday",), "07:00") == (letter.id, letter.days, letter.at)
