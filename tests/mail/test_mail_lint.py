"""Letters held against what mail programs show."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from copydesk.errors import MailError, UsageError
from copydesk.mail import Lack, LintFinding, lint, list_clients
from world.command import copydesk
from world.mailing import COVERAGE, PICTURE, make_issue, make_story, render_in

TABLES = Path(__file__).parents[2] / "src/copydesk/mail/clients/tables"

# a letter, and the features of it that Outlook on Windows or Gmail do not show, or not wholly
CASES = {
    "<p style='display:flex;gap:1rem'>": {"css-display-flex", "css-gap", "css-unit-rem"},
    "<style>\n.a:hover { color: red }</style>": {"css-pseudo-class-hover", "css-selector-class"},
    "<style>a > b, i ~ u, s + q {}</style>": {
        "css-selector-child",
        "css-selector-general-sibling",
        "css-selector-adjacent-sibling",
        "css-selector-grouping",
    },
    "<style>a b[c]#d * {}</style>": {
        "css-selector-descendant",
        "css-selector-attribute",
        "css-selector-id",
        "css-selector-universal",
    },
    "<style>@media (hover) { p { inset: 0 } }</style>": {"css-at-media-hover", "css-inset"},
    "<style>@supports (a: b) { p { width: calc(1px + 2px) } }</style>": {
        "css-at-supports",
        "css-unit-calc",
    },
    "<style>@font-face { src: url(a.woff) }</style>": {"css-at-font-face"},
    "<style>/* x */ p { a { b: c } }</style>": {"css-nesting"},
    "<p style='--a: 1px; color: var(--a)'>": {"css-variables"},
    "<img src='a.webp'><img src='data:image/png;base64,x'>": {"image-webp", "image-base64"},
    "<input type=CHECKBOX><a href='#x'>": {"html-input-checkbox", "html-anchor-links"},
    "<section></section><video></video><svg></svg>": {
        "html-semantics",
        "html-video",
        "html-svg",
    },
    "<p style='margin:-1px'>": {"css-margin"},
}


def found(page: str, *clients: str) -> set[str]:
    return {finding.feature for finding in lint(page, clients)}


@pytest.mark.parametrize("page", CASES)
def test_a_feature_is_known_where_it_is_used(page: str) -> None:
    assert CASES[page] <= found(page, "outlook-windows", "gmail")
    assert not CASES[page] & found(
        "<p style='color:#000'>gap flex .a:hover</p>", "gmail", "outlook"
    )


def test_a_finding_says_which_program_and_since_when_and_where() -> None:
    page = "<p>\n<b style='outline:0'>x</b>\n<i style='outline:0'>y</i></p>"

    assert lint(page, ("outlook-windows", "gmail-web")) == [
        LintFinding(
            feature="css-outline",
            title="outline",
            line=2,
            count=2,
            lacks=(
                Lack(
                    client="outlook-windows",
                    program="outlook.windows",
                    support="unsupported",
                    since="2007",
                ),
            ),
            fallback="Outlook draws none around pictures",
        )
    ]


def test_what_only_outlook_reads_is_held_against_outlook_alone() -> None:
    page = "<!--[if mso]>\n<p style='outline:0'></p><![endif]-->"

    (finding,) = [f for f in lint(page, ("outlook-windows", "yahoo")) if f.feature == "css-outline"]
    assert finding.line == 2
    assert "css-outline" not in found(page, "aol", "yahoo", "gmail")
    opened = "<!--[if !mso]><!--><p style='outline:0'></p><!--<![endif]-->"
    assert "css-outline" in found(opened, "outlook-windows")


def test_a_fallback_counts_only_where_the_letter_keeps_to_it() -> None:
    (plain,) = lint("<p style='margin:1px'>", ("gmail-web",))
    (negative,) = lint("<p style='margin:-1px'>", ("gmail-web",))

    assert plain.fallback
    assert not negative.fallback


def test_our_letter_has_a_fallback_for_whatever_any_program_does_not_show() -> None:
    note = "1. *One*\n\n- [Two](https://a.example)\n\n> Three **four**"
    lead = make_story(1, picture=PICTURE, coverage=COVERAGE, note=note)
    issues = (make_issue(lead, make_story(2), note=note), make_issue(language="ar"))
    for issue in issues:
        html = render_in(issue, issue.language).html
        assert [] == [f.feature for f in lint(html, list_clients()) if not f.fallback]


def test_every_feature_of_the_data_can_be_known_but_one_that_no_letter_holds() -> None:
    support, features, fallbacks = (
        tomllib.loads((TABLES / f"{name}.toml").read_text("utf-8"))
        for name in ("support", "features", "fallbacks")
    )
    assert support.keys() - features.keys() == {"bimi"}  # a logo in the DNS
    assert features.keys() <= support.keys()
    assert fallbacks.keys() <= features.keys()
    marks = [mark for row in features.values() for mark in row]
    assert {m for m in marks if marks.count(m) > 1} == {"property:inline-size"}


@pytest.mark.parametrize(
    ("page", "is_read"),
    [
        ("<style>" + "@media a{" * 5000, False),
        ('<p style="' + "a{" * 3000 + '">', False),
        ("<style>a{b:" + "c(" * 9000, False),
        ("<!--[if mso]>" * 9000, True),
        ("<p " * 9000, True),
        ("<div>" * 9000, True),
        ("<p>\0\ud800</p>", True),
        ("", True),
    ],
)
def test_a_file_that_nobody_can_mean_is_read_or_refused_at_once(page: str, is_read: bool) -> None:
    if is_read:
        assert isinstance(lint(page), list)
    else:
        with pytest.raises(MailError, match="nested too deep"):
            lint(page)


def test_a_name_that_is_no_mail_program_is_refused_with_those_that_are_near() -> None:
    with pytest.raises(UsageError) as caught:
        lint("", ("gmial",))

    assert (caught.value.subject, caught.value.hint) == ("gmial", "there are gmail")


def test_the_command_says_what_is_shown_instead_and_fails_where_that_is_not_known(
    tmp_path: Path,
) -> None:
    file = tmp_path / "letter.html"
    file.write_text("<p style='margin:1px'><b style='border-radius:1px'></b></p>")

    said = copydesk("mail", "lint", file, "--clients", "outlook-windows, gmail")
    good = copydesk("mail", "lint", file, "--clients", "gmail-web", "--json")
    file.write_bytes(b"\xff\xfe")
    bad = copydesk("mail", "lint", file)

    assert said.code == 1
    assert (
        "css-border-radius: border-radius (line 1, once)\n  outlook.windows not shown" in said.out
    )
    assert "  instead: not known\n" in said.out
    assert "2 features not shown by all of outlook-windows, gmail; 1 without" in said.err
    report = json.loads(good.out)
    assert good.code == 0
    assert report["clients"] == ["gmail-web"]
    assert report["without_fallback"] == 0
    assert [finding["feature"] for finding in report["findings"]] == ["css-margin"]
    assert bad.code == 2
    assert "a letter cannot be read" in bad.err
