"""Which topics have a page, which stand above each, which are the sections of a site."""

from __future__ import annotations

from dataclasses import replace

from copydesk.news import Topic
from copydesk.placement.addresses import addressable_topics, sections, topics_above, topics_below
from world import editions

TOPICS = editions.beat().topics


def test_a_topic_stands_below_those_above_it() -> None:
    assert ("courts", "law", "robots") == topics_above(TOPICS)["Courts"]


def test_topics_that_name_each_other_end_where_the_circle_closes() -> None:
    circle = [Topic(id="a", name="A", parent="B"), Topic(id="b", name="B", parent="A")]

    assert {"A": ("a", "b"), "B": ("b", "a")} == topics_above(circle)


def test_a_topic_whose_id_is_no_folder_has_no_page_and_of_two_with_one_id_the_first_has() -> None:
    twice = Topic(id="law", name="Law again")
    nowhere = Topic(id="a/b", name="Nowhere")
    beat = replace(editions.beat(), topics=(*TOPICS, twice, nowhere))

    assert TOPICS == addressable_topics(beat)


def test_the_sections_are_what_stands_right_below_the_main_topic() -> None:
    alone = Topic(id="alone", name="Alone")

    assert ["Law", "Toys", "Alone"] == [
        topic.name for topic in sections([*TOPICS, alone], "Robots")
    ]


def test_all_topics_but_the_main_one_are_below_it() -> None:
    assert ["Law", "Courts", "Toys"] == [topic.name for topic in topics_below(TOPICS, "Robots")]
