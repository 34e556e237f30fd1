"""The operators of live collections, read from the stubs; what they do, from the docstrings of the runtime."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from operator_uses import uses

STUBS = Path(__file__).parents[1] / "typestubs" / "motet-stubs"
Function = ast.FunctionDef | ast.AsyncFunctionDef

# What each table is called, the class behind it, and what its uses begin with.
CLASSES = {
    "Locations": ("locations", "_Place", "location"),
    "Stream": ("live.streams", "Stream", "stream"),
    "SharedStream": ("live.streams", "SharedStream", "shared_stream"),
    "KeyedStream": ("live.keyed_streams", "KeyedStream", "keyed_stream"),
    "Singleton": ("live.singletons", "Singleton", "singleton"),
    "Optional": ("live.singletons", "Optional", "optional"),
    "KeyedSingleton": ("live.keyed_singletons", "KeyedSingleton", "keyed_singleton"),
    "Slice": ("live.slices", "Slice", "slice"),
    "Feedback": ("live.feedback", "Feedback", "feedback"),
    "Port": ("live.ports", "Port", "port"),
    "SinglePort": ("live.ports", "SinglePort", "single_port"),
}
# The methods of locations that speak of single values: docs/reference/language.md.
_NOT_LIVE = {"send", "share", "attempt", "__enter__", "__exit__"}
# What a type argument of `self` says, beyond a type variable that takes anything.
_SAYS = {
    "Ordered": "an order",
    "ExactlyOnce": "no repeats",
    "Sampled": "no repeats but of samples",
    "Bounded": "an end",
    "BoundedValue": "values that stay",
    "MonotonicValue": "values that grow",
    "Monotonic": "a value that grows",
    "Hashable": "hashable elements",
    "SupportsRichComparison": "comparable elements",
    "_Place": "no atomic section",
    "_Single": "a process",
    "Cluster": "a cluster",
}


@dataclass(frozen=True, slots=True)
class Operator:
    """One row of the table."""

    of: str
    name: str
    params: str
    summary: str
    needs: str
    gives: str
    hydro: str
    use: str


def _operators() -> Iterator[Operator]:
    for of, (module, name, prefix) in CLASSES.items():
        for function, overloads in _methods(module, name).items():
            text = _docstring(module, name, function)
            yield Operator(
                of,
                function,
                _params(overloads[0]),
                text.split("\n\n")[0].replace("\n", " "),
                _weakest([_needs(o) for o in overloads]),
                "<br>".join(dict.fromkeys(_gives(o) for o in overloads)),
                _hydro(text),
                f"{prefix}_{function.removeprefix('__').removesuffix('__')}",
            )


@cache
def _methods(module: str, name: str) -> dict[str, list[Function]]:
    tree = ast.parse((STUBS / f"{module.replace('.', '/')}.pyi").read_text("utf-8"))
    found: dict[str, list[Function]] = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            for item in node.body:
                if isinstance(item, Function) and _is_operator(name, item.name):
                    found.setdefault(item.name, []).append(item)
    return found


def _is_operator(of: str, name: str) -> bool:
    if of == "_Place":
        return name not in _NOT_LIVE
    return name == "__aiter__" or not name.startswith("_")


def _docstring(module: str, name: str, function: str) -> str:
    member = inspect.getattr_static(
        getattr(importlib.import_module(f"motet.{module}"), name), function
    )
    return inspect.getdoc(member) or ""


def _hydro(text: str) -> str:
    found = re.search(r"Hydro: ((?:`[^`]+`(?:, )?)+)", " ".join(text.split()))
    return found[1] if found else ""


def _params(function: Function) -> str:
    args = function.args
    positional = [arg.arg for arg in (*args.posonlyargs, *args.args) if arg.arg != "self"]
    return ", ".join([*positional, *(f"{arg.arg}=" for arg in args.kwonlyargs)])


def _needs(function: Function) -> tuple[str, ...]:
    """What one overload asks for: of the collection itself, of the other one, and in words."""
    args = function.args
    first = args.args[0].annotation if args.args else None
    needs = [*_promises(first), *_element(first)]
    for arg in [*args.args[1:], *args.posonlyargs[1:]]:
        needs += [f"of `{arg.arg}` {said}" for said in _promises(arg.annotation)]
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if default is None and _unparse(arg.annotation) == "Proof":
            needs.append(f"`{arg.arg}=`")
    if any(arg.arg == "why" for arg in args.args) or _is_given(args, "why"):
        needs.append("`why`")
    return tuple(dict.fromkeys(needs))


def _is_given(args: ast.arguments, name: str) -> bool:
    pairs = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return any(arg.arg == name and default is None for arg, default in pairs)


def _promises(annotation: ast.expr | None) -> list[str]:
    if annotation is None or "Callable" in _unparse(annotation):
        return []
    names = [n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)]
    said = [_SAYS[name] for name in names if name in _SAYS]
    return [*said, "an atomic section"] if "Atomic" in names else said


def _element(annotation: ast.expr | None) -> list[str]:
    """`tuple[K2, U]`, `Awaitable[U]`: the form that elements must have."""
    if not isinstance(annotation, ast.Subscript) or not isinstance(annotation.slice, ast.Tuple):
        return []
    forms = [x for x in annotation.slice.elts if isinstance(x, ast.Subscript | ast.BinOp)]
    return [f"elements {_code(_unparse(x))}" for x in forms if "Atomic" not in _unparse(x)]


def _weakest(alternatives: list[tuple[str, ...]]) -> str:
    """What the overloads ask for, without those that ask for more than another one does."""
    least = [
        needs
        for needs in dict.fromkeys(alternatives)
        if not any(set(other) < set(needs) for other in alternatives)
    ]
    return "<br>or ".join(", ".join(needs) for needs in least)


def _gives(function: Function) -> str:
    # `I` is an `A` that was given as a plain value
    return _code(re.sub(r"\bI\b", "A", _unparse(function.returns)))


def _unparse(node: ast.expr | None) -> str:
    return ast.unparse(node) if node is not None else ""


def _code(text: str) -> str:
    return f"`{text}`"


OPERATORS = tuple(_operators())


def page() -> str:
    """docs/reference/operators.md."""
    parts = [_HEAD]
    shown = uses()
    for of, (module, _, _) in CLASSES.items():
        file = "locations.py" if of in _AT_LOCATIONS else f"{module.rpartition('.')[2]}.py"
        parts += [f"\n## {of}\n", f"Uses: [`tests/typing/{file}`](../../tests/typing/{file}).\n"]
        parts += ["| operator | what | needs | gives | Hydro | accepted | refused |"]
        parts += ["|---|---|---|---|---|---|---|"]
        for row in OPERATORS:
            if row.of == of:
                use = shown[row.use]
                cells = [_call(row), row.summary, row.needs, row.gives, row.hydro]
                cells += [_code(use.accepted), _code(use.refused[0])]
                parts.append(_row(cells))
    return "\n".join(parts) + "\n"


def _row(cells: list[str]) -> str:
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def _call(row: Operator) -> str:
    if row.name == "__aiter__":
        return "`async for`"
    return f"`{row.name}`" if _is_property(row) else f"`{row.name}({row.params})`"


def _is_property(row: Operator) -> bool:
    module, name, _ = CLASSES[row.of]
    return (
        bool(_methods(module, name)[row.name][0].decorator_list)
        and not row.params
        and (row.of in ("Port", "SinglePort"))
    )


_AT_LOCATIONS = {"Locations", "Slice", "Feedback", "Port", "SinglePort"}
_HEAD = """\
# Operators of live collections

Made from the stubs (`python tests/update_docs.py`); what the collections and their type parameters are is told in
[Live collections](live-collections.md). Every row has a use that is accepted and one that is refused: they are the
first ones of a function in `tests/typing/`, where mypy checks them with all others.

In signatures, `T` and `U` are elements, `A` a state that is carried along, `K` keys, `V` values, `L` and `P` locations
(`P` outside of atomic sections), `O` an order, `R` a delivery, `B` whether it ends. `2` marks what belongs to the
second collection, which is always one of the same location. `O | O2` is the weaker of both. An empty *needs* means
that the operator takes any such collection. `why` is a `nondet("reason")`, a name with `=` a `proof("reason")`. An
empty *Hydro* means that the operator is Motet's own."""
