"""What to write so that a value which several are to know cannot change."""

from __future__ import annotations

from typing import Final

from motetc.ir.mutability import frozen_by, mutable_part
from motetc.ir.types import Declared, Type
from motetc.ir.typetext import short

_GENERAL: Final = "share an immutable value (a tuple, a frozenset, a frozen dataclass)"


def immutable_instead(found: Type | None, declared: Declared, code: str) -> str:
    """What to share in place of a mutable value of some type; `code` is how it is written, as an operand."""
    if found is None:
        return _GENERAL
    if by := frozen_by(found, declared):
        return f"share `{by}({code})`"
    if _is_dict(found, declared):
        return f"share `tuple({code}.items())`"
    return _defined_so(found, declared, frozenset()) or _GENERAL


def _is_dict(found: Type, declared: Declared) -> bool:
    """Whether it is a dict of what does not change."""
    dict_ = found.kind == "collection" and found.name == "dict"
    return dict_ and all(mutable_part(arg, declared) is None for arg in found.args)


def _defined_so(found: Type, declared: Declared, seen: frozenset[str]) -> str:
    """The edit where the class of the value, or of a part of it, is defined; "" if it takes more than one."""
    if found.name in seen:
        return ""
    if found.kind != "class":
        parts = [arg for arg in found.args if mutable_part(arg, declared) is not None]
        inside = found.kind in ("tuple", "vartuple", "union", "newtype")
        return _defined_so(parts[0], declared, seen) if inside and len(parts) == 1 else ""
    decl, name = declared(found.name), found.name.rpartition(".")[2]
    if decl is None or decl.kind not in ("dataclass", "namedtuple"):
        return ""
    wrong = [f for f in decl.fields if mutable_part(f.type, declared) is not None]
    if decl.kind == "dataclass" and not decl.frozen:
        return "" if wrong else f"write `@dataclass(frozen=True)` above `class {name}`"
    if len(wrong) != 1 or decl.by_identity:
        return ""
    field = wrong[0]
    if said := _frozen_type(field.type, declared):
        return f"write `{field.name}: {said}` in `{name}`"
    return _defined_so(field.type, declared, seen | {found.name})


def _frozen_type(found: Type, declared: Declared) -> str:
    """The type of an immutable value of a list, a set or a dict; "" of anything else."""
    args = ", ".join(map(short, found.args))
    made = frozen_by(found, declared) if found.args and found.kind == "collection" else ""
    if _is_dict(found, declared):
        return f"tuple[tuple[{args}], ...]"
    return {"tuple": f"tuple[{args}, ...]", "frozenset": f"frozenset[{args}]"}.get(made, "")
