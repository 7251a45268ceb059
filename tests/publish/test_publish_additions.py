"""What other reports add is quoted on the page of the main story, as long as it may be."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from copydesk.news import Beat, Reason, Ruling, Story, Verdict
from copydesk.news.beat import ExcerptRule
from copydesk.news.story import Addition
from copydesk.publish import Look, plan_site, site
from copydesk.publish.api import Shapes, v2
from copydesk.rendering import Renderer
from world import editions

LEAD, REPORT = "2026-11-24-robots-may-vote", "2026-11-24-machines-at-the-polls"
SENTENCE = "Judge Ada Holm <said> that 112 robots & more had asked to vote."
WHY = "name Ada Holm, figure 112"
HEADING = '<h2 id="additions">What other reports add</h2>'


def lead(**fields: object) -> Story:
    story = editions.story(LEAD, group="event")
    additions = (Addition(text=SENTENCE, story=REPORT, why=WHY),)
    return replace(story, additions=additions, **fields)  # type: ignore[arg-type]


def report(**fields: object) -> Story:
    provider = replace(editions.HERALD, name="Gazette", domain="gazette.example")
    story = editions.story(REPORT, published=False, heat=-1, provider=provider, group="event")
    return replace(story, web_url="https://gazette.example/polls", **fields)  # type: ignore[arg-type]


def page_of(*stories: Story, beat: Beat | None = None) -> str:
    edition = editions.edition(stories, on=beat or editions.beat())
    made = {s.path: s.data for s in site.sheets(plan_site(edition, Look()), Renderer())}
    return made[f"news/{LEAD}/index.html"].decode()


def test_the_page_quotes_a_sentence_with_its_source_below_the_excerpt() -> None:
    page = page_of(lead(), report())

    assert page.index("A court said so on Tuesday.") < page.index(HEADING)
    quoted = "<p>Judge Ada Holm &lt;said&gt; that 112 robots &amp; more had asked to vote.</p>"
    assert f'<blockquote cite="https://gazette.example/polls">{quoted}</blockquote>' in page
    assert '<a class="by" href="https://gazette.example/polls" rel="noopener">Gazette</a>' in page


def verdict(said: str) -> Verdict:
    return Verdict(by="Ed", at=editions.AT, said=said, why="so")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": verdict("remove")},
        {"verdict": verdict("reject")},
        {"verdict": verdict("hold")},
        {"reasons": (Reason(about="held", why="every story waits for an editor"),)},
        {"refuses": ("snippet",)},
        {"access": "gone"},
        {"copy_of": LEAD},
        {"group": "another"},
    ],
    ids=" ".join,
)
def test_a_report_that_may_not_be_quoted_any_more_is_not(fields: dict[str, object]) -> None:
    page = page_of(lead(), report(**fields))
    assert "Ada Holm" not in page
    assert HEADING not in page


def test_a_report_without_a_record_is_not_quoted() -> None:
    assert HEADING not in page_of(lead())


NONE = Ruling(
    said="set", by="Ed", at=editions.AT, why="so", stories=(LEAD,), values=("additions", "none")
)


@pytest.mark.parametrize(
    "beat",
    [
        replace(editions.beat(), excerpt=ExcerptRule(additions=0)),
        replace(editions.beat(), rulings=(NONE,)),
        replace(editions.beat(), rulings=(replace(NONE, stories=(REPORT,)),)),
    ],
    ids=["setting", "main story", "report"],
)
def test_a_setting_and_a_rule_take_it_away_at_once(beat: Beat) -> None:
    assert HEADING not in page_of(lead(), report(), beat=beat)


def test_the_second_api_tells_it_and_only_where_there_is_one() -> None:
    def told(*stories: Story) -> dict[str, object]:
        shapes = Shapes(plan_site(editions.edition(stories), Look()))
        sheets = {sheet.path: sheet.data for sheet in v2.page(1, shapes)}
        found: dict[str, object] = json.loads(sheets[f"api/v2/stories/{LEAD}.json"])
        return found

    source = {"name": "Gazette", "domain": "gazette.example", "api_url": None}
    url = "https://gazette.example/polls"
    expected = {"text": SENTENCE, "why": WHY, "id": REPORT, "url": url, "source": source}
    assert [expected] == told(lead(), report())["additions"]
    assert "additions" not in told(lead(), report(verdict=verdict("remove")))
