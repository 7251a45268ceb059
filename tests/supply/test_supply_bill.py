"""The bill of materials: all that is pinned for running, with licences, by the official schema."""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from world import bill
from world.bill import Commit, find_fault, read_commit, write_bill


@pytest.fixture(scope="module")
def commit() -> Commit:
    return read_commit()


@pytest.fixture(scope="module")
def text(commit: Commit) -> str:
    return write_bill(commit)


@pytest.fixture(scope="module")
def parts(text: str) -> dict[str, Any]:
    return {part["bom-ref"]: part for part in json.loads(text)["components"]}


@pytest.mark.slow
def test_it_fits_the_official_schema_and_a_broken_one_does_not(text: str) -> None:
    assert "" == find_fault(text)
    assert "" != find_fault(text.replace('"library"', '"bookshelf"'))


def test_two_runs_write_the_same_bytes(commit: Commit, text: str) -> None:
    assert text == write_bill(commit)


def test_number_and_time_are_the_commits(commit: Commit, text: str) -> None:
    this = json.loads(text)

    assert uuid.uuid5(uuid.NAMESPACE_URL, f"copydesk:{commit.number}").urn == this["serialNumber"]
    assert commit.time.isoformat() == this["metadata"]["timestamp"]


def test_each_line_of_the_runtime_lock_is_in_it(commit: Commit, parts: dict[str, Any]) -> None:
    lock = commit.read("requirements/run.lock")
    lines = re.findall(r"^([a-zA-Z0-9].*?) *\\$((?:\n    --hash=\S+(?: \\)?)+)", lock, re.M)

    assert len(lines) == len(parts) == sum(not line[0].isspace() for line in lock.splitlines()) - 2
    for pin, hashes in lines:
        part = parts[pin.split(" ;")[0]]
        (files,) = part["externalReferences"]
        assert {one["content"] for one in files["hashes"]} == set(
            re.findall("sha256:(.*?)(?: |$)", hashes, re.M)
        )
        assert part["purl"] == "pkg:pypi/" + pin.split(" ;")[0].replace("==", "@")


def test_every_licence_is_an_spdx_id_or_expression(parts: dict[str, Any]) -> None:
    unknown = [
        ref
        for ref, part in parts.items()
        if [True]
        != ["id" in one["license"] if "license" in one else True for one in part["licenses"]]
    ]

    assert [] == unknown


def test_the_table_of_licences_names_only_what_is_pinned(parts: dict[str, Any]) -> None:
    assert bill.LICENCES.keys() <= {part["name"] for part in parts.values()}


def test_a_package_without_a_known_licence_is_refused_by_name(
    commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(bill.LICENCES, "cssselect")  # it says "BSD", which is several licences

    with pytest.raises(LookupError, match="no SPDX licence is known of cssselect"):
        write_bill(commit)


def test_copydesk_is_the_root_and_everything_hangs_on_it(commit: Commit, text: str) -> None:
    data = json.loads(text)
    needs = {one["ref"]: one.get("dependsOn", []) for one in data["dependencies"]}
    project = tomllib.loads(commit.read("pyproject.toml"))["project"]

    assert "copydesk" == data["metadata"]["component"]["bom-ref"]
    direct = {ref.split("==")[0] for ref in needs["copydesk"]}
    assert {canonicalize_name(Requirement(one).name) for one in project["dependencies"]} <= direct
    reached, waiting = set[str](), ["copydesk"]
    while waiting:
        ref = waiting.pop()
        waiting += set(needs[ref]) - reached
        reached |= set(needs[ref])
    assert {part["bom-ref"] for part in data["components"]} == reached
