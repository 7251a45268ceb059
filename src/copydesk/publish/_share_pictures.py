"""Pictures for who shares a link: a story's own, else one that is drawn of its words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from copydesk.kit import text
from copydesk.news import Draw, Poster, Story, Topic
from copydesk.publish._picture import Shared
from copydesk.publish._plan import SitePlan

DRAWN = 300  # newest stories for which one is drawn; what was drawn before is kept
FOLDER = "cards/"


@dataclass(slots=True)
class SharePictures:
    """The share pictures of a plan; without `draw` there are none.

    `icons` are the names of the site's icons that there are, `used` those of the files that pages
    show, by the story's path or the page's heading.
    """

    plan: SitePlan
    draw: Draw | None = None
    icons: Collection[str] = ()
    used: dict[str, str] = field(default_factory=dict)
    _newest: frozenset[str] | None = None
    _topics: Mapping[str, Topic] = field(init=False)
    _title: str = field(init=False)
    _site: Shared | None = field(init=False)

    def __post_init__(self) -> None:
        self._topics = {topic.name: topic for topic in self.plan.topics}
        self._title = text.fold(self.plan.beat.title)
        self._site = self._draw_card("", Poster(site=self._title), anew=True)

    def newest(self, has_picture: Callable[[Story], bool]) -> Iterator[Poster]:
        """Yield those of the newest stories without a picture, for who can draw many at once."""
        for story in self.plan.stories[:DRAWN]:
            if not has_picture(story) and text.fold(story.title):
                yield self._of(story)

    def of_story(self, story: Story) -> Shared | None:
        """Return the picture for a story without one of its own: the site's if it cannot be set."""
        poster = self._of(story)
        if not poster.headline:
            return self._site
        return self._draw_card(story.path, poster, anew=self._is_new(story)) or self._site

    def of_page(self, heading: str) -> Shared | None:
        """Return the picture for a page with a heading of its own, the site's for one without."""
        if not heading:
            return self._site
        poster = Poster(site=self._title, headline=heading)
        return self._draw_card(heading, poster, anew=True) or self._site

    def _of(self, story: Story) -> Poster:
        return Poster(
            site=self._title,
            headline=text.fold(story.title),
            topic=self._topic(story),
            source=text.fold(story.provider.name) if story.provider else "",
        )

    def _is_new(self, story: Story) -> bool:
        if self._newest is None:
            newest = self.plan.stories.entries[:DRAWN]
            self._newest = frozenset(entry.path for entry in newest)
        return story.path in self._newest

    def _topic(self, story: Story) -> str:
        """Return the first topic of a story that is not the site's own."""
        own = (name for name in story.topics if name != self.plan.beat.topic)
        return text.fold(next((name for name in own if name in self._topics), ""))

    def _draw_card(self, key: str, poster: Poster, *, anew: bool) -> Shared | None:
        form = self.draw(poster, anew=anew) if self.draw else None
        if form is None:
            return None
        self.used[key] = form.name
        return Shared(
            address=self.plan.links.page(FOLDER + form.name),
            width=form.width,
            height=form.height,
            type=form.type,
        )
