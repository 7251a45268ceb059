"""What the gate of the room `model` lets through, and what it refuses: faults and clean sentences.

    python benchmarks/model/faults.py FOLDER [--half 0|1] [--file PATH] [--show KIND]

FOLDER holds giveme5w1h_dev.jsonl and ecbplus_dev.jsonl, news articles with the event they report
(`cluster`). Members are up to five articles of an event, headline and 1,500 characters. `--half`
takes the events of one half, by the hash of their name. PATH holds sentences that a person wrote:
one JSON object a line with `group`, `members` ({"id", "text"}), `sentence` and `cites` (from 1).

Clean sentences are made from the members by rule. A fault is a clean sentence that passes, with
one thing changed; `foreign`: into what no member says, `same`: into what the members say of
something else. Prints how many of each kind pass. `--show` prints the sentences of a kind that
passed and should not, or the other way around.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from copydesk.kit import sentences, text
from copydesk.model.gate import DraftSentence, GateResult, MemberText, check_sentences

FILES = ("giveme5w1h_dev.jsonl", "ecbplus_dev.jsonl")
MEMBERS = 5
CHARACTERS = 1500
RUN = 8
FAULTS = 50  # of a kind
CLEAN = 125  # of a kind

NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-zé'’-]+)(?: [A-Z][a-zé'’-]+)*(?![\w.])")
NUMBER = re.compile(r"(?<![\w.,$£€-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w.,]*\d|[-\w])")
PLACE = re.compile(
    r"(?<= in | at )(?:[A-Z][a-zé'’-]+)(?: [A-Z][a-zé'’-]+)*(?![\w.])|(?<= near )[A-Z][a-z]+"
)
SPEAKER = re.compile(
    r"[A-Z][a-zé'’-]+(?: [A-Z][a-zé'’-]+)*(?= (?:said|says|told|added|tweeted|wrote))"
    r"|(?<=said )[A-Z][a-z]+(?: [A-Z][a-z]+)*"
)
QUOTED = re.compile(r"[\"“]([^\"“”]{15,160})[\"”]")
SPOKEN = re.compile(
    r"^[\"“]([^\"“”]{20,150}?),?[\"”],? "
    r"(?:said )?([A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+)*)(?: said)?[,.]"
)
TIMES = frozenset(
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "The",
        "This",
        "That",
        "It",
        "He",
        "She",
        "They",
        "But",
        "And",
        "In",
        "On",
        "At",
        "I",
        "We",
        "You",
    ]
)
AUXILIARY = re.compile(r" (is|was|were|are|has|have|had|will|would|did|could|can) (?!not\b)")
NEGATED = re.compile(r" (?:not|never)(?= )| (?:may|might|could)(?= [a-z])|n['’]t(?= )")
TITLE = re.compile(
    r"\b(President|Prime Minister|Minister|Senator|Mayor|Governor|Secretary|CEO"
    r"|spokesman|spokeswoman|spokesperson|manager|director|chairman|coach)\b"
)
INVENTED = ("Halloran", "Bergström", "Viktor Ostrander", "Delacroix", "Priya Raman", "Okonkwo")
FOREIGN = ("Montevideo", "Tashkent", "Reykjavik", "Windhoek", "Ulan Bator", "Antofagasta")
SAYINGS = (
    "We will never accept this outcome",
    "This was the hardest day of my life",
    "Nobody could have seen it coming",
    "It is time to move on from all of this",
)
WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
DEMONYMS = {
    "France": "French",
    "Germany": "German",
    "China": "Chinese",
    "Japan": "Japanese",
    "Russia": "Russian",
    "North Korea": "DPRK",
    "United States": "U.S.",
    "U.S.": "American",
    "Britain": "UK",
    "Syria": "Syrian",
    "Israel": "Israeli",
    "percent": "%",
    "per cent": "percent",
    "United Nations": "UN",
}
OTHER_WORDS = {
    "said": "stated",
    "says": "said",
    "has been": "was",
    "have been": "were",
    "the": "this",
    "after": "following",
    "before": "ahead of",
    "in": "within",
    "with": "alongside",
    "which": "that",
    "who": "that",
    "about": "around",
    "will": "is set to",
    "on": "upon",
    "of": "from",
    "a": "some",
    "to": "toward",
    "and": "plus",
    "for": "toward",
}


@dataclass(frozen=True)
class Case:
    """A sentence over the members of an event."""

    kind: str
    group: str
    members: tuple[MemberText, ...]
    sentence: str
    cites: tuple[int, ...]


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--half", type=int, choices=(0, 1))
    asked.add_argument("--file", type=Path)
    asked.add_argument("--show", default="")
    given = asked.parse_args()
    chance = random.Random(36)
    groups = dict(sorted(read_groups(given.folder, given.half)))
    clean = list(make_clean(groups, chance))
    if given.file:
        clean += read_file(given.file, given.half)
    good = report_clean(clean, given.show)
    chance.shuffle(good)
    report_faults(good, chance, given.show)


def in_half(group: str, half: int | None) -> bool:
    """Decide whether an event is in a half of them."""
    return half is None or int(hashlib.sha256(group.encode()).hexdigest(), 16) % 2 == half


def read_groups(folder: Path, half: int | None) -> Iterator[tuple[str, tuple[MemberText, ...]]]:
    """Yield the events and their members."""
    found = defaultdict(list)
    for name in FILES:
        for line in (folder / name).read_text("utf-8").splitlines():
            row = json.loads(line)
            body = f"{row['title']}\n{text.shorten(row['text'], CHARACTERS)}"
            found[row["cluster"]].append(MemberText(name=row["id"], text=body))
    for group, members in found.items():
        if len(members) > 1 and in_half(group, half):
            yield group, tuple(sorted(members, key=lambda member: member.name)[:MEMBERS])


def read_file(path: Path, half: int | None) -> list[Case]:
    """Return the sentences of a file that a person wrote."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Case(
            "by hand",
            row["group"],
            tuple(MemberText(name=member["id"], text=member["text"]) for member in row["members"]),
            row["sentence"],
            tuple(row["cites"]),
        )
        for row in rows
        if in_half(row["group"], half)
    ]


def check(case: Case) -> GateResult:
    """Ask the gate."""
    return check_sentences(
        [DraftSentence(text=case.sentence, cites=case.cites)], case.members, "en", least=1
    )


def sentences_of(body: str) -> Iterator[str]:
    """Yield the sentences of a member's paragraphs."""
    for line in body.splitlines()[1:]:
        start = 0
        for end in sentences.ends(line):
            yield line[start:end].strip()
            start = end


# Clean sentences


def make_clean(groups: dict[str, tuple[MemberText, ...]], chance: random.Random) -> Iterator[Case]:
    """Yield clean sentences of each kind."""
    makers: dict[str, Callable[[str], str]] = {
        "quotation": quote,
        "cut": cut,
        "order": reorder,
        "number or name": rewrite,
        "rounded": rounded,
    }
    for kind, make in makers.items():
        made = []
        for group, members in groups.items():
            for number, member in enumerate(members, 1):
                for sentence in sentences_of(member.text):
                    result = make(sentence)
                    if result and not copied(result, members):
                        made.append(Case(kind, group, members, result, (number,)))
        yield from chance.sample(made, min(CLEAN, len(made)))
    yield from join(groups, chance)


def copied(sentence: str, members: tuple[MemberText, ...]) -> bool:
    """Decide whether a run of eight words is left outside of quotation marks."""
    words = text.words(QUOTED.sub(" § ", sentence))
    sources = [" ".join(text.words(member.text)) for member in members]
    runs = (" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))
    return any(run in source for run in runs for source in sources)


def quote(sentence: str) -> str:
    """Return a quotation with its speaker before it."""
    found = SPOKEN.match(sentence)
    return f"{found[2]} said: “{found[1]}.”" if found and found[2] not in TIMES else ""


def plain(sentence: str) -> bool:
    """Decide whether a sentence can be cut: no quotation, a capital, and a length."""
    return (
        not re.search(r"[\"“”'‘’:;()\[\]]", sentence)
        and 40 < len(sentence) < 260
        and sentence[0].isupper()
    )


def disturb(sentence: str) -> str:
    """Return a sentence with a word replaced wherever seven words were copied."""
    words, since = [], 0
    for word in sentence.split(" "):
        other = OTHER_WORDS.get(word) if since >= 4 else None
        words.append(other or word)
        since = 0 if other else since + 1
    return " ".join(words)


def cut(sentence: str) -> str:
    """Return a sentence without its last clause, or without what is between two commas."""
    if not plain(sentence):
        return ""
    parts = sentence.rstrip(".").split(", ")
    if len(parts) == 3:
        return disturb(f"{parts[0]} {parts[2]}.") if parts[1].startswith(("who", "which")) else ""
    if (
        len(parts) != 2
        or len(parts[0].split()) < 6
        or parts[0].startswith(("After", "When", "If", "In", "As"))
    ):
        return ""
    return disturb(f"{parts[0]}.")


def reorder(sentence: str) -> str:
    """Return a sentence with its first clause at its end."""
    found = re.match(
        r"^(In|On|At|After|Before|During|Since|For|According to) ([^,]{4,70}), "
        r"((?:the|a|an|[A-Z])[^,]{20,150})\.$",
        sentence,
    )
    if not found or not plain(sentence):
        return ""
    return disturb(f"{found[3][0].upper()}{found[3][1:]} {found[1].lower()} {found[2]}.")


def rewrite(sentence: str) -> str:
    """Return a sentence with numbers in the other spelling, or a name of the same meaning."""
    changed = re.sub(
        r"(?<![\w.,$-])([2-9]|1[0-2])(?= [a-z]+s\b)", lambda found: WORDS[int(found[1])], sentence
    )
    if changed == sentence:
        changed = re.sub(
            rf"(?<= )({'|'.join(WORDS[2:])})(?= [a-z]+s\b)",
            lambda found: str(WORDS.index(found[1])),
            sentence,
        )
    for name, other in DEMONYMS.items():
        if changed == sentence and f" {name} " in sentence:
            changed = sentence.replace(f" {name} ", f" {other} ", 1)
    return disturb(changed) if changed != sentence and plain(sentence) else ""


def rounded(sentence: str) -> str:
    """Return a sentence with a rounded number."""
    found = re.search(r"(?<= )(\d{2}|\d,\d{3}|\d{3})(?= [a-z]+s\b)", sentence)
    if not found or not plain(sentence):
        return ""
    value = int(found[1].replace(",", ""))
    step = 10 ** (len(str(value)) - 2) if value > 99 else 5
    whole = round(value / step) * step
    words = "nearly" if whole > value else "more than"
    if whole == value or abs(whole - value) > 0.09 * value:
        return ""
    before = re.sub(
        r"\b(about|some|nearly|almost|more than|at least|over|around) $",
        "",
        sentence[: found.start()],
    )
    return disturb(f"{before}{words} {whole:,}{sentence[found.end() :]}")


def join(groups: dict[str, tuple[MemberText, ...]], chance: random.Random) -> Iterator[Case]:
    """Yield two short facts of one or two members as one sentence."""
    made = []
    for group, members in groups.items():
        facts = [
            (number, short)
            for number, member in enumerate(members, 1)
            for sentence in sentences_of(member.text)
            if (short := cut(sentence))
            and len(short) < 110
            and short.split()[0] not in ("He", "She", "It", "They")
        ]
        for (one, first), (two, second) in itertools.pairwise(facts):
            start = (
                second
                if second.split()[0] not in ("The", "A", "This", "An")
                else second[0].lower() + second[1:]
            )
            sentence = f"{first.rstrip('.')}, while {start}"
            if not copied(sentence, members):
                made.append(Case("joined", group, members, sentence, tuple(sorted({one, two}))))
    yield from chance.sample(made, min(CLEAN, len(made)))


# Faults


def swap(
    pattern: re.Pattern[str],
    values: Callable[[Case, str], list[str]],
    case: Case,
    chance: random.Random,
) -> str:
    """Return the sentence with one match replaced by one of the values."""
    found = [match for match in pattern.finditer(case.sentence) if match[0] not in TIMES]
    if not found:
        return ""
    match = chance.choice(found)
    others = [
        value
        for value in values(case, match[0])
        if value not in TIMES
        and not is_close(value, match[0])
        and value not in case.sentence
        and not set(value.split()) & set(match[0].split())
        and value.lower() not in match[0].lower()
    ]
    return (
        f"{case.sentence[: match.start()]}{chance.choice(others)}{case.sentence[match.end() :]}"
        if others
        else ""
    )


def is_close(value: str, other: str) -> bool:
    """Decide whether two numbers are so close that one may be the other, rounded."""
    one, two = value.replace(",", ""), other.replace(",", "")
    try:
        return abs(float(one) - float(two)) <= 0.1 * float(two)
    except ValueError:
        return False


def of_members(pattern: re.Pattern[str]) -> Callable[[Case, str], list[str]]:
    """Return what finds the values in the cited members that match a pattern."""

    def values(case: Case, _: str) -> list[str]:
        cited = "\n".join(case.members[number - 1].text for number in case.cites)
        return sorted(set(pattern.findall(cited)))

    return values


def foreign_number(case: Case, value: str) -> list[str]:
    """Return numbers that no member has."""
    number = float(value.replace(",", "") or 0)
    others = [f"{int(number * factor + 7):,}" for factor in (2, 3, 1.3)]
    return [other for other in others if not any(other in member.text for member in case.members)]


def wrong_quotation(case: Case, chance: random.Random) -> str:
    """Return a sentence whose quotation nobody said, or one word of it."""
    found = QUOTED.search(case.sentence)
    if found and len(found[1].split()) > 3 and chance.random() < 0.5:
        words = found[1].split()
        del words[len(words) // 2]
        return case.sentence.replace(found[1], " ".join(words))
    if found:
        return case.sentence.replace(found[1], chance.choice(SAYINGS))
    name = NAME.search(case.sentence)
    return f"{name[0]} said: “{chance.choice(SAYINGS)}.”" if name and name[0] not in TIMES else ""


def wrong_title_or_place(case: Case, chance: random.Random) -> str:
    """Return a sentence with a title that is not his, or a place where nothing happened."""
    if TITLE.search(case.sentence) and chance.random() < 0.8:
        if chance.random() < 0.5:
            return TITLE.sub(lambda found: f"former {found[1]}", case.sentence, count=1)
        return TITLE.sub("Ambassador", case.sentence, count=1)
    return swap(PLACE, lambda _, __: list(FOREIGN), case, chance)


def negate(case: Case, chance: random.Random) -> str:
    """Return a sentence with a negation or modal added or lost."""
    if '"' in case.sentence or "“" in case.sentence:
        return ""
    if NEGATED.search(case.sentence):
        return NEGATED.sub("", case.sentence, count=1)
    sign = chance.choice((" not", " never", " reportedly"))
    changed = AUXILIARY.sub(lambda found: f" {found[1]}{sign} ", case.sentence, count=1)
    return changed if changed != case.sentence else ""


FOREIGN_FAULTS: dict[str, Callable[[Case, random.Random], str]] = {
    "foreign number": lambda case, chance: swap(NUMBER, foreign_number, case, chance),
    "foreign name": lambda case, chance: swap(NAME, lambda _, __: list(INVENTED), case, chance),
    "foreign quotation": wrong_quotation,
    "foreign place or title": wrong_title_or_place,
    "negation or modal": negate,
}
SAME_FAULTS: dict[str, Callable[[Case, random.Random], str]] = {
    "same: figure": lambda case, chance: swap(NUMBER, of_members(NUMBER), case, chance),
    "same: speaker": lambda case, chance: swap(SPEAKER, of_members(SPEAKER), case, chance),
    "same: name": lambda case, chance: swap(NAME, of_members(NAME), case, chance),
    "same: place": lambda case, chance: swap(PLACE, of_members(PLACE), case, chance),
}


def report_clean(clean: list[Case], show: str) -> list[Case]:
    """Print how many clean sentences are refused, by kind and rule; return the others."""
    asked: Counter[str] = Counter()
    rules: dict[str, Counter[str]] = defaultdict(Counter)
    good = []
    for case in clean:
        asked[case.kind] += 1
        result = check(case)
        if not result.left_out:
            good.append(case)
            continue
        left = result.left_out[0]
        rules[case.kind][left.rule] += 1
        if case.kind == show:
            print(f"  {left.rule}: {left.about!r}: {case.group} {case.cites} {case.sentence}")
    print("| clean sentences | asked | refused | share | by rule |\n|---|---|---|---|---|")
    for kind, count in [*asked.items(), ("all", len(clean))]:
        refused = rules[kind] if kind != "all" else sum(rules.values(), Counter())
        by_rule = ", ".join(f"{rule} {times}" for rule, times in refused.most_common())
        share = refused.total() / max(count, 1)
        print(f"| {kind} | {count} | {refused.total()} | {share:.1%} | {by_rule} |")
    return good


def report_faults(good: list[Case], chance: random.Random, show: str) -> None:
    """Print how many faults pass, of each kind."""
    print("\n| faults | made | pass | share | refused by rule |\n|---|---|---|---|---|")
    for kind, make in {**FOREIGN_FAULTS, **SAME_FAULTS}.items():
        wanted = FAULTS if kind in FOREIGN_FAULTS else round(FAULTS * 5 / 3)
        made, passed, rules = set(), 0, Counter[str]()
        for case in good * 4:
            sentence = make(case, chance)
            if not sentence or sentence in made or len(made) >= wanted:
                continue
            made.add(sentence)
            result = check(Case(kind, case.group, case.members, sentence, case.cites))
            rules.update(left.rule for left in result.left_out)
            passed += not result.left_out
            if kind == show and not result.left_out:
                print(f"  {case.group} {case.cites}: {sentence}\n     clean: {case.sentence}")
        by_rule = ", ".join(f"{rule} {times}" for rule, times in rules.most_common())
        print(f"| {kind} | {len(made)} | {passed} | {passed / max(len(made), 1):.1%} | {by_rule} |")


if __name__ == "__main__":
    main()
