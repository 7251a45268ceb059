"""PyYAML's C loader as the judge of meaning: a tree of nodes with styles and marks, made safe."""

from __future__ import annotations

import yaml

from copydesk.errors import RecordError

MAX_DEPTH = 40
# Files that are YAML from end to end.
BARE = (".yaml", ".yml")
_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(
    _TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
) | {_TAG + "merge", _TAG + "value"}

NOTHING = yaml.MappingNode(_TAG + "map", [])


def compose(text: str, path: str) -> yaml.MappingNode:
    """Return the mapping that a YAML text holds.

    Raises RecordError for broken YAML, another thing than a mapping, and what a record never
    holds: anchors with aliases (a few lines can stand for millions), foreign tags, doubled keys.
    """
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f" in line {mark.line + _first_line(path)}" if mark else ""
        raise RecordError(f"broken YAML{line}", subject=path, hint=_one_line(error)) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise RecordError("broken YAML", subject=path, hint=_one_line(error)) from error
    if not isinstance(root, yaml.MappingNode):
        raise RecordError(
            "front matter is no list of keys", subject=path, hint="write lines such as title: …"
        )
    _inspect(root, path)
    return root


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _inspect(root: yaml.Node, path: str) -> None:
    """Walk every node once and raise RecordError for what a record never holds."""
    seen: set[int] = set()
    todo = [(root, 0)]
    while todo:
        node, depth = todo.pop()
        if id(node) in seen:
            raise _at(node, path, "a YAML alias", "write the value out in both places")
        seen.add(id(node))
        if node.tag not in _KNOWN_TAGS:
            raise _at(node, path, f"a YAML tag {node.tag}", "take the tag out")
        if depth > MAX_DEPTH:
            raise _at(node, path, "nested too deep", f"at most {MAX_DEPTH} levels")
        todo.extend((child, depth + 1) for child in _children(node, path))


def _children(node: yaml.Node, path: str) -> list[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    if not isinstance(node, yaml.MappingNode):
        return []
    keys: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _at(key, path, "a key that is no text", "write lines such as title: …")
        if key.value in keys:
            raise _at(key, path, f"the key {key.value!r} twice", "keep one of them")
        keys.add(key.value)
    return [node for pair in node.value for node in pair]


def _at(node: yaml.Node, path: str, what: str, hint: str) -> RecordError:
    return RecordError(f"{what} in line {line_of(node, path)}", subject=path, hint=hint)


def line_of(node: yaml.Node, path: str) -> int:
    """Return the line of a file where a node begins."""
    return int(node.start_mark.line) + _first_line(path)


def _first_line(path: str) -> int:
    """Return the line where a file's YAML begins: after the opening fence, where it has one."""
    return 1 if path.endswith(BARE) else 2


def kind_of(node: yaml.Node) -> str:
    """Return the short name of what YAML takes a node for: "str", "int", "map" …"""
    return str(node.tag).removeprefix(_TAG)


def span(text: str, key: yaml.Node, value: yaml.Node) -> tuple[int, int]:
    """Return where an entry's lines begin and where their last line ends (at its line feed)."""
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    last = value
    while is_block(last):
        child = last.value[-1]
        last = child[1] if isinstance(child, tuple) else child
    stop = text.find("\n", end(text, last))
    return start, len(text) if stop < 0 else stop


def end(text: str, node: yaml.Node) -> int:
    """Return where a scalar or flow value ends; a block scalar without the empty lines below it."""
    index = int(node.end_mark.index)
    if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
        return len(text[node.start_mark.index : index].rstrip()) + int(node.start_mark.index)
    return index


def is_block(node: yaml.Node) -> bool:
    """Decide whether a node is a mapping or list on lines of its own, not a value on one line."""
    return isinstance(node, yaml.CollectionNode) and bool(node.value) and not node.flow_style
