"""Language: whether the readers of the site can read it."""

from __future__ import annotations

from copydesk.judge.profile import Features
from copydesk.judge.quality._sightings import Sightings
from copydesk.news import Beat

LISTED = frozenset({"de", "en", "es", "fr"})  # languages that `tables` has lists of words for


def foreign(features: Features, beat: Beat) -> Sightings:
    """Find a language that is neither the site's nor one that its topics have keywords in."""
    home = base_language(beat.locale)
    translated = {
        base_language(language) for topic in beat.topics for language, _ in topic.translations
    }
    written = base_language(features.language)
    if not written or written in translated | {home}:
        return []
    return [(1, f"written in {written}, the site in {home}")]


def language_with_lists(features: Features, beat: Beat) -> str:
    """Return the language whose lists of words an article is read with, "" where none has any.

    Where a page does not say what it is written in, the site's language is meant.
    """
    written = base_language(features.language) or base_language(beat.locale)
    return written if written in LISTED else ""


def base_language(language: str) -> str:
    """Return the language of a tag, without its country or script: "en" of "en-US"."""
    return language.replace("_", "-").partition("-")[0].lower()
