"""What operators ask of the types of elements and keys: a hash of what is looked up, an order of what is sorted."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass

from motetc.ir.abilities import incomparable, unhashable
from motetc.ir.live import Live
from motetc.ir.nodes import Flow
from motetc.ir.types import ClassDecl, Type
from motetc.ir.typetext import short
from motetc.passes.place_hops import HopPlaces

_KEYED = ("keyed_stream", "keyed_singleton")
_PAIRS = frozenset({"join", "anti_join", "keys"})  # of streams of pairs: by the first of each
_SORTED = frozenset({"sort", "max", "min", "get_max_key"})


@dataclass(slots=True)
class ElementPlaces(HopPlaces):
    """Elements that an operator cannot work with, in the words of the language; mypy knows some of them."""

    def _elements(self, flow: Flow) -> None:
        refused: set[int] = set()  # uids: what hangs on them would only say the same again
        for live in flow.lives:
            if refused & {source.uid for source in live.inputs} or self._unfit(live):
                refused.add(live.uid)

    def _unfit(self, live: Live) -> bool:
        for what, found in self._looked_up(live):
            part = unhashable(found, self.declared, self._hashed)
            if part is not None:
                self._no_hash(live, what, found, part)
                return True
        for what, found in self._compared(live):
            part = incomparable(found, self.declared)
            if part is not None:
                self._no_order(live, what, found, part)
                return True
        return False

    def _looked_up(self, live: Live) -> Iterator[tuple[str, Type]]:
        """What an operator puts into a set or makes a key of."""
        args = self._element_args(live.inputs[0]) if live.inputs else ()
        keyed = bool(live.inputs) and live.inputs[0].shape in _KEYED
        if live.op in ("unique", "filter_not_in") and args:
            yield ("values" if keyed else "elements"), args[1 if keyed else 0]
        elif live.op in _PAIRS and not keyed and args and args[0].kind == "tuple" and args[0].args:
            yield "keys", args[0].args[0]
        if live.shape in _KEYED:
            keyed_args = self._element_args(live)
            if keyed_args:
                yield "keys", keyed_args[0]

    def _compared(self, live: Live) -> Iterator[tuple[str, Type]]:
        """What an operator puts in order."""
        if live.op not in _SORTED or not live.inputs:
            return
        key = live.arguments.get("key")
        args = self._element_args(live.inputs[0])
        if key is not None:
            function = self.type_of(key.expr)
            if function is not None and function.kind == "other" and function.args:
                yield "what `key` gives", function.args[0]
        elif args and live.op == "get_max_key":
            yield "keys", args[0]
        elif args:
            keyed = live.inputs[0].shape in _KEYED
            yield ("values" if keyed else "elements"), args[1 if keyed else 0]

    def _no_hash(self, live: Live, what: str, found: Type, part: Type) -> None:
        made = short(part)
        self.findings.error(
            "not-hashable",
            live.span,
            f"`{live.op}` looks {what} up, and `{short(found)}` has no hash{self._of_part(found, part)}",
            _HASHED.get(part.name)
            or f"make it immutable: `frozen=True` in the `@dataclass` of `{made}`",
        )

    def _no_order(self, live: Live, what: str, found: Type, part: Type) -> None:
        made = short(part)
        decl = self.declared(part.name)
        help = "map them to what has an order: a number, a string, a tuple of such"
        if part.name == "None":
            help = "take the `None`s out first: `.filter_map(lambda x: x)`"
        elif decl is not None and decl.kind == "dataclass":
            help = f"give it one: `order=True` in the `@dataclass` of `{made}`"
        if (
            live.op in ("max", "min", "sort")
            and "key" not in live.arguments
            and live.inputs[0].ordered
        ):
            help += f"; or say by what: `.{live.op}(key=lambda x: …)`"
        self.findings.error(
            "not-comparable",
            live.span,
            f"`{live.op}` compares {what}, and `{short(found)}` has no order{self._of_part(found, part)}",
            help,
        )

    def _of_part(self, found: Type, part: Type) -> str:
        return "" if found == part else f", because of `{short(part)}`"

    def _hashed(self, decl: ClassDecl) -> Container[str] | None:
        """What the hash of a dataclass is made of; one that cannot be looked at may have any."""
        module = self.program.modules.get(decl.module)
        if module is None:
            return ()
        name = decl.name.removeprefix(f"{decl.module}.")
        body = ast.parse(module.text).body
        found = next((n for n in body if isinstance(n, ast.ClassDef) and n.name == name), None)
        if found is None or _says_hash(found):
            return ()
        return _fields_hashed(found) if decl.frozen else None


def _fields_hashed(node: ast.ClassDef) -> set[str]:
    """The fields of a dataclass itself, but for those with a `field(hash=…)` or `field(compare=…)`."""
    fields = (n for n in node.body if isinstance(n, ast.AnnAssign))
    return {
        n.target.id
        for n in fields
        if isinstance(n.target, ast.Name)
        and not any(
            k.arg in ("hash", "compare", None)
            for k in (n.value.keywords if isinstance(n.value, ast.Call) else ())
        )
    }


def _says_hash(node: ast.ClassDef) -> bool:
    """`__hash__` in the class itself, or a decorator that is told about it."""
    own = any(
        (isinstance(n, ast.FunctionDef) and n.name == "__hash__")
        or (isinstance(n, ast.Assign) and "__hash__" in ast.unparse(n.targets[0]))
        for n in node.body
    )
    told = (k for d in node.decorator_list if isinstance(d, ast.Call) for k in d.keywords)
    return own or any(k.arg in ("eq", "unsafe_hash", None) for k in told)


_HASHED = {
    "list": "make it a tuple: `tuple(…)`",
    "set": "make it a `frozenset(…)`",
    "dict": "make it a tuple of its items: `tuple(sorted(….items()))`",
}
