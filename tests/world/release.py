"""A release, rehearsed: all of it that needs no network, and what would be sent where.

    PYTHONPATH=tests python -m world.release FOLDER --dry-run [--tag v0.1.0] [--advisories PATH]

Writes into the folder what `.github/workflows/release.yml` makes: the wheel and the source archive,
the bill of materials and SHA256SUMS; beside it, as FOLDER.provenance.json, what a statement of
provenance says. The workflow has its own one signed, with itself as the builder.
Ends with 1 where one step fails. A step that needs the network is named as not tried.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from world import advisories, bill, packing
from world.bill import Commit, read_commit

BILL = "copydesk.cdx.json"
SUMS = "SHA256SUMS"
SOURCE = "git+https://github.com/OWNER/copydesk"  # the forge puts its own address here


def check_version(commit: Commit, tag: str) -> str:
    """Return why a commit cannot be released under a tag, "" where it can."""
    version = tomllib.loads(commit.read("pyproject.toml"))["project"]["version"]
    if tag != f"v{version}":
        return f"the tag is {tag}, pyproject.toml has {version}"
    if not re.search(rf"(?m)^## {re.escape(version)}(?!\S)", commit.read("CHANGELOG.md")):
        return f"CHANGELOG.md has no section for {version}"
    return ""


def build_twice(commit: Commit, into: Path) -> str:
    """Build wheel and source archive, and again in another place; return what differs."""
    first = packing.build_commit(commit, into)
    with tempfile.TemporaryDirectory() as place:
        second = packing.build_commit(commit, Path(place) / "dist")
    return ", ".join(sorted(name for name in first if first[name] != second.get(name)))


def describe_provenance(commit: Commit, digests: Mapping[str, str]) -> str:
    """Return the SLSA 1.0 statement on how these files came to be (in-toto, not signed)."""
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": name, "digest": {"sha256": digests[name]}} for name in sorted(digests)
        ],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
                "externalParameters": {"workflow": {"path": ".github/workflows/release.yml"}},
                "resolvedDependencies": [
                    {"uri": SOURCE, "digest": {"gitCommit": commit.number}},
                    {
                        "uri": f"{SOURCE}#requirements/run.lock",
                        "digest": {"sha256": _digest_of_lock(commit)},
                    },
                ],
            },
            "runDetails": {"builder": {"id": "urn:copydesk:rehearsal"}},
        },
    }
    return json.dumps(statement, indent=2) + "\n"


def rehearse(commit: Commit, into: Path, tag: str, known: Path | None) -> Iterator[tuple[str, str]]:
    """Make the files of a release in a folder; yield each step with "", or with its fault."""
    shutil.rmtree(into, ignore_errors=True)
    yield "version and changes", check_version(commit, tag)
    differing = build_twice(commit, into)
    yield "two builds have the same bytes", differing and f"they differ in {differing}"
    try:
        text = bill.write_bill(commit)
        fault = bill.find_fault(text)
        (into / BILL).write_text(text, encoding="utf-8")
    except LookupError as unknown:
        fault = str(unknown)
    yield "bill of materials", fault
    if known:
        found = advisories.main([str(known)])
        yield "known vulnerabilities", "see above" if found else ""
    digests = {path.name: packing.digest(path) for path in sorted(into.iterdir())}
    statement = describe_provenance(commit, digests)
    into.with_suffix(".provenance.json").write_text(statement, encoding="utf-8")
    (into / SUMS).write_text(packing.write_sums(digests), encoding="utf-8")


def list_sendings(into: Path) -> Iterator[str]:
    """Yield a line for each thing that the workflow would send, and where to."""
    for path in sorted(into.iterdir()):
        size, digest = path.stat().st_size, packing.digest(path)
        places = "the release of the tag"
        if path.suffix == ".whl" or path.name.endswith(".tar.gz"):
            places = "PyPI and " + places
        yield f"{path.name} ({size} bytes, sha256 {digest}): to {places}"
    yield "a signed provenance of each of them: to the forge's attestations"


def _digest_of_lock(commit: Commit) -> str:
    return hashlib.sha256(commit.read("requirements/run.lock").encode()).hexdigest()


def main(words: Sequence[str] | None = None) -> int:
    """Rehearse the release of the checked-out commit, and return the exit status."""
    parser = argparse.ArgumentParser(prog="./run.sh release")
    parser.add_argument("folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--dry-run", action="store_true", help="make all and send nothing")
    parser.add_argument(
        "--tag", help="the release's tag; without it, the version's of pyproject.toml"
    )
    parser.add_argument(
        "--advisories", type=Path, help="OSV JSON for the audit: a file or a folder"
    )
    options = parser.parse_args(words)
    if not options.dry_run:
        parser.error("a release is made by .github/workflows/release.yml, on a tag. Say --dry-run")
    commit = read_commit()
    version = tomllib.loads(commit.read("pyproject.toml"))["project"]["version"]
    tag = options.tag or f"v{version}"
    faults = 0
    for step, fault in rehearse(commit, options.folder, tag, options.advisories):
        print(f"{'FAILED' if fault else 'ok':6}  {step}{': ' if fault else ''}{fault}")
        faults += bool(fault)
    if not options.advisories:
        print("not tried  known vulnerabilities: without network, name --advisories")
    print("not tried  image (./run.sh image, as root), signing, sending: the workflow does it")
    print(f"\nwould be sent for {tag}, commit {commit.number}:")
    for line in list_sendings(options.folder):
        print(f"  {line}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
