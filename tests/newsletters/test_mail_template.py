"""An owner's template of a letter: it takes ours' place, or is refused with its line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from copydesk.errors import CopydeskError, MailError, PublishError
from copydesk.kit import tables
from copydesk.publish.issues import read_sections
from world.command import copydesk
from world.letters import SITE
from world.mailing import make_issue, make_story, render_in

GUIDE = (Path(__file__).parents[2] / "docs/guides/newsletter-template.md").read_text("utf-8")
FRAME = """<mjml>
<mj-head>
{head}
</mj-head>
<mj-body>
<mj-section><mj-column>
<mj-text><h1>{{{{ letter.title }}}}</h1></mj-text>
{body}
</mj-column></mj-section>
</mj-body>
</mjml>
"""

# what stands in line 8 of a template, and what is said of it
REFUSED = {
    "<mj-texts>x</mj-texts>": "<mj-texts> is not allowed in a newsletter, in line 8",
    "<mj-social></mj-social>": "<mj-social> is not allowed in a newsletter, in line 8",
    '<mj-include path="/etc/passwd" />': "<mj-include> is not allowed in a newsletter, in line 8",
    "<mj-raw><script>alert(1)</script></mj-raw>": "<script> is not allowed in a newsletter",
    "<mj-raw><!--[if mso]>\n<script></script><![endif]--></mj-raw>": "<script> is not allowed",
    "<mj-raw><!--[if mso]>\n<svg></svg><![endif]--></mj-raw>": "in a newsletter, in line 9",
    '<mj-text><a ONCLICK="x()">x</a></mj-text>': "in a newsletter: onclick, in line 8",
    '<mj-text><a href=" java&#10;script:x()">x</a></mj-text>': "not a complete web address: ",
    '<mj-text><a href="/about">x</a></mj-text>': "not a complete web address: /about, in line 8",
    '<mj-image src="https://thief.example/1.gif" />': "https://thief.example/1.gif, in line 8",
    '<mj-section background-url="//thief.example/1.gif" />': "your own site only: ",
    '<mj-text><p style="background:url(https://thief.example)">x</p></mj-text>': "your own site",
    '<mj-raw><link rel="stylesheet" href="https://thief.example" /></mj-raw>': "<link> is not",
    '<mj-raw><meta http-equiv="refresh" content="0" /></mj-raw>': "<meta http-equiv> is not",
    "<mj-raw><iframe></iframe></mj-raw>": "<iframe> is not allowed in a newsletter, in line 8",
}


def render_own(root: Path, template: str) -> str:
    folder = root / "_templates"
    folder.mkdir(exist_ok=True)
    (folder / "letter.mjml").write_text(template, "utf-8")
    return render_in(make_issue(make_story(1)), own=folder).html


def test_an_owners_template_takes_the_place_of_ours(tmp_path: Path) -> None:
    logo = f'<mj-image src="{SITE}/assets/logo.png" width="80px" alt="Tidewatch" />'
    story = "{% for s in letter.sections[0].stories %}<mj-text>{{ s.title }}</mj-text>{% endfor %}"
    own = FRAME.format(head="<mj-title>{{ letter.subject }}</mj-title>", body=f"{logo}\n{story}")

    html = render_own(tmp_path, own)

    assert ">Tidewatch</h1>" in html
    assert ">Pilot boats stay in harbour, day 1</div>" in html
    assert f'src="{SITE}/assets/logo.png"' in html
    assert "Note from the editors" not in html


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_in_a_letter_is_refused_with_its_line(line: str, tmp_path: Path) -> None:
    with pytest.raises(MailError) as caught:
        render_own(tmp_path, FRAME.format(head="", body=line))

    assert REFUSED[line] in caught.value.what
    assert caught.value.subject == "letter.mjml"
    assert caught.value.hint


@pytest.mark.parametrize(
    "rules", ["@import 'https://thief.example/x';", "@font-face { src: url(https://x.example) }"]
)
def test_rules_of_strangers_are_refused(rules: str, tmp_path: Path) -> None:
    with pytest.raises(MailError, match="is not allowed in a newsletter, in line 3"):
        render_own(tmp_path, FRAME.format(head=f"<mj-style>{rules}</mj-style>", body=""))


PRINTED = (
    "<script>x</script>",
    """<img src='https://thief.example/1.gif'/>""",
    """<a onclick='x()'>x</a>""",
)


@pytest.mark.parametrize("printed", PRINTED)
def test_what_a_template_prints_is_checked_in_the_letter_that_it_makes(
    printed: str, tmp_path: Path
) -> None:
    own = FRAME.format(head="", body=f'<mj-text>{{{{ "{printed}" | safe }}}}</mj-text>')

    with pytest.raises(MailError) as caught:
        render_own(tmp_path, own)

    assert caught.value.subject == "the output of letter.mjml"


@pytest.mark.parametrize(
    ("broken", "kind", "where"),
    [
        ("<mj-text>\n<mj-raw></mj-text>", MailError, "</mj-text> in line 9 closes no open tag"),
        ("<mj-text\n<mj-text>", MailError, "<mj-text is never closed, in line 8"),
        ("<!-- <mj-text>", MailError, "<!-- is never closed, in line 8"),
        ("<mj-text>", MailError, "while <mj-text> of line 8 is open"),
        ("<mj-text>{{ letter.titel }}</mj-text>", PublishError, "in line 8"),
        ("<mj-text>{% if %}</mj-text>", PublishError, "in line 8"),
    ],
)
def test_a_broken_template_is_an_error_with_its_line(
    broken: str, kind: type[CopydeskError], where: str, tmp_path: Path
) -> None:
    with pytest.raises(kind) as caught:
        render_own(tmp_path, FRAME.format(head="", body=broken))

    assert where in caught.value.what
    assert caught.value.subject == "letter.mjml"


def test_the_template_of_the_guide_works_and_keeps_the_marks(tmp_path: Path) -> None:
    (template,) = re.findall(r"```jinja\n(.*?)```", GUIDE, re.DOTALL)

    html = render_own(tmp_path, template)

    assert "<!--story 2026-11-27-pilot-boats-1-->" in html
    (section,) = read_sections(html)
    assert section.items[0].place == "The Herald"


def test_the_guide_lists_the_tags_that_can_be_used() -> None:
    listed = GUIDE.partition("may contain")[2].partition("Pictures of")[0]
    headings = {f"h{level}" for level in range(2, 6)}  # "h1 to h6"

    assert {*re.findall("`([a-z0-9-]+)`", listed)} | headings == {
        *tables.read_lines("copydesk.newsletters.composing", "mjml_tags.txt"),
        *tables.read_lines("copydesk.newsletters.composing", "html_tags.txt"),
    }


def test_the_guide_shows_the_error_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(MailError) as caught:
        render_own(tmp_path, FRAME.format(head="", body="<mj-social></mj-social>"))

    assert f"error: {caught.value}\nhint: {caught.value.hint}\n" in GUIDE


def test_a_theme_that_nobody_can_mean_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "_templates"
    folder.mkdir()
    (folder / "theme.css").write_text(":root{--ink:" + "a(" * 9000)

    with pytest.raises(MailError, match=r"style rules are nested too deeply: theme\.css"):
        render_in(make_issue(), own=folder)


@pytest.mark.parametrize("words", [(), ("letter.html",), ("letter.html", "--clients", "gmail")])
def test_what_mail_programs_show_is_asked_of_caniemail(words: Sequence[str]) -> None:
    said = copydesk("mail", "lint", *words)

    assert said.code == 1
    assert "caniemail.com" in said.err
