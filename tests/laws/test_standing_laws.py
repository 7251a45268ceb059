"""Laws of where a story stands: an editor's word decides, else what is on the site is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from copydesk import review
from copydesk.news import Beat, Reason, ReasonKind, Standing, Story, Verdict
from copydesk.news.beat import Scoring
from copydesk.news.ruling import Said
from copydesk.review import rejudging

AT = datetime(2026, 11, 20, tzinfo=UTC)
NUMBERS = st.none() | st.integers(-1, 200)
REASONS = st.sampled_from(
    [
        *("quality +15: x", "published: quality 85 reaches 70", "published: quality 5 is below 70"),
        *("published: x leads its group", "published: a.example: ruled by Ed", "copy: of x"),
        *("published: off the beat under today's rules", "held: every story waits for an editor"),
        *("held: by hand", "words of somebody", "published: its source is trusted"),
    ]
).map(Reason.parse)
STORIES = st.builds(
    Story,
    path=st.just("_news/a.md"),
    title=st.just("A"),
    published_at=st.none() | st.just(AT),
    quality=NUMBERS,
    heat=NUMBERS,
    published=st.none() | st.booleans(),
    copy_of=st.sampled_from(["", "b"]),
    reasons=st.lists(REASONS, max_size=3).map(tuple),
)
FLAGS = st.fixed_dictionaries(
    {name: st.booleans() for name in ("is_ruled_out", "is_off_beat", "reaches_gate")}
)
BEATS = st.sampled_from(
    [
        Beat(title="T", scoring=Scoring(profile="everyday")),
        Beat(title="T", scoring=Scoring(profile="copydesk")),
    ]
)
BY_WORD: dict[Said, Standing] = {
    "publish": Standing.PUBLISHED,
    "hold": Standing.HELD,
    "reject": Standing.REJECTED,
    "remove": Standing.REMOVED,
}


@given(STORIES, st.sampled_from(sorted(BY_WORD)), BEATS, FLAGS)
def test_an_editors_word_decides_where_a_story_stands(
    story: Story, said: Said, beat: Beat, flags: dict[str, bool]
) -> None:
    verdict = Verdict(by="Ed", at=AT, said=said, why="")

    after = review.apply_verdict(story, verdict, beat)

    assert BY_WORD[said] is rejudging.standing(after, verdict, **flags)


@given(STORIES, FLAGS)
def test_without_one_it_is_published_where_it_is_on_the_site(
    story: Story, flags: dict[str, bool]
) -> None:
    stands = rejudging.standing(story, None, **flags)

    assert (stands is Standing.PUBLISHED) == (story.published is True)
    assert stands not in {Standing.REJECTED, Standing.REMOVED, Standing.DROPPED}


@given(STORIES, FLAGS)
def test_what_keeps_it_off_the_site_is_true_of_it(story: Story, flags: dict[str, bool]) -> None:
    off = replace(story, published=False)
    kinds = {reason.kind for reason in off.reasons}
    is_held = any(reason.about == "held" for reason in off.reasons)
    true_of = {
        Standing.RULED_OUT: flags["is_ruled_out"] or ReasonKind.RULED_OUT in kinds,
        Standing.OFF_BEAT: flags["is_off_beat"] or ReasonKind.KEPT_OFF_BEAT in kinds,
        Standing.COPY: bool(off.copy_of),
        Standing.BEHIND_LEADER: off.heat == -1,
        Standing.HELD: is_held or flags["reaches_gate"],
        Standing.BELOW_GATE: not flags["reaches_gate"] and off.heat != -1 and not off.copy_of,
    }

    assert true_of[rejudging.standing(off, None, **flags)]
