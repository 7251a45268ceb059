"""Storage that speaks S3: signed requests, each file one PUT, the bucket's own list at need."""

from __future__ import annotations

from copydesk.deploy.s3._bucket import Bucket
from copydesk.deploy.s3._sign import Keys, Signed, sign

__all__ = ["Bucket", "Keys", "Signed", "sign"]
