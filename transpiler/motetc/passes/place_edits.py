"""How a breach of the rules of evaluation is mended: how a value gets to where it is read."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.frontend.tree import inner_statements
from motetc.ir.live import Live
from motetc.ir.mutability import frozen_by, mutable_part
from motetc.ir.nodes import Flow, For, While
from motetc.ir.place import NOWHERE, ONE, OWN, SAME, Place, describe
from motetc.ir.types import Type
from motetc.ir.typetext import short
from motetc.ir.walk import statements
from motetc.passes.cures import attempted_elsewhere, freezing, is_attempt, is_empty, keeper
from motetc.passes.place_repeats import Repeats, sent
from motetc.passes.targets import bound_by
from motetc.passes.uses import Atom

RESULT = "the result must be known"
"""Why a returned value must be known somewhere."""


@dataclass(slots=True)
class Edits(Repeats):
    """The edits that findings about places tell."""

    def _unknown_help(
        self, atom: Atom, role: str, mode: str, mine: str | None, why: str, wanted: Place = NOWHERE
    ) -> str:
        if mine == OWN and mode == SAME:
            value = atom.full or atom.text
            agree = f"agree first: `await {role}.all_gather({value})` or `all_reduce`"
            return f"{self._each_result(role)}; or {agree}" if why == RESULT else agree
        if not atom.full and any(r.name == atom.text for r in self.choreography.roles):
            return self._of_location(atom)
        if not atom.place and atom.text in self.choreography.scratch:
            return "write it with `if`, and send each operand to where it is needed"
        if not atom.place:
            return "bind it where it is needed on every path, or share the condition that it is bound under"
        source = next(iter(atom.place.modes), "")
        if self._is_function(atom):
            return f"a function does not travel: call it at `{source}`, and send what it gives"
        target = describe(role, mode)
        known = atom.place.modes.get(source, ONE)
        if known == OWN:
            return f"collect it: `await {source}.gather({atom.full or atom.text}, to={target})`"
        if source == role and known[0] == mode[0] == "@" and self._is_handed_on(atom):
            return (
                f"give every member a `{atom.text}` of its own before it is handed on: `with {role}: {atom.text} = …`; "
                "what is bound at one member then replaces that member's"
            )
        speaker = f"{source}[0]" if known == SAME else describe(source, known)
        when = self._when(atom)
        if when == "first" and why.startswith("in `with"):
            when = "before the block"
        both = any(r in wanted for r in atom.place)
        kept = both or len(atom.place.modes) > 1
        there = self._promised(source, known, role) if why == RESULT else ""
        return f"send it {when}: {self._sent(atom, speaker, target, kept, both)}{there}"

    def _is_function(self, atom: Atom) -> bool:
        """Whether the value is a function, and no call of one."""
        found = self.type_of(atom.node) if atom.named and not atom.full else None
        return found is not None and found.kind == "other" and found.name.startswith("def ")

    def _several_help(self, atom: Atom, roles: list[str]) -> str:
        """The edit that tells several locations at once what one of them knows; "" where it takes more than that."""
        speaker = min(atom.place.modes, default="")
        found = self.type_of(atom.node) if len(roles) > 1 and self._is_value(atom) else None
        if found is None or atom.full or [*atom.place.modes.values()] != [ONE] or speaker in roles:
            return ""
        by = frozen_by(found, self.declared)
        if not by and mutable_part(found, self.declared) is not None:
            return ""
        value = f"{by}({atom.text})" if by else atom.text
        return f"share it first: `{atom.text} = await {speaker}.share({value}, to=({', '.join(roles)}))`"

    def _each_result(self, role: str) -> str:
        """How to say that a result is each member's own."""
        location = next(r.class_name for r in self.choreography.roles if r.name == role)
        result = next((r for r in self.choreography.results if role in r.place), None)
        inner = self.reader.module.code(result.inner) if result is not None else "…"
        return f"if it may be each member's own, say so: `-> Each[{inner}, {location}]`"

    def _promised(self, source: str, known: str, role: str) -> str:
        """How to promise a result where it is."""
        location = next(r.class_name for r in self.choreography.roles if r.name == source)
        result = next((r for r in self.choreography.results if role in r.place), None)
        if known != ONE or result is None or not result.place.is_single():
            return ""
        arrow = "-> " if len(self.choreography.results) == 1 else ""
        return f"; or promise it where it is: `{arrow}At[{self.reader.module.code(result.inner)}, {location}]`"

    def _brought(self, atoms: list[Atom]) -> str:
        """How one of the atoms gets to another: a value to where a location's state is read."""
        roles = {r.name for r in self.choreography.roles}
        bare = next((a for a in atoms if a.text in roles and isinstance(a.node, cst.Name)), None)
        if bare is not None:
            return self._of_location(bare)
        if elsewhere := attempted_elsewhere(atoms, roles):
            return elsewhere
        turned = self._turned()
        values = [a for a in atoms if a.named and self._is_value(a)]
        values.sort(key=lambda a: a.text in turned)  # what each turn of a loop binds rather stays
        states = sorted((a for a in atoms if a not in values), key=is_attempt)
        apart = [a for a in states if not _meets(a, states[0])]
        if apart:
            first, other = states[0], apart[0]
        else:
            first = next((v for v in values if states and not _meets(v, states[0])), values[0])
            other = next((a for a in [*states, *atoms] if not _meets(a, first)), first)
        (source, mine), (target, theirs) = (
            next(iter(a.place.modes.items())) for a in (first, other)
        )
        kept = len(first.place.modes) > 1
        sent = self._sent(first, describe(source, mine), describe(target, theirs), kept)
        return f"bring it together {self._when(first)}: {sent}"

    def _of_location(self, atom: Atom) -> str:
        """What to write for a location that stands for a value."""
        ids = f" (the ids of its members are `{atom.text}.members`)"
        cluster = self.choreography.role(atom.text).cluster
        said = f"a location does not travel: name what is needed of it, `{atom.text}.…`"
        return said + (ids if cluster else "")

    def _when(self, atom: Atom) -> str:
        """When a value is to be sent: once, if turns of a loop read it and none binds it."""
        once = self.breaks and self._is_value(atom) and atom.text not in self._turned()
        return "before the loop" if once else "first"

    def _is_handed_on(self, atom: Atom) -> bool:
        """Whether turns of a loop bind it anew, each at another member."""
        return bool(self.breaks) and self._is_value(atom) and atom.text in self._turned()

    def _turned(self) -> set[str]:
        """The names that turns of loops bind."""
        loops = (s for s in statements(self.choreography.body) if isinstance(s, (For, While)))
        return {n for loop in loops for n in bound_by(loop)}

    def _sent(
        self, atom: Atom, speaker: str, target: str, kept: bool = False, both: bool = False
    ) -> str:
        """The statement that brings a value to `target`; of one that was collected, what else does. `kept`: those who
        know it are to know it still; `both`: and here."""
        flows = (s for s in statements(self.choreography.body) if isinstance(s, Flow))
        collect = next((c for f in flows for c in f.collects if c.name == atom.text), None)
        if collect is None:
            return self._told(atom, speaker, target, kept, both)
        source = self.choreography.scratch.get(atom.text)
        given = f"`{atom.text} = {source}`, " if source is not None else ""
        to = next((r for r in self.choreography.roles if r.name == target), None)
        way = "broadcast" if to is not None and to.cluster else "send"
        stream = f"{stream_of(collect.live)}.{way}(to={target})"
        other = f"; or send the stream, and collect it there: `{stream}`"
        if source is not None and stream_of(collect.live) == atom.text:  # it has no name of its own
            other = ""
        return f"{given}`{sent(atom, speaker, target)}`{other}"

    def _told(self, atom: Atom, speaker: str, target: str, kept: bool, both: bool) -> str:
        """The statement after which `target` knows a value; those who read it further on still know it, too."""
        text = sent(atom, speaker, target)
        if atom.full and not atom.full.startswith("await "):
            return f"`{text}`, and read `{text.partition(' = ')[0]}` here"
        if not (atom.named and self._is_value(atom) and (kept or self._is_read_below(atom))):
            return f"`{text}`"
        found = self.type_of(atom.node)
        alone = (
            "[" in target and speaker.partition("[")[0] == target.partition("[")[0]
        )  # two members, and no others
        if found is not None and not alone and mutable_part(found, self.declared) is None:
            return f"`{text.replace('.send(', '.share(')}`"
        if both and found is not None and (by := frozen_by(found, self.declared)):
            name = atom.full or atom.text
            shared = f"await {speaker}.share({by}({name}), to={target})"
            return f"`received = {shared}`, which cannot change, and read `received` here"
        return f"`received = {text.partition(' = ')[2]}`, and read `received` here"

    def _is_read_below(self, atom: Atom) -> bool:
        module = self.reader.module
        line = module.span(atom.node).line
        return any(
            module.span(statement).line > line and atom.text in names_of(statement).reads
            for statement in inner_statements(self.choreography.node.body)
        )

    def _shown(self, atom: Atom) -> str:
        """An atom in the source's words."""
        return self.choreography.scratch.get(atom.text, atom.full or atom.text)

    def _is_value(self, atom: Atom) -> bool:
        return atom.text in self.env.names

    def _made_one(self, name: str, binder: cst.CSTNode, place: Place, found: Type | None) -> str:
        """What to do about a mutable value, of the type that is found, that several know."""
        immutable = "use an immutable type (a tuple, a frozenset, a frozen dataclass)"
        by = frozen_by(found, self.declared) if found else ""
        if by and isinstance(binder, cst.Assign):
            immutable = freezing(binder, by, self._code, self.choreography.scratch) or immutable
        knows = [
            r
            for r in self.choreography.roles
            if not r.cluster and (place.everywhere or r.name in place.modes)
        ]
        if not knows:
            return immutable
        one = keeper(name, self.choreography, knows)
        if isinstance(binder, cst.Param):
            return f"{immutable}, or give it to one location: `{name}: At[…, {one.class_name}]`"
        if isinstance(binder, cst.Assign) and any(name == bound for bound, *_ in self.facts.names):
            return f"{immutable}, or put the statement into `with {one.name}:`"
        if isinstance(binder, (cst.Assign, cst.AnnAssign)):
            typed = f"{name}: At[{_type_text(found)}, {one.class_name}]"
            if binder.value is not None and is_empty(binder.value):
                return f"keep it at one location: `{typed} = {self._code(binder.value)}`"
            return f"{immutable}, or keep it at one location: `{typed} = …`"
        if isinstance(binder, cst.MatchPattern):
            return f"capture the whole, and take out `{name}` at one location in `with {one.name}:`"
        return f"{immutable}, or keep it at one location"


def shared(atom: Atom, role: str) -> str:
    """The edit that tells a location what another one knows."""
    return f"`{sent(atom, min(atom.place.modes, default=''), role)}`"


def _meets(one: Atom, other: Atom) -> bool:
    return bool(set(one.place) & set(other.place))


def stream_of(live: Live) -> str:
    """What the source calls the stream that a value is made of; "" if it has no name."""
    while live.inputs and not (live.name and live.shape in ("stream", "keyed_stream")):
        live = live.inputs[0]
    return live.name if live.shape in ("stream", "keyed_stream") else ""


def _type_text(found: Type | None) -> str:
    """The type, where it says of what it is."""
    vague = found is None or any(arg.kind == "any" or arg.name == "Never" for arg in found.args)
    if found is None or vague or found.name.startswith("typing."):
        return "…"
    return short(found)
