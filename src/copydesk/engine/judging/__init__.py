"""Judging: articles and a shelf of filed stories go in; stories with paths and pictures out.

An article that is seen, too old or removed is dropped here; what is off the beat, in `judge`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.judging._apply_rulings import apply_rules as apply_rules
    from copydesk.engine.judging._apply_rulings import counting_picture as counting_picture
    from copydesk.engine.judging._apply_rulings import story_as_read as story_as_read
    from copydesk.engine.judging._apply_rulings import take_back_rule as take_back_rule
    from copydesk.engine.judging._form_making import FormMaking as FormMaking
    from copydesk.engine.judging._judge_article import Appraised as Appraised
    from copydesk.engine.judging._judge_article import Bench as Bench
    from copydesk.engine.judging._judge_article import JudgedStory as JudgedStory
    from copydesk.engine.judging._judge_article import appraise as appraise
    from copydesk.engine.judging._judge_article import appraise_article as appraise_article
    from copydesk.engine.judging._judge_article import complete_story as complete_story
    from copydesk.engine.judging._judge_article import judge_article as judge_article
    from copydesk.engine.judging._judge_article import judging_order as judging_order
    from copydesk.engine.judging._pictures import ChosenPicture as ChosenPicture
    from copydesk.engine.judging._pictures import PictureSearch as PictureSearch
    from copydesk.engine.judging._shelf import FiledShelf as FiledShelf
    from copydesk.engine.judging._vectors import Vectors as Vectors
    from copydesk.engine.judging._vectors import open_vectors as open_vectors
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
