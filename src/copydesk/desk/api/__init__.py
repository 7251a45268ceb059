"""The JSON API of the editors' web interface, for programs with a token; described as OpenAPI.

`ENDPOINTS` is its table: the app routes by it, and the description is written from it.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.api._act import ActionsKept as ActionsKept
    from copydesk.desk.api._act import ApiPost as ApiPost
    from copydesk.desk.api._act import PostsQuery as PostsQuery
    from copydesk.desk.api._act import SentPost as SentPost
    from copydesk.desk.api._act import add_post as add_post
    from copydesk.desk.api._act import find_posts as find_posts
    from copydesk.desk.api._act import keep_actions as keep_actions
    from copydesk.desk.api._act import name_actions as name_actions
    from copydesk.desk.api._app import make_api as make_api
    from copydesk.desk.api._app import reference_page as reference_page
    from copydesk.desk.api._app import write_description as write_description
    from copydesk.desk.api._endpoint import ApiProblem as ApiProblem
    from copydesk.desk.api._endpoint import answer_with_problem as answer_with_problem
    from copydesk.desk.api._endpoint import make_answer as make_answer
    from copydesk.desk.api._endpoint import require_scope as require_scope
    from copydesk.desk.api._read import ApiSummary as ApiSummary
    from copydesk.desk.api._read import QueueQuery as QueueQuery
    from copydesk.desk.api._read import make_question as make_question
    from copydesk.desk.api._read import make_story as make_story
    from copydesk.desk.api._read import make_summary as make_summary
    from copydesk.desk.api._read import seal_cursor as seal_cursor
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
