"""Read labelled pages with the pipeline, and report how far the values agree with the labels.

files | sets of labelled pages | each read by the pipeline | compared value by value
"""

from __future__ import annotations

from copydesk.measure._labelled import Case as Case
from copydesk.measure._labelled import Set as Set
from copydesk.measure._labelled import Truth as Truth
from copydesk.measure.pages._dates import DatesReport as DatesReport
from copydesk.measure.pages._dates import Days as Days
from copydesk.measure.pages._dates import WrongDay as WrongDay
from copydesk.measure.pages._dates import count_days as count_days
from copydesk.measure.pages._dates import dates as dates
from copydesk.measure.pages._dates import our_day as our_day
from copydesk.measure.pages._extract import Agreement as Agreement
from copydesk.measure.pages._extract import Authors as Authors
from copydesk.measure.pages._extract import ExtractReport as ExtractReport
from copydesk.measure.pages._extract import Likeness as Likeness
from copydesk.measure.pages._extract import Miss as Miss
from copydesk.measure.pages._extract import compare_names as compare_names
from copydesk.measure.pages._extract import compare_texts as compare_texts
from copydesk.measure.pages._extract import extract as extract
from copydesk.measure.pages._extract import mean_scores as mean_scores
from copydesk.measure.pages._extract import text_likeness as text_likeness
from copydesk.measure.pages._layouts import read_markup_text as read_markup_text
from copydesk.measure.pages._layouts import read_sets as read_sets
from copydesk.measure.pages._reading import Lost as Lost
from copydesk.measure.pages._reading import Milliseconds as Milliseconds
from copydesk.measure.pages._reading import PageReading as PageReading
from copydesk.measure.pages._reading import Progress as Progress
from copydesk.measure.pages._reading import cpu_milliseconds as cpu_milliseconds
from copydesk.measure.pages._reading import pages_per_second as pages_per_second
from copydesk.measure.pages._reading import read_case as read_case
from copydesk.measure.pages._reading import read_set as read_set
from copydesk.measure.pages._reading import remove_repeats as remove_repeats
