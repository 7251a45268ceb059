"""A story as the desk's templates show it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from copydesk import engine
from copydesk.kit import dates, text, urls
from copydesk.news import Reason, Ruling, Standing, Story, Verdict
from copydesk.placement import local_time
from copydesk.rendering import (
    Strings,
    language_name,
    language_tag,
    mark_safe,
    render_note,
    text_direction,
)

_SHOWN_REASONS = 4
_SHOWN_EXCERPT = 600

View = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryViews:
    """Make what templates print of stories: in the site's language and zone, for its gate.

    `root` is the path of the desk. `seen` gives the digests of a story's fields, for an action that
    must not overwrite what somebody changed meanwhile.
    """

    strings: Strings
    zone: ZoneInfo
    locale: str
    root: str
    gate: int

    def of(self, seen: engine.QueueStory) -> View:
        """Return a story as a row shows it."""
        story = seen.story
        reasons = sort_reasons(story.reasons)
        return {
            **self.short(seen),
            "passes": (story.quality or 0) >= self.gate,
            "quality": "–" if story.quality is None else str(story.quality),
            "gate": self.gate,
            "heat": str(story.heat) if story.heat and story.heat > 0 else "",
            "trust": story.trust,
            "topics": [
                {"name": name, "href": f"{self.root}?view=all&topic={quote(name, safe='')}"}
                for name in story.topics
            ],
            "excerpt": text.shorten(text.fold(story.excerpt), _SHOWN_EXCERPT),
            "note": mark_safe(render_note(story.note)) if story.note else "",
            "reasons": [self.reason(reason) for reason in reasons[:_SHOWN_REASONS]],
            "reasons_left": max(0, len(reasons) - _SHOWN_REASONS),
            "verdict": self.verdict(seen.verdict),
            "pin": self._pin(seen.pin),
            "picture": self._picture(seen),
            "unmade": seen.unmade,
        }

    def short(self, seen: engine.QueueStory) -> View:
        """Return a story as a line beside another shows it."""
        story = seen.story
        provider = story.provider
        source = text.fold(provider.name or provider.domain) if provider else ""
        return {
            "name": seen.name,
            "kind": "copy" if story.copy_of else "coverage",
            "title": text.fold(story.title) or self.strings.say("untitled"),
            "href": self.address(seen.name),
            "origin": urls.fetchable(story.web_url or story.original_url) or "",
            "domain": text.fold(provider.domain) if provider else "",
            "source": source or urls.host(story.web_url) or "?",
            "time": self.time(story.published_at),
            "tongue": self.tongue(story),
            "standing": str(seen.standing),
            "standing_word": self.strings.say(f"standing_{seen.standing}"),
            "seen": json.dumps(dict(engine.field_digests(story, seen.verdict))),
        }

    def address(self, name: str) -> str:
        """Return where the page of the story of a name is."""
        return f"{self.root}story/{quote(name, safe='')}/"

    def reason(self, reason: Reason) -> View:
        """Return a reason with its points, "" where none count."""
        points = f"{reason.points:+d}" if reason.points else ""
        return {"points": points, "is_up": (reason.points or 0) > 0, "why": _reason_words(reason)}

    def verdict(self, verdict: Verdict | None) -> View | None:
        """Return the word of an editor, None where nobody said one."""
        if verdict is None:
            return None
        word = self.strings.say(f"said_{verdict.said}")
        return {
            "word": word,
            "by": text.fold(verdict.by),
            "time": self.time(verdict.at),
            "why": text.fold(verdict.why),
        }

    def _pin(self, pin: Ruling | None) -> View | None:
        """Return until when an editor keeps a story in front, None for one that nobody keeps."""
        if pin is None:
            return None
        say, until = self.strings.say, self.time(pin.until)
        return {"words": say("pinned_until") if until else say("pinned"), "until": until}

    def time(self, moment: datetime | None) -> str:
        """Return a time as HTML that says its moment exactly, "" for none."""
        if moment is None:
            return ""
        local = local_time(moment, self.zone)
        shown = self.strings.format_date("brief", local)
        return mark_safe(f'<time datetime="{dates.rfc3339(moment)}">{shown}</time>')

    def clock(self, moment: datetime) -> str:
        """Return a time of this day as HTML, the hour alone."""
        local = local_time(moment, self.zone)
        return mark_safe(f'<time datetime="{dates.rfc3339(moment)}">{local:%H:%M}</time>')

    def tongue(self, story: Story) -> str:
        """Return the attributes of words in another language than the site's."""
        tag = language_tag(story.language)
        if not tag or tag.partition("-")[0] == language_tag(self.locale).partition("-")[0]:
            return ""
        direction = text_direction(tag)
        return mark_safe(f' lang="{tag}"' + (f' dir="{direction}"' if direction == "rtl" else ""))

    def _picture(self, seen: engine.QueueStory) -> View | None:
        picture = seen.picture
        if picture is None:
            return None
        alt = text.fold(seen.story.images[0].title) if seen.story.images else ""
        src = f"{self.root}picture/{picture.name}"
        return {"src": src, "width": picture.width, "height": picture.height, "alt": alt}


def sort_reasons(reasons: Sequence[Reason]) -> list[Reason]:
    """Sort reasons by what they weigh; those without points last, in their own order."""
    return sorted(reasons, key=lambda reason: -abs(reason.points or 0))


def name_standing(strings: Strings, standing: Standing) -> str:
    """Return the word of a standing."""
    return strings.say(f"standing_{standing}")


def name_language(tag: str) -> str:
    """Return what a language is called, its tag where that is not known."""
    return language_name(tag) or tag


def _reason_words(reason: Reason) -> str:
    about = "" if reason.about in {"quality", ""} else f"{reason.about}: "
    return text.fold(f"{about}{reason.why}")
