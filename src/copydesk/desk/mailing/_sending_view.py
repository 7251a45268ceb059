"""A sending as the pages show it: how it stands, how far it is, and what may be done to it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from copydesk import engine
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.kit import text

STATES = (
    *("accepted", "waiting", "refused", "given-up", "uncertain", "skipped"),
    *("queued", "intended", "handed-over"),
)
_OPEN = frozenset({"queued", "intended", "waiting"})
_GOING = frozenset({"ready", "sending"})
_ENDABLE = frozenset({"ready", "sending", "awaits-word", "paused"})


def link_issue(root: str, issue: str) -> str:
    """Return the address of the page of an issue that was sent."""
    return f"{root}mailing/{quote(issue, safe='')}/"


def show_sending(pages: Pages, row: engine.SendingRow, titles: Mapping[str, str]) -> View:
    """Return a sending as the templates show it; `titles` are those of letters by their ids."""
    say, href = pages.strings.say, link_issue(pages.views.root, row.issue)
    total = sum(row.counts.values())
    settled = sum(count for state, count in row.counts.items() if state not in _OPEN)
    return {
        "issue": row.issue,
        "href": href,
        "letter": text.fold(titles.get(row.letter, row.letter)),
        "state": row.state,
        "state_word": say(f"sending_{row.state}"),
        "is_going": row.state in _GOING,
        "awaits": say(f"sending_awaits_{row.remark}") if row.remark else "",
        "checks": f"{pages.views.root}mailing/checks/" if row.remark == "checks" else "",
        "via": "" if row.via == "smtp" else row.via,
        "by": text.fold(row.by),
        "made": pages.views.time(row.made),
        "settled": settled,
        "total": total,
        "progress": say("sending_progress", done=f"{settled:,}", total=f"{total:,}"),
        "counts": [
            _show_count(pages, href, state, row.counts[state])
            for state in STATES
            if row.counts.get(state)
        ],
        "returns": [
            {"word": say(f"return_{kind}"), "count": f"{count:,}"}
            for kind, count in sorted(row.returns.items())
        ],
        "views": f"{row.views:,}" if row.views else "",
        "next": pages.views.time(row.next_due) if row.counts.get("waiting") else "",
        "may_send": row.state in {"awaits-word", "paused"},
        "send_word": say("sending_resume")
        if row.state == "paused"
        else say("sending_send_to", count=total - settled),
        **_show_again(pages, row),
        "may_pause": row.state in _GOING,
        "may_end": row.state in _ENDABLE,
        "left": f"{total - settled:,}",
    }


def _show_again(pages: Pages, row: engine.SendingRow) -> View:
    """Return whether an issue may go to the uncertain again, and who let it."""
    say = pages.strings.say
    is_open = row.state == "done" and row.again_at is None
    count = row.counts.get("uncertain", 0) if is_open else 0
    return {
        "again_count": count,
        "again_means": say("sending_again_means", count=count),
        "again_now": say("sending_again_now", count=count),
        "again_by": say("sending_again_by", name=text.fold(row.again_by)) if row.again_by else "",
        "again_at": pages.views.time(row.again_at),
    }


def name_letters(newsroom: engine.Newsroom) -> dict[str, str]:
    """Return the titles of letters by their ids, the site's where a letter has none."""
    return {
        letter.id: text.fold(letter.title) or text.fold(newsroom.beat.title)
        for letter in newsroom.settings.letters
    }


def _show_count(pages: Pages, href: str, state: str, count: int) -> View:
    return {
        "state": state,
        "word": pages.strings.say(f"delivery_{state}"),
        "count": f"{count:,}",
        "href": f"{href}?{urlencode({'state': state})}#who",
    }
