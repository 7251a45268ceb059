"""How much of a list we had, in all and by site."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.measure.verdicts import KIND_WORDS, count_recall
from copydesk.news.story import RecallKind


@dataclass(frozen=True)
class Met:
    """A listed story, and where it stands."""

    url: str
    kind: RecallKind
    source: str = ""


def test_what_we_have_in_anybodys_words_counts_as_had() -> None:
    kinds = (RecallKind.HAVE, RecallKind.COVERED, RecallKind.COVERED, *RecallKind)

    counted = count_recall(Met(f"https://a.example/{at}", kind) for at, kind in enumerate(kinds))

    assert 8 == counted.stories
    assert (0.625, 0.25) == (counted.share, counted.own)
    assert {kind: kinds.count(kind) for kind in RecallKind} == counted.kinds


def test_the_sites_that_we_miss_most_of_come_first_with_whether_they_are_sources() -> None:
    ours = "https://news.gull.example/feed.xml"
    counted = count_recall(
        [
            Met("https://tern.example/1", RecallKind.UNSEEN),
            Met("https://www.gull.example/1", RecallKind.DROPPED, ours),
            Met("https://gull.example/2", RecallKind.OPEN, ours),
            Met("https://gull.example/3", RecallKind.HAVE, ours),
            # listed by a source of another site
            Met("https://heron.example/1", RecallKind.DROPPED, ours),
        ]
    )

    assert [("gull.example", 3, True), ("heron.example", 1, False), ("tern.example", 1, False)] == [
        (site.site, site.stories, site.is_source) for site in counted.sites
    ]
    assert 1 == counted.sites[0].kinds[RecallKind.HAVE]


def test_of_an_empty_list_nothing_can_be_said() -> None:
    counted = count_recall([])

    assert (0, None, None, ()) == (counted.stories, counted.share, counted.own, counted.sites)
    assert set(RecallKind) == counted.kinds.keys() == KIND_WORDS.keys()
