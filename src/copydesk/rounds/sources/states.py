"""Store the state of sources between rounds: next fetch, new URLs, pushed feeds, waiting links."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from copydesk.archive import FileChange
from copydesk.archive.ledger import Ledger, SourceEnded, SourceMoved, ledger_change, read_ledger
from copydesk.config import Settings
from copydesk.errors import CopydeskError, RecordError
from copydesk.kit import dates, urls
from copydesk.memory import Memory
from copydesk.news import Beat, Lead, Page, Source
from copydesk.news.source import Tip
from copydesk.newsroom import Newsroom
from copydesk.watch.schedule.state import SourceState, keep_address, revive

if TYPE_CHECKING:
    from copydesk.watch import websub

_DECODER = msgspec.json.Decoder(SourceState)


def _unheard(error: CopydeskError) -> None:
    """Ignore an error, since the fetching round reports it."""


def source_states(
    root: Path, beat: Beat, memory: Memory, trouble: Callable[[CopydeskError], None] = _unheard
) -> Mapping[str, SourceState]:
    """Return the stored state of each source, by URL. A source without one gets a new state.

    Moves and ends written in `_data/sources.yaml` count; if that file cannot be read, the error
    goes to `trouble`.
    """
    kept = memory.sources()
    states = {source.url: _state(kept.pop(source.url, None)) for source in beat.sources}
    try:
        ledger = read_ledger(root)
    except CopydeskError as error:
        trouble(error)
        return states
    if ledger == Ledger() and not any(state.held for state in states.values()):
        return states
    return {url: apply_ledger(state, ledger, url) for url, state in states.items()}


def refresh_by_rules(
    settings: Settings, now: datetime, states: Mapping[str, SourceState]
) -> Mapping[str, SourceState]:
    """Return sources' states, by URL. Those whose rules changed are due now, to be read in full.

    Items that were unwanted may be wanted by the new rules. A source whose `every_minutes` changed
    is due now, too, and so is one that failed before [fetch] changed: the owner may have set what
    it failed for, such as `allow_hosts`.
    """
    rules = RuleDigests(settings)
    found = dict(states)
    for source in settings.beat.sources:
        state, digest = states[source.url], rules.of(source)
        every = source.every_minutes * 60.0
        if (state.rules, state.every, state.fetch) == (digest, every, rules.fetch):
            continue
        found[source.url] = replace(state, rules=digest, every=every, fetch=rules.fetch)
        if state.rules and state.rules != digest:
            found[source.url] = _forgetful(found[source.url])
        if _is_due_anew(state, found[source.url]):
            found[source.url] = replace(found[source.url], next_at=state.rest_until or now)
    return found


def _is_due_anew(before: SourceState, after: SourceState) -> bool:
    """Return whether changed settings make a source due: it may list more, or work now."""
    if before.failures and before.fetch not in {"", after.fetch}:
        return True
    is_paced = bool(after.every) and after.every != before.every
    return bool(before.rules) and (before.rules != after.rules or is_paced)


def _forgetful(state: SourceState) -> SourceState:
    """Return a source's state without HTTP validators, so that the next response is complete."""
    return replace(state, etag="", last_modified="", digest="", parts={})


def _state(kept: bytes | None) -> SourceState:
    if kept is None:
        return SourceState()
    try:
        return _DECODER.decode(kept)
    except msgspec.DecodeError:  # written by another version; the memory is disposable
        return SourceState()


def keep_states(
    newsroom: Newsroom,
    states: Mapping[str, SourceState],
    again: Set[str],
    soon: Set[str],
    pushed: Set[str],
) -> None:
    """Store the state of each fetched source, by its URL.

    Sources in `again` listed a page that failed; sources in `soon` listed one that this round had
    no room for. Both are asked without validators next time, because a 304 would not list the page;
    the latter are due at once. Hub pushes of the sources in `pushed` are used up, read or not.
    """
    for url, state in states.items():
        kept = state
        if url in soon:
            kept = replace(kept, next_at=newsroom.now)
        if url in again or url in soon:
            kept = _forgetful(kept)
        newsroom.memory.keep_source(url, msgspec.json.encode(kept))
    for source in newsroom.beat.sources:
        if source.url in pushed:
            use_up_hub_push(newsroom.memory, newsroom.now, source)


# Digests of the rules that select a source's items, to detect when they change.

# reasons of drops that come from the owner's rules, so that a change of rules may undo them
RULE_REASONS = frozenset({"off-beat", "filtered", "too-old", "ruled-out"})


class RuleDigests:
    """Digests of the settings by which links of each source are chosen, to detect changed
    settings.
    """

    def __init__(self, settings: Settings) -> None:
        beat = settings.beat
        topics = [(topic.id, topic.name, topic.parent, topic.keywords) for topic in beat.topics]
        days = settings.fetch.max_age_days
        # only what is set, so that the digests of other newsrooms stay as they are
        kinds = ((topic.id, topic.kind, topic.place) for topic in beat.topics)
        added = [of_topic for of_topic in kinds if any(of_topic[1:])]
        added += [("near beat", "", "")] if beat.scoring.holds_near_beat else []
        self._beat = repr((topics, beat.topic, beat.scoring.off_beat, days, *added))
        self.fetch = _rules_digest(repr(settings.fetch))
        self._blocked = repr([rule.values for rule in beat.rulings if rule.said == "block"])

    def of(self, source: Source) -> str:
        """Return the digest of the rules by which a source is read and its links are chosen."""
        return _rules_digest(self._beat, _own(source), self._blocked)

    def behind(self, source: Source, reason: str) -> str:
        """Return the digest of those rules that can reject a source's links for this reason.

        So a new blocking rule does not cause pages that were off the subject to be fetched again.
        """
        return self.of(source) if reason == "ruled-out" else _rules_digest(self._beat, _own(source))


def _own(source: Source) -> str:
    return repr((source.kind, source.listing, source.include, source.exclude, source.topics))


def _rules_digest(*parts: str) -> str:
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


# The ledger: moves and ends of sources in a file, which replaces the memory if that is lost.
#
# states before, states after ── note_moves ──> change of _data/sources.yaml
# _data/sources.yaml ── apply_ledger ──> a fresh state

LEDGER_PATH = "_data/sources.yaml"

_ADDRESS = 8_000  # characters; the longest address that the ledger takes

States = Mapping[str, SourceState]


def note_moves(root: Path, now: datetime, before: States, after: States) -> FileChange | None:
    """Return the change of `_data/sources.yaml` for sources that got a new URL or ended, or None.

    Entries that an earlier round could not write are included. Raises RecordError if the file
    cannot be read.
    """
    ledger = read_ledger(root)
    noted = _note(now, ledger, before, after)
    return None if noted == ledger else ledger_change(root, noted)


def apply_ledger(state: SourceState, ledger: Ledger, url: str) -> SourceState:
    """Return a source's state, changed by what `_data/sources.yaml` says: new URL, or end.

    An editor's entry overrides everything until it is taken out; otherwise the remembered state
    overrides the ledger.
    """
    if url in ledger.kept:
        return _keep(state)
    state = replace(state, held=False) if state.held else state
    if state.last_ok_at is not None or state.failures:
        return state
    if url in ledger.ended:
        return replace(state, ended=True, ended_at=ledger.ended[url].at)
    if url in ledger.moved:
        return replace(state, moved_to=ledger.moved[url].to)
    return state


def _keep(state: SourceState) -> SourceState:
    """Return the state of a source that stays at its URL: a new URL or an end is undone."""
    if state.ended:
        state = revive(state)
    if state.moved_to or state.moving_to:
        state = keep_address(state)
    return state if state.held else replace(state, held=True)


def ledger_under_edit(newsroom: Newsroom) -> RecordError:
    """Return the error that `_data/sources.yaml` was not written because it has uncommitted
    edits.
    """
    return RecordError(
        "the file has uncommitted changes",
        subject=LEDGER_PATH,
        hint=f"commit the changes first: {newsroom.git_command('add', LEDGER_PATH)} && "
        + newsroom.git_command("commit", LEDGER_PATH),
    )


def _is_new(to: str, known: SourceMoved | None) -> bool:
    """Return whether a source's new URL replaces the one noted in `_data/sources.yaml`."""
    return 0 < len(to) <= _ADDRESS and (known is None or known.to != to)


def _note(now: datetime, ledger: Ledger, before: States, after: States) -> Ledger:
    """Return the noted new URLs and ends of sources, with those of these states added or
    replaced.
    """
    return replace(
        ledger,
        moved=_note_moves(now, ledger, before, after),
        ended=_note_ends(now, ledger, before, after),
    )


def _note_moves(
    now: datetime, ledger: Ledger, before: States, after: States
) -> dict[str, SourceMoved]:
    moved = dict(ledger.moved)
    for url, state in after.items():
        if before.get(url, state).moved_to and not state.moved_to:
            moved.pop(url, None)
        if url not in ledger.kept and _is_new(state.moved_to, moved.get(url)):
            moved[url] = SourceMoved(to=state.moved_to, at=now)
    return moved


def _note_ends(
    now: datetime, ledger: Ledger, before: States, after: States
) -> dict[str, SourceEnded]:
    ended = dict(ledger.ended)
    for url, state in after.items():
        if before.get(url, state).ended and not state.ended:
            ended.pop(url, None)
        if url not in ledger.kept and state.ended and url not in ended:
            why = state.last_error or "status 410: gone for good"
            ended[url] = SourceEnded(at=state.ended_at or now, why=why)
    return ended


# Hub pushes (WebSub): stored subscriptions and pushes, for the server and the round.
#
#     serve: subscriptions ── keep_subscription, keep_hub_push
#     round: find_hub_pushed_sources ── read_hub_pushed_page ── use_up_hub_push
#
# One push of a source is stored until a round reads it. If a second one arrives before that, its
# items may differ from the first one's, so neither is enough: the round asks the source itself.

_CLOCK_SET_BACK = timedelta(days=1)  # a push this far in the future means the clock was set back
_ENDING = "ending "  # key prefix, before the callback, of a subscription being cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPush:
    """A feed's content that a WebSub hub sent, and when (whole second, UTC); `alone` is False if
    several came.
    """

    at: datetime
    body: bytes = b""
    content_type: str = ""
    alone: bool = True


# ---- for a round ----


def find_hub_pushed_sources(beat: Beat, memory: Memory, now: datetime) -> frozenset[str]:
    """Return the URLs of sources whose feed a WebSub hub has sent and that was not read yet."""
    known = {source.url for source in beat.sources}
    return unread_hub_pushes(memory, known, now)


def read_hub_pushed_page(memory: Memory, now: datetime, source: Source) -> Page | None:
    """Return the feed that a WebSub hub has sent for a source, None if it must be fetched.

    A push that came after the round began is left for the next round.
    """
    pushed = _unread(memory, now, source.url)
    if pushed is None or not pushed.alone:
        return None
    return Page(
        url=source.url,
        final_url=source.url,
        status=200,
        headers={"content-type": pushed.content_type} if pushed.content_type else {},
        body=pushed.body,
        fetched_at=now,
    )


def use_up_hub_push(memory: Memory, now: datetime, source: Source) -> None:
    """Delete the feed that a WebSub hub sent before the current round, which has read it."""
    if _unread(memory, now, source.url) is None:
        return
    memory.hub_pushes.forget(source.url)
    subscription = _subscription(memory.hubs.get(source.url))
    if subscription is not None:
        keep_subscription(memory, replace(subscription, used_at=now))


def unread_hub_pushes(memory: Memory, urls: AbstractSet[str], now: datetime) -> frozenset[str]:
    """Return the URLs of sources whose feed, sent by a WebSub hub, a round at `now` would read."""
    waiting = urls & set(memory.hub_pushes.keys())
    return frozenset(url for url in waiting if _unread(memory, now, url) is not None)


def _unread(memory: Memory, now: datetime, url: str) -> HubPush | None:
    """Return the feed that a WebSub hub sent for a source before `now` and that was not read, or
    None.

    A push from more than a day in the future was stored before the clock was set back; then the
    source is asked instead.
    """
    pushed = _read_push(memory, url)
    if pushed is None or pushed.at <= now:
        return pushed
    return HubPush(at=now, alone=False) if pushed.at > now + _CLOCK_SET_BACK else None


# ---- for the server ----


def subscriptions(memory: Memory) -> dict[str, websub.Subscription]:
    """Return all WebSub subscriptions by key: the URL of the source, or another key if
    cancelled.
    """
    read = ((key, _subscription(data)) for key, data in memory.hubs.items())
    return {key: subscription for key, subscription in read if subscription is not None}


def subscription_at(memory: Memory, key: str) -> websub.Subscription | None:
    """Return the WebSub subscription with a key; None if there is none."""
    return _subscription(memory.hubs.get(key))


def subscription_key(subscription: websub.Subscription) -> str:
    """Return the key under which a WebSub subscription is stored."""
    return f"{_ENDING}{subscription.callback}" if subscription.ending else subscription.source


def keep_subscription(memory: Memory, subscription: websub.Subscription) -> None:
    """Store a WebSub subscription."""
    memory.hubs.put(subscription_key(subscription), msgspec.json.encode(subscription))


def forget_subscription(memory: Memory, subscription: websub.Subscription) -> None:
    """Delete a stored WebSub subscription."""
    memory.hubs.forget(subscription_key(subscription))


def keep_hub_push(memory: Memory, source: str, pushed: HubPush) -> None:
    """Store a feed sent by a WebSub hub until a round reads it. If one is stored already, only note
    that there are more.
    """
    before = _read_push(memory, source)
    if before is not None and not before.alone:
        return
    if before is not None:
        pushed = HubPush(at=pushed.at, alone=False)
    memory.hub_pushes.put(source, msgspec.msgpack.encode(pushed))


def _read_push(memory: Memory, url: str) -> HubPush | None:
    kept = memory.hub_pushes.get(url)
    if kept is None:
        return None
    try:
        return msgspec.msgpack.decode(kept, type=HubPush)
    except msgspec.DecodeError:  # written by another version: ask the source instead
        return HubPush(at=dates.EARLIEST, alone=False)


def _subscription(kept: bytes | None) -> websub.Subscription | None:
    from copydesk.watch import websub

    if kept is None:
        return None
    try:
        return msgspec.json.decode(kept, type=websub.Subscription)
    except msgspec.DecodeError:  # written by another version: a new subscription follows
        return None


# Links that their round had no room for, stored until their source is fetched again.

_DIGEST_BYTES = 8
_KEPT_A_SOURCE = 50_000  # leads (400 kB); no source lists more


class WaitingLeads:
    """The links whose pages a later round will fetch; only a hash of each URL is stored."""

    def __init__(self, memory: Memory) -> None:
        """Read the links that earlier fetching rounds left for later."""
        self._digests = {
            kept[start : start + _DIGEST_BYTES]
            for _, kept in memory.waiting.items()
            for start in range(0, len(kept), _DIGEST_BYTES)
        }

    def __contains__(self, url: str) -> bool:
        """Return whether the page at a URL waits to be fetched in a later round."""
        return _lead_digest(url) in self._digests


def keep_waiting_leads(memory: Memory, asked: Collection[str], leads: Iterable[Lead]) -> None:
    """Store the links of these sources that wait for a later round, replacing earlier ones."""
    by_source: defaultdict[str, list[bytes]] = defaultdict(list)
    for lead in leads:
        by_source[lead.source].append(_lead_digest(lead.url))
    for source in {*asked} & {*memory.waiting.keys()} - by_source.keys():
        memory.waiting.forget(source)
    for source, digests in by_source.items():
        memory.waiting.put(source, b"".join(digests[:_KEPT_A_SOURCE]))


def _lead_digest(url: str) -> bytes:
    identity = urls.identity(url).encode("utf-8", "replace")
    return hashlib.blake2b(identity, digest_size=_DIGEST_BYTES).digest()


# Tips: pages that editors want filed, stored until a round has handled them.
#
# desk: encode_tips ──> round: read_tips ── filed, dropped, or failed for good ──> forget_tip


def encode_tips(tips: Iterable[Tip]) -> dict[str, bytes]:
    """Return the pages that editors asked for in stored form: JSON bytes by a key of the page's
    URL.
    """
    return {urls.identity(tip.url): msgspec.json.encode(tip) for tip in tips}


def read_tips(memory: Memory) -> list[Tip]:
    """Return the pages that editors asked for; delete those stored by another version of
    copydesk.
    """
    tips = []
    for key, kept in list(memory.tips.items()):
        try:
            tips.append(msgspec.json.decode(kept, type=Tip))
        except msgspec.DecodeError:
            memory.tips.forget(key)
    return tips


def forget_tip(memory: Memory, tip: Tip) -> None:
    """Delete the stored request of an editor to add a page, once the page was handled."""
    memory.tips.forget(urls.identity(tip.url))
