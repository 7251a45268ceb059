"""Topics, organizations, logos and the key: what lies beside beat.toml."""

from __future__ import annotations

import base64
import errno
import os
import pickle
from operator import attrgetter
from pathlib import Path

import pytest

from copydesk import config
from copydesk.errors import ConfigError
from copydesk.kit import within
from copydesk.news import Image

KEY = bytes(range(32))
KEY_TEXT = base64.b64encode(KEY).decode()


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "beat.toml").write_text('[site]\ntitle = "T"\n')
    return tmp_path


def put(room: Path, name: str, text: str | bytes) -> None:
    path = room / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def error_of(room: Path, environ: dict[str, str] | None = None) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        config.load(room, environ or {})
    return caught.value


def test_topics_keep_the_order_of_their_files_and_services_that_of_the_file(room: Path) -> None:
    put(
        room,
        "_data/topics/10-b.yaml",
        "_id: b\nname: B\nservices:\n  z: https://z/\n  a: https://a/\n",
    )
    put(room, "_data/topics/02-a.yaml", "_id: a\nname: A\nshortname: AA\nparent: B\n")
    put(room, "_data/topics/.hidden.yaml", "not a topic")
    put(room, "_data/topics/notes.txt", "not a topic")

    topics = config.load(room, {}).beat.topics

    assert ["a", "b"] == [topic.id for topic in topics]
    assert (("z", "https://z/"), ("a", "https://a/")) == topics[1].services
    assert ("AA", "B") == (topics[0].shortname, topics[0].parent)


def test_a_keyword_listed_twice_counts_twice(room: Path) -> None:
    put(room, "_data/topics/00-a.yaml", "_id: a\nname: A\nkeywords:\n  - x y\n  - x y\n")

    assert ("x y", "x y") == config.load(room, {}).beat.topics[0].keywords


def test_a_topic_says_more_of_its_words_where_it_wants_to(room: Path) -> None:
    put(
        room,
        "_data/topics/00-a.yaml",
        "_id: a\nname: A\nkeywords: [x]\naliases: [y, '']\nrequired: [z]\nexcluded: [q, r]\n"
        'translations:\n  de: [ä]\n  "no":\n    - å\n  fr:\n',
    )

    topic = config.load(room, {}).beat.topics[0]

    assert (("x",), ("y",), ("z",), ("q", "r")) == (
        topic.keywords,
        topic.aliases,
        topic.required,
        topic.excluded,
    )
    assert (("de", ("ä",)), ("no", ("å",)), ("fr", ())) == topic.translations


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("UK", "GB"), ("usa", "US"), ("cn", "CN"), ("Germny", "DE"), ("XX", "XK"), ("<b>" * 99, "BB")],
)
def test_an_unknown_country_is_told_the_nearest(room: Path, wrong: str, right: str) -> None:
    put(room, "_data/topics/00-a.yaml", f'_id: a\nname: A\nplace: "{wrong}"\n')

    assert error_of(room).hint.startswith(f'write "{right}" for ')


def test_a_topic_may_be_a_country(room: Path) -> None:
    put(room, "_data/topics/00-a.yaml", '_id: a\nname: A\nplace: "NO"\n')

    topic = config.load(room, {}).beat.topics[0]

    assert ("NO", "place", True) == (topic.place, topic.kind, topic.is_place)


def test_a_topic_without_our_keys_is_as_it_was(room: Path) -> None:
    put(room, "_data/topics/00-a.yaml", "taxonomy: topic\n_id: a\nname: A\nunknown: [1]\n")

    topic = config.load(room, {}).beat.topics[0]

    assert ((), (), (), ()) == (topic.aliases, topic.required, topic.excluded, topic.translations)


BROKEN_TOPICS: dict[str, tuple[str | bytes, str]] = {
    "tab": ("_id: a\n\tname: A\n", "line 2, column 1"),
    "colon-in-a-name": ("_id: a\nname: A: B\n", "line 2, column 8"),
    "a-list": ("- a\n- b\n", "expected keys with values"),
    "empty": ("", "expected keys with values, got null"),
    "latin-1": (b"_id: a\nname: \xe9\n", "the file is not UTF-8"),
    "no-name": ("_id: a\n", "name: this field is missing"),
    "no-id": ("name: A\n", "_id: expected at most 100 letters"),
    "an-id-that-is-a-file": (
        "_id: index.json\nname: A\n",
        '_id: the site has a file named "index.json"',
    ),
    "an-id-without-end": (f"_id: {'a' * 101}\nname: A\n", "_id: expected at most 100 letters"),
    "an-id-that-climbs": ("_id: ../a\nname: A\n", "_id: expected at most 100 letters"),
    "a-number-for-a-name": ("_id: a\nname: 404\n", "name: expected text, got 404"),
    "no-is-a-flag": (
        "_id: a\nname: A\nkeywords:\n  - no\n",
        "keywords: expected a list of texts, got false",
    ),
    "keywords-as-text": ("_id: a\nname: A\nkeywords: ai\n", 'keywords: expected a list, got "ai"'),
    "services-as-list": (
        "_id: a\nname: A\nservices:\n  - x\n",
        "services: expected keys with texts",
    ),
    "a-service-without-text": (
        "_id: a\nname: A\nservices:\n  news: 3\n",
        "services.news: expected",
    ),
    "an-image-size": (
        "_id: a\nname: A\nimages:\n  - url: /x\n    width: wide\n",
        "images[0].width",
    ),
    "aliases-as-text": ("_id: a\nname: A\naliases: ai\n", 'aliases: expected a list, got "ai"'),
    "a-required-number": (
        "_id: a\nname: A\nrequired: [5]\n",
        "required: expected a list of texts, got 5",
    ),
    "excluded-as-a-flag": ("_id: a\nname: A\nexcluded: no\n", "excluded: expected a list"),
    "a-place-of-another-code": ("_id: a\nname: A\nplace: UK\n", 'unknown country code "UK"'),
    "a-place-in-small-letters": ("_id: a\nname: A\nplace: cn\n", 'unknown country code "cn"'),
    "no-place": ("_id: a\nname: A\nplace: XX\n", 'unknown country code "XX"'),
    "norway-is-a-flag": ("_id: a\nname: A\nplace: NO\n", "place: expected text, got false"),
    "places": ("_id: a\nname: A\nplace: [CN]\n", 'place: expected text, got ["CN"]'),
    "a-kind-of-its-own": (
        "_id: a\nname: A\nkind: places\n",
        'kind: expected one of place, subject, organization, person, got "places"',
    ),
    "translations-as-a-list": (
        "_id: a\nname: A\ntranslations: [de]\n",
        "translations: expected keys with lists",
    ),
    "a-translation-as-text": (
        "_id: a\nname: A\ntranslations:\n  de: krieg\n",
        'translations.de: expected a list, got "krieg"',
    ),
    "a-translation-of-flags": (
        "_id: a\nname: A\ntranslations:\n  de: [no]\n",
        "translations.de: expected a list of texts, got false",
    ),
    "a-language-by-its-name": (
        "_id: a\nname: A\ntranslations:\n  German: [krieg]\n",
        'translations: expected a language code such as de, got "German"',
    ),
    "norwegian-is-a-flag": (
        "_id: a\nname: A\ntranslations:\n  no: [krig]\n",
        'translations: expected a language code such as de, got "False"',
    ),
    "an-impossible-date": ("_id: a\nname: A\nx: 2024-13-45\n", "invalid YAML"),
    "a-number-without-digits": ("_id: a\nname: A\nx: !!int\n", "invalid YAML"),
    "a-flag-that-is-none": ("_id: a\nname: A\nx: !!bool maybe\n", "invalid YAML"),
    "a-time-that-is-none": ("_id: a\nname: A\nx: !!timestamp soon\n", "invalid YAML"),
    "code": ("_id: a\nname: !!python/object/apply:os.getcwd []\n", "line 2, column 7"),
    "stands-above-itself": (
        "_id: a\nname: A\nparent: A\n",
        'parent: the topic "A" is above itself',
    ),
    "deep": ("_id: " + "[" * 5_000 + "]" * 5_000, ""),
    "huge": (
        "_id: a\nname: A\ndescription: " + "x" * 1_100_000,
        "a file larger than 1,000,000 bytes",
    ),
}


@pytest.mark.parametrize("case", BROKEN_TOPICS)
def test_a_broken_topic_is_named_with_its_file(room: Path, case: str) -> None:
    text, what = BROKEN_TOPICS[case]
    put(room, "_data/topics/00-a.yaml", text)

    error = error_of(room)

    assert str(error).startswith("_data/topics/00-a.yaml: ")
    assert what in str(error)


@pytest.mark.parametrize(
    ("second", "what"), [("_id: a\nname: B", "_id"), ("_id: b\nname: A", "name")]
)
def test_two_topics_share_neither_id_nor_name(room: Path, second: str, what: str) -> None:
    put(room, "_data/topics/00-a.yaml", "_id: a\nname: A\n")
    put(room, "_data/topics/01-b.yaml", second)

    assert f"_data/topics/01-b.yaml: {what}" == error_of(room).subject


def test_parents_in_a_circle_are_refused_whatever_else_is_there(room: Path) -> None:
    put(room, "_data/topics/00-a.yaml", "_id: a\nname: A\nparent: B\n")
    put(room, "_data/topics/01-b.yaml", "_id: b\nname: B\nparent: C\n")
    put(room, "_data/topics/02-c.yaml", "_id: c\nname: C\nparent: B\n")

    assert 'the topic "B" is above itself' == error_of(room).what


def test_a_parent_that_is_no_topic_is_a_warning(room: Path) -> None:
    put(room, "_data/topics/00-a.yaml", "_id: a\nname: A\nparent: Z\n")

    settings = config.load(room, {})

    assert ('_data/topics/00-a.yaml: the parent topic does not exist: "Z"',) == settings.warnings


AT_HOME = "services:\n  news: http://127.0.0.1:8000/api/news/a/\n  sample: http://localhost/s\n"


def test_services_of_this_machine_are_a_warning_once_the_site_is_on_the_web(room: Path) -> None:
    put(room, "beat.toml", '[site]\ntitle = "T"\nurl = "https://news.example.org"\n')
    put(room, "_data/topics/00-a.yaml", f"_id: a\nname: A\n{AT_HOME}")

    (warning,) = config.load(room, {}).warnings

    assert warning.startswith("_data/topics/00-a.yaml: services.news leads to this machine instead")
    assert warning.endswith(": http://127.0.0.1:8000/api/news/a/ (and 1 more)")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", ""], ids=["at home", "none"])
def test_services_of_this_machine_are_right_as_long_as_the_site_is_there(
    room: Path, url: str
) -> None:
    put(room, "beat.toml", f'[site]\ntitle = "T"\nurl = "{url}"\n')
    put(room, "_data/topics/00-a.yaml", f"_id: a\nname: A\n{AT_HOME}")

    assert config.load(room, {}).warnings == ()


def test_an_organization_is_known_by_its_domain(room: Path) -> None:
    put(
        room,
        "_data/organizations/mit.edu.md",
        "---\r\nname: MIT\r\ndomain: MIT.edu\r\notherNames:\r\n  - Massachusetts\r\n"
        "owner: MIT Press\r\n---\r\nBody: {\r\n",
    )

    settings = config.load(room, {})

    assert ("MIT", ("Massachusetts",), "MIT Press") == (
        settings.beat.organizations["mit.edu"].name,
        settings.beat.organizations["mit.edu"].other_names,
        settings.beat.organizations["mit.edu"].owner,
    )
    assert "_data/organizations/mit.edu.md" == settings.origins["organizations.mit.edu"]


BROKEN_ORGANIZATIONS = {
    "no-front-matter": ("name: X\n", "the front matter is missing"),
    "broken-yaml": ("---\nname: X\ndescription: a: b\n---\n", "line 3, column 15"),
    "no-name": ("---\ndomain: x.example\n---\n", "name: this field is missing"),
    "empty": ("", "the front matter is missing"),
}


@pytest.mark.parametrize("case", BROKEN_ORGANIZATIONS)
def test_a_broken_organization_is_named_with_its_file(room: Path, case: str) -> None:
    text, what = BROKEN_ORGANIZATIONS[case]
    put(room, "_data/organizations/x.example.md", text)

    error = error_of(room)

    assert str(error).startswith("_data/organizations/x.example.md: ")
    assert what in str(error)


def test_one_domain_has_one_organization(room: Path) -> None:
    put(room, "_data/organizations/a.md", "---\nname: A\ndomain: a.example\n---\n")
    put(room, "_data/organizations/b.md", "---\nname: B\ndomain: a.example\n---\n")

    assert '"a.example" is also used by _data/organizations/a.md' == error_of(room).what


def test_every_small_logo_counts_with_or_without_an_organization(room: Path) -> None:
    put(room, "beat.toml", '[site]\ntitle = "T"\nurl = "https://x.example/ai/"\n')
    put(room, "assets/images/organizations/aws.amazon.com-50x50.jpg", b"\xff\xd8")
    put(room, "assets/images/organizations/aws.amazon.com-400x400.jpg", b"\xff\xd8")

    logos = config.load(room, {}).beat.logos

    base = "https://x.example/ai/assets/images/organizations"
    assert {
        "aws.amazon.com": Image(url=f"{base}/aws.amazon.com-50x50.jpg", width=50, height=50)
    } == logos


def test_the_key_comes_from_the_environment_before_its_file(room: Path) -> None:
    put(room, ".copydesk/key", base64.b64encode(bytes(32)))
    (room / ".copydesk/key").chmod(0o600)

    from_file = config.load(room, {})
    from_environment = config.load(room, {"COPYDESK_KEY": KEY_TEXT})

    assert (bytes(32), ".copydesk/key") == (from_file.key, from_file.origins["key"])
    assert (KEY, "environment COPYDESK_KEY") == (
        from_environment.key,
        from_environment.origins["key"],
    )


def test_without_a_key_there_is_none(room: Path) -> None:
    assert config.load(room, {"COPYDESK_KEY": ""}).key is None


WRONG_KEYS = {
    "short": base64.b64encode(bytes(31)).decode(),
    "long": base64.b64encode(bytes(33)).decode(),
    "not-base64": "no key at all!",
    "not-ascii": "schlüssel",
}


@pytest.mark.parametrize("case", WRONG_KEYS)
def test_a_wrong_key_is_refused_and_not_shown(room: Path, case: str) -> None:
    given = error_of(room, {"COPYDESK_KEY": WRONG_KEYS[case]})
    put(room, ".copydesk/key", WRONG_KEYS[case])
    filed = error_of(room)

    assert ("COPYDESK_KEY", ".copydesk/key") == (given.subject, filed.subject)
    assert WRONG_KEYS[case] not in f"{given}{given.hint}{filed}{filed.hint}"


def test_a_key_that_may_not_be_read_is_not_called_a_wrong_one(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = within.read_user_file

    def refuse(path: Path, at_most: int) -> bytes:
        if path.name != "key":
            return real(path, at_most)
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    put(room, ".copydesk/key", KEY_TEXT)
    monkeypatch.setattr(within, "read_user_file", refuse)  # root may read every file

    error = error_of(room)
    assert ".copydesk/key: cannot be read: permission denied" == str(error)
    assert "chown" in error.hint
    assert "base64" not in error.hint


def test_a_key_that_others_can_read_is_a_warning(room: Path) -> None:
    put(room, ".copydesk/key", KEY_TEXT + "\n")
    (room / ".copydesk/key").chmod(0o644)
    open_to_others = config.load(room, {}).warnings
    (room / ".copydesk/key").chmod(0o600)
    private = config.load(room, {}).warnings

    assert (
        ".copydesk/key: other users can read the key (mode 0644); run `chmod 600 .copydesk/key`",
    ) == (open_to_others)
    assert () == private


def test_secrets_stand_in_no_text_form_of_the_settings(room: Path) -> None:
    put(
        room,
        "beat.toml",
        '[site]\ntitle = "T"\n[[source]]\nurl = "https://a.example/"\n'
        'proxy_env = "PROXY"\nheaders_env = { X-Token = "TOKEN" }\n',
    )
    proxy = "http://me:hush@127.0.0.1:1"

    settings = config.load(room, {"TOKEN": "hush", "PROXY": proxy, "COPYDESK_KEY": KEY_TEXT})

    options = settings.source_options["https://a.example/"]
    assert ({"X-Token": "hush"}, proxy) == (options.headers, options.proxy)
    assert "hush" not in repr(settings)
    assert "hush" not in str(config.rows(settings))
    assert ("source[0].proxy", "(hidden)", "environment PROXY") in config.rows(settings)
    assert KEY_TEXT not in str(config.rows(settings))
    assert repr(KEY) not in repr(settings)


def test_a_header_whose_variable_is_not_set_is_left_out_with_a_warning(room: Path) -> None:
    source = '[[source]]\nurl = "https://a.example/"\nheaders_env = { X-Token = "TOKEN" }\n'
    put(room, "beat.toml", '[site]\ntitle = "T"\n' + source)

    settings = config.load(room, {})

    assert {} == settings.source_options["https://a.example/"].headers
    assert settings.warnings == (
        (
            "beat.toml: source[0].headers_env: the environment variable TOKEN is not "
            "set; the header X-Token is not sent"
        ),
    )


def test_a_proxy_whose_variable_is_not_set_is_never_gone_around(room: Path) -> None:
    source = '[[source]]\nurl = "https://a.example/"\nproxy_env = "PROXY"\n'
    put(room, "beat.toml", '[site]\ntitle = "T"\n' + source)

    settings = config.load(room, {"PROXY": " "})

    assert settings.source_options["https://a.example/"].proxy == "env:PROXY"  # which no web dials
    assert ("source[0].proxy", "", "environment PROXY, not set") in config.rows(settings)
    assert settings.warnings == (
        (
            "beat.toml: source[0].proxy_env: the environment variable PROXY is not set; "
            "the source is not fetched"
        ),
    )


def test_a_wrong_proxy_in_the_environment_is_refused_and_not_shown(room: Path) -> None:
    source = '[[source]]\nurl = "https://a.example/"\nproxy_env = "PROXY"\n'
    put(room, "beat.toml", '[site]\ntitle = "T"\n' + source)

    error = error_of(room, {"PROXY": "socks5://me:hush@127.0.0.1:1"})

    assert "environment PROXY" == error.subject
    assert "hush" not in f"{error}{error.hint}"


def test_a_header_value_of_two_lines_is_refused(room: Path) -> None:
    source = '[[source]]\nurl = "https://a.example/"\nheaders_env = { X-Token = "TOKEN" }\n'
    put(room, "beat.toml", '[site]\ntitle = "T"\n' + source)

    error = error_of(room, {"TOKEN": "a\r\nEvil: b"})

    assert "environment TOKEN" == error.subject
    assert "Evil" not in str(error)


def test_the_contact_comes_from_the_environment_before_the_file(room: Path) -> None:
    put(room, "beat.toml", '[site]\ntitle = "T"\n[fetch]\ncontact = "mailto:a@b.example"\n')

    settings = config.load(room, {"COPYDESK_CONTACT": "https://desk.example/"})
    error = error_of(room, {"COPYDESK_CONTACT": "nobody"})

    assert "https://desk.example/" == settings.fetch.contact
    assert "environment COPYDESK_CONTACT" == error.subject


NO_NEWSROOM = {
    "an empty folder": ((), "copydesk new DIR"),
    "a site of the reference": (("_config.yml",), "copydesk new --from"),
}


@pytest.mark.parametrize("case", NO_NEWSROOM)
def test_a_folder_without_beat_toml_says_what_to_do(tmp_path: Path, case: str) -> None:
    names, command = NO_NEWSROOM[case]
    for name in names:
        put(tmp_path, name, "title: T\n")

    error = error_of(tmp_path)

    assert f"the folder has no beat.toml: {tmp_path}" == str(error)
    assert command in error.hint


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "does not exist" in error_of(tmp_path / "none").hint


HOSTILE_BEATS = {
    "nested-lists": b"a = " + b"[" * 5_000 + b"]" * 5_000,
    "nested-tables": b"a = " + b"{a=" * 3_000 + b"1" + b"}" * 3_000,
    "too-many-digits": b"[site]\ntitle = " + b"9" * 5_000,
    "latin-1": b"[site]\ntitle = 'caf\xe9'\n",
    "nul": b"[site]\ntitle = 'a\x00b'\n",
    "binary": bytes(range(256)),
    "huge": b"#" * 32_000_001,
}


@pytest.mark.parametrize("case", HOSTILE_BEATS)
def test_a_hostile_beat_gets_one_clear_error(tmp_path: Path, case: str) -> None:
    put(tmp_path, "beat.toml", HOSTILE_BEATS[case])

    assert error_of(tmp_path).subject.startswith("beat.toml")


def test_a_beat_that_is_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "beat.toml").mkdir()

    assert "cannot be read" in error_of(tmp_path).what


def test_an_error_survives_the_trip_between_processes(tmp_path: Path) -> None:
    error = error_of(tmp_path / "none")
    other = error_of(tmp_path)

    assert str(error) == str(pickle.loads(pickle.dumps(error)))
    assert str(other) == str(pickle.loads(pickle.dumps(other)))


def test_a_password_in_a_sources_address_is_refused_and_not_repeated(room: Path) -> None:
    put(room, "beat.toml", '[site]\ntitle = "T"\n[[source]]\nurl = "https://me:hush@a.example/"\n')
    with pytest.raises(ConfigError) as caught:
        config.load(room, {})
    assert "headers_env" in caught.value.hint


def test_aliases_that_hold_themselves_or_grow_without_end_are_one_error(room: Path) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + chr(ord(name) - 1)] * 9)}]\n" for name in "bcdefghij"
    )
    for text in (bomb + "taxonomy: topic\n_id: x\nname: *j\n", "taxonomy: topic\nname: &a [*a]\n"):
        put(room, "_data/topics/99-x.yaml", text)
        with pytest.raises(ConfigError):
            config.load(room, {})


SECRETS = {
    "COPYDESK_SMTP_PASSWORD": ("mail.smtp.password", "one line of text"),
    "COPYDESK_IMAP_PASSWORD": ("mail.bounces.password", "one line of text"),
    "COPYDESK_BOUNCE_SECRET": ("mail.bounces.secret", "one line of text"),
    "COPYDESK_HAND_OVER_TOKEN": ("mail.hand_over.token", "one line of text"),
    "AWS_ACCESS_KEY_ID": ("deploy.s3.access_key", "one line of ASCII characters"),
    "AWS_SECRET_ACCESS_KEY": ("deploy.s3.secret_key", "one line of ASCII characters"),
    "AWS_SESSION_TOKEN": ("deploy.s3.session_token", "one line of ASCII characters"),
    "COPYDESK_OIDC_SECRET": ("desk.oidc.client_secret", ""),
    "COPYDESK_PROXY_SECRET": ("desk.proxy_secret", ""),
    "COPYDESK_METRICS_TOKEN": ("metrics_token", ""),
    "COPYDESK_DESK_TOKEN": ("desk_token", ""),
}


@pytest.mark.parametrize("variable", SECRETS)
def test_a_secret_comes_from_its_variable_without_blanks_around_it(
    room: Path, variable: str
) -> None:
    settings = config.load(room, {variable: " hush\n"})

    assert "hush" == attrgetter(SECRETS[variable][0])(settings)
    assert "" == attrgetter(SECRETS[variable][0])(config.load(room, {}))
    assert "hush" not in f"{settings!r}{config.rows(settings)}"


@pytest.mark.parametrize("variable", [name for name, (_, said) in SECRETS.items() if said])
def test_a_secret_of_several_lines_is_refused_and_not_shown(room: Path, variable: str) -> None:
    error = error_of(room, {variable: "one\ntwo"})

    assert f"environment {variable}: expected {SECRETS[variable][1]}" == str(error)
