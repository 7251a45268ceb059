"""A built site goes in; the place where readers find it holds the same files afterwards.

    survey | what changed, by the manifest | pictures, stories, lists, front page | deletions

A folder, a server by rsync and a bucket are carried to file by file, a branch of git in one commit.
"""

from __future__ import annotations

from copydesk.deploy._deliver import Delivery, Manifest, deliver, plan_delivery
from copydesk.deploy._folder import LocalFolder, refuse_nested
from copydesk.deploy._order import stages
from copydesk.deploy._pings import INDEX_NOW_MOST, Ping, listeners, pings
from copydesk.deploy._rsync import Rsync
from copydesk.deploy._survey import BuiltSite, survey
from copydesk.deploy.branch import Branch, deliver_branch
from copydesk.deploy.s3 import Bucket

Place = LocalFolder | Rsync | Bucket | Branch

__all__ = [
    "INDEX_NOW_MOST",
    "Branch",
    "Bucket",
    "BuiltSite",
    "Delivery",
    "LocalFolder",
    "Manifest",
    "Ping",
    "Place",
    "Rsync",
    "deliver",
    "deliver_branch",
    "listeners",
    "pings",
    "plan_delivery",
    "refuse_nested",
    "stages",
    "survey",
]
