"""Uploads: an editor's own picture goes in; its address on the site, or a logo, comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.uploads._logos import make_logo as make_logo
    from copydesk.engine.uploads._uploads import find_upload_path as find_upload_path
    from copydesk.engine.uploads._uploads import keep_upload as keep_upload
    from copydesk.engine.uploads._uploads import read_upload as read_upload
    from copydesk.engine.uploads._uploads import show_uploads as show_uploads
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
