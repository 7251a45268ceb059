"""What a newcomer's reputation is after some stories, in a newsroom of thirty known publishers.

    python benchmarks/judgement/reputation.py

Nothing is read: the counts are invented. Each of the thirty has 200 stories, of which 60 are own
reporting, and was first on 16 of 80 events. A good newcomer has own reporting in four of five
stories and is first on two of three events; a partisan one has own reporting in one of twenty and
is never first.
"""

from __future__ import annotations

from copydesk.judge.reputation import PublisherWork, Reputations
from copydesk.news import Provider

KNOWN = {
    f"known{n}.example": PublisherWork(stories=200, own=60, events=80, first=16) for n in range(30)
}
CREDITS = (0, 1, 3, 8)


def main() -> None:
    """Print the points by the number of stories, and by how many others credit the newcomer."""
    print("| stories | good, credited by 0 | 1 | 3 | 8 | partisan |\n|---|---|---|---|---|---|")
    for stories in (0, 1, 3, 5, 8, 12, 20, 40):
        events = round(stories / 2)
        good = PublisherWork(
            stories=stories, own=round(stories * 0.8), events=events, first=round(events * 2 / 3)
        )
        partisan = PublisherWork(stories=stories, own=stories // 20, events=round(stories / 3))
        points = (*(rate(good, credit) for credit in CREDITS), rate(partisan, 0))
        print(f"| {stories} | {' | '.join(map(str, points))} |")


def rate(work: PublisherWork, credit: int) -> int:
    """Return the points of a newcomer that some of the known publishers credit."""
    works = {**KNOWN, "newcomer.example": work} if work.stories else KNOWN
    credited = {"newcomer": frozenset(list(KNOWN)[:credit])}
    newcomer = Provider(name="Newcomer", domain="newcomer.example")
    return Reputations(works, credited).of(newcomer).points


if __name__ == "__main__":
    main()
