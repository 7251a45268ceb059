"""Write the prompts, ask a language model over HTTP, and read its answer as JSON.

A prompt is what a model is told, the articles as data, and the form of the answer.

What articles say changes nothing in the instructions. They stand between marks that they cannot
contain, since the marks are made from their own hash. The model has no tools.

    prompt > POST {url}/chat/completions > text > JSON > a value of the prompt's shape
                                             └── no such JSON: asked once more, then none

A schema is a wish that some servers ignore: the answer is checked here in any case.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from copydesk.kit import tables, text
from copydesk.model.gate import MemberText
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


_VERSION = "1"  # of all prompts: another one asks anew
_LETTERS = 3_600  # of all articles together; a token has about four
_LEAST_LETTERS = 400  # of one article
_TOLD = tables.read_rows(__package__, "prompts.toml", str)


class DraftLine(msgspec.Struct):
    """A sentence by a model, and the numbers of the texts that say so."""

    text: str
    reports: list[int]


class TextDraft(msgspec.Struct):
    """A model's draft of a summary or a digest."""

    sentences: list[DraftLine]


class HeadlineDraft(msgspec.Struct):
    """A model's translation of a headline."""

    headline: str


class RemarkDraft(msgspec.Struct):
    """A model's view of a story: its main topic, its worth from 0 to 100, and why."""

    topic: str
    worth: int
    why: str


class KeywordsDraft(msgspec.Struct):
    """The keywords that a model proposes for a topic."""

    keywords: list[str]


_STRING, _INTEGER = {"type": "string"}, {"type": "integer"}


def cut_members(articles: Sequence[tuple[str, str]]) -> tuple[MemberText, ...]:
    """Return the beginnings of articles, in whole paragraphs, as a prompt gives them.

    `articles` are pairs of record name and text: the headline, then the paragraphs, one a line.
    The first one gets the most room.
    """
    share = max(_LEAST_LETTERS, _LETTERS // (len(articles) + 1))
    rooms = [2 * share, *([share] * (len(articles) - 1))]
    return tuple(
        MemberText(name=name, text=_cut(words, room))
        for (name, words), room in zip(articles, rooms, strict=True)
    )


def _cut(words: str, room: int) -> str:
    """Return whole paragraphs up to a number of letters; of a longer first one, whole sentences."""
    kept: list[str] = []
    for whole in map(text.fold, words.split("\n")):
        is_early = len(kept) < 2  # headline and first paragraph
        line = text.shorten(whole, max(room, 1)).removesuffix("…") if is_early else whole
        room -= len(line) + 1
        if room < 0 and kept:
            break
        kept.append(line)
    return "\n".join(filter(None, kept))


def ask_summary(members: Sequence[MemberText], language: str) -> Prompt[TextDraft]:
    """Return the prompt for a summary of reports on one event."""
    return _ask_text("summary", members, language)


def ask_digest(members: Sequence[MemberText], language: str) -> Prompt[TextDraft]:
    """Return the prompt for the opening paragraph of a newsletter; each member is one story."""
    return _ask_text("digest", members, language)


def _ask_text(use: str, members: Sequence[MemberText], language: str) -> Prompt[TextDraft]:
    line = _form(text=_STRING, reports={"type": "array", "items": _INTEGER})
    return Prompt(
        instructions=_tell(use, "facts", language=language),
        data=_mark([member.text for member in members]),
        shape=TextDraft,
        schema=_form(sentences={"type": "array", "items": line}),
    )


def ask_headline(headline: str, language: str) -> Prompt[HeadlineDraft]:
    """Return the prompt for a headline's translation into a language."""
    told = _tell("headline", language=language)
    form = _form(headline=_STRING)
    return Prompt(told, _mark([headline]), HeadlineDraft, form, most_tokens=120)


def ask_remark(story: str, topics: Iterable[str], beat: str) -> Prompt[RemarkDraft]:
    """Return the prompt for a second view of a story, given as text."""
    told = _tell("remark", topics=", ".join(topics), beat=beat)
    form = _form(topic=_STRING, worth=_INTEGER, why=_STRING)
    return Prompt(told, _mark([_cut(story, 1_500)]), RemarkDraft, form, most_tokens=160)


def ask_keywords(description: str, language: str) -> Prompt[KeywordsDraft]:
    """Return the prompt for keywords of a topic, from a person's description."""
    told = _tell("topics", language=language)
    form = _form(keywords={"type": "array", "items": _STRING})
    return Prompt(told, _mark([description]), KeywordsDraft, form, most_tokens=300)


def digest_prompt(prompt: Prompt[Any]) -> str:
    """Return the hash of all that is asked: prompt, its version, form, language and articles."""
    form = msgspec.json.encode(prompt.schema).decode()
    asked = "\0".join((_VERSION, prompt.instructions, form, prompt.data))
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _tell(*names: str, **values: str) -> str:
    told = _TOLD[names[0]].strip().format(**values)
    return "\n".join((told, *(_TOLD[name].strip() for name in (*names[1:], "rules"))))


def _mark(passages: Sequence[str]) -> str:
    whole = "\n".join(passages).encode("utf-8", "surrogatepass")
    mark = hashlib.sha256(whole).hexdigest()[:8]
    return "\n".join(
        f"<<<text {number} {mark}>>>\n{passage}\n<<<end of text {number} {mark}>>>"
        for number, passage in enumerate(passages, 1)
    )


def _form(**keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of an object with these keys, all of them required."""
    return {
        "type": "object",
        "properties": keys,
        "required": list(keys),
        "additionalProperties": False,
    }
