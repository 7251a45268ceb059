"""Laws of the record: what a story says comes back; no bytes make the reader fall."""

from __future__ import annotations

import base64
import contextlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.checkout import seal_reference_form
from copydesk.archive import slug, story_path
from copydesk.archive.document import is_plain, parse_record, split_front_matter
from copydesk.archive.record import emit_story, parse_story, parse_yaml, read_quickly
from copydesk.archive.sealing import seal, unseal
from copydesk.errors import RecordError, SealError
from copydesk.news import Image, Provider, Reason, Story, Verdict
from copydesk.news.article import USES
from copydesk.news.story import Addition, Extra, Related
from copydesk.news.summary import CitedSentence, ReadArticle, Summary, TextReview, Translation

PATH = "_news/2025-03-04-x.md"
KEY = bytes(range(32))

# What breaks writers of YAML: indicators, quotes, line ends of every kind, numbers and booleans.
_AWKWARD = st.sampled_from(
    [
        *("", " ", "- a", "a: b", "a #b", "#a", "'", '"', "\\", "\n", "\r", "\r\n", "\t", "\x85"),
        *("\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff", "\0", "\x07", "\x7f", "\x9f", "\x1b["),
        *("yes", "no", "true", "null", "~", "1", "1.5", "0x1", "1e3", "12:30", "=", "<<", "2024"),
        *("2024-01-01", "---", "...", "a:", ": a", "? a", "& a", "*a", "!a", "|", ">", "%a", "@a"),
        *("`a", "{a}", "[a]", "a, b", "\U0001f6df", "\u0301", "\xa0a", "a\xa0", "1_000", ".inf"),
    ]
)
texts = st.one_of(st.text(max_size=40), _AWKWARD, st.builds(str.__add__, _AWKWARD, _AWKWARD))
moments = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0))
numbers = st.none() | st.integers(min_value=-(10**17), max_value=10**17)
flags = st.none() | st.booleans()
images = st.builds(
    Image,
    url=texts,
    width=st.integers(0, 9999),
    height=st.integers(0, 9999),
    is_cached=flags,
    title=texts,
    attribution=texts,
)
image_lists = st.lists(images, max_size=3).map(tuple)
providers = st.none() | st.builds(Provider, name=texts, domain=texts, images=image_lists)
related = st.builds(
    Related,
    title=texts,
    excerpt=texts,
    published_at=moments,
    web_url=texts,
    amp_web_url=texts,
    cdn_amp_web_url=texts,
    type=texts,
    provider=providers,
    quality=numbers,
    images=image_lists,
)
# A reason's text form is read by a rule of its own (Reason.parse); the record must keep the text.
reasons = st.builds(
    Reason,
    about=st.sampled_from(["quality", "heat", "published", "copy", "topic AI Policy"]),
    why=texts,
    points=st.none() | st.integers(-99, 99),
) | texts.map(Reason.parse)
verdicts = st.none() | st.builds(
    Verdict, by=texts, at=moments, said=st.sampled_from(["publish", "hold", "reject"]), why=texts
)
machines = st.dictionaries(texts, texts, max_size=3).map(lambda found: tuple(found.items()))
additions = st.builds(Addition, text=texts, story=texts, why=texts)
names = st.lists(st.from_regex(r"[0-9A-Za-z-]{1,12}", fullmatch=True), max_size=2).map(tuple)
reviews = st.none() | st.builds(TextReview, by=texts, at=moments, opened=names, changed=flags)
sentences = st.builds(CitedSentence, text=texts, stories=names)
articles = st.builds(ReadArticle, story=texts, article=texts)
summaries = st.none() | st.builds(
    Summary,
    sentences=st.lists(sentences, min_size=1, max_size=3).map(tuple),
    by=texts,
    at=moments,
    language=texts,
    sources=st.lists(articles, max_size=2).map(tuple),
    digest=texts,
    stale=flags,
    review=reviews,
)
translations = st.none() | st.builds(
    Translation,
    title=texts,
    original=texts,
    language=texts,
    by=texts,
    at=moments,
    digest=texts,
    review=reviews,
)
stories = st.builds(
    Story,
    path=st.just(PATH),
    title=texts,
    published_at=st.none() | moments,
    excerpt=texts,
    category=texts,
    updated_at=st.none() | moments,
    original_url=texts,
    web_url=texts,
    amp_web_url=texts,
    cdn_amp_web_url=texts,
    type=texts,
    quality=numbers,
    heat=numbers,
    published=flags,
    featured_content=texts,
    provider=providers,
    topics=st.lists(texts, max_size=3).map(tuple),
    images=image_lists,
    related=st.lists(related, max_size=2).map(tuple),
    language=texts,
    access=texts,
    credit=texts,
    length=texts,
    refuses=st.lists(st.sampled_from(USES), unique=True).map(tuple),
    trust=numbers,
    copy_of=texts,
    group=texts,
    background=st.lists(texts, max_size=3).map(tuple),
    additions=st.lists(additions, max_size=3).map(tuple),
    reasons=st.lists(reasons, max_size=3).map(tuple),
    history=st.lists(texts, max_size=3).map(tuple),
    note=texts,
    summary=summaries,
    translation=translations,
    verdict=verdicts,
    machine=machines,
    secured=texts,
    body=texts.filter(lambda body: body != "\n"),
)


@settings(max_examples=150)
@given(stories)
def test_every_story_comes_back_equal(story: Story) -> None:
    once = emit_story(story)
    back = parse_story(PATH, once)

    assert story == back
    assert once == emit_story(back)


@pytest.mark.slow
@settings(max_examples=150)
@given(stories, st.sampled_from([b"", b"\xef\xbb\xbf"]), st.sampled_from([b"\n", b"\r\n"]))
def test_every_record_keeps_its_mark_and_its_line_ends(
    story: Story, mark: bytes, line_end: bytes
) -> None:
    data = mark + emit_story(story).replace(b"\n", line_end)
    read = parse_story(PATH, data)

    assert story == replace(read, extra=())
    assert data == emit_story(read)
    after = mark + emit_story(replace(story, title="new", note="")).replace(b"\n", line_end)
    assert after == emit_story(replace(read, title="new", note=""))


@pytest.mark.slow
@settings(max_examples=300)
@given(stories)
def test_the_short_way_to_a_story_is_the_one_by_yaml_or_none(story: Story) -> None:
    data = emit_story(story)
    halves = split_front_matter(PATH, data)
    short = read_quickly(PATH, halves)

    assert short in {None, parse_yaml(PATH, data, halves)}
    assert short is not None or story.machine or story.reasons


@given(texts | st.from_regex(r"[0-9a-f.+-]{1,8}", fullmatch=True))
def test_what_is_written_bare_is_read_back_as_it_is(text: str) -> None:
    if is_plain(text):
        assert {"a": text} == yaml.safe_load(f"a: {text}")


@given(stories)
def test_every_record_is_read_alike_by_a_yaml_reader_without_our_code(story: Story) -> None:
    front = emit_story(story).decode().removeprefix("---\n").split("\n---\n")[0]
    read = yaml.load(front, Loader=yaml.SafeLoader)

    assert (story.title, story.excerpt) == (read["title"], read["excerpt"])
    assert list(story.topics) == read.get("topics", [])
    assert story.quality == read.get("quality")
    assert story.published is read.get("published")


@given(stories)
def test_a_record_without_our_blocks_is_one_for_the_other_reader_too(story: Story) -> None:
    data = emit_story(story)

    record = parse_record(PATH, data)

    assert record.fields["title"] == story.title
    assert record.body == story.body


@settings(max_examples=200)
@given(st.binary(max_size=200) | texts.map(lambda text: text.encode("utf-8", "ignore")))
@example(b"\xef\xbb\xbf---\r\ntitle: x\r\n---")
@example(b"---\ntitle: x\n? y\n---\n")
@example(b"---\ntitle: x\nprovider: {}\nimages: []\n---\n")
@example(b"---\ntitle: x\nprovider:\n  ? name\n  : y\n---\n")
def test_no_bytes_make_the_reader_fall(noise: bytes) -> None:
    for data in (noise, b"---\n" + noise + b"\n---\n", b"---\ntitle: x\n" + noise + b"\n---\n\n"):
        for read in (parse_story, parse_record):
            with contextlib.suppress(RecordError):
                read(PATH, data)


yaml_lines = st.lists(
    st.sampled_from(
        [
            *("title: x", "quality: 1", "published: true", "provider:", "  name: a", "  domain: b"),
            *("images:", "  - url: u", "    width: 1", "    alt: z", "topics: [a]", "topics:"),
            *("  - a", "", "# note", "x: |", "  text", "  mine: 1", "secured: 's'", "excerpt: >-"),
            *("related:", "  - title: t", "    publishedDateTime: 2024-01-01", "    webUrl: w"),
        ]
    ),
    max_size=14,
)


@settings(max_examples=300)
@given(yaml_lines)
def test_a_record_by_hand_says_the_same_after_every_rewriting(lines: list[str]) -> None:
    data = "\n".join(["---", *lines, "---", "", ""]).encode()
    try:
        story = parse_story(PATH, data)
    except RecordError:
        return

    again = parse_story(PATH, emit_story(story))
    changed = parse_story(PATH, emit_story(replace(story, title="new", quality=2, images=())))

    assert replace(story, extra=()) == replace(again, extra=())
    assert emit_story(story) == emit_story(again)
    assert replace(story, extra=(), title="new", quality=2, images=()) == replace(changed, extra=())


@given(texts, texts)
def test_an_unknown_line_never_changes_what_the_known_keys_say(key: str, value: str) -> None:
    extra = (Extra(after="type", text=yaml.safe_dump({key: value}, width=10**6).rstrip("\n")),)
    story = Story(path=PATH, title="t", published_at=None, extra=extra, topics=("a",))
    try:
        back = parse_story(PATH, emit_story(story))
    except RecordError:
        return  # the key is one of ours: it stands twice then

    assert ("t", ("a",)) == (back.title, back.topics)


@given(texts)
def test_a_slug_is_a_safe_name(title: str) -> None:
    name = slug(title)

    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(name) <= 145
    assert not name.startswith("-")


@given(texts, moments, texts, st.integers(0, 2))
def test_a_path_stays_in_its_folder(title: str, when: datetime, url: str, owned: int) -> None:
    asked: list[str] = []

    def taken(path: str) -> bool:
        asked.append(path)
        return len(asked) <= owned

    path = story_path(title, when, url, taken)

    assert path.startswith("_news/")
    assert path.endswith(".md")
    assert (path.count("/"), ".." in path, len(path) < 200) == (1, False, True)
    assert len(set(asked)) == len(asked) == owned + 1


@given(st.binary(max_size=100), texts.filter(lambda name: "/" not in name))
def test_a_seal_opens_to_what_was_sealed(plaintext: bytes, name: str) -> None:
    assert plaintext == unseal(seal(plaintext, KEY, name), (KEY,), name)
    assert plaintext == unseal(seal_reference_form(plaintext, KEY), (KEY,), name)
    assert seal(plaintext, KEY, name) == seal(plaintext, KEY, name)


@given(st.binary(max_size=40), st.integers(0, 1000), st.integers(1, 255))
def test_one_changed_byte_never_opens(plaintext: bytes, at: int, by: int) -> None:
    ciphertext, nonce = (base64.b64decode(p) for p in seal(plaintext, KEY, "a.md").split(";"))
    whole = bytearray(ciphertext + nonce)
    whole[at % len(whole)] ^= by
    cut = len(ciphertext)
    forged = ";".join(base64.b64encode(part).decode() for part in (whole[:cut], whole[cut:]))

    with pytest.raises(SealError):
        unseal(forged, (KEY,), "a.md")


@given(texts)
def test_no_text_makes_unsealing_fall(text: str) -> None:
    with pytest.raises(SealError):
        unseal(text, (KEY,), "a.md")
