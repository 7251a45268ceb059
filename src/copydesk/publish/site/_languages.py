"""Pages of the stories in each language, for a beat that is read in several; off unless wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copydesk.news import Story
from copydesk.publish._keys import Grounds, StoryKey
from copydesk.publish._outputs import Output
from copydesk.publish.site import _structured
from copydesk.publish.site._frame import Head
from copydesk.publish.site._list_cards import ListCards
from copydesk.publish.site._listings import NEWEST, list_page
from copydesk.publish.writing import Sheet
from copydesk.rendering import language_name, language_tag

_INDEX = "languages/"


def _language(story: Story, _grounds: Grounds) -> Iterable[str]:
    """Return the language of a story, whatever its region; nothing where nobody knows it."""
    return filter(None, (language_tag(story.language).partition("-")[0],))


def _folder(code: str) -> str:
    return f"{_INDEX}{code}/"


def _index(cards: ListCards) -> Iterator[Sheet]:
    """Yield the list of the languages, by what they call themselves."""
    frame = cards.frame
    entries = [
        {"name": language_name(code), "href": frame.href(_folder(code)), "count": count}
        for code, count in frame.plan.counts[_LANGUAGE.name].items()
    ]
    entries.sort(key=lambda entry: str(entry["name"]).casefold())
    heading = frame.strings.say("story_languages")
    groups = [{"heading": "", "entries": entries}]
    yield frame.page("index.html", Head(path=_INDEX, title=heading), heading=heading, groups=groups)


def _page(cards: ListCards, code: str) -> Iterator[Sheet]:
    """Yield the page of the newest stories in a language."""
    plan, name = cards.frame.plan, language_name(code)
    stories = plan.listed[_LANGUAGE.name][code]
    listed = _structured.listing(stories[:NEWEST], plan, _folder(code), name)
    head = Head(path=_folder(code), title=name, structured=listed)
    yield list_page(cards, head, stories, heading=name, note="", below=[], query="")


_LANGUAGE = StoryKey(name="language", values=_language)
LANGUAGES: Output[ListCards] = Output(
    key=_LANGUAGE,
    place=_folder,
    make=_page,
    values=lambda plan: plan.counts[_LANGUAGE.name],
    index=_INDEX,
    make_index=_index,
    index_name="story_languages",
    is_on=lambda look: look.outputs.languages,
)
