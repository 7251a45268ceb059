"""Sites: what each of them repeats on its pages, kept from round to round."""

from __future__ import annotations

from collections.abc import Iterable

from copydesk import extract
from copydesk.engine.newsroom import Newsroom
from copydesk.news import Article


class Sites:
    """What the sites repeat, by the memory and by the pages that this round has read.

    A round first learns from all its new pages, then settles each: so the order in which they came
    counts for nothing. Articles are kept as they were read, so that a habit that is learned, lost
    or forgotten changes no record; a memory that was lost learns again from them.
    """

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._learned: dict[str, bytes] = {}
        self._habits: dict[str, extract.Habits] = {}
        if newsroom.memory.is_new():
            self.learn(newsroom.articles.all())

    def learn(self, articles: Iterable[Article]) -> None:
        """Take what pages show that were never read before."""
        by_site: dict[str, list[Article]] = {}
        for article in articles:
            by_site.setdefault(extract.site_of(article), []).append(article)
        for site, fresh in by_site.items():
            self._learned[site] = extract.learn(self._known(site), fresh)
            self._habits.pop(site, None)

    def settled(self, article: Article) -> Article:
        """Give the article without what its site repeats."""
        site = extract.site_of(article)
        if site not in self._habits:
            self._habits[site] = extract.habits(self._known(site))
        return extract.settle(article, self._habits[site], self._newsroom.beat.excerpt)

    def keep(self) -> None:
        """Remember what was learned."""
        for site, known in self._learned.items():
            self._newsroom.memory.sites.put(site, known)

    def _known(self, site: str) -> bytes | None:
        return self._learned.get(site) or self._newsroom.memory.sites.get(site)
