"""States: how each source stands, from memory, the ledger and the rules of today."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from copydesk.archive import FileChange
from copydesk.archive.ledger import Ledger, SourceEnded, SourceMoved, ledger_change, read_ledger
from copydesk.config import Settings
from copydesk.errors import CopydeskError, RecordError
from copydesk.kit import urls
from copydesk.memory import Memory
from copydesk.news import Beat, Lead, Page, Source, Tip
from copydesk.newsroom import Newsroom
from copydesk.watch import schedule, websub

_DECODER = msgspec.json.Decoder(schedule.SourceState)


def _unheard(error: CopydeskError) -> None:
    """Hear nothing: a round reports it."""


def source_states(
    root: Path, beat: Beat, memory: Memory, trouble: Callable[[CopydeskError], None] = _unheard
) -> Mapping[str, schedule.SourceState]:
    """Return the remembered state of each source of the beat, a fresh one where there is none.

    What is written down of moves and ends (`_data/sources.yaml`) counts; a file that cannot be read
    goes to `trouble`.
    """
    kept = memory.sources()
    states = {source.url: _state(kept.get(source.url)) for source in beat.sources}
    try:
        ledger = read_ledger(root)
    except CopydeskError as error:
        trouble(error)
        return states
    if ledger == Ledger() and not any(state.held for state in states.values()):
        return states
    return {url: apply_ledger(state, ledger, url) for url, state in states.items()}


def refresh_by_rules(
    settings: Settings, now: datetime, states: Mapping[str, schedule.SourceState]
) -> Mapping[str, schedule.SourceState]:
    """Let a source whose rules changed be read anew, and now: what it lists may be wanted today.

    One that is to be asked oftener than before is asked now, too.
    """
    rules = RuleDigests(settings)
    found = dict(states)
    for source in settings.beat.sources:
        state, digest = states[source.url], rules.of(source)
        every = source.every_minutes * 60.0
        if (state.rules, state.every) == (digest, every):
            continue
        found[source.url] = replace(state, rules=digest, every=every)
        if state.rules and state.rules != digest:
            found[source.url] = _forgetful(found[source.url])
        if state.rules and (state.rules != digest or every):
            found[source.url] = replace(found[source.url], next_at=state.rest_until or now)
    return found


def _forgetful(state: schedule.SourceState) -> schedule.SourceState:
    """Return a state that knows nothing of the last answer: the next one is read whatever it is."""
    return replace(state, etag="", last_modified="", digest="", parts={})


def _state(kept: bytes | None) -> schedule.SourceState:
    if kept is None:
        return schedule.SourceState()
    try:
        return _DECODER.decode(kept)
    except msgspec.DecodeError:  # written by another version: the memory is disposable
        return schedule.SourceState()


def keep_states(
    newsroom: Newsroom,
    states: Mapping[str, schedule.SourceState],
    again: Set[str],
    soon: Set[str],
    pushed: Set[str],
) -> None:
    """Remember how each asked source stands, by its url.

    Those in `again` listed a page that failed, those in `soon` one that found no place in the
    round: they are asked without validators next time, because a 304 would not list it, and the
    latter at once. What hubs pushed of those in `pushed` is used up, looked at or not.
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


# Rules: digests of what decides which items of a source are wanted, to tell when it changed.

# drops that the owner's rules made, and that other rules might not make
RULE_REASONS = frozenset({"off-beat", "filtered", "too-old", "ruled-out"})


class RuleDigests:
    """The rules of a newsroom as digests, one for each source."""

    def __init__(self, settings: Settings) -> None:
        beat = settings.beat
        topics = [(topic.id, topic.name, topic.parent, topic.keywords) for topic in beat.topics]
        days = settings.fetch.max_age_days
        self._beat = repr((topics, beat.topic, beat.scoring.off_beat, days))
        self._blocked = repr([rule.values for rule in beat.rulings if rule.said == "block"])

    def of(self, source: Source) -> str:
        """Compute the digest of how this source's list is read and its items are chosen."""
        return _rules_digest(self._beat, _own(source), self._blocked)

    def behind(self, source: Source, reason: str) -> str:
        """Compute the digest of what made a drop of this reason.

        One block more or less lets nobody ask again for what was off the beat.
        """
        return self.of(source) if reason == "ruled-out" else _rules_digest(self._beat, _own(source))


def _own(source: Source) -> str:
    return repr((source.kind, source.listing, source.include, source.exclude, source.topics))


def _rules_digest(*parts: str) -> str:
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


# The ledger of sources: what moved or ended written down, and believed where memory was lost.
#
# states before, states after ── note ──> change of _data/sources.yaml
# _data/sources.yaml ── with_ledger ──> a fresh state

LEDGER_PATH = "_data/sources.yaml"

_ADDRESS = 8_000  # characters of an address that is written down

States = Mapping[str, schedule.SourceState]


def note_moves(root: Path, now: datetime, before: States, after: States) -> FileChange | None:
    """Return what is to be written down of sources that moved or ended, None for nothing new.

    What an earlier round could not write is made up for. Raises RecordError where the file cannot
    be read.
    """
    ledger = read_ledger(root)
    noted = _note(now, ledger, before, after)
    return None if noted == ledger else ledger_change(root, noted)


def apply_ledger(state: schedule.SourceState, ledger: Ledger, url: str) -> schedule.SourceState:
    """Return the state of the source at `url` as a ledger that could be read has it.

    An editor's word goes over everything, and ends when it is taken out; else what is known goes
    over what is written.
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


def _keep(state: schedule.SourceState) -> schedule.SourceState:
    """Undo what an editor's word undoes; a state that is as it says stays the same."""
    if state.ended:
        state = schedule.revive(state)
    if state.moved_to or state.moving_to:
        state = schedule.keep_address(state)
    return state if state.held else replace(state, held=True)


def ledger_under_edit(newsroom: Newsroom) -> RecordError:
    """Return the error to report where a person has the file and the round left it alone."""
    return RecordError(
        "the file has edits that are not committed",
        subject=LEDGER_PATH,
        hint=f"commit them first: {newsroom.git_command('add', LEDGER_PATH)} && "
        + newsroom.git_command("commit", LEDGER_PATH),
    )


def _is_new(to: str, known: SourceMoved | None) -> bool:
    """Decide whether an address is to be written down in the place of the known one."""
    return 0 < len(to) <= _ADDRESS and (known is None or known.to != to)


def _note(now: datetime, ledger: Ledger, before: States, after: States) -> Ledger:
    """Return the ledger with what the states say; entries of others, and an editor's, stay."""
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


# Hub pushes (WebSub): what memory keeps of subscriptions and pushes, for server and round.
#
#     serve: subscriptions ── keep_subscription, keep_hub_push
#     round: find_hub_pushed_sources ── read_hub_pushed_page ── use_up_hub_push
#
# One push of a source is kept until a round reads it. A second that comes before may hold other
# items than the first, so that neither is enough: the round then asks the source itself.

_CLOCK_SET_BACK = timedelta(days=1)  # a push from further ahead came before the clock was set back
_ENDING = "ending "  # before the callback: the key of a subscription that is being given back


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPush:
    """What a hub pushed at a whole second (UTC); not `alone`: more than once, so ask instead."""

    at: datetime
    body: bytes = b""
    content_type: str = ""
    alone: bool = True


# ---- for a round ----


def find_hub_pushed_sources(beat: Beat, memory: Memory, now: datetime) -> frozenset[str]:
    """Return the urls of the sources with an unread push: they are looked at now, due or not."""
    known = {source.url for source in beat.sources}
    return unread_hub_pushes(memory, known, now)


def read_hub_pushed_page(memory: Memory, now: datetime, source: Source) -> Page | None:
    """Return what a hub pushed in the source's place, None where the source is to be asked.

    What came after the round began is left to the next.
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
    """Note that the round has filed what the source gave: a push from before it is forgotten."""
    if _unread(memory, now, source.url) is None:
        return
    memory.hub_pushes.forget(source.url)
    subscription = _subscription(memory.hubs.get(source.url))
    if subscription is not None:
        keep_subscription(memory, replace(subscription, used_at=now))


def unread_hub_pushes(memory: Memory, urls: AbstractSet[str], now: datetime) -> frozenset[str]:
    """Return those of the urls for which a push waits that a round at this moment reads."""
    waiting = urls & set(memory.hub_pushes.keys())
    return frozenset(url for url in waiting if _unread(memory, now, url) is not None)


def _unread(memory: Memory, now: datetime, url: str) -> HubPush | None:
    """Return the push that waits at a moment, None for one that came after it.

    One from more than a day ahead came before a clock was set back: the source is asked instead.
    """
    pushed = _read_push(memory, url)
    if pushed is None or pushed.at <= now:
        return pushed
    return HubPush(at=now, alone=False) if pushed.at > now + _CLOCK_SET_BACK else None


# ---- for the server ----


def subscriptions(memory: Memory) -> dict[str, websub.Subscription]:
    """Return every subscription by its key: the source's url, or another where it is ending."""
    read = ((key, _subscription(data)) for key, data in memory.hubs.items())
    return {key: subscription for key, subscription in read if subscription is not None}


def subscription_at(memory: Memory, key: str) -> websub.Subscription | None:
    """Return the subscription under a key."""
    return _subscription(memory.hubs.get(key))


def subscription_key(subscription: websub.Subscription) -> str:
    """Return the key under which a subscription is kept."""
    return f"{_ENDING}{subscription.callback}" if subscription.ending else subscription.source


def keep_subscription(memory: Memory, subscription: websub.Subscription) -> None:
    """Keep a subscription as it stands now."""
    memory.hubs.put(subscription_key(subscription), msgspec.json.encode(subscription))


def forget_subscription(memory: Memory, subscription: websub.Subscription) -> None:
    """Forget a subscription."""
    memory.hubs.forget(subscription_key(subscription))


def keep_hub_push(memory: Memory, source: str, pushed: HubPush) -> None:
    """Keep a push until a round reads it; beside an unread one only the fact is kept."""
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
        return HubPush(at=datetime.min.replace(tzinfo=UTC), alone=False)


def _subscription(kept: bytes | None) -> websub.Subscription | None:
    if kept is None:
        return None
    try:
        return msgspec.json.decode(kept, type=websub.Subscription)
    except msgspec.DecodeError:  # written by another version: subscribed anew
        return None


# Waiting leads: what found no place in its round, remembered until the source is asked again.

_DIGEST_BYTES = 8
_KEPT_A_SOURCE = 50_000  # 400 kB; no source lists more


class WaitingLeads:
    """The leads that wait for a place in a round, each known by its address's identity alone."""

    def __init__(self, memory: Memory) -> None:
        """Read what the rounds before left."""
        self._digests = {
            kept[start : start + _DIGEST_BYTES]
            for _, kept in memory.waiting.items()
            for start in range(0, len(kept), _DIGEST_BYTES)
        }

    def __contains__(self, url: str) -> bool:
        """Decide whether the page at an address waits."""
        return _lead_digest(url) in self._digests


def keep_waiting_leads(memory: Memory, asked: Collection[str], leads: Iterable[Lead]) -> None:
    """Remember which leads of the sources that were asked wait, in the place of earlier ones."""
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


# Waiting tips: pages that editors want filed, kept until a round has taken them in.
#
# desk: keep_tip ──> round: read_tips ── filed, dropped, or failed for good ──> forget_tip


def keep_tip(memory: Memory, tip: Tip) -> None:
    """Keep a tip for the next round, in the place of an earlier one of the same page."""
    memory.tips.put(urls.identity(tip.url), msgspec.json.encode(tip))


def read_tips(memory: Memory) -> list[Tip]:
    """Return the tips that wait; one of another version's shape is forgotten."""
    tips = []
    for key, kept in list(memory.tips.items()):
        try:
            tips.append(msgspec.json.decode(kept, type=Tip))
        except msgspec.DecodeError:
            memory.tips.forget(key)
    return tips


def forget_tip(memory: Memory, tip: Tip) -> None:
    """Forget a tip: something has become of its page."""
    memory.tips.forget(urls.identity(tip.url))
