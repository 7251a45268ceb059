"""Fault: what is wrong with an answer, as far as the program must know it; its kinds and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from copydesk.news.wording import Wording


class FaultKind(StrEnum):
    """What is wrong with an answer of the web, or with how it is asked for."""

    PROXY_UNSET = "proxy-unset"  # the environment should name one, and does not
    CERTIFICATE_ENDED = "certificate-ended"
    CERTIFICATE = "certificate"
    STATUS = "status"
    NAMED_FEED = "named-feed"  # a page instead of a feed, which says where that is
    HTML_PAGE = "html-page"
    RULE_BROKEN = "rule-broken"
    RULE_EMPTY = "rule-empty"
    OTHER = "other"


# With a page named they are the last errors of sources, as those are remembered.
_WORDING = Wording(
    {
        FaultKind.PROXY_UNSET: ("the proxy is not set: {variable:word} is not in the environment",),
        FaultKind.CERTIFICATE_ENDED: ("the certificate of {host:address} has ended",),
        FaultKind.CERTIFICATE: ("the certificate of {host:address} {why}",),
        FaultKind.STATUS: ("status {status:number}: {words}",),
        FaultKind.NAMED_FEED: (
            "{page}; the page names its feed: {feed:address}",
            "the page names its feed: {feed:address}",
        ),
        FaultKind.HTML_PAGE: (
            "an html page instead of a feed: {page}",
            "an html page instead of a feed",
        ),
        FaultKind.RULE_BROKEN: (
            "the listing rule of {written} has a broken selector ({selector}): {page:address}",
            "the listing rule of {written} has a broken selector ({selector})",
        ),
        FaultKind.RULE_EMPTY: (
            "the listing rule of {written} finds nothing: {page}",
            "the listing rule of {written} finds nothing",
        ),
    },
    other=FaultKind.OTHER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: its kind, and the values that its words name."""

    kind: FaultKind
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return _WORDING.say(self.kind, self.values)

    @classmethod
    def of(cls, kind: FaultKind, **values: str | int) -> Fault:
        """Return a fault of a kind."""
        return cls(kind=kind, values={name: str(value) for name, value in values.items()})

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read a fault's words back; words of nobody known are kept whole, of kind OTHER."""
        kind, values = _WORDING.parse(text)
        return cls(kind=kind, values=values)
