"""The loops that elements come from: local sources, timers, and streams that arrive."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.ir.pieces import Touch
from motetc.ir.types import Type
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.fuser import Fuser


def drive(fuser: Fuser, live: Live, code: Code, alone: bool) -> None:
    """Write the loop of one driver."""
    if live.hop is not None:
        _arriving(fuser, live, code)
    elif live.inputs or live.op == "sliced":
        fuser.emitter(live).drive(fuser, live, code)
    elif live.op == "source":
        _source(fuser, live, code, alone)
    else:
        _turns(fuser, live, code)


def _arriving(fuser: Fuser, live: Live, code: Code) -> None:
    """Batches that another location sends; of a cluster, with the member that sent them."""
    hop = live.hop
    assert hop is not None
    fuser.touches.append(Touch(hop.uid, "receive", hop.sender))
    batch = _loop_variable(fuser, "batch", None, code)
    heads = [batch]
    if fuser.is_cluster(hop.sender):
        heads.insert(0, _loop_variable(fuser, "member", None, code))
    where = f"# ← {hop.sender}, {fuser.module.relative}:{hop.span.line}"
    start = len(code.lines)
    head = f"async for {', '.join(heads)} in {fuser.endpoint(hop)}:  {where}"
    with code.block(head, live.span):
        fuser.begin(live, code)
        names, element = _arrived(fuser, live, heads[:-1], hop.keyed, code)
        inner = len(code.lines)
        with code.block(f"for {', '.join(names)} in {batch}:", live.span):
            fuser.push(live, element, code)
        code.forget_unused(inner, names)
        fuser.flush(live, code)
    code.forget_unused(start, heads)


def _arrived(
    fuser: Fuser, live: Live, member: list[str], keyed: bool, code: Code
) -> tuple[list[str], Element]:
    """The variables for one element of a batch, and the element: its key is the sender, or has the sender in front."""
    parts = list(member)
    names = [fuser.element_name(live, code)]
    if keyed:
        names.insert(0, _loop_variable(fuser, "key", None, code))
        parts.append(names[0])
    key: Value | None = None
    if parts:
        text = parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
        key = Value(text, len(parts) == 1, fuser.key_type(live))
    return names, Element(Value(names[-1], True, fuser.element_type(live)), key)


def _loop_variable(fuser: Fuser, hint: str, type_: Type | None, code: Code) -> str:
    name = fuser.local(hint, code)
    code.names[name] = type_
    return name


def _source(fuser: Fuser, live: Live, code: Code, alone: bool) -> None:
    """An iterable of the user's: a plain loop where nothing else has to run meanwhile."""
    items = fuser.text(live.arguments["elements"].expr)
    sends = any(fuser.hops_of(x) or x.op == "sliced" for x in fuser.reachable(live))
    name = fuser.element_name(live, code)
    element = Element(Value(name, True, fuser.element_type(live)))
    if alone and not sends and not is_async(fuser, live):
        with code.block(f"for {name} in {items}:", live.span):
            fuser.push(live, element, code)
        return
    batch = fuser.local("batch", code)
    code.names[batch] = None
    with code.block(f"async for {batch} in {fuser.net}.batches({items}):", live.span):
        fuser.begin(live, code)
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
        fuser.begin(live, code)
        outer, code.single = code.single, code.depth
        fuser.push(live, Element(Value("None", True)), code)
        code.single = outer
        fuser.flush(live, code)
