"""Read a site's settings (from beat.toml, `_data`, the environment), and edit the file beat.toml.

    settings = config.load(Path("my-beat"), os.environ)
    settings.beat.scoring.publish_at, settings.origins["scoring.publish_at"]   # 70, "default"

Every key is declared once, as a field of the class that holds it (in `_settings` or `news`). The
parser, the defaults, `rows` and the reference page are made from these fields.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.config._data_files import LOGO_SIDES as LOGO_SIDES
    from copydesk.config._data_files import find_organization_files as find_organization_files
    from copydesk.config._data_files import find_topic_file as find_topic_file
    from copydesk.config._data_files import logo_paths as logo_paths
    from copydesk.config._data_files import read_topics as read_topics
    from copydesk.config._environment import Environment as Environment
    from copydesk.config._load import at_scale as at_scale
    from copydesk.config._load import load as load
    from copydesk.config._new_beat import NewBeat as NewBeat
    from copydesk.config._new_beat import compose_adoption as compose_adoption
    from copydesk.config._new_beat import compose_newsroom as compose_newsroom
    from copydesk.config._new_beat import read_contact as read_contact
    from copydesk.config._new_beat import read_topic as read_topic
    from copydesk.config._sections import BLOCKS as BLOCKS
    from copydesk.config._sections import SECTIONS as SECTIONS
    from copydesk.config._sections import reference_page as reference_page
    from copydesk.config._sections import rows as rows
    from copydesk.config._settings import BackupPlan as BackupPlan
    from copydesk.config._settings import Settings as Settings
    from copydesk.config._toml import FORMAT_STEPS as FORMAT_STEPS
    from copydesk.config._toml import upgrade_tables as upgrade_tables
    from copydesk.config._write_beat import append_sources as append_sources
    from copydesk.config._write_beat import change_values as change_values
    from copydesk.config._write_beat import drop_source as drop_source
    from copydesk.config._write_beat import read_values as read_values
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
