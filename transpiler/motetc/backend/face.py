"""What other modules can see of one, apart from the types of things: its text without the bodies of plain functions.

Whoever imports a module reads its definitions, the bases and decorators of its classes, and its choreographies. Of a
function that is no more than called it matters what variables of its module it changes (`registering.py`), which
functions it uses that may differ from node to node, or do something, and what it changes of what it is given or keeps.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass

from motetc.files import sha256
from motetc.frontend.collecting import RESULT
from motetc.frontend.definitions import Handed, Reach
from motetc.frontend.imports import Star, imports_of
from motetc.frontend.module_names import LIBRARY
from motetc.frontend.mutation import changes_first, mutated_roots
from motetc.frontend.reaches import reaches_of
from motetc.ir.purity import ASKING_WORDS, TELLING, is_acting

Function = ast.FunctionDef | ast.AsyncFunctionDef
Words = list[tuple[set[str], set[str]]]
_PLAIN = frozenset({"cached_property", "classmethod", "override", "property", "staticmethod"})
_LOADING = re.compile(r"\b(global|import)\b")
_WORD = re.compile(r"\w+")
_RUNNING = (ast.Call, ast.NamedExpr, ast.Subscript, ast.Attribute)
_SUBCLASSES = "__subclasses__"


@dataclass(frozen=True, slots=True)
class Face:
    """A digest of what is to be seen of a module, and the names that it binds for functions and constants."""

    digest: str
    names: frozenset[str]


def face_of(text: str) -> Face:
    """The face of a module that compiles."""
    tree = ast.parse(text)
    return Face(_digest(text, tree), frozenset(_additions(tree)))


def added_names(text: str, before: Face) -> frozenset[str]:
    """The functions and constants of a module that are new, if that is all that is to be seen of it that is; else
    none: nobody sees them who does not name them.
    """
    tree = ast.parse(text)
    new = {name: node for name, node in _additions(tree).items() if name not in before.names}
    if any(
        mutated_roots(ast.walk(function)) & new.keys() for function in _functions(tree.body) if new
    ):
        return frozenset()  # something may register there
    lines = text.split("\n")
    for node in new.values():
        first, last = node.lineno, node.end_lineno or node.lineno
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
        lines[first - 1 : last] = [""] * (last - first + 1)
    rest = "\n".join(lines)
    try:
        same = bool(new) and _digest(rest, ast.parse(rest)) == before.digest
    except SyntaxError:  # something else stood on one of the lines
        return frozenset()
    return frozenset(new) if same else frozenset()


def _additions(tree: ast.Module) -> dict[str, ast.stmt]:
    """What may be added without a change to anything that is there: functions, and constants whose value calls
    nothing. What is bound twice is not among them.
    """
    found: dict[str, ast.stmt] = {}
    bound: list[str] = []
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name, decorator_list=[], args=args):
                evaluated = [*args.defaults, *filter(None, args.kw_defaults)]
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                evaluated = [value]
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                evaluated = [value]
            case _:
                continue
        bound.append(name)
        if not any(isinstance(x, _RUNNING) for value in evaluated for x in ast.walk(value)):
            found[name] = node
    return {name: node for name, node in found.items() if bound.count(name) == 1}


def _digest(text: str, tree: ast.Module) -> str:
    lines = text.split("\n")
    names = set(_names(tree.body))
    own = _own_words(tree, lines)
    telling, changing = _telling(tree, own), _changing(tree, own, names)
    seen = [_SUBCLASSES] if _SUBCLASSES in text else []
    for function in _functions(tree.body):
        first, last = function.body[0].lineno, function.end_lineno or 0
        while first > function.lineno + 1 and _says_nothing(lines[first - 2]):
            first -= 1
        hidden = "\n".join(lines[first - 1 : last])
        if first > function.lineno and not _LOADING.search(hidden):
            lines[first - 1 : last] = [""] * (last - first + 1)
            changed = mutated_roots(ast.walk(function)) & names if _may_touch(hidden, names) else ()
            seen += [f"{function.name} changes {name}" for name in sorted(changed)]
            used = (telling | changing) & set(_WORD.findall(hidden))
            seen += [f"{function.name} uses {name}" for name in sorted(used)]
    seen += _deeds(text)
    seen += [line for line in lines if line and not line.isspace()]
    return sha256("\n".join(seen).encode("utf-8", "surrogatepass"))


def _own_words(tree: ast.Module, lines: list[str]) -> Words:
    """What each statement binds, and the words in its text."""
    texts = [(n, "\n".join(lines[n.lineno - 1 : n.end_lineno])) for n in tree.body]
    return [({*_names([n])}, {*_WORD.findall(text)}) for n, text in texts if {*_names([n])}]


def _changing(tree: ast.Module, own: Words, names: set[str]) -> set[str]:
    """The functions and classes whose code changes a variable of the module, by way of others too."""
    definitions = (n for n in tree.body if isinstance(n, Function | ast.ClassDef))
    found = {n.name for n in definitions if mutated_roots(ast.walk(n)) & names}
    return _with_users(found, own)


def _with_users(found: set[str], own: Words) -> set[str]:
    """Some names, and those of the module that are bound by what uses them."""
    before = -1
    while before != (before := len(found)):
        found = found.union(*(names for names, words in own if words & found))
    return found


def _telling(tree: ast.Module, own: Words) -> set[str]:
    """The names of which it matters whether a function uses them (`passes/chance.py`), those of the module included."""
    found = {builtin for builtin in vars(builtins) if is_acting(f"builtins.{builtin}")}
    found |= ASKING_WORDS - TELLING - {"frozenset", "items", "keys", "set"}
    found |= {"setcontext"}
    for imported in imports_of(tree.body, "", ""):
        if not isinstance(imported, Star):
            top = imported[1].module.partition(".")[0]
            found |= {imported[0]} if top not in LIBRARY or top in TELLING else set()
    return _with_users(found, own)


def _deeds(text: str) -> Iterator[str]:
    """What functions change of what they are given or keep, over which sets they go, and which values that the module's
    functions change they use."""
    known = reaches_of(text, "")
    changed = {name.partition(".")[0] for reach in known.values() for name in reach.changed}
    attributes = {name for reach in known.values() for name in reach.own_changed}
    plain = {n for n, reach in known.items() if reach.kind != "value" or not reach.growing}
    names = {n.rpartition(".")[2] for n in known} | {*dir(builtins)}
    altering = {n.rpartition(".")[2] for n, reach in known.items() if reach.altered}
    before = -1
    while before != (before := len(altering)):
        more = (n for n, reach in known.items() if _handed(reach, altering, names))
        altering |= {n.rpartition(".")[2] for n in more}
    for name, reach in known.items():
        if reach.kind in ("function", "property"):
            uses = sorted({used.name.partition(".")[0] for used in reach.used} & changed)
            own = (*sorted(reach.own_changed), *sorted(reach.own_used & attributes))
            own += (*sorted(reach.own_set),)
            lent = sorted(reach.lent & attributes)
            given = (*lent, *sorted(reach.lent_by & altering), *_handed(reach, altering, names))
            handed = sorted(
                {
                    f"{h.called} {h.at} of {h.param}"
                    for h in reach.given
                    if h.param not in plain and not _is_only_read(h)
                }
            )
            read = (
                f"{param} {sorted(passed)}" for param, passed in sorted(reach.only_read.items())
            )
            kept = (*handed, *sorted(reach.kept), *sorted(reach.kept_parts), *read)
            changes = (*sorted(reach.altered), *sorted(reach.changed), *sorted(reach.augmented))
            changes += (*sorted(reach.results), *sorted(reach.walked))
            facts = (*changes, *uses, *own, *given, *kept, reach.unordered)
            if any(facts) or reach.keeps or reach.of_class:
                yield f"{name} does {facts} {reach.keeps} {reach.of_class}"


def _handed(reach: Reach, altering: set[str], names: set[str]) -> list[str]:
    """The calls that parameters are handed to which may change them: functions of the module that change something, and
    what is not of the module."""
    found = set[str]()
    for handed in reach.handed:
        kind = reach.kinds.get(handed.param, "")
        own = kind != "" and not hasattr(builtins, kind)
        typed = bool(handed.of) or own or (not kind and handed.param == reach.first)
        if (typed or not handed.method) and (
            handed.called in altering
            or handed.called not in names
            or changes_first(f"builtins.{handed.called}")
        ):
            found.add(f"{handed.called} of {handed.param}.{handed.of}")
    return sorted(found)


def _is_only_read(handed: Handed) -> bool:
    """Whether it is the result of a function, which a function of Python's own does not change."""
    builtin = hasattr(builtins, handed.called) and not changes_first(f"builtins.{handed.called}")
    return handed.param.endswith(RESULT) and builtin


def _names(body: list[ast.stmt]) -> Iterator[str]:
    """What a module calls its own, as far as something may register there."""
    for node in body:
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def _functions(body: list[ast.stmt]) -> Iterator[Function]:
    """The plain functions of a module, and the methods of its classes."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node.body)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and all(
            isinstance(d, ast.Name) and d.id in _PLAIN for d in node.decorator_list
        ):
            yield node


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _may_touch(code: str, names: set[str]) -> bool:
    """Whether it is worth to look."""
    return not names.isdisjoint(_WORD.findall(code))
