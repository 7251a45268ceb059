"""What `copydesk verify` reads is a stranger's: nothing of it is run, and nobody else is asked."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from copydesk.building import VerifyLimits
from copydesk.errors import CopydeskError, VerifyError
from world.newsroom import KEY, run_git
from world.verifying import Stranger, check, served


def hook(stranger: Stranger) -> None:
    for name in ("post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change"):
        stranger.write(f".git/hooks/{name}", f"#!/bin/sh\ntouch {stranger.mark}\n")
        (stranger.root / ".git" / "hooks" / name).chmod(0o755)
    run_git(stranger.root, "config", "core.hooksPath", str(stranger.root / ".git" / "hooks"))


def filters(stranger: Stranger) -> None:
    touch = f"sh -c 'touch {stranger.mark}; cat'"
    stranger.write(".gitattributes", "*.md filter=evil diff=evil\n")
    stranger.commit()
    for key in ("filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv"):
        run_git(stranger.root, "config", key, touch)
    run_git(stranger.root, "config", "core.fsmonitor", touch)
    run_git(stranger.root, "config", "uploadpack.packObjectsHook", touch)


def submodule(stranger: Stranger) -> None:
    url = f"ext::sh -c touch% {stranger.mark}"
    stranger.write(".gitmodules", f'[submodule "x"]\n\tpath = x\n\turl = "{url}"\n')
    commit = run_git(stranger.root, "rev-parse", "HEAD").strip()
    run_git(stranger.root, "update-index", "--add", "--cacheinfo", f"160000,{commit},x")
    run_git(stranger.root, "add", ".gitmodules")
    run_git(stranger.root, "commit", "-qm", "module")
    stranger.say(commit=run_git(stranger.root, "rev-parse", "HEAD").strip())


def commands(stranger: Stranger) -> None:
    beat = (stranger.root / "beat.toml").read_text()
    more = (
        '[deploy]\nto = "git"\n[deploy.git]\nremote = "origin"\n'
        '[fetch]\nallow_hosts = ["localhost"]\n'
    )
    stranger.write("beat.toml", f"{beat}\n{more}")
    run_git(stranger.root, "config", "core.sshCommand", f"touch {stranger.mark}")
    run_git(stranger.root, "remote", "add", "origin", "evil.example:x")
    stranger.commit()


@pytest.mark.parametrize(
    "make", [hook, filters, submodule, commands], ids=lambda make: make.__name__
)
def test_nothing_of_a_repository_is_run(
    make: Callable[[Stranger], None], stranger: Stranger
) -> None:
    make(stranger)

    report = check(stranger.site, records=str(stranger.root))

    assert not stranger.mark.exists()
    assert {one.path for one in report.differences} <= {"verify.json"}  # as `say` spells it
    assert report.left_out == (("x",) if make is submodule else ())


def linked_theme(stranger: Stranger) -> None:
    (stranger.root / "_templates").mkdir()
    (stranger.root / "_templates" / "theme.css").symlink_to("/etc/passwd")


def linked_folder(stranger: Stranger) -> None:
    shutil.rmtree(stranger.root / "assets")
    (stranger.root / "assets").symlink_to("/etc")


def reading_template(stranger: Stranger) -> None:
    words = (
        "{% include ['../../../etc/passwd', '/etc/passwd', 'default:../en.toml'] ignore missing %}"
    )
    stranger.write("_templates/theme.css", ".mine {}")
    stranger.write("_templates/missing.html", f"x{words}")


@pytest.mark.parametrize(
    "make", [linked_theme, linked_folder, reading_template], ids=lambda make: make.__name__
)
def test_no_file_outside_the_records_is_read(
    make: Callable[[Stranger], None], stranger: Stranger
) -> None:
    make(stranger)
    stranger.commit()

    report = check(stranger.site, records=str(stranger.root))

    told = " ".join(one.what for one in report.differences)
    assert "root:" not in told
    assert "hostname" not in " ".join(one.path for one in report.differences)
    if make is not reading_template:
        assert report.left_out


MANY_STEPS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
LONG_STEPS = (
    "{% set x = 'a-b' * 100000 %}{% for a in range(99999) %}"
    "{% if x|unbroken == '' %}{% endif %}{% endfor %}"
)
DOUBLE = (
    "{% set text = namespace(all='xxxxxxxxxxxxxxxx') %}{% for n in range(26) %}"
    "{% set text.all = text.all ~ text.all %}{% endfor %}{{ text.all|length }}"
)
BOMBS = {
    "a loop in itself": "{% include 'missing.html' %}",
    "a memory bomb": "{% set x = 'xxxxxxxxxxxxxxxx' * 99999999999 %}{{ x }}",
    "a doubling text": DOUBLE,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_template_that_fills_the_memory_ends_the_build_alone(
    name: str, stranger: Stranger
) -> None:
    stranger.write("_templates/missing.html", BOMBS[name])
    stranger.commit()
    limits = VerifyLimits(seconds=60, memory_bytes=400_000_000)

    with pytest.raises(VerifyError, match="cannot be built"):
        check(stranger.site, records=str(stranger.root), limits=limits)


@pytest.mark.parametrize(
    ("template", "seconds", "words"),
    [
        (MANY_STEPS, 60, "a template has an error"),
        (LONG_STEPS, 1.5, "took longer than 1.5 seconds"),
    ],
)
def test_a_template_that_never_ends_is_ended(
    template: str, seconds: float, words: str, stranger: Stranger
) -> None:
    stranger.write("_templates/missing.html", template)
    stranger.commit()

    with pytest.raises(VerifyError, match=re.escape(words)):
        check(stranger.site, records=str(stranger.root), limits=VerifyLimits(seconds=seconds))


@pytest.mark.parametrize("limits", [VerifyLimits(file_bytes=300), VerifyLimits(files=3)])
def test_huge_and_countless_files_are_refused(limits: VerifyLimits, stranger: Stranger) -> None:
    with pytest.raises(CopydeskError, match=r"too large|too many files"):
        check(stranger.site, records=str(stranger.root), limits=limits)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"copydesk": "9.9"}, "built by copydesk 9.9"),
        ({"commit": "--upload-pack=touch"}, "names no commit"),
        ({"commit": "0" * 40}, "not among the records"),
        ({"clock": "soon"}, "names no commit or time"),
        ({"format": "x"}, "cannot be read"),
    ],
)
def test_what_a_site_says_of_itself_is_not_trusted(
    values: dict[str, str], words: str, stranger: Stranger
) -> None:
    stranger.say(**values)
    with pytest.raises(VerifyError, match=words):
        check(stranger.root)


@pytest.mark.parametrize("records", ["/", ".", "../beat", "ext::true"])
def test_no_site_names_a_folder_of_this_machine(
    records: str, stranger: Stranger, tmp_path: Path
) -> None:
    stranger.say(records=records)
    copied = shutil.copytree(stranger.site, tmp_path / "copied")
    with pytest.raises(VerifyError, match="does not say where its records are"):
        check(copied)


@pytest.mark.parametrize(
    "records",
    [
        "http://git.example/x.git",
        "ssh://git.example/x.git",
        "ext::sh -c touch% mark://x",
        "file:///etc://",
        "https://ed:secret@git.example/x.git",
        "https://127.0.0.1:1/x.git",
        "https://localhost:1/x.git",
        "https://[::1]:1/x.git",
    ],
)
def test_only_https_to_public_addresses_is_asked_for_records(records: str, published: Path) -> None:
    refusals = "only cloned over https|no public address|not an address of records"
    with pytest.raises(VerifyError, match=refusals):
        check(published, records=records)


@pytest.mark.parametrize("site", ["http://example.org", "ftp://example.org"])
def test_only_https_is_asked_for_a_site(site: str) -> None:
    with pytest.raises(VerifyError, match="only read over https"):
        check(site)


def test_a_site_with_a_private_address_is_not_asked(published: Path) -> None:
    refused = pytest.raises(VerifyError, match=r"no verify\.json")
    with served(published / ".copydesk" / "site") as server, refused:
        check(server.address.replace("http:", "https:"), records=str(published))
    assert server.paths == []


def test_site_and_records_are_read_over_http_where_the_user_allows_the_host(
    published: Path, tmp_path: Path
) -> None:
    web = tmp_path / "web"
    run_git(tmp_path, "clone", "-q", "--bare", str(published), str(web / "records.git"))
    run_git(web / "records.git", "update-server-info")
    shutil.copytree(published / ".copydesk" / "site", web / "coast")
    limits = VerifyLimits(allow_hosts=("127.0.0.1",))
    with served(web) as server:
        records = f"{server.address}/records.git"
        report = check(f"{server.address}/coast", records=records, limits=limits)
        assert report.differences == ()

        page = web / "coast" / "about" / "index.html"
        page.write_text(page.read_text().replace("</main>", '<a href="/coast/hoax/">x</a></main>'))
        (web / "coast" / "hoax").mkdir()
        (web / "coast" / "hoax" / "index.html").write_text("<p>A hoax</p>")
        report = check(f"{server.address}/coast", records=records, limits=limits)

    assert [(one.kind, one.path) for one in report.differences] == [
        ("changed", "about/index.html"),
        ("extra", "hoax/index.html"),
    ]


def test_redirects_and_alternates_lead_nowhere_else(published: Path, tmp_path: Path) -> None:
    web = tmp_path / "web"
    run_git(tmp_path, "clone", "-q", "--bare", str(published), str(web / "records.git"))
    run_git(web / "records.git", "update-server-info")
    limits = VerifyLimits(allow_hosts=("127.0.0.1",), seconds=20)
    with served(web) as private, served(web, redirect=private.address) as redirecting:
        with pytest.raises(VerifyError, match="cannot be cloned"):
            check(published, records=f"{redirecting.address}/records.git", limits=limits)
        with pytest.raises(VerifyError, match=r"no verify\.json .*302"):
            check(redirecting.address, records=str(published), limits=limits)
        assert redirecting.paths
        assert private.paths == []

        bare = tmp_path / "bare"
        shutil.copytree(web, bare)
        shutil.rmtree(bare / "records.git" / "objects")
        alternates = bare / "records.git" / "objects" / "info" / "http-alternates"
        alternates.parent.mkdir(parents=True)
        alternates.write_text(f"{private.address}/records.git/objects\n")
        with served(bare) as server, pytest.raises(VerifyError, match="cannot be cloned"):
            check(published, records=f"{server.address}/records.git", limits=limits)
        assert private.paths == []


def test_a_slow_server_is_not_waited_for(published: Path) -> None:
    limits = VerifyLimits(allow_hosts=("127.0.0.1",), seconds=0.5)
    with served(published, delay_seconds=30) as server:
        with pytest.raises(VerifyError, match="within"):
            check(server.address, records=str(published), limits=limits)
        with pytest.raises(CopydeskError, match="longer"):
            check(published, records=f"{server.address}/.git", limits=limits)


def test_the_build_reads_no_environment(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_KEY", KEY)
    monkeypatch.setenv("COPYDESK_CONTACT", "mailto:somebody@else.example")

    assert check(stranger.root).is_same
    assert os.environ["COPYDESK_KEY"] == KEY
