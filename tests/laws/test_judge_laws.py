"""Laws of the judge: no text breaks it, no order or repetition changes what it says."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from copydesk import judge
from copydesk.judge import copies, profile_of
from copydesk.judge.phrases import Phrases
from copydesk.judge.profile import Features, weigh_both_ways
from copydesk.judge.shelves import MemoryShelf
from copydesk.judge.topics import find_changed_words, relevance, stems_of
from copydesk.judge.words import contains, normalize, tokenize
from copydesk.news import Article, Beat, Shelved, Story, Topic
from copydesk.news.beat import Scoring, SignalPoints

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOPICS = (
    Topic(id="a", name="A", keywords=("ai", "(", "a*", "")),
    Topic(id="b", name="B", parent="A", keywords=("EU", "x y")),
)
BEATS = st.sampled_from(
    [
        Beat(title="x", topic="A", topics=TOPICS, scoring=Scoring(profile=profile, off_beat="keep"))
        for profile in ("copydesk", "everyday")
    ]
)
TEXTS = st.text(max_size=200) | st.lists(
    st.sampled_from(["ai", "EU", "x", "y", "12", "thirteen", "ferry", "\u200b", "人工"]),
    max_size=90,
).map(" ".join)
ARTICLES = st.builds(
    Article,
    url=st.just("https://a.example/x"),
    web_url=st.just("https://a.example/x"),
    title=TEXTS,
    published_at=st.just(NOON),
    source=st.just("https://a.example/feed"),
    found=st.just(NOON),
    excerpt=TEXTS,
    text=TEXTS,
    image=TEXTS,
    amp_web_url=TEXTS,
    type=st.sampled_from(["article", "video"]),
    credit=TEXTS,
    access=TEXTS,
)
WORDS = st.sampled_from(
    ["ferry", "harbour", "machine", "council", "vote", "robot", "penguin", "choir"]
)
STORIES = st.lists(
    st.tuples(st.lists(WORDS, min_size=1, max_size=5), st.integers(0, 120), st.integers(0, 200)),
    max_size=12,
)


@given(ARTICLES, BEATS)
def test_any_article_gets_a_quality_that_its_reasons_make(article: Article, beat: Beat) -> None:
    story = judge.assess(article, beat, MemoryShelf())
    assert isinstance(story, Story)
    assert story.quality is not None
    assert story.quality >= 0
    assert story.quality <= 190 or beat.scoring.profile == "everyday"
    points = [one.points or 0 for one in judge.explain(story, beat) if one.about == "quality"]
    assert sum(points) == story.quality


@given(ARTICLES, st.integers(1, 30))
def test_more_of_plain_prose_never_lowers_a_quality(article: Article, sentences: int) -> None:
    beat = Beat(title="x", topic="A", topics=TOPICS, scoring=Scoring(off_beat="keep"))
    more = replace(article, text=article.text + "\nAnn said that the ferry sails." * sentences)
    before, after = (judge.assess(one, beat, MemoryShelf()) for one in (article, more))
    assert isinstance(before, Story)
    assert isinstance(after, Story)
    assert (after.quality or 0) >= (before.quality or 0)


FEATURES = st.builds(
    Features,
    title=TEXTS,
    topics=st.sampled_from([(), ("A",), ("A", "B")]),
    amp=st.booleans(),
    video=st.booleans(),
    official=st.booleans(),
    lede=TEXTS,
    text=TEXTS | st.none(),
    access=st.sampled_from(["", "free", "teaser", "paywalled"]),
    credit=TEXTS,
    authors=st.integers(0, 3),
    age_hours=st.floats(-10, 1000) | st.none(),
)


@given(FEATURES, BEATS)
def test_nothing_but_the_pictures_own_signal_looks_at_the_picture(
    features: Features, beat: Beat
) -> None:
    profile = profile_of(beat)
    pictured, bare = (replace(features, image=has) for has in (True, False))

    both = weigh_both_ways(profile.signals, features, beat, profile.highest)

    assert both == (judge.weigh(pictured, beat), judge.weigh(bare, beat))


POINTS = st.builds(
    SignalPoints,
    **{
        name: st.integers(-200, 200)
        for name in ("on_beat", "off_beat", "picture", "voices", "wall")
    },
)


@given(ARTICLES, BEATS, POINTS, st.integers(0, 190), st.sampled_from(["keep", "drop"]))
def test_what_was_found_once_is_weighed_by_other_rules_as_if_it_were_read(
    article: Article, beat: Beat, points: SignalPoints, gate: int, off_beat: Literal["keep", "drop"]
) -> None:
    found = judge.examine_article(article, beat)
    scoring = replace(beat.scoring, points=points, publish_at=gate, off_beat=off_beat)
    moved = replace(beat, scoring=scoring)

    kept = judge.appraise_findings(replace(article, text=""), found, moved)

    anew = judge.appraise(article, moved)
    if isinstance(anew, judge.Appraisal):
        anew = replace(anew, article=replace(article, text=""))
    assert kept == anew


GERMAN = ["Regierung", "Landesregierung", "Fähre", "Fähren", "trade war", "war", "ai", "u.s."]
KEYWORDS = st.lists(st.sampled_from([*GERMAN, "robots", "x y", "ferry", "", "a*"]), max_size=4)
SPOKEN = st.lists(st.sampled_from([*GERMAN, "US", "robot", "\n", "x-y", "ferries"]), max_size=30)


@given(KEYWORDS, KEYWORDS, SPOKEN.map(" ".join), st.sampled_from(["de", "en", ""]), BEATS)
def test_no_article_that_other_keywords_touch_is_passed_over(
    old: list[str], new: list[str], text: str, language: str, beat: Beat
) -> None:
    assume(beat.scoring.profile == "copydesk")
    below = Topic(id="b", name="B", parent="A", keywords=("EU", *old))
    before = replace(beat, topics=(TOPICS[0], below))
    after = replace(beat, topics=(TOPICS[0], replace(below, keywords=("EU", *new))))
    article = Article(
        url="https://a.example/x",
        web_url="https://a.example/x",
        title=text[:40],
        published_at=NOON,
        source="",
        found=NOON,
        text=f"{text} EU {text}",
        language=language,
        keywords=(text[:20],),
    )

    changed = find_changed_words(before, after, language)

    assert changed is not None
    if not changed.may_touch(stems_of(article, before)):
        assert judge.examine_article(article, before) == judge.examine_article(article, after)


@given(TEXTS, TEXTS)
def test_any_keyword_can_be_looked_for_in_any_text(keyword: str, text: str) -> None:
    assert contains(keyword, normalize(text)) in {True, False}


@given(TEXTS)
def test_a_text_shares_all_of_itself_and_its_fingerprint(text: str) -> None:
    grams = copies.shingles(text)
    assert copies.overlap(grams, grams).is_copy is bool(grams)
    assert copies.fingerprint(text) == copies.fingerprint(f" {text}\n")


@given(st.sets(st.integers(0, 80)), st.sets(st.integers(0, 80)))
def test_shares_are_between_nought_and_a_hundred(new: set[int], old: set[int]) -> None:
    shared = copies.overlap(set(map(str, new)), set(map(str, old)))
    assert 0 <= shared.of_new <= 100
    assert 0 <= shared.of_old <= 100
    assert not (shared.is_copy and not new & old)


@given(STORIES, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_grouping_is_settled_after_once_and_knows_no_order(
    drawn: Sequence[tuple[list[str], int, int]], random: object
) -> None:
    beat = Beat(title="x", scoring=Scoring(profile="everyday", grouping=True))
    filed = {one.path: one for one in _stories(drawn)}
    fresh = frozenset(filed)
    changed = judge.regroup([Shelved(story=one) for one in filed.values()], beat, fresh)
    shuffled = list(filed.values())
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert judge.regroup([Shelved(story=one) for one in shuffled], beat, fresh) == changed
    filed |= {one.path: one for one in changed}
    assert judge.regroup([Shelved(story=one) for one in filed.values()], beat, fresh) == ()
    assert all(one.heat != -1 or one.related for one in filed.values())


def _stories(drawn: Sequence[tuple[list[str], int, int]]) -> list[Story]:
    plain = Story(path="", title="", published_at=NOON)
    return [
        replace(
            plain,
            path=f"_news/{number}.md",
            title=" ".join(words),
            published_at=NOON + timedelta(hours=hours),
            web_url=f"https://a.example/{number}",
            quality=quality,
            heat=quality,
            published=quality >= 70,
        )
        for number, (words, quality, hours) in enumerate(drawn)
    ]


WORDS_OF_TOPICS = st.sampled_from(["robot", "court case", "regulate", "EU", "x-ray", "法院"])
SUBJECTS = st.lists(
    st.tuples(st.lists(WORDS_OF_TOPICS, max_size=3), st.sampled_from(["", "T0", "T1"])),
    min_size=1,
    max_size=4,
)
SENTENCES = st.lists(
    st.sampled_from(
        ["robots", "court cases", "regulation", "EU", "x ray", "法院人", "суд", "the", ".", "\n"]
    ),
    max_size=60,
).map(" ".join)


def _beat(drawn: Sequence[tuple[list[str], str]]) -> Beat:
    """Draw a beat of topics T0, T1, …, whose parents stand before them."""
    topics = tuple(
        Topic(
            id=f"t{at}",
            name=f"T{at}",
            keywords=tuple(keywords),
            parent=parent if parent < f"T{at}" else "",
        )
        for at, (keywords, parent) in enumerate(drawn)
    )
    return Beat(title="x", topic="T0", topics=topics)


def _names(article: Article, beat: Beat) -> set[str]:
    return {match.topic for match in relevance(article, beat)}


@given(ARTICLES, SENTENCES, SENTENCES, SUBJECTS, st.integers(0, 3), WORDS_OF_TOPICS)
def test_an_excluded_word_never_adds_a_topic(
    article: Article, title: str, text: str, drawn: list[tuple[list[str], str]], at: int, word: str
) -> None:
    article = replace(article, title=title, text=text)
    beat = _beat(drawn)
    topics = list(beat.topics)
    one = topics[at % len(topics)]
    topics[at % len(topics)] = replace(one, excluded=(word,))
    assert _names(article, replace(beat, topics=tuple(topics))) <= _names(article, beat)


@given(SENTENCES, SENTENCES, SUBJECTS, st.sampled_from(["upper", "title", "NFD", "NFC"]))
def test_case_and_form_of_letters_change_no_topic(
    title: str, text: str, drawn: list[tuple[list[str], str]], form: str
) -> None:
    assume(form != "title" or "EU" not in title + text)  # an acronym stands in capitals
    shapes: dict[str, Callable[[str], str]] = {
        "upper": str.upper,
        "title": str.title,
        "NFD": functools.partial(unicodedata.normalize, "NFD"),
        "NFC": functools.partial(unicodedata.normalize, "NFC"),
    }
    shape = shapes[form]
    beat = _beat(drawn)
    assert _names(_article(shape(title), shape(text)), beat) == _names(_article(title, text), beat)


def _article(title: str, text: str) -> Article:
    return Article(
        url="https://a.example/x",
        web_url="https://a.example/x",
        title=title,
        text=text,
        published_at=NOON,
        source="https://a.example/feed",
        found=NOON,
    )


@given(TEXTS, TEXTS, SUBJECTS)
def test_a_confidence_is_a_percentage_and_stands_in_its_reason(
    title: str, text: str, drawn: list[tuple[list[str], str]]
) -> None:
    for match in relevance(_article(title, text), _beat(drawn)):
        assert 0 <= match.confidence <= 100
        assert match.why.startswith("stands above") or f"{match.confidence})" in match.why


@given(TEXTS, st.lists(TEXTS, max_size=6))
def test_many_keywords_are_found_where_each_alone_is(text: str, keywords: list[str]) -> None:
    read = tokenize(text)
    together = {
        (keywords[one.phrase], one.start, one.end) for one in Phrases(keywords, "en").find(read)
    }
    alone = {
        (keyword, one.start, one.end)
        for keyword in keywords
        for one in Phrases([keyword], "en").find(read)
    }
    assert together == alone
