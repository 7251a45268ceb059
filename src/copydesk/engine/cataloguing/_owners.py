"""Owners: the house that a publisher's stories are counted for, and its publishers."""

from __future__ import annotations

from copydesk.news import Beat


def owner_of(beat: Beat, domain: str) -> str:
    """Return the house of the publisher at a domain: its owner, else its name, else the domain."""
    known = beat.organizations.get(domain)
    return (known.owner or known.name) if known else domain


def domains_of(beat: Beat, owner: str) -> frozenset[str]:
    """Return the domains of the publishers that are counted for a house."""
    domains = {domain for domain in beat.organizations if owner_of(beat, domain) == owner}
    return frozenset(domains if owner in beat.organizations else {*domains, owner})
