"""The queue: what editors ask for goes in; groups of stories with where each stands come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.queue._drops import DROP_DAYS as DROP_DAYS
    from copydesk.engine.queue._drops import DropPage as DropPage
    from copydesk.engine.queue._drops import DropQuestion as DropQuestion
    from copydesk.engine.queue._drops import QueueDrop as QueueDrop
    from copydesk.engine.queue._drops import count_drops as count_drops
    from copydesk.engine.queue._drops import list_drops as list_drops
    from copydesk.engine.queue._page_preview import PagePreview as PagePreview
    from copydesk.engine.queue._page_preview import find_filed_record as find_filed_record
    from copydesk.engine.queue._page_preview import find_obstacle as find_obstacle
    from copydesk.engine.queue._page_preview import preview_page as preview_page
    from copydesk.engine.queue._pictures import picture_file as picture_file
    from copydesk.engine.queue._pins import find_ending_pins as find_ending_pins
    from copydesk.engine.queue._question import VIEWS as VIEWS
    from copydesk.engine.queue._question import QueueChoices as QueueChoices
    from copydesk.engine.queue._question import QueueCursor as QueueCursor
    from copydesk.engine.queue._question import QueueOrder as QueueOrder
    from copydesk.engine.queue._question import QueueQuestion as QueueQuestion
    from copydesk.engine.queue._question import QueueView as QueueView
    from copydesk.engine.queue._question import StoryNumber as StoryNumber
    from copydesk.engine.queue._reader import QueueReader as QueueReader
    from copydesk.engine.queue._rows import QueuePage as QueuePage
    from copydesk.engine.queue._rows import QueueRow as QueueRow
    from copydesk.engine.queue._rows import QueueStory as QueueStory
    from copydesk.engine.queue._story_page import MarkedPassage as MarkedPassage
    from copydesk.engine.queue._story_page import StoryPage as StoryPage
    from copydesk.engine.queue._story_page import read_queue_story as read_queue_story
    from copydesk.engine.queue._story_page import read_story_page as read_story_page
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
