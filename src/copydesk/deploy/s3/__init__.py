"""Upload to S3 storage: signed requests, one PUT for each file, lists on demand."""

from __future__ import annotations

from copydesk.deploy.s3._bucket import Bucket as Bucket
from copydesk.deploy.s3._sign import Keys as Keys
from copydesk.deploy.s3._sign import Signed as Signed
from copydesk.deploy.s3._sign import sign as sign
