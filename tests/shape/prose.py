"""Find code that decides by words which people read: what such words are called, and what asks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

# what holds sentences (of reasons, faults, errors, histories), and variables that are called so
PROSE = frozenset({"why", "detail", "what", "hint", "last_error", "complaint", "history"})
_CALLED = frozenset({"why", "whys", "detail", "details", "last_error", "complaint"})
_ASKING = frozenset(
    {
        *("startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition"),
        *("split", "rsplit", "find", "rfind", "index", "count"),
    }
)
_PATTERNS = frozenset({"search", "match", "fullmatch", "findall", "finditer", "sub"})
_SAME = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def decisions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Walk what decides by prose, each with the name of the function around it."""
    for name, scope in _scopes(tree):
        known = _names(scope)
        for node in _own(scope):
            if _decides(node, known):
                yield name, node


def _scopes(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    yield "", tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """Walk what stands in a function itself; functions inside of it come on their own."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
            yield from _own(node)


def _names(scope: ast.AST) -> frozenset[str]:
    """Return the variables that hold prose: so called, or made of what is."""
    known = _CALLED
    while True:
        more = known | {name for node in _own(scope) for name in _made(node, known)}
        if more == known:
            return known
        known = more


def _made(node: ast.AST, known: frozenset[str]) -> Iterator[str]:
    match node:
        case ast.Assign(targets=[target], value=value):
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = list(zip(target.elts, value.elts, strict=False))
            yield from (_id(to) for to, of in pairs if _is_prose(of, known))
        case ast.NamedExpr(target=target, value=value) if _is_prose(value, known):
            yield target.id
        case ast.For(target=target, iter=walked) | ast.comprehension(target=target, iter=walked):
            if _is_prose(walked, known):
                yield _id(target)


def _id(target: ast.AST) -> str:
    return target.id if isinstance(target, ast.Name) else ""


def _is_prose(node: ast.AST | None, known: frozenset[str]) -> bool:
    """Decide whether an expression is prose, or a collection of it."""
    match node:
        case ast.Attribute(attr=name):
            return name in PROSE
        case ast.Name(id=name):
            return name in known
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.BoolOp(values=parts):
            return any(_is_prose(part, known) for part in parts)
        case ast.ListComp(elt=part) | ast.GeneratorExp(elt=part) | ast.SetComp(elt=part):
            return _is_prose(part, known)
        case ast.IfExp(body=one, orelse=other):
            return _is_prose(one, known) or _is_prose(other, known)
        case ast.Call(func=ast.Attribute(attr="lower" | "strip" | "casefold", value=of)):
            return _is_prose(of, known)
        case ast.Subscript(value=of):
            return _is_prose(of, known)
        case _:
            return False


def _decides(node: ast.AST, known: frozenset[str]) -> bool:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [left, *others]
            is_asked = any(isinstance(one, _SAME) for one in ops)
            is_empty = any(isinstance(one, ast.Constant) and not one.value for one in others)
            return is_asked and not is_empty and any(_is_prose(one, known) for one in sides)
        case ast.Call(func=ast.Attribute(attr=name, value=of), args=given):
            is_asked = name in _ASKING and _is_prose(of, known)
            is_read = name in _PATTERNS and any(_is_prose(one, known) for one in given)
            return is_asked or is_read
        case ast.Call(func=ast.Name(id="map" | "filter"), args=[asked, walked]):
            return _is_asking(asked) and _is_prose(walked, known)
        case ast.Match(subject=subject):
            return _is_prose(subject, known)
        case _:
            return False


def _is_asking(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in _ASKING | _PATTERNS | {"__eq__"}
