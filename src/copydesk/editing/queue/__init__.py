"""Answer editors' questions about the queue, with groups of stories and their statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.editing.queue._question import VIEWS as VIEWS
    from copydesk.editing.queue._question import QueueChoices as QueueChoices
    from copydesk.editing.queue._question import QueueCursor as QueueCursor
    from copydesk.editing.queue._question import QueueOrder as QueueOrder
    from copydesk.editing.queue._question import QueuePage as QueuePage
    from copydesk.editing.queue._question import QueueQuestion as QueueQuestion
    from copydesk.editing.queue._question import QueueRow as QueueRow
    from copydesk.editing.queue._question import QueueStory as QueueStory
    from copydesk.editing.queue._question import QueueView as QueueView
    from copydesk.editing.queue._question import StoryNumber as StoryNumber
    from copydesk.editing.queue._question import find_ending_pins as find_ending_pins
    from copydesk.editing.queue._reader import DROP_DAYS as DROP_DAYS
    from copydesk.editing.queue._reader import DropPage as DropPage
    from copydesk.editing.queue._reader import DropQuestion as DropQuestion
    from copydesk.editing.queue._reader import QueueDrop as QueueDrop
    from copydesk.editing.queue._reader import QueueReader as QueueReader
    from copydesk.editing.queue._reader import count_drops as count_drops
    from copydesk.editing.queue._reader import list_drops as list_drops
    from copydesk.editing.queue._reader import picture_file as picture_file
    from copydesk.editing.queue._story_page import MarkedPassage as MarkedPassage
    from copydesk.editing.queue._story_page import PagePreview as PagePreview
    from copydesk.editing.queue._story_page import StoryPage as StoryPage
    from copydesk.editing.queue._story_page import find_filed_record as find_filed_record
    from copydesk.editing.queue._story_page import find_obstacle as find_obstacle
    from copydesk.editing.queue._story_page import preview_page as preview_page
    from copydesk.editing.queue._story_page import read_queue_story as read_queue_story
    from copydesk.editing.queue._story_page import read_story_page as read_story_page
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
