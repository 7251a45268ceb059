"""Profile: by whose rules and points a site weighs its stories, and what follows from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from copydesk.kit import kinds
from copydesk.kit.options import option

ProfileName = Literal["copydesk", "everyday"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a profile means for everybody but the judge, who alone knows its points.

    `has_blocks`: a record keeps our blocks (reasons, history, digests of what the line wrote …).
    `keeps_verdicts_in_rulings`: its record has no place for an editor's verdict, so that it stands
    in `_data/rulings.yaml` and is applied after each judgement. `groups_by_rules`: split and merge
    move its stories. `groups_by_meaning`: vectors tell what is near. `groups_from_nothing`: a group
    comes of the stories alone, whatever stood beside them before.
    """

    has_blocks: bool
    keeps_verdicts_in_rulings: bool
    groups_by_rules: bool
    groups_by_meaning: bool
    groups_from_nothing: bool


TRAITS: Mapping[ProfileName, Traits] = {
    "copydesk": Traits(
        has_blocks=True,
        keeps_verdicts_in_rulings=False,
        groups_by_rules=True,
        groups_by_meaning=True,
        groups_from_nothing=False,
    ),
    "everyday": Traits(
        has_blocks=False,
        keeps_verdicts_in_rulings=True,
        groups_by_rules=False,
        groups_by_meaning=False,
        groups_from_nothing=True,
    ),
}


MOST_POINTS = 200  # above all that a quality can be: 0 takes a signal out, this makes it decide


def _points(default: int, about: str) -> int:
    return option(default, about, kinds.whole(minimum=-MOST_POINTS, maximum=MOST_POINTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalPoints:
    """What each signal of the profile `copydesk` is worth, as `[scoring.points]` in beat.toml.

    A signal's name here is its name everywhere: in beat.toml, in the judge, on the desk.
    """

    on_beat: int = _points(6, "On the beat: four to eight times, by how sure its topic is.")
    off_beat: int = _points(-80, "No topic at all, kept all the same.")
    weighty_title: int = _points(10, "A matter of consequence in the headline.")
    state_in_title: int = _points(8, "A state named in the headline.")
    weighty_lede: int = _points(
        2, "Words of consequence in headline and lede: once for 4, to four times for 11."
    )
    weighty_text: int = _points(
        5, "Words of consequence in the text: once for 2, to seven times for 24."
    )
    voices: int = _points(
        4, "It tells who says so: once where it does once, to six times where it does 18 times."
    )
    own_reporting: int = _points(8, "The newsroom asked for itself.")
    thin_text: int = _points(-80, "Less than 150 characters to read.")
    abrupt_end: int = _points(-6, "The text ends in the middle of a sentence.")
    promotion: int = _points(-5, "Words of those who sell: once for 5, to three times for 12.")
    first_person: int = _points(-4, "The text speaks of its author: once, or twice where often.")
    exclamation: int = _points(
        -7, "Signs of exclamation and question: once for 4 in 1,000 words, twice for 9."
    )
    to_reader: int = _points(-5, "A headline that speaks to its reader.")
    light_fare: int = _points(-10, "A headline on light fare.")
    video: int = _points(10, "It is a video.")
    picture: int = _points(5, "It has a picture.")
    organization: int = _points(8, "A publisher that has a file in `_data/organizations`.")
    official: int = _points(20, "An official source of the beat.")
    high_standing: int = _points(10, "A publisher of a standing of 0.8 and more.")
    good_standing: int = _points(5, "A publisher of a standing of 0.6 and more.")
    poor_standing: int = _points(-10, "A publisher of a standing below 0.4.")
    unreliable: int = _points(-120, "A publisher of a standing below 0.2.")
    wall: int = _points(-10, "It stands behind a wall.")
    stub: int = _points(-110, "And has less than 1,500 characters before that.")
    foreign_language: int = _points(-40, "A language that neither site nor topics speak.")
    late: int = _points(-10, "A week late, from a source that was watched.")
    press_release: int = _points(-120, "A press release, or paid for; official sources may.")
    market_report: int = _points(-120, "An advertisement for a market study.")
    job_advert: int = _points(-120, "A post to be filled.")
    shopping: int = _points(-120, "A page that sells.")
    pastime: int = _points(-120, "A puzzle, a horoscope, lottery numbers.")
    ticker: int = _points(-60, "A robot's report on one share.")
    live_stub: int = _points(-20, "A running blog of less than 1,500 characters.")
    agency: int = _points(-5, "Told by another newsroom.")
    brief: int = _points(10, "A brief of a known newsroom on a matter of consequence.")
    opinion: int = _points(-5, "Labelled as opinion.")
    gossip: int = _points(-20, "The private lives of the famous, and trailers.")
    instructions: int = _points(-10, "Instructions.")
    tease: int = _points(-10, "A headline that teases.")
