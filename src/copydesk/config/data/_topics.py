"""`_data/topics/NN-id.yaml` to topics, in the order of the file names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from copydesk.config._setting_error import setting_error
from copydesk.config.data import _yaml
from copydesk.kit import urls
from copydesk.news import Topic

TOPICS_FOLDER = "_data/topics"
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_FILES = frozenset({"index.html", "index.json"})  # of the site, beside the folders of topics

TopicFiles = Sequence[tuple[Topic, str]]


def read_topics(root: Path) -> TopicFiles:
    """Read each topic with the name of its file; ids and names are unique, parents no circle."""
    found = []
    for name in _yaml.list_names(root, TOPICS_FOLDER, ".yaml", ".yml"):
        file = f"{TOPICS_FOLDER}/{name}"
        found.append((_topic(_yaml.parse_mapping(_yaml.read_file(root, file), file), file), file))
    _refuse_twins(found)
    _refuse_circles(found)
    return found


def find_topic_file(root: Path, name: str) -> str:
    """Return the path of the file of a topic, by the topic's name; raises ConfigError."""
    for topic, file in read_topics(root):
        if topic.name == name:
            return file
    raise setting_error(TOPICS_FOLDER, "", f'no file is on "{name}"')


def topic_warnings(found: TopicFiles, site_url: str) -> tuple[str, ...]:
    """Return what readers of the site would miss: parents that are no topics, services at home."""
    return (*_orphans(found), *_services_at_home(found, site_url))


def _orphans(found: TopicFiles) -> Iterator[str]:
    """Yield a warning for each topic whose parent is the name of no topic."""
    names = {topic.name for topic, _ in found}
    for topic, file in found:
        if topic.parent and topic.parent not in names:
            yield f'{file}: no topic is named "{topic.parent}", its parent'


def _services_at_home(found: TopicFiles, site_url: str) -> Iterator[str]:
    """Yield one warning where the site is on the web and topics' services are on this machine.

    `copydesk new` writes the address of before the site had one.
    """
    if not site_url or urls.is_private(urls.host(site_url)):
        return
    wrong = [
        f"{file}: services.{name} leads to this machine, not to {site_url}: {address}"
        for topic, file in found
        for name, address in topic.services
        if urls.is_private(urls.host(address))
    ]
    if wrong:
        yield wrong[0] + (f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else "")


def _topic(values: Mapping[str, object], file: str) -> Topic:
    fields = _yaml.Fields(values, file)
    topic = Topic(
        id=fields.text("_id"),
        name=fields.text("name"),
        shortname=fields.text("shortname"),
        parent=fields.text("parent"),
        description=fields.text("description"),
        keywords=fields.texts("keywords"),
        hashtags=fields.texts("hashtags"),
        images=fields.images(),
        services=fields.pairs("services"),
        aliases=fields.texts("aliases"),
        required=fields.texts("required"),
        excluded=fields.texts("excluded"),
        translations=_translations(fields),
        dismissed=fields.texts("dismissed"),
    )
    if not topic.name:
        raise fields.error("name", "missing", "every topic needs a name")
    if topic.id.lower() in _FILES:
        raise fields.error("_id", f'the site has a file "{topic.id}"', "give it another one")
    if not _ID.fullmatch(topic.id):
        what = f'expected letters, digits and - . _ only, 100 at most, got "{topic.id[:120]}"'
        raise fields.error("_id", what, "it becomes a folder of the site")
    return topic


def _translations(fields: _yaml.Fields) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Read the keywords of each language, by its code in lower case without a region."""
    found = fields.lists("translations")
    for code, _ in found:
        if not _LANGUAGE.fullmatch(code):
            what = f'expected codes of languages such as de, got "{code}"'
            raise fields.error("translations", what, 'two or three letters, in quotes: "no"')
    return found


def _refuse_twins(found: TopicFiles) -> None:
    ids: dict[str, str] = {}
    names: dict[str, str] = {}
    for topic, file in found:
        for seen, key, value in ((ids, "_id", topic.id), (names, "name", topic.name)):
            if value in seen:
                raise setting_error(
                    file, key, f'"{value}" is taken by {seen[value]}', "choose another"
                )
            seen[value] = file


def _refuse_circles(found: TopicFiles) -> None:
    """Refuse a topic that stands above itself: whoever walks up would never end."""
    parents = {topic.name: topic.parent for topic, _ in found}
    for topic, file in found:
        above = topic.parent
        for _ in parents:
            if above == topic.name:
                raise setting_error(file, "parent", f'"{topic.name}" stands above itself')
            above = parents.get(above, "")
