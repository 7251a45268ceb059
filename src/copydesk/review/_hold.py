"""The gate: what is published without an editor, and what waits for one."""

from __future__ import annotations

from dataclasses import replace

from copydesk.news import Reason, ReasonKind, Story


def gate(story: Story, mode: str, trust: str) -> Story:
    """Return a new story as the newsroom's mode and the source's trust let it pass.

    Held (unpublished until a verdict) where the mode or the source's trust is "hold"; published
    whatever its quality where the trust is "publish", but for a copy. Else as it was judged. A
    verdict stands above both.
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
    """Put a reason at the end, in place of one of its kind; a record without reasons gets none."""
    if not story.reasons:
        return ()
    return (*(other for other in story.reasons if other.about != about), reason)
