"""All sheets of a plan are made, by one process or several, and put into a writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.publish.making._options import PublishOptions as PublishOptions
    from copydesk.publish.making._write_all import PICTURES as PICTURES
    from copydesk.publish.making._write_all import picture_files as picture_files
    from copydesk.publish.making._write_all import write_all as write_all
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
