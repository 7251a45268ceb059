"""The table of routes: what a program may ask, each with its scope. OpenAPI is written from it."""

from __future__ import annotations

from copydesk.desk.api import _act, _manage, _own, _read, _suggest
from copydesk.desk.api._endpoint import Endpoint

_PICTURE_BYTES = 5_000_000

ENDPOINTS = (
    Endpoint("GET", "token", "read", _manage.read_token),
    Endpoint("GET", "queue", "read", _read.read_queue),
    Endpoint("GET", "choices", "read", _read.read_choices),
    Endpoint("GET", "stories/{name}", "read", _read.read_story),
    Endpoint("GET", "stories/{name}/trail", "read", _read.read_trail),
    Endpoint("GET", "dropped", "read", _read.read_drops),
    Endpoint("GET", "sources", "read", _read.read_sources),
    Endpoint("GET", "topics", "read", _read.read_topics),
    Endpoint("GET", "lists", "read", _own.read_lists),
    Endpoint("GET", "actions", "read", _act.list_actions),
    Endpoint("POST", "actions", "decide", _act.put_actions, 202),
    Endpoint("GET", "actions/{id}", "read", _act.read_action),
    Endpoint("POST", "actions/{id}/undo", "decide", _act.undo_action, 202),
    Endpoint("GET", "proposals", "read", _suggest.list_proposals),
    Endpoint("POST", "proposals", "propose", _suggest.put_proposal, 201),
    Endpoint("GET", "proposals/{id}", "read", _suggest.read_proposal),
    Endpoint("POST", "proposals/{id}/take", "decide", _suggest.take, 202),
    Endpoint("POST", "proposals/{id}/refuse", "decide", _suggest.refuse),
    Endpoint("GET", "views", "read", _read.read_views),
    Endpoint("PUT", "views/{name}", "decide", _own.put_view, 204),
    Endpoint("DELETE", "views/{name}", "decide", _own.drop_view, 204),
    Endpoint("GET", "stashes", "read", _own.list_stashes),
    Endpoint("POST", "stashes", "decide", _own.make_stash, 201),
    Endpoint("PATCH", "stashes/{id}", "decide", _own.change_stash),
    Endpoint("DELETE", "stashes/{id}", "decide", _own.drop_stash, 204),
    Endpoint("GET", "drafts", "read", _own.read_draft),
    Endpoint("PUT", "drafts", "decide", _own.put_draft, 204),
    Endpoint("DELETE", "drafts", "decide", _own.drop_draft, 204),
    Endpoint("POST", "pictures", "decide", _own.put_picture, 201, _PICTURE_BYTES),
    Endpoint("POST", "previews", "decide", _own.preview_page),
    Endpoint("GET", "people", "manage", _manage.list_people),
    Endpoint("POST", "people", "manage", _manage.add_person, 201),
    Endpoint("PATCH", "people/{name}", "manage", _manage.set_role, 204),
    Endpoint("POST", "people/{name}/reset", "manage", _manage.reset_person),
    Endpoint("POST", "people/{name}/end", "manage", _manage.end_sessions, 204),
    Endpoint("DELETE", "people/{name}", "manage", _manage.remove_person, 204),
)
