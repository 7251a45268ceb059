"""A release can be rehearsed, and its workflow is one that the forge takes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from world.bill import CHECKOUT, Commit, read_commit
from world.packing import digest
from world.release import check_version, describe_provenance, main

WORKFLOW = CHECKOUT / ".github" / "workflows" / "release.yml"


@pytest.fixture
def jobs() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]
    return found


def test_the_workflow_fits_the_forges_schema() -> None:
    tool = Path(sys.executable).with_name("check-jsonschema")
    words = [str(tool), "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)

    assert 0 == ended.returncode, ended.stdout


def test_each_action_is_pinned_by_its_full_commit() -> None:
    text = WORKFLOW.read_text("utf-8")

    pinned = re.findall(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", text)
    assert text.count("uses: ") == len(pinned)


def test_nothing_is_sent_before_all_is_built_twice_and_audited(jobs: dict[str, Any]) -> None:
    def before(name: str) -> set[str]:
        needs = jobs[name].get("needs", [])
        direct = {needs} if isinstance(needs, str) else set(needs)
        return direct.union(*map(before, direct))

    steps = [step.get("run", "") for step in jobs["build"]["steps"]]
    assert "./run.sh audit" in steps
    assert any(step.startswith("./run.sh release --dry-run") for step in steps)
    for name, job in jobs.items():
        if "write" in job["permissions"].values():
            assert {"build", "again", "image"} <= before(name), name


def test_only_those_that_send_may_write_and_no_secret_is_stored(jobs: dict[str, Any]) -> None:
    may_write = {name for name, job in jobs.items() if "write" in job["permissions"].values()}

    assert {"attest", "pypi", "publish"} == may_write
    assert {"id-token": "write"} == jobs["pypi"]["permissions"]
    assert "secrets." not in WORKFLOW.read_text("utf-8")


@dataclass(frozen=True)
class Texts(Commit):
    """A commit with files of a test."""

    changes: str = ""

    def read(self, path: str) -> str:
        return self.changes if path == "CHANGELOG.md" else '[project]\nversion = "0.2.0"\n'


@pytest.mark.parametrize(
    ("tag", "changes", "expected"),
    [
        ("v0.2.0", "# Changes\n\n## 0.2.0 (2026-12-03)\n", ""),
        ("v0.2.0", "# Changes\n\n## 0.2.0\n", ""),
        ("v0.2.1", "## 0.2.0\n", "the tag is v0.2.1, pyproject.toml has 0.2.0"),
        ("0.2.0", "## 0.2.0\n", "the tag is 0.2.0, pyproject.toml has 0.2.0"),
        ("v0.2.0", "## Unreleased\n", "CHANGELOG.md has no section for 0.2.0"),
        ("v0.2.0", "## 0.2.0.1\n", "CHANGELOG.md has no section for 0.2.0"),
    ],
)
def test_a_tag_is_the_versions_and_has_its_changes(tag: str, changes: str, expected: str) -> None:
    head = read_commit()
    commit = Texts(number=head.number, time=head.time, checkout=CHECKOUT, changes=changes)

    assert expected == check_version(commit, tag)


def test_the_provenance_names_commit_and_digests() -> None:
    head = read_commit()
    statement = json.loads(describe_provenance(head, {"b.whl": "bb", "a.tar.gz": "aa"}))

    assert [
        {"name": "a.tar.gz", "digest": {"sha256": "aa"}},
        {"name": "b.whl", "digest": {"sha256": "bb"}},
    ] == statement["subject"]
    source = statement["predicate"]["buildDefinition"]["resolvedDependencies"][0]
    assert {"gitCommit": head.number} == source["digest"]


@pytest.mark.slow
def test_a_rehearsal_makes_all_and_says_what_would_be_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into, known = tmp_path / "release", tmp_path / "known.json"
    known.write_text('{"id": "BEE-2026-1", "affected": []}')

    code = main([str(into), "--dry-run", "--tag", "v0.0.9", "--advisories", str(known)])
    said = capsys.readouterr().out

    assert 1 == code
    assert "FAILED  version and changes: the tag is v0.0.9" in said
    for step in ("two builds have the same bytes", "bill of materials", "known vulnerabilities"):
        assert f"ok      {step}\n" in said
    sums = dict(line.split("  ")[::-1] for line in (into / "SHA256SUMS").read_text().splitlines())
    wheel, archive = "copydesk-0.1.0-py3-none-any.whl", "copydesk-0.1.0.tar.gz"
    assert {name: digest(into / name) for name in (wheel, archive, "copydesk.cdx.json")} == sums
    assert f"sha256 {sums[wheel]}): to PyPI and the release of the tag" in said
    assert "not tried  image" in said


def test_a_release_is_not_made_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path / "release")])
    assert "on a tag" in capsys.readouterr().err
