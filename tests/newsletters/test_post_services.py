"""Letters handed over to services that keep their own readers."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk.errors import MailError
from copydesk.news.options import Delivery, HandOverOptions
from copydesk.newsletters.composing import FiledMail, make_outgoing, render
from copydesk.newsletters.service_calls import HandedLetter, HandOverAnswer
from copydesk.newsletters.services import SERVICES, hand_over
from copydesk.rendering import Renderer, load_strings
from world.mailing import make_issue, make_story
from world.services import GHOST_KEY, POST_ID, TOKEN, FakeServices

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
HTML = (
    "<html><head><style>p{color:red}</style></head><body><p>News</p>"
    '<p><a href="https://tidewatch.example/x">page</a>'
    '</p><p class="small"><a href="%unsubscribe%">Leave</a> · <a href="%choices%">Choose</a></p>'
    "</body></html>"
)
LETTER = HandedLetter(
    subject="The Daily: sea walls",
    html=HTML,
    text="News\n\nLeave:\n%unsubscribe%\n\nChoose:\n%choices%\n\nTidewatch\n",
    from_name='The "Daily"',
    from_address="letters@letters.example",
    reply_to="desk@letters.example",
    issue_name="2026-11-28-daily",
    page="https://tidewatch.example/daily/2026-11-28.html",
    readers=("a@inbox.example", "b@inbox.example"),
)
ALL: tuple[Delivery, ...] = ("listmonk", "buttondown", "ghost", "mailgun", "postmark")
SENDING = {"listmonk": "running", "buttondown": "about_to_send", "ghost": "sent"}
AUDIENCES = {
    "listmonk": "3",
    "buttondown": "daily",
    "ghost": "daily-letter",
    "mailgun": "news@lists.example",
    "postmark": "news-stream",
}
REFERENCES = {
    "listmonk": "1",
    "buttondown": "em_1",
    "ghost": POST_ID,
    "mailgun": "1.2@letters.example",
    "postmark": "f24af63c",
}


def ask(
    services: FakeServices, delivery: Delivery, letter: HandedLetter = LETTER, **changed: object
) -> HandOverAnswer:
    """Hand a letter over, to be sent at once unless `changed` says otherwise."""

    async def run() -> HandOverAnswer:
        async with services:
            services.now = int(NOW.timestamp()) + 1
            options = HandOverOptions(
                url=services.url,
                audience=AUDIENCES[delivery],
                is_draft=False,
                token=GHOST_KEY if delivery == "ghost" else TOKEN,
            )
            options = replace(options, **changed)  # type: ignore[arg-type]
            patience = 0.3 if "hangs" in services.faults else 20.0
            return await hand_over(delivery, options, letter, NOW, silence_seconds=patience)

    return asyncio.run(run())


@pytest.mark.parametrize("delivery", ALL)
def test_a_service_takes_a_letter_as_it_documents(delivery: Delivery) -> None:
    services = FakeServices()

    answer = ask(services, delivery)

    assert [] == services.complaints
    assert HandOverAnswer(kind="taken", reference=REFERENCES[delivery]) == answer
    (mail,) = services.letters
    assert SENDING.get(delivery, "sent") == mail.state


@pytest.mark.parametrize("delivery", ["listmonk", "buttondown", "ghost"])
def test_a_letter_is_put_there_as_a_draft(delivery: Delivery) -> None:
    services = FakeServices()

    answer = ask(services, delivery, is_draft=True)

    assert ([], "draft") == (services.complaints, answer.kind)
    assert ["draft"] == [mail.state for mail in services.letters]


@pytest.mark.parametrize("delivery", ["mailgun", "postmark"])
def test_a_service_without_drafts_is_not_asked_for_one(delivery: Delivery) -> None:
    services = FakeServices()

    with pytest.raises(MailError, match="has no drafts"):
        ask(services, delivery, is_draft=True)

    assert [] == services.asked


@pytest.mark.parametrize("delivery", ["listmonk", "buttondown", "ghost"])
@pytest.mark.parametrize("is_draft", [True, False])
def test_the_same_issue_twice_is_one_letter(delivery: Delivery, is_draft: bool) -> None:
    services = FakeServices()

    answers = [ask(services, delivery, is_draft=is_draft) for _ in range(3)]

    assert 1 == len(services.letters)
    assert 1 == len(set(answers))
    assert SERVICES[delivery].is_repeatable


@pytest.mark.parametrize("delivery", ["listmonk", "ghost"])
def test_a_draft_of_before_is_sent_by_who_sends(delivery: Delivery) -> None:
    services = FakeServices()

    answers = [ask(services, delivery, is_draft=is_draft).kind for is_draft in (True, False)]

    assert ["draft", "taken"] == answers
    assert [SENDING[delivery]] == [mail.state for mail in services.letters]


def test_a_campaign_that_a_person_ended_there_is_not_made_again() -> None:
    services = FakeServices()
    ask(services, "listmonk", is_draft=True)
    services.letters[0].state = "cancelled"

    assert "refused" == ask(services, "listmonk").kind
    assert 1 == len(services.letters)


@pytest.mark.parametrize("delivery", ["mailgun", "postmark"])
def test_of_a_service_that_finds_nothing_again_that_is_known(delivery: Delivery) -> None:
    assert not SERVICES[delivery].is_repeatable


FOOT = '<p class="small"><a href="{}">Leave</a> · <a href="{}">Choose</a></p>'
SHORT_FOOT = '<p class="small"><a href="{}">Leave</a></p>'


@pytest.mark.parametrize(
    ("delivery", "field", "html"),
    [
        (
            "listmonk",
            "body",
            FOOT.format("{{ UnsubscribeURL }}", "{{ UnsubscribeURL }}?manage=true"),
        ),
        (
            "buttondown",
            "body",
            FOOT.format("{{ unsubscribe_url }}", "{{ manage_subscription_url }}"),
        ),
        ("ghost", "html", '">page</a></p>\n<!--kg-card-end'),
        ("mailgun", "html", SHORT_FOOT.format("%mailing_list_unsubscribe_url%")),
        ("postmark", "HtmlBody", SHORT_FOOT.format("{{{ pm:unsubscribe }}}")),
    ],
)
def test_the_way_out_is_the_services_own(delivery: Delivery, field: str, html: str) -> None:
    services = FakeServices()

    ask(services, delivery)

    assert html in services.letters[0].fields[field]
    assert "%choices%" not in str(services.letters[0].fields)
    assert "%unsubscribe%" not in str(services.letters[0].fields)


@pytest.mark.parametrize(
    ("delivery", "field", "text"),
    [
        (
            "listmonk",
            "altbody",
            "Leave:\n{{ UnsubscribeURL }}\n\nChoose:\n{{ UnsubscribeURL }}?mana",
        ),
        ("mailgun", "text", "News\n\nLeave:\n%mailing_list_unsubscribe_url%\n\nTidewatch\n"),
        ("postmark", "TextBody", "News\n\nLeave:\n{{{ pm:unsubscribe }}}\n\nTidewatch\n"),
    ],
)
def test_the_way_out_stands_in_plain_text_too(delivery: Delivery, field: str, text: str) -> None:
    services = FakeServices()

    ask(services, delivery)

    assert text in services.letters[0].fields[field]


@pytest.mark.parametrize("delivery", ALL)
def test_a_letter_as_we_make_it_has_no_place_left_and_no_sign_that_joins_nothing(
    delivery: Delivery,
) -> None:
    services, strings = FakeServices(), load_strings("en")
    rendered = render(make_issue(make_story(1)), Renderer(), strings, most_bytes=10**9)
    sent = make_outgoing(FiledMail(subject=rendered.subject, html=rendered.html), strings)

    ask(services, delivery, replace(LETTER, subject=sent.subject, html=sent.html, text=sent.text))

    assert [] == services.complaints
    handed = str(services.letters[0].fields)
    assert "%choices%" not in handed
    assert "%unsubscribe%" not in handed
    assert not re.search(r"·\s*</p>|<p[^<>]*>\s*·|<p[^<>]*>\s*</p>", handed)


SIGNS = [
    ("listmonk", "{{ .Subscriber.Email }}", "{{"),
    ("listmonk", "{{{{ range }}", "{{"),
    ("listmonk", "https://evil.example@TrackLink", "@TrackLink"),
    ("buttondown", "{{ subscriber.email }}", "{{"),
    ("buttondown", "{% if medium %}", "{%"),
    ("buttondown", "{# so #}", "{#"),
    ("ghost", '%%{first_name, "there"}%%', "%%{"),
    ("ghost", "{first_name}", "{first_name}"),
    ("mailgun", "%recipient.email%", "%recipient"),
    ("mailgun", "%unsubscribe_url%", "%unsubscribe_url%"),
    ("mailgun", "{{email}}", "{{"),
    ("postmark", "{{#each Messages}}", "{{"),
    ("postmark", "{{{ pm:unsubscribe }}}", "{{"),
]


@pytest.mark.parametrize(("delivery", "words", "sign"), SIGNS)
def test_a_strangers_words_are_no_template(delivery: Delivery, words: str, sign: str) -> None:
    services = FakeServices()
    letter = replace(
        LETTER,
        subject=words,
        html=f"<body><p title='{words}'>{words}</p></body>",
        text=words,
        from_name=words,
    )

    ask(services, delivery, letter)

    assert [] == services.complaints
    assert sign not in str(services.letters[0].fields)


def test_addresses_with_bytes_in_them_stay_what_they_are() -> None:
    services = FakeServices()
    href = "https://tidewatch.example/%ab%cd%20fish%e4?q=100%25%2Fx"

    ask(services, "mailgun", replace(LETTER, html=f'<a href="{href}">x</a>', text=href))

    assert href in services.letters[0].fields["html"]
    assert href == services.letters[0].fields["text"]


def test_who_writes_and_whom_to_answer_are_handed_over() -> None:
    services = FakeServices()

    ask(services, "listmonk")

    fields = services.letters[0].fields
    assert "\"The 'Daily'\" <letters@letters.example>" == fields["from_email"]
    assert [{"Reply-To": "desk@letters.example"}] == fields["headers"]


def test_a_tag_chooses_readers_of_buttondown() -> None:
    services = FakeServices()

    ask(services, "buttondown")
    ask(services, "buttondown", replace(LETTER, issue_name="2026-11-29-daily"), audience="")

    chosen = {"field": "subscriber.tags", "operator": "contains", "value": "daily"}
    expected = {"filters": [chosen], "groups": [], "predicate": "and"}
    assert expected == services.letters[0].fields["filters"]
    assert "filters" not in services.letters[1].fields


def test_ghost_gets_html_that_it_does_not_write_anew() -> None:
    services = FakeServices()

    ask(services, "ghost")

    html = services.letters[0].fields["html"]
    assert html.startswith("<!--kg-card-begin: html-->\n<style>p{color:red}</style>\n<p>News</p>")
    assert html.endswith("\n<!--kg-card-end: html-->")
    assert {"newsletter": "daily-letter"} == services.letters[0].query


def test_postmark_gets_each_reader_once_on_the_stream() -> None:
    services = FakeServices()

    ask(services, "postmark")

    fields = services.letters[0].fields
    assert [{"To": "a@inbox.example"}, {"To": "b@inbox.example"}] == fields["Messages"]
    assert "news-stream" == fields["MessageStream"]


def test_postmark_is_not_asked_to_write_to_nobody() -> None:
    services = FakeServices()

    assert "refused" == ask(services, "postmark", replace(LETTER, readers=())).kind
    assert [] == services.asked


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("401", "refused"),
        ("403", "refused"),
        ("422", "refused"),
        ("elsewhere", "refused"),
        ("429", "later"),
        ("503", "later"),
        ("500", "uncertain"),
        ("502", "uncertain"),
        ("504", "uncertain"),
        ("closes", "uncertain"),
        ("hangs", "uncertain"),
        ("not JSON", "uncertain"),
        ("a list", "uncertain"),
        ("10 MB", "uncertain"),
        ("{}", "uncertain"),
    ],
)
@pytest.mark.parametrize("delivery", ["buttondown", "mailgun", "postmark"])
def test_a_service_that_misbehaves_is_answered_for(
    delivery: Delivery, fault: str, kind: str
) -> None:
    services = FakeServices()
    services.faults = [fault]

    answer = ask(services, delivery)

    assert kind == answer.kind
    assert 1 == len(services.asked)
    assert "joe@inbox.example" not in answer.words
    assert "secret-word" not in str(answer)


@pytest.mark.parametrize("delivery", ["listmonk", "ghost"])
@pytest.mark.parametrize("fault", ["500", "closes", "hangs", "not JSON", "429"])
def test_a_look_that_fails_has_changed_nothing(delivery: Delivery, fault: str) -> None:
    services = FakeServices()
    services.faults = [fault]

    assert "later" == ask(services, delivery).kind
    assert [] == services.letters


@pytest.mark.parametrize("delivery", ["listmonk", "ghost"])
@pytest.mark.parametrize("step", [1, 2])
def test_what_was_cut_off_in_the_middle_goes_on_with_the_same_letter(
    delivery: Delivery, step: int
) -> None:
    services = FakeServices()
    services.faults = [""] * step + ["done:closes"]

    answers = [ask(services, delivery).kind for _ in range(2)]

    assert ["uncertain", "taken"] == answers
    assert [SENDING[delivery]] == [mail.state for mail in services.letters]
    assert [] == services.complaints


def test_buttondown_gives_its_first_answer_again() -> None:
    services = FakeServices()
    services.faults = ["done:closes"]

    answers = [ask(services, "buttondown") for _ in range(2)]

    assert ["uncertain", "taken"] == [answer.kind for answer in answers]
    assert 1 == len(services.letters)


@pytest.mark.parametrize("delivery", ALL)
def test_a_service_that_is_not_there_surely_got_nothing(delivery: Delivery) -> None:
    answer = ask(FakeServices(), delivery, url="http://127.0.0.1:9")

    assert "later" == answer.kind


@pytest.mark.parametrize(
    ("delivery", "changed", "what"),
    [
        ("listmonk", {"audience": "weekly"}, "not the number of a listmonk list"),
        ("listmonk", {"audience": "٣"}, "not the number of a listmonk list"),
        ("mailgun", {"audience": "lists.example"}, "not the address of a mailing list"),
        ("ghost", {"token": "no-key"}, "is not an Admin API key"),
        ("ghost", {"token": "abc:xyz"}, "is not an Admin API key"),
        ("buttondown", {"token": ""}, "no API token"),
        ("buttondown", {"url": "http://api.example.org"}, "unencrypted"),
        ("smtp", {}, "unknown newsletter service"),
    ],
)
def test_settings_by_which_nothing_can_be_asked_are_an_error(
    delivery: Delivery, changed: dict[str, object], what: str
) -> None:
    services = FakeServices()
    options = HandOverOptions(
        url="https://services.test", audience="1", is_draft=False, token=GHOST_KEY
    )

    with pytest.raises(MailError, match=what) as caught:
        asyncio.run(hand_over(delivery, replace(options, **changed), LETTER, NOW))  # type: ignore[arg-type]

    assert [] == services.asked
    assert GHOST_KEY.partition(":")[2] not in f"{caught.value} {caught.value.hint}"
