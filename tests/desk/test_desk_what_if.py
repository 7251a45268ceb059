"""What if: rules are tried at the desk without a script, and an owner writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from world.command import copydesk
from world.newsroom import newsroom, record_web, run_git, small_web
from world.served_desk import Answer, Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom, until

pytestmark = pytest.mark.slow

PAGE = "/desk/what-if/"
NOTHING = "none of"
TO_COME = "seals are back"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    folder = tmp_path_factory.mktemp("what-if")
    root = newsroom(folder / "beat")
    web = record_web(folder / "web.warc.gz", small_web())
    assert 0 == copydesk("-C", root, "run", "--web", web, "--now", "2026-11-20T08:00:00Z").code
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


def attempt(browser: Browser, **fields: str) -> tuple[str, str]:
    """Try rules, wait for the answer; return the page and the trial's name."""
    begun = browser.post(f"{PAGE}try", fields)
    assert begun.status == 303, begun.body
    where = begun.headers["location"]
    pages: list[Answer] = []

    def is_over() -> bool:
        pages.append(browser.get(where))
        return "refresh" not in pages[-1].headers

    until(is_over)
    return pages[-1].body, where.partition("trial=")[2]


def hidden(body: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', body)
    assert found, body
    return found[1]


def test_each_rule_stands_there_with_its_value_of_today(anna: Browser) -> None:
    body = anna.get(PAGE).body
    assert re.search(r'name="publish_at"[^>]*value="\d+"', body)
    assert 'name="points.own_reporting"' in body
    assert len(re.findall(r'name="points\.', body)) == 50
    assert 'name="trust.0"' in body


def test_what_would_change_is_told_and_nothing_is_written(
    served: ServedNewsroom, anna: Browser
) -> None:
    head = run_git(served.root, "rev-parse", "HEAD")
    body, _ = attempt(anna, publish_at="0")
    assert "/desk/story/" in body.partition('class="changes"')[2]
    assert "+publish_at = 0" in body
    assert run_git(served.root, "rev-parse", "HEAD") == head
    assert run_git(served.root, "status", "--porcelain") == ""


def test_the_front_page_is_shown_where_it_changes(anna: Browser) -> None:
    body, _ = attempt(anna, publish_at="100000")
    rows = body.partition('class="places"')[2].partition("</ol>")[0]
    assert "/desk/story/" in rows
    assert "<b>" not in rows  # nothing is left on it
    body, _ = attempt(anna, half_life_hours="36.5")
    assert "+half_life_hours = 36.5" in body


def test_a_form_of_thousands_of_fields_is_read_as_any_other(anna: Browser) -> None:
    form = {"publish_at": "60", **{f"points.of{number}": "1" for number in range(3_000)}}
    assert anna.post(f"{PAGE}try", form).status in {303, 400}
    assert anna.post("/desk/topics/one/", form).status in {303, 400, 404}


def test_a_rule_that_lets_nothing_through_says_so_before_it_can_be_written(anna: Browser) -> None:
    body, trial = attempt(anna, publish_at="100000")
    assert NOTHING in body.partition('class="loud"')[2][:200]
    form = {"trial": trial, "stands": hidden(body, "stands")}
    assert anna.post(f"{PAGE}write", form).status == 400
    sure = anna.post(f"{PAGE}write", {**form, "sure": "yes"})
    assert sure.status == 303
    commit = sure.headers["location"].partition("written=")[2]
    assert anna.post(f"{PAGE}undo", {"commit": commit}).status == 303


def test_an_owner_writes_what_was_tried_and_takes_it_back(
    served: ServedNewsroom, anna: Browser
) -> None:
    before = (served.root / "beat.toml").read_text("utf-8")
    body, trial = attempt(anna, publish_at="33", **{"points.voices": "7"})
    form = {"trial": trial, "stands": hidden(body, "stands"), "why": "a try", "sure": "yes"}

    written = anna.post(f"{PAGE}write", form)

    assert written.status == 303, written.body
    after = (served.root / "beat.toml").read_text("utf-8")
    assert "publish_at = 33" in after
    assert "[scoring.points]\nvoices = 7" in after
    assert "by Anna" in run_git(served.root, "log", "-1", "--format=%B")
    commit = written.headers["location"].partition("written=")[2]
    assert anna.post(f"{PAGE}undo", {"commit": commit}).status == 303
    assert (served.root / "beat.toml").read_text("utf-8") == before


def test_other_keywords_lead_with_what_they_do_to_the_topic_and_can_be_tried_again(
    anna: Browser,
) -> None:
    assert re.search(r'<option value="Coast"[^>]*>Coast \(\d+ keywords?\)<', anna.get(PAGE).body)

    body, trial = attempt(anna, topic="Coast", drop="coast", add="lantern festival")

    answer = body.partition('class="answer"')[2]
    told = r'class="effect">Coast: (\d+) → (\d+) (?:story|stories), (\d+) gained, (\d+) lost<'
    effect = re.search(told, body)
    assert effect, answer
    assert answer.index('class="effect"') < answer.index('class="counts"')
    form = {"trial": trial, "stands": hidden(body, "stands"), "sure": "yes"}
    written = anna.post(f"{PAGE}write", form)
    note = anna.get(written.headers["location"]).body
    assert 'action="/desk/what-if/rejudge"' in note
    taken = {"commit": hidden(note, "commit"), "again": hidden(note, "again")}
    undone = anna.get(anna.post(f"{PAGE}undo", taken).headers["location"]).body
    assert 'href="#rules"' in undone
    assert re.search(r'name="add"[^>]*>lantern festival<', undone)
    assert re.search(r'value="Coast" selected', undone)


def test_an_owner_has_filed_stories_judged_again_and_the_site_built(
    served: ServedNewsroom, anna: Browser
) -> None:
    assert TO_COME not in anna.get("/coast/").body
    beat = served.root / "beat.toml"
    rules = beat.read_text("utf-8")
    beat.write_text(f"{rules}\n[scoring]\npublish_at = 0\n", "utf-8")
    run_git(served.root, "commit", "-qam", "no gate")
    head = run_git(served.root, "rev-parse", "HEAD")
    pages: list[Answer] = []

    begun = anna.post(f"{PAGE}rejudge", {})

    def is_over() -> bool:
        pages.append(anna.get(begun.headers["location"]))
        return "refresh" not in pages[-1].headers

    until(is_over)
    told = pages[-1].body.partition('class="round-log"')[2].partition("</section>")[0]
    assert "Anna" in told
    assert "published" in told
    assert head == run_git(served.root, "rev-parse", "HEAD~1")
    assert "_news/" in run_git(served.root, "show", "--stat", "--format=%s", "HEAD")
    assert TO_COME in anna.get("/coast/").body
    run_git(served.root, "revert", "--no-edit", "HEAD")
    beat.write_text(rules, "utf-8")
    run_git(served.root, "commit", "-qam", "as it was")


def test_of_two_owners_the_second_sees_that_rules_have_changed(
    served: ServedNewsroom, anna: Browser
) -> None:
    body, trial = attempt(anna, publish_at="44")
    (served.root / "beat.toml").write_text(
        (served.root / "beat.toml").read_text("utf-8") + "\n# another hand\n", "utf-8"
    )
    run_git(served.root, "commit", "-qam", "by hand")
    form = {"trial": trial, "stands": hidden(body, "stands"), "sure": "yes"}
    answer = anna.post(f"{PAGE}write", form)
    assert answer.status == 400
    assert "changed the rules in the meantime" in answer.body
    assert "publish_at = 44" not in (served.root / "beat.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"publish_at": "many"}, "whole number"),
        ({"half_life_hours": "0"}, "front.half_life_hours"),
        ({"half_life_hours": "nan"}, "front.half_life_hours"),
        ({"half_life_hours": "soon"}, "expected a number"),
        ({"points.tease": "9999"}, "-200 to 200"),
        ({"points.nothing": "1"}, "no scoring.points has this name"),
        ({"topic": "Coast", "add": r"\bsea\b"}, "regular expression"),
        ({"topic": "Nowhere", "add": "sea"}, "no topic has this name"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(
    anna: Browser, fields: dict[str, str], what: str
) -> None:
    begun = anna.post(f"{PAGE}try", fields)
    body = begun.body
    if begun.status == 303:
        body, _ = attempt(anna, **fields)
    assert what in body


def test_a_trial_is_given_up(anna: Browser) -> None:
    begun = anna.post(f"{PAGE}try", {"publish_at": "12"})
    trial = begun.headers["location"].partition("trial=")[2]
    assert anna.post(f"{PAGE}cancel", {"trial": trial}).status == 303
    assert anna.post(f"{PAGE}cancel", {"trial": "none"}).status == 400
    until(lambda: "refresh" not in anna.get(f"{PAGE}?trial={trial}").headers)


def test_an_editor_tries_rules_and_writes_none_and_who_only_looks_does_neither(
    served: ServedNewsroom, anna: Browser
) -> None:
    seen = {}
    for name, role in (("Edda", "editor"), ("Vera", "viewer")):
        link = copydesk("-C", served.root, "desk", "user", "add", name, "--role", role).out.strip()
        browser = served.browser()
        browser.post(link[link.index("/desk/enter/") :], {})
        seen[role] = browser
    body, trial = attempt(seen["editor"], publish_at="5")
    assert "Only an owner can save these rules" in body
    form = {"trial": trial, "stands": "any"}
    assert seen["editor"].post(f"{PAGE}write", form).status == 403
    assert anna.post(f"{PAGE}write", form).status == 400  # it is another's trial
    assert seen["viewer"].get(PAGE).status == 400
    assert seen["viewer"].post(f"{PAGE}try", {"publish_at": "5"}).status == 400
