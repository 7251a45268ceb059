"""A filed story judged anew: one way, whose occasions differ in what they take over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk import review
from copydesk.judge.shelves import MemoryShelf
from copydesk.news import (
    Article,
    Beat,
    Dropped,
    Image,
    Reason,
    Ruling,
    Source,
    Story,
    Topic,
    Verdict,
)
from copydesk.news.beat import Scoring
from copydesk.news.story import Shelf
from copydesk.review import rejudging

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEED = "https://feeds.gazette.example/all.xml"
PICTURE = "https://a.example/filed.jpg"
TOPICS = tuple(Topic(id=name.lower(), name=name) for name in ("AI", "Health"))
BEAT = Beat(title="x", topics=TOPICS, sources=(Source(url=FEED),))
ARTICLE = Article(
    url="https://a.example/1",
    web_url="https://a.example/1",
    title="The page's headline",
    excerpt="The page's excerpt",
    published_at=NOON + timedelta(days=1),
    source=FEED,
    found=NOON,
    image="https://a.example/new.jpg",
)
FILED = Story(
    path="_news/2026-03-02-a.md",
    title="The filed headline",
    excerpt="The filed excerpt",
    published_at=NOON,
    images=(Image(url=PICTURE),),
    topics=("Health",),
    quality=80,
    heat=90,
    published=True,
    access="gone",
    reasons=(
        Reason(about="topic Health", why="it was"),
        Reason(about="quality", why="it was", points=80),
        Reason(about="published", why="quality 80 reaches the threshold 70"),
    ),
)
OFF = Dropped(url=ARTICLE.url, reason="off-beat", detail="nothing near")
OUT = Dropped(url=ARTICLE.url, reason="ruled-out", detail='blocked by Ada: "cup" in title')


def judged(article: Article) -> Story:
    return Story(
        path="",
        title=article.title,
        excerpt=article.excerpt,
        published_at=article.published_at,
        topics=("AI",),
        quality=40,
        heat=40,
        published=False,
        access="free",
        reasons=(
            Reason(about="topic AI", why='"ai" in title'),
            Reason(about="quality", why="short", points=40),
            Reason(about="published", why="quality 40 is below the threshold 70"),
        ),
    )


def grounds(
    no: Dropped | None = None, *, beat: Beat = BEAT, filed: Story = FILED, **more: object
) -> rejudging.Grounds:
    """Return grounds by which a round would say no, unless all of it is to be kept."""

    def assess(article: Article, on: Beat, shelf: Shelf) -> Story | Dropped:
        del shelf
        is_free = not on.rulings and on.scoring.off_beat == "keep"
        return no if no and not is_free else judged(article)

    known = dict(review.digests(filed))
    return rejudging.Grounds(assess=assess, beat=beat, shelf=MemoryShelf(), known=known, **more)  # type: ignore[arg-type]  # the test names the fields


def anew(
    occasion: rejudging.Occasion, by: rejudging.Grounds | None = None, filed: Story = FILED
) -> rejudging.Judgement:
    return rejudging.rejudge(filed, ARTICLE, by or grounds(filed=filed), occasion)


def whys(story: Story, about: str) -> list[str]:
    return [one.why for one in story.reasons if one.about == about]


@pytest.mark.parametrize(
    ("filed", "image", "published_at"),
    [
        (FILED, PICTURE, NOON),
        (replace(FILED, images=(), published_at=None), "", ARTICLE.published_at),
    ],
    ids=["as filed", "a record without"],
)
def test_the_page_is_judged_with_the_records_picture_and_date(
    filed: Story, image: str, published_at: datetime
) -> None:
    seen: list[Article] = []

    def assess(article: Article, beat: Beat, shelf: Shelf) -> Story | Dropped:
        del beat, shelf
        seen.append(article)
        return judged(article)

    rejudging.rejudge(filed, ARTICLE, replace(grounds(), assess=assess), "other rules")

    assert [(image, published_at)] == [(one.image, one.published_at) for one in seen]


def test_a_correction_takes_over_words_and_numbers_and_decides_nothing() -> None:
    story = anew("correction").story

    assert (ARTICLE.title, ARTICLE.excerpt, ("AI",), 40) == (
        story.title,
        story.excerpt,
        story.topics,
        story.quality,
    )
    assert (True, 50, "free") == (story.published, story.heat, story.access)
    assert ["quality 80 reaches the threshold 70"] == whys(story, "published")


@pytest.mark.parametrize("by", [grounds(OFF), grounds(OUT)], ids=["off the beat", "ruled out"])
def test_a_correction_of_what_would_not_be_filed_today_is_one_of_words(
    by: rejudging.Grounds,
) -> None:
    story = anew("correction", by).story

    expected = replace(
        FILED, title=ARTICLE.title, excerpt=ARTICLE.excerpt, access="", machine=story.machine
    )
    assert expected == story


def test_a_page_that_no_source_of_ours_gave_is_corrected_in_its_words() -> None:
    stray = replace(ARTICLE, source="")

    story = rejudging.rejudge(FILED, stray, grounds(), "correction").story

    assert (ARTICLE.title, ("Health",), 80) == (story.title, story.topics, story.quality)


def test_other_rules_decide_anew_and_leave_the_words() -> None:
    judgement = anew("other rules")
    story = judgement.story

    assert "" == judgement.dropped
    assert (FILED.title, FILED.excerpt, "gone") == (story.title, story.excerpt, story.access)
    assert (("AI",), 40, 40, False) == (story.topics, story.quality, story.heat, story.published)


@pytest.mark.parametrize(
    ("no", "why"),
    [(OFF, "outside the site's subject under the current rules"), (OUT, OUT.detail)],
    ids=["off the beat", "ruled out"],
)
def test_what_other_rules_would_not_file_is_kept_off_and_says_why(no: Dropped, why: str) -> None:
    judgement = anew("other rules", grounds(no))

    assert no.reason == judgement.dropped
    assert (False, [why]) == (judgement.story.published, whys(judgement.story, "published"))


def test_whoever_an_editor_gave_topics_is_on_the_beat() -> None:
    rule = Ruling(
        said="retopic", by="Ada", at=NOON, why="", stories=("2026-03-02-a",), values=("AI",)
    )

    judgement = anew("other rules", grounds(OFF, beat=replace(BEAT, rulings=(rule,))))

    assert "" == judgement.dropped
    assert ["quality 40 is below the threshold 70"] == whys(judgement.story, "published")


@pytest.mark.parametrize(
    ("mode", "trust", "published"),
    [("gate", "gate", False), ("hold", "publish", False), ("gate", "publish", True)],
)
def test_other_rules_pass_the_gate_and_a_correction_does_not(
    mode: str, trust: str, published: bool
) -> None:
    beat = replace(BEAT, sources=(Source(url=FEED, trust=trust),))  # type: ignore[arg-type]  # one of three
    by = grounds(beat=beat, mode=mode)

    assert published is anew("other rules", by).story.published
    assert anew("correction", by).story.published


@pytest.mark.parametrize("is_kept", [True, False], ids=["seen to be none", "nobody can say"])
def test_a_copy_is_none_only_where_its_original_can_be_read(is_kept: bool) -> None:
    copy = Reason(about="copy", why="all of it")
    filed = replace(FILED, copy_of="b", published=False, heat=-1, reasons=(copy,))

    story = anew("other rules", grounds(filed=filed, is_original_kept=is_kept), filed).story

    assert ("" if is_kept else "b") == story.copy_of
    assert ([] if is_kept else ["all of it"]) == whys(story, "copy")


@pytest.mark.parametrize("heat", [-1, 90])
def test_a_story_stays_in_its_group_in_front_or_behind(heat: int) -> None:
    why = Reason(about="group", why="joined b")
    filed = replace(FILED, group="b", heat=heat, reasons=(*FILED.reasons, why))

    story = anew("other rules", grounds(filed=filed), filed).story

    assert ("b", min(heat, 40), ["joined b"]) == (story.group, story.heat, whys(story, "group"))


@pytest.mark.parametrize(("profile", "published"), [("copydesk", False), ("everyday", True)])
def test_a_word_among_the_rulings_holds_where_records_have_no_place_for_it(
    profile: str, published: bool
) -> None:
    beat = replace(BEAT, scoring=Scoring(profile=profile))  # type: ignore[arg-type]  # one of two
    verdict = Verdict(said="publish", by="Ada", at=NOON, why="")

    assert published is anew("other rules", grounds(beat=beat, verdict=verdict)).story.published


def test_a_free_title_is_the_pages_and_nothing_else_changes() -> None:
    why = Reason(about="title", why="set by Ada")
    filed = replace(FILED, reasons=(why, *FILED.reasons))

    story = anew("title free", filed=filed).story

    assert replace(FILED, title=ARTICLE.title) == story


@pytest.mark.parametrize("by", [grounds(), grounds(OFF)], ids=["on the beat", "off it"])
def test_free_topics_are_those_that_the_page_has_and_nothing_else_changes(
    by: rejudging.Grounds,
) -> None:
    story = anew("topics free", by).story

    reasons = (Reason(about="topic AI", why='"ai" in title'), *FILED.reasons[1:])
    assert replace(FILED, topics=("AI",), reasons=reasons) == story


def test_a_record_without_reasons_gets_none_of_its_topics() -> None:
    filed = replace(FILED, reasons=())

    assert replace(filed, topics=("AI",)) == anew("topics free", filed=filed).story


def test_another_rule_on_the_same_field_holds() -> None:
    name = ("2026-03-02-a",)
    rules = (
        Ruling(said="rename", by="Ada", at=NOON, why="", stories=name, values=("Hers",)),
        Ruling(said="retopic", by="Ada", at=NOON, why="", stories=name, values=("Health",)),
    )
    by = grounds(beat=replace(BEAT, rulings=rules))

    assert "Hers" == anew("title free", by).story.title
    assert ("Health",) == anew("topics free", by).story.topics
