"""API endpoints for owners' settings: sources, topics, publishers; each change is one commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, structs

from copydesk.desk._desk import Desk
from copydesk.desk._http import read_commit
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._previews import Trial
from copydesk.desk.api._endpoint import ApiProblem, Call, Nothing, SettingsChanged, make_answer
from copydesk.editing import source_edits, what_if
from copydesk.editing import topics as topics_room
from copydesk.errors import FetchError
from copydesk.news import Source
from copydesk.news.source import SourceKind, Trust
from copydesk.newsroom import Newsroom, settings
from copydesk.rounds.sources import FoundList, look_for_lists, read_source_board, source_address

_Edit = TypeVar("_Edit", source_edits.SourceEdit, topics_room.TopicEdit)
Address = Annotated[str, Meta(min_length=1, max_length=2_000)]
Name = Annotated[str, Meta(max_length=200)]
Seen = Annotated[str, Meta(max_length=200, description="The digest that was read beside it.")]
Words = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=10_000)]


class ApiTopic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic of the beat."""

    id: str
    name: str
    parent: str
    description: str
    keywords: list[str]
    aliases: list[str]
    required: list[str]
    excluded: list[str]


class TopicsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The beat's topics, in their order."""

    topics: list[ApiTopic]


class SourceQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which source is meant."""

    url: Address


class SeenSourceQuery(SourceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which source is meant, and the digest of beat.toml that was read beside it."""

    seen: Seen


class SourceBlock(msgspec.Struct, frozen=True, kw_only=True):
    """What a source's block in beat.toml says; `seen` is sent back by whoever changes it."""

    url: str
    name: str
    kind: str
    trust: Trust
    every_minutes: int
    include: list[str]
    exclude: list[str]
    topics: list[str]
    seen: str


class SourceChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to stand in a source's block; what is left out stays as it is."""

    seen: Seen
    url: Address | None = None
    kind: SourceKind | None = None
    name: Name | None = None
    trust: Trust | None = None
    every_minutes: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    include: Words | None = None
    exclude: Words | None = None
    topics: Words | None = None


class NewSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source that is to be watched."""

    url: Address
    name: Name = ""
    kind: SourceKind = "auto"


class NewSources(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sources that are to be watched; those that are there already are left out."""

    sources: Annotated[list[NewSource], Meta(min_length=1, max_length=500)]


class Looked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where lists are looked for."""

    url: Address


class OfferedLists(msgspec.Struct, frozen=True, kw_only=True):
    """The feeds, sitemaps and pages of links that an address leads to, the best first."""

    lists: list[FoundList]


class WantedRound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which source a round is wanted, "" for all that are due."""

    url: Annotated[str, Meta(max_length=2_000)] = ""


class RoundAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The round that was asked for last; `code` is null until it is over, `log` what it said."""

    by: str
    source: str
    waits: bool
    code: int | None
    log: list[str]


class RejudgingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How judging again stands that was asked for last; `code` is null until it is over."""

    by: str
    waits: bool
    code: int | None
    log: list[str]


class TopicAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A topic and its file; `seen` is sent back by whoever changes it."""

    topic: ApiTopic
    path: str
    seen: str


class TopicChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a topic's file is to say; what is left out stays as it is."""

    seen: Seen
    keywords: Words | None = None
    shortname: Name | None = None
    description: Annotated[str, Meta(max_length=2_000)] | None = None
    parent: Name | None = None


class NewTopic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic that is to be; its name is its first keyword."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    parent: Name = ""


class SeenQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The digest of the file as it was read."""

    seen: Seen


class ApiOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """A publisher that the newsroom knows, and the digest of its file."""

    domain: str
    name: str
    owner: str
    seen: str


class OrganizationsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The known publishers, by domain."""

    organizations: list[ApiOrganization]


class OrganizationChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a publisher is called, and whose it is."""

    seen: Seen
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    owner: Name = ""


async def read_source(desk: Desk, call: Call[SourceQuery, Nothing]) -> SourceBlock:
    """Return what beat.toml says of a source."""
    return await desk.thread.ask(lambda opened: _read_source(opened, call.query.url))


async def add_sources(desk: Desk, call: Call[Nothing, NewSources]) -> SettingsChanged:
    """Watch sources from now on."""
    sources = [
        Source(url=source_address(one.url), name=one.name.strip(), kind=one.kind)
        for one in call.body.sources
    ]
    return await _change(
        desk, lambda newsroom: source_edits.file_sources(newsroom, sources, call.visitor.name)
    )


async def change_source(desk: Desk, call: Call[SourceQuery, SourceChange]) -> SettingsChanged:
    """Change what beat.toml says of a source."""
    url, wanted = call.query.url, call.body
    there = await desk.thread.ask(lambda opened: _read_source(opened, url))
    edit = replace(
        _merge(source_edits.SourceEdit, wanted, there), url=wanted.url or "", kind=wanted.kind
    )
    return await _change(
        desk,
        lambda newsroom: source_edits.edit_source(
            newsroom, url, edit, call.visitor.name, wanted.seen
        ),
    )


async def end_source(desk: Desk, call: Call[SeenSourceQuery, Nothing]) -> SettingsChanged:
    """End a source: it is asked no more, and what it brought stays filed."""
    url, seen, by = call.query.url, call.query.seen, call.visitor.name
    await desk.thread.ask(lambda opened: _read_source(opened, url))
    return await _change(desk, lambda newsroom: source_edits.end_source(newsroom, url, by, seen))


async def look_for_sources(desk: Desk, call: Call[Nothing, Looked]) -> OfferedLists:
    """Look which lists an address leads to."""
    root = await desk.thread.ask(lambda opened: opened.newsroom.root)
    try:
        async with desk.looking:
            return OfferedLists(lists=await look_for_lists(root, call.body.url))
    except FetchError as error:
        raise ApiProblem(400, error.what, error.hint) from error


async def begin_round(desk: Desk, call: Call[Nothing, WantedRound]) -> RoundAnswer:
    """Begin a round."""
    if desk.on_demand is None:
        raise ApiProblem(400, "no rounds are run here", desk.why_no_rounds)
    if url := call.body.url:
        await desk.thread.ask(lambda opened: _read_source(opened, url))
    desk.on_demand.begin(call.visitor.name, url)
    return make_answer(RoundAnswer, desk.on_demand.last)


async def read_round(desk: Desk, _call: Call[Nothing, Nothing]) -> RoundAnswer:
    """Return how the round stands that was asked for last."""
    if desk.on_demand is None or desk.on_demand.last is None:
        raise ApiProblem(404, "no round was asked for")
    return make_answer(RoundAnswer, desk.on_demand.last)


async def begin_rejudging(desk: Desk, call: Call[Nothing, Nothing]) -> RejudgingAnswer:
    """Begin to judge the stories of the last 30 days again, by the rules of today."""
    if desk.rejudging is None:
        raise ApiProblem(400, "stories are not judged again here", "use copydesk rejudge --apply")
    desk.rejudging.begin(call.visitor.name)
    return make_answer(RejudgingAnswer, desk.rejudging.last)


async def read_rejudging(desk: Desk, _call: Call[Nothing, Nothing]) -> RejudgingAnswer:
    """Return how judging again stands that was asked for last."""
    if desk.rejudging is None or desk.rejudging.last is None:
        raise ApiProblem(404, "nobody asked for stories to be judged again")
    return make_answer(RejudgingAnswer, desk.rejudging.last)


async def read_topic(desk: Desk, call: Call[Nothing, Nothing]) -> TopicAnswer:
    """Return a topic, by its id or its name."""
    return await desk.thread.ask(lambda opened: _see_topic(opened, call.path["id"]))


async def add_topic(desk: Desk, call: Call[Nothing, NewTopic]) -> SettingsChanged:
    """Make a topic."""
    name, parent, by = call.body.name.strip(), call.body.parent, call.visitor.name
    return await _change(desk, lambda newsroom: topics_room.file_topic(newsroom, name, parent, by))


async def change_topic(desk: Desk, call: Call[Nothing, TopicChange]) -> SettingsChanged:
    """Change what a topic's file says."""
    wanted, topic_id = call.body, call.path["id"]

    def change(newsroom: Newsroom) -> settings.SettingsReport:
        topic, _, _ = topics_room.see_topic(newsroom, topic_id)
        edit = _merge(topics_room.TopicEdit, wanted, topic)
        return topics_room.edit_topic(newsroom, topic_id, edit, call.visitor.name, wanted.seen)

    return await _change(desk, change)


async def end_topic(desk: Desk, call: Call[SeenQuery, Nothing]) -> SettingsChanged:
    """End a topic; stories keep its name until they are judged again."""
    topic_id, seen, by = call.path["id"], call.query.seen, call.visitor.name
    return await _change(desk, lambda newsroom: topics_room.end_topic(newsroom, topic_id, by, seen))


async def read_organizations(desk: Desk, _call: Call[Nothing, Nothing]) -> OrganizationsAnswer:
    """Return the known publishers."""
    return await desk.thread.ask(
        lambda opened: OrganizationsAnswer(
            organizations=[
                make_answer(ApiOrganization, known, seen=seen)
                for known, seen in settings.list_organizations(opened.newsroom)
            ]
        )
    )


async def change_organization(
    desk: Desk, call: Call[Nothing, OrganizationChange]
) -> SettingsChanged:
    """Change what a publisher is called, and whose it is."""
    domain, wanted = call.path["domain"], call.body
    texts, by = (wanted.name, wanted.owner), call.visitor.name
    return await _change(
        desk,
        lambda newsroom: settings.edit_organization(newsroom, domain, texts, by, wanted.seen),
    )


async def undo_settings(desk: Desk, call: Call[Nothing, Nothing]) -> SettingsChanged:
    """Take a commit of settings, topics, publishers or rules back."""
    commit, by = read_commit({"commit": call.path["commit"]}), call.visitor.name
    return await _change(desk, lambda newsroom: settings.undo_settings(newsroom, commit, by))


async def _change(
    desk: Desk, change: Callable[[Newsroom], settings.SettingsReport]
) -> SettingsChanged:
    return make_answer(SettingsChanged, await desk.thread.change(change))


def _read_source(opened: OpenNewsroom, url: str) -> SourceBlock:
    newsroom = opened.newsroom
    source = newsroom.beat.source(url)
    if source is None:
        raise ApiProblem(404, "the beat has no such source")
    return make_answer(SourceBlock, source, seen=read_source_board(newsroom).seen)


def _see_topic(opened: OpenNewsroom, topic_id: str) -> TopicAnswer:
    topic, path, seen = topics_room.see_topic(opened.newsroom, topic_id)
    return TopicAnswer(topic=make_answer(ApiTopic, topic), path=path, seen=seen)


def _merge(kind: type[_Edit], wanted: msgspec.Struct, there: object) -> _Edit:
    """Return an edit: the wanted fields, and for the others the present values."""
    asked = {name: value for name, value in structs.asdict(wanted).items() if value is not None}
    current = {field.name: getattr(there, field.name) for field in fields(kind)}
    return msgspec.convert({**current, **asked}, kind)


async def read_topics(desk: Desk, _call: Call[Nothing, Nothing]) -> TopicsAnswer:
    """Return the beat's topics."""
    return await desk.thread.ask(
        lambda opened: TopicsAnswer(
            topics=[make_answer(ApiTopic, topic) for topic in opened.newsroom.beat.topics]
        )
    )


# API endpoints for trying rules on the last month's stories; an owner writes the rules.

_Word = Annotated[str, Meta(max_length=200)]


class TriedKeywords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that the keywords of a topic gain and lose."""

    added: Annotated[list[_Word], Meta(max_length=10_000)] = []
    dropped: Annotated[list[_Word], Meta(max_length=10_000)] = []


class NewTrial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules that are tried; what is left out stays as it is.

    `points` are by the signal's name, `trust` by the source's address, `keywords` by the topic's
    name; `half_life_hours` is the front page's.
    """

    publish_at: int | None = None
    points: dict[str, int] = {}
    trust: dict[str, Trust] = {}
    keywords: dict[str, TriedKeywords] = {}
    half_life_hours: float | None = None


class ApiChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A story that would change: its fields by name, and the reason.

    `won` and `lost` are those of the tried topics; it `is_pending` where the rules of today do the
    same.
    """

    path: str
    title: str
    fields: list[str]
    why: str
    won: list[str]
    lost: list[str]
    is_pending: bool


class TrialOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What rules would do; `stands` is sent back by whoever writes them.

    `changed` counts all stories, `reworded` those of them of which only the reasons change;
    `listed` has the first 200 of the others. `diff` is what would be written.
    """

    stories: int
    published_before: int
    published_after: int
    to_site: int
    off_site: int
    dropped: int
    regrouped: int
    changed: int
    pending: int
    reworded: int
    topics: Sequence[what_if.TopicEffect]
    is_extreme: bool
    listed: list[ApiChanged]
    front: Sequence[what_if.FrontPlace]
    diff: str
    stands: str


class TrialAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A trial and how far it is: `waits`, `done`, `failed` or `given up`."""

    id: str
    state: str
    stage: str
    steps: int
    total: int | None
    problem: str = ""
    hint: str = ""
    outcome: TrialOutcome | None = None


class WrittenTrial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That tried rules are written; `sure` where everything would be published, or nothing."""

    stands: Annotated[str, Meta(max_length=200)]
    why: Annotated[str, Meta(max_length=500)] = ""
    sure: bool = False


async def try_rules(desk: Desk, call: Call[Nothing, NewTrial]) -> TrialAnswer:
    """Begin to try rules; what the account tried before is given up."""
    change = msgspec.convert(call.body, what_if.RuleChange, from_attributes=True)
    return _describe(desk.trials.begin(call.visitor.name, change))


async def read_trial(desk: Desk, call: Call[Nothing, Nothing]) -> TrialAnswer:
    """Return how far a trial is, and what came of it."""
    return _describe(_find(desk, call))


async def give_up_trial(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Give a trial up."""
    trial = _find(desk, call)
    trial.is_given_up = trial.is_given_up or not trial.is_over
    return Nothing()


async def write_trial(desk: Desk, call: Call[Nothing, WrittenTrial]) -> SettingsChanged:
    """Write the rules that were tried, in one commit."""
    trial, sent = _find(desk, call), call.body
    if trial.tried is None:
        raise ApiProblem(400, "try the rules before they are written")
    if trial.tried.summary.is_extreme and not sent.sure:
        what = "by these rules everything would be published, or nothing"
        raise ApiProblem(400, what, "say with `sure` that this is meant")
    change, by = trial.change, call.visitor.name
    report = await desk.trials.ask(lambda bench: bench.write(change, by, sent.stands, sent.why))
    return make_answer(SettingsChanged, report)


def _find(desk: Desk, call: Call[Nothing, Any]) -> Trial:
    trial = desk.trials.find(call.path["id"], call.visitor.name)
    if trial is None:
        raise ApiProblem(404, "no such trial of this account, or no more")
    return trial


def _describe(trial: Trial) -> TrialAnswer:
    return make_answer(
        TrialAnswer,
        trial,
        state=_name_state(trial),
        stage=trial.name,
        problem=str(trial.error) if trial.error else "",
        hint=trial.error.hint if trial.error else "",
        outcome=_describe_outcome(trial.tried) if trial.tried else None,
    )


def _name_state(trial: Trial) -> str:
    if trial.tried is not None:
        return "done"
    if trial.error is not None:
        return "failed"
    return "given up" if trial.is_given_up else "waits"


def _describe_outcome(tried: what_if.TriedRules) -> TrialOutcome:
    summary = tried.summary
    listed = [
        make_answer(ApiChanged, story, fields=[change.field for change in story.fields])
        for story in summary.listed
    ]
    return make_answer(TrialOutcome, summary, tried, tried.draft, listed=listed)
