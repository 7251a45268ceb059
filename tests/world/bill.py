"""The bill of materials: what a copydesk of this commit runs with, as CycloneDX 1.6.

    PYTHONPATH=tests python -m world.bill FILE

Reads requirements/run.lock and pyproject.toml as they are in the commit, and the licences and
needs of the packages from what is installed. Serial number and time come from the commit, so that
the same commit has the same file, byte for byte.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License, LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parents[2]
PIN = re.compile(
    r"^(?P<name>[^\s=]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>.*?))?"
    r"(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)$",
    re.MULTILINE,
)
# Packages that name their licence in words of their own, or are not installed on every platform:
# the SPDX expression of the licence text in their wheel.
LICENCES = {
    "aiosignal": "Apache-2.0",
    "chardet": "LGPL-2.1-or-later",
    "colorama": "BSD-3-Clause",
    "cssselect": "BSD-3-Clause",
    "inotify-simple": "BSD-2-Clause",
    "justext": "BSD-2-Clause",
    "minijinja": "Apache-2.0",
    "pathspec": "MPL-2.0",
    "pebble": "LGPL-3.0-or-later",
    "pyasn1-modules": "BSD-2-Clause",
    "pyopenssl": "Apache-2.0",
    "pyrage": "MIT",
    "pystemmer": "MIT AND BSD-3-Clause",
    "tinycss2": "BSD-3-Clause",
    "trove-classifiers": "Apache-2.0",
    "uvloop": "MIT OR Apache-2.0",
    "warcio": "Apache-2.0",
    "webencodings": "BSD-3-Clause",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A line of a lock: one release, where it is installed, and the digests of its files."""

    name: str
    version: str
    marker: str
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit of this repository: its full id, its time, and files as they are in it."""

    number: str
    time: datetime
    checkout: Path

    def read(self, path: str) -> str:
        """Return a file's text as the commit has it."""
        return _git(self.checkout, "show", f"{self.number}:{path}")


def read_commit(checkout: Path = CHECKOUT, name: str = "HEAD") -> Commit:
    """Return the commit that a checkout is at."""
    number, seconds = _git(checkout, "log", "-1", "--format=%H %ct", name).split()
    return Commit(number=number, time=datetime.fromtimestamp(int(seconds), UTC), checkout=checkout)


def read_pins(lock: str) -> Iterator[Pin]:
    """Yield the pinned releases of a lock's text."""
    for line in PIN.finditer(lock):
        yield Pin(
            name=canonicalize_name(line["name"]),
            version=line["version"],
            marker=line["marker"] or "",
            digests=tuple(re.findall(r"sha256:(\w+)", line["hashes"])),
        )


def write_bill(commit: Commit) -> str:
    """Return the bill of materials of a commit as JSON.

    Raises `LookupError` for a package without a licence that is known, and for one that is
    installed in another version than the lock's.
    """
    project = tomllib.loads(commit.read("pyproject.toml"))
    pins = list(read_pins(commit.read("requirements/run.lock")))
    parts = {pin.name: _describe(pin) for pin in pins}
    root = Component(
        name="copydesk",
        version=project["project"]["version"],
        type=ComponentType.APPLICATION,
        bom_ref="copydesk",
        description=project["project"]["description"],
        licenses=[LicenseFactory().make_from_string(project["project"]["license"])],
        purl=PackageURL("pypi", None, "copydesk", project["project"]["version"]),
        properties=[Property(name="copydesk:commit", value=commit.number)],
    )
    bill = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"copydesk:{commit.number}"),
        metadata=BomMetaData(component=root, timestamp=commit.time),
        components=parts.values(),
    )
    wanted = [
        *project["project"]["dependencies"],
        *project["build-system"]["requires"],
        *project["dependency-groups"]["build"],
    ]
    bill.register_dependency(root, _among(parts, wanted))
    for name, part in parts.items():
        bill.register_dependency(part, _among(parts, _needs(name)))
    return str(JsonV1Dot6(bill).output_as_string(indent=2)) + "\n"


def find_fault(bill: str) -> str:
    """Return what the official schema finds wrong with a bill of materials, "" for nothing."""
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill)
    return "" if fault is None else str(fault)


def _describe(pin: Pin) -> Component:
    return Component(
        name=pin.name,
        version=pin.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{pin.name}=={pin.version}",
        purl=PackageURL("pypi", None, pin.name, pin.version),
        licenses=[_find_licence(pin)],
        properties=[Property(name="copydesk:marker", value=pin.marker)] if pin.marker else [],
        external_references=[
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=XsUri(f"pkg:pypi/{pin.name}@{pin.version}"),
                comment="one digest for each file of the release",
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in pin.digests],
            )
        ],
    )


def _find_licence(pin: Pin) -> License:
    """Return the licence of a package: an SPDX id or expression, by itself or by our table."""
    words = [LICENCES.get(pin.name, "")]
    try:
        about = metadata.metadata(pin.name)
    except metadata.PackageNotFoundError:
        pass
    else:
        if about["Version"] != pin.version:
            raise LookupError(
                f"installed is {pin.name} {about['Version']}, the lock has {pin.version}"
            )
        words += [*about.get_all("License-Expression", []), *about.get_all("License", [])]
        words += [
            "MIT"
            for classifier in about.get_all("Classifier", [])
            if classifier == "License :: OSI Approved :: MIT License"
        ]
    licences = LicenseFactory()
    for word in filter(None, words):
        known = licences.make_from_string(
            word, license_acknowledgement=LicenseAcknowledgement.DECLARED
        )
        if getattr(known, "id", None) or getattr(known, "value", None):
            return known
    raise LookupError(f"no SPDX licence is known of {pin.name}: name it in LICENCES of world.bill")


def _needs(name: str) -> Sequence[str]:
    """Return what a package needs on some platform, without its extras."""
    try:
        return [line for line in metadata.requires(name) or [] if "extra ==" not in line]
    except metadata.PackageNotFoundError:
        return []


def _among(parts: dict[str, Component], wanted: Sequence[str]) -> list[Component]:
    names = {canonicalize_name(Requirement(line).name) for line in wanted}
    return [parts[name] for name in sorted(names & parts.keys())]


def _git(checkout: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(checkout), *words], capture_output=True, check=False, encoding="utf-8"
    )
    if done.returncode:
        raise LookupError(done.stderr.strip())
    return done.stdout


def main() -> None:
    """Write the bill of materials of the checked-out commit to a file."""
    path = Path(sys.argv[1])
    try:
        bill = write_bill(read_commit())
    except LookupError as unknown:
        sys.exit(f"error: {unknown}")
    if fault := find_fault(bill):
        sys.exit(f"error: the bill of materials does not fit its schema: {fault}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(bill, encoding="utf-8")
    print(f"written: {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
