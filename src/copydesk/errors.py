"""Every error of copydesk.

    CopydeskError                 what went wrong, with a subject and a hint
    ├── UsageError                the caller asked for something that cannot be (exit 2)
    ├── ConfigError               beat.toml, topics, organizations, environment
    ├── RecordError               a record that cannot be read, written or reproduced
    │   └── SealError             the private part: no key, wrong key, tampered bytes
    ├── GitError                  git is missing, refuses or is in the middle of something
    ├── FeedError                 a source's answer that is no list of leads
    ├── FetchError                the network: names, connections, time, size, protocol
    ├── PageError                 a page that the reader cannot parse or that stalls it
    ├── PictureError              a picture that is broken, huge or none
    ├── RecordingError            a WARC file that cannot be read or written
    ├── ModelError                sentence vectors: the extra is missing, its model broken
    ├── MemoryStoreError          the disposable database
    ├── DeskStoreError            what the desk keeps: locked, full, damaged, of a newer version
    ├── MailStoreError            readers, letters sent: locked, full, damaged, of a newer version
    ├── CatalogueError            the catalogue of records: its file cannot be opened or written
    ├── PublishError              a template or an output that cannot be made
    ├── VerifyError               a site that cannot be checked against its records
    ├── MailError                 a letter that cannot be composed, rendered, filed or sent
    │   └── MailServerError       a mail server that is away or has no time: later it may
    ├── BackupError               a backup that cannot be written, read or restored
    ├── DeployError               a place that the site cannot be sent to
    ├── WorkerError               a process that works for this one: killed, or its error unsendable
    ├── DataError                 labelled data that `eval` cannot read
    ├── TableError                a table of copydesk's own: missing or broken
    └── BusyError                 another process holds the newsroom: a round, or a writer too long

An expected no is not an error but a value with a reason (`news.Dropped`, `news.Refused`,
`news.NotModified`). No foreign exception crosses a room's door: each is raised again as one of
these, `from` its cause.
"""

from __future__ import annotations


class CopydeskError(Exception):
    """Say what went wrong, about what, and how to mend it.

    `what` is lower case without a full stop; `subject` is the value it is about (a path, an
    address); `hint` says what to do and may be empty.
    """

    def __init__(self, what: str, *, subject: str = "", hint: str = "") -> None:
        super().__init__(what, subject, hint)
        self.what = what
        self.subject = subject
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what}: {self.subject}" if self.subject else self.what

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the trip between processes, keyword arguments and all."""
        return (_rebuild, (type(self), self.what, self.subject, self.hint))


def _rebuild(kind: type[CopydeskError], what: str, subject: str, hint: str) -> CopydeskError:
    return kind(what, subject=subject, hint=hint)


class UsageError(CopydeskError):
    """Report a request that makes no sense as it was put."""


class ConfigError(CopydeskError):
    """Report a setting that is missing, unknown or of the wrong kind; the subject is its path."""


class RecordError(CopydeskError):
    """Report a record that cannot be read, written or reproduced."""


class SealError(RecordError):
    """Report a sealed part that cannot be opened or made."""


class GitError(CopydeskError):
    """Report git refusing or missing."""


class FeedError(CopydeskError):
    """Report an answer that holds no list of leads."""


class FetchError(CopydeskError):
    """Report a request that got no usable answer."""


class PageError(CopydeskError):
    """Report a page that cannot be parsed or takes too long."""


class PictureError(CopydeskError):
    """Report a picture that cannot be used."""


class RecordingError(CopydeskError):
    """Report a recorded web that cannot be read or written."""


class ModelError(CopydeskError):
    """Report a model that is not installed or cannot be used."""


class MemoryStoreError(CopydeskError):
    """Report the disposable database failing."""


class DeskStoreError(CopydeskError):
    """Report what the desk keeps failing; it cannot be made again, and nothing deletes it."""


class MailStoreError(CopydeskError):
    """Report what is kept of readers failing; nothing is sent on a guess then."""


class CatalogueError(CopydeskError):
    """Report the catalogue of records failing; all that it holds can be made again."""


class PublishError(CopydeskError):
    """Report an output that cannot be made."""


class VerifyError(CopydeskError):
    """Report a site, or its records, that cannot be checked."""


class MailError(CopydeskError):
    """Report a letter that cannot be composed, rendered, filed or sent."""


class MailServerError(MailError):
    """Report a mail server that is away or busy; nothing is wrong with the settings."""


class BackupError(CopydeskError):
    """Report a backup that cannot be written, or of which nothing is restored."""


class DeployError(CopydeskError):
    """Report a place that the site could not be sent to."""


class WorkerError(CopydeskError):
    """Report a process at work for this one that was ended, or that cannot send its error."""


class DataError(CopydeskError):
    """Report labelled data in no known layout."""


class TableError(CopydeskError):
    """Report a table that belongs to copydesk itself and cannot be read."""


class BusyError(CopydeskError):
    """Report another process that keeps a lock: a round's, a deploy's, or the one for writing."""
