"""Make the page of a story: its text, publisher, other coverage, and why the site has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from copydesk.catalogue.page_entries import STORY, StoryEntry
from copydesk.kit import dates, text, urls
from copydesk.news import Provider, ReasonKind, Story
from copydesk.news.story import PUBLISHERS_CHANGES, EventKind, Related, is_backfilled
from copydesk.news.summary import Summary, list_citations
from copydesk.placement import addresses
from copydesk.publish import _pictures, developments
from copydesk.publish._pictures import Picture
from copydesk.publish._plan import Output, SitePlan
from copydesk.publish.site import _cards, _frame, _matters
from copydesk.publish.site._cards import ListCards
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.writing import Sheet
from copydesk.rendering import Strings, mark_safe, render_note

_BY_MODEL = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
_OTHERS = 40  # articles on a page; the rest is a number
_RERUNS = 20
_CHANGES = {
    EventKind.HEADLINE_CHANGED: "headline_was",
    EventKind.HEADLINE_KEPT: "headline_kept",
    EventKind.EXCERPT_CHANGED: "excerpt_changed",
    EventKind.EXCERPT_KEPT: "excerpt_kept",
    EventKind.TEXT_CHANGED: "text_changed",
    EventKind.NUMBER_CHANGED: "number_changed",
    EventKind.MOVED: "moved",
    EventKind.GONE: "gone_since",
    EventKind.BACK: "back_again",
    EventKind.DEPOSED: "led_no_longer",
    EventKind.CORRECTED: "corrected_here",
}

# without the former words, which may not be shown
_BARE = {
    "headline_was": "headline_rewritten",
    "headline_kept": "headline_rewritten",
    "number_changed": "text_changed",
}

STORIES: Output[ListCards] = Output(
    key=STORY, place=lambda name: addresses.story_folder(f"{name}.md"), is_walked=True
)


def sheets(entries: Iterable[StoryEntry], cards: ListCards) -> Iterator[Sheet]:
    """Yield the pages of those of the given stories that the build has to make."""
    plan = cards.frame.plan
    for entry in entries:
        if plan.wanted(STORY.name, entry.name) and (story := plan.read(entry.path)) is not None:
            yield _page(story, cards)


def signposts(cards: ListCards) -> Iterator[Sheet]:
    """Yield a redirect page for each story that was the main one of its event and no longer is."""
    plan = cards.frame.plan
    for folder, entry in plan.wanted.redirects(plan.groups).items():
        leader = plan.read(entry.path)
        if leader is not None:
            yield _signpost(folder, leader, cards)


def _page(story: Story, cards: ListCards) -> Sheet:
    plan = cards.frame.plan
    values = cards.views.story(story)
    picture = _pictures.of(story, plan)
    coverage = plan.coverages.of(story)
    excerpt = text.fold(story.excerpt)
    player = _choose_player(story, picture, cards)
    ninjs = plan.links.api_address(addresses.ninjs_file(story.path))
    head = Head(
        path=addresses.story_folder(story.path),
        title=str(values["title"]),
        description=text.shorten(excerpt, 200),
        structured={
            **_frame.story(story, plan, excerpt, picture),
            **_structure_summary(story, plan),
        },
        kind="article",
        picture=picture,
        shared=None if picture else cards.frame.share_pictures.of_story(story),
        frames=player.frame,
        plays_files=player.is_file,
        ninjs=ninjs if plan.look.outputs.api_v2 and not is_backfilled(story.path) else "",
    )
    view = {
        **values,
        "excerpt": excerpt,
        "player": player.markup,
        "is_pictured": bool(values["picture"]) and not player.has_poster,
        **_note_context(story),
        "summary": _describe_summary(story, cards),
        "verb": _cards.verb(story),
        "updated": cards.views.time(story.updated_at),
        "credit": text.fold(story.credit),
        "byline": ", ".join(_list_bylines(story)),
        "access": text.fold(story.access),
        "additions": [
            {**cards.views.story(report), "text": addition.text}
            for addition, report in plan.list_additions(story)
        ],
        "others": [_other(related, cards) for related in coverage.others[:_OTHERS]],
        "unlisted": len(coverage.others[_OTHERS:]),
        "reruns": coverage.reruns[:_RERUNS],
        "places": len(coverage.reruns),
        "coverage": _cards.measure_coverage(story, cards.frame),
        "background": cards.views.stories(plan.groups.background(story)),
        "matter": _matters.describe_matter(story, cards),
        "first": _first(story, cards),
        "source": _source(story, cards),
        "trust": story.trust,
        "reasons": [
            text.fold(str(reason))
            for reason in story.public_reasons
            # readers see a story that an editor published: below the threshold would puzzle them
            if story.verdict is None or reason.kind is not ReasonKind.BELOW_GATE
        ],
        **_history_context(story, cards),
        "development": _tell_development(story, coverage.others, cards),
    }
    return cards.frame.page("story.html", head, story=view)


def _list_bylines(story: Story) -> Iterator[str]:
    """Yield the authors, without the publisher's own name and the agency that the credit names."""
    publisher = story.provider.name if story.provider else ""
    for author in story.authors:
        is_credited = author.kind == "agency" and story.credit
        if not is_credited and text.squash(author.name) != text.squash(publisher):
            yield text.fold(author.name)


def _note_context(story: Story) -> dict[str, object]:
    """Return an editor's note on a story, or the text of the site's own story."""
    note = mark_safe(render_note(story.note)) if story.note else ""
    return {"note": note, "is_own": story.is_own and bool(note)}


def _describe_summary(story: Story, cards: ListCards) -> Mapping[str, object] | None:
    """Return the summary of a story's event with its numbered sources, None if there is none."""
    plan = cards.frame.plan
    summary = plan.find_summary(story)
    if summary is None:
        return None
    numbers = {name: n for n, name in enumerate(list_citations(summary), 1)}
    reports = {name: plan.find_report(name, story) for name in numbers}
    sources = {
        name: {**cards.views.story(report), "number": numbers[name]}
        for name, report in reports.items()
        if report is not None
    }
    return {
        "sentences": [
            {"text": text.fold(one.text), "sources": [sources[name] for name in one.stories]}
            for one in summary.sentences
        ],
        "tongue": cards.frame.tongue(summary.language),
        "label": developments.say_label(summary, cards.frame.strings),
        "details": list(_explain_summary(summary, story, cards)),
    }


def _structure_summary(story: Story, plan: SitePlan) -> Mapping[str, object]:
    """Return structured data (schema.org) of a summary as a part: no other part is a model's."""
    summary = plan.find_summary(story)
    if summary is None:
        return {}
    reports = (plan.find_report(name, story) for name in list_citations(summary))
    origins = (urls.fetchable(report.web_url) for report in reports if report)
    is_by_model, name = summary.author == "model", developments.name_author(summary)
    person = {} if is_by_model or not name else {"@type": "Person", "name": name}
    part = {
        "@type": "CreativeWork",
        "text": text.fold(summary.text),
        "creator": person or _frame.publisher(plan),
        "dateCreated": dates.rfc3339(summary.at),
        "isBasedOn": list(filter(None, origins)),
    }
    part |= {"digitalSourceType": _BY_MODEL} if is_by_model else {}
    by = developments.name_person(summary.review.by) if summary.review else ""
    part |= {"editor": {"@type": "Person", "name": by}} if by else {}
    return {"hasPart": [part]}


def _explain_summary(summary: Summary, story: Story, cards: ListCards) -> Iterator[str]:
    """Yield how a summary was written, checked and reviewed, as sentences in the site's words."""
    plan, say = cards.frame.plan, cards.frame.strings.say
    written = _cards.Time(summary.at, cards.frame).text
    is_by_model = summary.author == "model"
    if is_by_model:
        yield say("summary_model", name=developments.name_author(summary))
    count = len(summary.sources) or len(list_citations(summary))
    yield say("summary_written", time=written, count=count)
    if review := summary.review:
        name = developments.name_person(review.by) or say("a_person")
        reviewed = _cards.Time(review.at, cards.frame).text
        yield say("summary_reviewed_on", name=name, time=reviewed)
        opened = filter(None, (plan.find_report(name, story) for name in review.opened))
        names = [cards.views.provider(report.provider)["name"] for report in opened]
        yield say("summary_opened", reports=", ".join(names)) if names else say("summary_unopened")
        if review.changed:
            yield say("summary_changed")
    if is_by_model:
        yield say("summary_checks")


def _history_context(story: Story, cards: ListCards) -> dict[str, object]:
    """Return the changes of a story since it was stored, for its page."""
    decided = story.verdict.at if story.verdict else None
    return {
        "changes": [
            _change(one, cards)
            for one in developments.list_changes_of(story, cards.frame.plan.concealed)
        ],
        "decided": cards.views.time(decided),
        "pinned": cards.views.time(cards.frame.plan.front.pinned.get(story.path)),
    }


def _tell_development(
    story: Story, others: Sequence[Related], cards: ListCards
) -> list[Mapping[str, object]]:
    """Return the first report on a story's event and all changes of its publishers, oldest first.

    It is [] if only this story changed, or none. Reports that pages do not name are left out.
    """
    changes = list(_list_changes_beside(story, others, cards)) if others else []
    if not changes:
        return []
    own = developments.list_changes_of(story, cards.frame.plan.concealed)
    changes += [_tell_change(change, story.provider, cards) for change in own]
    return [
        _tell_first_report(story, others, cards),
        *(told for _, told in sorted(changes, key=lambda change: change[0])),
    ]


def _list_changes_beside(
    story: Story, others: Sequence[Related], cards: ListCards
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the publishers' changes of other reports on a story's event, each after its time."""
    plan, shown = cards.frame.plan, {urls.identity(article.web_url) for article in others}
    for entry in plan.groups.list_with_changes(story.group):
        other = plan.read(entry.path) if entry.address in shown else None
        for change in developments.list_changes_of(other, plan.concealed) if other else ():
            if other and change.event.kind in PUBLISHERS_CHANGES:
                yield _tell_change(change, other.provider, cards)


def _tell_first_report(
    story: Story, others: Sequence[Related], cards: ListCards
) -> Mapping[str, object]:
    reports = [(other.published_at, other.provider) for other in others]
    if story.published_at:
        reports.append((story.published_at, story.provider))
    at, by = min(reports, key=lambda report: dates.utc(report[0]))
    return {
        "time": cards.views.time(at),
        "by": cards.views.provider(by),
        "what": cards.frame.strings.say("reported_first"),
    }


def _tell_change(
    change: developments.Change, by: Provider | None, cards: ListCards
) -> tuple[str, Mapping[str, object]]:
    """Return a change of a story after its time, with its publisher."""
    return change.event.at, {**_change(change, cards), "by": cards.views.provider(by)}


def _choose_player(story: Story, picture: Picture | None, cards: ListCards) -> _cards.Shown:
    still = picture.source if picture else ""
    return _cards.of(story.featured_content, story.title, cards.frame.strings, still)


def _signpost(folder: str, leader: Story, cards: ListCards) -> Sheet:
    """Return the page that redirects visitors to the story now shown first for the same event."""
    target = addresses.story_folder(leader.path)
    head = Head(
        path=folder,
        title=text.fold(leader.title) or cards.frame.strings.say("untitled"),
        indexed=False,
    )
    return cards.frame.page(
        "moved.html",
        head,
        heading=cards.frame.strings.say("fuller_report"),
        said="fuller_report_at",
        story=cards.views.story(leader),
        canonical=cards.frame.plan.links.page(target),
    )


def _change(change: developments.Change, cards: ListCards) -> dict[str, object]:
    """Return a line of a story's history: the time and the change in the site's words."""
    time = cards.views.time(dates.parse(change.event.at))
    return {"time": time, "what": _say_change(change, cards.frame.strings)}


def _say_change(change: developments.Change, strings: Strings) -> str:
    event = change.event
    word = _CHANGES.get(event.kind)
    if word is None:
        return event.what
    if not (change.old or change.new):
        word = _BARE.get(word, word)
    headline = change.old if event.kind is EventKind.HEADLINE_CHANGED else change.new
    why = event.values.get("why", "")
    return strings.say(word, title=headline, why=why, old=change.old, new=change.new)


def _source(story: Story, cards: ListCards) -> str:
    """Return a label for the publisher of a story, such as "official source", "" for none."""
    plan, strings = cards.frame.plan, cards.frame.strings
    domain = story.provider.domain if story.provider else ""
    if domain in plan.official:
        return strings.say("official_source")
    return strings.say("known_organization") if domain in plan.beat.organizations else ""


def _first(story: Story, cards: ListCards) -> dict[str, str]:
    """Return title and link of the story of which this story is a copy, "" if that has no page."""
    plan = cards.frame.plan
    entry = plan.groups.public(story.copy_of)
    original = plan.read(entry.path) if entry else None
    if original is None:
        return {"title": "", "href": ""}
    href = cards.frame.href(addresses.story_folder(original.path))
    return {"title": text.fold(original.title) or cards.frame.strings.say("untitled"), "href": href}


def _other(related: Related, cards: ListCards) -> dict[str, object]:
    return {
        "title": text.fold(related.title) or cards.frame.strings.say("untitled"),
        "origin": urls.fetchable(related.web_url) or "",
        "provider": cards.views.provider(related.provider),
        "time": cards.views.time(related.published_at),
    }


# The page and the feed of all changes of published stories, by day.

CHANGES_FOLDER = "changes/"


def describe_changes(frame: Frame) -> tuple[str, list[tuple[datetime, Story, str]]]:
    """Return the title of the feed of all changes, and its entries: when, which story, what.

    What changed in a story at one moment is one entry.
    """
    told = []
    pairs = developments.list_changes(
        frame.plan.listed[developments.CHANGED.name], frame.plan.concealed
    )
    for (at, _), found in groupby(pairs, lambda pair: (pair[0].event.at, pair[1].path)):
        changes, stories = zip(*found, strict=True)
        if moment := dates.parse(at):
            words = (_say_change(change, frame.strings) for change in changes)
            told.append((moment, stories[0], " ".join(dict.fromkeys(words))))
    return _title_changes(frame), told


def _title_changes(frame: Frame) -> str:
    return f"{frame.strings.say('all_changes')} – {text.fold(frame.plan.beat.title)}"


def _changes_page(cards: ListCards) -> Iterator[Sheet]:
    """Yield the page of the newest changes, by day."""
    frame = cards.frame
    if not frame.plan.wanted.of_key(developments.CHANGED.name):
        return
    rows = [_announce(*entry, cards) for entry in describe_changes(frame)[1]]
    heading = frame.strings.say("all_changes")
    yield frame.page(
        "changes.html",
        Head(
            path=CHANGES_FOLDER,
            title=heading,
            feeds=CHANGES_FOLDER,
            feeds_title=_title_changes(frame),
        ),
        heading=heading,
        days=[
            {"heading": day, "rows": list(own)}
            for day, own in groupby(rows, key=lambda row: row["day"])
        ],
    )


def _announce(at: datetime, story: Story, what: str, cards: ListCards) -> Mapping[str, object]:
    """Return what changed in a story at a moment, as the page of all changes shows it."""
    day = cards.frame.strings.format_date("day", cards.frame.plan.local(at))
    values = cards.views.story(story)
    return {"time": cards.views.time(at), "what": what, "day": day, "story": values}


CHANGES: Output[ListCards] = Output(
    key=developments.CHANGED,
    place=lambda _value: "",
    index=CHANGES_FOLDER,
    make_index=_changes_page,
    index_name="all_changes",
)
