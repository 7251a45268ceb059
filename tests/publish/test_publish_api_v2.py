"""Our own JSON API: its shapes, its schemas, and how little of it one more story changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any, Literal

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from copydesk.news import Reason, Story
from copydesk.news.article import Author
from copydesk.publish import Look, plan_site
from copydesk.publish.api import Shapes, v2
from world import editions
from world.letters import issue, issue_story, mail

ROOT = "api/v2/"
LED = "2026-11-24-robots-may-vote"
KINDS = {
    "stories": "story",
    "stories/pages": "page",
    "ninjs/stories": "ninjs_story",
    "ninjs/groups": "ninjs_group",
}


def files(*stories: Story, **options: Any) -> dict[str, bytes]:
    plan = plan_site(editions.edition(stories, **options), Look(show="cached"))
    shapes = Shapes(plan)
    pages = (v2.page(number, shapes) for number in range(1, plan.archive_pages + 1))
    made = chain(chain.from_iterable(pages), v2.lists(shapes))
    return {sheet.path.removeprefix(ROOT): sheet.data for sheet in made}


def read(*stories: Story, **options: Any) -> dict[str, Any]:
    return {path: json.loads(data) for path, data in files(*stories, **options).items()}


def many(count: int) -> list[Story]:
    first = editions.AT - timedelta(days=40)
    return [
        editions.story(f"s{number:04}", published_at=first + timedelta(hours=number))
        for number in range(count)
    ]


def rich() -> list[Story]:
    told = editions.story(
        LED,
        updated_at=editions.AT,
        related=(editions.related("times.example"), editions.related("post.example", title="")),
        group=LED,
        topics=("Law", "Unknown"),
        language="en",
        credit="A Wire",
        trust=70,
        length="PT10M",
        type="video",
        background=("2026-11-20-before",),
        reasons=(Reason(about="quality", why='keyword "robots" in title', points=35),),
    )
    copy = editions.story("2026-11-24-copy", copy_of=LED, provider=None, heat=None, quality=None)
    before = editions.story("2026-11-20-before", published_at=None, title="", excerpt="")
    return [told, copy, before]


def kind_of(path: str) -> str:
    """Return the name of the schema that a file keeps to."""
    folder, _, name = path.rpartition("/")
    if name in {"index.json", "latest.json"}:
        return "latest" if name == "latest.json" else folder or "index"
    return KINDS.get(folder, folder.removesuffix("s"))


def validators(made: dict[str, Any]) -> dict[str, Draft202012Validator]:
    schemas = {path: each for path, each in made.items() if path.startswith("schema/")}
    registry: Registry[Any] = Registry().with_resources(
        (each["$id"], Resource.from_contents(each)) for each in schemas.values()
    )
    return {
        path.removeprefix("schema/").removesuffix(".json"): Draft202012Validator(
            each, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        for path, each in schemas.items()
    }


def described(made: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((p, v) for p, v in made.items() if p != "openapi.json" and "schema/" not in p)


@pytest.mark.parametrize("stories", [[], [editions.story()], rich(), many(230)])
def test_every_file_keeps_to_its_published_schema(stories: list[Story]) -> None:
    made = read(*stories)

    by_kind = validators(made)
    errors = {path: [*by_kind[kind_of(path)].iter_errors(v)] for path, v in described(made)}
    assert {} == {path: found for path, found in errors.items() if found}
    assert {"index.json", "stories/latest.json"} <= errors.keys()


def test_the_schemas_are_schemas_and_allow_no_wrong_file() -> None:
    by_kind = validators(read())

    for validator in by_kind.values():
        Draft202012Validator.check_schema(validator.schema)
        assert not validator.is_valid({})
        assert validator.schema["description"]


OPTIONAL = {"additions", "authors", "note", "summary", "translation"}  # where there are any


def test_a_story_says_which_of_its_authors_are_agencies_and_newsrooms() -> None:
    kinds: tuple[Literal["", "agency", "newsroom"], ...] = ("", "agency", "newsroom")
    authors = tuple(Author(name=f"By {kind}", kind=kind) for kind in kinds)
    told = read(replace(editions.story(), authors=authors))[
        "stories/2026-11-24-robots-may-vote.json"
    ]

    said = [(author["name"], author["kind"]) for author in told["authors"]]
    assert said == [("By", "person"), ("By agency", "agency"), ("By newsroom", "newsroom")]


def test_every_key_is_there_for_every_story() -> None:
    made = read(*rich(), *many(3))

    told = [value for path, value in made.items() if kind_of(path) == "story"]
    keys = set(made["schema/story.json"]["properties"]) - OPTIONAL
    assert len(told) == 6
    assert [] == [value["id"] for value in told if set(value) - OPTIONAL != keys]


def test_a_story_tells_its_numbers_and_who_else_has_it() -> None:
    told = read(*rich())[f"stories/{LED}.json"]

    assert told["quality"] == 80
    assert told["reasons"] == [
        {"about": "quality", "points": 35, "why": 'keyword "robots" in title'}
    ]
    assert told["newsrooms"] == ["Times", "Post"]
    assert [each["title"] for each in told["coverage"]] == ["As Times has it", None]
    assert told["group"]["is_leader"] is True
    assert told["group"]["members"] == [LED]
    assert [each["id"] for each in told["background"]] == ["2026-11-20-before"]
    assert [each["id"] for each in told["topics"]] == ["law", None]
    assert told["duration_seconds"] == 600


def test_a_rule_is_told_without_the_editor_who_made_it() -> None:
    ruled = Reason.parse("title: set by Ed <ed@desk.example>: clearer")
    led, *others = rich()
    told = read(replace(led, reasons=(ruled,)), *others)[f"stories/{LED}.json"]

    assert [{"about": "title", "points": None, "why": "set by an editor: clearer"}] == told[
        "reasons"
    ]


def test_what_nobody_knows_is_null_and_a_list_of_nothing_is_empty() -> None:
    made = read(*rich())
    told = made["stories/2026-11-20-before.json"]

    unknown = ("title", "excerpt", "published_at", "access", "picture", "group", "copy_of", "trust")
    assert [None] * len(unknown) == [told[key] for key in unknown]
    assert [] == told["reasons"] == told["coverage"] == told["copies"]
    assert made["stories/2026-11-24-copy.json"]["source"] is None
    assert made["stories/2026-11-24-copy.json"]["copy_of"]["id"] == LED


def test_one_more_story_changes_the_last_page_and_the_lists_that_it_is_in() -> None:
    stories = many(230)
    added = replace(stories[-1], path="_news/new.md", published_at=editions.AT, title="New")
    before, after = files(*stories), files(*stories, added)

    changed = {path for path, data in after.items() if before.get(path) != data}
    assert changed == {
        *("stories/new.json", "stories/pages/3.json", "stories/latest.json", "stories/index.json"),
        "ninjs/stories/new.json",
        *("topics/robots.json", "topics/index.json"),
        *("sources/herald.example.json", "sources/index.json"),
    }


def test_a_page_grows_at_its_end_only() -> None:
    stories = many(101)

    first = read(*stories[:50])["stories/pages/1.json"]["stories"]
    full = read(*stories)["stories/pages/1.json"]
    assert first == full["stories"][:50]
    assert len(full["stories"]) == 100
    assert full["newer_url"] == f"{editions.API}/api/v2/stories/pages/2.json"
    assert full["older_url"] is None


def test_every_address_of_the_api_leads_to_a_file() -> None:
    made = dict(described(read(*rich(), *many(120))))
    base = f"{editions.API}/{ROOT}"

    named = {url.removeprefix(base) for url in addresses(made) if url.startswith(base)}
    assert {"stories/pages/2.json", "sources/herald.example.json"} < named
    assert set() == named - set(made) - {"openapi.json"}


def test_letters_and_their_issues_stand_there_where_there_are_any() -> None:
    story = issue_story("a", "A & B", url="https://herald.example/a", page="")
    told = replace(issue(story), subject="How long is A?")
    fields = {"title": "Robots (2026-11-24)", "publishedDateTime": editions.AT}
    ours = editions.record("_newsletters/robots-2026-11-24.html", **fields)
    odd = editions.record("_newsletters/odd.html", title="Odd")
    records = (replace(ours, body=mail(told).html), odd)

    made = read(*rich(), records=records)

    by_kind = validators(made)
    for path, value in described(made):
        by_kind[kind_of(path)].validate(value)
    paths = {each.removeprefix("/") for each in made["openapi.json"]["paths"]}
    assert {"letters/index.json", "letters/{id}.json", "issues/{id}.json"} <= paths
    assert made["index.json"]["letters_url"].endswith("/api/v2/letters/index.json")
    (letter,) = made["letters/index.json"]["letters"]
    assert ("robots", "Robots", 1) == (letter["id"], letter["title"], letter["count"])
    (short,) = made["letters/robots.json"]["issues"]
    assert short["api_url"].endswith("/api/v2/issues/robots-2026-11-24.json")
    whole = made["issues/robots-2026-11-24.json"]
    assert short == {key: whole[key] for key in short}
    (section,) = whole["sections"]
    item = {"story": "a", "title": "A & B", "excerpt": "Beaches are closed."}
    assert section["items"] == [{**item, "url": "https://herald.example/a", "source": "The Herald"}]
    assert (short["title"], short["subject"]) == ("Robots (2026-11-24)", "How long is A?")
    odd_one = made["issues/odd.json"]
    assert (odd_one["title"], odd_one["subject"], odd_one["letter"]) == ("Odd", None, None)
    assert not any("letter" in path or "issue" in path for path in read(*rich()))


def addresses(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if value.startswith("https:") else []
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from addresses(inner)


@pytest.mark.parametrize("name", ["index", "latest", "~index", "x" * 239, "x" * 238 + "y"])
def test_no_name_of_a_record_takes_the_place_of_a_list(name: str) -> None:
    made = read(editions.story(name, group=f"../{name}"), editions.story("other"))

    assert made["stories/index.json"]["count"] == 2
    assert [each["id"] for each in made["stories/latest.json"]["stories"]] == sorted(
        [name, "other"]
    )
    (place,) = (path for path, value in made.items() if value.get("id") == name)
    assert not place.startswith("stories/pages")


def test_openapi_names_every_kind_of_file_and_its_schema() -> None:
    made = read(*rich())
    api = made["openapi.json"]

    assert api["openapi"].startswith("3.1")
    assert api["servers"] == [{"url": f"{editions.API}/api/v2"}]
    kinds = {
        path: each["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        for path, each in api["paths"].items()
    }
    assert set(kinds.values()) == {path for path in made if path.startswith("schema/")}
    for path, _ in described(made):
        named = path.replace(path.rpartition("/")[2], "{id}.json")
        assert {path, named, "stories/pages/{number}.json", "sources/{domain}.json"} & {
            each.removeprefix("/") for each in kinds
        }


def test_that_an_editor_hides_changes_is_not_told() -> None:
    hidden = Reason.parse("changes: not shown, set by Ed: the publisher asked")
    plain = read(editions.story(reasons=(REASON,)))

    assert plain == read(editions.story(reasons=(hidden, REASON)))


REASON = Reason.parse("quality +5: has a picture")
