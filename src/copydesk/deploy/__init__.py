"""Upload a built site to its deploy target: a folder, a server (rsync), an S3 bucket, a git branch.

    survey | what changed, by the manifest | pictures, stories, lists, front page | deletions

Folder, server (rsync) and bucket get changed files one by one, a branch all in one commit.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.deploy._deliver import BuiltSite as BuiltSite
    from copydesk.deploy._deliver import Delivery as Delivery
    from copydesk.deploy._deliver import deliver as deliver
    from copydesk.deploy._deliver import plan_delivery as plan_delivery
    from copydesk.deploy._deliver import stages as stages
    from copydesk.deploy._deliver import survey as survey
    from copydesk.deploy._folders import LocalFolder as LocalFolder
    from copydesk.deploy._folders import Rsync as Rsync
    from copydesk.deploy._folders import refuse_overlap as refuse_overlap
    from copydesk.deploy.branch import Branch as Branch
    from copydesk.deploy.branch import deliver_branch as deliver_branch
    from copydesk.deploy.s3 import Bucket as Bucket
    from copydesk.deploy.s3 import open_bucket as open_bucket
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
