"""What is stored about a source (feed, sitemap, page): when to fetch it again, and its problems."""

from copydesk.watch.schedule._answers import after_error as after_error
from copydesk.watch.schedule._answers import after_not_modified as after_not_modified
from copydesk.watch.schedule._answers import after_page as after_page
from copydesk.watch.schedule._answers import after_refused as after_refused
from copydesk.watch.schedule._answers import after_unchanged as after_unchanged
from copydesk.watch.schedule._answers import digest as digest
from copydesk.watch.schedule._answers import note_push as note_push
from copydesk.watch.schedule._answers import validators as validators
from copydesk.watch.schedule._health import Finding as Finding
from copydesk.watch.schedule._health import findings as findings
from copydesk.watch.schedule._health import health_word as health_word
from copydesk.watch.schedule._health import items_a_week as items_a_week
