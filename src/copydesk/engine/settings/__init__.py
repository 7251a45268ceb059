"""Settings: a change of beat.toml or of files of `_data` in, one commit of it out; and back again.

What is to become of the files is thought out by whoever asks; here it is written, or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.settings._commit_settings import SettingsEdit as SettingsEdit
    from copydesk.engine.settings._commit_settings import SettingsReport as SettingsReport
    from copydesk.engine.settings._commit_settings import commit_settings as commit_settings
    from copydesk.engine.settings._commit_settings import read_beat_file as read_beat_file
    from copydesk.engine.settings._commit_settings import refuse_others as refuse_others
    from copydesk.engine.settings._edit_organization import edit_organization as edit_organization
    from copydesk.engine.settings._edit_organization import list_organizations as list_organizations
    from copydesk.engine.settings._keyword import clean_keyword as clean_keyword
    from copydesk.engine.settings._set_logo import find_logos as find_logos
    from copydesk.engine.settings._set_logo import read_logo as read_logo
    from copydesk.engine.settings._set_logo import set_logo as set_logo
    from copydesk.engine.settings._undo_settings import SettingsCommit as SettingsCommit
    from copydesk.engine.settings._undo_settings import (
        list_settings_commits as list_settings_commits,
    )
    from copydesk.engine.settings._undo_settings import undo_settings as undo_settings
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
