"""A language model on loopback that obeys, lies, fails or hangs by plan, and counts its calls.

with model_in_background() as model:
    model.plan = ["", "429", "slow"]  # for the first, second and third request
    ... model.url ... model.asked ... model.paid
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from aiohttp import web

from world.background import server_in_background

_MOST_WORDS = 7  # copied in a row
Text = tuple[str, list[int]]  # a sentence, and the numbers of the texts that it cites
_TEXT = re.compile(r"<<<text (\d+) (\w+)>>>\n(.*?)\n<<<end of text \1 \2>>>", re.DOTALL)


def tell_each(texts: Mapping[int, str]) -> list[Text]:
    """Return one honest sentence on each text: the first words of its first paragraph."""
    bodies = {number: words.partition("\n")[2] or words for number, words in texts.items()}
    return [
        (f"{' '.join(body.split()[:_MOST_WORDS]).rstrip(',.;:')}.", [number])
        for number, body in bodies.items()
    ][:4]


def _translate(title: str) -> str:
    return title.replace("Deich", "Dike").replace(" ist neu", " is new")


class FakeModel:
    """A server of the OpenAI form.

    `write` makes the sentences of a summary from the texts. `plan` has a fault for each request,
    "" for none; `asked` are the requests, `paid` the data of those that were answered or lost.
    A fault in bytes is the whole body of the response, `say:` begins what the model says instead.
    A "slow" request is answered when `release` is set, or the server ends.
    """

    def __init__(self) -> None:
        self.write: Callable[[Mapping[int, str]], list[Text]] = tell_each
        self.headline: Callable[[str], str] = lambda title: title.replace("Deich", "Dike").replace(
            " ist neu", " is new"
        )
        self.plan: list[str | bytes] = []
        self.asked: list[dict[str, Any]] = []
        self.paid: list[str] = []
        self.visits: list[str] = []  # every request, also those that no client of a model makes
        self.headers: list[Mapping[str, str]] = []
        self.usage = 700, 90  # tokens in and out of each call
        self.name = "tiny"
        self.fingerprint = "fp1"
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=10**8)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self.release = asyncio.Event()
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.release.set()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.visits.append(f"{request.method} {request.path}")
        if self.visits[-1] != "POST /v1/chat/completions":
            return web.Response(status=404)
        asked = await request.json()
        self.asked.append(asked)
        self.headers.append(dict(request.headers))
        fault = self.plan.pop(0) if self.plan else ""
        if isinstance(fault, bytes):
            self.paid.append(asked["messages"][1]["content"])
            return web.Response(body=fault, content_type="application/json")
        if fault == "no schema":
            fault = "400" if "response_format" in asked else ""
        if (status := fault.partition(" ")[0]).isdecimal():
            wait = fault.partition(" ")[2]
            headers = {"Retry-After": wait} if wait else {}
            if status.startswith("3"):
                headers = {"Location": "http://127.0.0.1:1/elsewhere"}
            said = {"error": {"message": "not now"}}
            return web.json_response(said, status=int(status), headers=headers)
        self.paid.append(asked["messages"][1]["content"])
        return await self._fail(request, fault) or self._complete(self._say(asked, fault), fault)

    async def _fail(self, request: web.Request, fault: str) -> web.StreamResponse | None:
        match fault:
            case "slow":
                await self.release.wait()
            case "cut":
                assert request.transport is not None
                request.transport.abort()
            case "html":
                return web.Response(text="<html>Bad gateway</html>", content_type="text/html")
            case "no choice":
                return web.json_response({"choices": []})
            case "huge":
                return web.Response(body=b'{"choices": ' + b" " * 5_000_000)
        return None

    def _say(self, asked: Mapping[str, Any], fault: str) -> str:
        """Return what the model says; the schema shows what it is asked for."""
        keys = asked.get("response_format", {}).get("json_schema", {}).get("schema", {})
        wanted = list(keys.get("properties", {"sentences": {}}))
        if fault.startswith("say:"):
            return fault.removeprefix("say:")
        data = asked["messages"][1]["content"]
        texts = {int(number): words for number, _, words in _TEXT.findall(data)}
        match fault:
            case "prose":
                return "Here is your summary: all is well."
            case "wrong form":
                return json.dumps({"summary": "All is well."})
            case "echo":
                told = asked["messages"][0]["content"]
                return json.dumps({"sentences": [{"text": told, "reports": [1]}] * 2})
        answer: dict[str, object] = {
            "headline": self.headline(texts[1]),
            "topic": "AI Policy",
            "worth": 70,
            "why": "It is news.",
            "keywords": ["foundation model", "compute"],
            "sentences": [
                {"text": text, "reports": numbers} for text, numbers in self.write(texts)
            ],
        }
        said = json.dumps({key: answer[key] for key in wanted})
        if fault == "fence":
            return f"<think>Hmm, {{so}}.</think>\n```json\n{said}\n```"
        return said

    def _complete(self, said: str, fault: str) -> web.Response:
        name = "other" if fault == "renamed" else self.name
        usage = dict(zip(("prompt_tokens", "completion_tokens"), self.usage, strict=True))
        return web.json_response(
            {
                "model": name,
                "system_fingerprint": self.fingerprint,
                "choices": [{"message": {"role": "assistant", "content": said}}],
                "usage": usage,
            }
        )


@contextlib.contextmanager
def model_in_background() -> Iterator[FakeModel]:
    """Run a model in a thread of its own."""
    model = FakeModel()
    with server_in_background(model):
        yield model
