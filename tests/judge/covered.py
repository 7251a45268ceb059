"""Stories that newsrooms filed on a few happenings, all invented, and rounds that group them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from copydesk import judge
from copydesk.judge.clustering.documents import NewsDocument
from copydesk.news import Beat, Provider, Reason, Ruling, Shelved, Story, Topic
from copydesk.news.ruling import RulingKind
from copydesk.news.story import Surroundings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BEAT = Beat(title="x", topic="News", topics=(Topic(id="news", name="News"),))
QUAKES = (
    "Strong earthquake shakes the harbour city of Velmora",
    "Velmora earthquake: harbour damaged by strong shocks",
    "Earthquake shakes Velmora, harbour closed",
    "Harbour of Velmora closed after strong earthquake",
    "Strong earthquake in Velmora damages the harbour",
    "Velmora: earthquake shakes city and harbour",
)
ROBOT = "Robot orchestra plays its first concert for penguins"
VOTE = "Senate rejects the dairy subsidy in a late ballot"


def document(key: str, title: str, hours: float | None = 0, **fields: str) -> NewsDocument:
    """Return a document of so many hours after noon, None for one without a time."""
    moment = None if hours is None else NOON + timedelta(hours=hours)
    return NewsDocument(
        key=key,
        title=title,
        text=fields.get("text", ""),
        language=fields.get("language", ""),
        group=fields.get("group", ""),
        moment=moment,
    )


def story(name: str, title: str = QUAKES[0], quality: int = 80, **fields: object) -> Story:
    """Return a story of a newsroom of its own as it comes from being judged."""
    hours = fields.pop("hours", 0)
    assert isinstance(hours, int | float)
    given: dict[str, object] = {
        "path": f"_news/{name}.md",
        "title": title,
        "published_at": NOON + timedelta(hours=hours),
        "original_url": f"https://{name}.example/found",
        "web_url": f"https://{name}.example/",
        "quality": quality,
        "heat": quality,
        "published": quality >= BEAT.scoring.publish_at,
        "provider": Provider(name=name.title(), domain=f"{name}.example"),
        "topics": ("News",),
        "reasons": (Reason(about="quality", why="as found", points=quality),),
        **fields,
    }
    return Story(**given)  # type: ignore[arg-type]  # the test names the fields


def name_of(one: Story) -> str:
    return PurePosixPath(one.path).stem


def ruled(said: RulingKind, *names: str) -> Ruling:
    return Ruling(said=said, by="Ada", at=NOON, why="so", stories=names)


class Desk:
    """A newsroom's stories by name; a round groups what was filed since the last one."""

    def __init__(self, beat: Beat = BEAT) -> None:
        self.beat = beat
        self.filed: dict[str, Story] = {}
        self.texts: Mapping[str, str] = {}
        self.rejudged: frozenset[str] = frozenset()  # paths

    def round(self, *fresh: Story, found: Mapping[str, datetime] | None = None) -> set[str]:
        """File new stories, regroup, file what changes; return the names of that."""
        self.filed.update((name_of(one), one) for one in fresh)
        changed = self.changes(fresh, found)
        self.filed.update(changed)
        return set(changed)

    def read(self, name: str) -> Shelved:
        """Return a filed story with its text."""
        return Shelved(story=self.filed[name], text=self.texts.get(name, ""))

    def changes(
        self, fresh: Iterable[Story] = (), found: Mapping[str, datetime] | None = None
    ) -> dict[str, Story]:
        """Return what a round would change, by name."""
        times = found or {}
        shelved = [replace(self.read(name), found=times.get(name)) for name in self.filed]
        paths = frozenset(one.path for one in fresh)
        filed = [one for one in shelved if one.story.path not in paths]
        around = self.surroundings(filed)
        changed = judge.regroup(shelved, self.beat, paths, self.rejudged, around)
        return {name_of(one): one for one in changed}

    def surroundings(self, filed: Sequence[Shelved]) -> Surroundings | None:
        """Return what is kept of the filed stories; here nothing is."""
        return None

    def groups(self) -> set[frozenset[str]]:
        """Return the names of those that stand in one group, groups of one left out."""
        return self._parts("group")

    def matters(self) -> set[frozenset[str]]:
        """Return the names of those that belong to one matter."""
        return self._parts("matter")

    def _parts(self, field: str) -> set[frozenset[str]]:
        by_name: dict[str, set[str]] = {}
        for name, one in self.filed.items():
            if of := getattr(one, field):
                by_name.setdefault(of, set()).add(name)
        return {frozenset(names) for names in by_name.values()}

    def leaders(self) -> set[str]:
        """Return the names of those in groups that stand in front."""
        return {name for name, one in self.filed.items() if one.group and one.heat != -1}

    def beside(self, name: str) -> list[str]:
        """Return the names of the newsrooms beside a story, in order."""
        related = self.filed[name].related
        return [one.web_url.removeprefix("https://").split(".")[0] for one in related]
