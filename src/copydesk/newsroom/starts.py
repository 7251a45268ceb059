"""Create a newsroom folder (new, or the demo's), convert an everyday.cc site, list all settings."""

from __future__ import annotations

import importlib.resources
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

import copydesk
from copydesk import config
from copydesk.archive import change, sealing
from copydesk.errors import UsageError
from copydesk.kit import dates, files, text, urls
from copydesk.newsroom._newsroom import PRIVATE, Newsroom
from copydesk.placement.addresses import record_name

_IGNORED = f"{PRIVATE}/"
_DEMO = f"{PRIVATE}/demo"
_ANSWERS = f"{PRIVATE}/answers.json"
_MOST_ANSWERS_BYTES = 1_000_000
_ABOUT_DEMO = "demo.json"
_OWN_ADDRESS = re.compile(r"(?m)^(\w+ = \"http://(?:localhost|127\.0\.0\.1)):\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The built-in demo: a file of recorded web pages, and the time to assume for their replay.

    `made` is when its folder was created.
    """

    web: Path
    now: datetime
    made: datetime

    @property
    def runs(self) -> tuple[datetime, datetime]:
        """Return the times of the two runs that fill the newsroom: on the day before, and `now`."""
        return self.now - timedelta(days=1), self.now


def new(root: Path, when: datetime) -> tuple[str, ...]:
    """Create a newsroom folder `root` with working example settings; return the files made.

    The folder gets its own git repository if git is installed, even inside another repository.
    Raises UsageError if the folder is not empty.
    """
    require_free_folder(root)
    with example() as folder:
        return _lay_out(folder / "starter", root, when)


def new_beat(root: Path, new: config.NewBeat, when: datetime) -> tuple[str, ...]:
    """Create a newsroom folder `root` for a site on any subject; return the files made.

    Works like `new`. Also raises UsageError, before anything is written, if the answers make no
    valid settings.
    """
    require_free_folder(root)
    composed = dict(config.compose_newsroom(new))
    beat = composed.pop("beat.toml")
    with _writing(root):
        for path, written in composed.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            files.write_atomic(root / path, written.encode())
    return _begin(root, beat.encode(), when)


def demo_newsroom(root: Path, when: datetime, port: int = 8000) -> Demo:
    """Create the demo's newsroom folder `root` and its recorded web pages; return the demo.

    Its forms and links lead to a `port` of this machine.

    All dates in the pages are moved by whole weeks, so that the newest are at most six days before
    `when`. Raises UsageError if the folder is not empty, as that of a demo of an older version is.
    """
    if (root / "beat.toml").exists():
        another = shlex.quote(f"{root}-new")
        raise UsageError(
            "the folder has a newsroom that this version of `copydesk demo` did not make",
            subject=str(root),
            hint=f"to make a new demo, run `copydesk demo --dir {another}`, or delete this folder",
        )
    require_free_folder(root)
    with example() as folder, tempfile.TemporaryDirectory(prefix="copydesk-") as built:
        _build_web(folder, Path(built), when)
        demo = _read_demo(Path(built))
        own = shutil.copytree(folder / "newsroom", Path(built) / "newsroom")
        set_demo_port(own, port)
        _lay_out(own, root, demo.runs[0])
        shutil.rmtree(own)
        with _writing(root):
            shutil.copytree(built, root / _DEMO, copy_function=_copy)
    return replace(demo, web=root / _DEMO / demo.web.name)


def find_demo(root: Path) -> Demo | None:
    """Return the demo that was created in a folder, with its own dates; None for none."""
    return _read_demo(root / _DEMO) if (root / _DEMO / _ABOUT_DEMO).is_file() else None


def set_demo_port(root: Path, port: int) -> bool:
    """Make the demo's addresses in beat.toml have a port; return False if they have it already."""
    path = root / "beat.toml"
    before = path.read_text("utf-8")
    after = _OWN_ADDRESS.sub(rf"\g<1>:{port}", before)
    if after != before:
        files.write_atomic(path, after.encode())
    return after != before


def find_unused_port() -> int:
    """Return a port of this machine on which nothing listens at present."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo() -> Iterator[Demo]:
    """Yield the demo as it was recorded first, with the dates of that week, for the block."""
    with example() as folder:
        yield _read_demo(folder)


def _read_demo(folder: Path) -> Demo:
    about = json.loads((folder / _ABOUT_DEMO).read_text("utf-8"))
    now, made = dates.parse(about["now"]), dates.parse(about["made"])
    assert now is not None
    assert made is not None
    return Demo(web=folder / about["web"], now=now, made=made)


def _build_web(example: Path, out: Path, when: datetime) -> None:
    """Write the demo's recorded web pages and `demo.json` into a folder."""
    script = str(example / "build_world.py")
    ended = subprocess.run(  # noqa: S603 -- our own script, by this Python
        [sys.executable, "-B", script, "--out", str(out), "--now", when.isoformat()],
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise UsageError(
            f"could not create the example's web pages: {ended.stderr.strip()[-500:]}",
            hint="install copydesk again",
        )


def count_example_reads(newsroom: Newsroom, when: datetime) -> None:
    """Count page views of the demo's stories on a day, so that the desk has some to show."""
    stories = (story for story in newsroom.archive.stories(print) if story.published)
    oldest_first = sorted(stories, key=lambda story: (story.published_at, story.path))
    counts = {record_name(story.path): 5 + n * 37 % 83 for n, story in enumerate(oldest_first)}
    newsroom.memory.reads.add(when.date(), counts)


def adopt(root: Path, when: datetime) -> tuple[tuple[str, ...], str]:
    """Turn the folder of an everyday.cc site into a newsroom folder, and commit what that changes.

    Writes beat.toml, unless there is one, and a line in .gitignore. Returns the files changed, and
    why they are not committed, "" if they are. Raises ConfigError if this is no such site.
    """
    edited = change.find_edits(root, [".gitignore"])
    changed = []
    if not (root / "beat.toml").exists():
        files.write_atomic(root / "beat.toml", config.compose_adoption(root).encode())
        changed.append("beat.toml")
    if _ignore_private(root):
        changed.append(".gitignore")
    ours = [path for path in changed if path not in edited]
    obstacle = change.commit_to_site(root, ours, "A newsroom from a site of everyday.cc", when)
    left = ".gitignore has uncommitted edits" if edited.intersection(changed) else ""
    return tuple(changed), obstacle or left


@contextmanager
def example() -> Iterator[Path]:
    """Yield the folder of the example site: in the installed package, or in a git checkout."""
    packaged = importlib.resources.files("copydesk") / "examples" / "ai"
    checkout = Path(__file__).resolve().parents[3] / "examples" / "ai"
    if packaged.is_dir():
        with importlib.resources.as_file(packaged) as folder:
            yield folder
    elif checkout.is_dir():
        yield checkout
    else:
        raise UsageError(
            "the example newsroom is missing in this installation", hint="install copydesk again"
        )


def read_answers(root: Path) -> list[tuple[str, str]]:
    """Return the questions and answers of a `copydesk new` that was interrupted, in order."""
    return files.read_json(root / _ANSWERS, list[tuple[str, str]], _MOST_ANSWERS_BYTES) or []


def keep_answers(root: Path, answers: Sequence[tuple[str, str]]) -> None:
    """Store a person's answers in the folder of a newsroom that is not created yet."""
    with _writing(root):
        (root / PRIVATE).mkdir(parents=True, exist_ok=True)
        files.write_atomic(root / _ANSWERS, msgspec.json.encode(answers))


def require_free_folder(root: Path) -> None:
    """Raise UsageError if `root` is not empty, so that no newsroom can be created there.

    The answers of a `copydesk new` that was interrupted may be in it.
    """
    folders = [folder for folder in (root, root / PRIVATE) if folder.is_dir()]
    there = {str(path.relative_to(root)) for folder in folders for path in folder.iterdir()}
    if there - {PRIVATE, _ANSWERS} or (root.exists() and not root.is_dir()):
        raise UsageError(
            "the folder is not empty",
            subject=str(root),
            hint="choose a folder that does not exist yet",
        )


def _writing(root: Path) -> AbstractContextManager[None]:
    """Raise UsageError if the `with` block fails to write to the folder."""
    hint = "check the permissions of the folder and the free disk space"
    return files.explain_errors(UsageError, "the folder cannot be created or written", root, hint)


def _copy(source: str, target: str) -> None:
    with _writing(Path(target)):  # so that copying a folder ends with the first error
        shutil.copyfile(source, target)


def _lay_out(folder: Path, root: Path, when: datetime) -> tuple[str, ...]:
    ignored = shutil.ignore_patterns("__pycache__", "beat.toml")
    with _writing(root):
        shutil.copytree(folder, root, dirs_exist_ok=True, ignore=ignored, copy_function=_copy)
    return _begin(root, (folder / "beat.toml").read_bytes(), when)


def _begin(root: Path, beat: bytes, when: datetime) -> tuple[str, ...]:
    """Add a key, beat.toml and a git repository to a new newsroom folder; commit and return its
    files. beat.toml is written last: a folder without it is no newsroom.
    """
    _ignore_private(root)
    sealing.write_key(root / PRIVATE / "key")
    with _writing(root):
        files.write_atomic(root / "beat.toml", beat)
    made = sorted(
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and PRIVATE not in path.relative_to(root).parts
    )
    change.commit_new(root, made, "A new newsroom", when)
    (root / _ANSWERS).unlink(missing_ok=True)
    return tuple(made)


def _ignore_private(root: Path) -> bool:
    """Add `.copydesk/` to .gitignore; return False if it is listed already."""
    path = root / ".gitignore"
    text = path.read_text("utf-8") if path.exists() else ""
    if _IGNORED in text.split():
        return False
    separator = "" if not text or text.endswith("\n") else "\n"
    files.write_atomic(path, f"{text}{separator}{_IGNORED}\n".encode())
    return True


# Recipes: the files with which containers, systemd or a CI run a newsroom.

_IMAGE = ("Containerfile", ".dockerignore")
_RECIPES: Mapping[str, Sequence[str]] = {
    "image": _IMAGE,
    "compose": (*_IMAGE, "compose.yaml", "compose.caddy.yaml", "Caddyfile"),
    "systemd": ("copydesk.service",),
    "quadlet": (*_IMAGE, "copydesk.container"),
    "github": (".github/workflows/site.yml",),
    "gitlab": (".gitlab-ci.yml",),
}
_IN_UNITS = re.compile(r"[\w/.@+~-]+")  # paths that systemd and Podman take without quotes


def read_recipes(words: str, root: Path) -> tuple[str, ...]:
    """Return the recipes for the folder `root` that a list with commas names.

    Raises UsageError for an unknown name, and for a folder that a recipe cannot name.
    """
    names = tuple(name.strip() for name in words.split(",")) if words else ()
    if wrong := [name for name in names if name not in _RECIPES]:
        hint = f"use one of: {', '.join(_RECIPES)}"
        raise UsageError("unknown recipe", subject=wrong[0], hint=hint)
    place = str(root.resolve())
    if {"systemd", "quadlet"}.intersection(names) and not _IN_UNITS.fullmatch(place):
        hint = "use letters, digits and . _ - + @ ~ in the names of folders"
        raise UsageError("a unit file cannot name this folder", subject=place, hint=hint)
    return names


def add_recipes(
    root: Path, recipes: Sequence[str], when: datetime
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Write and commit the files of recipes that a newsroom folder does not have yet.

    Returns the files written, those that existed, and why nothing is committed, "" if it is. Raises
    ConfigError if the folder is no newsroom, UsageError if it cannot be written.
    """
    names = tuple(dict.fromkeys(name for recipe in recipes for name in _RECIPES[recipe]))
    kept = tuple(name for name in names if os.path.lexists(root / name))
    made = tuple(name for name in names if name not in kept)
    values = _recipe_values(root)
    packaged = importlib.resources.files("copydesk.newsroom") / "recipes"
    with _writing(root):
        for name in made:
            recipe = packaged.joinpath(Path(name).name).read_text("utf-8")
            filled = re.sub("@([A-Z]+)@", lambda mark: values[mark[1]], recipe)
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            files.write_atomic(root / name, filled.encode())
    return made, kept, change.commit_to_site(root, made, "Files to run the newsroom", when)


def _recipe_values(root: Path) -> dict[str, str]:
    """Return what stands for the marks in recipes: the newsroom's settings, folder and owner."""
    settings, owner = config.load(root, {}), root.stat()
    addresses = settings.serve.public_url, settings.beat.url, "https://news.example.org"
    host = urls.host(next(filter(urls.is_for_others, addresses)))
    own = urls.parse(addresses[0])
    return {
        "TITLE": text.fold(settings.beat.title),
        "DESCRIPTION": text.fold(settings.beat.title).replace("%", "%%"),  # in unit files
        "VERSION": copydesk.__version__,
        "USER": f"{owner.st_uid or 10_001}:{owner.st_gid}",
        "OWNER": str(owner.st_uid or "copydesk"),
        "FOLDER": str(root.resolve()),
        "COMMAND": str(Path(sys.executable).with_name("copydesk")),
        "PORT": own.port if own and own.port and not urls.is_for_others(own.href) else "8000",
        "HOST": host,
        "DESK": settings.desk.host or f"desk.{host.removeprefix('www.')}",
    }


# Settings as rows for a person to read.


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One setting of the site: its value, and where it is set (beat.toml, `_data`, environment)."""

    path: str
    value: str
    origin: str


def setting_rows(root: Path, environ: Mapping[str, str]) -> tuple[list[SettingRow], list[str]]:
    """Return all settings but secrets as rows, each with where it is set, and the warnings.

    Raises ConfigError.
    """
    settings = config.load(root, environ)
    rows = [
        SettingRow(path=path, value=value, origin=origin)
        for path, value, origin in config.rows(settings)
    ]
    return rows, list(settings.warnings)
