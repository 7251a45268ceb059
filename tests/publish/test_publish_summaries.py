"""A summary of an event and a translated headline are shown, with labels, as long as they may."""

from __future__ import annotations

import html
import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html as parser

from copydesk.catalogue.page_index import PageIndex
from copydesk.news import Reason, Story, Verdict
from copydesk.news.beat import Beat
from copydesk.news.summary import (
    CitedSentence,
    ReadArticle,
    Summary,
    TextReview,
    Translation,
    digest_text,
)
from copydesk.publish import Look, PublishOptions, plan_site, publish, site, survey
from copydesk.publish.api import Shapes, v2
from copydesk.publish.feeds import sheets as feed_sheets
from copydesk.rendering import Renderer
from world import editions
from world.manifests import MemoryManifest
from world.ninjs_rules import find_faults

LEAD, REPORT = "2026-11-24-robots-may-vote", "2026-11-24-machines-at-the-polls"
FIRST = "A court lets 112 robots vote & <count>."
SECOND = "Judge Ada Holm said so on Tuesday."
TEXT = f"{FIRST} {SECOND}"
HEADING = '<h2 id="summary">In short</h2>'
UNREVIEWED = "Summary by a model, checked by rules, not reviewed."
AT = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
GAZETTE = "https://gazette.example/polls"
BY_MODEL = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"


def summary(**fields: object) -> Summary:
    """Give a summary of two sentences by a model, the second citing both reports."""
    usual = Summary(
        sentences=(
            CitedSentence(text=FIRST, stories=(LEAD,)),
            CitedSentence(text=SECOND, stories=(REPORT, LEAD)),
        ),
        by="model small:8b",
        at=AT,
        language="en",
        sources=(ReadArticle(story=LEAD, article="a"), ReadArticle(story=REPORT, article="b")),
        digest=digest_text(TEXT),
    )
    return replace(usual, **fields)  # type: ignore[arg-type]


def review(**fields: object) -> TextReview:
    usual = TextReview(by="Ed Low <ed@desk.example>", at=AT, opened=(REPORT,), changed=False)
    return replace(usual, **fields)  # type: ignore[arg-type]


def translation(**fields: object) -> Translation:
    made = Translation(
        title="Roboter dürfen wählen",
        original="Robots may vote",
        language="de",
        by="model small:8b",
        at=AT,
        digest=digest_text("Roboter dürfen wählen"),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def lead(**fields: object) -> Story:
    usual = replace(editions.story(LEAD, group="event"), summary=summary())
    return replace(usual, **fields)  # type: ignore[arg-type]


def report(**fields: object) -> Story:
    provider = replace(editions.HERALD, name="Gazette", domain="gazette.example")
    story = editions.story(REPORT, published=False, heat=-1, provider=provider, group="event")
    return replace(story, web_url=GAZETTE, **fields)  # type: ignore[arg-type]


def make(*stories: Story, beat: Beat | None = None, look: Look | None = None) -> dict[str, str]:
    """Return all pages, feeds and files of the second API."""
    edition = editions.edition(stories, on=beat or editions.beat())
    plan = plan_site(edition, look or Look())
    shapes = Shapes(plan)
    sheets = [*site.sheets(plan, Renderer()), *feed_sheets(plan), *v2.page(1, shapes)]
    return {sheet.path: sheet.data.decode() for sheet in sheets}


def page_of(*stories: Story, beat: Beat | None = None, look: Look | None = None) -> str:
    return make(*stories, beat=beat, look=look)[f"news/{LEAD}/index.html"]


def told_of(*stories: Story) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(make(*stories)[f"api/v2/stories/{LEAD}.json"])
    return found


def section_of(page: str) -> str:
    """Return the text of the summary's section as a reader sees it, details open."""
    (section,) = parser.fromstring(page).xpath('//section[@class="summary"]')
    return " ".join(section.text_content().split())


def test_the_page_shows_sentences_with_numbers_that_link_to_their_reports() -> None:
    page = page_of(lead(), report())

    assert page.index("A court said so on Tuesday.") < page.index(HEADING)
    assert html.escape(FIRST) in page
    links = parser.fromstring(page).xpath('//section[@class="summary"]//sup/a')
    assert [
        ("1", f"https://herald.example/{LEAD}", "Source 1: The Herald"),
        ("2", GAZETTE, "Source 2: Gazette"),
        ("1", f"https://herald.example/{LEAD}", "Source 1: The Herald"),
    ] == [(link.text, link.get("href"), link.get("aria-label")) for link in links]
    told = section_of(page)
    assert f"{UNREVIEWED} About this summary" in told
    assert "Name of the model: small:8b." in told
    assert "Written on 24 November 2026, 12:05 UTC from 2 reports." in told
    assert "not shown" in told
    assert "Reviewed" not in told


PERSON = summary(by="person Ada Low <ada@desk.example>")


@pytest.mark.parametrize(
    ("made", "label"),
    [
        (summary(), UNREVIEWED),
        (
            summary(review=review()),
            "Summary by a model, checked by rules, reviewed by Ed Low.",
        ),
        (
            summary(review=review(by="ed@desk.example")),
            "Summary by a model, checked by rules, reviewed by a person.",
        ),
        (PERSON, "Summary by Ada Low."),
        (summary(by="person"), "Summary by a person."),
        (summary(digest="edited"), "Summary by a person."),
        (summary(stale=True), f"{UNREVIEWED} Newer reports are not in it yet."),
    ],
    ids=["model", "reviewed", "no name", "person", "unnamed", "edited", "stale"],
)
def test_one_line_says_who_wrote_it(made: Summary, label: str) -> None:
    files = make(lead(summary=made), report())

    page = files[f"news/{LEAD}/index.html"]
    assert f'<p class="label">{label}</p>' in page
    assert "@desk.example" not in page
    assert f"&lt;small&gt;{label}&lt;/small&gt;" in files["feed.xml"]
    assert label == json.loads(files[f"api/v2/stories/{LEAD}.json"])["summary"]["label"]


def test_details_say_who_reviewed_it_and_which_reports_were_opened() -> None:
    told = section_of(page_of(lead(summary=summary(review=review(changed=True))), report()))

    assert "Reviewed on 24 November 2026, 12:05 UTC by Ed Low." in told
    assert "Reports opened for the review: Gazette. The reviewer changed the text." in told
    unopened = summary(review=review(opened=()))
    assert "No report was opened" in section_of(page_of(lead(summary=unopened), report()))


def verdict(said: str) -> Verdict:
    return Verdict(by="Ed", at=editions.AT, said=said, why="so")  # type: ignore[arg-type]


GONE: list[dict[str, object]] = [
    {"verdict": verdict("remove")},
    {"verdict": verdict("reject")},
    {"verdict": verdict("hold")},
    {"reasons": (Reason(about="held", why="every story waits for an editor"),)},
    {"refuses": ("snippet",)},
    {"refuses": ("ai-input",)},
    {"access": "gone"},
    {"copy_of": LEAD},
    {"group": "another"},
]


def is_shown(files: dict[str, str]) -> bool:
    """Return whether any file has the summary; all of them agree."""
    told = [Path(path).suffix for path, data in files.items() if "Ada Holm" in data]
    assert set(told) in (set(), {".html", ".xml", ".json"})
    return bool(told)


@pytest.mark.parametrize("fields", GONE, ids=" ".join)
def test_a_summary_goes_with_a_report_that_it_cites(fields: dict[str, object]) -> None:
    assert is_shown(make(lead(), report()))
    assert not is_shown(make(lead(), report(**fields)))


def test_a_build_of_changes_alone_takes_it_away_and_brings_it_back(tmp_path: Path) -> None:
    manifest, index = MemoryManifest(), tmp_path / "pages.sqlite"

    def build(*stories: Story, look: Look | None = None) -> dict[str, bytes]:
        """Build the changes alone, compare with a whole build, and return the files."""
        known, edition = PageIndex(index, "site"), editions.edition()
        options = PublishOptions(look=look or Look())
        try:
            seen = survey(stories, edition.beat, known)
            publish(replace(edition, stories=seen), tmp_path / "site", manifest, options)
        finally:
            known.close()
        whole = editions.edition(stories)
        shutil.rmtree(tmp_path / "whole", ignore_errors=True)
        publish(whole, tmp_path / "whole", MemoryManifest(), options)
        files = read_files(tmp_path / "site")
        assert read_files(tmp_path / "whole") == files
        return files

    def shows(files: dict[str, bytes]) -> bool:
        return any(b"Ada Holm" in data for data in files.values())

    assert shows(build(lead(), report()))
    assert not shows(build(lead(), report(verdict=verdict("hold"))))
    assert shows(build(lead(), report()))
    assert not shows(build(lead()))
    stale = lead(summary=summary(stale=True))
    assert shows(build(stale, report()))
    assert not shows(build(stale, report(), look=Look(drops_stale=True)))


def read_files(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_a_summary_goes_with_a_report_that_it_was_only_written_from() -> None:
    alone = (CitedSentence(text=SECOND, stories=(LEAD,)),)
    made = summary(sentences=alone, digest=digest_text(SECOND))

    assert is_shown(make(lead(summary=made), report()))
    assert not is_shown(make(lead(summary=made), report(verdict=verdict("hold"))))
    assert not is_shown(make(lead(summary=made)))


def test_what_a_person_wrote_stays_if_a_report_forbids_models() -> None:
    assert is_shown(make(lead(summary=PERSON), report(refuses=("ai-input",))))


def test_a_sentence_by_a_model_that_cites_nothing_is_not_shown() -> None:
    bare = (CitedSentence(text=SECOND),)
    made = summary(sentences=bare, sources=(), digest=digest_text(SECOND))

    assert not is_shown(make(lead(summary=made)))
    assert is_shown(make(lead(summary=replace(made, by="person Ada"))))


def test_only_the_main_story_of_an_event_shows_it() -> None:
    other = editions.story("2026-11-24-other", group="event", heat=90)

    assert is_shown(make(lead(), report(), replace(other, heat=10)))
    assert not is_shown(make(lead(), report(), other))


def test_a_story_without_a_group_cites_only_itself() -> None:
    lone = lead(group="")
    alone = (CitedSentence(text=SECOND, stories=(LEAD,)),)
    own = summary(sentences=alone, sources=(), digest=digest_text(SECOND))

    assert not is_shown(make(lone, report(group="")))
    assert is_shown(make(replace(lone, summary=own)))


def test_a_stale_summary_is_shown_or_dropped_as_the_setting_says() -> None:
    stale = lead(summary=summary(stale=True))

    assert is_shown(make(stale, report()))
    assert not is_shown(make(stale, report(), look=Look(drops_stale=True)))
    assert is_shown(make(lead(), report(), look=Look(drops_stale=True)))


def test_the_second_api_tells_who_wrote_and_reviewed_it() -> None:
    told = told_of(lead(summary=summary(review=review()), translation=translation()), report())

    label = "Summary by a model, checked by rules, reviewed by Ed Low."
    at = "2026-11-24T12:05:00Z"
    sentences = [
        {"text": FIRST, "stories": [LEAD]},
        {"text": SECOND, "stories": [REPORT, LEAD]},
    ]
    assert {
        "text": TEXT,
        "sentences": sentences,
        "by": "small:8b",
        "author": "model",
        "language": "en",
        "written_at": at,
        "reviewed": {"by": "Ed Low", "at": at, "opened": [REPORT], "changed": False},
        "label": label,
        "stale": False,
    } == told["summary"]
    assert {
        "title": "Roboter dürfen wählen",
        "original": "Robots may vote",
        "by": "small:8b",
        "author": "model",
        "language": "de",
        "written_at": at,
        "reviewed": None,
        "label": "Headline translated by a model, checked by rules, not reviewed.",
    } == told["translation"]
    assert not {"summary", "translation"} & told_of(lead(summary=None), report()).keys()


def structured(page: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    data: dict[str, Any] = json.loads(found)
    return data


def test_only_the_summary_is_marked_as_a_models_work() -> None:
    files = make(lead(summary=summary(review=review())), report())

    article = structured(files[f"news/{LEAD}/index.html"])
    (part,) = article.pop("hasPart")
    assert "TrainedAlgorithmic" not in json.dumps(article)
    assert ("CreativeWork", TEXT, BY_MODEL) == (
        part["@type"],
        part["text"],
        part["digitalSourceType"],
    )
    assert [f"https://herald.example/{LEAD}", GAZETTE] == part["isBasedOn"]
    assert {"@type": "Person", "name": "Ed Low"} == part["editor"]

    ninjs = json.loads(files[f"api/v2/ninjs/stories/{LEAD}.json"])
    assert [] == [*find_faults(ninjs)]
    (own,) = [one for one in ninjs["associations"] if one["rel"] == "summary"]
    assert [TEXT] == [body["value"] for body in own["bodies"]]
    assert own["digitalSourceType"]["uri"].endswith("/trainedAlgorithmicMedia")
    assert "digitalSourceType" not in ninjs


def test_a_persons_summary_is_marked_as_a_persons() -> None:
    files = make(lead(summary=PERSON), report())

    (part,) = structured(files[f"news/{LEAD}/index.html"])["hasPart"]
    assert {"@type": "Person", "name": "Ada Low"} == part["creator"]
    assert "TrainedAlgorithmic" not in "".join(files.values())
    assert "trainedAlgorithmic" not in "".join(files.values())


GERMAN = '<span lang="de">Roboter dürfen wählen</span>'


def test_a_translated_headline_stands_below_the_original_with_its_label() -> None:
    files = make(lead(translation=translation()), report(), *older(140))

    page = files[f"news/{LEAD}/index.html"]
    label = "Headline translated by a model, checked by rules, not reviewed."
    assert f'<p class="translated">{GERMAN} <small>{label}</small></p>' in page
    assert page.index("Robots may vote</h1>") < page.index(GERMAN)
    short = f"{GERMAN} <small>machine translation</small>"
    listed = {path for path, data in files.items() if short in data}
    assert {"index.html", "archive/2/index.html", "sources/herald.example/index.html"} <= listed


def older(count: int) -> list[Story]:
    """Give stories that are older than the main one."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return [editions.story(f"2026-11-20-{n}", published_at=at, heat=1) for n in range(count)]


@pytest.mark.parametrize(
    ("made", "fields"),
    [
        (translation(original="Robots may not vote"), {}),
        (translation(title=" "), {}),
        (translation(), {"refuses": ("ai-input",)}),
    ],
    ids=["other headline", "empty", "publisher forbids models"],
)
def test_a_translation_that_may_not_be_shown_is_not(
    made: Translation, fields: dict[str, object]
) -> None:
    files = make(lead(translation=made, summary=None, **fields), report())
    assert not [path for path, data in files.items() if "translated" in data and "css" not in path]


def test_a_translation_by_a_person_says_so() -> None:
    made = translation(by="person Ada Low <a@b.example>", digest="")
    files = make(lead(translation=made, refuses=("ai-input",), summary=None))

    assert "Headline translated by Ada Low." in files[f"news/{LEAD}/index.html"]
    assert f"{GERMAN} <small>translation</small>" in files["index.html"]


HOSTILE = {
    "markup": "</p><script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7 * 7 }} ]]>",
    "bidi": "\u202eetov stobor\u202c \u2067x\u2069 \u200b\ufeff",
    "controls": "a\x00\x1b[31m\x0bb",
    "long": "word " * 20_000,
    "unbroken": "w" * 50_000,
    "right to left": "سمحت المحكمة للروبوتات بالتصويت",
}


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_escaped_everywhere(words: str) -> None:
    odd = {"by": f"model {words}", "language": '"><b>', "digest": digest_text(words)}
    made = summary(
        sentences=(CitedSentence(text=words, stories=(LEAD,)),), sources=(), **odd,
        review=review(by=words, opened=(words, REPORT)),
    )  # fmt: skip
    titled = translation(title=words, **odd)
    files = make(lead(summary=made, translation=titled), report())

    page = files[f"news/{LEAD}/index.html"]
    plain = make(lead(summary=None), report())[f"news/{LEAD}/index.html"]
    for tag in ("script", "img", "b"):
        found, usual = (len(parser.fromstring(one).xpath(f"//{tag}")) for one in (page, plain))
        assert usual == found, tag
    for path in (f"news/{LEAD}/index.html", "index.html", "feed.xml", "rss.xml"):
        assert not re.search(r"[\x00-\x08\x0b\x1b\u202a-\u202e\u2066-\u2069\ufeff]", files[path])
    parser.fromstring(files["feed.xml"].encode())
    assert [] == [*find_faults(json.loads(files[f"api/v2/ninjs/stories/{LEAD}.json"]))]


@pytest.mark.parametrize(
    ("language", "opening"),
    [("en-US", "<p>"), ("", "<p>"), ("de", '<p lang="de">'), ("ar", '<p lang="ar" dir="rtl">')],
)
def test_a_summary_has_the_language_of_its_reports(language: str, opening: str) -> None:
    page = page_of(lead(summary=summary(language=language)), report())
    assert opening + html.escape(FIRST) in page
    assert ('lang="en-US" aria-label="Source 1' in page) == (opening != "<p>")


@pytest.mark.parametrize(
    ("locale", "heading", "label"),
    [
        ("de", "Kurz gesagt", "nach Regeln geprüft, nicht redigiert."),
        ("fr", "En bref", "contrôlé par des règles, non relu."),
    ],
)
def test_the_site_says_it_in_its_language(locale: str, heading: str, label: str) -> None:
    beat = replace(editions.beat(), locale=locale)
    files = make(lead(), report(), beat=beat)

    assert heading in section_of(files[f"news/{LEAD}/index.html"])
    assert label in files[f"news/{LEAD}/index.html"]
    assert label in files["feed.xml"]


def test_the_newsrooms_own_words_are_in_pages_feeds_and_the_api(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "strings.toml").write_text('[words]\nsummary_by_model = "Scritto da un modello."\n')
    options = PublishOptions(templates=own)
    publish(editions.edition([lead(), report()]), tmp_path / "out", MemoryManifest(), options)

    places = [f"news/{LEAD}/index.html", "feed.xml", f"api/v2/stories/{LEAD}.json"]
    assert all("Scritto da un modello." in (tmp_path / "out" / p).read_text() for p in places)
