"""The image: built from its Containerfile without any registry, then run and measured.

    PYTHONPATH=tests python -m world.image [--arch arm64] [--keep FOLDER]

`./run.sh image` installs Debian's buildah and mmdebstrap, which it takes, and wants to be root.
mmdebstrap makes the base from the machine's own package sources, pip works as it is set up here.
What is built runs as a container does: with namespaces of its own, a read-only root, a folder at
/newsroom, no rights and another user. Another architecture is built and started where its programs
run, as by qemu-user-binfmt. Prints a line for each trial; ends with 1 where one fails.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
RECIPES = CHECKOUT / "src" / "copydesk" / "newsroom" / "recipes"
SUITE = "trixie"
TAG = "localhost/copydesk:test"
OWN_USER = "10001:0"
MOST_SECONDS = 900
MOST_READY_SECONDS = 300  # emulated, it takes more than a minute
MEGABYTE = 1_000_000
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
# what debian:13-slim leaves out, too
LEFT_OUT = ("/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/doc/*")
# which words of pip's own settings say how it reaches the index
PIP_SETTINGS = re.compile(
    r"(?m)^\S+?\.(index-url|extra-index-url|proxy|timeout|trusted-host)='(.*)'"
)
INSIDE = r"""
mount --bind "$root" "$root"
mount -o remount,ro,bind "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/dev"
mkdir "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm"
for device in null zero random urandom; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
if [ "$room" ]; then mount -t tmpfs -o "size=$room,mode=2770" tmpfs "$root/newsroom"
    chown "$user" "$root/newsroom"
else mount --bind "$volume" "$root/newsroom"; fi
if [ "$frozen" ]; then mount -o remount,ro,bind "$root/newsroom"; fi
for path in $missing; do mount --bind /dev/null "$root$path"; done
ip link set lo up
exec chroot "$root" setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups \
    --no-new-privs --bounding-set=-all --inh-caps=-all env -i PATH=/opt/copydesk/bin:/usr/bin:/bin \
    COPYDESK_DIR=/newsroom PYTHONUNBUFFERED=1 tini -- "$@"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """buildah with a store of its own below a folder."""

    place: Path
    arch: str

    def run(self, *words: object) -> str:
        """Run a command of buildah; return what it printed."""
        store = ("--root", self.place / "store", "--runroot", self.place / "run")
        return call("buildah", *store, "--storage-driver", "vfs", *words)

    def make_base(self, name: str) -> None:
        """Make a minimal Debian and call it by the name that the Containerfile begins with."""
        made = self.place / "base.tar"
        without = [f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT]
        hook = "--customize-hook=rm -rf " + " ".join(f'"$1"{path}' for path in LEFT_OUT)
        variant = ("--quiet", "--variant=minbase", f"--architectures={self.arch}")
        call("mmdebstrap", *variant, *without, hook, SUITE, made)
        container = self.run("from", "--arch", self.arch, "scratch").strip()
        self.run("add", container, made, "/")
        self.run("config", "--arch", self.arch, container)
        self.run("commit", "--rm", container, name)

    def build(self) -> Path:
        """Build the image of a wheel of this checkout; return the folder that has its files."""
        context = self.place / "context"
        context.mkdir()
        shutil.copy(RECIPES / "Containerfile", context)
        call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", context)
        (wheel,) = context.glob("*.whl")
        limits = ("--ulimit", "nproc=4096:4096", "--ulimit", "nofile=1024:1024")
        apart = ("--isolation", "chroot", "--pull=never", "--arch", self.arch, *limits)
        revision = call("git", "rev-parse", "HEAD").strip()
        arguments = (f"COPYDESK=./{wheel.name}", f"REVISION={revision}")
        given = [word for argument in arguments for word in ("--build-arg", argument)]
        named = ("--format", "docker", "--tag", TAG, *given)
        self.run("bud", *apart, *self._mount_pip(), *named, context)
        return Path(self.run("mount", self.run("from", "--arch", self.arch, TAG).strip()).strip())

    def _mount_pip(self) -> Iterator[str]:
        """Yield options that let the build's pip reach the index as that of this machine does."""
        said = call(sys.executable, "-m", "pip", "config", "list")
        lines = [f"{name} = {value}" for name, value in PIP_SETTINGS.findall(said)]
        certificates = Path(os.environ.get("PIP_CERT", "/etc/ssl/certs/ca-certificates.crt"))
        if certificates.exists():
            yield from ("--volume", f"{certificates}:/etc/pip.crt:ro")
            lines.append("cert = /etc/pip.crt")
        settings = self.place / "pip.conf"
        settings.write_text("\n".join(("[global]", *lines, "")))
        yield from ("--volume", f"{settings}:/etc/pip.conf:ro")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """How the image is run: its files, the folder at /newsroom, and what is odd about it."""

    root: Path
    volume: Path
    user: str = OWN_USER
    frozen: bool = False
    room: str = ""
    missing: Sequence[str] = ()

    def start(self, *command: object) -> subprocess.Popen[str]:
        """Start a command in it, and do not wait."""
        given = {
            "root": str(self.root),
            "volume": str(self.volume),
            "user": self.user,
            "frozen": "yes" if self.frozen else "",
            "room": self.room,
            "missing": " ".join(self.missing),
        }
        apart = ("unshare", "--mount", "--pid", "--net", "--fork")
        return subprocess.Popen(
            [*apart, "sh", "-ec", INSIDE, "sh", *map(str, command)],
            env={**os.environ, **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )

    def run(self, *command: object, seconds: float = MOST_SECONDS) -> tuple[int, str]:
        """Run a command in it; return its exit code and what it printed. It is ended in the end."""
        process = self.start(*command)
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.kill(first_process(process), 15)
            said, _ = process.communicate(timeout=60)
            return 0, said
        return process.returncode, said


def call(*words: object) -> str:
    """Run a program; return its output, or end with its complaint."""
    ended = subprocess.run(
        list(map(str, words)), cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise SystemExit(f"{words[0]} failed:\n{(ended.stdout + ended.stderr)[-4000:]}")
    return ended.stdout


def first_process(started: subprocess.Popen[str]) -> int:
    """Return the number, outside, of a container's first process."""
    while True:
        children = Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.01)


def is_ready(first: int) -> bool:
    """Ask the container's own health check."""
    inside = ("nsenter", "--target", str(first), "--mount", "--pid", "--net", "--root")
    asked = subprocess.run(
        [*inside, "/opt/copydesk/bin/is-ready"], capture_output=True, check=False
    )
    return asked.returncode == 0


def wait_until_ready(first: int) -> float:
    """Return how many seconds it takes until the health check is content; a minute at most."""
    began = time.monotonic()
    while not is_ready(first) and time.monotonic() - began < MOST_READY_SECONDS:
        time.sleep(0.05)
    return time.monotonic() - began


def proportional_bytes(first: int) -> int:
    """Return the memory of all processes of a container, each shared page by its shares (PSS)."""
    total, here = 0, Path(f"/proc/{first}/ns/pid").readlink()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "ns" / "pid").readlink() == here:
                pages = (process / "smaps_rollup").read_text()
                total += 1024 * int(re.search(r"(?m)^Pss: +(\d+)", pages)[1])  # type: ignore[index]
    return total


def forget_pages(root: Path) -> None:
    """Let the system forget the image's files that it has read, as after a start of the machine."""
    os.sync()
    for path in root.rglob("*"):
        with contextlib.suppress(OSError):
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def sizes(root: Path) -> Iterator[str]:
    """Yield lines on what the image's files take, and its largest parts."""
    packages = root / "opt/copydesk/lib/python3.13/site-packages"
    folders = (root, root / "usr", root / "opt", *packages.iterdir())
    taken = {path: used_bytes(path) for path in folders}
    yield f"unpacked: {taken[root] / MEGABYTE:.0f} MB, of it"
    named = {root / "usr": "Debian", root / "opt": "copydesk and its libraries"}
    for path, name in named.items():
        yield f"  {name}: {taken[path] / MEGABYTE:.0f} MB"
    largest = sorted((size, path) for path, size in taken.items() if path.parent == packages)[-6:]
    for size, path in reversed(largest):
        yield f"    {path.name}: {size / MEGABYTE:.0f} MB"


def used_bytes(root: Path) -> int:
    """Return what the files below a folder take on the disk, each once."""
    seen: dict[int, int] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            stat = os.lstat(Path(folder, name))
            seen[stat.st_ino] = stat.st_blocks * 512
    return sum(seen.values())


class Trials:
    """Runs the image under good and bad conditions, and says what came of it."""

    def __init__(self, root: Path, place: Path) -> None:
        self._root = root
        self._place = place
        self.failed: list[str] = []

    def container(self, name: str, owner: str = OWN_USER) -> Container:
        """Return a container with an empty newsroom of this owner."""
        volume = self._place / name
        volume.mkdir(exist_ok=True)
        user, group = map(int, owner.split(":"))
        os.chown(volume, user, group)
        volume.chmod(0o2770)
        return Container(root=self._root, volume=volume)

    def tell(self, name: str, is_well: bool, words: str) -> None:
        """Print a line on a trial."""
        print(f"{'' if is_well else 'WRONG: '}{name}: {words}", flush=True)
        if not is_well:
            self.failed.append(name)

    def expect(
        self, name: str, container: Container, *command: object, code: int = 0, words: str = ""
    ) -> str:
        """Run a command that must end with a code, say these words, and explain an error."""
        began = time.monotonic()
        ended, said = container.run(*command)
        lines = [line for line in said.splitlines() if line]
        last = [line for line in lines if line.startswith(("error", "hint", "note"))] or lines[-1:]
        took = f"{time.monotonic() - began:.1f} s, exit code {ended}: {'; '.join(last)}"
        is_well = ended == code and words in said and "Traceback" not in said
        self.tell(name, is_well, took)
        return said

    def run_all(self) -> None:
        """Try all."""
        demo = self.container("demo")
        forget_pages(self._root)
        words = ("copydesk", "demo", "--no-serve", "--dir", "/newsroom")
        self.expect("a demo newsroom, read-only root", demo, *words)
        self.measure_serving(demo)
        self.try_users()
        self.try_faults(demo)
        self.try_two(demo)

    def measure_serving(self, demo: Container) -> None:
        """Measure a cold start, the memory at rest and beside a round, and the end."""
        forget_pages(self._root)
        began = time.monotonic()
        with self.serving(demo) as (process, first):
            wait_until_ready(first)
            took = time.monotonic() - began
            is_well = took < MOST_READY_SECONDS
            self.tell("cold start until the health check is content", is_well, f"{took:.1f} s")
            time.sleep(20)
            rest = proportional_bytes(first)
            self.tell("memory at rest", True, f"{rest / MEGABYTE:.0f} MB")
            web = "/newsroom/.copydesk/demo/web.warc.gz"
            other = demo.start("copydesk", "run", "--all", "--web", web)
            most = 0
            while other.poll() is None:
                with contextlib.suppress(OSError):
                    most = max(most, proportional_bytes(first_process(other)))
                time.sleep(0.05)
            other.communicate()
            self.tell("memory of a round", not other.returncode, f"{most / MEGABYTE:.0f} MB")
            began = time.monotonic()
            os.kill(first, 15)
            process.wait(60)
            took = time.monotonic() - began
            self.tell("until it has stopped", took < 30, f"{took:.1f} s")

    @contextlib.contextmanager
    def serving(self, container: Container) -> Iterator[tuple[subprocess.Popen[str], int]]:
        """Serve a newsroom meanwhile."""
        process = container.start("copydesk", "serve", "--host", "0.0.0.0")
        first = first_process(process)
        try:
            yield process, first
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(first, 9)  # all others of its namespace end with it
            process.communicate(timeout=60)

    def try_users(self) -> None:
        """Make newsrooms as other users, and use those of others."""
        words = ("copydesk", "new", "/newsroom", "--topic", "Bees")
        foreign = replace(self.container("foreign", "0:0"), user="12345:0")
        said = self.expect("another user, a folder of root's group", foreign, *words)
        is_well = "could not commit" not in said and (foreign.volume / ".git").is_dir()
        self.tell("its files are in git", is_well, "yes" if is_well else said)
        said = foreign.run("ssh", "-o", "BatchMode=yes", "copydesk.invalid")[1].splitlines()[-1]
        self.tell("ssh for a user without a name", "Could not resolve" in said, said)
        own = self.container("own")
        self.expect("the image's user", own, *words)
        stranger = replace(own, user="12345:0")
        self.expect("a newsroom of another user", stranger, "copydesk", "run", code=1)

    def try_faults(self, demo: Container) -> None:
        """Take things away."""
        web = ("copydesk", "run", "--all", "--web", "/newsroom/.copydesk/demo/web.warc.gz")
        story = next((demo.volume / "_news").glob("*.md")).name
        decide = ("copydesk", "verdict", f"_news/{story}", "hold", "--why", "a test", "--as", "Ed")
        bare = replace(demo, missing=["/usr/bin/git"])
        self.expect("no git", bare, *decide, words="git is not installed")
        self.expect("a read-only folder: run", replace(demo, frozen=True), *web, code=1)
        serve = ("copydesk", "serve")
        self.expect("a read-only folder: serve", replace(demo, frozen=True), *serve, code=1)
        words = ("copydesk", "demo", "--no-serve", "--dir", "/newsroom")
        for room, code in (("100k", 2), ("1m", 2), ("4m", 1)):
            full = replace(demo, room=room)
            self.expect(f"a folder with room for {room}", full, *words, code=code)
        self.expect("an empty folder", self.container("empty"), *serve, code=1)

    def try_two(self, demo: Container) -> None:
        """Serve one folder by two containers."""
        with self.serving(demo) as (_, first):
            wait_until_ready(first)
            other = demo.start("copydesk", "serve", "--host", "0.0.0.0")
            second = first_process(other)
            wait_until_ready(second)
            self.expect("a run beside two servers of one folder", demo, "copydesk", "run", code=0)
            words = f"{'' if is_ready(first) else 'not '}ready"
            self.tell("two servers of one folder", is_ready(first) and is_ready(second), words)
            os.kill(second, 15)
            said, _ = other.communicate(timeout=60)
            self.tell("what the second says", "Traceback" not in said, said.splitlines()[-1])


def main() -> int:
    """Build the image, then try it; return the exit code."""
    parser = argparse.ArgumentParser(prog="./run.sh image")
    own = ARCHITECTURES.get(platform.machine(), platform.machine())
    parser.add_argument("--arch", default=own, help="architecture, as Debian calls it")
    parser.add_argument("--keep", type=Path, help="a folder for what is built, which stays")
    options = parser.parse_args()
    if os.geteuid():
        raise SystemExit("error: building without a registry needs root")
    with contextlib.ExitStack() as stack:
        place = options.keep
        if place is None:  # /tmp may be in memory
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp")))
        place.mkdir(parents=True, exist_ok=True)
        builder = Builder(place=place.resolve(), arch=options.arch)
        began = time.monotonic()
        base = re.search(r"(?m)^ARG BASE=(\S+)", (RECIPES / "Containerfile").read_text("utf-8"))
        assert base is not None
        builder.make_base(base[1])
        root = builder.build()
        print(f"built for {options.arch} in {time.monotonic() - began:.0f} s")
        print("\n".join(sizes(root)), flush=True)
        trials = Trials(root, builder.place)
        trials.run_all()
    return int(bool(trials.failed))


if __name__ == "__main__":
    sys.exit(main())
