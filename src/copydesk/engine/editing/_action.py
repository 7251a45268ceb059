"""Action: what a person did, as a value in the commit's message, to be found and undone by it.

`Copydesk-Action: verdict publish _news/a.md` · `rule pin a` · `rule undo pin a` · `undo COMMIT`

One line for each, as the last paragraph. Of an action of the desk its id follows after a blank:
`verdict publish _news/a.md #0197-…`; `git log -F --grep "#0197-…"` finds its commit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.kit import text

_KEY = "Copydesk-Action: "
_SUBJECT = 200
_ID = "[0-9A-Za-z_-]{1,100}"
_MARK = re.compile(f" #({_ID})$")


def is_action_id(text: str) -> bool:
    """Decide whether a browser may call an action so: a UUID or the like."""
    return re.fullmatch(_ID, text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitWords:
    """What a commit says of one word of an editor: a line, why, who said it, the action itself.

    `id` is the one that the desk knows it by, "" for one of the command line.
    """

    subject: str
    why: str
    by: str
    action: str
    id: str = ""

    @property
    def as_line(self) -> str:
        """Return it as a line of a commit that holds several."""
        return text.fold(f"{self.subject}: {self.why}" if self.why else self.subject)[:_SUBJECT]

    @property
    def trailer(self) -> str:
        """Return the last line of its commit."""
        return f"{_KEY}{self.action} {action_mark(self.id)}".rstrip()


def action_mark(action_id: str) -> str:
    """Return what stands in the message of the commit that holds an action of the desk."""
    return f"#{action_id}" if action_id else ""


def write_message(words: Sequence[CommitWords]) -> str:
    """Return the message of the commit that holds these words, which one editor said."""
    trailers = "\n".join(said.trailer for said in words)
    if len(words) == 1:
        said = words[0]
        parts = [said.subject, said.why, f"by {said.by}", trailers]
    else:
        by = words[0].by
        lines = "\n".join(f"* {said.as_line}" for said in words)
        parts = [f"desk: {len(words)} words by {text.fold(by)[:_SUBJECT]}", lines, trailers]
    return "\n\n".join(filter(None, parts))


def read_actions(message: str) -> tuple[tuple[str, str], ...]:
    """Return the actions that a commit's message says were done, and their ids; () for none.

    Only the lines after the last empty one count: what people say stands above them.
    """
    lines = message.rstrip().rsplit("\n\n", 1)[-1].split("\n")
    if not all(line.startswith(_KEY) for line in lines):
        lines = [lines[-1]] if lines[-1].startswith(_KEY) else []
    said = (line.removeprefix(_KEY) for line in lines)
    return tuple(
        (_MARK.sub("", action), mark[1] if (mark := _MARK.search(action)) else "")
        for action in said
    )


def read_action(message: str) -> str:
    """Return what a commit's message says was done, "" for a commit of another kind."""
    return " · ".join(action for action, _ in read_actions(message))


def read_words(message: str) -> tuple[CommitWords, ...]:
    """Return what `write_message` wrote, () for a commit of another kind.

    Where a commit holds several words the line on each has its why, too, and `why` is "".
    """
    actions = read_actions(message)
    if not actions:
        return ()
    subject, *paragraphs = message.rstrip().split("\n\n")[:-1] or [""]
    if len(actions) == 1:
        by = paragraphs.pop().removeprefix("by ") if paragraphs else ""
        said = [(subject, "\n\n".join(paragraphs))]
    else:
        by = subject.partition(" words by ")[2]
        said = [(line.removeprefix("* "), "") for line in "\n".join(paragraphs).split("\n")]
    said += [("", "")] * (len(actions) - len(said))
    return tuple(
        CommitWords(subject=line, why=why, by=by, action=action, id=action_id)
        for (line, why), (action, action_id) in zip(said, actions, strict=False)
    )
