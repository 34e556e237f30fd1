"""What is settled of a slice before its code is written: names, lists in which elements wait, what leaves and how."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.ir.live import Hop, Live
from motetc.ir.pieces import Touch
from motetc.ir.slices import Leaving, Reading, SliceLive
from motetc.ir.types import Type
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.initial import initial
from motetc.passes.fuse.instants import comes_late, drivers_into, only_late, runs_again
from motetc.passes.fuse.owning import is_left, is_own, listed
from motetc.passes.fuse.singletons import is_there_at_first

_EMPTY = {"dict": "{}", "list": "[]"}


@dataclass(slots=True)
class SliceCode:
    """One slice at its role. `names` are what its variables are called; `function` is "" where the body is inline."""

    live: SliceLive
    names: dict[str, str]
    pending: dict[str, str]  # by placeholder
    carried: dict[int, list[Hop | Live]]  # what sends or answers with a stream as it stands
    leaving: dict[int, str]  # what a stream that leaves is called
    queues: dict[int, list[str]]  # where it waits for each that takes it, if it has to
    inline: bool
    function: str = ""
    local: bool = False  # what waits is a variable of the loop
    declared: int = -1  # where the loop declares it
    said: dict[int, list[str]] = field(default_factory=dict)  # of a stream, where it leaves
    stilled: bool = False  # at the end of its cycle nothing goes round any more

    def is_awaited(self, leaving: Leaving) -> bool:
        """Whether a stream that leaves is sent from the slice itself, so that another loop may run it meanwhile."""
        return any(map(_waits, self.carried.get(leaving.live.uid, ())))

    def waiting(self, fed: list[Live]) -> list[str]:
        """The lists that some of the inputs fill."""
        found = [r for r in self.live.body.readings if r.pends and r.live in fed]
        return list(dict.fromkeys(self.pending[r.placeholder] for r in found))


def prepared(fuser: Fuser, live: SliceLive) -> SliceCode:
    """The slice with names for all that is in it."""
    body = live.body
    names: dict[str, str] = {}
    for state in body.states:
        again = any(c.name == state.name for c in fuser.flow.collects)  # which is another value
        names[state.name] = fuser.fresh(state.name) if again else fuser.own_name(state.name)
    pending: dict[str, str] = {}
    for reading in body.readings:
        if reading.pends:
            hint = reading.name or reading.live.name or "waiting"
            pending[reading.placeholder] = (
                fuser.own_name(hint) if reading.name else fuser.fresh(hint)
            )
            if reading.name:
                names[reading.name] = pending[reading.placeholder]
    for name in sorted(body.binds - set(names) - {body.tick}):
        if name in fuser.owned:
            names[name] = fuser.fresh(name)
    inline = _runs_from(fuser, live) <= 1
    timed, late = "seconds" in live.arguments, comes_late(fuser, live)
    beside = any(map(fuser.is_shared, fuser.upstream(live)))  # a function may fill the lists
    local = inline and not (timed or late or beside or _is_rerun(fuser, live))
    code = SliceCode(live, names, pending, {}, {}, {}, inline, local=local)
    leaving = [x for x in body.leaving if x.live.shape == "stream"]
    for stream in leaving:
        code.carried[stream.live.uid] = _carriers(fuser, stream.live)
    queued = fuser.runs_at_once(live) and sum(map(_waits, chain(*code.carried.values()))) > 1
    for stream in leaving:
        _prepare_leaving(fuser, code, stream, queued)
    return code


def _is_rerun(fuser: Fuser, live: SliceLive) -> bool:
    """Whether it runs in the rounds of a cycle, which need not be its own."""
    stage = next(s for s in fuser.stages if live in s)
    return any(runs_again(fuser, x) for x in stage)


def _waits(carrier: Hop | Live) -> bool:
    """Whether what takes a stream as it stands may have to wait before it has done so."""
    return isinstance(carrier, Hop) or (carrier.port is not None and carrier.port.single)


def _prepare_leaving(fuser: Fuser, code: SliceCode, leaving: Leaving, queued: bool) -> None:
    """`queued`: while what leaves waits to be sent, another loop may run the slice, and what leaves then is not to
    overtake it: all of it waits in lists, one for each who takes it.
    """
    live, own = leaving.live, own_list(code.live, leaving)
    carriers = code.carried[live.uid]
    queued = queued and any(map(_waits, carriers))
    alone = queued and not own and len(carriers) == 1  # the list is made in the queue itself
    read = "" if own else own_reading(code, leaving)
    name = code.names.get(own, own) if own else read if code.local and read else _name(fuser, live)
    code.leaving[live.uid] = name
    for hop in carriers:
        batch = name
        if queued:
            sent = fuser.to_whom(hop) if isinstance(hop, Hop) else "replies"
            batch = name if alone else fuser.fresh(fuser.label(live) or name, sent)
            fuser.state.line(
                f"{batch}: list[{fuser.annotation(fuser.element_type(live))}] = []", live.span
            )
            code.queues.setdefault(live.uid, []).append(batch)
        if isinstance(hop, Hop):
            fuser.variables[hop.uid] = batch
            fuser.inline_sends.add(hop.uid)
            fuser.touches.append(Touch(hop.uid, "send", ", ".join(hop.receivers)))


def own_list(live: SliceLive, leaving: Leaving) -> str:
    """The list that leaves, if the body has made it for that, and does no more with it."""
    body = live.body
    name = leaving.value.value if isinstance(leaving.value, cst.Name) else ""
    if name in {"", *(s.name for s in body.states), *(r.name for r in body.readings)}:
        return ""
    at = next(i for i, s in enumerate(body.steps) if leaving in s.leaving)
    others = [_evaluated(x.value) for x in body.leaving if x is not leaving]
    before = [s.node for s in body.steps[:at] if s.node is not None]
    after = [s.node for s in body.steps[at:] if s.node is not None]
    return name if is_own(name, before, [*after, *others]) else ""


def _evaluated(value: cst.BaseExpression) -> cst.BaseExpression:
    """What leaves, as it is computed: at once."""
    return listed(value) if isinstance(value, cst.GeneratorExp) else value


def own_reading(code: SliceCode, leaving: Leaving) -> str:
    """What has been read, if it leaves as it is, and the body does no more with it."""
    body = code.live.body
    value = leaving.value.value if isinstance(leaving.value, cst.Name) else ""
    names = {r.name or r.placeholder: r for r in body.readings if r.pends}
    if value not in names:
        return ""
    others = [x.value for x in body.leaving if x is not leaving]
    steps = [s.node for s in body.steps if s.node is not None]
    return code.pending[names[value].placeholder] if is_left(value, [*steps, *others]) else ""


def _name(fuser: Fuser, live: Live) -> str:
    """What a stream that leaves is called in the body: as the source calls it, or what becomes of it."""
    after = (c.name for c, _ in fuser.consumers(live))
    return fuser.variable(live, live.name or next(filter(None, after), "leaving"))


def _runs_from(fuser: Fuser, live: SliceLive) -> int:
    """From how many places the slice is run: at the start, after batches, by its timer, after what comes at the end."""
    drivers = len(drivers_into(fuser, live))
    at_end = bool(live.inputs) and all(only_late(fuser, x) for x in live.inputs)
    batches = 0 if at_end and drivers == 1 else drivers
    late = comes_late(fuser, live)
    timed = "seconds" in live.arguments
    rounds = timed and runs_again(fuser, live)  # after the timer has set it going
    begun = any(map(is_there_at_first, fuser.upstream(live)))
    return begun + batches + timed + rounds + late + (late and _is_counted(fuser, live))


def _is_counted(fuser: Fuser, live: SliceLive) -> bool:
    """Whether what comes with the end is written after each of several ends, of which one is the last."""
    above = fuser.upstream(live)
    return any(len(fuser.ending(x)) > 1 and any(map(fuser.ends_early, x.sources)) for x in above)


_AS_IT_IS = frozenset(
    {
        "assume_ordering",
        "assume_retries",
        "entries",
        "into_keyed",
        "weaken_ordering",
        "weaken_retries",
    }
)


def _carriers(fuser: Fuser, live: Live) -> list[Hop | Live]:
    """The streams between locations, and the replies to clients, that take what leaves as it stands, if that is all
    that is done with it."""
    if live.shape not in ("stream", "keyed_stream") or fuser.collects_of(live):
        return []
    hops = fuser.hops_of(live)
    if any(h.kind == "demux" and h.keyed for h in hops):
        return []
    found: list[Hop | Live] = []
    for consumer, _ in fuser.consumers(live):
        if consumer.op == "reply":
            found.append(consumer)
        elif consumer.op in _AS_IT_IS and (inner := _carriers(fuser, consumer)):
            found += inner
        else:
            return []
    return [*found, *hops]


def state_of(fuser: Fuser, live: Live) -> tuple[SliceCode, str]:
    """The state that a value which leaves is, and its slice."""
    owner = live.inputs[0]
    assert isinstance(owner, SliceLive)
    value = next(x.value for x in owner.body.leaving if x.live is live)
    assert isinstance(value, cst.Name)
    return fuser.slices[owner.uid], value.value


def follows(live: Live, state: str) -> bool:
    """Whether nothing changes the state after it has left, so that they are the same variable."""
    owner = live.inputs[0]
    assert isinstance(owner, SliceLive)
    steps = owner.body.steps
    at = next(i for i, s in enumerate(steps) if any(x.live is live for x in s.leaving))
    return not any(s.node is not None and state in names_of(s.node).binds for s in steps[at + 1 :])


def declaration(
    fuser: Fuser, name: str, init: cst.BaseExpression, target: cst.BaseExpression
) -> str:
    """How a state is declared: its type is said where its first value does not say it."""
    found: Type | None = fuser.type_of(target)
    hint = "" if _says_its_type(init, found) else f": {fuser.annotation(found)}"
    first = initial(fuser, init)
    made = re.fullmatch(r"(dict|list)(\[.*\])?\(\)", first)
    return f"{name}{hint} = {_EMPTY[made.group(1)] if made and hint else first}"


def _says_its_type(init: cst.BaseExpression, found: Type | None) -> bool:
    """Whether a first value shows of which type the state is: a literal, or an object made by its class."""
    if found is None or found.kind == "union":
        return False
    if isinstance(init, cst.Name):
        return init.value in ("True", "False")
    made = init.func if isinstance(init, cst.Call) else None
    if isinstance(made, cst.Name):
        return not found.args and found.name.rpartition(".")[2] == made.value
    return isinstance(init, (cst.Integer, cst.Float, cst.SimpleString))


def empty(fuser: Fuser, code: SliceCode, reading: Reading) -> str:
    """How the list is declared in which the elements of a reading wait."""
    found = fuser.type_of(reading.node)
    known = found.args[0] if found is not None and found.args else None
    if known is not None and known.kind == "any" and reading.live.shape == "stream":
        known = fuser.element_type(reading.live)  # of what is bound to `_` mypy says nothing
    item = fuser.annotation(known)
    return f"{code.pending[reading.placeholder]}: list[{item}] = []"
