"""Build a site: bring its folder of HTML pages, feeds, JSON APIs and sitemaps up to date.

`_plan` finds the stories that changed and makes the plan: every list, among them the front page.
The outputs (`site`, `api`, `feeds`, `crawlers`) make files of the plan. `writing` brings the folder
up to date with them.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.publish._pictures import SharePictures as SharePictures
    from copydesk.publish._plan import Look as Look
    from copydesk.publish._plan import Practice as Practice
    from copydesk.publish._plan import SitePlan as SitePlan
    from copydesk.publish._plan import Sizes as Sizes
    from copydesk.publish._plan import make_front_rules as make_front_rules
    from copydesk.publish._publish import Published as Published
    from copydesk.publish._publish import PublishOptions as PublishOptions
    from copydesk.publish._publish import plan_edition as plan_edition
    from copydesk.publish._publish import plan_site as plan_site
    from copydesk.publish._publish import publish as publish
    from copydesk.publish._publish import survey as survey
    from copydesk.publish._survey import Survey as Survey
    from copydesk.publish.feeds import tell_records as tell_records
    from copydesk.publish.feeds import tell_story as tell_story
    from copydesk.publish.writing import STAGE as STAGE
    from copydesk.publish.writing import Sheet as Sheet
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
