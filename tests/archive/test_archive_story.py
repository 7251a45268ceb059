"""What of a record stays when its story changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.archive.record import emit_story, parse_story
from copydesk.errors import RecordError
from copydesk.news import Image, Provider, Reason, Story, Verdict
from copydesk.news.article import Author
from copydesk.news.story import Extra, Related

SAME = Path(__file__).parents[1] / "cases" / "archive" / "same"
PATH = "_news/2025-03-04-crane.md"
NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)


def read(name: str) -> Story:
    """Return the story of a case."""
    return parse_story(PATH, (SAME / f"{name}.md").read_bytes())


def lines(story: Story) -> list[str]:
    """Return the lines of a story's record."""
    return emit_story(story).decode().split("\n")


def test_a_record_in_the_usual_form_has_no_extras() -> None:
    assert () == read("whole").extra


def test_one_changed_title_changes_one_line() -> None:
    story = read("unknown-keys")

    changed = lines(replace(story, title="Another"))

    different = [new for old, new in zip(lines(story), changed, strict=True) if old != new]
    assert ['title: "Another"'] == different


def test_an_unknown_key_stays_when_its_neighbour_goes() -> None:
    story = replace(read("unknown-keys"), title="x", provider=None, images=(), verdict=None)

    text = emit_story(story).decode()

    assert "\ntags: [cranes, ports]\n" in text
    assert "\ncampaign:\n  id: 7\n  notes: |\n    one\n\n    two\n" in text
    assert parse_story(PATH, text.encode()).topics == story.topics


def test_an_unknown_key_of_a_picture_follows_the_picture() -> None:
    story = read("unknown-keys")
    first = Image(url="https://dock.example/new.png", width=5)

    text = emit_story(replace(story, images=(first, *story.images))).decode()

    assert (
        '  - url: "https://dock.example/new.png"\n    width: 5\n'
        '  - alt: "A crane"\n    url: "https://dock.example/crane.png"\n'
    ) in text


def test_a_picture_that_stands_there_twice_keeps_its_unknown_keys_once() -> None:
    story = read("one-picture-twice")

    changed = emit_story(replace(story, images=story.images[::-1]))

    assert 1 == changed.count(b"alt:")
    assert story.images[::-1] == parse_story(PATH, changed).images


def test_an_unknown_key_of_a_picture_goes_with_the_picture() -> None:
    story = replace(read("unknown-keys"), images=(Image(url="https://dock.example/new.png"),))

    text = emit_story(story).decode()

    assert "alt:" not in text
    assert "photographer:" not in text


def test_a_persons_spelling_stays_until_the_value_changes() -> None:
    story = read("own-spellings")

    kept = emit_story(replace(story, quality=73)).decode()
    changed = emit_story(replace(story, title="It's another", topics=("AI",))).decode()

    assert "title: 'It''s a crane: really'" in kept
    assert "publishedDateTime: 2025-03-04   # only the day" in kept
    assert "quality: 73\n" in kept
    assert 'title: "It\'s another"' in changed
    assert "# below: what it is about\ntopics:\n  - AI\n" in changed


def test_our_own_blocks_stand_between_related_and_secured() -> None:
    story = Story(
        path=PATH,
        title="t",
        published_at=NOON,
        language="en",
        credit="Harbour Wire",
        length="PT10M5S",
        refuses=("ai-train", "ai-input"),
        copy_of="2025-03-03-x",
        reasons=(Reason(about="quality", why='keyword "crane" in title', points=15),),
        history=('2025-03-04T13:00:00Z title was "Old \\ words"',),
        note="Our *own* words.\n\n- and a list",
        verdict=Verdict(by="desk", at=NOON, said="hold", why="later"),
        machine=(("title", "3f9c1a2b"),),
        secured="a;b",
    )

    assert [
        "---",
        "category: news",
        'title: "t"',
        'excerpt: ""',
        "publishedDateTime: 2025-03-04T12:00:00Z",
        "type: article",
        "",
        "language: en",
        "credit: Harbour Wire",
        "length: PT10M5S",
        "refuses: ai-train, ai-input",
        "",
        "copyOf: 2025-03-03-x",
        "",
        "reasons:",
        '  - "quality +15: keyword \\"crane\\" in title"',
        "",
        "history:",
        '  - "2025-03-04T13:00:00Z title was \\"Old \\\\ words\\""',
        "",
        'note: "Our *own* words.\\n\\n- and a list"',
        "",
        "verdict:",
        '  by: "desk"',
        "  at: 2025-03-04T12:00:00Z",
        "  said: hold",
        '  why: "later"',
        "",
        "machine:",
        "  title: 3f9c1a2b",
        "",
        'secured: "a;b"',
        "---",
        "",
        "",
    ] == lines(story)


def test_a_story_without_a_seal_ends_with_an_empty_line_before_the_fence() -> None:
    assert ["type: article", "", "---", "", ""] == lines(
        Story(path=PATH, title="t", published_at=NOON)
    )[-5:]


def test_a_body_stands_right_after_the_fence() -> None:
    story = Story(path=PATH, title="t", published_at=NOON, body="<p>x</p>\n")

    assert emit_story(story).endswith(b"\n---\n<p>x</p>\n")
    assert "<p>x</p>\n" == parse_story(PATH, emit_story(story)).body


def test_a_time_is_written_in_utc_and_whole_seconds() -> None:
    early = datetime.fromisoformat("0987-03-04T01:02:03.999999+01:00")

    text = emit_story(Story(path=PATH, title="t", published_at=early))

    assert b"publishedDateTime: 0987-03-04T00:02:03Z\n" in text


def test_every_field_comes_back() -> None:
    story = read("whole")

    assert story.provider == Provider(
        name="Marc D Anchor's Log",
        domain="dock.example",
        images=(
            Image(url="https://site.example/logos/dock.example-50x50.jpg", width=50, height=50),
        ),
    )
    assert story.related[1] == Related(
        title="No picture",
        excerpt="Only words.",
        published_at=datetime(2025, 3, 2, 23, 59, 59, tzinfo=UTC),
        web_url="https://pier.example/words",
        provider=Provider(name="Pier News", domain="pier.example"),
        quality=12,
    )
    assert story.images[0].is_cached is True
    assert story.images[1].is_cached is None
    assert (story.quality, story.heat, story.published) == (0, -1, False)
    assert story.machine[1] == ("excerpt", "12345678")
    assert story.history[0] == '2025-03-04T08:00:00Z title was "She said no"'
    assert story.verdict is not None
    assert story.verdict.said == "publish"


def test_two_extras_at_one_place_stand_below_each_other() -> None:
    extra = (Extra(after="type", text="a: 1"), Extra(after="type", text="b: 2"))

    text = emit_story(Story(path=PATH, title="t", published_at=NOON, extra=extra))

    assert b"type: article\na: 1\nb: 2\n" in text


@pytest.mark.parametrize("where", ["title", "credit", "body", "secured"])
def test_half_a_character_is_refused_and_not_written(where: str) -> None:
    story = Story(path=PATH, title="t", published_at=NOON)
    changes: dict[str, str] = {where: "half \ud83d"}

    with pytest.raises(RecordError, match="invalid character"):
        emit_story(replace(story, **changes))  # type: ignore[arg-type]


def test_refused_uses_are_one_line_however_they_are_set_apart() -> None:
    text = b"---\ntitle: t\nrefuses: ai-train,ai-input ,, snippet\n---\n"
    assert parse_story(PATH, text).refuses == ("ai-train", "ai-input", "snippet")


def test_a_pictures_attribution_stands_after_its_title() -> None:
    image = Image(url="https://a.example/p.jpg", title="A crane", attribution="Ann Tall")
    text = emit_story(Story(path=PATH, title="t", published_at=NOON, images=(image,))).decode()
    assert '    title: "A crane"\n    attribution: "Ann Tall"\n' in text
    assert parse_story(PATH, text.encode()).images == (image,)


def test_an_unknown_key_of_a_picture_stays_behind_its_attribution() -> None:
    text = (
        b'---\ncategory: news\ntitle: "t"\nexcerpt: ""\ntype: article\n\nimages:\n'
        b'  - url: "https://a.example/p.jpg"\n    attribution: "Ann"\n    mine: 1\n\n---\n\n'
    )
    story = parse_story(PATH, text)
    assert story.images[0].attribution == "Ann"
    assert emit_story(story) == text


def test_authors_are_kept_with_their_kinds() -> None:
    authors = (Author(name="Ada Holm"), Author(name="AP", kind="agency"))
    story = replace(read("whole"), authors=authors)

    data = emit_story(story)

    assert b"\nauthors:\n  - name: Ada Holm\n  - name: AP\n    kind: agency\n\n" in data
    assert story == parse_story(PATH, data)
    assert b"authors" not in emit_story(read("whole"))


@pytest.mark.parametrize("own", ["authors: Ada Holm", "authors: [Ada, Bo]", "authors:\n  ada: 1"])
def test_another_authors_key_is_the_editors_own(own: str) -> None:
    data = emit_story(replace(read("whole"), authors=(Author(name="AP", kind="agency"),)))
    data = data.replace(b"authors:\n  - name: AP\n    kind: agency", own.encode())

    story = parse_story(PATH, data)

    assert () == story.authors
    assert data == emit_story(story)
