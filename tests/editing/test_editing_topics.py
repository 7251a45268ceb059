"""Keywords from a newsroom's own stories, and into a topic's file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from copydesk.archive import Archive, ArticleStore, Rulings
from copydesk.editing import topic_suggestions
from copydesk.editing.topic_suggestions import SuggestQuestion, SuggestReport
from copydesk.editing.topics import KeywordReport, add_keywords
from copydesk.errors import RecordError, UsageError
from copydesk.news import Article, Provider, Ruling, Story
from copydesk.newsroom import open_newsroom
from world import records
from world.newsroom import NOW, newsroom, run_git

TOPIC = "_data/topics/00-coast.yaml"
LAND = "_id: land\nname: Land\nkeywords:\n  - meadow\n"
MORE = "main_topic = false"
Write = Callable[..., str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = newsroom(tmp_path / "beat")
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace('topic = "Coast"', MORE), "utf-8")
    (root / "_data/topics/01-land.yaml").write_text(LAND, "utf-8")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "two topics")
    return root


@pytest.fixture
def write(root: Path) -> Write:
    """Return what writes a story with its article, on topics."""
    stories, articles = Archive(root), ArticleStore(root / ".copydesk" / "articles", 10**7)

    def write(number: int, title: str, *topics: str, text: str = "", **fields: object) -> str:
        path = f"_news/2026-11-{1 + number % 18:02}-story-{number}.md"
        url = f"https://gull{number % 3}.example/{number}"
        when = NOW - timedelta(days=19 - number % 18)
        provider = Provider(name=f"Gull {number % 3}", domain=f"gull{number % 3}.example")
        about: dict[str, object] = {"language": "en", "published_at": when, "provider": provider}
        story = Story(
            path=path,
            title=title,
            original_url=url,
            web_url=url,
            topics=topics,
            **{**about, **fields},  # type: ignore[arg-type]
        )
        records.write(stories, story)
        if text:
            articles.put(article_of(story, when, text))
        return path

    return write


def article_of(story: Story, when: datetime, text: str) -> Article:
    return Article(
        url=story.original_url,
        web_url=story.web_url,
        title=story.title,
        published_at=when,
        source="https://gull.example/feed.xml",
        found=when,
        text=text,
        language=story.language,
    )


@pytest.fixture
def filed(root: Path, write: Write) -> Path:
    """Return a newsroom with six stories on the coast, of which four have trawlers, ten on land."""
    for number, verb in enumerate(("sail", "sink", "drift", "race")):
        write(number, f"Trawlers {verb} off the coast", "Coast", text="The coast. " * 9)
    write(4, "A coast", "Coast", text="The coast. " * 9)
    for number in range(5, 15):
        write(number, f"Meadow {number}", "Land", text="A meadow. " * 9)
    write(15, "Trawlers are for sale", text="Trawlers. " * 9)
    write(16, "Trawlers behind a meadow", "Land", text="Trawlers. Trawlers. A meadow.")
    write(17, "Fleet comes home", "Coast", text="Old trawlers at last. " * 4)
    commit(root)
    return root


def commit(root: Path) -> None:
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "stories")


def ask(root: Path, topic: str = "", **more: object) -> SuggestReport:
    question = SuggestQuestion(topic=topic, **more)  # type: ignore[arg-type]
    with open_newsroom(root, NOW, {}) as newsroom:
        return topic_suggestions.suggest_keywords(newsroom, question)


def add(root: Path, topic: str, *words: str, language: str = "") -> KeywordReport:
    with open_newsroom(root, NOW, {}) as newsroom:
        return add_keywords(newsroom, topic, words, "Ada", language)


def word_of(report: SuggestReport, word: str) -> topic_suggestions.SuggestedWord:
    return next(found for topic in report.topics for found in topic.words if found.word == word)


def test_a_word_comes_with_what_it_would_win(filed: Path) -> None:
    report = ask(filed, "coast")

    word = word_of(report, "trawlers")
    assert (word.on, word.off, word.tried) == (5, 2, 7)
    assert {(story.title, story.now, story.topics) for story in word.wins} == {
        ("Trawlers are for sale", "no-topic", ()),
        ("Trawlers behind a meadow", "other-topics", ("Land",)),
        ("Fleet comes home", "filed", ("Coast",)),
    }
    assert report.stories == 18
    assert not report.failed


def test_a_word_that_would_take_a_topic_away_says_so(root: Path, write: Write) -> None:
    for number in range(6):
        write(number, "Trawlers at the coast", "Coast", text="The coast. " * 9)
    for number in range(6, 16):
        write(number, f"Meadow {number}", "Land", text="A meadow. " * 9)
    text = f"A meadow. The meadow. {'A trawler. ' * 20}{'Plain words. ' * 90}"
    path = write(16, "Trawlers ashore", "Land", text=text)
    commit(root)

    (loses,) = word_of(ask(root, "Coast"), "trawler").loses
    assert (loses.path, loses.lost) == (path, ("Land",))


def test_stories_without_articles_count_by_headline_and_excerpt(root: Path, write: Write) -> None:
    for number in range(4):
        write(number, f"Coast {number}", "Coast", excerpt="Where trawlers are built.")
    for number in range(4, 14):
        write(number, f"Meadow {number}", "Land")
    write(14, "New trawlers")
    commit(root)

    assert [story.title for story in word_of(ask(root, "Coast"), "trawlers").wins] == [
        "New trawlers"
    ]


def test_an_editors_rule_teaches(filed: Path) -> None:
    rule = Ruling(
        said="retopic",
        stories=("2026-11-18-story-17",),
        values=("Coast",),
        by="Ada",
        at=NOW,
        why="it is",
    )
    records.write_rulings(filed, Rulings(rules=(rule,)))

    (coast,) = ask(filed, "Coast").topics
    assert (coast.stories, coast.ruled) == (6, 1)


def test_without_a_topic_each_has_some_and_stories_without_any_have_theirs(
    filed: Path, write: Write
) -> None:
    for number in range(18, 22):
        write(number, f"Bakers {number}")
    commit(filed)

    report = ask(filed, limit=1)

    assert [topic.topic for topic in report.topics] == ["Coast", ""]
    assert all(len(topic.words) == 1 for topic in report.topics)
    (bakers,) = report.topics[-1].words
    assert (bakers.word, bakers.on) == ("Bakers", 4)
    assert {(story.title, story.now) for story in bakers.wins} == {
        (f"Bakers {number}", "no-topic") for number in range(18, 22)
    }


def test_the_main_topic_has_no_words_of_its_own_and_says_so(filed: Path) -> None:
    beat = filed / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace(MORE, 'topic = "Coast"'), "utf-8")

    report = ask(filed, "Coast")

    assert report.topics[0].words == ()
    assert report.notes == (
        ("Coast is the main topic, so there are no stories to compare it with"),
    )


def test_another_language_has_words_of_its_own(root: Path, write: Write) -> None:
    for number in range(4):
        write(number, f"Kutter {number} an der Küste", "Coast", language="de-DE")
    for number in range(4, 14):
        write(number, f"Wiese {number}", "Land", language="de")
    commit(root)

    assert ask(root, "Coast").stories == 0
    assert word_of(ask(root, "Coast", language="de"), "Kutter").on == 4


def test_a_copy_a_broken_record_and_a_stranger_cost_nothing(filed: Path, write: Write) -> None:
    write(18, "Trawlers copied", "Land", copy_of="2026-11-18-story-17")
    (filed / "_news" / "2026-11-19-broken.md").write_text("---\ntitle: [\n---\n", "utf-8")
    commit(filed)

    assert word_of(ask(filed, "Coast"), "trawlers").off == 2
    with pytest.raises(UsageError, match="Cost"):
        ask(filed, "Cost")


def test_suggesting_changes_nothing(filed: Path) -> None:
    head = run_git(filed, "rev-parse", "HEAD")

    assert ask(filed, "Coast") == ask(filed, "Coast")
    assert run_git(filed, "rev-parse", "HEAD") == head
    assert run_git(filed, "status", "--porcelain") == ""


def test_no_stories_suggest_nothing(root: Path) -> None:
    assert ask(root).topics == ()
    (coast,) = ask(root, "Coast").topics
    assert (coast.stories, coast.words) == (0, ())


def test_a_keyword_is_one_commit_of_the_topics_file(filed: Path) -> None:
    before = (filed / TOPIC).read_text("utf-8")

    report = add(filed, "coast", "trawler", " old  harbour ")

    assert (report.topic, report.path) == ("Coast", TOPIC)
    assert report.added == ("trawler", "old harbour")
    known = "  - sea wall\n"
    more = f"{known}  - trawler\n  - old harbour\n"
    assert (filed / TOPIC).read_text("utf-8") == before.replace(known, more)
    assert report.commit == run_git(filed, "rev-parse", "HEAD").strip()
    message = run_git(filed, "log", "-1", "--format=%B")
    assert message.startswith("topics: Coast, 2 keywords\n\n+ trawler\n+ old harbour\n\nby Ada")
    assert run_git(filed, "show", "--format=", "--name-only").split() == [TOPIC]
    with open_newsroom(filed, NOW, {}) as again:
        assert "trawler" in again.beat.topics[0].keywords


def test_a_keyword_that_is_there_is_not_added_again(filed: Path) -> None:
    head = run_git(filed, "rev-parse", "HEAD")

    report = add(filed, "Coast", "Sea Wall")

    assert (report.added, report.known, report.commit) == ((), ("Sea Wall",), None)
    assert run_git(filed, "rev-parse", "HEAD") == head


def test_a_word_of_another_language_goes_to_its_translations(filed: Path) -> None:
    add(filed, "Coast", "Küste", language="de")

    with open_newsroom(filed, NOW, {}) as again:
        assert again.beat.topics[0].translations == (("de", ("Küste",)),)
    assert add(filed, "Coast", "küste", language="de").known == ("küste",)


def test_a_keyword_of_two_topics_is_told(filed: Path) -> None:
    assert add(filed, "Coast", "Meadow").notes == ("Land already has this keyword: Meadow",)


@pytest.mark.parametrize("word", ["", "  ", "!", "x" * 101])
def test_a_keyword_that_finds_nothing_is_refused(filed: Path, word: str) -> None:
    with pytest.raises(UsageError):
        add(filed, "Coast", word)


@pytest.mark.parametrize("language", ["english", "e", "../de", "De"])
def test_a_language_that_no_topic_can_have_is_refused(filed: Path, language: str) -> None:
    with pytest.raises(UsageError, match="language"):
        add(filed, "Coast", "Küste", language=language)


def test_a_file_with_edits_that_are_not_committed_is_left_alone(filed: Path) -> None:
    edited = (filed / TOPIC).read_text("utf-8") + "# mine\n"
    (filed / TOPIC).write_text(edited, "utf-8")

    with pytest.raises(RecordError, match=TOPIC):
        add(filed, "Coast", "trawler")

    assert (filed / TOPIC).read_text("utf-8") == edited
