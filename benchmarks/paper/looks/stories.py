"""Invented stories: their newsrooms, and headlines in four languages, some of them long.

`sites.py` makes sites of them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from copydesk.news import Provider, Reason, Story
from copydesk.news.story import Related

AT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
_HOUSES = ("The Herald", "Morning Wire", "Daily Ledger", "Kestrel News", "Sluice & Lock Review")
HEADLINES = (
    "Robots may vote in port councils, court rules",
    "Tide tables to be printed by machines from spring",
    "Ferry union and owners agree on pay after eleven weeks",
    "What the new rules for harbour cranes mean for small ports",
    "Mayor of Quoyle withdraws plan for a second sea wall",
    "A tug without a crew crosses the sound for the first time",
    "Insurers ask who is to blame when a pilot program fails",
    "Regulator opens inquiry into the price of buoys",
    "Salt in the wells: three villages get water by ship",
    "Old lighthouse finds a buyer, and a purpose",
    "Dockers’ school teaches welding by simulator",
    "Storm closes nine of ten berths for a second day",
    "The long wait for spare parts",
    "Researchers map the sea bed with borrowed sonar",
    "Council votes 7 to 6 to keep the night ferry",
    "Fishing quota falls again, and boats stay in port",
    "Machines that sort the catch learn from the oldest hands",
    "Parliament debates a law on lost containers",
    "First electric pilot boat enters service",
    "A short history of the harbour clock",
)
EXCERPT = (
    "The decision came after a hearing of two days at which both sides brought engineers, a priest "
    "and a retired harbour master. It takes effect in March, and an appeal is expected before then."
)
LONG = (
    "In a decision that could reshape how every harbour on the coast is run, the high court has "
    "held by four votes to three that machines which carry out the duties of a councillor must be "
    "heard, counted and, where they err, also dismissed like one"
)
ARABIC = (
    "المحكمة تسمح للآلات بالتصويت في مجالس الموانئ",
    "اتفاق بين نقابة العبّارات والمالكين بعد أحد عشر أسبوعًا",
    "العاصفة تغلق تسعة من عشرة أرصفة لليوم الثاني",
    "المنارة القديمة تجد مشتريًا وغاية جديدة",
    "البرلمان يناقش قانونًا عن الحاويات المفقودة",
    "Tug without a crew crosses the sound",
    "انخفاض حصة الصيد مرة أخرى والقوارب تبقى في الميناء",
)
HEBREW = (
    "בית המשפט: מכונות רשאיות להצביע במועצות הנמל",
    "הסכם שכר בין ימאי המעבורות לבעלים אחרי אחד עשר שבועות",
    "הסערה סוגרת תשעה מעשרה רציפים ביום השני",
    "המגדלור הישן מוצא קונה ותכלית",
    "הכנסת דנה בחוק על מכולות אבודות",
)
GERMAN = (
    "Verwaltungsgericht lässt Maschinen in Hafenräten abstimmen",
    "Binnenschifffahrtsuntersuchungsordnung wird zum dritten Mal verschoben",
    "Fährgewerkschaft und Reeder einigen sich nach elf Wochen auf Lohnerhöhung",
    "Sturm schließt neun von zehn Liegeplätzen am zweiten Tag",
    "Alter Leuchtturm findet einen Käufer und einen Zweck",
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenversicherung vor Gericht",
)


def provider(number: int) -> Provider:
    """Give one of the invented newsrooms."""
    name = _HOUSES[number % len(_HOUSES)]
    return Provider(name=name, domain=re.sub(r"[^a-z]+", "", name.lower()) + ".example")


def story(number: int, title: str, **fields: object) -> Story:
    """Give a published story; the higher its number the older and the cooler."""
    moment = AT - timedelta(minutes=37 * number + 8)
    name = f"{moment:%Y-%m-%d}-{number}"
    usual = Story(
        path=f"_news/{name}.md",
        title=title,
        excerpt=EXCERPT if number % 4 else EXCERPT.partition(". ")[0] + ".",
        published_at=moment,
        web_url=f"https://{provider(number).domain}/{name}",
        original_url=f"https://{provider(number).domain}/{name}",
        quality=80,
        heat=190 - number,
        published=True,
        provider=provider(number),
        topics=(("Harbours", "Cranes") if number % 3 else ("Harbours", "Law", "Courts")),
        trust=85 if number % 2 else 40,
        access="free",
        reasons=(
            Reason(about="quality", points=35, why='keyword "harbour" in title'),
            Reason(about="quality", points=20, why="800 words of its own"),
            Reason(about="published", why="quality at or over 70"),
        ),
    )
    return replace(usual, **fields)  # type: ignore[arg-type]


def related(number: int, title: str) -> Related:
    """Give another newsroom's take on a story."""
    other = provider(number)
    return Related(
        title=title, published_at=AT, web_url=f"https://{other.domain}/take", provider=other
    )
