"""The small files beside beat.toml: `_data` in; topics, organizations, domain trust out.

Every error names its file. `read_file` and `Fields` serve _config.yml of the reference, too.
"""

from __future__ import annotations

from copydesk.config.data._domain_trust import read_domain_trust as read_domain_trust
from copydesk.config.data._organizations import LOGO_SIDES as LOGO_SIDES
from copydesk.config.data._organizations import (
    find_organization_files as find_organization_files,
)
from copydesk.config.data._organizations import logo_paths as logo_paths
from copydesk.config.data._organizations import read_logos as read_logos
from copydesk.config.data._organizations import read_organizations as read_organizations
from copydesk.config.data._topics import TOPICS_FOLDER as TOPICS_FOLDER
from copydesk.config.data._topics import TopicFiles as TopicFiles
from copydesk.config.data._topics import find_topic_file as find_topic_file
from copydesk.config.data._topics import read_topics as read_topics
from copydesk.config.data._topics import topic_warnings as topic_warnings
from copydesk.config.data._yaml import Fields as Fields
from copydesk.config.data._yaml import parse_mapping as parse_mapping
from copydesk.config.data._yaml import read_file as read_file
