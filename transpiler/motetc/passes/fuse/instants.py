"""Slices in the graph of a role: who sets them going, in which order they run, which of them feed one another."""

from __future__ import annotations

from collections.abc import Iterator

from motetc.ir.live import Live
from motetc.ir.slices import SliceLive
from motetc.passes.fuse.graph import STREAMS, Graph, settles

_FROM_ENTRIES = frozenset({"keys", "values", "entries", "into_keyed_stream"})
_VALUES = frozenset({"singleton", "optional", "keyed_singleton"})

# Operators that pass on what they have as elements come, and nothing at the end; values that change with each of them.
_AT_ONCE = frozenset(
    {"assume_ordering", "assume_retries", "atomic", "channel", "end_atomic", "entries", "enumerate"}
    | {"entries_partially_ordered", "filter", "filter_map", "filter_map_with_key"}
    | {"filter_with_key", "flat_map_ordered", "flat_map_unordered", "flat_map_with_key"}
    | {"flatten_ordered", "flatten_unordered", "generator", "inspect", "inspect_with_key"}
    | {"into_keyed", "join", "keys", "map", "map_with_key", "merge_ordered", "merge_unordered"}
    | {"partition", "prefix_key", "scan", "skip", "drop_key_prefix", "slice_stream", "sliced"}
    | {"take", "transform", "unique", "values", "weaken_ordering", "weaken_retries"}
    | {"collect_list", "count", "first", "fold", "last", "max", "min", "reduce", "sample_eager"}
)

_AT_END = frozenset({"cross_product_nested_loop", "repeat_with_keys", "sort"})


def drivers_into(graph: Graph, live: Live) -> list[Live]:
    """The drivers whose elements may come to a node, itself apart."""
    drivers = [x for x in graph.flow.lives if graph.is_driver(x) and x is not live]
    return [d for d in drivers if live in graph.reachable(d)]


def comes_late(graph: Graph, live: Live) -> bool:
    """Whether elements may come to a node when its drivers have ended: from what waits for all of a stream."""
    todo, seen = list(live.inputs), {id(live)}
    while todo:
        node = todo.pop()
        if id(node) in seen or graph.is_driver(node):
            continue
        seen.add(id(node))
        if _is_late(node):
            return True
        todo += node.sources
    return False


def _is_late(live: Live) -> bool:
    """Whether a node has something to give when its input has ended: of a value that is final then, and of all that
    waits."""
    if settles(live) or (live.op in _FROM_ENTRIES and settles(live.inputs[0])):
        return False
    return live.op not in _AT_ONCE or _is_of_final(live)


def _is_of_final(live: Live) -> bool:
    """Whether a stream is made of a value when that is final."""
    made = live.shape in STREAMS and live.bounded and bool(live.inputs)
    return made and live.inputs[0].shape in _VALUES


def only_late(graph: Graph, live: Live) -> bool:
    """Whether nothing comes to a node before its drivers have ended."""
    if graph.is_driver(live) or not live.sources:
        return False
    settled = settles(live) or (live.op in _FROM_ENTRIES and settles(live.inputs[0]))
    at_end = live.op in _AT_END or (_is_of_final(live) and not live.op.startswith("threshold"))
    if at_end and not settled:
        return True
    return live.op != "channel" and all(only_late(graph, s) for s in live.sources)


def runs_again(graph: Graph, live: Live) -> bool:
    """Whether what leaves a slice comes back to it without leaving the role."""
    return any(live in graph.reachable(after) for after, _ in graph.consumers(live))


def _in_order(graph: Graph) -> list[Live]:
    """What feeds others first, and every slice that reads a section before what the section holds back is let go."""
    nodes = [
        x for x in graph.flow.lives if x.role == graph.role and x.op in ("sliced", "end_atomic")
    ]
    after = {n.uid: {m.uid for m in nodes if _before(graph, m, n)} for n in nodes}
    done: dict[int, Live] = {}
    while len(done) < len(nodes):
        left = [n for n in nodes if n.uid not in done]
        ready = [n for n in left if after[n.uid] <= set(done)]
        chosen = (ready or left)[0]
        done[chosen.uid] = chosen
    return list(done.values())


def stages(graph: Graph) -> list[list[Live]]:
    """The slices of a role and the ends of its atomic sections in the order in which they run: what goes round in one
    cycle together, with all that has to run in each of its rounds; everything else alone."""
    left, found = _in_order(graph), list[list[Live]]()
    while left:
        group = [left[0]]
        if runs_again(graph, left[0]):
            group = _circle(graph, left)
        found.append(group)
        left = [x for x in left if x not in group]
    return found


def _circle(graph: Graph, nodes: list[Live]) -> list[Live]:
    """Of nodes in their order: those in a cycle with the first one, and those that come before one of these."""
    below = graph.reachable(nodes[0])
    circle = [x for x in nodes if x in below and nodes[0] in graph.reachable(x)]
    for node in reversed(nodes):
        if node not in circle and any(_before(graph, node, x) for x in circle):
            circle.append(node)
    return [x for x in nodes if x in circle]


def _before(graph: Graph, first: Live, then: Live) -> bool:
    if first is then:
        return False
    if isinstance(first, SliceLive) and then.op == "end_atomic":
        mine = {s for r in first.body.readings if r.live.atomic for s in sections(graph, r.live)}
        if mine & set(sections(graph, then.inputs[0])):
            return True
    return then in graph.reachable(first) and first not in graph.reachable(then)


def sections(graph: Graph, live: Live) -> Iterator[int]:
    """The atomic sections (uids of their beginnings) that a collection in one belongs to."""
    todo, seen = [live], {0}
    while todo:
        node = todo.pop()
        if id(node) in seen or node.role != graph.role or not node.atomic:
            continue
        seen.add(id(node))
        if node.op == "atomic":
            yield node.uid
        todo += [*node.sources, *node.peeks]
