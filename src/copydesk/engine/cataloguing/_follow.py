"""Follow: a catalogue is brought up to date with the records, by what has changed in them.

    sweep_records    every record's entry in its folder is looked at, none opened: a few µs each
    follow_commits   what git's commits changed since the catalogue was last looked at

A sweep misses nothing. What follows commits alone misses what was edited and not committed since
the last sweep, until that is among an answer: who asks reads the records that it is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from copydesk.archive import Archive, Signature, git
from copydesk.catalogue import Catalogue
from copydesk.engine.cataloguing._entries import make_entries
from copydesk.engine.cataloguing._rules import RulesInForce, digest_rules, read_rules
from copydesk.engine.newsroom import TICK_NS, Newsroom, Progress, Silence
from copydesk.errors import CopydeskError, RecordError
from copydesk.kit import text

_HEAD, _RULES, _STORY_RULES = "head", "rules", "story rules"  # what it is up to date with
_SILENCE = Silence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How the records stood at a moment (ns since 1970), without reading one."""

    taken_ns: int
    signatures: Mapping[str, Signature]

    def find_changes(self, now: Snapshot) -> set[str]:
        """Return the paths of records that are there now, and are new or may have changed."""
        return {
            path
            for path, signature in now.signatures.items()
            if signature != self.signatures.get(path) or not _is_settled(signature, self.taken_ns)
        }


def take_snapshot(records: Archive) -> Snapshot:
    """Return how the records stand; raises RecordError where a folder cannot be listed."""
    return Snapshot(taken_ns=time.time_ns(), signatures=records.signatures(stories=True))


def sweep_records(
    newsroom: Newsroom, catalogue: Catalogue, progress: Progress = _SILENCE
) -> Snapshot:
    """Bring a catalogue up to date with every record; return how they stand.

    Raises RecordError where a folder cannot be listed: its stories have not gone.
    """
    head = git.Repository(newsroom.root).head()
    now = take_snapshot(newsroom.archive)
    stand = dict(_sign(now.signatures, now.taken_ns))
    before = catalogue.signatures()
    changed = {
        path: signature
        for path, signature in stand.items()
        if not signature or before.get(path) != signature
    }
    _take_in(newsroom, catalogue, _News(changed, before.keys() - stand.keys(), head), progress)
    return now


def follow_commits(newsroom: Newsroom, catalogue: Catalogue, progress: Progress = _SILENCE) -> None:
    """Bring a catalogue up to date with what was committed since it was last looked at.

    Where no commit can tell that, in a folder without git or after history was rewritten, every
    record is swept. Raises RecordError as `sweep_records` does.
    """
    repository = git.Repository(newsroom.root)
    head, known = repository.head(), catalogue.note(_HEAD)
    paths = repository.find_changes_between(known, head) if known and head else None
    if paths is None:
        sweep_records(newsroom, catalogue, progress)
        return
    news = _look_at(newsroom.archive, newsroom.archive.story_paths_among(paths), head)
    _take_in(newsroom, catalogue, news, progress)


def look_again(newsroom: Newsroom, catalogue: Catalogue, paths: Iterable[str]) -> None:
    """Bring a catalogue up to date with the records among these paths."""
    records = newsroom.archive.story_paths_among(paths)
    news = _look_at(newsroom.archive, records, catalogue.note(_HEAD))
    _take_in(newsroom, catalogue, news, _SILENCE)


def recheck(newsroom: Newsroom, catalogue: Catalogue, paths: Collection[str]) -> bool:
    """Bring a catalogue up to date with those of these records that changed; False for none."""
    changed = _find_changes(newsroom, catalogue, paths)
    if changed:
        look_again(newsroom, catalogue, changed)
    return bool(changed)


def _find_changes(newsroom: Newsroom, catalogue: Catalogue, paths: Collection[str]) -> list[str]:
    known = catalogue.signatures_of(paths)
    signatures = ((path, newsroom.archive.signature(path)) for path in paths)
    return [
        path
        for path, signature in signatures
        if signature is None or hash(signature) != known.get(path)
    ]


def recheck_in_passing(newsroom: Newsroom, catalogue: Catalogue, paths: Collection[str]) -> bool:
    """Do as `recheck` does, and leave it to others to look at all stories by changed rules.

    That takes seconds where there are many; `stands_by_former_rules` says that it is to be done.
    """
    changed = _find_changes(newsroom, catalogue, paths)
    if changed:
        records = newsroom.archive.story_paths_among(changed)
        news = _look_at(newsroom.archive, records, catalogue.note(_HEAD))
        rules = _take_in_records(newsroom, catalogue, news, _SILENCE)
        if catalogue.note(_RULES) == rules.digest():
            _take_in_rules(newsroom, catalogue, rules)
    return bool(changed)


def stands_by_former_rules(newsroom: Newsroom, catalogue: Catalogue) -> bool:
    """Decide whether stories stand where they did by rules that have changed for all since."""
    return catalogue.note(_RULES) != digest_rules(newsroom.beat, newsroom.now)


def report_failures(catalogue: Catalogue, trouble: Callable[[CopydeskError], None]) -> None:
    """Let `trouble` know of each record that cannot be read."""
    for record in catalogue.list_failures():
        trouble(RecordError(record.what, subject=record.path, hint=record.hint))


@dataclass(frozen=True, slots=True)
class _News:
    """Records that are new or changed, with their signatures, and those that are lost."""

    changed: Mapping[str, int]
    lost: Collection[str]
    head: str


def _look_at(records: Archive, paths: Collection[str], head: str) -> _News:
    taken_ns = time.time_ns()
    signatures = {path: records.signature(path) for path in paths if text.is_encodable(path)}
    there = {path: signature for path, signature in signatures.items() if signature is not None}
    return _News(dict(_sign(there, taken_ns)), signatures.keys() - there.keys(), head)


def _take_in(newsroom: Newsroom, catalogue: Catalogue, news: _News, progress: Progress) -> None:
    """Read what has changed, and where other rules hold by now look where stories stand."""
    rules = _take_in_records(newsroom, catalogue, news, progress)
    _take_in_rules(newsroom, catalogue, rules)


def _take_in_records(
    newsroom: Newsroom, catalogue: Catalogue, news: _News, progress: Progress
) -> RulesInForce:
    """Read what has changed; return the rules by which it stands where it does."""
    rules = read_rules(newsroom.root, newsroom.beat, newsroom.now)
    if news.changed or news.lost or catalogue.note(_HEAD) != news.head:
        entries, broken = make_entries(newsroom, rules, news.changed, progress)
        catalogue.update(entries, broken, news.lost, {_HEAD: news.head})
    return rules


def _take_in_rules(newsroom: Newsroom, catalogue: Catalogue, rules: RulesInForce) -> None:
    """Look where stories stand whose rules are others by now: all of them, or those few."""
    digest, own = rules.digest(), rules.story_digests()
    known = _read_digests(catalogue.note(_STORY_RULES))
    names = {name for name in {**known, **own} if known.get(name) != own.get(name)}
    if catalogue.note(_RULES) != digest:
        judged = catalogue.signatures_of(rules.judged_paths)  # those that are records
        paths = {*catalogue.find_unsure(), *judged}
    elif names:
        paths = {*catalogue.find_by_name(names)}
    else:
        return
    entries, _ = make_entries(newsroom, rules, dict.fromkeys(sorted(paths), 0), _SILENCE)
    standings = {entry.story.path: entry.standing for entry in entries}
    noted = orjson.dumps(own, option=orjson.OPT_SORT_KEYS).decode()
    catalogue.set_standings(standings, {_RULES: digest, _STORY_RULES: noted})


def _read_digests(noted: str) -> Mapping[str, str]:
    found: dict[str, str] = orjson.loads(noted) if noted else {}
    return found


def _sign(signatures: Mapping[str, Signature], taken_ns: int) -> Iterator[tuple[str, int]]:
    """Yield one number for each signature, 0 for one that an edit may leave as it is.

    A name that is not UTF-8 is left out: nothing can say it.
    """
    for path, signature in signatures.items():
        if path.isascii() or text.is_encodable(path):
            yield path, hash(signature) if _is_settled(signature, taken_ns) else 0


def _is_settled(signature: Signature, taken_ns: int) -> bool:
    """Decide whether another edit would leave another signature than this one.

    What was changed a moment ago may change again within a tick of the file system's clock. What
    was changed in the future, before the clock was set back, may not.
    """
    return abs(taken_ns - signature.changed_ns) > TICK_NS
