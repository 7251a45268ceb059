"""The recorded news web as labelled documents: what a newsroom files, and how it groups it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from copydesk.kit import urls
from copydesk.newsroom import open_newsroom

_BEAT = '[site]\ntitle = "Bench"\nurl = "https://bench.example"\n[scoring]\noff_beat = "keep"\n'


def write(folder: Path, root: Path, out: Path) -> None:
    """File the newswire of a folder in a newsroom at `root`; write a labelled document a line.

    Each also has the group that the newsroom gave it, `group`, by its own day. None has a time:
    the labels call one story what was published months apart.
    """
    about = json.loads((folder / "newswire.json").read_text("utf-8"))
    now = about["replay"]["now"]
    _run(root, folder / "newswire.warc.gz", [one["url"] for one in about["sources"]], now)
    labels = {}
    for line in (folder / "newswire_gold.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        for url in (row["url"], row["canonical"]):
            labels[urls.identity(url)] = row["story"]
    with out.open("w", encoding="utf-8") as lines:
        for row in _filed(root, datetime.fromisoformat(now)):
            label = labels.get(urls.identity(row["id"]))
            if label is not None:
                lines.write(json.dumps({**row, "cluster": label}) + "\n")


def _run(root: Path, web: Path, sources: list[str], now: str) -> None:
    """Start a newsroom and let it do one round."""
    root.mkdir(parents=True)
    listed = "".join(f'[[source]]\nurl = "{url}"\n' for url in sources)
    (root / "beat.toml").write_text(_BEAT + listed, "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    command = [sys.executable, "-m", "copydesk", "-C", str(root), "run", "--json"]
    subprocess.run(
        [*command, "--web", str(web.resolve()), "--now", now], check=True, capture_output=True
    )


def _filed(root: Path, now: datetime) -> Iterator[dict[str, str]]:
    """Give what is filed; a copy is in the group of its original."""
    with open_newsroom(root, now, {}) as newsroom:
        stories = {one.path: one for one in newsroom.archive.stories(_fail)}
        names = {Path(path).stem: one for path, one in stories.items()}
        for one in stories.values():
            article = newsroom.articles.find(one.web_url or one.original_url)
            first = names.get(Path(one.copy_of).stem, one) if one.copy_of else one
            yield {
                "id": one.web_url or one.original_url,
                "title": one.title,
                "text": article.text if article else one.excerpt,
                "lang": one.language,
                "group": first.group or Path(first.path).stem,
            }


def _fail(error: Exception) -> None:
    raise error
