"""Choose the story that leads a group, by an editor's rule or by merits such as a picture, and the
stories that the site shows as related to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

from copydesk.judge.coverage._heat import agency_of, corroboration
from copydesk.judge.coverage._ruled_groups import is_lead, is_pin, lead_in, name_of, pin_on
from copydesk.kit import dates
from copydesk.kit.options import fill
from copydesk.news import Beat, Provider, Reason, ReasonKind, Shelved, Story
from copydesk.news.story import Related

LIFT = 20  # most points by which other publishers can lift a story over the threshold
_TRUSTED = frozenset({ReasonKind.TRUSTED_SOURCE, ReasonKind.WOULD_BE_PUBLISHED})

_Rank = tuple[bool, bool, bool, bool, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """The choice of a group's leading story: candidates, the latest time, an editor's choice."""

    group: Sequence[Story]
    beat: Beat
    newest: datetime | None
    chosen: Story | None

    def rank(self) -> list[Story]:
        """Return the stories of the group, best first; the first one leads the group.

        The story with most merits leads, unless the group would not be on the site with it and
        would be with another one.
        """
        ranked = sorted(self.group, key=self._order)
        best = self._rank_of(ranked[0])
        peers = takewhile(lambda story: self._rank_of(story) == best, ranked)
        leader = next(filter(self._is_seen_in_front, peers), ranked[0])
        return [leader, *(story for story in ranked if story is not leader)]

    def why(self, leader: Story) -> Reason:
        """Return the reason why this story leads the group and not the second best."""
        second = min(
            (story for story in self.group if story is not leader),
            key=lambda story: self._order(story, anew=True),
        )
        return Reason.of(
            ReasonKind.LEADS, other=name_of(second), merits=self._compare(leader, second)
        )

    def _compare(self, leader: Story, second: Story) -> str:
        ahead, behind = self._rank_of(leader), self._rank_of(second)
        if ahead[:3] != behind[:3]:
            return "an editor's decision"
        if ahead != behind:
            return "the other story is held or outside the site's subject"
        merits, others = self._merits_of(leader), self._merits_of(second)
        words = compare_merits(merits, others)
        if sum(others.values()) <= sum(merits.values()):
            return words
        other = "the other story would not be published"
        why = "already the main story before" if self._stays(leader) else other
        return f"{why}, {words}" if words else why

    def _order(self, story: Story, *, anew: bool = False) -> tuple[_Rank, int, datetime, str]:
        merits = sum(self._merits_of(story).values())
        stays = STAYS if not anew and self._stays(story) else 0
        moment = story.published_at or dates.EARLIEST
        return (self._rank_of(story), -merits - stays, moment, story.path)

    def _rank_of(self, story: Story) -> _Rank:
        return _rank(story, self.beat, self.chosen)

    def _stays(self, story: Story) -> bool:
        """Return whether a story leads by its merits already; only a far better one replaces it."""
        leads = bool(story.published and story.heat != -1 and story.group)
        led_by_rule = story is not self.chosen and any(map(is_lead, story.reasons))
        if was_pinned(story, self.beat) or led_by_rule:
            return False
        return leads and not is_brief_beside(story, self.group)

    def _merits_of(self, story: Story) -> dict[str, int]:
        return weigh_merits(story, self.newest)

    def _is_seen_in_front(self, story: Story) -> bool:
        most = (story.quality or 0) + LIFT
        if most < self.beat.scoring.publish_at and not (story.published or is_trusted(story)):
            return False
        others = [other for other in self.group if other is not story]
        return passes(story, lift_of(story, others, self.beat), self.beat)


def leads_by_ruling(leader: Story, group: Sequence[Story], beat: Beat) -> bool:
    """Return whether the editors' pins, rules and decisions let a story go on leading its group."""
    chosen = leader_by_ruling(group, beat)
    if leader is not chosen and any(map(is_lead, leader.reasons)):
        return False
    return _rank(leader, beat, chosen) == min(_rank(story, beat, chosen) for story in group)


def _rank(story: Story, beat: Beat, chosen: Story | None) -> _Rank:
    is_published_by_verdict = story.verdict is not None and story.verdict.said == "publish"
    return (
        not is_pinned(story, beat),
        story is not chosen,
        not is_published_by_verdict,
        is_kept_back(story),
        is_off_beat(story, beat),
    )


def leader_by_ruling(group: Sequence[Story], beat: Beat) -> Story | None:
    """Return the story that an editor's rule makes the leader, None if it would not be published.

    Only the newest `lead` rule on one of the group counts. It publishes nothing: a story that is
    held, or below the publishing threshold as leader, does not lead.
    """
    ruled = lead_in(group, beat)
    if ruled is None or is_kept_back(ruled[0]):
        return None
    story, _ = ruled
    others = [other for other in group if other is not story]
    return story if passes(story, lift_of(story, others, beat), beat) else None


def is_pinned(story: Story, beat: Beat) -> bool:
    """Return whether an editor pinned a story to the front page, even if the pin has ended."""
    return pin_on(story, beat) is not None


def was_pinned(story: Story, beat: Beat) -> bool:
    """Return whether a story leads its group only because of an editor's pin that was removed."""
    return any(map(is_pin, story.reasons)) and pin_on(story, beat) is None


def is_kept_back(story: Story) -> bool:
    """Return whether a story is off the site because an editor decided so or has yet to decide."""
    if story.verdict is not None:
        return story.verdict.said != "publish"
    return story.is_left_off or any(reason.about == "held" for reason in story.reasons)


def is_trusted(story: Story) -> bool:
    """Return whether a story is published at any quality because its source is trusted."""
    return any(reason.kind in _TRUSTED for reason in story.reasons)


def lift_of(leader: Story, others: Sequence[Story], beat: Beat) -> int:
    """Return the points that a leader gets toward publication for other stories of its group."""
    support = corroboration(leader, [other for other in others if confirms(other, beat)], beat)
    return min(LIFT, support.points or 0) if support else 0


def passes(leader: Story, lift: int, beat: Beat) -> bool:
    """Return whether a group's leader is published: by points, by trust, or as it was before."""
    was_let_through = bool(leader.published) and not was_pinned(leader, beat)
    reaches = (leader.quality or 0) + lift >= beat.scoring.publish_at
    return reaches or was_let_through or is_trusted(leader)


# Merits are points for leading: a full, fresh report with a picture from the publisher that wrote
# it. An agency's text is an own report on the agency's site only.

STAYS = 15  # points by which a story must be better to replace a leader that readers know
_PICTURE, _OWN_REPORT, _FRESH = 10, 10, 10
_FRESH_WITHIN = timedelta(days=3)  # of the group's newest
_BRIEF, _REPORT, _FULL = "brief", "report", "full report"
FULL_REPORT = 2500  # characters of text; longer texts count the same
_SIZES = ((1000, _BRIEF), (FULL_REPORT, _REPORT))  # texts below so many characters
_POINTS_OF_SIZE = {_BRIEF: 0, "": 8, _REPORT: 8, _FULL: 15}  # "": not known
_QUALITY = "quality"


def note_size(story: Story, text: str) -> Story:
    """Return a story with a reason added that stores the size of its text (brief, report, …).

    So the size is known as long as the record exists. Without a text the filed size stays.
    """
    if not (text and story.reasons):
        return story
    size = next((size for bound, size in _SIZES if len(text) < bound), _FULL)
    others = (reason for reason in story.reasons if reason.about != "text")
    return replace(story, reasons=(*others, Reason.of(ReasonKind.TEXT_SIZE, size=size)))


def weigh_merits(story: Story, newest: datetime | None) -> dict[str, int]:
    """Map each merit of a story as a group's leader ("a picture", "newer") to its points.

    First its quality, then what readers of the group get: a full text, a picture, an own report,
    recent news. `newest` is the time of the group's latest story.
    """
    return {
        _QUALITY: story.quality or 0,
        "longer text": _POINTS_OF_SIZE.get(_size_of(story), 0),
        "a picture": _PICTURE if story.images else 0,
        "own report of its publisher": _OWN_REPORT if is_own_report(story) else 0,
        "newer": _FRESH if _is_fresh(story, newest) else 0,
    }


def compare_merits(first: Mapping[str, int], second: Mapping[str, int]) -> str:
    """Return in words the merits in which one story beats another ("a picture"), "" for none."""
    better = [what for what, points in first.items() if points > second.get(what, 0)]
    quality = f"higher quality ({first.get(_QUALITY)} to {second.get(_QUALITY)})"
    return ", ".join(quality if what == _QUALITY else what for what in better)


def count_merits(leader: Story, other: Story) -> tuple[list[str], int]:
    """Return the merits in which a leader beats another story, and the difference in points.

    The points are the difference of all merits.
    """
    newest = newest_of([leader, other])
    ahead, behind = weigh_merits(leader, newest), weigh_merits(other, newest)
    better = [what for what in ahead if what != _QUALITY and ahead[what] > behind[what]]
    return better, sum(ahead.values()) - sum(behind.values())


def newest_of(group: Sequence[Story]) -> datetime | None:
    """Return when the latest story of a group was published, None if unknown."""
    return max((story.published_at for story in group if story.published_at), default=None)


def is_brief_beside(story: Story, group: Sequence[Story]) -> bool:
    """Return whether a story is short while another of its group is a full report."""
    if _size_of(story) != _BRIEF:
        return False
    return any(_size_of(other) in {_REPORT, _FULL} for other in group)


def is_own_report(story: Story) -> bool:
    """Return whether a story is its publisher's own report: no agency text or press release."""
    if any(reason.kind is ReasonKind.PRESS_RELEASE for reason in story.reasons):
        return False
    domain = story.provider.domain if story.provider else ""
    agency = agency_of(story.credit, "")
    return not agency or agency == agency_of("", domain)


def _size_of(story: Story) -> str:
    sizes = (reason for reason in story.reasons if reason.kind is ReasonKind.TEXT_SIZE)
    return next((reason.values["size"] for reason in sizes), "")


def _is_fresh(story: Story, newest: datetime | None) -> bool:
    if story.published_at is None or newest is None:
        return False
    return newest - story.published_at <= _FRESH_WITHIN


# The stories beside the leader.

FAR_BELOW = 3  # a story with less than a third of the leader's quality is not shown


def choose_beside(leader: Story, others: Sequence[Story], beat: Beat) -> list[Story]:
    """Return the stories that the site shows as related to a group's leader, one of each publisher.

    `others` are the group without its leader, the best first.
    """
    return [other for other, lack in weigh_beside(leader, others, beat) if not lack]


def weigh_beside(leader: Story, others: Sequence[Story], beat: Beat) -> list[tuple[Story, str]]:
    """Pair each other story of a group with the reason why the site hides it, "" if it does not."""
    seen = {_publisher(leader): leader}
    weighed = []
    for other in others:
        lack = _lack(leader, other, beat)
        if not lack and (publisher := _publisher(other)):
            first = seen.setdefault(publisher, other)
            lack = f"{name_of(first)} is from the same publisher" if first is not other else ""
        weighed.append((other, lack))
    return weighed


def is_off_beat(story: Story, beat: Beat) -> bool:
    """Return whether a story has none of the site's topics."""
    return bool(beat.topics) and not story.topics


def confirms(story: Story, beat: Beat) -> bool:
    """Return whether a story counts as another publisher's report that confirms the event.

    A story without quality, or outside the site's subject, does not count.
    """
    is_worth_nothing = story.quality == 0 or is_off_beat(story, beat)
    return not (is_worth_nothing or story.is_kept_out or _is_held(story))


def _lack(leader: Story, other: Story, beat: Beat) -> str:
    quality, level = other.quality or 0, leader.quality or 0
    if _is_held(other):
        return "an editor holds this story"
    if is_off_beat(other, beat) and not is_off_beat(leader, beat):
        return "outside the site's subject"
    if quality * FAR_BELOW < level:
        return f"quality {quality} is far below the main story's quality {level}"
    return ""


def _is_held(story: Story) -> bool:
    return story.verdict is not None and story.verdict.said == "hold"


def _publisher(story: Story) -> str:
    provider = story.provider
    return (provider.domain or provider.name).casefold() if provider else ""


def snapshot(story: Story) -> Related:
    """Return a story as an entry for another story's list of related stories (SPEC 2.10)."""
    provider = story.provider
    return fill(
        Related,
        story,
        published_at=story.published_at or dates.EARLIEST,
        web_url=story.web_url or story.original_url,
        provider=Provider(name=provider.name, domain=provider.domain) if provider else None,
    )


def in_order(related: Iterable[Related]) -> tuple[Related, ...]:
    """Sort related stories: highest quality first, then earliest, then by URL."""
    return tuple(
        sorted(related, key=lambda item: (-(item.quality or 0), item.published_at, item.web_url))
    )


def list_copies(stories: Sequence[Shelved]) -> tuple[Story, ...]:
    """Add copies to the related stories of their originals; return changed originals by path.

    Other related stories stay; a copy replaces its older state. Nothing depends on what is new, so
    the next run completes an interrupted one.
    """
    copies: dict[str, list[Story]] = {}
    for shelved in stories:
        if shelved.story.copy_of:
            copies.setdefault(shelved.story.copy_of, []).append(shelved.story)
    originals = [shelved.story for shelved in stories if name_of(shelved.story) in copies]
    listing = {story.path: _with_copies(story, copies[name_of(story)]) for story in originals}
    changed = (listing[story.path] for story in originals if listing[story.path] != story)
    return tuple(sorted(changed, key=lambda story: story.path))


def _with_copies(story: Story, copies: Iterable[Story]) -> Story:
    beside = {related.web_url: related for related in story.related}
    for copy in copies:
        related = snapshot(copy)
        beside.pop(related.web_url, None)
        if not copy.is_kept_out:
            beside[related.web_url] = related
    return replace(story, related=in_order(beside.values()))
