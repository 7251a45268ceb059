"""The audit: what advisories say of the pinned releases, and never a green that saw nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from world.advisories import audit, main

LOCK = "honey-comb==2.4.1 \\\n    --hash=sha256:00\nwax==1.0 ; sys_platform == 'linux' \\\n"


def advise(*events: dict[str, str], name: str = "honey-comb", **more: Any) -> dict[str, Any]:
    """Return an advisory of our own with one range."""
    affected = {
        "package": {"ecosystem": more.pop("ecosystem", "PyPI"), "name": name},
        "ranges": [{"type": more.pop("type", "ECOSYSTEM"), "events": list(events)}],
        "versions": more.pop("versions", []),
    }
    return {"id": "BEE-2026-1", "summary": "Bees get out.", "affected": [affected], **more}


FROM_THE_FIRST = {"introduced": "0"}
RANGES = {
    "from the first version, never fixed": ([FROM_THE_FIRST], ["no fixed version"]),
    "fixed later": ([FROM_THE_FIRST, {"fixed": "2.5"}], ["fixed in 2.5"]),
    "fixed in this very version": ([FROM_THE_FIRST, {"fixed": "2.4.1"}], []),
    "fixed by 2.10, which is above 2.4": ([FROM_THE_FIRST, {"fixed": "2.10"}], ["fixed in 2.10"]),
    "introduced in this very version": ([{"introduced": "2.4.1"}], ["no fixed version"]),
    "introduced later": ([{"introduced": "2.4.2"}], []),
    "last affected is this one": ([FROM_THE_FIRST, {"last_affected": "2.4.1"}], ["no fixed"]),
    "last affected was before": ([FROM_THE_FIRST, {"last_affected": "2.4.0"}], []),
    "a candidate of the fix is not above the release": (
        [FROM_THE_FIRST, {"fixed": "2.4.1rc1"}],
        [],
    ),
    "two spans, in the second, in no order": (
        [{"fixed": "3"}, {"introduced": "2.4"}, {"fixed": "1.2"}, {"introduced": "1"}],
        ["fixed in 3"],
    ),
    "between two spans": (
        [{"introduced": "1"}, {"fixed": "1.2"}, {"introduced": "3"}, {"fixed": "3.1"}],
        [],
    ),
}


@pytest.mark.parametrize(("events", "expected"), RANGES.values(), ids=RANGES)
def test_a_range_is_read_as_the_format_says(
    events: list[dict[str, str]], expected: list[str]
) -> None:
    found = [str(one) for one in audit([("honey-comb", "2.4.1")], [advise(*events)])]

    assert len(expected) == len(found)
    assert all(words in line for words, line in zip(expected, found, strict=True))


def test_a_listed_version_is_affected_outside_all_ranges() -> None:
    listed = advise({"introduced": "9"}, versions=["2.4.1"])

    assert [listed["id"]] == [one.advisory for one in audit([("honey-comb", "2.4.1")], [listed])]
    assert [] == list(audit([("honey-comb", "2.4.2")], [listed]))


@pytest.mark.parametrize(
    "other",
    [
        advise(FROM_THE_FIRST, withdrawn="2026-12-01T00:00:00Z"),
        advise(FROM_THE_FIRST, name="honey"),
        advise(FROM_THE_FIRST, ecosystem="npm"),
        advise(FROM_THE_FIRST, type="GIT"),
    ],
    ids=["withdrawn", "another package", "another ecosystem", "a range of commits"],
)
def test_what_is_about_something_else_finds_nothing(other: dict[str, Any]) -> None:
    assert [] == list(audit([("honey-comb", "2.4.1")], [other]))


def test_a_name_is_the_same_however_it_is_spelled() -> None:
    assert 1 == len(list(audit([("honey-comb", "1")], [advise(FROM_THE_FIRST, name="Honey_Comb")])))


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "some.lock"
    path.write_text(LOCK)
    return path


def test_the_command_ends_with_1_and_names_package_version_id_and_fix(
    lock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "advisories" / "deep"
    folder.mkdir(parents=True)
    (folder / "bee.json").write_text(
        json.dumps(advise(FROM_THE_FIRST, {"fixed": "2.5"}, aliases=["CVE-2026-7"]))
    )

    assert 1 == main([str(folder.parent), "--lock", str(lock)])
    said = capsys.readouterr()
    assert "honey-comb 2.4.1: BEE-2026-1, CVE-2026-7, fixed in 2.5. Bees get out.\n" == said.out
    assert "2 releases of 1 locks, 1 advisories" in said.err


def test_the_command_ends_with_0_where_nothing_is_known_of_the_releases(
    lock: Path, tmp_path: Path
) -> None:
    advisories = tmp_path / "some.json"
    advisories.write_text(json.dumps([advise(FROM_THE_FIRST, {"fixed": "2.4.1"})]))

    assert 0 == main([str(advisories), "--lock", str(lock)])


@pytest.mark.parametrize(
    "text",
    ["", "[", '"bees"', "[1]", '{"name": "no id"}', json.dumps(advise({"introduced": "new"}))],
)
def test_advisories_that_cannot_be_read_are_no_green(
    lock: Path, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text(text)

    assert 2 == main([str(broken), "--lock", str(lock)])
    assert capsys.readouterr().err.startswith("error: nothing was audited: ")


def test_no_advisories_are_no_green(lock: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert 2 == main([str(tmp_path / "empty"), "--lock", str(lock)])
    assert 2 == main([str(tmp_path / "nowhere.json"), "--lock", str(lock)])


@pytest.fixture
def service() -> Iterator[tuple[str, dict[str, Any]]]:
    """A service on loopback that answers what a test puts in."""
    answers: dict[str, Any] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers.get(self.path)
            self.send_response(500 if body is None else 200)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            answers["asked"] = json.loads(self.rfile.read(size))
            self.do_GET()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_service_is_asked_for_each_release(
    service: tuple[str, dict[str, Any]], lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, answers = service
    answers["/v1/querybatch"] = {"results": [{"vulns": [{"id": "BEE-2026-1"}]}, {}]}
    answers["/v1/vulns/BEE-2026-1"] = advise(FROM_THE_FIRST)

    assert 1 == main(["--lock", str(lock), "--service", url])
    assert capsys.readouterr().out.startswith("honey-comb 2.4.1: BEE-2026-1, no fixed version")
    assert [
        {"package": {"ecosystem": "PyPI", "name": "honey-comb"}, "version": "2.4.1"},
        {"package": {"ecosystem": "PyPI", "name": "wax"}, "version": "1.0"},
    ] == answers["asked"]["queries"]


@pytest.mark.parametrize(
    "answer",
    [None, b"<html>", b"[]", {}, {"results": []}],
    ids=["an error", "a page", "a list", "nothing", "too few"],
)
def test_a_service_that_fails_is_no_green(
    service: tuple[str, dict[str, Any]],
    lock: Path,
    answer: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url, answers = service
    answers["/v1/querybatch"] = answer

    assert 2 == main(["--lock", str(lock), "--service", url])
    assert "error: nothing was audited" in capsys.readouterr().err


def test_no_network_is_no_green(lock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(["--lock", str(lock), "--service", "http://127.0.0.1:9"])
    assert "no answer from http://127.0.0.1:9" in capsys.readouterr().err
