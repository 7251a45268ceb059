"""Serve the Model Context Protocol (MCP): agents read stories and propose editors' actions.

The tools that agents may call, the server that lists them, and its two transports: HTTP
(streamable, without sessions), and stdin and stdout. The MCP library is loaded when one opens.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta
from starlette.types import ASGIApp, Receive, Scope, Send

import copydesk
from copydesk.desk._actions import SentAction, make_actions
from copydesk.desk._desk import Desk, now, open_newsroom_desk
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._proposals import SentProposal, StoryName, propose, refuses_models
from copydesk.desk.api import (
    ActionsKept,
    ApiPost,
    ApiProblem,
    PostsQuery,
    QueueQuery,
    SentPost,
    add_post,
    answer_with_problem,
    find_posts,
