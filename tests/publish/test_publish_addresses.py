"""Addresses of hand-made records: none leaves that a browser would run, in any output."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from copydesk.news import Image, Provider, Record, Story
from copydesk.publish import Look, PublishOptions, publish
from copydesk.publish.api.encoding import web_only
from world import editions
from world.manifests import MemoryManifest

HOSTILE = {
    "a script": "javascript:alert(31337)",
    "a script in capitals, behind a blank": " JaVaScript:alert(31337)",
    "a script behind a control": "\x01javascript:alert(31337)",
    "a script with a line end in it": "java\nscript:alert(31337)",
    "a script with a tab in it": "java\tscript:alert(31337)",
    "an old script": "vbscript:alert(31337)",
    "data": "data:text/html,<script>alert(31337)</script>",
    "a file": "file:///etc/alert(31337)",
    "a blob": "blob:https://a.example/alert(31337)",
    "of mail": "mailto:alert(31337)@a.example",
}
VIDEO = '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe>'


def story(url: str) -> Story:
    image = Image(url=url, width=800, height=450)
    told = editions.story(
        web_url=url,
        images=(image,),
        provider=Provider(name="The Herald", domain="herald.example", images=(image,)),
        related=(replace(editions.related("gull.example"), web_url=url),),
    )
    return replace(told, original_url=url, amp_web_url=url, cdn_amp_web_url=url)


def records(url: str) -> tuple[Record, ...]:
    record, image = editions.record, {"url": url, "width": 50, "height": 50}
    provider = {"name": "Ada", "images": [image], "authors": [{"name": "Bo", "url": url}]}
    person = {"website": url, "twitter": {"username": "ada", "url": url}, "github": url}
    return (
        record("_learning/a.md", title="A", webUrl=url, originalUrl=url, provider=provider),
        record("_learning/paths/p.md", title="P", items=["a"]),
        record("_learning/videos/v.md", title="V", featuredContent=VIDEO, images=[image]),
        record("_events/fair.md", name="Fair", website=url),
        record(
            "_samples/arm.md", title="B", originalUrl=url, actions=[{"url": url, "title": "Get"}]
        ),
        record("_people/ada.md", name="Ada", images=[image], videos=[url], **person),
        record("_companies/works.md", name="Works", website=url, crunchbase=url, linkedin=url),
        record("_communities/forum.md", name="Forum", webUrl=url),
        record("_newsletters/2026-11-20-x.md", title="X", webUrl=url),
        record(
            "_sponsorships/arms.md",
            sponsor={"name": "Arms", "url": url, "logoForLightTheme": url},
            messages=[{"title": "Buy", "url": url, "image": url}],
            schedules=["2026-11-24"],
        ),
    )


def built(out: Path, url: str) -> dict[str, str]:
    topic = editions.topic("Robots", {"news": url, "people": url})
    beat = editions.beat(topics=(replace(topic, images=(Image(url=url, width=1, height=1),)),))
    edition = editions.edition([story(url)], records=records(url), on=beat)
    publish(edition, out, MemoryManifest(), PublishOptions(look=Look(show="hotlink")))
    publish(edition, out, MemoryManifest(), PublishOptions())
    files = (file for file in out.rglob("*") if file.is_file())
    return {file.relative_to(out).as_posix(): file.read_text("utf-8") for file in files}


@pytest.mark.parametrize("url", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_output_passes_on_an_address_that_is_none_of_the_webs(tmp_path: Path, url: str) -> None:
    made = built(tmp_path, url)

    assert [] == [path for path, text in made.items() if "alert(31337)" in text]
    assert {"feed.json", "api/news/index.json", "api/sponsorships/today/index.json"} <= {*made}


@pytest.mark.parametrize("url", ["https://a.example/x", "http://a.example/x", "/x.png", "//a/x"])
def test_an_address_of_the_web_is_passed_on_as_it_stands(tmp_path: Path, url: str) -> None:
    made = built(tmp_path, url)

    item: dict[str, Any] = json.loads(made["api/news/index.json"])["value"][0]
    assert [url] * 4 == [
        *(item["webUrl"], item["originalUrl"], item["ampWebUrl"], item["images"][0]["url"])
    ]
    assert url == json.loads(made["api/people/ada/index.json"])["website"]


def test_a_list_holds_no_null_where_an_address_was_left_out(tmp_path: Path) -> None:
    made = built(tmp_path, "javascript:alert(31337)")

    listed = json.loads(made["api/communities/index.json"])["value"][0]
    assert "Forum" == listed["name"]
    assert None not in listed.values()


PROSE = {
    "title": "javascript:alert",
    "excerpt": "data:text/html,",
    "content": "vbscript:x",
    "tags": ["javascript:void"],
    "remark": "JavaScript: the good parts",
    "rule": "data: what it is",
    "moment": "12:30",
    "team": "blue: the second",
}


@pytest.mark.parametrize("key", PROSE)
def test_words_that_only_look_like_an_address_stay(key: str) -> None:
    assert {key: PROSE[key]} == web_only({key: PROSE[key]})


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "data:text/html,x", "data:,x", "data:text/html;base64,eA=="]
)
def test_a_field_of_an_unknown_name_holds_no_script(value: str) -> None:
    given = {"homepage": value, "more": [{"deep": (value, 1)}]}

    assert {"homepage": None, "more": [{"deep": [None, 1]}]} == web_only(given)
