"""Apply rulings to filed records: what a rule makes of one at once, and how it was without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from copydesk import judge, review
from copydesk.config import Settings
from copydesk.engine.filing import find_article, read_digests
from copydesk.engine.judging._pictures import ChosenPicture, illustrate_story
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.reading import SiteHabits
from copydesk.illustrate import Album
from copydesk.judge import shelves
from copydesk.memory import Memory
from copydesk.news import Article, Beat, Event, EventKind, Image, Ruling, Story
from copydesk.review import corrections, rules

Notes = tuple[str, ...]


def apply_rules(newsroom: Newsroom, story: Story, beat: Beat) -> Story:
    """Return a record as the rules of a beat want it, with digests of what they wrote."""
    after = rules.apply_rulings(story, beat)
    return _answer_for(
        newsroom.memory, story, _note_move(newsroom.beat, newsroom.now, story, after)
    )


def take_back_rule(
    newsroom: Newsroom, story: Story, rule: Ruling, beat: Beat
) -> tuple[Story, Notes]:
    """Return a record as it was without a rule: as its article reads, or another rule says.

    `beat` is the one without the rule. What a person has edited since stays, and so does what
    nobody knows any more; the notes say so.
    """
    name = _field(rule)
    known = read_digests(newsroom.memory, story)
    if (known and name in review.find_hand_edits(story, known)) or _is_readdressed(story, rule):
        return story, (f"a person has edited its {name} since: that stays as it is",)
    after = _take_back(newsroom, story, rule, beat)
    if after is None:
        return story, (f"its article is no longer kept, so that its {name} cannot be taken back",)
    after = rules.apply_rulings(after, beat)
    return _answer_for(
        newsroom.memory, story, _note_move(newsroom.beat, newsroom.now, story, after)
    ), ()


def _field(rule: Ruling) -> str:
    """Return the field of a record that a rule rules, as `review.find_hand_edits` calls it."""
    if rule.field is not None:
        return rules.FIELD_OF[rule.field]
    return "title" if rule.said == "rename" else "topics"


def _is_readdressed(story: Story, rule: Ruling) -> bool:
    """Decide whether a record has another address than a rule gave it; it has no digest."""
    return rule.field == "url" and story.web_url != rule.values[1]


def _take_back(newsroom: Newsroom, story: Story, rule: Ruling, beat: Beat) -> Story | None:
    """Return a record with what its article says in a rule's field, None where that is not known.

    A note comes from nobody's article; an address is also known by what it took the place of.
    """
    kept = find_article(newsroom.articles, story)
    article = (
        None
        if kept is None
        else SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt).settle(kept)
    )
    if rule.field is not None:
        read = _read(newsroom.settings, newsroom.album, article, rule, beat)
        return None if read is None else rules.take_back(story, rule.field, read)
    if article is None:
        return None
    grounds = review.Grounds(assess=judge.assess, beat=beat, shelf=shelves.MemoryShelf())
    occasion: review.Occasion = "title free" if rule.said == "rename" else "topics free"
    return review.rejudge(story, article, grounds, occasion).story


def _read(
    settings: Settings, album: Album, article: Article | None, rule: Ruling, beat: Beat
) -> Story | None:
    """Return a story with what was read of one that an editor's rule set a field of."""
    if article is not None:
        return story_as_read(settings, album, article, beat)
    former = rule.values[2:][-1:]  # the oldest: where it was before the first such rule
    nothing = Story(path="", title="", published_at=None, web_url="".join(former))
    return nothing if rule.field == "note" or (rule.field == "url" and former) else None


def story_as_read(settings: Settings, album: Album, article: Article, beat: Beat) -> Story:
    """Return an article's own words, address and picture as a story; nothing rules it out."""
    free = replace(beat, rulings=(), scoring=replace(beat.scoring, off_beat="keep"))
    story = judge.assess(article, free, shelves.MemoryShelf())
    assert isinstance(story, Story)
    return with_picture(settings, album, story, article)


def with_picture(settings: Settings, album: Album, story: Story, article: Article) -> Story:
    """Return a story with its article's best picture, measured where we hold a copy of it."""
    for figure in article.figures:
        picture = album.find(figure.url)
        if picture is not None and not album.is_common(figure.url, article.web_url):
            return illustrate_story(
                settings.beat, story, ChosenPicture(figure=figure, picture=picture)
            )
    shown = settings.show_of(article.source, article.provider.domain or article.web_url)
    has_another = bool(article.image) and shown == "hotlink"  # of which nobody keeps a copy
    return replace(story, images=(Image(url=article.image),) if has_another else ())


def counting_picture(settings: Settings, album: Album, story: Story, article: Article) -> str:
    """Return the address of the picture that counts for a story's points, "" for none.

    An editor's earns none and costs none: then it is the one that its page has.
    """
    was_set = any(reason.about == "picture" for reason in story.reasons)
    if was_set or "image" in rules.find_ruled_fields(story, settings.beat):
        story = with_picture(settings, album, story, article)
    return story.images[0].url if story.images else ""


def _note_move(beat: Beat, now: datetime, before: Story, after: Story) -> Story:
    """Note in the history where a story's page was, so that it is never filed a second time."""
    has_blocks = beat.scoring.traits.has_blocks
    if not has_blocks or not before.web_url or after.web_url == before.web_url:
        return after
    return corrections.add_to_history(
        after, now, [Event.of(EventKind.MOVED, new=after.web_url, old=before.web_url)]
    )


def _answer_for(memory: Memory, story: Story, after: Story) -> Story:
    """Return a record with digests of what a rule wrote, where the line knows what it wrote."""
    known = read_digests(memory, story)
    before, now = dict(review.digests(story)), dict(review.digests(after))
    ours = {name: digest for name, digest in now.items() if before.get(name) != digest}
    if not known or before == now:
        return after
    kept = {name: digest for name, digest in known.items() if name in now or name not in before}
    return replace(after, machine=tuple({**kept, **ours}.items()))
