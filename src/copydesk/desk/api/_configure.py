"""API endpoints for owners' settings: sources, topics, publishers; each change is a git commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Annotated, Any, TypeVar, TypeVarTuple

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
from copydesk.kit.options import SettingValue
from copydesk.news import Source
from copydesk.news.source import SourceKind, Trust
from copydesk.newsroom import Newsroom, settings
from copydesk.rounds.sources import FoundList, look_for_lists, read_source_board, source_address

_Given = TypeVarTuple("_Given")
_Edit = TypeVar("_Edit", source_edits.SourceEdit, topics_room.TopicEdit)
Address = Annotated[str, Meta(min_length=1, max_length=2_000)]
Name = Annotated[str, Meta(max_length=200)]
Seen = Annotated[str, Meta(max_length=200, description="The field `seen` from the last read.")]
Words = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=10_000)]


class ApiTopic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic of the site, with the keywords by which stories get it."""

    id: str
    name: str
    parent: str
    description: str
    keywords: list[str]
    aliases: list[str]
    required: list[str]
    excluded: list[str]


class TopicsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All topics of the site, in their order."""

    topics: list[ApiTopic]


class SourceQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The URL of a source."""

    url: Address


class SeenSourceQuery(SourceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The URL of a source, and the digest `seen` that was read with its settings."""

    seen: Seen


class SourceBlock(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a source in beat.toml; `seen` must be sent back with a change."""

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
    """New settings of a source in beat.toml. A field that is left out does not change."""

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
    """A source (feed, sitemap or page) to add."""

    url: Address
    name: Name = ""
    kind: SourceKind = "auto"


class NewSources(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sources to add. Those that the site has already are skipped."""

    sources: Annotated[list[NewSource], Meta(min_length=1, max_length=500)]


class Looked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A URL at which to look for feeds and sitemaps."""

    url: Address


class OfferedLists(msgspec.Struct, frozen=True, kw_only=True):
    """The feeds, sitemaps and link pages that were found at a URL, the best first."""

    lists: list[FoundList]


class WantedRound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The source to fetch now, "" for all sources that are due."""

    url: Annotated[str, Meta(max_length=2_000)] = ""


class RoundAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The fetching run that was requested last; `log` is its output.

    `code` is its exit code, null until it has ended.
    """

    by: str
    source: str
    waits: bool
    code: int | None
    log: list[str]


class RejudgingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the last request to score stored stories again.

    `code` is the exit code, null until it has ended.
    """

    by: str
    waits: bool
    code: int | None
    log: list[str]


class TopicAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A topic and the path of its file; `seen` must be sent back with a change."""

    topic: ApiTopic
    path: str
    seen: str


class TopicChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """New content of a topic's file. A field that is left out does not change."""

    seen: Seen
    keywords: Words | None = None
    shortname: Name | None = None
    description: Annotated[str, Meta(max_length=2_000)] | None = None
    parent: Name | None = None


class NewTopic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic to create. Its name is its first keyword."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    parent: Name = ""


class SeenQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The digest `seen` that was read with the settings file."""

    seen: Seen


class ApiOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """A publisher with its name and owner, and the digest of its file."""

    domain: str
    name: str
    owner: str
    seen: str


class OrganizationsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All publishers that the site knows, sorted by domain."""

    organizations: list[ApiOrganization]


class OrganizationChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The new name and owner of a publisher."""

    seen: Seen
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    owner: Name = ""


class ApiSetting(msgspec.Struct, frozen=True, kw_only=True):
    """A setting in beat.toml, by its path such as `letter[0].at`; an unset one has its default."""

    path: str
    value: SettingValue | None
    is_set: bool
    default: SettingValue | None
    about: str


class SettingsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The settings in beat.toml that owners can change; `seen` must be sent back with a change."""

    settings: list[ApiSetting]
    seen: str


class SettingsChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """New values of settings in beat.toml, by their paths. All other settings do not change."""

    seen: Seen
    values: Annotated[dict[str, SettingValue], Meta(min_length=1, max_length=100)]


async def read_settings(desk: Desk, _call: Call[Nothing, Nothing]) -> SettingsAnswer:
    """Return the settings in beat.toml that owners can change."""

    def read(opened: OpenNewsroom) -> SettingsAnswer:
        known, seen = settings.read_beat_values(opened.newsroom)
        return SettingsAnswer(
            settings=[make_answer(ApiSetting, one, one.option) for one in known], seen=seen
        )

    return await desk.thread.ask(read)


async def change_settings(desk: Desk, call: Call[Nothing, SettingsChange]) -> SettingsChanged:
    """Change settings in beat.toml."""
    wanted, by = call.body, call.visitor.name
    return await _change(desk, settings.edit_settings, wanted.values, by, wanted.seen)


async def read_source(desk: Desk, call: Call[SourceQuery, Nothing]) -> SourceBlock:
    """Return the settings of a source in beat.toml."""
    return await desk.thread.ask(_read_source, call.query.url)


async def add_sources(desk: Desk, call: Call[Nothing, NewSources]) -> SettingsChanged:
    """Add sources (feeds, sitemaps or pages to watch) to beat.toml."""
    sources = [
        Source(url=source_address(one.url), name=one.name.strip(), kind=one.kind)
        for one in call.body.sources
    ]
    return await _change(desk, source_edits.file_sources, sources, call.visitor.name)


async def change_source(desk: Desk, call: Call[SourceQuery, SourceChange]) -> SettingsChanged:
    """Change the settings of a source in beat.toml."""
    url, wanted = call.query.url, call.body
    there = await desk.thread.ask(_read_source, url)
    edit = replace(
        _merge(source_edits.SourceEdit, wanted, there), url=wanted.url or "", kind=wanted.kind
    )
    return await _change(desk, source_edits.edit_source, url, edit, call.visitor.name, wanted.seen)


async def end_source(desk: Desk, call: Call[SeenSourceQuery, Nothing]) -> SettingsChanged:
    """Remove a source from beat.toml. It is no longer fetched; its stories stay."""
    url, seen, by = call.query.url, call.query.seen, call.visitor.name
    await desk.thread.ask(_read_source, url)
    return await _change(desk, source_edits.end_source, url, by, seen)


async def look_for_sources(desk: Desk, call: Call[Nothing, Looked]) -> OfferedLists:
    """Return the feeds, sitemaps and link pages that are found at a URL."""
    root = await desk.thread.ask(lambda opened: opened.newsroom.root)
    try:
        async with desk.looking:
            return OfferedLists(lists=await look_for_lists(root, call.body.url))
    except FetchError as error:
        raise ApiProblem(400, error.what, error.hint) from error


async def begin_round(desk: Desk, call: Call[Nothing, WantedRound]) -> RoundAnswer:
    """Start a run that fetches sources and stores new stories."""
    if desk.on_demand is None:
        raise ApiProblem(400, "the server cannot fetch sources", desk.why_no_rounds)
    if url := call.body.url:
        await desk.thread.ask(_read_source, url)
    desk.on_demand.begin(call.visitor.name, url)
    return make_answer(RoundAnswer, desk.on_demand.last)


async def read_round(desk: Desk, _call: Call[Nothing, Nothing]) -> RoundAnswer:
    """Return the state of the fetching run that was started last."""
    if desk.on_demand is None or desk.on_demand.last is None:
        raise ApiProblem(404, "no run has been started")
    return make_answer(RoundAnswer, desk.on_demand.last)


async def begin_rejudging(desk: Desk, call: Call[Nothing, Nothing]) -> RejudgingAnswer:
    """Start scoring the stories of the last 30 days again, by the current rules."""
    if desk.rejudging is None:
        raise ApiProblem(400, "the server cannot rescore stories", "run `copydesk rejudge --apply`")
    desk.rejudging.begin(call.visitor.name)
    return make_answer(RejudgingAnswer, desk.rejudging.last)


async def read_rejudging(desk: Desk, _call: Call[Nothing, Nothing]) -> RejudgingAnswer:
    """Return the state of the last request to score stored stories again."""
    if desk.rejudging is None or desk.rejudging.last is None:
        raise ApiProblem(404, "no rescoring has been started")
    return make_answer(RejudgingAnswer, desk.rejudging.last)


async def read_topic(desk: Desk, call: Call[Nothing, Nothing]) -> TopicAnswer:
    """Return a topic by its id or its name."""
    return await desk.thread.ask(_see_topic, call.path["id"])


async def add_topic(desk: Desk, call: Call[Nothing, NewTopic]) -> SettingsChanged:
    """Create a topic."""
    name, parent, by = call.body.name.strip(), call.body.parent, call.visitor.name
    return await _change(desk, topics_room.file_topic, name, parent, by)


async def change_topic(desk: Desk, call: Call[Nothing, TopicChange]) -> SettingsChanged:
    """Change the keywords and names in a topic's file."""
    wanted, topic_id = call.body, call.path["id"]

    def change(newsroom: Newsroom) -> settings.SettingsReport:
        topic, _, _ = topics_room.see_topic(newsroom, topic_id)
        edit = _merge(topics_room.TopicEdit, wanted, topic)
        return topics_room.edit_topic(newsroom, topic_id, edit, call.visitor.name, wanted.seen)

    return await _change(desk, change)


async def end_topic(desk: Desk, call: Call[SeenQuery, Nothing]) -> SettingsChanged:
    """Delete a topic. Stories keep its name until they are scored again."""
    topic_id, seen, by = call.path["id"], call.query.seen, call.visitor.name
    return await _change(desk, topics_room.end_topic, topic_id, by, seen)


async def read_organizations(desk: Desk, _call: Call[Nothing, Nothing]) -> OrganizationsAnswer:
    """Return all publishers that the site knows."""
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
    """Change the name and owner of a publisher."""
    domain, wanted = call.path["domain"], call.body
    texts, by = (wanted.name, wanted.owner), call.visitor.name
    return await _change(desk, settings.edit_organization, domain, texts, by, wanted.seen)


async def undo_settings(desk: Desk, call: Call[Nothing, Nothing]) -> SettingsChanged:
    """Undo a git commit that changed settings, topics, publishers or rules."""
    commit, by = read_commit({"commit": call.path["commit"]}), call.visitor.name
    return await _change(desk, settings.undo_settings, commit, by)


async def _change(
    desk: Desk, change: Callable[[Newsroom, *_Given], settings.SettingsReport], *given: *_Given
) -> SettingsChanged:
    return make_answer(SettingsChanged, await desk.thread.change(change, *given))


def _read_source(opened: OpenNewsroom, url: str) -> SourceBlock:
    newsroom = opened.newsroom
    source = newsroom.beat.source(url)
    if source is None:
        raise ApiProblem(404, "no source in beat.toml has this URL")
    return make_answer(SourceBlock, source, seen=read_source_board(newsroom).seen)


def _see_topic(opened: OpenNewsroom, topic_id: str) -> TopicAnswer:
    topic, path, seen = topics_room.see_topic(opened.newsroom, topic_id)
    return TopicAnswer(topic=make_answer(ApiTopic, topic), path=path, seen=seen)


def _merge(kind: type[_Edit], wanted: msgspec.Struct, there: object) -> _Edit:
    """Return an edit that has the wanted fields, and the present values of all others."""
    asked = {name: value for name, value in structs.asdict(wanted).items() if value is not None}
    current = {field.name: getattr(there, field.name) for field in fields(kind)}
    return msgspec.convert({**current, **asked}, kind)


async def read_topics(desk: Desk, _call: Call[Nothing, Nothing]) -> TopicsAnswer:
    """Return the topics of the site."""
    return await desk.thread.ask(
        lambda opened: TopicsAnswer(
            topics=[make_answer(ApiTopic, topic) for topic in opened.newsroom.beat.topics]
        )
    )


# API endpoints for trying rules on the last month's stories; an owner writes the rules.

_Word = Annotated[str, Meta(max_length=200)]


class TriedKeywords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keywords to add to a topic and to remove from it."""

    added: Annotated[list[_Word], Meta(max_length=10_000)] = []
    dropped: Annotated[list[_Word], Meta(max_length=10_000)] = []


class NewTrial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Publishing rules to try on stored stories. A field that is left out does not change.

    The keys of `points` are signal names, of `trust` source URLs, of `keywords` topic names.
    `half_life_hours` is the number of hours that halve a story's heat on the front page.
    """

    publish_at: int | None = None
    points: dict[str, int] = {}
    trust: dict[str, Trust] = {}
    keywords: dict[str, TriedKeywords] = {}
    half_life_hours: float | None = None


class ApiChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A story that new rules would change: the names of the changed fields, and the reason.

    `won` and `lost` are tested topics that it would get or lose. `is_pending` says that the current
    rules would change the story in the same way.
    """

    path: str
    title: str
    fields: list[str]
    why: str
    won: list[str]
    lost: list[str]
    is_pending: bool


class TrialOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What new rules would do to stored stories; saving them must send `stands` back.

    `changed` counts all changed stories, `reworded` those with only their reasons changed;
    `listed` has the first 200 of the others. `diff` shows what would be written.
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
    """A test of new rules and its state: `waits`, `done`, `failed` or `given up`."""

    id: str
    state: str
    stage: str
    steps: int
    total: int | None
    problem: str = ""
    hint: str = ""
    outcome: TrialOutcome | None = None


class WrittenTrial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request to save tested rules. `sure` confirms rules that publish everything, or nothing."""

    stands: Annotated[str, Meta(max_length=200)]
    why: Annotated[str, Meta(max_length=500)] = ""
    sure: bool = False


async def try_rules(desk: Desk, call: Call[Nothing, NewTrial]) -> TrialAnswer:
    """Start a test of new rules on stored stories; an earlier test of the account is cancelled."""
    change = msgspec.convert(call.body, what_if.RuleChange, from_attributes=True)
    return _describe(desk.trials.begin(call.visitor.name, change))


async def read_trial(desk: Desk, call: Call[Nothing, Nothing]) -> TrialAnswer:
    """Return the progress of a test of new rules, and its outcome."""
    return _describe(_find(desk, call))


async def give_up_trial(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Cancel a test of new rules."""
    trial = _find(desk, call)
    trial.is_given_up = trial.is_given_up or not trial.is_over
    return Nothing()


async def write_trial(desk: Desk, call: Call[Nothing, WrittenTrial]) -> SettingsChanged:
    """Save the rules of a finished test to the settings, in one git commit."""
    trial, sent = _find(desk, call), call.body
    if trial.tried is None:
        raise ApiProblem(400, "test the rules before you save them")
    if trial.tried.summary.is_extreme and not sent.sure:
        what = "these rules would publish all stories, or none"
        raise ApiProblem(400, what, "set `sure` to true to confirm")
    change, by = trial.change, call.visitor.name
    report = await desk.trials.ask(lambda bench: bench.write(change, by, sent.stands, sent.why))
    return make_answer(SettingsChanged, report)


def _find(desk: Desk, call: Call[Nothing, Any]) -> Trial:
    trial = desk.trials.find(call.path["id"], call.visitor.name)
    if trial is None:
        raise ApiProblem(404, "no test of rules of this account has this id")
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
