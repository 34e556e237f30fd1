"""Members of a cluster are named by ids of that cluster: as index, as partner, as keys of what is handed out."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from motetc.frontend.tree import nodes
from motetc.ir.nodes import Comm, Seat
from motetc.ir.types import Type
from motetc.ir.typetext import short
from motetc.passes.place_names import NamePlaces

_MAPPINGS = ("dict", "Mapping", "MutableMapping", "Counter", "OrderedDict")


@dataclass(slots=True)
class MemberPlaces(NamePlaces):
    """Whether a `MemberId` is one of the cluster at hand."""

    def _partner_type(self, op: Comm) -> None:
        if op.partner is not None:
            self._check_member(op.partner.expr, op.sender)

    def _index_type(self, seat: Seat) -> None:
        if seat.index is not None:
            self._check_member(seat.index, seat)

    def _check_member(self, index: cst.BaseExpression, seat: Seat) -> None:
        """A `MemberId` picks a member of its own cluster only."""
        found = self.type_of(index)
        if found is None or not self._is_foreign(found, seat):
            return
        mine = self.choreography.role(seat.role).class_name
        self._wrong_member(
            index,
            seat.node,
            f"`{self._code(index)}` is a `{short(found)}`, and `{seat.role}` has members `MemberId[{mine}]`",
            f"use an id of `{mine}`, or an index: `{seat.role}[i]`",
        )

    def _check_keys(self, op: Comm) -> None:
        """What is handed out has a value for each member's id."""
        if op.kind not in ("scatter", "all_to_all"):
            return
        seat = op.receivers[0] if op.receivers else op.sender
        found = self.type_of(op.value.expr)
        if found is None or not seat.whole or found.kind not in ("collection", "tuple", "vartuple"):
            return
        mine = self.choreography.role(seat.role).class_name
        code, wanted = (
            self._code(op.value.expr),
            f"`{op.kind}` takes a value for each `MemberId[{mine}]`",
        )
        key = found.args[0] if found.args and found.name.endswith(_MAPPINGS) else None
        if key is None:
            text = f"`{code}` is a `{short(found)}`, and {wanted}"
            help = f"write `dict(zip({seat.role}.members, {code}))`"
        elif self._is_foreign(key, seat) or key.kind in ("scalar", "literal", "enum", "newtype"):
            text = f"`{code}` has keys of type `{short(key)}`, and {wanted}"
            help = f"make it of the members' ids: `{{m: … for m in {seat.role}.members}}`"
        else:
            return
        self._wrong_member(op.value.expr, op.node, text, help)

    def _check_comparisons(self) -> None:
        """An id equals no number; to compare it with one of another cluster says nothing of either."""
        if not any(role.cluster for role in self.choreography.roles):
            return
        for node in nodes(self.choreography.node.body):
            if isinstance(node, cst.Comparison):
                operands = [node.left, *(part.comparator for part in node.comparisons)]
                for part, left, right in zip(
                    node.comparisons, operands, operands[1:], strict=False
                ):
                    if isinstance(part.operator, (cst.Equal, cst.NotEqual)):
                        self._check_equal(node, left, right)

    def _check_equal(
        self, node: cst.Comparison, left: cst.BaseExpression, right: cst.BaseExpression
    ) -> None:
        for one, other in ((left, right), (right, left)):
            id_, found = self.type_of(one), self.type_of(other)
            if id_ is None or id_.kind != "member":
                continue
            number = isinstance(other, cst.Integer) or (found is not None and found.name == "int")
            code = self._code(one)
            if number:
                text = f"`{code}` is a `{short(id_)}`, and equals no number"
                self._wrong_member(node, node, text, f"ask for its number: `{code}.index`")
                return
            if found is not None and found.kind == "member" and found.args != id_.args:
                text = f"`{code}` is a `{short(id_)}`, and `{self._code(other)}` a `{short(found)}`"
                help = "compare ids of one cluster; if only the numbers are meant, `.index` of both"
                self._wrong_member(node, node, text, help)
                return

    def _is_foreign(self, found: Type, seat: Seat) -> bool:
        """Whether a type is that of the ids of another cluster."""
        if found.kind != "member" or not found.args or found.args[0].kind != "location":
            return False
        return found.args[0].name != self.choreography.role(seat.role).location

    def _wrong_member(
        self, node: cst.CSTNode, within: cst.CSTNode, message: str, help: str
    ) -> None:
        span = self.reader.module.span(node, within)
        self.findings.error("wrong-member", span, message, help)
