"""Known vulnerabilities of the packages that a lock pins, by advisories in the OSV format.

    PYTHONPATH=tests python -m world.advisories [ADVISORIES] [--lock LOCK]... [--service URL]

ADVISORIES is a file or a folder of OSV JSON (https://ossf.github.io/osv-schema/): an advisory, a
list of them, or the answer of a service with `vulns`. Without it, the service at osv.dev is asked.
Ends with 0 where nothing is known, 1 where a package is affected, and 2 where the advisories could
not be had or read: an audit that saw nothing never counts as one that found nothing.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

CHECKOUT = Path(__file__).parents[2]
SERVICE = "https://api.osv.dev"
PIN = re.compile(r"^([^\s=]+)==([^\s;]+)", re.MULTILINE)
TIMEOUT_SECONDS = 30
OLDEST = Version("0.dev0")

Json = Mapping[str, Any]


class UnreadableAdvisoriesError(Exception):
    """The advisories could not be had, or are not what the format says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A pinned release that an advisory names."""

    package: str
    version: str
    advisory: str
    fixed: str
    summary: str

    def __str__(self) -> str:
        mend = f"fixed in {self.fixed}" if self.fixed else "no fixed version is known"
        return f"{self.package} {self.version}: {self.advisory}, {mend}. {self.summary}".rstrip()


def read_lock(path: Path) -> Iterator[tuple[str, str]]:
    """Yield name and version of each release that a lock pins."""
    for line in PIN.finditer(path.read_text(encoding="utf-8")):
        yield canonicalize_name(line[1]), line[2]


def read_advisories(place: Path) -> list[Json]:
    """Return the advisories of a file or a folder; raises `UnreadableAdvisoriesError`."""
    paths = sorted(place.rglob("*.json")) if place.is_dir() else [place]
    if not paths:
        raise UnreadableAdvisoriesError(f"no JSON file in the folder: {place}")
    advisories: list[Json] = []
    for path in paths:
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as fault:
            raise UnreadableAdvisoriesError(f"{path}: {fault}") from fault
        data = data.get("vulns", [data]) if isinstance(data, dict) else data
        if not isinstance(data, list) or not all(_is_advisory(one) for one in data):
            raise UnreadableAdvisoriesError(f"not in the OSV format: {path}")
        advisories += data
    return advisories


def ask_service(service: str, pins: Iterable[tuple[str, str]]) -> list[Json]:
    """Return the advisories that an OSV service has on these releases.

    Raises `UnreadableAdvisoriesError` where the service gives no answer or a wrong one.
    """
    waiting = [
        {"package": {"ecosystem": "PyPI", "name": name}, "version": version}
        for name, version in pins
    ]
    names: set[str] = set()
    while waiting:
        results = _fetch(f"{service}/v1/querybatch", {"queries": waiting}).get("results")
        if not isinstance(results, list) or len(results) != len(waiting):
            raise UnreadableAdvisoriesError(f"an answer that is not OSV's: {service}")
        names.update(one["id"] for result in results for one in result.get("vulns", ()))
        waiting = [
            {**query, "page_token": result["next_page_token"]}
            for query, result in zip(waiting, results, strict=True)
            if result.get("next_page_token")
        ]
    advisories: list[Json] = [_fetch(f"{service}/v1/vulns/{name}") for name in sorted(names)]
    if not all(map(_is_advisory, advisories)):
        raise UnreadableAdvisoriesError(f"an advisory that is not in the OSV format: {service}")
    return advisories


def audit(pins: Iterable[tuple[str, str]], advisories: Sequence[Json]) -> Iterator[Finding]:
    """Yield a finding for each pinned release and each advisory that names it.

    Withdrawn advisories and other ecosystems count for nothing.
    """
    entries: dict[str, list[tuple[Json, Json]]] = {}
    for advisory in advisories:
        for affected in () if advisory.get("withdrawn") else advisory.get("affected", ()):
            package = affected.get("package", {})
            if package.get("ecosystem") == "PyPI":
                name = canonicalize_name(package.get("name", ""))
                entries.setdefault(name, []).append((advisory, affected))
    for pinned, version in sorted(set(pins)):
        name = canonicalize_name(pinned)
        found: dict[str, Finding] = {}
        for advisory, affected in entries.get(name, ()):
            if _is_affected(Version(version), affected):
                found[advisory["id"]] = Finding(
                    package=name,
                    version=version,
                    advisory=", ".join([advisory["id"], *advisory.get("aliases", ())]),
                    fixed=_find_fix(Version(version), affected),
                    summary=str(advisory.get("summary", "")),
                )
        yield from (found[one] for one in sorted(found))


def _is_advisory(data: object) -> bool:
    return isinstance(data, dict) and isinstance(data.get("id"), str)


def _is_affected(version: Version, affected: Json) -> bool:
    """Decide by the evaluation of the OSV schema: the listed versions, then the ranges."""
    listed = (_parse(one) for one in affected.get("versions", ()))
    return version in listed or any(_is_within(version, one) for one in _ranges(affected))


def _is_within(version: Version, events: Sequence[tuple[Version, str]]) -> bool:
    """Decide whether a version is between an event that introduces and one that ends the fault."""
    inside = False
    for at, kind in events:
        if kind == "introduced" and version >= at:
            inside = True
        if (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            inside = False
    return inside


def _ranges(affected: Json) -> Iterator[list[tuple[Version, str]]]:
    """Yield the events of each range of versions, oldest first; commits have no order here."""
    for one in affected.get("ranges", ()):
        if one.get("type") == "ECOSYSTEM":
            events = [
                (OLDEST if text == "0" else _parse(text), kind)
                for event in one.get("events", ())
                for kind, text in event.items()
                if kind != "limit"
            ]
            # at one version, what introduces comes last: it is affected
            yield sorted(events, key=lambda event: (event[0], event[1] == "introduced"))


def _find_fix(version: Version, affected: Json) -> str:
    """Return the lowest version above this one that ends the range it is in, "" for none."""
    fixes = [
        at
        for events in _ranges(affected)
        for at, kind in events
        if kind == "fixed" and at > version
    ]
    return str(min(fixes)) if fixes else ""


def _parse(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion as fault:
        raise UnreadableAdvisoriesError(f"an advisory has no version of PyPI: {text}") from fault


def _fetch(url: str, question: object = None) -> dict[str, Any]:
    body = None if question is None else json.dumps(question).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            data = json.load(answer)
    except urllib.error.URLError as fault:
        raise UnreadableAdvisoriesError(f"no answer from {url}: {fault.reason}") from fault
    except (OSError, ValueError) as fault:
        raise UnreadableAdvisoriesError(f"no answer from {url}: {fault}") from fault
    if not isinstance(data, dict):
        raise UnreadableAdvisoriesError(f"an answer that is not OSV's: {url}")
    return data


def main(words: Sequence[str] | None = None) -> int:
    """Audit the locks, print what is found, and return the exit status."""
    parser = argparse.ArgumentParser(prog="./run.sh audit")
    parser.add_argument("advisories", nargs="?", type=Path, help="OSV JSON: a file or a folder")
    parser.add_argument("--lock", action="append", type=Path, help="instead of all locks")
    parser.add_argument("--service", default=SERVICE, help="who is asked: %(default)s")
    options = parser.parse_args(words)
    locks = options.lock or sorted((CHECKOUT / "requirements").glob("*.lock"))
    pins = {pin for lock in locks for pin in read_lock(lock)}
    try:
        if options.advisories:
            advisories, whom = read_advisories(options.advisories), str(options.advisories)
        else:
            advisories, whom = ask_service(options.service, sorted(pins)), options.service
        findings = list(audit(pins, advisories))
    except UnreadableAdvisoriesError as fault:
        print(f"error: nothing was audited: {fault}", file=sys.stderr)
        print("hint: with advisories on disk: ./run.sh audit ADVISORIES", file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    print(
        f"{len(pins)} releases of {len(locks)} locks, {len(advisories)} advisories of {whom}: "
        f"{len(findings)} findings",
        file=sys.stderr,
    )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
