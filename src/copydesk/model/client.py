"""Ask a language model over an HTTP interface of the OpenAI form, and read its answer as JSON.

    prompt > POST {url}/chat/completions > text > JSON > a value of the prompt's shape
                                             └── no such JSON: asked once more, then none

A schema is a wish that some servers ignore: the answer is checked here in any case.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from copydesk.kit import text
from copydesk.news import Page, Refused
from copydesk.news.summary import ModelOptions

ANSWER_BYTES = 400_000
_T = TypeVar("_T")
_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_LETTERS_A_TOKEN = 3  # a cautious guess; scripts without spaces have less than one
_REST_SECONDS, _LONGEST_REST = 300.0, 86_400.0
_MOST_DIGITS = 10
_WHY, _LONGEST_NAME = 300, 100
_NOT_JSON = (msgspec.DecodeError, UnicodeError, RecursionError)
_MOST_USED = 10**8  # tokens of one call
_NO_SCHEMA = frozenset({400, 422, 501})  # how servers refuse a schema
_LOST = frozenset({408, 502, 504, 524})  # a proxy waited no longer for the answer


@dataclass(frozen=True, slots=True)
class Prompt(Generic[_T]):
    """What a model is asked: instructions, the articles as data, and the form of its answer.

    `schema` is a JSON schema without references, all of whose keys are required.
    """

    instructions: str
    data: str
    shape: type[_T]
    schema: Mapping[str, Any]
    most_tokens: int = 500

    @property
    def tokens(self) -> int:
        """Return a guess of how many tokens the prompt has."""
        return (
            len((self.instructions + self.data).encode("utf-8", "replace")) // _LETTERS_A_TOKEN + 50
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswer(Generic[_T]):
    """A model's answer. `value` is None if it had no JSON of the asked form; `why` says so.

    `model` and `fingerprint` are those that the answer names, "" if it names none.
    """

    value: _T | None
    model: str
    fingerprint: str
    tokens_in: int
    tokens_out: int
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFailure:
    """There is no answer. If the call `is_lost`, it may have been answered, and cost something.

    No other call should be made within `rest_seconds`. `status` is the response's, 0 for none.
    """

    why: str
    is_lost: bool
    rest_seconds: float = _REST_SECONDS
    status: int = 0


class _Message(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Message


class _Usage(msgspec.Struct):
    prompt_tokens: float | None = None
    completion_tokens: float | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]
    model: str | None = None
    system_fingerprint: str | None = None
    usage: _Usage | None = None


class _Error(msgspec.Struct):
    message: str = ""


class _Problem(msgspec.Struct):
    error: _Error | str = ""


class JsonWeb(Protocol):
    """The fetcher as the client needs it; redirects are not followed."""

    async def post_json(
        self, url: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Page | Refused:
        """Send JSON by POST, and return the response with any status."""
        ...


async def ask_model(
    web: JsonWeb, options: ModelOptions, prompt: Prompt[_T]
) -> ModelAnswer[_T] | ModelFailure:
    """Send a prompt, and return the answer; one without the asked JSON is asked for once more.

    A server that refuses the schema is asked without it.
    """
    said = {"system": prompt.instructions, "user": prompt.data}
    told = [  # JSON holds no lone surrogates
        {"role": role, "content": words.encode("utf-8", "replace").decode()}
        for role, words in said.items()
    ]
    first = await _send(web, options, prompt, told)
    if isinstance(first, ModelFailure):
        if first.status not in _NO_SCHEMA:
            return first
        return await _send(web, options, prompt, told, with_schema=False)
    if first.value is not None:
        return first
    form = msgspec.json.encode(prompt.schema).decode()
    wish = f"That was not the JSON that was asked for. Answer with JSON of this form only: {form}"
    second = await _send(web, options, prompt, [*told, {"role": "user", "content": wish}])
    if isinstance(second, ModelFailure):
        return replace(first, why=f"{first.why}; then {second.why}")
    tokens_in = first.tokens_in + second.tokens_in
    return replace(second, tokens_in=tokens_in, tokens_out=first.tokens_out + second.tokens_out)


async def _send(
    web: JsonWeb,
    options: ModelOptions,
    prompt: Prompt[_T],
    messages: list[dict[str, str]],
    *,
    with_schema: bool = True,
) -> ModelAnswer[_T] | ModelFailure:
    asked: dict[str, object] = {
        "model": options.name,
        "messages": messages,
        "temperature": 0,
        "max_tokens": prompt.most_tokens,
    }
    if with_schema:
        form = {"name": "answer", "strict": True, "schema": prompt.schema}
        asked["response_format"] = {"type": "json_schema", "json_schema": form}
    headers = {"Authorization": f"Bearer {options.key}"} if options.key else {}
    address = f"{options.url.rstrip('/')}/chat/completions"
    page = await web.post_json(address, msgspec.json.encode(asked), headers)
    if isinstance(page, Refused):
        why = text.shorten(page.detail or page.reason, _WHY)
        return ModelFailure(why=why, is_lost=not page.is_unsent)
    if not 200 <= page.status < 300:
        return _read_problem(page)
    return _read_answer(page, prompt)


def _read_problem(page: Page) -> ModelFailure:
    said = ""
    with contextlib.suppress(*_NOT_JSON):
        error = msgspec.json.decode(page.body, type=_Problem).error
        said = text.fold(error if isinstance(error, str) else error.message)
    wait = page.headers.get("retry-after", "")
    rest = float(wait) if wait.isdecimal() and len(wait) < _MOST_DIGITS else _REST_SECONDS
    return ModelFailure(
        why=text.shorten(f"status {page.status}{': ' if said else ''}{said}", _WHY),
        is_lost=page.status in _LOST,
        rest_seconds=min(rest, _LONGEST_REST),
        status=page.status,
    )


def _read_answer(page: Page, prompt: Prompt[_T]) -> ModelAnswer[_T] | ModelFailure:
    try:
        completion = msgspec.json.decode(page.body, type=_Completion)
        said = completion.choices[0].message.content or ""
    except (*_NOT_JSON, IndexError):
        return ModelFailure(why="the response is no chat completion", is_lost=True)
    usage = completion.usage or _Usage()
    value, why = _read_value(said, prompt.shape)
    return ModelAnswer(
        value=value,
        model=text.fold(completion.model or "")[:_LONGEST_NAME],
        fingerprint=text.fold(completion.system_fingerprint or "")[:_LONGEST_NAME],
        tokens_in=_count(usage.prompt_tokens, prompt.tokens),
        tokens_out=_count(usage.completion_tokens, len(said.encode()) // _LETTERS_A_TOKEN),
        why=why,
    )


def _count(used: float | None, guess: int) -> int:
    """Return a number of tokens as an answer says it; the guess if it cannot be true."""
    return int(used) if used and 0 < used < _MOST_USED else guess


def _read_value(said: str, shape: type[_T]) -> tuple[_T | None, str]:
    """Return the JSON object in an answer; models think before it, and put it in a fence."""
    bare = _THOUGHTS.sub("", said)
    start, end = bare.find("{"), bare.rfind("}")
    if not 0 <= start < end:
        return None, "the answer has no JSON"
    try:
        return msgspec.json.decode(bare[start : end + 1], type=shape), ""
    except _NOT_JSON as error:
        return None, text.shorten(f"the answer has another form: {text.fold(str(error))}", _WHY)
