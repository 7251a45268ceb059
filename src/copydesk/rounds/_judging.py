"""Make stories of scored articles, with file path, picture and status; apply editors' rules to
them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from copydesk import archive, judge, review
from copydesk.catalogue import Catalogue
from copydesk.config import Settings
from copydesk.illustrate import Album
from copydesk.judge import shelves
from copydesk.judge.reputation import Reputations
from copydesk.kit import urls
from copydesk.news import Article, Beat, Dropped, Image, Ruling, Story
from copydesk.news.source import Tip
from copydesk.news.story import Event, EventKind
from copydesk.newsroom import Failure, Newsroom, failure_of
from copydesk.newsroom.filing import read_digests
from copydesk.review import corrections, rejudging, rules
from copydesk.rounds._page_memory import SiteHabits
from copydesk.rounds._shelf import FiledShelf, Vectors, shelve

if TYPE_CHECKING:
    from copydesk.rounds._pictures import ChosenPicture

Result = TypeVar("Result")
Appraised: TypeAlias = "judge.Appraisal | Dropped | Failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedStory:
    """A story with its file path and picture; `is_held` means that it waits for an editor's
    decision.

    `rule` is the rule that an editor's tip adds with the story, or None.
    """

    story: Story
    is_held: bool
    rule: Ruling | None = None


@dataclass(slots=True, kw_only=True)
class Bench:
    """The data that articles are scored with and compared to; `taken` holds paths of new stories.

    `reputations` are those of publishers when the round began, None on the first scale of quality.
    `removed` are the identities of the addresses that an editor removed for good. Records in
    `left_alone` may be in the middle of an edit, and are not written.
    """

    newsroom: Newsroom
    catalogue: Catalogue
    shelf: FiledShelf
    removed: frozenset[str]
    vectors: Vectors
    reputations: Reputations | None = None
    taken: set[str] = field(default_factory=set)
    left_alone: frozenset[str] = frozenset()


def appraise(bench: Bench, article: Article, tip: Tip | None = None) -> Appraised:
    """Score one article by itself, without its picture and without comparing it with other stories.

    The article of an editor's tip is never dropped as off the subject or too old.
    """
    return _safely(article, lambda: appraise_article(bench, article, tip))


def judge_article(
    bench: Bench,
    article: Article,
    appraised: Appraised,
    chosen: ChosenPicture | None,
    tip: Tip | None = None,
) -> JudgedStory | Dropped | Failure:
    """Make a story of an article, compare it with the stored stories, and add it to them.

    A round calls it in `judging_order`, so that the same input gives the same bytes.
    """
    outcome = _safely(article, lambda: _complete(bench, article, appraised, chosen, tip))
    if not isinstance(outcome, Story):
        return outcome
    beat, now = bench.newsroom.beat, bench.newsroom.now
    story, rule = _with_path(bench, outcome, article), None
    if tip is not None:
        story, rule = note_tip(beat, story, tip, now), topic_rule(story, tip, now)
    rulings = beat.rulings if rule is None else (*beat.rulings, rule)
    story = rules.apply_rulings(story, replace(beat, rulings=rulings))
    mode = bench.newsroom.settings.review.mode
    gated = rejudging.gate(story, mode, _trust(beat, article))
    shelved = shelve(gated, article, article.text, beat)
    fingerprint = appraised.fingerprint if isinstance(appraised, judge.Appraisal) else None
    bench.shelf.put(shelved, fingerprint)
    is_held = bool(story.published and not gated.published) or rejudging.is_near_beat(gated)
    return JudgedStory(story=gated, is_held=is_held, rule=rule)


def judging_order(article: Article) -> tuple[datetime, str, str]:
    """Return the sort key for the order in which articles are scored: publication time, then
    URL.
    """
    return article.published_at, urls.identity(article.web_url), article.url


def _safely(article: Article, step: Callable[[], Result]) -> Result | Failure:
    try:
        return step()
    except Exception as error:  # a bug must not cost more than this article
        return failure_of(article.url, error)


def appraise_article(
    bench: Bench, article: Article, tip: Tip | None = None
) -> judge.Appraisal | Dropped:
    """Score one article by itself, or return why no story is made of it."""
    if dropped := _drop(bench, article, tip):
        return dropped
    beat = bench.newsroom.beat
    if bench.reputations is not None:
        source = beat.source(article.source)
        known = bench.reputations.of(article.provider, source.name if source else "")
        beat = replace(beat, reputations={article.provider.domain: known})
    return judge.appraise(article, beat) if tip is None else appraise_tip(article, beat, tip)


def complete_story(bench: Bench, appraisal: judge.Appraisal, chosen: ChosenPicture | None) -> Story:
    """Make a story of a scored article and compare it with the stored stories, without adding
    it.
    """
    picture = chosen.figure.url if chosen else ""
    story = judge.complete(appraisal, bench.newsroom.beat, bench.shelf, picture)
    from copydesk.rounds._pictures import illustrate_story  # loads what fetches

    return illustrate_story(bench.newsroom.beat, story, chosen)


def _complete(
    bench: Bench,
    article: Article,
    appraised: Appraised,
    chosen: ChosenPicture | None,
    tip: Tip | None,
) -> Story | Dropped | Failure:
    """Make a story of a scored article, unless a story of the same page was stored meanwhile."""
    outcome = _drop(bench, article, tip) or appraised
    if not isinstance(outcome, judge.Appraisal):
        return outcome
    return complete_story(bench, outcome, chosen)


def _drop(bench: Bench, article: Article, tip: Tip | None) -> Dropped | None:
    """Return why no story may be made of an article at this URL, whatever its text; None if
    it may.
    """
    for address in (article.web_url, article.url):
        if urls.identity(address) in bench.removed:
            return Dropped(url=article.url, reason="removed", detail="removed by an editor")
        path = bench.shelf.at(address)
        if path is not None:
            return Dropped(url=article.url, reason="seen", detail=path)
    days = bench.newsroom.settings.fetch.max_age_days
    if days and tip is None and article.published_at < bench.newsroom.now - timedelta(days=days):
        return Dropped(url=article.url, reason="too-old", detail=f"older than {days} days")
    return None


def _with_path(bench: Bench, story: Story, article: Article) -> Story:
    root = bench.newsroom.root

    def is_taken(path: str) -> bool:
        places = archive.record_places(path)
        return path in bench.taken or any((root / place).exists() for place in places)

    path = archive.story_path(article.title, article.published_at, article.web_url, is_taken)
    bench.taken.add(path)
    return replace(story, path=path)


def _trust(beat: Beat, article: Article) -> str:
    source = beat.source(article.source)
    return source.trust if source else "gate"


# Tips: a page that an editor wants filed is judged as if it were on the site's subject.
#
# article, tip ── appraise_tip ──> scored article ── note_tip ──> history ── topic_rule ──> rule


def appraise_tip(article: Article, beat: Beat, tip: Tip) -> judge.Appraisal | Dropped:
    """Score an article that an editor asked for: it counts as on the site's subject, with that
    editor's topic.

    The topic earns points, as a source's topic does, only if the article's words give it none.
    """
    wanting = replace(beat, scoring=replace(beat.scoring, off_beat="keep"))
    own = judge.appraise(article, wanting)
    if isinstance(own, Dropped) or not tip.topic or tip.topic in own.topics:
        return own
    given = judge.appraise(article, wanting.give_topics(article.source, (tip.topic,), tip.by))
    if isinstance(given, Dropped) or not own.topics:
        return given
    return replace(own, topics=given.topics)


def note_tip(beat: Beat, story: Story, tip: Tip, at: datetime) -> Story:
    """Add to a story's history which editor asked for it; a story without history is unchanged."""
    if not beat.scoring.traits.has_blocks:
        return story
    return corrections.add_to_history(
        story, at, [Event.of(EventKind.FILED, by=tip.by, why=tip.why)]
    )


def topic_rule(story: Story, tip: Tip, at: datetime) -> Ruling | None:
    """Return the rule that keeps the topic which an editor gave with a page; None without a topic.

    Without it the story would lose the topic when it is judged again by its own words.
    """
    if not tip.topic:
        return None
    topics = story.topics if tip.topic in story.topics else (*story.topics, tip.topic)
    return Ruling(
        said="retopic",
        by=tip.by,
        at=at,
        why=tip.why,
        stories=(rules.record_name(story.path),),
        values=topics,
    )


# Apply editors' rules to filed stories, and take them back.

Notes = tuple[str, ...]


def apply_rules(newsroom: Newsroom, story: Story, beat: Beat) -> Story:
    """Return a story with the editors' rules applied, and with digests of the fields they set."""
    return _answer_for(newsroom, story, rules.apply_rulings(story, beat))


def take_back_rule(
    newsroom: Newsroom, story: Story, rule: Ruling, beat: Beat
) -> tuple[Story, Notes]:
    """Undo an editor's rule in a story: the field gets its article's value or another rule's.
    Return the story and notes for the editor.

    `beat` is the one without the rule. Fields that a person has edited since stay, and so do those
    whose former value is unknown; the notes say so.
    """
    name = _field(rule)
    known = read_digests(newsroom.memory, story)
    if (known and name in review.find_hand_edits(story, known)) or _is_readdressed(story, rule):
        return story, (f"the field `{name}` was edited by hand afterwards, and stays as edited",)
    after = _take_back(newsroom, story, rule, beat)
    if after is None:
        return story, (
            f"the article is no longer stored, so the field `{name}` cannot be restored",
        )
    return _answer_for(newsroom, story, rules.apply_rulings(after, beat)), ()


def _field(rule: Ruling) -> str:
    """Return the record field that an editor's rule sets, named as in `review.find_hand_edits`."""
    if rule.field is not None:
        return rules.FIELD_OF[rule.field]
    return "title" if rule.said == "rename" else "topics"


def _is_readdressed(story: Story, rule: Ruling) -> bool:
    """Return whether a story's URL was changed since a rule set it. URLs have no digest."""
    return rule.field == "url" and story.web_url != rule.values[1]


def _take_back(newsroom: Newsroom, story: Story, rule: Ruling, beat: Beat) -> Story | None:
    """Return a story with its article's own value in the field that a rule set, None if it is
    unknown.

    A note or a summary comes from no article; a former address is also known from the rule that
    replaced it.
    """
    sites = SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt)
    kept = newsroom.articles.find_for(story)
    article = None if kept is None else sites.settle(kept)
    if rule.field is not None:
        read = _read(newsroom, article, rule, beat)
        return None if read is None else rules.take_back(story, rule.field, read)
    if article is None:
        return None
    grounds = rejudging.Grounds(assess=judge.assess, beat=beat, shelf=shelves.MemoryShelf())
    occasion: rejudging.Occasion = "title free" if rule.said == "rename" else "topics free"
    return rejudging.rejudge(story, article, grounds, occasion).story


def _read(newsroom: Newsroom, article: Article | None, rule: Ruling, beat: Beat) -> Story | None:
    """Return the article's own values of a story in which a rule set a field, None if they are
    unknown.
    """
    if article is not None:
        return story_as_read(newsroom.settings, newsroom.album, article, beat)
    former = rule.values[2:][-1:]  # the oldest: its address before the first such rule
    nothing = Story(path="", title="", published_at=None, web_url="".join(former))
    is_ours = rule.field in {"note", "summary", "translation"}
    return nothing if is_ours or (rule.field == "url" and former) else None


def story_as_read(settings: Settings, album: Album, article: Article, beat: Beat) -> Story:
    """Return a story with its article's own words, URL and picture, without any editors' rules."""
    free = replace(beat, rulings=(), scoring=replace(beat.scoring, off_beat="keep"))
    story = judge.assess(article, free, shelves.MemoryShelf())
    assert isinstance(story, Story)
    return with_picture(settings, album, story, article)


def with_picture(settings: Settings, album: Album, story: Story, article: Article) -> Story:
    """Return a story with its article's best picture, and the picture's size if a copy is
    stored.
    """
    for figure in article.figures:
        picture = album.find(figure.url)
        if picture is not None and not album.is_common(figure.url, article.web_url):
            from copydesk.rounds._pictures import ChosenPicture, illustrate_story

            return illustrate_story(
                settings.beat, story, ChosenPicture(figure=figure, picture=picture)
            )
    shown = settings.show_of(article.source, article.provider.domain or article.web_url)
    has_another = bool(article.image) and shown == "hotlink"  # no copy of it is stored
    return replace(story, images=(Image(url=article.image),) if has_another else ())


def counting_picture(settings: Settings, album: Album, story: Story, article: Article) -> str:
    """Return the URL of the picture that is used in scoring a story, "" for none.

    A picture set by an editor does not change the points: the page's own picture counts.
    """
    was_set = any(reason.about == "picture" for reason in story.reasons)
    if was_set or "image" in rules.find_ruled_fields(story, settings.beat):
        story = with_picture(settings, album, story, article)
    return story.images[0].url if story.images else ""


def _note_move(beat: Beat, now: datetime, before: Story, after: Story) -> Story:
    """Add a story's former URL to its history, so that no second story is made of the page."""
    has_blocks = beat.scoring.traits.has_blocks
    if not has_blocks or not before.web_url or after.web_url == before.web_url:
        return after
    return corrections.add_to_history(
        after, now, [Event.of(EventKind.MOVED, new=after.web_url, old=before.web_url)]
    )


def _answer_for(newsroom: Newsroom, story: Story, after: Story) -> Story:
    """Return a story with digests of the fields that an editor's rule set, if it has digests.

    Its former URL is noted in its history, if the rule set another one.
    """
    after = _note_move(newsroom.beat, newsroom.now, story, after)
    known = read_digests(newsroom.memory, story)
    before, now = dict(review.digests(story)), dict(review.digests(after))
    ours = {name: digest for name, digest in now.items() if before.get(name) != digest}
    if not known or before == now:
        return after
    kept = {name: digest for name, digest in known.items() if name in now or name not in before}
    return replace(after, machine=tuple({**kept, **ours}.items()))
