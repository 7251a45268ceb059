"""Render the pages of the editors' web interface as HTML in the site's language."""

from __future__ import annotations

import copy
import functools
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from copydesk import background, rendering
from copydesk.desk import _query
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom, find_title
from copydesk.desk._query import Filters
from copydesk.desk._story_view import FindProposals, ProposalViews, StoryViews, View
from copydesk.desk_store.drafts import SavedView
from copydesk.editing.queue import QueuePage, QueueQuestion, QueueRow, QueueStory, find_ending_pins
from copydesk.kit import dates, text, urls
from copydesk.news import Beat, Ruling, Standing
from copydesk.news.letter import LetterOptions
from copydesk.newsroom import reports
from copydesk.placement.addresses import local_time, quote_path, story_folder
from copydesk.rendering import Renderer, Strings

_FOLDER = Path(__file__).parent
ASSETS = _FOLDER / "assets"
_VIEW_KEYS = {
    "waiting": "g w",
    "snoozed": "g c",
    "missed": "g m",
    "published": "g p",
    "off": "g o",
    "rejected": "g r",
    "all": "g a",
}
_WORTH_A_LOOK = frozenset({"waiting", "missed", "published", "off"})  # from an empty view
# the buttons of a row: id, action, keyboard key
_ACTS = (
    ("publish", "verdict publish", "p"),
    ("hold", "verdict hold", "h"),
    ("reject", "verdict reject", "r"),
)
_CONTENTS = frozenset(
    {"rows", "row", "story", "trail", "neighbours", "actions", "conflicts"}
)  # template variables besides `page`
_MOST_PINS = 5  # pins that end soon, named above the rows
_IN_OTHER_ROWS = (Standing.COPY, Standing.BEHIND_LEADER)
_CLEAR = ("clear", "verdict clear", "c")
_WAKE = ("wake", "snooze", "z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """A user of the web interface: their name in git, and whether they may decide or only read.

    `is_beside_site` says that the desk is on the site's own host. Owners also see what is wrong
    with the server. `told` is the outcome of the form that the editor sent before this page.
    """

    name: str
    may_edit: bool
    is_beside_site: bool = True
    is_owner: bool = False
    told: View | None = None


class Pages:
    """Renders the pages of one site's editors' web interface; `root` is its path, `/desk/`.

    Pages of `for_editor` know the editor, and the story counts of now, with the open newsroom.
    """

    editor: Editor
    counts: Counts

    def __init__(
        self,
        beat: Beat,
        root: str,
        read_status: Callable[[], reports.RoundStatus | None],
        want_pictures: Callable[[Sequence[tuple[str, str]]], None],
        find_proposals: FindProposals,
    ) -> None:
        self._read_status = read_status
        self._want_pictures = want_pictures
        self._beat = beat
        self._root = root
        self.strings: Strings = rendering.load_strings(beat.locale, more=_FOLDER / "strings")
        self.title = beat.title
        self.letters: Sequence[LetterOptions] = ()  # to which a story can be added
        self._renderer = Renderer(folder=_FOLDER / "templates")
        self._renderer.set_strings(self.strings)
        self.proposals = ProposalViews(self.strings, find_proposals)
        self.filters = Filters(self.strings, [topic.name for topic in beat.topics])
        self.views = StoryViews(
            strings=self.strings,
            zone=dates.find_zone(beat.timezone),
            locale=beat.locale,
            root=root,
            gate=beat.scoring.publish_at,
        )

    def for_editor(self, editor: Editor, counts: Counts) -> Pages:
        """Return the pages as an editor sees them."""
        pages = copy.copy(self)
        pages.editor, pages.counts = editor, counts
        return pages

    @property
    def opened(self) -> OpenNewsroom:
        """Return the open newsroom that the story counts are of."""
        return self.counts.opened

    def queue(self, question: QueueQuestion, page: QueuePage) -> bytes:
        """Return a page of the story queue (stories with an editor's buttons) as HTML bytes."""
        opened = self.opened
        here = self.address(question)
        following = replace(question, after=page.after)
        is_whole = question == QueueQuestion(view=question.view, order=question.order)
        none = f"none_{question.view}" if is_whole else "none_found"
        return self.page(
            "queue.html",
            question,
            title=self.strings.say(f"view_{question.view}"),
            rows=list(self.rows(page.rows, here)),
            view=question.view,
            total=page.total,
            filters=self.filters.show(
                question, opened.queue.list_choices(opened.newsroom, question)
            ),
            query=_query.write_question(_query.first_page(question)),
            may_save=not _query.is_plain(question),
            here=here,
            is_by_former_rules=page.is_by_former_rules,
            ending=[
                self._describe_pin(pin) for pin in find_ending_pins(opened.newsroom)[:_MOST_PINS]
            ],
            next=self.address(following) if page.after else "",
            none=self.strings.say(none, gate=self.views.gate),
            snooze_ends=self._list_snooze_ends(),
            elsewhere=[] if page.rows else list(self._find_elsewhere(question, is_whole=is_whole)),
        )

    def _find_elsewhere(self, question: QueueQuestion, *, is_whole: bool) -> Iterator[View]:
        """Yield links from an empty view to stories that it does not show, and their keys."""
        opened, say, shown = self.opened, self.strings.say, question.view
        known = self.counts.count_views()
        if not is_whole:
            asked = QueueQuestion(view=shown, order=question.order)
            yield {"words": say("filters_clear"), "href": self.address(asked), "key": ""}
            return
        for view in [view for view in known if view in _WORTH_A_LOOK and known[view]][:2]:
            words, href = say(f"elsewhere_{view}", count=known[view]), QueueQuestion(view=view)
            yield {"words": words, "href": self.address(href), "key": _VIEW_KEYS[view]}
        if not known["all"]:
            yield {"words": say("elsewhere_sources"), "href": f"{self._root}sources/", "key": "g z"}
        for standing in _IN_OTHER_ROWS if shown == "off" else ():
            asked = QueueQuestion(view="all", standing=standing)
            if count := opened.queue.count(opened.newsroom, asked):
                words = say(f"elsewhere_{standing}", count=count)
                yield {"words": words, "href": self.address(asked), "key": ""}

    def rows(self, rows: Iterable[QueueRow], here: str) -> Iterable[str]:
        """Yield each row of the story queue as HTML; its forms redirect back to `here`."""
        for row in rows:
            if row.leader.unmade:
                self._want_pictures([(row.leader.story.path, row.leader.unmade.name)])
            proposals = self.proposals.find_for(row)
            yield self._renderer.render(
                "row.html",
                row={
                    "event": row.happening,
                    "version": self.proposals.version(row, proposals),
                    "unread": row.unread,
                    "id": str(uuid4()),
                },
                lead=self.views.of(row.leader),
                site_page=self._find_page(row.leader),
                others=[self.views.short(other) for other in (*row.copies, *row.coverage)],
                acts=self._acts(row),
                proposals=self.proposals.show(proposals),
                may_edit=self.editor.may_edit,
                has_letters=bool(self.letters),
                root=self._root,
                here=here,
            )

    def fragment(self, template: str, **contents: object) -> bytes:
        """Render a template that is part of a page, and return its HTML as bytes."""
        return self._renderer.render(template, **contents).encode()

    def fragments(self, rows: Iterable[QueueRow], here: str) -> bytes:
        """Return the HTML of some queue rows, to update a page that is open in a browser."""
        return rendering.join_markup(list(self.rows(rows, here))).encode()

    def describe_round(self, status: reports.RoundStatus | None) -> str:
        """Return the progress of fetching and storing stories as a text, "" if unknown."""
        if status is None:
            return ""
        if status.is_at_work:
            done = f" {status.done:,} / {status.total:,}" if status.total else ""
            return self.strings.say("round_at_work") + done
        return self.strings.say(
            "round_last", time=self._tell_time(status.began), count=status.filed
        )

    def _tell_time(self, moment: datetime) -> str:
        """Return a time as hour and minute, with the day if that is not today's."""
        local = local_time(moment, self.views.zone)
        is_today = local.date() == local_time(datetime.now(UTC), self.views.zone).date()
        return f"{local:%H:%M}" if is_today else self.strings.format_date("brief", local)

    def describe_result(self, since: datetime) -> str:
        """Return as a text what the last run since a time has brought, "" for none."""
        status = self._read_status()
        began = since.replace(microsecond=0)  # as the status has it, in whole seconds
        if status is None or status.began < began or not status.is_over:
            return ""
        counts = {"filed": status.filed, "held": status.held, "updated": status.updated}
        return self.strings.say(
            "round_result", **counts, dropped=status.dropped, failed=status.failed
        )

    def describe_missing(self) -> str:
        """Return as a text how many texts and pictures are missing after a restore, or ""."""
        status = self._read_status()
        missing = status.missing if status else None
        if missing is None or not (missing.waiting or missing.lost):
            return ""
        minutes = math.ceil(missing.seconds / 60)
        counts = {"count": missing.waiting, "back": missing.back, "lost": missing.lost}
        return self.strings.say("missing_parts", **counts, rounds=missing.rounds, minutes=minutes)

    def topic_choices(self, chosen: Sequence[str]) -> list[View]:
        """Return the site's topics and any others in `chosen`, each marked as chosen or not."""
        names = dict.fromkeys([*(topic.name for topic in self._beat.topics), *chosen])
        return [{"name": name, "is_chosen": name in chosen} for name in names]

    def describe_draft(self, story: str, at: datetime | None, href: str = "") -> View:
        """Return when the unsaved text of a form was typed, and a link to restore it.

        The time is "" if there is no draft.
        """
        return {"story": story, "time": self.views.clock(at) if at else "", "href": href}

    def script_words(self) -> str:
        """Return the texts for the browser script, as JSON that is safe inside HTML."""
        names = _list_script_names()
        words = {
            key: word
            for key, word in self.strings.words.items()
            if key in names or key.startswith(("said_", "standing_"))
        }
        return rendering.mark_safe(json.dumps(words, ensure_ascii=False).replace("<", "\\u003c"))

    def page(self, template: str, question: QueueQuestion | None = None, **more: object) -> bytes:
        """Render a template as a whole page; `question` holds the filters of its story list."""
        editor, counts = self.editor, self.counts
        page = {
            "template": template.removesuffix(".html"),
            "editor": editor.name,
            "may_edit": editor.may_edit,
            "told": editor.told,
            "is_owner": editor.is_owner,
            "troubled_sources": self._count_troubles(),
            "front": counts.advise_on_front() if editor.is_owner else None,
            "has_posts": bool(self.opened.newsroom.settings.posts),
            "search": question.search if question else "",
            "views": [
                *self._view_links(question),
                self._link_drops(is_current=more.get("view") == "dropped"),
            ],
            "own_views": self._own_views(counts.count_own(editor.name), question),
            "round": self.describe_round(self._read_status()),
            "script_words": self.script_words(),
            "letter_choices": json.dumps(
                [(one.id, one.title or self.title) for one in self.letters]
            ),
        }
        own = {name: value for name, value in more.items() if name not in _CONTENTS}
        contents = {name: value for name, value in more.items() if name in _CONTENTS}
        return self._renderer.render_page(
            template, site=self._site(), page={**page, **own}, **contents
        )

    def _list_snooze_ends(self) -> list[View]:
        """Return the times until which the form snoozes stories: in three hours, and mornings."""
        now = self.opened.newsroom.now
        today, zone = local_time(now, self.views.zone).date(), self.views.zone
        days = [today + timedelta(days=number) for number in range(1, 15)]
        mornings = [datetime.combine(day, time(8), zone) for day in days]
        return [
            {"value": dates.rfc3339(end), "name": self.strings.format_date("brief", end)}
            for end in (local_time(now, zone) + timedelta(hours=3), *mornings)
        ]

    def _describe_pin(self, pin: Ruling) -> View:
        return {**self.name_story(pin.stories[0]), "time": self.views.time(pin.until)}

    def _find_page(self, seen: QueueStory) -> str:
        """Return the URL of a story's page on the site, "" if it has none."""
        home = self._home()
        return (
            f"{home}{quote_path(story_folder(seen.story.path))}" if seen.has_page and home else ""
        )

    def link(self, page: str) -> str:
        """Return the link to a page of the public site, relative if both have the same host."""
        home, site = self._home(), f"{self._beat.url.rstrip('/')}/"
        return f"{home}{page.removeprefix(site)}" if home and page.startswith(site) else page

    def _home(self) -> str:
        """Return the link to the site's home page, "" if it is unknown."""
        url = self._beat.url
        if not self.editor.is_beside_site:
            return f"{url.rstrip('/')}/" if url else ""
        return f"{urls.path(url).rstrip('/')}/" if url else "/"

    def _site(self) -> View:
        locale = rendering.language_tag(self._beat.locale) or "en"
        return {
            "title": self._beat.title,
            "language": locale,
            "is_turned": rendering.text_direction(locale) == "rtl",
            "root": self._root,
            "home": self._home(),
            "icon": self.asset("desk.svg"),
            "style": self.asset("desk.css"),
            "script": self.asset("desk.js"),
            "queue": self.asset("queue.js"),
            "own_words": self.asset("own_words.js"),
        }

    def asset(self, file: str) -> str:
        """Return the URL of a file of the web interface: a style sheet, a script, a picture."""
        return f"{self._root}assets/{asset_name(file)}"

    def name_story(self, name: str, action_id: str = "") -> View:
        """Return a story's headline and link; that of a removed story is found by an action."""
        title = find_title(self.opened, name, action_id)
        return {"name": name, "title": title, "href": self.views.address(name)}

    def address(self, question: QueueQuestion) -> str:
        """Return the URL of the queue page with the filters `question`."""
        return f"{self._root}?{_query.write_question(question)}"

    def _view_links(self, question: QueueQuestion | None) -> list[View]:
        known = self.counts.count_views()
        order = question.order if question else "front"
        return [
            {
                "id": view,
                "name": self.strings.say(f"view_{view}"),
                "href": self.address(QueueQuestion(view=view, order=order)),
                "is_current": question is not None and view == question.view,
                "count": f"{known[view]:,}",
                "key": _VIEW_KEYS[view],
            }
            for view in _query.VIEWS
        ]

    def _count_troubles(self) -> str:
        """Return how many sources need a person, as text; "" for none or for viewers."""
        count = self.counts.count_troubled_sources() if self.editor.may_edit else 0
        return f"{count:,}" if count else ""

    def _link_drops(self, *, is_current: bool) -> View:
        return {
            "id": "dropped",
            "name": self.strings.say("view_dropped"),
            "href": f"{self._root}dropped/",
            "is_current": is_current,
            "count": f"{self.counts.count_drops():,}",
            "key": "g d",
        }

    def _own_views(
        self, counted: Sequence[tuple[SavedView, int | None]], question: QueueQuestion | None
    ) -> list[View]:
        """Return the links to an editor's saved views, with story counts where known."""
        asked = _query.write_question(_query.first_page(question)) if question else None
        return [
            {
                "name": view.name,
                "href": f"{self._root}?{view.query}",
                "count": "" if count is None else f"{count:,}",
                "is_current": view.query == asked,
            }
            for view, count in counted
        ]

    def _acts(self, row: QueueRow) -> list[View]:
        standing, verdict = row.leader.standing, row.leader.verdict
        said = verdict.said if verdict else ""
        acts = [act for act in _ACTS if act[0] != said]
        if standing is Standing.PUBLISHED:
            acts = [act for act in acts if act[0] != "publish"]
        if verdict is not None:
            acts.append(_CLEAR)
        if row.leader.snooze is not None:
            acts.append(_WAKE)
        return [
            {
                "id": name,
                "do": do,
                "key": key,
                "word": self.strings.say(name),
                "is_main": name == "publish",
            }
            for name, do, key in acts
        ]


def asset_name(file: str) -> str:
    """Return the file name of a style sheet or script in URLs; it changes with the content."""
    return f"{hashlib.sha256((ASSETS / file).read_bytes()).hexdigest()[:12]}-{quote(file)}"


@functools.cache
def _list_script_names() -> frozenset[str]:
    """Return all names in the scripts; the texts with these names are sent along with a page."""
    scripts = (file.read_text("utf-8") for file in ASSETS.glob("*.js"))
    return frozenset(re.findall(r"\w+", " ".join(scripts)))


def show_command(pages: Pages, demanded: background.DemandedCommand, title: str) -> View:
    """Return the state of a command that an owner started, as values for the templates."""
    state = "waits" if demanded.waits else "works" if demanded.code is None else "over"
    return {
        "title": title,
        "by": demanded.by,
        "time": pages.views.clock(demanded.began),
        "state": pages.strings.say(
            f"round_{state}" if demanded.code in (None, 0) else "round_failed"
        ),
        "is_over": demanded.code is not None,
        "result": "",
        "log": [text.fold(line) for line in demanded.log],
    }


REASON_WORDS = (
    "reason_off_topic",
    "reason_release",
    "reason_old",
    "reason_thin",
    "reason_opinion",
    "reason_source",
)
