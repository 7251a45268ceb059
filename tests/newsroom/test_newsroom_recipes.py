"""The files that run a newsroom elsewhere: their own programs take them, whatever a title says."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

import copydesk as installed
from copydesk.errors import UsageError
from copydesk.newsroom import starts
from world.command import Said, copydesk
from world.newsroom import NOW, run_git

CHECKOUT = Path(__file__).parents[2]
SHIPPED = CHECKOUT / "src" / "copydesk" / "newsroom" / "recipes"
ALL = "image,compose,systemd,quadlet,github,gitlab"
WRITTEN = {
    ".dockerignore",
    ".github/workflows/site.yml",
    ".gitlab-ci.yml",
    "Caddyfile",
    "Containerfile",
    "compose.caddy.yaml",
    "compose.yaml",
    "copydesk.container",
    "copydesk.service",
}
NEW = {".gitignore", "README.md", "_data/topics/00-bees.yaml", "beat.toml"}
ODD = (
    "Bees",  # the first is plain
    "The \"Bee\" 'News'",
    "50 % off, %h of it at %%",
    "$HOME `id` $(id) ${{ secrets.KEY }}",
    "# not a comment: - [x] {y} *z &a !b @PORT@ @FOLDER@",
    "ends in a backslash \\",
    "two\nlines: [a]",
    "Bienen\u2028Wespen\x85Hummeln \ufffe\U0001f41d",
    "蜜蜂 & <b>Überblick</b>",
)
SETTINGS = """
[serve]
public_url = "https://news.bees.example"

[desk]
host = "office.bees.example"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "mine"


def make(root: Path, recipes: str = ALL, *more: object) -> Said:
    return copydesk("new", root, "--topic", "Bees", "--with", recipes, *more)


def git_lines(root: Path, *arguments: str) -> list[str]:
    return run_git(root, *arguments).splitlines()


def program(name: str, *elsewhere: str) -> str:
    """Return where a program is; without it the test is skipped and says so."""
    beside = Path(sys.executable).with_name(name)
    places = (str(beside), *elsewhere)
    found = next(filter(os.path.exists, places), shutil.which(name))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def lint(*words: object) -> str:
    """Run a linter; return what it complains about, "" for nothing."""
    ended = subprocess.run(
        list(map(str, words)), capture_output=True, text=True, timeout=60, check=False
    )
    return ended.stdout + ended.stderr if ended.returncode else ""


def by_schema(name: str) -> Callable[[Sequence[Path]], str]:
    def check(paths: Sequence[Path]) -> str:
        tool = program("check-jsonschema")  # takes two seconds to start
        return lint(tool, "--builtin-schema", f"vendor.{name}", *paths)

    return check


def one_by_one(check: Callable[[Path], str]) -> Callable[[Sequence[Path]], str]:
    return lambda paths: "".join(map(check, paths))


def by_hadolint(paths: Sequence[Path]) -> str:
    return lint(program("hadolint"), *paths)


def by_systemd(path: Path) -> str:
    complaint = lint(program("systemd-analyze"), "verify", "--man=no", path)
    return "" if "is not executable" in complaint else complaint


def by_quadlet(path: Path) -> str:
    tool = program("quadlet", "/usr/libexec/podman/quadlet", "/usr/lib/podman/quadlet")
    os.environ["QUADLET_UNIT_DIRS"] = str(path.parent)
    try:
        return lint(tool, "-dryrun", "-user")
    finally:
        del os.environ["QUADLET_UNIT_DIRS"]


def by_caddy(path: Path) -> str:
    said = lint(program("caddy"), "adapt", "--adapter", "caddyfile", "--config", path)
    return said or lint(program("caddy"), "fmt", path)


LINTERS: dict[str, Callable[[Sequence[Path]], str]] = {
    "Containerfile": by_hadolint,
    "compose.yaml": by_schema("compose-spec"),
    "compose.caddy.yaml": by_schema("compose-spec"),
    "Caddyfile": one_by_one(by_caddy),
    "copydesk.service": one_by_one(by_systemd),
    "copydesk.container": one_by_one(by_quadlet),
    ".github/workflows/site.yml": by_schema("github-workflows"),
    ".gitlab-ci.yml": by_schema("gitlab-ci"),
}


@pytest.fixture(scope="module")
def of_odd_titles(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Make a newsroom of each odd title."""
    above = tmp_path_factory.mktemp("odd")
    roots = [above / str(number) / "mine" for number in range(len(ODD))]
    for root, title in zip(roots, ODD, strict=True):
        assert make(root, ALL, "--title", title).code == 0
    return roots


@pytest.mark.parametrize("name", LINTERS)
def test_a_file_is_what_its_program_takes(of_odd_titles: list[Path], name: str) -> None:
    assert "" == LINTERS[name]([root / name for root in of_odd_titles])


@pytest.mark.parametrize("name", ["compose.yaml"])
def test_the_lines_for_a_secret_are_right_without_their_marks(root: Path, name: str) -> None:
    assert make(root).code == 0

    lines = re.sub(r"(?m)^( *)#(?=\S)", r"\1", (root / name).read_text("utf-8"))
    (root / name).write_text(lines, "utf-8")

    assert "secrets" in yaml.safe_load(lines)
    assert "" == LINTERS[name]([root / name])


@pytest.mark.parametrize("number", range(len(ODD)))
def test_a_title_changes_nothing_but_comments_and_descriptions(
    of_odd_titles: list[Path], number: int
) -> None:
    plain_root, odd_root = of_odd_titles[0], of_odd_titles[number]
    for name in WRITTEN:
        plain = (plain_root / name).read_text("utf-8").splitlines()
        text = (odd_root / name).read_text("utf-8").replace(str(odd_root), str(plain_root))
        odd = text.splitlines()
        assert len(plain) == len(odd), name
        others = [line for line, before in zip(odd, plain, strict=True) if line != before]
        assert all(line.startswith(("#", "Description=Newsroom of ")) for line in others), name


def test_a_new_newsroom_has_them_committed(root: Path) -> None:
    made = make(root, ALL, "--json").json()

    assert {"path": str(root), "files": sorted(WRITTEN | NEW)} == made
    assert sorted(WRITTEN | NEW) == sorted(git_lines(root, "ls-files"))
    expected = ["Files to run the newsroom", "A new newsroom"]
    assert expected == git_lines(root, "log", "--format=%s")
    assert "" == run_git(root, "status", "--porcelain")


def test_the_example_site_has_them_too(root: Path) -> None:
    made = copydesk("new", root, "--with", "systemd", "--json").json()

    assert "copydesk.service" in made["files"]
    assert "" == run_git(root, "status", "--porcelain")


def test_a_newsroom_gets_what_it_lacks_and_keeps_what_it_has(root: Path) -> None:
    make(root, "image")
    own = "FROM scratch\n"
    (root / "Containerfile").write_text(own)
    run_git(root, "commit", "-qam", "mine")

    said = copydesk("-C", root, "new", "--with", "compose", "--json")
    assert {
        "path": str(root),
        "files": ["compose.yaml", "compose.caddy.yaml", "Caddyfile"],
        "kept": ["Containerfile", ".dockerignore"],
    } == said.json()
    assert own == (root / "Containerfile").read_text()
    assert "Files to run the newsroom" == git_lines(root, "log", "--format=%s")[0]
    assert "" == run_git(root, "status", "--porcelain")

    again = copydesk("-C", root, "new", "--with", "compose")
    assert (0, "") == (again.code, again.out)
    assert "not written, because it exists: Containerfile" in again.err
    assert 4 == len(git_lines(root, "log", "--format=%s"))


def test_without_a_folder_it_is_the_newsroom_around(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(root, "image")
    monkeypatch.chdir(root / "_data")

    assert "copydesk.service\n" == copydesk("new", "--with", "systemd").out
    assert (root / "copydesk.service").is_file()


def test_the_shipped_containerfile_is_the_one_that_is_written(root: Path) -> None:
    make(root, "image")

    written = (root / "Containerfile").read_bytes()
    assert (SHIPPED / "Containerfile").read_bytes() == written
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    version = project["project"]["version"]
    assert version == installed.__version__
    for argument in (f"ARG COPYDESK=copydesk=={version}\n", f"ARG VERSION={version}\n"):
        assert argument.encode() in written
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert "copydesk/newsroom/recipes/run.lock" == wheel["requirements/run.lock"]


def test_its_last_stage_has_no_compiler_and_no_pip(root: Path) -> None:
    last = (SHIPPED / "Containerfile").read_text("utf-8").split("\nFROM ")[-1]

    assert not re.search(r"gcc|libc6-dev|python3-dev|venv|pip\b", last)
    assert "\nUSER 10001:0\n" in last


def test_settings_of_the_newsroom_are_filled_in(root: Path) -> None:
    make(root, "image")
    with (root / "beat.toml").open("a") as beat:
        beat.write(SETTINGS)
    run_git(root, "commit", "-qam", "settings")
    assert copydesk("-C", root, "new", "--with", ALL).code == 0

    assert "news.bees.example, office.bees.example {" in (root / "Caddyfile").read_text()
    front = yaml.safe_load((root / "compose.caddy.yaml").read_text())["services"]
    (proxy,) = json.loads(front["newsroom"]["environment"]["COPYDESK_SERVE_TRUSTED_PROXIES"])
    assert front["caddy"]["networks"]["front"]["ipv4_address"] == proxy
    values = front["newsroom"]["environment"]
    assert "office.bees.example" == values["COPYDESK_DESK_HOST"]
    assert "https://news.bees.example" == values["COPYDESK_SERVE_PUBLIC_URL"]
    compose = yaml.safe_load((root / "compose.yaml").read_text())["services"]["newsroom"]
    owner = root.stat()
    assert f"{owner.st_uid or 10_001}:{owner.st_gid}" == compose["user"]
    unit = (root / "copydesk.service").read_text()
    assert f"-C {root} serve --port 8000\n" in unit
    assert f"\nReadWritePaths={root}\n" in unit
    assert f"\nVolume={root}:/newsroom:Z\n" in (root / "copydesk.container").read_text()
    left = [name for name in WRITTEN if re.search("@[A-Z]+@", (root / name).read_text())]
    assert [] == left


def test_a_port_of_this_machine_is_taken_over(root: Path) -> None:
    make(root, "image")
    with (root / "beat.toml").open("a") as beat:
        beat.write('\n[serve]\npublic_url = "http://localhost:8123"\n')
    assert copydesk("-C", root, "new", "--with", "compose,systemd").code == 0

    assert '"127.0.0.1:8123:8000"' in (root / "compose.yaml").read_text()
    assert "serve --port 8123\n" in (root / "copydesk.service").read_text()
    assert "\nnews.example.org, desk.news.example.org {" in (root / "Caddyfile").read_text()


REFUSED: dict[str, tuple[str, str]] = {
    "an unknown one": ("compose,nomad", "unknown recipe: nomad"),
    "an empty one": ("image,", "unknown recipe"),
    "two without a comma": ("image compose", "unknown recipe: image compose"),
}


@pytest.mark.parametrize(("recipes", "words"), REFUSED.values(), ids=REFUSED)
def test_a_recipe_that_cannot_be_meant_makes_nothing(root: Path, recipes: str, words: str) -> None:
    said = make(root, recipes)

    assert 2 == said.code
    assert words in said.err
    assert "use one of: image, compose, systemd, quadlet, github, gitlab" in said.err
    assert not root.exists()


@pytest.mark.parametrize("name", ["my beat", "50%", "$HOME", 'a"b', "a:b", "a,b", "a#b"])
def test_a_folder_that_a_unit_cannot_name_is_refused(tmp_path: Path, name: str) -> None:
    for recipe in ("systemd", "quadlet"):
        said = make(tmp_path / name, recipe)
        assert 2 == said.code
        assert "a unit file cannot name this folder: " in said.err
    assert not (tmp_path / name).exists()
    assert 0 == make(tmp_path / name, "compose").code


NONSENSE: dict[str, Sequence[str]] = {
    "a title without a folder": ("--title", "Bees"),
    "a run without a folder": ("--run",),
}


@pytest.mark.parametrize("words", NONSENSE.values(), ids=NONSENSE)
def test_what_makes_a_newsroom_needs_a_folder(root: Path, words: Sequence[str]) -> None:
    make(root, "image")

    said = copydesk("-C", root, "new", "--with", "systemd", *words)
    assert 2 == said.code
    assert "Missing argument 'DIR'" in said.err
    assert not (root / "copydesk.service").exists()


def test_a_folder_without_a_newsroom_gets_none(tmp_path: Path) -> None:
    said = copydesk("-C", tmp_path, "new", "--with", "image")

    assert 1 == said.code
    assert "the folder has no beat.toml" in said.err
    assert [] == list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_told(root: Path) -> None:
    make(root, "image")
    (root / ".github").write_text("a file where a folder must be")

    said = copydesk("-C", root, "new", "--with", "github")
    assert 2 == said.code
    assert "the folder cannot be created or written (" in said.err
    assert "hint: check the permissions of the folder" in said.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_others_is_told(root: Path) -> None:
    make(root, "image")
    root.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        said = copydesk("-C", root, "new", "--with", "gitlab")
    finally:
        root.chmod(stat.S_IRWXU)
    assert 2 == said.code
    assert "the folder cannot be created or written (Permission denied)" in said.err


def test_a_full_disk_is_told_in_words(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    # no disk of a test can be filled without root
    monkeypatch.setattr(shutil, "copyfile", refuse)
    with pytest.raises(UsageError, match=r"\(No space left on device\)") as refused:
        starts.new(root, NOW)
    assert "free disk space" in refused.value.hint


def test_a_site_of_ci_pins_what_it_runs_and_may_do_little(root: Path) -> None:
    make(root, "github,gitlab")
    workflow = yaml.safe_load((root / ".github/workflows/site.yml").read_text("utf-8"))
    jobs = workflow["jobs"]
    uses = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]

    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in uses)
    assert {} == workflow["permissions"]
    assert {"contents": "write"} == jobs["run"]["permissions"]
    assert {"pages": "write", "id-token": "write"} == jobs["deploy"]["permissions"]
    assert {"group": "site", "cancel-in-progress": False} == workflow["concurrency"]
    pages = yaml.safe_load((root / ".gitlab-ci.yml").read_text("utf-8"))["pages"]
    assert "newsroom" == pages["resource_group"]
    for text in (str(workflow), str(pages)):
        assert ".copydesk/memory.sqlite" in text
        assert ".copydesk/articles" in text
        assert set() == set(re.findall(r"COPYDESK_[A-Z_]+|AWS_\w+", text)) - {"COPYDESK_KEY"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_the_commands_of_a_ci_build_and_push_a_clone(root: Path, tmp_path: Path, kind: str) -> None:
    more = ("--contact", "mailto:ed@bees.example")
    assert copydesk("new", root, "--topic", "Bees", *more, "--with", kind).code == 0
    run_git(tmp_path, "clone", "--quiet", "--bare", str(root), "origin.git")
    run_git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), "clone")
    with (tmp_path / "clone" / "README.md").open("a") as readme:
        readme.write("A commit that is not pushed yet.\n")
    run_git(tmp_path / "clone", "commit", "-qam", "mine")
    if kind == "gitlab":  # it checks out a commit, and none of its own is there
        run_git(tmp_path / "clone", "push", "-q")
        run_git(tmp_path / "clone", "checkout", "-q", "--detach")

    ended = subprocess.run(
        ["bash", "-ec", "\n".join(ci_commands(root, kind))],
        cwd=tmp_path / "clone",
        env=ci_environment(root, tmp_path),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert 0 == ended.returncode, ended.stderr
    site = tmp_path / "clone" / ("public" if kind == "gitlab" else ".copydesk/site")
    assert "Bees" in (site / "index.html").read_text("utf-8")
    pushed = git_lines(tmp_path / "origin.git", "log", "--format=%s", "main")
    assert git_lines(tmp_path / "clone", "log", "--format=%s") == pushed
    assert "mine" in pushed


def ci_commands(root: Path, kind: str) -> list[str]:
    """Return what a job runs, but for what it installs."""
    if kind == "gitlab":
        job = yaml.safe_load((root / ".gitlab-ci.yml").read_text("utf-8"))["pages"]
        lines = job["script"]
    else:
        job = yaml.safe_load((root / ".github/workflows/site.yml").read_text("utf-8"))["jobs"]
        lines = [step["run"] for step in job["run"]["steps"] if "run" in step]
    return [line for line in lines if not line.startswith(("apt-get ", "pip "))]


def ci_environment(root: Path, place: Path) -> dict[str, str]:
    """Return the variables of a job; an address of GitLab's leads to the repository at `place`."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(place),
        "COPYDESK_KEY": (root / ".copydesk" / "key").read_text().strip(),
        "CI_COMMIT_BRANCH": "main",
        "CI_SERVER_HOST": "git.bees.example",
        "CI_PROJECT_PATH": "bees/site",
        "PUSH_TOKEN": "token",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{place}/origin.git.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://copydesk:token@git.bees.example/bees/site.git",
    }


@pytest.mark.slow
def test_a_wheel_carries_the_recipes_and_the_lock(tmp_path: Path) -> None:
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True, timeout=120)

    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = {Path(name).name for name in packed.namelist() if "/newsroom/recipes/" in name}
        lock = packed.read("copydesk/newsroom/recipes/run.lock")
    assert {Path(name).name for name in WRITTEN} | {"run.lock"} == names
    assert (CHECKOUT / "requirements" / "run.lock").read_bytes() == lock
