"""XML of strangers: no entities, no network, no depth without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.watch.documents._repair import repair

if TYPE_CHECKING:
    from lxml.etree import _Element


def parse_xml(document: str) -> _Element | None:
    """Parse a document, broken or not, into its root; None where there is none.

    Raw ampersands are mended, entities stay unresolved, nothing is loaded; depth ends at libxml2's
    256 and its other limits hold: what is beyond is left out.
    """
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(repair(document).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def local_name(element: _Element) -> str:
    """Return the name of an element without its namespace, lower case; "" for an entity."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
