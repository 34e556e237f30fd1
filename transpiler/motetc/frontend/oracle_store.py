"""What the oracle found, as plain data: the cache file and the lazy tables behind `TypeFacts`.

One file: a header line, then one line of JSON for each module, parsed when that module is first asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from motetc.files import write_atomically
from motetc.frontend.oracle_spans import Place
from motetc.frontend.oracle_unions import sayings
from motetc.ir.types import ClassDecl, Field, Type
from motetc.outside import Outside

_KEPT: Final = 16
Signature: TypeAlias = tuple[dict[str, Type], Type]


class TypeTable:
    """Numbers types, so that a module's thousands of places share a few dozen of them."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self._numbers: dict[tuple[Type, tuple[Type | None, ...]], int] = {}

    def number(self, found: Type) -> int:
        """The row of a type; its arguments get earlier rows."""
        key = found, tuple(sayings(found))  # what is called otherwise is the same type
        known = self._numbers.get(key)
        if known is None:
            args = [self.number(item) for item in found.args]
            values = [_pack_value(value) for value in found.values]
            row: list[Any] = [found.kind, found.name, args]
            if values or found.said is not None:
                row.append(values)
            if found.said is not None:
                row.append(self.number(found.said))
            self.rows.append(row)
            known = self._numbers[key] = len(self.rows) - 1
        return known


def pack_module(
    places: Mapping[Place, Type],
    signatures: Mapping[str, Signature],
    decls: Iterable[ClassDecl],
) -> str:
    """The line of one module."""
    table = TypeTable()
    number = table.number
    flat: list[int] = []
    for place, found in places.items():
        flat.extend((*place, number(found)))
    functions = {
        name: [{param: number(found) for param, found in params.items()}, number(result)]
        for name, (params, result) in signatures.items()
    }
    classes = {decl.name: _pack_decl(decl, table) for decl in decls}
    packed = {"places": flat, "functions": functions, "classes": classes, "types": table.rows}
    return json.dumps(packed, separators=(",", ":"))


def _pack_value(value: object) -> object:
    return {"bytes": value.hex()} if isinstance(value, bytes) else value


def _unpack_value(value: Any) -> str | int | bool | bytes | None:
    if isinstance(value, dict):
        return bytes.fromhex(value["bytes"])
    plain: str | int | bool | None = value
    return plain


def _pack_decl(decl: ClassDecl, table: TypeTable) -> list[Any]:
    fields = [
        [f.name, table.number(f.type), f.required, f.init, f.kw_only, f.again, f.fixed]
        for f in decl.fields
    ]
    target = None if decl.target is None else table.number(decl.target)
    head = [decl.name, decl.module, decl.kind, fields, decl.params, decl.bases, decl.members]
    limits = [[*map(table.number, limit)] for limit in decl.limits]
    tail = [decl.line, decl.ordered, decl.bare, decl.by_identity, limits]
    return [*head, decl.frozen, decl.post_init, decl.sealed, target, *tail]


class ModuleFacts:
    """The tables of one module, unpacked from its line."""

    def __init__(self, line: bytes | str) -> None:
        packed = json.loads(line)
        flat: list[int] = packed["places"]
        columns = [flat[start::5] for start in range(5)]
        self._places = dict(zip(zip(*columns[:4], strict=True), columns[4], strict=True))
        self._functions: dict[str, tuple[dict[str, int], int]] = packed["functions"]
        self._classes: dict[str, list[Any]] = packed["classes"]
        self._rows: list[list[Any]] = packed["types"]
        self._types: dict[int, Type] = {}

    def type_at(self, place: Place) -> Type | None:
        number = self._places.get(place)
        return None if number is None else self._type(number)

    def param(self, function: str, name: str) -> Type | None:
        params, _ = self._functions.get(function, ({}, 0))
        return self._type(params[name]) if name in params else None

    def result(self, function: str) -> Type | None:
        found = self._functions.get(function)
        return None if found is None else self._type(found[1])

    def decls(self) -> list[ClassDecl]:
        """All that the module declares."""
        found = map(self.decl, self._classes)
        return [decl for decl in found if decl is not None]

    def decl(self, name: str) -> ClassDecl | None:
        packed = self._classes.get(name)
        if packed is None:
            return None
        full, module, kind, fields, params, bases, members, *rest = packed
        frozen, post_init, is_sealed, target, line, *more = rest
        is_ordered, is_bare, by_identity, limits = more
        return ClassDecl(
            name=full,
            module=module,
            kind=kind,
            fields=tuple(Field(n, self._type(t), *told) for n, t, *told in fields),
            params=tuple(params),
            limits=tuple(tuple(map(self._type, limit)) for limit in limits),
            bases=tuple(bases),
            members=tuple(members),
            frozen=frozen,
            post_init=post_init,
            sealed=is_sealed,
            target=None if target is None else self._type(target),
            line=line,
            ordered=is_ordered,
            bare=is_bare,
            by_identity=by_identity,
        )

    def _type(self, number: int) -> Type:
        known = self._types.get(number)
        if known is None:
            kind, name, args, *rest = self._rows[number]
            values = tuple(map(_unpack_value, rest[0])) if rest else ()
            said = self._type(rest[1]) if len(rest) > 1 else None
            known = Type(kind, name, tuple(self._type(item) for item in args), values, said)
            self._types[number] = known
        return known


@dataclass(frozen=True, slots=True)
class Stored:
    """The header of a cache file, and its lines by module."""

    key: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)  # module -> what its line depends on
    texts: Mapping[str, str] = field(default_factory=dict)  # module -> digest of its source
    owners: Mapping[str, str] = field(default_factory=dict)  # class -> module whose line has it
    watched: tuple[tuple[str, int, int], ...] = ()  # as those of `outside`
    absent: tuple[str, ...] = ()
    findings: tuple[dict[str, Any], ...] = ()
    lines: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def outside(self) -> Outside:
        """What mypy read besides our files."""
        return Outside(self.watched, self.absent)

    def is_current(self) -> bool:
        """Are the files that mypy read besides ours as they were?"""
        return self.outside.is_kept()


def load(path: Path) -> Stored:
    """An unreadable or foreign file is no cache at all."""
    try:
        head, *lines = path.read_bytes().split(b"\n")
        header = json.loads(head)
        modules = header.pop("modules")
        for name in ("watched", "absent", "findings"):
            header[name] = (
                tuple(map(tuple, header[name])) if name == "watched" else tuple(header[name])
            )
        return Stored(**header, lines=dict(zip(modules, lines, strict=True)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Stored()


def save(path: Path, stored: Stored) -> None:
    """Atomically: a reader sees the old file or the new one."""
    header = {
        "key": stored.key,
        "keys": dict(stored.keys),
        "texts": dict(stored.texts),
        "owners": dict(stored.owners),
        "watched": stored.watched,
        "absent": stored.absent,
        "findings": stored.findings,
        "modules": list(stored.lines),
    }
    head = json.dumps(header, separators=(",", ":")).encode()
    write_atomically(path, b"\n".join((head, *stored.lines.values())))
    _prune(path)


def _prune(latest: Path) -> None:
    """Settings and tools change, and with them the file's name: forget the oldest."""
    with suppress(OSError):
        files = sorted(latest.parent.glob(f"*{latest.suffix}"), key=lambda p: p.stat().st_mtime_ns)
        for path in files[:-_KEPT]:
            path.unlink(missing_ok=True)
