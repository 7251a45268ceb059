"""Find out a story's status (published, held, copy, …), and hold new stories for an editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from copydesk.news import Reason, ReasonKind, Standing, Story, Verdict
from copydesk.news.ruling import Said

_BY_WORD: Mapping[Said, Standing] = {
    "hold": Standing.HELD,
    "reject": Standing.REJECTED,
    "remove": Standing.REMOVED,
}


def standing(
    story: Story,
    verdict: Verdict | None = None,
    *,
    is_ruled_out: bool = False,
    is_off_beat: bool = False,
    reaches_gate: bool = False,
) -> Standing:
    """Return the status of a story as one `Standing`: published, held, copy, off-topic and so on.

    A verdict decides first: the record's own, or `verdict`, which is kept among the rules. Else a
    story on the site is published, and the reasons in its record say why another one is not.
    Records without reasons (of the `everyday` profile, or made by everyday.cc) are judged by their
    values and by today's rules: `is_ruled_out` by a block, `is_off_beat`, `reaches_gate` by its
    points. A story that reaches the threshold and is not on the site waits for an editor, or an
    editor took it off by hand.
    """
    word = story.verdict or verdict
    if word is not None and word.said in _BY_WORD:
        return _BY_WORD[word.said]
    if story.published:
        return Standing.PUBLISHED
    by_numbers = _by_numbers(story, is_off_beat=is_off_beat, reaches_gate=reaches_gate)
    return _by_reasons(story, is_ruled_out=is_ruled_out) or by_numbers


def _by_reasons(story: Story, *, is_ruled_out: bool) -> Standing | None:
    """Return the status that the story's reasons show, None where its points decide."""
    kinds = {reason.kind for reason in story.reasons}
    if is_ruled_out or ReasonKind.RULED_OUT in kinds:
        return Standing.RULED_OUT
    if ReasonKind.KEPT_OFF_BEAT in kinds:
        return Standing.OFF_BEAT
    if story.copy_of:
        return Standing.COPY
    if any(reason.about == "held" for reason in story.reasons):
        return Standing.HELD
    return None


def _by_numbers(story: Story, *, is_off_beat: bool, reaches_gate: bool) -> Standing:
    if story.heat == -1:
        return Standing.BEHIND_LEADER
    if is_off_beat:
        return Standing.OFF_BEAT
    return Standing.HELD if reaches_gate else Standing.BELOW_GATE


def gate(story: Story, mode: str, trust: str) -> Story:
    """Hold a new story for an editor, or publish it, by the newsroom's mode and its source's trust.

    The story is held (unpublished until an editor decides) where the mode or the trust is "hold".
    It is published at any quality where the trust is "publish", unless it is a copy. Otherwise it
    stays as judged. An editor's verdict goes before both.
    """
    if story.verdict is not None:
        return story
    if mode == "hold":
        return _hold(story, ReasonKind.ALL_HELD)
    if trust == "hold":
        return _hold(story, ReasonKind.SOURCE_HELD)
    if trust == "publish" and not story.copy_of and not story.published:
        reason = Reason.of(ReasonKind.TRUSTED_SOURCE)
        return replace(story, published=True, reasons=_instead(story, "published", reason))
    return story


def _hold(story: Story, kind: ReasonKind) -> Story:
    return replace(story, published=False, reasons=_instead(story, "held", Reason.of(kind)))


def _instead(story: Story, about: str, reason: Reason) -> tuple[Reason, ...]:
    """Put a reason at the end, in place of the reason with the same subject.

    A record without reasons gets none.
    """
    if not story.reasons:
        return ()
    return (*(other for other in story.reasons if other.about != about), reason)
