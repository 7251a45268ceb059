"""What readers do on their pages: subscribe, confirm, choose, leave, and see what is kept."""

from __future__ import annotations

import json
import re
from contextlib import closing
from datetime import timedelta

import pytest

from copydesk.mail_store import open_mail
from copydesk.mail_store.deliveries import NewSending
from copydesk.mail_store.links import LINK_LIFETIME
from copydesk.rendering import Renderer
from world.reader_pages import PUBLIC, READER, PageAnswer, ReaderDesk

MULTIPART = b"""\
--x\r
Content-Disposition: form-data; name="List-Unsubscribe"\r
\r
One-Click\r
--x--\r
"""


def heading(answer: PageAnswer) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.body)
    assert found, answer.body
    return found[1]


def letters_of(desk: ReaderDesk) -> dict[str, tuple[str, ...]]:
    with desk.kept() as store:
        return {kept.letter: kept.topics for kept in store.subscriptions.of(1)}


def test_who_subscribes_and_confirms_gets_the_letter(desk: ReaderDesk) -> None:
    asked = desk.post("/subscribe", {"address": READER, "letter": "daily"})
    link = desk.follow_mail()
    shown = desk.get(link)

    assert (200, "Check your e-mail") == (asked.status, heading(asked))
    assert "The Tide" in shown.body
    assert READER not in shown.body
    assert {} == letters_of(desk)
    assert "You are subscribed" == heading(desk.post(link, {}))
    assert {"daily": ()} == letters_of(desk)
    assert "Already confirmed" == heading(desk.post(link, {}))


def test_the_words_of_consent_stand_on_the_form_and_are_what_is_kept(desk: ReaderDesk) -> None:
    desk.subscribe()
    with desk.kept() as store:
        (consent,) = store.consents.of(1)
        version = json.loads(consent.proof)["words"]
        words = str(store.facts.get(f"consent words {version}"))

    assert words
    assert words in desk.get("/subscribe").body


def test_a_known_address_is_answered_like_an_unknown_one(desk: ReaderDesk) -> None:
    desk.subscribe()
    desk.move(timedelta(days=2))
    fields = {"letter": "daily"}
    known = desk.post("/subscribe", {**fields, "address": READER})
    new = desk.post("/subscribe", {**fields, "address": "other@tidewatch.example"})

    assert known.status == new.status == 200
    assert known.body.replace(READER, "") == new.body.replace("other@tidewatch.example", "")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"address": "", "letter": "daily"}, "Enter your e-mail address."),
        ({"address": "mara", "letter": "daily"}, "An e-mail address needs an @"),
        ({"address": "a..b@tidewatch.example", "letter": "daily"}, "before the @"),
        ({"address": "mara@-.example", "letter": "daily"}, "after the @"),
        ({"address": f"{'m' * 300}@a.example", "letter": "daily"}, "address is too long."),
        ({"address": READER}, "Choose at least one newsletter."),
        ({"address": READER, "letter": "nightly"}, "Choose at least one newsletter."),
    ],
)
def test_a_form_says_what_is_wrong_beside_the_field_and_keeps_the_rest(
    desk: ReaderDesk, fields: dict[str, str], fault: str
) -> None:
    answer = desk.post("/subscribe", fields)

    assert 400 == answer.status
    assert fault in answer.body
    assert re.search(r'aria-describedby="(address|letter)-fault', answer.body)
    assert f'value="{fields["address"][:300]}"' in answer.body


def test_who_fills_the_field_that_nobody_sees_gets_no_mail(desk: ReaderDesk) -> None:
    answer = desk.post("/subscribe", {"address": READER, "letter": "daily", "comment": "buy"})

    assert (200, "Check your e-mail") == (answer.status, heading(answer))
    with desk.kept() as store:
        assert 0 == store.outbox.count()


def test_the_link_to_a_letter_chooses_it_on_the_form(desk: ReaderDesk) -> None:
    assert 'value="weekly" checked' in desk.get("/subscribe?letter=weekly").body
    assert 'value="daily" checked' in desk.get("/subscribe").body


def test_a_link_to_confirm_is_over_after_two_days(desk: ReaderDesk) -> None:
    desk.post("/subscribe", {"address": READER, "letter": "daily"})
    link = desk.follow_mail()
    desk.move(LINK_LIFETIME + timedelta(seconds=1))

    assert 410 == desk.get(link).status == desk.post(link, {}).status
    assert f"{LINK_LIFETIME // timedelta(hours=1)} hours" in desk.get(link).body
    assert {} == letters_of(desk)


def test_one_click_in_a_mail_program_ends_the_letter_at_once(desk: ReaderDesk) -> None:
    desk.subscribe()
    link = desk.link("unsubscribe", "daily")
    desk.move(timedelta(days=4_000))

    for _ in range(2):
        answer = desk.post(link, b"List-Unsubscribe=One-Click")
        assert (200, "unsubscribed\n") == (answer.status, answer.body)
    assert {} == letters_of(desk)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", ""),
        (MULTIPART, "multipart/form-data; boundary=x"),  # RFC 8058 3.2 recommends it
        (b"\xff\xfe", "application/octet-stream"),
    ],
)
def test_whatever_a_mail_program_sends_along_the_letter_ends(
    desk: ReaderDesk, body: bytes, kind: str
) -> None:
    desk.subscribe()

    assert 200 == desk.post(desk.link("unsubscribe", "daily"), body, kind).status
    assert {} == letters_of(desk)


def test_the_page_to_leave_asks_and_its_buttons_end_one_letter_or_all(desk: ReaderDesk) -> None:
    desk.subscribe()
    choose = [("act", "choose"), ("letter", "daily"), ("letter", "weekly")]
    desk.post(desk.link("choices"), choose)
    link = desk.link("unsubscribe", "daily")

    assert "Unsubscribe from The Tide" in desk.get(link).body
    one = desk.post(link, {"page": "1", "act": "letter"})
    assert "You no longer receive <bdi>The Tide</bdi>." in one.body
    assert {"weekly": ()} == letters_of(desk)
    assert "receive no more newsletters." in desk.post(link, {"page": "1", "act": "all"}).body
    assert {} == letters_of(desk)
    assert "You were already unsubscribed" in desk.post(link, {"page": "1", "act": "all"}).body


def test_letters_topics_and_a_pause_are_chosen_and_shown_again(desk: ReaderDesk) -> None:
    desk.subscribe()
    link = desk.link("choices")
    choice = [("act", "choose"), ("letter", "weekly"), ("topic:weekly", "Coast")]
    answer = desk.post(link, [*choice, ("pause", "2026-12-24")])

    assert "Your choices are saved. They apply from the next issue on." in answer.body
    assert {"weekly": ("Coast",)} == letters_of(desk)
    again = desk.get(link).body
    assert 'name="topic:weekly" value="Coast" checked' in again
    assert 'value="daily">' in again
    assert 'value="2026-12-24"' in again
    desk.post(link, [*choice, ("pause", "")])
    with desk.kept() as store:
        reader = store.subscribers.get(1)
    assert reader is not None
    assert ("active", None) == (reader.state, reader.paused_until)


@pytest.mark.parametrize("day", ["2026-11-20", "1990-01-01", "9999-12-31", "soon", "2026-02-30"])
def test_a_pause_until_no_day_to_come_changes_nothing(desk: ReaderDesk, day: str) -> None:
    desk.subscribe()
    before = desk.dump()
    answer = desk.post(
        desk.link("choices"), [("act", "choose"), ("letter", "weekly"), ("pause", day)]
    )

    assert 400 == answer.status
    assert "Choose a date between tomorrow and" in answer.body
    assert 'value="weekly" checked' in answer.body
    assert f'value="{day}"' in answer.body
    assert before == desk.dump()


def test_who_chooses_no_letter_is_told_so(desk: ReaderDesk) -> None:
    desk.subscribe()

    answer = desk.post(desk.link("choices"), {"act": "choose"})
    assert "You will receive no more newsletters." in answer.body
    assert {} == letters_of(desk)


def test_ones_data_need_a_link_of_their_own(desk: ReaderDesk) -> None:
    desk.subscribe()
    choices = desk.link("choices")

    assert READER not in desk.get(choices).body
    assert 404 == desk.get(choices.replace("choices", "manage")).status
    assert "Check your e-mail" == heading(desk.post(choices, {"act": "manage"}))
    manage = desk.follow_mail()
    page = desk.get(manage)
    assert READER in page.body
    assert "I want to receive newsletters from" in page.body
    file = desk.get(f"{manage}/data.json")
    assert 'attachment; filename="data.json"' == file.headers["content-disposition"]
    assert READER == json.loads(file.body)["address"]
    assert 200 == desk.get(manage.replace("manage", "choices")).status


def test_a_letter_that_is_queued_stands_among_ones_data_without_a_day(desk: ReaderDesk) -> None:
    desk.subscribe()
    with closing(open_mail(desk.newsroom.private)) as store:
        new = NewSending(issue="daily-2026-11-20", letter="daily", via="smtp")
        sending = store.ledger.begin(new, desk.now).number
    desk.post(desk.link("choices"), {"act": "manage"})
    manage = desk.follow_mail()

    page = desk.get(manage).body

    assert sending
    assert "<bdi>daily-2026-11-20</bdi></span> </li>" in page
    assert "1970" not in page
    assert None is json.loads(desk.get(f"{manage}/data.json").body)["deliveries"][0]["at"]


def test_the_new_address_is_proved_before_it_is_the_readers(desk: ReaderDesk) -> None:
    desk.subscribe()
    desk.post(desk.link("choices"), {"act": "manage"})
    manage = desk.follow_mail()
    same = desk.post(manage, {"act": "address", "address": READER})
    wrong = desk.post(manage, {"act": "address", "address": "mara"})
    desk.post(manage, {"act": "address", "address": "new@tidewatch.example"})
    link = desk.follow_mail()

    assert (400, 400) == (same.status, wrong.status)
    assert "This is already your address." in same.body
    assert 'value="mara"' in wrong.body
    assert "/change/" in link
    assert "n…@t…" in desk.get(link).body
    with desk.kept() as store:
        assert store.subscribers.find("new@tidewatch.example") is None
    assert 200 == desk.post(link, {}).status
    with desk.kept() as store:
        assert store.subscribers.find("new@tidewatch.example") is not None
        assert store.subscribers.find(READER) is None


def test_who_wants_everything_deleted_says_so_twice(desk: ReaderDesk) -> None:
    desk.subscribe()
    desk.post(desk.link("choices"), {"act": "manage"})
    manage, leave = desk.follow_mail(), desk.link("unsubscribe", "daily")

    assert 400 == desk.post(manage, {"act": "erase"}).status
    assert "Everything is deleted" == heading(desk.post(manage, {"act": "erase", "sure": "1"}))
    assert 410 == desk.get(manage).status
    assert READER not in "\n".join(desk.dump())
    assert 200 == desk.post(leave, b"List-Unsubscribe=One-Click").status


def test_links_on_pages_keep_the_path_at_which_readers_reach_them(desk: ReaderDesk) -> None:
    assert PUBLIC.endswith("/tide")
    assert 'action="/tide/mail/subscribe"' in desk.get("/subscribe").body
    assert 'href="/tide/mail/style.css"' in desk.get("/subscribe").body


def test_the_looks_are_the_sites_with_the_owners_own_rules_last(desk: ReaderDesk) -> None:
    (desk.root / "_templates").mkdir()
    (desk.root / "_templates/theme.css").write_text(":root { --accent: teal; }\n")
    (desk.root / "_templates/strings.toml").write_text(
        '[language]\ndirection = "rtl"\n[words]\nreaders_subscribe_title = "Briefe"\n'
    )
    (desk.root / "_templates/mail_notice.html").write_text("<h1>{{ title }}, ours</h1>")

    style, page = desk.get("/style.css"), desk.get("/subscribe")
    assert style.headers["content-type"].startswith("text/css")
    assert style.body.endswith(":root { --accent: teal; }\n")
    assert "--paper" in style.body
    assert "Briefe" == heading(page)
    assert 'dir="rtl"' in page.body
    assert "<h1>Page not found, ours</h1>\n" == desk.get("/nowhere").body


def test_an_edit_of_the_theme_takes_effect_with_the_next_visit(desk: ReaderDesk) -> None:
    """Templates are read once, and anew after any of them was changed, made or taken away."""
    theme = desk.root / "_templates"
    page, style = theme / "mail_notice.html", theme / "theme.css"
    before = desk.get("/nowhere").body
    theme.mkdir()
    for words in ("one", "two", "six"):  # of the same length, at once
        page.write_text(words)
        style.write_text(words)
        assert f"{words}\n" == desk.get("/nowhere").body
        assert desk.get("/style.css").body.endswith(words)
    page.unlink()
    style.unlink()
    assert before == desk.get("/nowhere").body
    assert not desk.get("/style.css").body.endswith("six")


def test_pages_are_made_once_for_all_visits(
    desk: ReaderDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.get("/subscribe")
    monkeypatch.setattr(Renderer, "__init__", None)  # nothing can make another one

    for path in ("/subscribe", "/style.css", "/nowhere", "/choices/forged"):
        assert 500 != desk.get(path).status


def test_a_template_that_does_not_work_is_told_and_costs_that_page(desk: ReaderDesk) -> None:
    (desk.root / "_templates").mkdir()
    (desk.root / "_templates/mail_subscribe.html").write_text("{{ nobody }}")

    assert 500 == desk.get("/subscribe").status
    assert 404 == desk.get("/confirm/forged").status
    assert ["mail_subscribe.html" in said for said in desk.said] == [True]
