"""Language: whether the readers of the site can read it."""

from __future__ import annotations

from copydesk.judge.profile import Features
from copydesk.judge.quality._seen import Seen
from copydesk.news import Beat


def foreign(features: Features, beat: Beat) -> Seen:
    """See a language that is neither the site's nor one that its topics have keywords in."""
    wanted = {tongue(beat.locale)} | {
        tongue(language) for topic in beat.topics for language, _ in topic.translations
    }
    written = tongue(features.language)
    if not written or written in wanted:
        return []
    return [(1, f"written in {written}, the site in {tongue(beat.locale)}")]


def tongue(language: str) -> str:
    """Give the language of a tag, without its country or script: "en" of "en-US"."""
    return language.replace("_", "-").partition("-")[0].lower()
