"""What the client makes of answers of the OpenAI form, of others, and of none."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest

from copydesk.fetch import WallClock
from copydesk.fetch.web import Web
from copydesk.model import asking
from copydesk.model.asking import ModelAnswer, ModelFailure, Prompt
from copydesk.model.gate import MemberText
from copydesk.news.options import FetchOptions
from copydesk.news.summary import ModelOptions
from world.model_server import FakeModel

KEY = "sk-of-the-house-7d1f"
MEMBERS = (
    MemberText(name="wall", text="Sea wall\nThe council voted to raise the wall."),
    MemberText(name="gate", text="Gate\nResidents asked for a gate."),
)
SUMMARY = asking.ask_summary(MEMBERS, "en")
Answer = ModelAnswer[Any] | ModelFailure


def ask(
    *plan: str | bytes, prompt: Prompt[Any] = SUMMARY, model: FakeModel | None = None, key: str = ""
) -> tuple[Answer, FakeModel]:
    """Send a prompt to a model with this plan, and return what came of it."""
    model = model or FakeModel()
    model.plan = list(plan)

    async def run() -> Answer:
        limits = FetchOptions(
            allow_hosts=("127.0.0.1",), timeout_seconds=0.3, max_bytes=asking.ANSWER_BYTES
        )
        async with model, Web(limits, WallClock()) as wire:
            options = ModelOptions(url=f"{model.url}/", name="tiny", key=key)
            return await asking.ask_model(wire, options, prompt)

    return asyncio.run(run()), model


def answer(*plan: str | bytes, **more: Any) -> ModelAnswer[Any]:
    found, _ = ask(*plan, **more)
    assert isinstance(found, ModelAnswer), found
    return found


def failure(*plan: str | bytes, **more: Any) -> ModelFailure:
    found, _ = ask(*plan, **more)
    assert isinstance(found, ModelFailure), found
    return found


def completion(content: object = "", **more: object) -> bytes:
    """Return the body of a response."""
    return json.dumps({"choices": [{"message": {"content": content}}], **more}).encode()


DRAFT = json.dumps({"sentences": [{"text": "All is well.", "reports": [1]}]})


def test_a_prompt_has_instructions_data_and_the_form_of_the_answer() -> None:
    found, model = ask("")

    assert isinstance(found, ModelAnswer)
    assert found.value
    assert [[1], [2]] == [line.reports for line in found.value.sentences]
    assert ("tiny", "fp1", 700, 90, "") == (
        *(found.model, found.fingerprint, found.tokens_in, found.tokens_out),
        found.why,
    )
    (asked,) = model.asked
    assert {"model", "messages", "temperature", "max_tokens", "response_format"} == set(asked)
    assert ["system", "user"] == [message["role"] for message in asked["messages"]]
    assert "council" not in asked["messages"][0]["content"]
    assert asked["response_format"]["json_schema"]["schema"] == SUMMARY.schema


@pytest.mark.parametrize(
    "said",
    [
        DRAFT,
        f"```json\n{DRAFT}\n```",
        f"<think>A list, {{so}}: [1].</think>\n{DRAFT}",
        f"<thinking>{{</thinking>Here it is: {DRAFT} I hope that it helps.",
        f"\ufeff{DRAFT}",
    ],
)
def test_json_is_found_in_what_a_model_says_around_it(said: str) -> None:
    found, model = ask(f"say:{said}")

    assert isinstance(found, ModelAnswer)
    assert found.value
    assert "All is well." == found.value.sentences[0].text
    assert 1 == len(model.asked)


def test_a_refused_schema_is_left_out() -> None:
    found, model = ask("no schema", "no schema")

    assert isinstance(found, ModelAnswer)
    assert found.value
    assert [True, False] == ["response_format" in asked for asked in model.asked]
    assert 1 == len(model.paid)


@pytest.mark.parametrize("first", ["prose", "wrong form", "say:", "say:{", "say:[]", "say:}{"])
def test_an_answer_without_the_asked_json_is_asked_for_once_more(first: str) -> None:
    found, model = ask(first)

    assert isinstance(found, ModelAnswer)
    assert found.value
    assert (1400, 180) == (found.tokens_in, found.tokens_out)
    assert "Answer with JSON" in model.asked[1]["messages"][2]["content"]


@pytest.mark.parametrize("second", ["prose", "wrong form"])
def test_a_second_answer_without_it_is_the_last(second: str) -> None:
    found, model = ask("wrong form", second)

    assert isinstance(found, ModelAnswer)
    assert found.value is None
    assert found.why
    assert 1400 == found.tokens_in
    assert 2 == len(model.asked)


def test_a_repair_that_fails_leaves_the_first_answer_and_its_cost() -> None:
    found = answer("prose", "500")

    assert (None, 700, 90) == (found.value, found.tokens_in, found.tokens_out)
    assert "the answer has no JSON; then status 500: not now" == found.why


DEEP = 100_000
HOSTILE = {
    "deep": "[" * DEEP,
    "deep in an unknown key": '{"a":' * 40_000 + "}" * 40_000,
    "deep in a known key": '{"sentences":' + "[" * DEEP + "]" * DEEP + "}",
    "half of a surrogate pair": '{"sentences": [{"text": "\\ud800", "reports": [1]}]}',
    "a number of 5000 digits": DRAFT.replace("[1]", f"[{'9' * 5000}]"),
    "no number": DRAFT.replace("[1]", "[NaN]"),
    "null": '{"sentences": null}',
    "zero bytes": "{\0}",
}


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_hostile_json_in_an_answer_is_wrong_and_no_more(said: str) -> None:
    found = answer(f"say:{said}", f"say:{said}")

    assert found.value is None
    assert len(found.why) <= 300


BODIES = {
    "html": "html",
    "no choice": "no choice",
    "no JSON": b"OK",
    "nothing": b"",
    "no UTF-8": b"\xff" + completion(DRAFT),
    "deep": b'{"choices":' + b"[" * DEEP,
    "deep in an unknown key": b'{"x":' * 40_000 + b"1" + b"}" * 40_000,
    "half of a surrogate pair": completion("\ud800"),
    "parts": completion([{"type": "text", "text": DRAFT}]),
    "a list": b"[]",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_response_that_is_no_completion_is_a_lost_call(body: str | bytes) -> None:
    found, model = ask(body)

    assert isinstance(found, ModelFailure)
    assert found.is_lost
    assert "the response is no chat completion" == found.why
    assert 1 == len(model.asked)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("slow", "no complete answer within 0.3 seconds"),
        ("cut", "closed the connection"),
        ("huge", "bytes"),
    ],
)
def test_an_answer_that_does_not_end_is_a_lost_call(fault: str, why: str) -> None:
    found = failure(fault)

    assert found.is_lost
    assert why in found.why


@pytest.mark.parametrize(
    ("status", "is_lost", "rest"),
    [
        ("429 7", False, 7.0),
        ("429", False, 300.0),
        ("429 Wed, 21 Oct 2026 07:28:00 GMT", False, 300.0),
        (f"429 {'9' * 5000}", False, 300.0),
        ("503 99999999", False, 86_400.0),
        ("401", False, 300.0),
        ("404", False, 300.0),
        ("500", False, 300.0),
        ("502", True, 300.0),
        ("504", True, 300.0),
        ("302", False, 300.0),
        ("307", False, 300.0),
    ],
)
def test_another_status_is_a_failure_with_a_rest(status: str, is_lost: bool, rest: float) -> None:
    found, model = ask(status)

    assert isinstance(found, ModelFailure)
    number = status.partition(" ")[0]
    assert f"status {number}: not now" == found.why
    assert (int(number), is_lost, rest) == (found.status, found.is_lost, found.rest_seconds)
    assert 1 == len(model.asked)  # a redirect is not followed


def test_a_server_that_is_gone_is_a_failure_that_lost_nothing() -> None:
    async def run() -> Answer:
        limits = FetchOptions(allow_hosts=("127.0.0.1",))
        async with FakeModel() as model:
            url = model.url
        async with Web(limits, WallClock()) as wire:
            return await asking.ask_model(wire, ModelOptions(url=url, name="tiny"), SUMMARY)

    found = asyncio.run(run())
    assert isinstance(found, ModelFailure)
    assert (False, 0) == (found.is_lost, found.status)
    assert "refused" in found.why


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        {"prompt_tokens": None, "completion_tokens": None},
        {"prompt_tokens": -5, "completion_tokens": -7},
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": 10**300, "completion_tokens": 10**9},
    ],
)
def test_without_a_true_usage_tokens_are_guessed(usage: object) -> None:
    found = answer(completion(DRAFT, usage=usage))

    assert (SUMMARY.tokens, len(DRAFT) // 3) == (found.tokens_in, found.tokens_out)


def test_usage_may_be_a_fraction() -> None:
    usage = {"prompt_tokens": 12.0, "completion_tokens": 3.5}
    found = answer(completion(DRAFT, usage=usage))

    assert (12, 3) == (found.tokens_in, found.tokens_out)


def test_a_number_too_long_for_a_float_is_no_completion() -> None:
    body = completion(DRAFT, usage={"prompt_tokens": 7}).replace(b"7", b"7" * 4000)

    assert failure(body).is_lost


def test_the_names_that_an_answer_gives_are_kept_short_and_on_one_line() -> None:
    found = answer(completion(DRAFT, model="a\nb\x1b[2J" * 90, system_fingerprint="x" * 5000))

    assert found.model.isprintable()
    assert (100, 100) == (len(found.model), len(found.fingerprint))
    assert ("", "") == ((unnamed := answer(completion(DRAFT))).model, unnamed.fingerprint)
    assert "" == answer(completion(DRAFT, model=None, system_fingerprint=None)).model


def test_articles_with_lone_surrogates_are_sent_as_valid_json() -> None:
    members = [MemberText(name=name, text="Wall \ud800\nIt is \udfff new.") for name in "ab"]
    found, model = ask(prompt=asking.ask_summary(members, "en"))

    assert isinstance(found, ModelAnswer)
    assert "It is ? new." in model.asked[0]["messages"][1]["content"]


def test_a_key_is_in_the_header_and_nowhere_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for fault in ("", "401", "302", "html", "slow", "cut", "prose", b'{"error": "no"}'):
        found, model = ask(fault, key=KEY)
        said.append(repr(found))
        assert {f"Bearer {KEY}"} == {headers["Authorization"] for headers in model.headers}
        said += map(json.dumps, model.asked)
        assert 1 == sum(KEY in value for value in model.headers[0].values())

    assert KEY not in "".join(said) + caplog.text


def test_without_a_key_there_is_no_header_for_it() -> None:
    _, model = ask("")

    assert "Authorization" not in model.headers[0]
    assert "Cookie" not in model.headers[0]
