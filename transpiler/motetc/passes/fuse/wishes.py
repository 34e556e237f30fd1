"""Elements that nobody wants any more: nothing is computed of them, whoever else the loop goes on for.

A loop is left when nobody wants more of what it pushes (`ends.py`). That may be so before its first element, where
others push to the same node or the loop is entered again, and it may be so of one of the things that are done with an
element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code
from motetc.passes.fuse.graph import STREAMS, is_looked_at

if TYPE_CHECKING:
    from motetc.passes.fuse.fuser import Fuser

_FUNCTIONS = frozenset({"f", "make", "key"})
_REACHED = re.compile(r"(\w+) [=>]= (\w+)$")


@dataclass(slots=True)
class Wishes:
    """What is known of wishes where code is written."""

    fuser: Fuser
    held: list[str] = field(default_factory=list)  # conditions under which what is written runs

    @contextmanager
    def turn(self, live: Live, code: Code, last: bool = True) -> Iterator[None]:
        """One turn of a loop that pushes a node's elements. `last`: nothing else follows in it, so it is left there."""
        endings = self.fuser.endings
        early = endings.unwanted(live) if self._comes_late(live) else ""
        if early:
            endings.leave(live, code)
            with self._holding(wanted(early)):
                yield
            return
        yield
        if last:
            endings.leave(live, code)

    @contextmanager
    def branch(self, live: Live, several: bool, code: Code) -> Iterator[None]:
        """One of `several` things that are done with an element: none if it wants no more."""
        parts = [live] if several else []
        if several and live.op == "partition":
            parts = [c for c, _ in self.fuser.consumers(live.inputs[0]) if c.node is live.node]
        with self._while(parts, code):
            yield

    @contextmanager
    def arm(self, live: Live, code: Code) -> Iterator[None]:
        """What is done with one of an operator's two results."""
        with self._while([live], code):
            yield

    @contextmanager
    def _while(self, lives: Sequence[Live], code: Code) -> Iterator[None]:
        """What is done while somebody wants more of one of these, if that ends."""
        acts = any(map(self._calls, lives))  # none: the loop is left for it
        found = list(dict.fromkeys(map(self.fuser.endings.below, lives))) if acts else [""]
        if not all(found):
            yield
            return
        test = wanted(found[0] if len(found) == 1 else " and ".join(f"({x})" for x in found))
        if self.holds(test):
            yield
            return
        with code.block(f"if {test}:", lives[0].span), self._holding(test):
            yield

    def holds(self, test: str) -> bool:
        """Whether a condition has been asked before."""
        return test in self.held

    @contextmanager
    def forgotten(self) -> Iterator[None]:
        """Around what is written of a function, which runs elsewhere."""
        held, self.held = self.held, []
        yield
        self.held = held

    @contextmanager
    def _holding(self, test: str) -> Iterator[None]:
        self.held.append(test)
        yield
        self.held.pop()

    def _calls(self, live: Live) -> bool:
        """Whether anything of the program's is called between an element and who may have had enough."""
        fuser, todo, seen = self.fuser, [live], set[int]()
        while todo:
            node = todo.pop()
            if node.uid in seen or fuser.emitter(node).full(fuser, node):  # which asks for itself
                continue
            seen.add(node.uid)
            if not _FUNCTIONS.isdisjoint(node.arguments):
                return True
            todo += [] if fuser.has_own_loop(node) else [c for c, _ in fuser.consumers(node)]
        return False

    def _comes_late(self, live: Live) -> bool:
        """Whether nobody may want more before a loop begins: it is one of several, or it has run before."""
        fuser = self.fuser
        if live.op == "slice_stream":
            return True
        return any(len(self._pushing(x)) > 1 for x in fuser.reachable(live) if fuser.has_enough(x))

    def _pushing(self, live: Live) -> set[int]:
        """The loops (their uids) whose elements come to a node."""
        fuser = self.fuser
        found: set[int] = set()
        todo, seen = [live], set[int]()
        while todo:
            node = todo.pop()
            if node.uid in seen:
                continue
            seen.add(node.uid)
            if fuser.is_driver(node):
                found.add(node.uid)
                continue
            sources = [s for i, s in enumerate(node.sources) if not is_looked_at(node, i)]
            todo += [s for s in sources if s.shape in STREAMS or s.shape == "slice"]
        return found


def wanted(over: str) -> str:
    """The contrary of the condition under which nobody wants more."""
    if found := _REACHED.fullmatch(over):
        return f"{found[1]} < {found[2]}"
    if over.isidentifier():
        return f"not {over}"
    if over.startswith("not ") and over[4:].isidentifier():
        return over[4:]
    if over.endswith(" is not None") and " " not in over.removesuffix(" is not None"):
        return over.replace(" is not None", " is None")
    return f"not ({over})"
