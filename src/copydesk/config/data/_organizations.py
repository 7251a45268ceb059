"""`_data/organizations/<domain>.md` and the logos in `assets/` to known publishers."""

from __future__ import annotations

import re
from pathlib import Path

from copydesk.config._setting_error import setting_error
from copydesk.config.data import _yaml
from copydesk.news import Image, Organization

FOLDER = "_data/organizations"
LOGOS = "assets/images/organizations"
LOGO_SIDES = (50, 400)  # pixels: of the reference's two files
_LOGO_END = "-50x50.jpg"
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*")
_FRONT = re.compile(r"---[ \t]*\r?\n(.*?)(?:^---[ \t]*\r?$|\Z)", re.DOTALL | re.MULTILINE)


def read_organizations(root: Path) -> dict[str, tuple[Organization, str]]:
    """Read each organization by its domain with the name of its file, by file name."""
    found: dict[str, tuple[Organization, str]] = {}
    for name in _yaml.list_names(root, FOLDER, ".md"):
        file = f"{FOLDER}/{name}"
        organization = _organization(_yaml.read_file(root, file), file, name.removesuffix(".md"))
        if organization.domain in found:
            taken = found[organization.domain][1]
            raise setting_error(file, "domain", f'"{organization.domain}" is taken by {taken}')
        found[organization.domain] = (organization, file)
    return found


def find_organization_files(root: Path) -> dict[str, str]:
    """Return the path of the file of each organization, by its domain."""
    return {domain: file for domain, (_, file) in read_organizations(root).items()}


def read_logos(root: Path, api_url: str) -> dict[str, Image]:
    """Return the small logo of every domain that has one, known organization or not (SPEC 1.4)."""
    return {
        name.removesuffix(_LOGO_END).lower(): Image(
            url=f"{api_url}/{LOGOS}/{name}", width=50, height=50
        )
        for name in _yaml.list_names(root, LOGOS, ".jpg")
        if name.endswith(_LOGO_END)
    }


def logo_paths(domain: str) -> tuple[str, ...]:
    """Return where the logos of a domain lie, of each side; none for what is no domain."""
    if len(domain) > 200 or not _DOMAIN.fullmatch(domain):
        return ()
    return tuple(f"{LOGOS}/{domain}-{side}x{side}.jpg" for side in LOGO_SIDES)


def _organization(text: str, file: str, stem: str) -> Organization:
    front = _FRONT.match(text)
    if not front:
        raise setting_error(file, "", "no front matter", "the file begins with a line ---")
    fields = _yaml.Fields(_yaml.parse_mapping(front.group(1), file, first_line=2), file)
    name = fields.text("name")
    if not name:
        raise fields.error("name", "missing", "every organization needs a name")
    return Organization(
        domain=fields.text("domain", stem).lower() or stem,
        name=name,
        other_names=fields.texts("otherNames"),
        description=fields.text("description"),
        images=fields.images(),
        owner=fields.text("owner"),
    )
