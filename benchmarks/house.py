"""Measure how the house is built: sizes, imports, names, docstrings, tests, complexity.

    python benchmarks/house.py [ROOT] [--json] [--beside REV] [--suite]

ROOT is a checkout (default: this one). `--beside REV` unpacks that commit of it into a temporary
folder, measures it with the same Python and packages, and prints both columns, REV first.
`--suite` runs `pytest -m "not slow"` as well, for its seconds and slowest tests: it takes minutes.
Needs the standard library alone, and an interpreter in which ROOT's requirements are installed for
the two figures that run copydesk (its `.venv` is taken where there is one).

What is counted, where a word could mean two things:

- *Code lines*: lines of src/ that hold a token of Python other than a comment or a docstring.
- *Import chain*: modules of copydesk in the longest chain of "imports", the first one counted.
  Imports in functions and under TYPE_CHECKING are left out; a name taken from a face that loads its
  parts lazily counts as an import of the module behind it, since that is what the import loads.
- *Loaded*: modules of copydesk in `sys.modules` of the process that built the site of one story, or
  ran a round over one recorded page (its reader processes not counted). *Ran*: those of them with
  a function that was called.
- *Participle*: the first or last word of a function's name ends in -ed or -en, or is an irregular
  participle; properties and functions that return bool ("allowed") are left out.
- *Private modules*: a test file counts once, however it names them (`from copydesk.room._part`,
  `from copydesk.room import _part`).
- *Complexity*: 1, and 1 more for each if, loop, except and case, each comprehension and condition
  in it, and each operand of `and` or `or` after the first.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

Function = ast.FunctionDef | ast.AsyncFunctionDef
Tree = dict[Path, ast.Module]  # each file below src/copydesk with what it says

FOLDER_FILES = 20
COMPLEXITY = 10
# irregular ones, without those that are their own imperative: cut, put, read, set, shut, split
IRREGULAR = """begun born bought bound brought built caught done drawn dug felt found gone got grown
had heard held kept known laid learnt led left lent lost made meant met paid said seen sent shown
sold sought spent stood stuck swept taught thought told torn understood won worn wound"""
NOT_PARTICIPLES = """bed between bleed breed children embed even exceed feed fifteen flatten garden
golden happen hundred indeed lengthen listen need often open proceed red screen seed seven shed
shorten speed succeed ten then tighten token weed when widen"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--beside", metavar="REV", help="measure this commit of ROOT, too")
    parser.add_argument("--suite", action="store_true", help="run the fast tests and time them")
    asked = parser.parse_args()
    root = asked.root.resolve()
    python = next((p for p in [root / ".venv" / "bin" / "python"] if p.exists()), sys.executable)
    columns = {}
    if asked.beside:
        with tempfile.TemporaryDirectory() as folder:
            unpack(root, asked.beside, Path(folder))
            columns[asked.beside] = measure(Path(folder), python, suite=asked.suite)
    columns[root.name] = measure(root, python, suite=asked.suite)
    print(json.dumps(columns, indent=1) if asked.json else table(columns))


def unpack(root: Path, revision: str, folder: Path) -> None:
    """Write the files of a commit into a folder."""
    done = subprocess.run(
        ["git", "-C", root, "archive", "--format=tar", revision], check=True, capture_output=True
    )
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as files:
        files.extractall(folder, filter="data")


def measure(root: Path, python: Path | str, *, suite: bool) -> dict[str, object]:
    """Compute every figure of a checkout."""
    from house_at_work import loaded_modules, timed_suite  # tests run this file alone
    from house_faces import faces, files, room_chains, same_fields

    source = root / "src" / "copydesk"
    tree = {path: ast.parse(path.read_text("utf-8")) for path in sorted(source.rglob("*.py"))}
    figures = {
        **sizes(tree, source),
        **files(tree, code_lines),
        **faces(tree, source),
        **import_chain(tree, source),
        **room_chains(chains_inside(tree, source)),
        "classes with the same fields": sum(map(len, same_fields(tree, source).values())),
        **loaded_modules(root, python),
        **class_names(tree),
        **function_names(tree, source),
        **docstrings(tree),
        **private_imports(root),
        **complexities(tree, source),
    }
    return figures | (timed_suite(root, python) if suite else {})


def sizes(tree: Tree, source: Path) -> dict[str, object]:
    """Count lines of code, files, and files of a folder."""
    folders = Counter(str(path.parent.relative_to(source)) for path in tree)
    fullest, files = max(folders.items(), key=lambda pair: pair[1])
    return {
        "code lines": sum(code_lines(path, module) for path, module in tree.items()),
        "files": len(tree),
        "fullest folder": f"{fullest} {files}",
        f"folders over {FOLDER_FILES} files": {
            name: count for name, count in folders.most_common() if count > FOLDER_FILES
        },
    }


def code_lines(path: Path, module: ast.Module) -> int:
    """Count the lines that hold code: no blank ones, comments or docstrings."""
    quiet = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    lines: set[int] = set()
    with path.open("rb") as stream:
        for token in tokenize.tokenize(stream.readline):
            if token.type not in (*quiet, tokenize.ENCODING, tokenize.ENDMARKER):
                lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node):
            first = node.body[0]
            lines.difference_update(range(first.lineno, (first.end_lineno or 0) + 1))
    return len(lines)


def import_chain(tree: Tree, source: Path) -> dict[str, object]:
    """Find the longest chain of modules that import one another."""
    found = longest_chain(import_edges(tree, source))
    return {"longest import chain": len(found), "the chain": found}


def import_edges(tree: Tree, source: Path) -> dict[str, set[str]]:
    """Return which modules each module imports when it is loaded."""
    modules = {module_name(path, source): module for path, module in tree.items()}
    behind = {name: lazy_names(module) for name, module in modules.items()}
    return {
        name: {found for wanted in imported_names(module) if (found := owner(wanted, behind))}
        for name, module in modules.items()
    }


def chains_inside(tree: Tree, source: Path) -> dict[str, list[str]]:
    """Find the longest chain among the modules of each room."""
    rooms: dict[str, set[str]] = defaultdict(set)
    edges = import_edges(tree, source)
    for name in edges:
        rooms[".".join(name.split(".")[1:2])].add(name)
    return {
        room: longest_chain({name: edges[name] & inside for name in inside})
        for room, inside in sorted(rooms.items())
        if room
    }


def longest_chain(edges: dict[str, set[str]]) -> list[str]:
    """Return the longest chain of modules that import one another, the first one first."""
    longest: dict[str, list[str]] = {}

    def chain(name: str, path: tuple[str, ...] = ()) -> list[str]:
        if name not in longest:
            ways = [chain(one, (*path, name)) for one in sorted(edges[name] - {name, *path})]
            longest[name] = [name, *max(ways, key=len, default=[])]
        return longest[name]

    return max((chain(name) for name in sorted(edges)), key=len)


def module_name(path: Path, source: Path) -> str:
    parts = path.relative_to(source.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def lazy_names(module: ast.Module) -> dict[str, str]:
    """Map the names that a face gives lazily to the modules that they stand in."""
    is_lazy = any(
        isinstance(node, ast.Name) and node.id == "__getattr__" for node in ast.walk(module)
    )
    blocks = [node for node in module.body if is_lazy and is_typing_block(node)]
    imports = [node for block in blocks for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: f"{node.module}.{alias.name}" for node in imports for alias in node.names}


def is_typing_block(node: ast.AST) -> TypeGuard[ast.If]:
    """Decide whether a statement is `if TYPE_CHECKING:`; its `else` is loaded."""
    words = ("TYPE_CHECKING", "typing.TYPE_CHECKING")
    return isinstance(node, ast.If) and ast.unparse(node.test) in words


def imported_names(node: ast.AST) -> Iterator[str]:
    """Yield the dotted name of each import that happens when a module is loaded."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield from names_in_import(child)
        elif is_typing_block(child):
            yield from imported_names(ast.Module(child.orelse, []))
        elif not isinstance(child, Function | ast.Lambda):
            yield from imported_names(child)


def names_in_import(node: ast.AST) -> list[str]:
    """Return the dotted names that a node imports itself."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def owner(name: str, behind: dict[str, dict[str, str]]) -> str | None:
    """Return the module of copydesk that an imported name stands in."""
    if name in behind:
        return name
    parent, _, last = name.rpartition(".")
    if parent in behind:
        return owner(behind[parent].get(last, parent), behind)
    return None


def class_names(tree: Tree) -> dict[str, object]:
    """Count the names that several classes have."""
    walked = (node for module in tree.values() for node in ast.walk(module))
    places = Counter(node.name for node in walked if isinstance(node, ast.ClassDef))
    shared = {name: count for name, count in places.most_common() if count > 2}
    return {
        "class names in two places": sum(count == 2 for count in places.values()),
        "class names in three or more": len(shared),
        "those names": shared,
    }


def functions(tree: Tree) -> Iterator[tuple[Path, Function]]:
    for path, module in tree.items():
        yield from ((path, node) for node in ast.walk(module) if isinstance(node, Function))


def function_names(tree: Tree, source: Path) -> dict[str, object]:
    """Count the functions that are called by a participle, by room."""
    every = list(functions(tree))
    named = [(path, node) for path, node in every if is_participle(node)]
    rooms = Counter(room_of(path, source) for path, _ in named)
    return {
        "functions": len(every),
        "functions named by a participle": len(named),
        "of them by room": dict(sorted(rooms.items())),
    }


# names not ours
CALLED_BY_ASYNCIO = {"connection_made", "connection_lost", "data_received", "eof_received"}


def is_participle(function: Function) -> bool:
    """Decide whether a function's name says what was done to something, not what to do."""
    marks = [ast.unparse(one) for one in function.decorator_list]
    is_value = any("property" in mark or mark.endswith(".setter") for mark in marks)
    is_claim = function.returns is not None and ast.unparse(function.returns) == "bool"
    words = [word for word in function.name.split("_") if word]
    if is_value or is_claim or not words or function.name.startswith("__"):
        return False
    if function.name in CALLED_BY_ASYNCIO:
        return False
    return any(
        word in IRREGULAR.split()
        or (word.endswith(("ed", "en")) and word not in NOT_PARTICIPLES.split())
        for word in (words[0], words[-1])
    )


def room_of(path: Path, source: Path) -> str:
    parts = path.relative_to(source).parts
    return parts[0] if len(parts) > 1 else "."


def docstrings(tree: Tree) -> dict[str, object]:
    """Count functions' docstrings by their first word."""
    texts = [text for _, node in functions(tree) if (text := ast.get_docstring(node))]
    words = Counter(match[0] for text in texts if (match := re.match(r"[\w']+", text)))
    return {"docstrings of functions": len(texts), "first words": dict(words.most_common(10))}


def private_imports(root: Path) -> dict[str, object]:
    """Count the test files that import a module with an underscore."""
    found: dict[str, int] = {}
    for path in sorted((root / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        names = {name for node in ast.walk(tree) for name in names_in_import(node)}
        private = [one for one in names if re.match(r"copydesk\.(\w+\.)*_[a-z]", one)]
        if private:
            found[str(path.relative_to(root))] = len(private)
    rooms = Counter(name.split("/")[1] for name in found)
    return {"test files at private modules": len(found), "of them in": dict(rooms.most_common())}


def complexities(tree: Tree, source: Path) -> dict[str, object]:
    """Count functions that are over the budget when each `and` and `or` counts, by room."""
    every: dict[str, int] = Counter()
    over: dict[str, list[str]] = defaultdict(list)
    for path, node in functions(tree):
        every[room_of(path, source)] += 1
        if (number := complexity(node)) > COMPLEXITY:
            over[room_of(path, source)].append(f"{path.name}:{node.name} {number}")
    count = sum(map(len, over.values()))
    return {
        f"functions over complexity {COMPLEXITY}": count,
        "share": f"{count / sum(every.values()):.1%}",
        "share by room": {
            room: f"{len(names)} of {every[room]} ({len(names) / every[room]:.1%})"
            for room, names in sorted(over.items())
        },
        "the functions": dict(sorted(over.items())),
    }


def complexity(node: ast.AST) -> int:
    """Count the ways through a function, those of its conditions with them."""
    branches = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler)
    ways = 1
    for part in ast.walk(node):
        match part:
            case ast.BoolOp(values=values):
                ways += len(values) - 1
            case ast.comprehension(ifs=conditions):
                ways += 1 + len(conditions)
            case ast.match_case(pattern=pattern):
                ways += not (isinstance(pattern, ast.MatchAs) and pattern.pattern is None)
            case _:
                ways += isinstance(part, branches)
    return ways


def table(columns: dict[str, dict[str, object]]) -> str:
    """Lay the figures side by side, - for none; long lists of names are left to --json."""
    lines = [row("", list(columns))]
    kinds = dict.fromkeys(kind for figures in columns.values() for kind in figures)
    for kind in kinds:
        values = [figures.get(kind, "-") for figures in columns.values()]
        if kind == "the functions" or isinstance(values[0], list):
            continue
        parts = [value if isinstance(value, dict) else {} for value in values]
        lines.append(row(kind, ["" if isinstance(value, dict) else value for value in values]))
        lines += [
            row(f"  {name}", [part.get(name, "-") for part in parts])
            for name in dict.fromkeys(name for part in parts for name in part)
        ]
    return "\n".join(lines)


def row(name: str, cells: list[object]) -> str:
    return (f"{name:40}" + "".join(f"{cell!s:>24}" for cell in cells)).rstrip()


if __name__ == "__main__":
    main()
