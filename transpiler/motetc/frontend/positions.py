"""Where the nodes of a parsed module are, and their text.

LibCST's own provider makes two objects for each node, most of which nobody asks for, and takes twice as long as
parsing. Here the tree is written out once, as it would be to get its text, and each node remembers between which
tokens it was written; lines, columns and slices of the source come from that when they are wanted.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from types import TracebackType

import libcst as cst
from libcst._nodes.internal import CodegenState
from libcst.metadata import CodePosition, CodeRange

Range = tuple[int, int]

_recorded: dict[int, Positions] = {}
_placed: dict[int, cst.CSTNode] = {}  # where another one stood


class Positions:
    """The ranges of one module's nodes, and of those that took the place of one."""

    def __init__(self, tree: cst.Module) -> None:
        state = _Recorder(tree)
        tree._codegen(state)
        self.tree = tree
        self.text = "".join(state.tokens)
        self._offsets = [0, *accumulate(map(len, state.tokens))]
        self._offsets.append(self._offsets[-1])  # a last newline that was written and taken back
        self._lines = [0, *(i + 1 for i, char in enumerate(self.text) if char == "\n")]
        self._inner, self._outer = state.inner, state.outer
        self._nodes = state.nodes
        self._moved: dict[int, tuple[cst.CSTNode, Range]] = {}

    def get(self, node: cst.CSTNode) -> CodeRange | None:
        """From the first to the last character, brackets around an expression and lines before a statement apart."""
        found = self._range(node)
        if found is None:
            return None
        return CodeRange(self._position(found[0]), self._position(found[1]))

    def lines(self, node: cst.CSTNode) -> tuple[int, int] | None:
        """The first and the last line of a node."""
        found = self._range(node)
        if found is None:
            return None
        first, last = (self._offsets[token] for token in found)
        return bisect_right(self._lines, first), bisect_right(self._lines, last)

    def move(self, new: cst.CSTNode, old: cst.CSTNode) -> None:
        """`new` stands where `old` stood."""
        found = self._range(old)
        if found is not None:
            self._moved[id(new)] = (new, found)
            _placed[id(new)] = new

    def code(self, node: cst.CSTNode) -> str | None:
        """The text of an expression or a small statement, if it is the source's own and on one line."""
        found = self._outer.get(id(node))
        if found is None:
            return None
        text = self.text[self._offsets[found[0]] : self._offsets[found[1]]]
        return None if "\n" in text else text

    def whole(self, node: cst.CSTNode) -> str | None:
        """The lines of a top-level statement, with what stands before it."""
        found = self._outer.get(id(node))
        if found is None:
            return None
        text = self.text[self._offsets[found[0]] : self._offsets[found[1]]]
        return text if text.endswith("\n") else f"{text}\n"

    def block(self, node: cst.CSTNode) -> str | None:
        """The lines of a statement, decorators included, as far indented as they are; without what stands before."""
        found = self._inner.get(id(node))
        if found is None:
            return None
        start, end = (self._offsets[token] for token in found)
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)) and node.decorators:
            start = self._offsets[self._inner[id(node.decorators[0])][0]]
        line = self._lines[bisect_right(self._lines, start) - 1]
        before = self.text[line:start]
        return self.text[line:end] if before.isspace() or not before else self.text[start:end]

    def _range(self, node: cst.CSTNode) -> Range | None:
        found = self._inner.get(id(node))
        if found is None:
            moved = self._moved.get(id(node))
            return moved[1] if moved is not None else None
        return found

    def _position(self, token: int) -> CodePosition:
        offset = self._offsets[token]
        line = bisect_right(self._lines, offset)
        return CodePosition(line, offset - self._lines[line - 1])

    def share(self) -> None:
        """From now on `positions_of` finds this module's nodes."""
        _recorded.update(dict.fromkeys(self._outer, self))


def positions_of(node: cst.CSTNode) -> Positions | None:
    """The table of the module that a node was parsed from; None for nodes made later."""
    return _recorded.get(id(node))


class Nodes:
    """The nodes of all modules, and those that took the place of one: as many as there are now."""

    def __init__(self) -> None:
        self._recorded, self._placed = _recorded.copy(), _placed.copy()

    def get(self, key: int) -> cst.CSTNode | None:
        """A node by its id."""
        found = self._recorded.get(key)
        return found._nodes[key] if found is not None else self._placed.get(key)


def forget_positions() -> None:
    """No more questions about the modules of an earlier compilation."""
    _recorded.clear()
    _placed.clear()


class _Recorder(CodegenState):
    """Collects tokens, and for each node how many there were before and after it."""

    def __init__(self, tree: cst.Module) -> None:
        super().__init__(tree.default_indent, tree.default_newline)
        self.inner: dict[int, Range] = {}
        self.outer: dict[int, Range] = {}
        self.nodes: dict[int, cst.CSTNode] = {}
        self._open: list[int] = []

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._open.append(len(self.tokens))

    def after_codegen(self, node: cst.CSTNode) -> None:
        key, whole = id(node), (self._open.pop(), len(self.tokens))
        self.outer[key] = whole
        self.inner.setdefault(key, whole)
        self.nodes[key] = node

    def record_syntactic_position(  # type: ignore[override]
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> _Mark:
        return _Mark(self, node, start_node, end_node)


class _Mark:
    """Around the writing of a node: its range is what was written meanwhile, or reaches from one node to another."""

    __slots__ = ("_end", "_node", "_start", "_state", "_tokens")

    def __init__(
        self,
        state: _Recorder,
        node: cst.CSTNode,
        start: cst.CSTNode | None,
        end: cst.CSTNode | None,
    ) -> None:
        self._state, self._node, self._start, self._end = state, node, start, end

    def __enter__(self) -> None:
        self._tokens = len(self._state.tokens)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            return  # what was to be written is not there
        inner = self._state.inner
        start = inner[id(self._start)][0] if self._start is not None else self._tokens
        end = inner[id(self._end)][1] if self._end is not None else len(self._state.tokens)
        inner[id(self._node)] = (start, end)
