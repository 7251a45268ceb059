"""The source that a person means.

address | name, in any case ── find_source ──> the one source of the beat that is so called
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from copydesk.errors import UsageError
from copydesk.kit import urls
from copydesk.news import Beat, Source


def find_source(beat: Beat, said: str) -> Source:
    """Return the source that a person means by its address or its name, in any case.

    Raises UsageError where there is none, and where several have that name.
    """
    found = list(_at_address(beat, said)) or list(_by_name(beat, said))
    if len(found) == 1:
        return found[0]
    if found:
        addresses = ", ".join(source.url for source in found)
        raise UsageError("several sources have this name", subject=said, hint=f"say {addresses}")
    raise UsageError("beat.toml has no such source", subject=said, hint=_nearest(beat, said))


def _at_address(beat: Beat, said: str) -> Iterator[Source]:
    identity = urls.identity(said)
    return (source for source in beat.sources if urls.identity(source.url) == identity)


def _by_name(beat: Beat, said: str) -> Iterator[Source]:
    name = said.strip().casefold()
    return (source for source in beat.sources if name and source.name.casefold() == name)


def _nearest(beat: Beat, said: str) -> str:
    known = [word for source in beat.sources for word in (source.name, source.url) if word]
    near = difflib.get_close_matches(said, known, 1)
    return f"did you mean {near[0]}" if near else "copydesk sources lists them"
