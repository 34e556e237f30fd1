"""Orders that only types tell: a set has none, and what begins with its elements has none either.

Runs before the guarantees are checked, because the front end, which knows no types, takes every source for ordered.
"""

from __future__ import annotations

from motetc.ir.answers import TypeOf
from motetc.ir.live import Live
from motetc.ir.mutability import is_set
from motetc.ir.nodes import Choreography
from motetc.ir.operators import OPERATORS, changed
from motetc.passes.idle import flows


def find_orders(choreography: Choreography, type_of: TypeOf) -> None:
    """Take the promise of an order from sources of sets, and from all that it was passed on to."""
    lost: set[int] = set()
    for flow in flows(choreography):
        for live in flow.lives:
            if _is_of_set(live, type_of) or lost & {x.uid for x in live.inputs}:
                live.ordered = _ordered(live)
                if not live.ordered:
                    lost.add(live.uid)


def _is_of_set(live: Live, type_of: TypeOf) -> bool:
    found = type_of(live.arguments["elements"].expr) if live.op == "source" else None
    return found is not None and is_set(found)


def _ordered(live: Live) -> bool:
    """Whether a node promises an order, whose input does not, or which begins with a set."""
    if not live.inputs:
        return False
    if live.shape not in ("stream", "keyed_stream"):
        return True  # a value, however its elements came
    base, *others = live.inputs
    rule = OPERATORS.get((base.shape, live.op)) if live.hop is None else None
    if rule is None:
        return base.ordered
    return changed(rule.ordered, base.ordered, [x.ordered for x in others])
