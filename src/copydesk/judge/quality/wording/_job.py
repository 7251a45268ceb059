"""A post to be filled, shown as if it were news."""

from __future__ import annotations

from copydesk.judge.quality.wording._cues import find_first, find_several, read_cues

_CUES = read_cues("job")


def job(title: str, text: str) -> str:
    """Return what shows that a text looks for staff, "" where nothing does.

    A mark that only such headlines have, with one set phrase below; a post as the whole headline,
    with one; or four of the phrases.
    """
    headline = find_first(_CUES["mark"], title) or find_first(_CUES["post"], title)
    if headline and find_several(_CUES["text"], text, 1):
        return headline
    return find_several(_CUES["text"], text, 4)
