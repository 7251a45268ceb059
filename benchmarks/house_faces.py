"""Measure how the house is divided into files and faces: a part of `house.py`.

- *Import lines*: lines of the `import` statements at the top of a file and in its functions, and of
  `if TYPE_CHECKING:`; as a share of the code lines.
- *Face*: the `__init__.py` of a folder. Its *names* are those that it imports from modules below
  `copydesk`, under their own names (`from copydesk.room._a import load as load`), and those that it
  defines.
- *Chain inside a room*: the longest chain of imports among the modules of one folder, its
  sub-folders counted with it.
- *Same fields*: classes with two or more fields of which all names are the same.
"""

from __future__ import annotations

import ast
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

Tree = dict[Path, ast.Module]
CountLines = Callable[[Path, ast.Module], int]

FILE_LINES_MEDIAN = 110  # code lines; the budgets of docs/design/README.md
FILE_LINES = 450
SHORT_FILE = 60
SHORT_FILES_SHARE = 0.15
FOLDER_MODULES = 4
FACE_NAMES = 25
IMPORT_SHARE = 0.09
ROOM_CHAIN = 5


def files(tree: Tree, count_lines: CountLines) -> dict[str, object]:
    """Measure the files: how long, how many are short, what share of them imports."""
    lines = {path: count_lines(path, module) for path, module in tree.items()}
    modules = [count for path, count in lines.items() if path.name != "__init__.py"]
    short = sum(count < SHORT_FILE for count in modules)
    imports = sum(import_lines(module) for module in tree.values())
    return {
        "median code lines of a module": statistics.median(modules) if modules else 0,
        f"modules below {SHORT_FILE} code lines": f"{short} ({short / max(len(modules), 1):.1%})",
        f"modules over {FILE_LINES} code lines": sum(count > FILE_LINES for count in modules),
        "import lines": f"{imports} ({imports / max(sum(lines.values()), 1):.1%})",
    }


def import_lines(module: ast.Module) -> int:
    """Count the lines of a file that import."""
    nodes = (node for node in ast.walk(module) if isinstance(node, ast.Import | ast.ImportFrom))
    return sum((node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes)


def faces(tree: Tree, source: Path) -> dict[str, object]:
    """Count the faces, the names in them, and those that stand in several."""
    names = face_names(tree, source)
    places = Counter(name for found in names.values() for name in found)
    return {
        "faces": len(names),
        "exported names": sum(map(len, names.values())),
        "names in two faces or more": sum(count > 1 for count in places.values()),
        f"faces over {FACE_NAMES} names": sum(len(found) > FACE_NAMES for found in names.values()),
    }


def face_names(tree: Tree, source: Path) -> dict[str, set[str]]:
    """Return the names of each face, by its folder."""
    found = {
        path.parent.relative_to(source).as_posix(): set(exported(module))
        for path, module in tree.items()
        if path.name == "__init__.py" and path.parent != source
    }
    return {folder: names for folder, names in found.items() if names}


def exported(module: ast.Module) -> Iterable[str]:
    """Yield the names that a face gives."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            own = (node.module or "").startswith("copydesk")
            yield from (alias.name for alias in node.names if own and alias.asname == alias.name)
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from ([] if node.name.startswith("_") else [node.name])


def exported_twice(tree: Tree, source: Path) -> dict[str, list[str]]:
    """Return each name that stands in two faces or more, with those."""
    places: dict[str, list[str]] = defaultdict(list)
    for folder, names in sorted(face_names(tree, source).items()):
        for name in names:
            places[name].append(folder)
    return {name: folders for name, folders in sorted(places.items()) if len(folders) > 1}


def room_chains(chain_of: Mapping[str, list[str]]) -> dict[str, object]:
    """Name the longest chain of imports inside one room."""
    room, chain = max(chain_of.items(), key=lambda pair: len(pair[1]), default=("", []))
    return {"longest chain inside a room": f"{room} {len(chain)}"}


def fields_of(node: ast.ClassDef) -> frozenset[str]:
    """Return the names of a class's annotated fields."""
    lines = [line for line in node.body if isinstance(line, ast.AnnAssign)]
    return frozenset(line.target.id for line in lines if isinstance(line.target, ast.Name))


def same_fields(tree: Tree, source: Path) -> dict[str, list[str]]:
    """Return the classes that declare the same two fields or more, by those fields."""
    places: dict[frozenset[str], list[str]] = defaultdict(list)
    for path, module in tree.items():
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef) and len(fields := fields_of(node)) > 1:
                places[fields].append(f"{path.relative_to(source).as_posix()}:{node.name}")
    return {
        " ".join(sorted(fields)): sorted(classes)
        for fields, classes in places.items()
        if len(classes) > 1
    }
