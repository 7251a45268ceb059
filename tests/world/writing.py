"""A newsroom with an event that several publishers report on, and a model that writes on it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from copydesk.archive import Archive, ArticleStore
from copydesk.desk_store import open_desk
from copydesk.desk_store.model_calls import ModelCall, ModelCallLog
from copydesk.news import Article, Provider, Reason, ReasonKind, Story
from copydesk.newsroom import Newsroom, open_newsroom
from copydesk.review import digests
from copydesk.writing import WritingReport, write_texts
from world import editions, records
from world.model_server import FakeModel
from world.newsroom import NOW, newsroom, run_git

MAIN = "2026-11-19-wall-gull"
OTHER = "2026-11-19-wall-heron"
THIRD = "2026-11-19-wall-tern"
_REPORTS = {
    MAIN: "The council of Port Sable voted on Thursday to raise the sea wall by two metres.\n\n"
    "The work begins in March.",
    OTHER: "Port Sable will spend 41 million crowns on its sea wall, the mayor said.\n\n"
    "The province pays half.",
    THIRD: "Residents of Lower Street asked for a gate that stays open in summer.\n\n"
    "A second vote was put off.",
}


@dataclass
class TextDesk:
    """The newsroom in a folder, its model, and the hours that have passed."""

    root: Path
    model: FakeModel
    hours: float = 0.0
    environ: dict[str, str] = field(default_factory=dict)
    is_together: bool = False

    def set_up(self, uses: str = '"summary"', more: str = "", *, above: str = "") -> None:
        """Make the newsroom, with these lines more in [model] and above it."""
        block = f'[model]\nurl = "{self.model.url}"\nname = "tiny"\nuses = [{uses}]\n{more}\n'
        newsroom(self.root, more=f"{above}\n{block}")

    def change(self, before: str, after: str) -> None:
        """Change words of the settings."""
        beat = self.root / "beat.toml"
        told = beat.read_text("utf-8")
        assert before in told
        beat.write_text(told.replace(before, after), "utf-8")

    def file(self, name: str, text: str = "", **fields: Any) -> Story:
        """File a story with its article and commit it; without a text it has none."""
        domain = f"{name.rpartition('-')[2]}.example"
        told: dict[str, Any] = {
            "title": f"Sea wall, says {domain}",
            "published_at": NOW - timedelta(hours=20),
            "provider": Provider(name=domain.capitalize(), domain=domain),
            "web_url": f"https://{domain}/{name}",
            "original_url": f"https://{domain}/{name}",
            "topics": ("Coast",),
            "language": "en",
        }
        story = editions.story(name, **{**told, **fields})
        story = replace(story, machine=digests(story))
        if text:
            self.put_article(story, text)
        records.write(Archive(self.root), story)
        if not self.is_together:
            self.commit(f"file {name}")
        return story

    def commit(self, message: str) -> None:
        """Commit all that was filed."""
        run_git(self.root, "add", "-A")
        run_git(self.root, "commit", "-qm", message)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Commit what is filed in this block at its end."""
        self.is_together = True
        yield
        self.is_together = False
        self.commit("file many")

    def put_article(self, story: Story, text: str) -> None:
        """Store a text as what was read at the address of a story."""
        article = Article(
            url=story.web_url,
            web_url=story.web_url,
            title=story.title,
            published_at=story.published_at or NOW,
            source="",
            found=NOW,
            text=text,
        )
        ArticleStore(self.root / ".copydesk/articles", 10**9).put(article)

    def file_event(self, *names: str, **main: Any) -> None:
        """File reports on one event, of which the first one is published."""
        with self.together():
            for number, name in enumerate(names or (MAIN, OTHER)):
                self.file_member(name, number=number, **(main if number == 0 else {}))

    def file_member(self, name: str, text: str = "", *, number: int = 1, **fields: Any) -> None:
        """File a report on the event, behind the main story unless its number is 0."""
        behind = Reason.of(ReasonKind.BEHIND_LEADER, leader=MAIN)
        joined = Reason.of(ReasonKind.FOUNDED)
        told: dict[str, Any] = {
            "group": "wall",
            "quality": 80 - min(number, 30),
            "reasons": (joined,) if number == 0 else (joined, behind),
            "published": number == 0,
        }
        self.file(name, text or _REPORTS.get(name, f"A report by {name}."), **{**told, **fields})

    @contextlib.contextmanager
    def open(self) -> Iterator[Newsroom]:
        """Open the newsroom at the present time."""
        with open_newsroom(self.root, NOW + timedelta(hours=self.hours), self.environ) as opened:
            yield opened

    def write(self, seconds: float = 600.0) -> WritingReport:
        """Ask the model for the texts that are owed."""
        with self.open() as opened:
            return write_texts(opened, seconds)

    @contextlib.contextmanager
    def log(self) -> Iterator[ModelCallLog]:
        """Open the log of calls."""
        with contextlib.closing(open_desk(self.root / ".copydesk")) as desk:
            yield desk.model_calls

    def calls(self, use: Any = "summary", name: str = MAIN) -> list[ModelCall]:
        """Return the calls on a story, the first one first."""
        with self.log() as log:
            return list(log.list_of(name, use))[::-1]

    def read(self, name: str = MAIN) -> Story:
        """Return a record."""
        return Archive(self.root).read(f"_news/{name}.md")

    def put(self, story: Story, message: str = "by hand") -> None:
        """Write a record and commit it."""
        records.write(Archive(self.root), story)
        run_git(self.root, "commit", "-qam", message)

    @property
    def sent(self) -> str:
        """All that the model was sent."""
        return json.dumps(self.model.asked, ensure_ascii=False)
