"""Laws of the terms: whatever a site or page says, reading it neither falls nor forgets a no."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import extract
from copydesk.extract import origin, terms
from copydesk.extract.page import open_document
from copydesk.extract.terms import quotable
from copydesk.fetch.robots import RobotsRules, UsageLine, read_tdmrep
from copydesk.news import Article, Dropped
from copydesk.news.article import USES, Signal
from extract.given import BEAT, document, lead, page

NAMES = st.sampled_from(
    [
        *("Content-Usage", "Content-Signal", "RSL", "nosnippet", "noai", "noindex", "max-snippet"),
        *("noimageindex", "max-image-preview", "no training agents", "tdm-policy", "anything"),
    ]
)
SAID = st.text(max_size=30) | st.sampled_from(
    ["train-ai=n", "ai-train=no, search=yes", "refuses: ai-train", "max-snippet:0", "search=n", "1"]
)
SIGNALS = st.builds(Signal, name=NAMES, said=SAID, where=st.sampled_from(["meta", "robots.txt"]))
RULES = st.sampled_from(
    [
        *(
            "User-agent: *",
            "User-agent: copydesk",
            "User-agent: GPTBot",
            "Disallow: /a",
            "Allow: /",
        ),
        *("Disallow: /", "Crawl-delay: 3", "Sitemap: https://a.example/s.xml", "", "# nothing"),
    ]
)
SAYINGS = st.sampled_from(
    [
        *("Content-Usage: train-ai=n", "Content-Usage: /a/*$ train-ai=y", "Content-Signal:"),
        *(
            "Content-Signal: ai-train=no",
            "License: https://a.example/l",
            "license:/l",
            "content-usage",
        ),
    ]
)


def _without_words(line: str) -> str:
    """Give a line that says as little: of no one, or of a group that it ends the names of."""
    key, colon, _ = line.lower().partition(":")
    if not colon or key not in {"content-usage", "content-signal", "license"}:
        return line
    return "" if key == "license" else "Crawl-delay: never"


def text_of(lines: Sequence[str]) -> bytes:
    return "\n".join(lines).encode()


@given(st.lists(RULES | SAYINGS, max_size=12))
def test_what_is_said_of_use_changes_nothing_of_who_may_fetch(lines: list[str]) -> None:
    bare_lines = [_without_words(line) for line in lines]

    whole, bare = RobotsRules.read(text_of(lines)), RobotsRules.read(text_of(bare_lines))

    assert (whole.lines, whole.delay_seconds) == (bare.lines, bare.delay_seconds)


@given(st.binary(max_size=300) | st.lists(RULES | SAYINGS).map(text_of), st.text(max_size=20))
def test_any_file_says_what_it_says_after_its_note(body: bytes, path: str) -> None:
    rules = RobotsRules.read(body)
    kept = msgspec.msgpack.decode(
        msgspec.msgpack.encode(rules.usage_lines), type=tuple[UsageLine, ...]
    )
    again = RobotsRules(rules.lines, rules.delay_seconds, kept)
    url = f"https://a.example/{path}"
    assert again.signals(url) == rules.signals(url)


@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["location", "tdm-reservation", "tdm-policy"]), inner)
        ),
        max_leaves=8,
    ).map(msgspec.json.encode)
)
def test_any_bytes_are_rules_of_tdm_or_none(body: bytes) -> None:
    for saying in read_tdmrep(body):
        assert saying.name in {"0", "1"}
        assert saying.path.startswith(("/", "*"))


@given(st.lists(SIGNALS, max_size=6), SIGNALS)
def test_one_word_more_never_takes_a_refusal_back(known: list[Signal], more: Signal) -> None:
    before, after = terms.list_refused_uses(known), terms.list_refused_uses([*known, more])
    assert set(before) <= set(after)
    assert list(after) == [use for use in USES if use in after]
    limit = terms.snippet_characters(known)
    if limit is not None:
        assert 0 <= (terms.snippet_characters([*known, more]) or 0) <= limit


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["link", "x-robots-tag", "content-usage", "tdm-reservation"]),
    st.text(max_size=60),
    st.text(alphabet=st.sampled_from('<>/"= :,.;abcr'), max_size=60),
)
def test_any_words_on_use_leave_a_page_readable(name: str, value: str, licence: str) -> None:
    head = f'<meta name="robots" content="{licence}"><script type="application/rsl+xml">{licence}'
    plain = page(document(f"{head}</script>"))
    found = extract.read(replace(plain, headers={**plain.headers, name: value}), lead(), BEAT)
    if isinstance(found, Dropped):
        return
    assert found.access in {"", "free", "teaser", "paywalled"}
    assert all(0 < len(one.name) and len(one.said) <= 300 for one in found.signals)


PIECES = st.sampled_from(
    [
        *(
            "SALTHOLM, May 5 (Reuters) - ",
            "(AP)",
            " — ",
            "© 2026 AFP",
            "(Reporting by A; Editing by B)",
        ),
        *("This story was originally published by ", "The Tideline", "\n\n", " (dpa)", "By ", "| "),
        *(
            "Subscribe to continue reading",
            "/PRNewswire/",
            "ferry ",
            "ran aground. ",
            "(",
            ")",
            "/",
        ),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_has_one_credit_or_none(words: str) -> None:
    found = extract.read(page(document(body=f"<p>{words}</p>")), lead(), BEAT)
    if isinstance(found, Article):
        assert len(found.credit) <= 50
        assert bool(found.credit) == bool(found.origins.get("credit"))


@given(
    st.text(max_size=30)
    | st.sampled_from(["s/", "c/", "amp/", "www.a.example/x", "https://", "www.google.com/"])
)
def test_an_address_is_unwrapped_once(rest: str) -> None:
    for start in ("https://www.google.com/amp/s/", "https://a-example.cdn.ampproject.org/c/s/", ""):
        found = origin.unwrap(start + rest)
        assert origin.unwrap(found) == found or "google" in found


RESERVED = st.builds(
    Signal,
    name=st.just("tdm-reservation"),
    said=st.sampled_from(["0", "1", "2", "1, 0"]),
    where=st.sampled_from(["meta", "header", "/.well-known/tdmrep.json"]),
)
LIMITED = st.builds(
    Signal,
    name=st.just("max-snippet"),
    said=st.integers(-1, 300).map("max-snippet:{}".format),
    where=st.just("meta robots"),
)


@given(st.lists(SIGNALS | RESERVED | LIMITED, max_size=40))
def test_the_signals_that_decide_forbid_what_all_forbid(signals: list[Signal]) -> None:
    few = terms.deciding(signals)
    assert few <= set(signals)
    assert len(few) < 20
    assert terms.list_refused_uses(few) == terms.list_refused_uses(signals)
    assert terms.snippet_characters(few) == terms.snippet_characters(signals)


FACTS = st.lists(
    st.integers(0, 99).map("The ferry number {} ran aground in the harbour of Saltholm.".format),
    min_size=1,
    max_size=8,
    unique=True,
)


@given(FACTS, st.lists(st.booleans(), min_size=8, max_size=8), st.sampled_from(["p", "span"]))
def test_no_marked_sentence_is_ever_quoted(facts: list[str], marks: list[bool], tag: str) -> None:
    marked = [fact for fact, is_marked in zip(facts, marks, strict=False) if is_marked]
    pieces = [f"<{tag} data-nosnippet>{one}</{tag}>" if one in marked else one for one in facts]
    opened = open_document(page(f"<html><body><div>{' '.join(pieces)}</div></body></html>"))
    left = quotable(opened, " ".join(facts))
    assert not [one for one in marked if one in left]
    assert marked or left


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_section_and_any_text_are_compared(section: str, passage: str) -> None:
    words = html.escape(section)
    opened = open_document(page(f"<html><body><p data-nosnippet>{words}</p></body></html>"))
    assert len(quotable(opened, passage)) <= len(passage)
