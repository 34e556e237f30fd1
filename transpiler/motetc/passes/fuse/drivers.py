"""The loops that elements come from: local sources, timers, and streams that arrive."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.ir.pieces import Touch
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.fuser import Fuser


def drive(fuser: Fuser, live: Live, code: Code, alone: bool) -> None:
    """Write the loop of one driver."""
    if live.hop is not None:
        _arriving(fuser, live, code)
    elif live.inputs:
        fuser.emitter(live).drive(fuser, live, code)
    elif live.op == "source":
        _source(fuser, live, code, alone)
    else:
        _turns(fuser, live, code)


def _arriving(fuser: Fuser, live: Live, code: Code) -> None:
    """Batches that another location sends."""
    hop = live.hop
    assert hop is not None
    fuser.touches.append(Touch(hop.uid, "receive", hop.sender))
    where = f"# ← {hop.sender}, {fuser.module.relative}:{hop.span.line}"
    batch = fuser.local("batch", code)
    code.names[batch] = None
    head = f"async for {batch} in {fuser.endpoint(hop)}:  {where}"
    key: Value | None = None
    if fuser.is_cluster(hop.sender):
        member = fuser.local("member", code)
        code.names[member] = fuser.key_type(live)
        key = Value(member, True, fuser.key_type(live))
        head = f"async for {member}, {batch} in {fuser.endpoint(hop)}:  {where}"
    with code.block(head, live.span):
        name = fuser.element_name(live, code)
        element = Element(Value(name, True, fuser.element_type(live)), key)
        with code.block(f"for {name} in {batch}:", live.span):
            fuser.push(live, element, code)
        fuser.flush(live, code)


def _source(fuser: Fuser, live: Live, code: Code, alone: bool) -> None:
    """An iterable of the user's: a plain loop where nothing else has to run meanwhile."""
    items = fuser.text(live.arguments["elements"].expr)
    sends = any(fuser.hops_of(x) for x in fuser.reachable(live))
    name = fuser.element_name(live, code)
    element = Element(Value(name, True, fuser.element_type(live)))
    if alone and not sends and not is_async(fuser, live):
        with code.block(f"for {name} in {items}:", live.span):
            fuser.push(live, element, code)
        return
    batch = fuser.local("batch", code)
    code.names[batch] = None
    with code.block(f"async for {batch} in {fuser.net}.batches({items}):", live.span):
        with code.block(f"for {name} in {batch}:", live.span):
            fuser.push(live, element, code)
        fuser.flush(live, code)


def is_async(fuser: Fuser, live: Live) -> bool:
    """Whether the user's iterable is an asynchronous one."""
    found = fuser.type_of(live.arguments["elements"].expr)
    return found is None or "Async" in found.name


def _turns(fuser: Fuser, live: Live, code: Code) -> None:
    """`every` and `spin`: one element, which is None, each turn."""
    given = ", ".join(
        fuser.text(live.arguments[n].expr) for n in ("seconds",) if n in live.arguments
    )
    with code.block(f"async for _ in {fuser.net}.{live.op}({given}):", live.span):
        outer, code.single = code.single, code.depth
        fuser.push(live, Element(Value("None", True)), code)
        code.single = outer
        fuser.flush(live, code)
