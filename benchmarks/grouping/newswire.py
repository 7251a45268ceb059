"""The recorded news web as labelled documents: what a newsroom files, and how it groups it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from copydesk.kit import urls
from copydesk.news import Story
from copydesk.newsroom import open_newsroom

_BEAT = '[site]\ntitle = "Bench"\nurl = "https://bench.example"\n[scoring]\noff_beat = "keep"\n'


def write(folder: Path, root: Path, out: Path) -> None:
    """File the newswire of a folder in a newsroom at `root`; write a labelled document a line.

    Each also has the group that the newsroom gave it, `group`, by its own day. None has a time:
    the labels call one story what was published months apart.
    """
    with out.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in file(folder, root))


def file(folder: Path, root: Path, *, in_windows: bool = False) -> list[dict[str, str]]:
    """File the newswire in one import, or in a run after each of its windows.

    Gives a row for each labelled story: id, title, text, lang, published, group, matter, cluster.
    """
    about = json.loads((folder / "newswire.json").read_text("utf-8"))
    now = about["replay"]["now"]
    clocks = [window["now"] for window in about["windows"]] if in_windows else [now]
    _run(root, folder / "newswire.warc.gz", [one["url"] for one in about["sources"]], clocks)
    labels = {}
    for line in (folder / "newswire_gold.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        for url in (row["url"], row["canonical"]):
            labels[urls.identity(url)] = row["story"]
    rows = _filed(root, datetime.fromisoformat(now))
    known = ((row, labels.get(urls.identity(row["id"]))) for row in rows)
    return [{**row, "cluster": label} for row, label in known if label is not None]


def _run(root: Path, web: Path, sources: list[str], clocks: list[str]) -> None:
    """Start a newsroom and let it do a round at each of these times."""
    root.mkdir(parents=True)
    listed = "".join(f'[[source]]\nurl = "{url}"\n' for url in sources)
    (root / "beat.toml").write_text(_BEAT + listed, "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    command = [sys.executable, "-m", "copydesk", "-C", str(root), "run", "--json", "--all-due"]
    for now in clocks:
        subprocess.run(
            [*command, "--web", str(web.resolve()), "--now", now], check=True, capture_output=True
        )


def _filed(root: Path, now: datetime) -> Iterator[dict[str, str]]:
    """Give what is filed; a copy is in the group of its original."""
    with open_newsroom(root, now, {}) as newsroom:
        stories = {one.path: one for one in newsroom.archive.stories(fail)}
        names = {Path(path).stem: one for path, one in stories.items()}
        for one in stories.values():
            article = newsroom.articles.find(one.web_url or one.original_url)
            first = names.get(Path(one.copy_of).stem, one) if one.copy_of else one
            yield {
                "id": one.web_url or one.original_url,
                "title": one.title,
                "text": article.text if article else one.excerpt,
                "lang": one.language,
                "published": (one.published_at or now).isoformat(),
                "group": group_of(first),
                "matter": matter_of(first),
            }


def group_of(story: Story) -> str:
    """Give the name of a story's group, its own where it is in none."""
    return story.group or Path(story.path).stem


def matter_of(story: Story) -> str:
    """Give the matter of a story, the name of its group where it is in none."""
    return getattr(story, "matter", "") or group_of(story)


def fail(error: Exception) -> None:
    """Raise the error of a record that cannot be read."""
    raise error
