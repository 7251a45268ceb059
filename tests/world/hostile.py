"""Stories, names and whatever an editor keeps, all of whose words want to be run or believed."""

from __future__ import annotations

import json
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


FIRST = "Anna"  # the owner whose stash, views and drafts have such words


def payloads_of(number: int) -> tuple[str, ...]:
    """Return the payloads of one of the hostile stories: together they have them all."""
    return PAYLOADS[number :: len(NAMES)]


def make_hostile(number: int, story: Story) -> Story:
    """Return a story all of whose words and addresses are such, others for each number.

    Its reasons and its note have all of its payloads, its other fields some of them in a row.
    """
    words = payloads_of(number)
    address = ADDRESSES[number % len(ADDRESSES)]
    evidence = [Reason.of(ReasonKind.TOPIC, topic="Coast", evidence=word) for word in words]
    return replace(
        story,
        path=f"_news/{NAMES[number % len(NAMES)]}.md",
        title=" ".join(words[::2]),
        excerpt=" ".join(words[1::2]),
        note="\n\n".join(words),
        provider=Provider(name=" ".join(words[::3]), domain=words[8][:60]),
        topics=("Coast", *words[:9]),
        language='de" onload="alert(1)',
        web_url=address,
        images=tuple(Image(url=address, title=word) for word in words),
        reasons=(*evidence, *story.reasons),
        verdict=Verdict(by=words[6], at=NOW, said="hold", why=" ".join(words)),
    )


def keep_hostile(root: Path) -> None:
    """Let a newsroom's list, leads, numbers, and what its first owner keeps have such words."""
    lists = root / "_data/lists"
    lists.mkdir()
    stories = [
        {"story": name, "why": word} for name, word in zip(NAMES, PAYLOADS[::30], strict=False)
    ]
    written = {"title": " ".join(PAYLOADS[40:99])[:300], "by": PAYLOADS[0], "stories": stories}
    (lists / "worst.yaml").write_text(json.dumps(written), "utf-8")
    for number, word in enumerate(PAYLOADS[::5]):
        drop_lead(root, f"https://gull.example/{number}?{word}", "off-beat", word)
    fill_numbers(root, PAYLOADS[::5])
    with closing(open_desk(root / ".copydesk")) as desk:
        for word in PAYLOADS:
            view = SavedView(name=word[:60], query=urlencode({"q": word}))
            with suppress(UsageError):  # twenty at most
                desk.saved_views.keep(FIRST, view)
        for number, word in enumerate(PAYLOADS[::20]):
            stash = desk.stashes.make(FIRST, f"{word[:60]} {number}", shared=True)
            desk.stashes.add(FIRST, stash, NAMES)
        texts: tuple[tuple[IssueField, int], ...] = (("subject", 300), ("preheader", 300))
        for part, most in (*texts, ("note", 10_000)):
            value = ("\n".join(PAYLOADS)[:most],)
            desk.letters.change("daily", IssueChange(field=part, value=value), PAYLOADS[0], NOW)
        for name in NAMES:
            dropped = IssueChange(field="dropped", story=name, value=("yes",))
            desk.letters.change("daily", dropped, PAYLOADS[1], NOW)
        gone = IssueChange(field="order", value=NAMES)
        desk.letters.change(PAYLOADS[2], gone, PAYLOADS[3], NOW)
        for field in ("title", "excerpt", "note", "why"):
            text = "\n".join(PAYLOADS)
            desk.drafts.keep(FIRST, Draft(story="", field=field, text=text, at=NOW))
