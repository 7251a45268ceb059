"""The catalogue: every misbehaviour by name, each on a host of its own.

    async with Hosts(tls=authority) as hosts:
        for resource in CATALOGUE:
            url = stand(hosts, resource)

`resource.makes` is what copydesk must make of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from world.bad_answers import ANSWERS
from world.bad_feeds import FEEDS
from world.bad_hosts import HOSTS
from world.behaviours import stays
from world.hosts import Hosts
from world.resource import Resource
from world.web import serves

CATALOGUE: tuple[Resource, ...] = (*ANSWERS, *HOSTS, *FEEDS)
BY_NAME: Mapping[str, Resource] = {resource.name: resource for resource in CATALOGUE}

# hosts that resources send their askers to: one that behaves, one that nobody may reach
WELL, INSIDE = "well", "inside"


def stand(hosts: Hosts, resource: Resource) -> str:
    """Put a resource up on its host; give its address."""
    for path, behaviours in resource.paths.items():
        several = behaviours if isinstance(behaviours, tuple | list) else (behaviours,)
        hosts.at(resource.label, path, *several)
    if resource.places:
        hosts.place(resource.label, *resource.places)
    return hosts.url(resource.label, resource.path, resource.scheme)


def stand_neighbours(hosts: Hosts) -> None:
    """Put up the hosts that resources send their askers to."""
    hosts.at(WELL, "/", stays(serves(b"well")))
    hosts.at(INSIDE, "/secret", stays(serves(b"a secret")))


def stand_all(hosts: Hosts) -> Mapping[str, str]:
    """Put all up, with the hosts that they name; give the addresses by name."""
    stand_neighbours(hosts)
    return {resource.name: stand(hosts, resource) for resource in CATALOGUE}


def allowed(hosts: Hosts) -> tuple[str, ...]:
    """Give the names that the newsroom allows to have private addresses."""
    labels = (resource.label for resource in CATALOGUE if resource.is_allowed)
    return tuple(hosts.name(label) for label in (WELL, *labels))
