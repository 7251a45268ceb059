"""A rule is filed once, changes its record at once, and binds every later round."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import archive
from copydesk.archive import change as steps
from copydesk.kit import locks
from copydesk.news import Ruling
from world.command import Said, copydesk
from world.newsroom import NOW, newsroom, record_web, run_git, small_web

pytestmark = [pytest.mark.slow, pytest.mark.sample(without="everyday")]

WALL, SEALS = (
    "2026-11-19-sea-wall-to-rise-by-two-metres",
    "2026-11-19-grey-seals-are-back-on-the-coast",
)
RECORD = f"_news/{WALL}.md"
RULES = "_data/rulings.yaml"
EVERYDAY = '[scoring]\nprofile = "everyday"\n[scoring.everyday]\norganization_points = 40\n'
TOWN = "taxonomy: topic\n_id: town\nname: Town Hall\nkeywords:\n  - town council\n"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_web(tmp_path_factory.mktemp("web") / "web.warc.gz", small_web())


def run(root: Path, web: Path, *more: object, hours: int = 0) -> dict[str, object]:
    now = (NOW + timedelta(hours=hours)).isoformat()
    said = copydesk("-C", root, "--now", now, "run", "--json", "--web", web, *more)
    assert said.code == 0, said.err
    report: dict[str, object] = said.json()
    return report


def rule(root: Path, *words: object) -> Said:
    return copydesk("-C", root, "--now", NOW.isoformat(), "rule", *words, "--as", "Ed", "--json")


@pytest.fixture(scope="module")
def filed(web: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give a newsroom of each profile in which one round was run; tests work on copies."""
    roots = {}
    for more in ("", EVERYDAY):
        root = roots[more] = newsroom(tmp_path_factory.mktemp("filed") / "beat", more=more)
        (root / "_data/topics/01-town.yaml").write_text(TOWN, "utf-8")
        run_git(root, "add", "-A")
        run_git(root, "commit", "-qm", "topics")
        assert len(run(root, web)["filed"]) == 2  # type: ignore[arg-type]
    return roots


@pytest.fixture(params=["", EVERYDAY], ids=["copydesk", "everyday"])
def root(request: pytest.FixtureRequest, tmp_path: Path, filed: dict[str, Path]) -> Path:
    return Path(shutil.copytree(filed[request.param], tmp_path / "beat"))


only_copydesk = pytest.mark.parametrize("root", [""], indirect=True, ids=["copydesk"])


def kept(root: Path) -> archive.Archive:
    return archive.Archive(root)


def test_a_new_headline_stands_in_the_record_at_once(root: Path) -> None:
    report = rule(root, "rename", RECORD, "The wall\n rises ", "--why", "shorter").json()

    assert (report["number"], report["path"]) == (1, RECORD)
    assert sorted(report["changed"]) == [RULES, RECORD]
    assert kept(root).read(RECORD).title == "The wall rises"
    assert report["commit"] == run_git(root, "rev-parse", "HEAD").strip()
    assert run_git(root, "status", "--porcelain") == ""
    message = run_git(root, "log", "-1", "--format=%B")
    assert message.startswith("rule: rename Sea wall to rise by two metres\n\nshorter\n\nby Ed")


def test_new_topics_stand_in_the_record_at_once(root: Path) -> None:
    rule(root, "retopic", RECORD, "town", "--why", "it is about the vote")

    told = copydesk("-C", root, "explain", RECORD, "--json").json()
    assert kept(root).read(RECORD).topics == ("Town Hall",)
    if "everyday" not in (root / "beat.toml").read_text("utf-8"):
        assert "topic Town Hall: set by Ed: it is about the vote" in told["reasons"]
    assert [(one["number"], one["said"]) for one in told["rulings"]] == [(1, "retopic")]


@pytest.mark.sample("copydesk-merge", "copydesk-pin", "everyday-rename")
@pytest.mark.parametrize(
    "words",
    [
        ("rename", RECORD, "The wall"),
        ("retopic", RECORD, "Town Hall"),
        ("pin", RECORD),
        ("block", "horoscope", "tabloid.example"),
        ("split", RECORD, "--from", SEALS, "--why", "two things"),
        ("merge", RECORD, SEALS, "--why", "one thing"),
    ],
    ids=lambda words: words[0],
)
def test_an_equal_rule_again_is_no_change(root: Path, words: tuple[str, ...]) -> None:
    first = rule(root, *words).json()
    before = (root / RULES).read_bytes(), (root / RECORD).read_bytes()
    again = rule(root, *words).json()
    assert first["changed"]
    assert (again["changed"], again["commit"], again["number"]) == ([], None, first["number"])
    assert before == ((root / RULES).read_bytes(), (root / RECORD).read_bytes())


def test_the_rules_are_in_the_beat_of_later_rounds(root: Path) -> None:
    rule(root, "merge", RECORD, f"_news/{SEALS}.md", "--why", "one thing")
    rule(root, "pin", WALL, "--until", "2026-11-25")
    made = archive.read_rulings(root).rules
    assert [(one.said, one.stories) for one in made] == [("merge", (WALL, SEALS)), ("pin", (WALL,))]
    told = copydesk("-C", root, "rule", "list", "--json").json()
    assert [(one["number"], one["until"]) for one in told] == [
        (1, ""),
        (2, "2026-11-25T00:00:00Z"),
    ]


@pytest.mark.sample("copydesk", "everyday")
def test_later_rounds_keep_what_was_ruled(root: Path, web: Path) -> None:
    rule(root, "rename", RECORD, "The wall")
    rule(root, "retopic", RECORD, "Town Hall")
    before = (root / RECORD).read_bytes()

    run(root, web, "--all-due", hours=30)

    assert (root / RECORD).read_bytes() == before


@pytest.mark.parametrize("lost", [(RECORD,), (RECORD, ".copydesk/memory.sqlite")])
def test_a_record_that_is_filed_anew_is_ruled_as_before(
    root: Path, web: Path, lost: tuple[str, ...]
) -> None:
    rule(root, "rename", RECORD, "The wall")
    rule(root, "retopic", RECORD, "Town Hall")
    for name in (*lost, ".copydesk/memory.sqlite"):
        (root / name).unlink(missing_ok=True)
    run_git(root, "commit", "-qam", "lost")

    run(root, web, "--all-due")

    again = kept(root).read(RECORD)
    assert (again.title, again.topics) == ("The wall", ("Town Hall",))


# undoing


@pytest.mark.sample("copydesk", "everyday")
def test_what_is_undone_reads_as_its_article_does(root: Path) -> None:
    before = (root / RECORD).read_bytes()
    rule(root, "rename", RECORD, "The wall")
    rule(root, "retopic", RECORD, "Town Hall")

    first, second = rule(root, "undo", 1).json(), rule(root, "undo", 1).json()

    assert (first["said"], second["said"]) == ("rename", "retopic")
    assert sorted(second["changed"]) == [RULES, RECORD]
    assert (root / RECORD).read_bytes() == before
    assert not archive.read_rulings(root).rules
    assert run_git(root, "status", "--porcelain") == ""


def test_undoing_leaves_what_a_person_wrote_since(root: Path) -> None:
    rule(root, "rename", RECORD, "The wall")
    text = (root / RECORD).read_text("utf-8")
    (root / RECORD).write_text(text.replace("The wall", "By hand"), "utf-8")
    run_git(root, "commit", "-qam", "by hand")

    report = rule(root, "undo", 1).json()

    assert kept(root).read(RECORD).title == "By hand"
    assert "was edited by hand" in report["notes"][0]


def test_undoing_without_the_article_leaves_the_record(root: Path) -> None:
    rule(root, "rename", RECORD, "The wall")
    for file in (root / ".copydesk/articles").iterdir():
        file.unlink()

    report = rule(root, "undo", 1).json()

    assert (report["changed"], kept(root).read(RECORD).title) == ([RULES], "The wall")
    assert "no longer stored" in report["notes"][0]


@only_copydesk
def test_the_rule_before_is_not_what_an_undo_brings_back(root: Path) -> None:
    rule(root, "rename", RECORD, "One")
    rule(root, "rename", RECORD, "Two")
    assert len(archive.read_rulings(root).rules) == 1
    rule(root, "undo", 1)
    assert kept(root).read(RECORD).title == "Sea wall to rise by two metres"


@pytest.mark.parametrize("number", [1, 99])
def test_there_must_be_a_rule_of_that_number(root: Path, number: int) -> None:
    said = rule(root, "undo", number)
    assert (said.code, said.out) == (2, "")
    assert "no rule has this number" in said.err


# blocking


def test_a_blocked_word_lets_nothing_in_until_it_is_undone(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "beat")
    rule(root, "block", "seals", "--why", "enough")
    first = run(root, web)
    assert (first["filed"], first["dropped"]) == ([RECORD], {"off-beat": 1, "ruled-out": 1})
    told = copydesk("-C", root, "explain", "https://heron.example/seals", "--json").json()
    assert (told["state"], told["stage"]) == ("dropped", "judge")
    assert told["reasons"] == ['ruled-out: blocked by Ed: "seals" in title (enough)']

    assert run(root, web, "--all-due", hours=25)["filed"] == []
    rule(root, "undo", 1)
    assert run(root, web, hours=26)["filed"] == [f"_news/{SEALS}.md"]


def test_a_blocked_site_is_not_even_asked_for_its_pages(tmp_path: Path) -> None:
    pages = {url: one for url, one in small_web().items() if url != "https://heron.example/seals"}
    root = newsroom(tmp_path / "beat")
    rule(root, "block", "heron.example")
    report = run(root, record_web(tmp_path / "web.warc.gz", pages))
    assert (report["failed"], report["dropped"]) == ([], {"off-beat": 1, "ruled-out": 1})


def test_a_new_block_asks_for_nothing_that_was_off_the_beat(root: Path, web: Path) -> None:
    rule(root, "block", "horoscope")
    report = run(root, web, "--all-due", hours=1)
    assert report["dropped"] == {"off-beat": 1, "seen": 2}
    assert report["filed"] == []


def test_a_block_leaves_what_is_filed_and_explain_shows_it(root: Path, web: Path) -> None:
    before = (root / RECORD).read_bytes()
    rule(root, "block", "gull.example", "--why", "spam")
    run(root, web, hours=1)
    assert (root / RECORD).read_bytes() == before
    told = copydesk("-C", root, "explain", RECORD).out
    assert "rule 1, block gull.example by Ed" in told


# what cannot be


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (("rename", "_news/none.md", "x"), 1, "the story does not exist: _news/none.md"),
        (("rename", "../../etc/passwd", "x"), 1, "the story does not exist"),
        (("rename", "beat.toml", "x"), 1, "the story does not exist"),
        (("pin", "x" * 10_000), 1, "the story does not exist"),
        (("rename", RECORD, " \n "), 2, "the headline is empty"),
        (("rename", RECORD, "x" * 10_000), 2, "the headline is too long"),
        (("rename", RECORD, "x", "--why", "y" * 10_001), 2, "--why is too long"),
        (("retopic", RECORD, "Twon Hall"), 2, "did you mean Town Hall?"),
        (("retopic", RECORD, "zzz"), 2, "the topics are: Coast, Town Hall"),
        (("retopic", RECORD, "x" * 10_000), 2, "unknown topic"),
        (("block", "***"), 2, "expected a word or a website"),
        (("block", "x" * 10_000), 2, "too long"),
        (("merge", RECORD, "--why", "x"), 2, "the rule merge needs different stories"),
        (("merge", RECORD, WALL, "--why", "x"), 2, "the rule merge needs different stories"),
        (
            ("split", RECORD, "--from", WALL, "--why", "x"),
            2,
            ("the rule split needs different stories"),
        ),
        (("split", RECORD), 2, "--why"),
        (("pin", RECORD, "--until", "soon"), 2, "expected a time such as"),
        (("undo", "first"), 2, "not a valid integer"),
    ],
)
@only_copydesk
def test_what_cannot_be_is_one_clear_error(
    root: Path, words: tuple[str, ...], code: int, what: str
) -> None:
    said = rule(root, *words)
    assert (said.code, said.out) == (code, "")
    assert what in said.err
    assert "Traceback" not in said.err
    assert run_git(root, "status", "--porcelain") == ""
    assert not (root / RULES).exists()


@only_copydesk
@pytest.mark.parametrize("why", ["a\nb: c\n- d", "--- x", "{a: [b", "y" * 10_000, "\x1b[31m\u202e"])
def test_a_hostile_why_comes_back_whole_and_breaks_no_record(root: Path, why: str) -> None:
    report = rule(root, "rename", RECORD, '"Wall": [rises] # - {x', "--why", why)
    assert report.code == 0, report.err
    assert archive.read_rulings(root).rules[0].why == why
    assert kept(root).read(RECORD).title == '"Wall": [rises] # - {x'
    assert copydesk("-C", root, "record", "check", root).code == 0


@only_copydesk
def test_the_opposite_of_a_rule_is_refused_with_its_number(root: Path) -> None:
    rule(root, "merge", RECORD, SEALS, "--why", "one thing")
    said = rule(root, "split", SEALS, "--why", "two things")
    assert said.code == 2
    assert "the opposite rule 1 (merge) exists already" in said.err
    assert "copydesk rule undo 1" in said.err


@only_copydesk
def test_a_pin_whose_time_is_over_is_filed_and_said_to_do_nothing(root: Path) -> None:
    report = rule(root, "pin", RECORD, "--until", "2026-11-01").json()
    assert report["notes"] == ["the rule has no effect now: the rule has expired"]
    listed = copydesk("-C", root, "--now", NOW.isoformat(), "rule", "list")
    assert "(the rule has expired)" in listed.out


@pytest.mark.parametrize("name", [RECORD, RULES])
@only_copydesk
def test_a_file_under_somebodys_pen_is_left_alone(root: Path, name: str) -> None:
    file = root / name
    with file.open("a", encoding="utf-8") as out:
        out.write("mine: true\n")
    before = file.read_bytes()

    said = rule(root, "rename", RECORD, "The wall")

    assert said.code == 1
    assert "uncommitted edits" in said.err
    assert file.read_bytes() == before
    assert file.exists()


@only_copydesk
def test_broken_rulings_stop_a_rule_and_a_round_but_no_build(root: Path, web: Path) -> None:
    (root / RULES).write_text("rules:\n  - said: pinn\n", "utf-8")
    assert rule(root, "pin", RECORD).code == 1
    assert copydesk("-C", root, "rule", "list").code == 1
    assert copydesk("-C", root, "run", "--web", web, "--now", NOW.isoformat()).code == 1
    built = copydesk("-C", root, "build")
    assert built.code == 0
    assert "rules.0.said in line 2 is not one of split" in built.err


@only_copydesk
def test_a_rule_waits_for_no_round(root: Path) -> None:
    with locks.hold(root / ".copydesk/round.lock"):
        assert rule(root, "pin", RECORD).code == 0
    assert [one.said for one in archive.read_rulings(root).rules] == ["pin"]
    assert run_git(root, "status", "--porcelain") == ""


def test_without_git_it_is_on_the_disk_and_says_so(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "plain", git=False)
    run(root, web)
    report = rule(root, "rename", RECORD, "The wall").json()
    assert (report["commit"], kept(root).read(RECORD).title) == (None, "The wall")
    assert "there is no git repository" in report["notes"][0]


# killed


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.sample("copydesk-again-write", "copydesk-round-settle", "everyday-round-write")
@pytest.mark.parametrize("place", ["write", "settle"])
@pytest.mark.parametrize("then", ["again", "round"])
def test_a_rule_killed_between_two_writes_is_finished(
    root: Path, web: Path, place: str, then: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, place, killed)
        assert rule(root, "rename", RECORD, "The wall").code == 130

    if then == "round":
        run(root, web, "--all-due", hours=25)
        assert run_git(root, "status", "--porcelain") == ""
    assert rule(root, "rename", RECORD, "The wall").code == 0

    assert [one.said for one in archive.read_rulings(root).rules] == ["rename"]
    assert kept(root).read(RECORD).title == "The wall"
    assert run_git(root, "status", "--porcelain") == ""
    assert rule(root, "rename", RECORD, "The wall").json()["changed"] == []


# moving to the attic


@only_copydesk
def test_a_story_in_the_attic_keeps_its_rules(root: Path) -> None:
    rule(root, "rename", RECORD, "The wall")
    (root / "_archive/_news").mkdir(parents=True)
    run_git(root, "mv", RECORD, f"_archive/{RECORD}")
    run_git(root, "commit", "-qm", "attic")
    assert isinstance(archive.read_rulings(root).rules[0], Ruling)
    listed = copydesk("-C", root, "rule", "list", "--json").json()
    assert listed[0]["is_active"]
    assert rule(root, "undo", 1).json()["path"] == f"_archive/{RECORD}"


@only_copydesk
def test_a_rule_on_a_record_that_is_gone_does_nothing_and_can_be_undone(root: Path) -> None:
    rule(root, "rename", RECORD, "The wall")
    (root / RECORD).unlink()
    run_git(root, "commit", "-qam", "gone")
    listed = copydesk("-C", root, "rule", "list", "--json").json()
    assert listed[0]["note"] == f"the story does not exist: {WALL}"
    assert rule(root, "undo", 1).json()["changed"] == [RULES]
