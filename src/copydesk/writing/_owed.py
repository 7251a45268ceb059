"""Find the stories that a text is owed to, and what the model is told for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from copydesk.catalogue import Catalogue, StoryFilter
from copydesk.desk_store.model_calls import ModelCallLog
from copydesk.errors import RecordError
from copydesk.judge.coverage import is_own_report, voice_of
from copydesk.judge.words import base_language
from copydesk.kit import text
from copydesk.model import asking
from copydesk.model.asking import Prompt
from copydesk.model.gate import MemberText
from copydesk.news import Standing, Story
from copydesk.news.story import is_backfilled
from copydesk.news.summary import ModelUse, ReadArticle, Summary, digest_text
from copydesk.newsroom import Newsroom
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.review.rules import record_name, sets_on

_MOST_STORIES = 500  # the newest that are looked at
_MOST_MEMBERS = 200  # of a group that are looked at
_FEWEST_TOLD, _MOST_TOLD = 2, 6  # stories that a digest is written from
_STANDINGS = frozenset({Standing.PUBLISHED, Standing.HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedText:
    """A text that a story lacks, and the prompt for it.

    `name` is that of the record or issue, `story` is as its record was read, None for a digest.
    `language` is that of the text, `members` are the articles that it is written from, and
    `subject` is the hash of all that is asked. `spoken` is the language of a headline.
    """

    use: ModelUse
    name: str
    prompt: Prompt[Any]
    language: str
    subject: str
    members: tuple[MemberText, ...] = ()
    story: Story | None = None
    spoken: str = ""


def find_debts(newsroom: Newsroom, log: ModelCallLog) -> tuple[list[OwedText], list[Story]]:
    """Return the texts that newest stories lack, and the stories whose summary became stale, or is
    current again.

    A story that a person decided on, that its publisher withholds, or that is on a topic without
    texts, lacks none.
    """
    owed, stale = _DebtSearch(newsroom, log.list_wishes()).list_all()

    def is_known(one: OwedText) -> bool:
        call = log.find(one.subject) if one.use == "remark" else None
        return call is not None and call.state != "failed"

    return [one for one in owed if not is_known(one)], stale


class _DebtSearch:
    def __init__(self, newsroom: Newsroom, wanted: Collection[tuple[str, str]]) -> None:
        self.newsroom = newsroom
        self.options = newsroom.settings.model
        self.wanted = wanted
        self.language = base_language(newsroom.beat.locale)

    def list_all(self) -> tuple[list[OwedText], list[Story]]:
        stories, groups = ask_catalogue(self.newsroom, self._find)
        owed, stale = list[OwedText](), list[Story]()
        looks: dict[ModelUse, Callable[[Story, Sequence[Story]], OwedText | None]] = {
            "summary": self._owe_summary,
            "headline": self._owe_headline,
            "remark": self._owe_remark,
        }
        in_records = self.newsroom.beat.scoring.traits.has_blocks
        for story in stories:
            group = groups.get(story.group, ())
            for use, look in looks.items():
                if self.options.has(use) and (in_records or use == "remark"):
                    owed += filter(None, [look(story, group)])
            if self._is_stale(story, group) != bool(story.summary and story.summary.stale):
                stale.append(story)
        return owed, stale

    def _find(self, catalogue: Catalogue) -> tuple[list[Story], Mapping[str, Sequence[Story]]]:
        since = self.newsroom.now - timedelta(hours=self.options.newest_hours)
        wanted = StoryFilter(standings=_STANDINGS, since=since)
        paths = catalogue.find(wanted, _MOST_STORIES)
        news = (path for path in paths if not is_backfilled(path))
        stories = [story for story in self.read(news) if self._gets_texts(story)]
        groups = {
            story.group: list(self.read(catalogue.in_groups([story.group])[:_MOST_MEMBERS]))
            for story in stories
            if story.group and self.options.has("summary")
        }
        return stories, groups

    def read(self, paths: Iterable[str]) -> Iterator[Story]:
        """Yield the stories in records, but broken ones and such as were removed."""
        for path in paths:
            try:
                yield self.newsroom.archive.read(path)
            except RecordError:
                continue

    def _gets_texts(self, story: Story) -> bool:
        is_kept_back = story.is_kept_out or story.is_own or story.heat == -1
        return not is_kept_back and not {*story.topics} & {*self.options.not_topics}

    def may_be_read(self, story: Story) -> bool:
        """Return whether the model may get a story's headline and text."""
        domain = story.provider.domain if story.provider else ""
        is_closed = story.refuses_models or domain in self.options.not_sources
        return story.may_be_quoted and not is_closed

    def _speak(self, story: Story) -> str:
        return base_language(story.language or self.newsroom.beat.locale)

    def tell(self, story: Story) -> str:
        """Return a story's headline and text as lines, "" if the model may not have it."""
        if not self.may_be_read(story):
            return ""
        article = self.newsroom.articles.find_for(story)
        prose = text.prose(article.text) if article else ""
        return f"{text.fold(story.title)}\n{prose}" if prose else ""

    def _owe(
        self, use: ModelUse, story: Story, prompt: Prompt[Any], language: str, members: Any = ()
    ) -> OwedText:
        return OwedText(
            use=use,
            name=record_name(story.path),
            story=story,
            prompt=prompt,
            language=language,
            subject=asking.digest_prompt(prompt),
            members=members,
        )

    def _is_free(self, use: ModelUse, story: Story) -> bool:
        """Return whether the model may write a text: no editor has, and no key of the record's
        owner has its name.
        """
        field = "summary" if use == "summary" else "translation"
        own = re.compile(f"^[\"']?{field}[\"']?[ \t]*:", re.MULTILINE)
        is_own = any(own.search(extra.text) for extra in story.extra)
        return not is_own and field not in sets_on(story, self.newsroom.beat)

    def _choose(self, story: Story, group: Sequence[Story]) -> tuple[MemberText, ...]:
        """Return the reports of an event that a summary is written from, the main story first.

        Of each newsroom it is the best one, in the language of the main story.
        """
        language = self._speak(story)

        def rank(one: Story) -> tuple[bool, int, str]:
            return one.path != story.path, -(one.quality or 0), one.path

        found: dict[str, tuple[str, str]] = {}
        for one in sorted((story, *group), key=rank):
            voice = voice_of(one, self.newsroom.beat)
            is_same = self._speak(one) == language
            if voice in found or not (is_same and is_own_report(one)):
                continue
            if words := self.tell(one):
                found[voice] = (record_name(one.path), words)
            if len(found) == self.options.reports:
                break
        return asking.cut_members(list(found.values())) if len(found) > 1 else ()

    def _owe_summary(self, story: Story, group: Sequence[Story]) -> OwedText | None:
        kept, is_wanted = story.summary, ("summary", record_name(story.path)) in self.wanted
        if not self._is_free("summary", story) or (kept and kept.author == "person"):
            return None
        members = self._choose(story, group)
        if not members or (kept and not is_wanted and not self._is_due(kept, members)):
            return None
        language = self._speak(story)
        prompt = asking.ask_summary(members, language)
        return self._owe("summary", story, prompt, language, members)

    def _is_due(self, kept: Summary, members: Sequence[MemberText]) -> bool:
        """Return whether a summary may be written anew, since it would be from other articles."""
        rest = timedelta(hours=self.options.renew_hours)
        return self.newsroom.now - kept.at >= rest and kept.sources != hash_articles(members)

    def _is_stale(self, story: Story, group: Sequence[Story]) -> bool:
        """Return whether a model's summary was written from other articles than it would be now."""
        kept = story.summary
        if kept is None or kept.author == "person" or not self.options.has("summary"):
            return bool(kept and kept.stale)
        return kept.sources != hash_articles(self._choose(story, group))

    def _owe_headline(self, story: Story, _group: Sequence[Story]) -> OwedText | None:
        spoken, kept = self._speak(story), story.translation
        is_current = kept is not None and kept.original == story.title
        is_wanted = ("headline", record_name(story.path)) in self.wanted
        if spoken == self.language or (is_current and not is_wanted):
            return None
        if not (self._is_free("headline", story) and self.may_be_read(story)):
            return None
        title = text.fold(story.title)
        prompt = asking.ask_headline(title, self.language)
        members = (MemberText(name=record_name(story.path), text=title),)
        owed = self._owe("headline", story, prompt, self.language, members)
        return replace(owed, spoken=spoken)

    def _owe_remark(self, story: Story, _group: Sequence[Story]) -> OwedText | None:
        waiting = replace(story, verdict=None, reasons=())  # it is for editors only
        if not (words := self.tell(waiting)):
            return None
        topics = [topic.name for topic in self.newsroom.beat.topics]
        prompt = asking.ask_remark(words, topics, self.newsroom.beat.title)
        return self._owe("remark", story, prompt, self.language)


def owe_digest(
    newsroom: Newsroom, issue: str, names: Sequence[str], language: str
) -> OwedText | None:
    """Return the opening paragraph of a newsletter's issue as an owed text.

    `names` are those of its stories' records. None if fewer than two may be given to the model.
    """
    search = _DebtSearch(newsroom, ())
    found = ask_catalogue(newsroom, lambda catalogue: catalogue.find_by_name(names[:_MOST_TOLD]))
    stories = {record_name(story.path): story for story in search.read(found)}
    told = {name: search.tell(stories[name]) for name in names if name in stories}
    articles = [(name, words) for name, words in told.items() if words]
    if len(articles) < _FEWEST_TOLD:
        return None
    members, spoken = asking.cut_members(articles), base_language(language)
    prompt = asking.ask_digest(members, spoken)
    return OwedText(
        use="digest",
        name=issue,
        prompt=prompt,
        language=spoken,
        subject=asking.digest_prompt(prompt),
        members=members,
    )


def owe_keywords(topic: str, description: str, language: str) -> OwedText:
    """Return the keywords of a topic as an owed text; a person describes it."""
    prompt = asking.ask_keywords(description, language)
    subject = asking.digest_prompt(prompt)
    return OwedText(use="topics", name=topic, prompt=prompt, language=language, subject=subject)


def find_current(newsroom: Newsroom, texts: Collection[OwedText]) -> frozenset[str]:
    """Return the subjects of texts whose articles all still belong to the event, and may be read.

    While the model answers, an editor may remove or regroup a story.
    """
    search, names = _DebtSearch(newsroom, ()), {one.name for owed in texts for one in owed.members}
    found = ask_catalogue(newsroom, lambda catalogue: catalogue.find_by_name(names))
    stories = filter(search.may_be_read, search.read(found))
    groups = {record_name(story.path): story.group for story in stories}

    def is_current(owed: OwedText) -> bool:
        group = owed.story.group if owed.story else ""
        return all(groups.get(member.name) == group for member in owed.members)

    return frozenset(owed.subject for owed in texts if is_current(owed))


def hash_articles(members: Iterable[MemberText]) -> tuple[ReadArticle, ...]:
    """Return the names of articles with the hashes of what the prompt gives of them."""
    return tuple(
        ReadArticle(story=member.name, article=digest_text(member.text)) for member in members
    )
