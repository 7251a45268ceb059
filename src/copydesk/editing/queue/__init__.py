"""The editors' queue of stories: list groups of stories about one event, with statuses."""

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
    from copydesk.editing.queue.story_page import DROP_DAYS as DROP_DAYS
    from copydesk.editing.queue.story_page import DropPage as DropPage
    from copydesk.editing.queue.story_page import DropQuestion as DropQuestion
    from copydesk.editing.queue.story_page import QueueDrop as QueueDrop
    from copydesk.editing.queue.story_page import QueueReader as QueueReader
    from copydesk.editing.queue.story_page import count_drops as count_drops
    from copydesk.editing.queue.story_page import list_drops as list_drops
    from copydesk.editing.queue.story_page import picture_file as picture_file
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
