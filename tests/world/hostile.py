"""Stories, names and whatever an editor keeps, all of whose words want to be run or believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from copydesk.desk_store import open_desk
from copydesk.desk_store.drafts import Draft, SavedView
from copydesk.desk_store.letter_edits import IssueChange, IssueField
from copydesk.errors import UsageError
from copydesk.news import Image, Provider, Reason, ReasonKind, Story, Verdict
from world.newsroom import NOW
from world.numbers import fill_numbers
from world.payloads import PAYLOADS
from world.served_newsroom import drop_lead

NAMES = (
    '2026-11-19-"onmouseover="alert(1)',
    "2026-11-19-'><img src=x onerror=alert(1)>",
    "2026-11-19-<b>bold<b>",
    "2026-11-19-%2f..%2f..%2fbeat.toml",
    "2026-11-19-\u2215etc\u2215passwd",
    "2026-11-19-a#b?c=d&e=f",
    "2026-11-19-a;b,c d",
    "2026-11-19-\u202egnp",
    "2026-11-19-back\\slash",
    "2026-11-19-{{ 7 * 7 }}",
    "2026-11-19-constructor",
    "2026-11-19-$&-$1",
)
ADDRESSES = (
    "javascript:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    'https://ok.example/"onmouseover="alert(1)',
    "https://user:pass@thief.example/<script>",
    "//thief.example/x",
    "vbscript:alert(1)",
)
# for each hostile address a harmless one of which the desk makes as much: a link, or none
LINKED = dict.fromkeys(ADDRESSES, "gopher://none.example/x") | {
    ADDRESSES[2]: "https://ok.example/x",
    ADDRESSES[3]: "https://thief.example/x",
}
FIRST = "Anna"  # the owner whose stash, views and drafts have such words


def payloads_of(number: int) -> tuple[str, ...]:
    """Return the payloads of one of the hostile stories: together they have them all."""
    return PAYLOADS[number :: len(NAMES)]


def make_hostile(number: int, story: Story, write: Callable[[str], str] = str) -> Story:
    """Return a story all of whose words and addresses are such, others for each number.

    Its reasons and its note have all of its payloads, its other fields some of them in a row.
    `write` may make harmless words of them, such as `world.hostile_site.tame`.
    """
    words = tuple(map(write, payloads_of(number)))
    address = ADDRESSES[number % len(ADDRESSES)]
    address = address if write is str else LINKED[address]
    evidence = [Reason.of(ReasonKind.TOPIC, topic="Coast", evidence=word) for word in words]
    return replace(
        story,
        path=f"_news/{write(NAMES[number % len(NAMES)])}.md",
        title=" ".join(words[::2]),
        excerpt=" ".join(words[1::2]),
        note="\n\n".join(words),
        provider=Provider(name=" ".join(words[::3]), domain=words[8][:60]),
        topics=("Coast", *words[:9]),
        language=write('de" onload="alert(1)'),
        web_url=address,
        images=tuple(Image(url=address, title=word) for word in words),
        reasons=(*evidence, *story.reasons),
        verdict=Verdict(by=words[6], at=NOW, said="hold", why=" ".join(words)),
    )


def keep_hostile(root: Path, write: Callable[[str], str] = str) -> None:
    """Let a newsroom's list, leads, numbers, and what its first owner keeps have such words."""
    payloads, names = tuple(map(write, PAYLOADS)), tuple(map(write, NAMES))
    lists = root / "_data/lists"
    lists.mkdir()
    stories = [
        {"story": name, "why": word} for name, word in zip(names, payloads[::30], strict=False)
    ]
    written = {"title": " ".join(payloads[40:99])[:300], "by": payloads[0], "stories": stories}
    (lists / "worst.yaml").write_text(json.dumps(written), "utf-8")
    for number, word in enumerate(payloads[::5]):
        drop_lead(root, f"https://gull.example/{number}?{word}", "off-beat", word)
    fill_numbers(root, payloads[::5])
    with closing(open_desk(root / ".copydesk")) as desk:
        for word in payloads:
            view = SavedView(name=word[:60], query=urlencode({"q": word}))
            with suppress(UsageError):  # twenty at most
                desk.saved_views.keep(FIRST, view)
        for number, word in enumerate(payloads[::20]):
            stash = desk.stashes.make(FIRST, f"{word[:60]} {number}", shared=True)
            desk.stashes.add(FIRST, stash, names)
        texts: tuple[tuple[IssueField, int], ...] = (("subject", 300), ("preheader", 300))
        for part, most in (*texts, ("note", 10_000)):
            value = ("\n".join(payloads)[:most],)
            desk.letters.change("daily", IssueChange(field=part, value=value), payloads[0], NOW)
        for name in names:
            dropped = IssueChange(field="dropped", story=name, value=("yes",))
            desk.letters.change("daily", dropped, payloads[1], NOW)
        gone = IssueChange(field="order", value=names)
        desk.letters.change(payloads[2], gone, payloads[3], NOW)
        for field in ("title", "excerpt", "note", "why"):
            text = "\n".join(payloads)
            desk.drafts.keep(FIRST, Draft(story="", field=field, text=text, at=NOW))
