"""An opened page in, the people who wrote it out."""

from __future__ import annotations

from copydesk.extract.people._authors import find as authors
from copydesk.extract.people._authors import list_declared_names
from copydesk.extract.people._person import is_person, people

__all__ = ["authors", "is_person", "list_declared_names", "people"]
