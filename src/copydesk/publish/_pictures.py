"""Choose the picture of a story for pages and feeds, and the one that link previews show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.kit import text, urls
from copydesk.kit.options import fill
from copydesk.news import Image, Provider, Record, Story, Topic
from copydesk.news.edition import Draw, PictureFile, Poster, Thumbnail
from copydesk.placement import addresses

if TYPE_CHECKING:
    from copydesk.publish._plan import SitePlan

WIDEST = 640
TALLEST = 560  # on a page; at 960 the text would be out of sight
_LONGEST_CREDIT = 120
_SIDES = ("width", "height")
CARDS_DRAWN = 300  # newest stories that get a card; older cards are kept
CARDS_FOLDER = "cards/"


def of(story: Story, plan: SitePlan) -> Picture | None:
    """Return the picture to show with a story: our cached copy or the publisher's original, or
    None.
    """
    show = plan.look.show_of(story)
    if not story.images or show == "none":
        return None
    image = story.images[0]
    if show == "hotlink":
        return _from_origin(image, story.provider)
    thumbnail = plan.look.pictures.get(image.url)
    return None if thumbnail is None else _from_cache(image, story.provider, thumbnail, plan)


def place_of(story: Story, plan: SitePlan) -> Picture | None:
    """Return the picture to show with a story, or only its size while a lost copy is fetched again.

    Return None if the record has no size for the picture.
    """
    picture = of(story, plan)
    if picture is not None or plan.look.show_of(story) != "cached":
        return picture
    image = story.images[0]
    width, height = _fit(*_check_size(image.width, image.height))
    if image.url not in plan.look.awaited or not width:
        return None
    credit, is_named = _credit(image, story.provider)
    return Picture(
        width=width, height=height, alt=text.fold(image.title), credit=credit, is_named=is_named
    )


def of_record(record: Record, plan: SitePlan) -> Picture | None:
    """Return the picture of a record that is not news, loaded from its publisher's site, or None.

    There are no cached copies of these pictures.
    """
    images = record.fields.get("images")
    first = images[0] if isinstance(images, Sequence) and images else None
    if plan.look.show != "hotlink" or not isinstance(first, Mapping):
        return None
    width, height = (side if isinstance(side, int) else 0 for side in map(first.get, _SIDES))
    image = Image(url=str(first.get("url", "")), width=width, height=height)
    return _from_origin(image, None)


def list_images(story: Story, plan: SitePlan) -> Sequence[Image]:
    """Return the pictures of a story for the JSON APIs, with the URLs of the originals."""
    show = plan.look.show_of(story)
    if show == "none":
        return ()
    if show == "hotlink":
        https = (image for image in story.images if _check_secure(image.url))
        return [replace(image, is_cached=False) for image in https]
    return [image for image in story.images if urls.may_be_of_web(image.url)]


def _from_origin(image: Image, provider: Provider | None) -> Picture | None:
    origin = _check_secure(image.url)
    if origin is None:
        return None
    width, height = _check_size(image.width, image.height)
    credit, is_named = _credit(image, provider)
    shown = _fit(width, height)
    return Picture(
        source=origin,
        width=shown[0],
        height=shown[1],
        alt=text.fold(image.title),
        credit=credit,
        is_named=is_named,
        is_remote=True,
        shared=Shared(address=origin, width=width, height=height),
    )


def _from_cache(
    image: Image, provider: Provider | None, thumbnail: Thumbnail, plan: SitePlan
) -> Picture:
    main = thumbnail.forms[0]
    webp = [form for form in thumbnail.forms if form.type == main.type]
    avif = [form for form in thumbnail.forms if form.type == "image/avif"]
    jpeg = next((form for form in thumbnail.forms if form.type == "image/jpeg"), main)
    width, height = _fit(main.width, main.height)
    credit, is_named = _credit(image, provider)
    return Picture(
        source=plan.links.href(_path(main)),
        webp=_choices(webp, plan) if len(webp) > 1 else "",
        avif=_choices(avif, plan) if len(avif) == len(webp) else "",
        width=width,
        height=height,
        alt=text.fold(image.title),
        credit=credit,
        colour=thumbnail.colour,
        is_named=is_named,
        # JPEG works everywhere that shows links and feeds; LinkedIn takes neither WebP nor AVIF
        shared=fill(Shared, jpeg, address=plan.links.page(_path(jpeg))),
    )


def _path(form: PictureFile) -> str:
    return f"pictures/{form.name}"


def _choices(forms: Iterable[PictureFile], plan: SitePlan) -> str:
    by_width = sorted(forms, key=lambda form: form.width)
    return ", ".join(f"{plan.links.href(_path(form))} {form.width}w" for form in by_width)


def _check_secure(url: str) -> str | None:
    """Return a picture's URL if every visitor's browser can load it (https, a public host), else
    None.
    """
    origin = urls.fetchable(url)
    if origin is None or not origin.startswith("https:"):
        return None
    host = urls.host(origin)
    return None if urls.is_machine(host) or urls.is_local(host) else origin


def _credit(image: Image, provider: Provider | None) -> tuple[str, bool]:
    """Return a picture's credit or its publisher's name, and whether it credits anybody else."""
    publisher = text.fold(provider.name or provider.domain) if provider else ""
    named = text.shorten(text.fold(image.attribution), _LONGEST_CREDIT)
    return named or publisher, bool(named) and named.casefold() != publisher.casefold()


def _check_size(width: int, height: int) -> tuple[int, int]:
    """Return the picture size given in a record, (0, 0) if it makes no sense."""
    is_sound = 0 < width <= 100_000 and 0 < height <= 100_000
    return (width, height) if is_sound else (0, 0)


def _fit(width: int, height: int) -> tuple[int, int]:
    """Return a picture's size on a page: no wider than a thumbnail, and not too tall."""
    if not width:
        return 0, 0
    scale = min(1, WIDEST / width, TALLEST / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A picture for feeds and link previews: absolute URL, size and type (0 and "" if unknown)."""

    address: str = ""
    width: int = 0
    height: int = 0
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A story's picture as an HTML page shows it: URLs, size, alternative text and credit.

    `source` is the URL for a browser without a choice of formats, "" if only the place is kept.
    `webp` and `avif` are srcset values, "" for none. `width` and `height` are its size on the page,
    0 if unknown. `colour` is shown until it is loaded. `credit` says whose it is; `is_named` says
    that this is not only the publisher's name. `is_remote` says that its publisher serves it.
    """

    source: str = ""
    webp: str = ""
    avif: str = ""
    width: int
    height: int
    alt: str
    credit: str
    colour: str = ""
    is_named: bool
    is_remote: bool = False
    shared: Shared = Shared()


@dataclass(slots=True)
class SharePictures:
    """Pictures with a drawn headline, for link previews of pages that have no picture of their own.

    `icons` are the names of the site's icons. `used` has the files of share pictures that pages
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
        """Yield what to draw for link previews of the newest stories without a picture."""
        for story in self.plan.stories[:CARDS_DRAWN]:
            if not has_picture(story) and text.fold(story.title):
                yield self._of(story)

    def of_story(self, story: Story) -> Shared | None:
        """Return the link preview picture with a story's headline, or the site's own if it cannot
        be drawn.
        """
        poster = self._of(story)
        if not poster.headline:
            return self._site
        is_kept = addresses.record_name(story.path) in self.plan.look.cards
        anew = is_kept or self._is_new(story)
        return self._draw_card(story.path, poster, anew=anew) or self._site

    def has_card(self, story: Story) -> bool:
        """Return whether links to a story show a card with its headline, drawn now or before."""
        if self.draw is None or of(story, self.plan) is not None or not text.fold(story.title):
            return False
        return self._is_new(story) or self.draw(self._of(story), anew=False) is not None

    def of_page(self, heading: str) -> Shared | None:
        """Return the link preview picture with a page's heading, or the site's own if it cannot be
        drawn.
        """
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
            newest = self.plan.stories.entries[:CARDS_DRAWN]
            self._newest = frozenset(entry.path for entry in newest)
        return story.path in self._newest

    def _topic(self, story: Story) -> str:
        """Return the first topic of a story that is not the site's main topic."""
        own = (name for name in story.topics if name != self.plan.beat.topic)
        return text.fold(next((name for name in own if name in self._topics), ""))

    def _draw_card(self, key: str, poster: Poster, *, anew: bool) -> Shared | None:
        form = self.draw(poster, anew=anew) if self.draw else None
        if form is None:
            return None
        self.used[key] = form.name
        return fill(Shared, form, address=self.plan.links.page(CARDS_FOLDER + form.name))
