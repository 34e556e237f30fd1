"""The loops that elements come from: local sources, timers, and streams that arrive."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.ir.pieces import Touch
from motetc.ir.types import Type
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.expressions import item_types
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.inline import is_bare
from motetc.passes.fuse.turns import take_turns
from motetc.passes.fuse.wording import is_plural, one_of


def drive(fuser: Fuser, live: Live, code: Code) -> None:
    """Write the loop of one driver."""
    if live.hop is not None:
        _arriving(fuser, live, code)
    elif live.inputs or live.op in ("sliced", "requests", "membership"):
        fuser.emitter(live).drive(fuser, live, code)
    elif live.op == "source":
        _source(fuser, live, code)
    elif live.op != "singleton":
        _turns(fuser, live, code)


def _arriving(fuser: Fuser, live: Live, code: Code) -> None:
    """Batches that another location sends."""
    hop = live.hop
    assert hop is not None
    fuser.touches.append(Touch(hop.uid, "receive", hop.sender))
    said, kind = (live.name, hop.name), None if hop.keyed else _batch_type(fuser, live)
    batch = fuser.local("batch", code, kind, *filter(is_plural, said), "arrived")
    names: tuple[str, ...] = (batch,)
    if fuser.is_cluster(hop.sender):
        names = (fuser.local("member", code, None, one_of(hop.sender)), batch)
    where = f"# ← {hop.sender}, {fuser.module.shown(hop.span.line)}"
    start = len(code.lines)
    with code.loop(names, f"{fuser.endpoint(hop)}", live.span, "async for"):
        fuser.begin(live, code)
        _each_arrived(fuser, live, names, hop.keyed, code)
        fuser.flush(live, code, batch)
        fuser.endings.leave(live, code, hops=True)
    if len(code.lines) == start:  # nobody here looks at the elements, and they come all the same
        with code.block(f"async for _ in {fuser.endpoint(hop)}:", live.span):
            code.line("pass", live.span)
    say_whence(code, fuser.endpoint(hop), where)
    if fuser.may_close(live):
        code.line(f"{fuser.endpoint(hop)}.close()", live.span)


def _batch_type(fuser: Fuser, live: Live) -> Type | None:
    found = fuser.element_type(live)
    return Type("collection", "list", (found,)) if found is not None else None


def _each_arrived(
    fuser: Fuser, live: Live, heads: tuple[str, ...], keyed: bool, code: Code
) -> None:
    """A loop over a batch. The key of an element is its sender, or what came with it, or both."""
    parts, kind = list(heads[:-1]), fuser.key_type(live)
    if not keyed:
        key = Value(parts[0], True, kind) if parts else None
        each_of(fuser, live, heads[-1], key, code)
        return
    own = kind.args[1] if parts and kind is not None and len(kind.args) == 2 else kind
    types = own, fuser.element_type(live)
    name, value = fuser.several((fuser.key_hint(live), fuser.hint(live)), code, types)
    parts.append(name)
    text = name if len(parts) == 1 else f"({', '.join(parts)})"
    items = tuple(Value(p, True) for p in parts) if len(parts) > 1 else ()
    key = Value(text, len(parts) == 1, kind, items)
    with code.loop((name, value), heads[-1], live.span):
        element = Element(Value(value, True, fuser.element_type(live)), key, sole=True)
        with fuser.wishes.turn(live, code):
            fuser.push(live, element, code)


def say_whence(code: Code, endpoint: str, text: str) -> None:
    """Say at the head of a loop where its elements come from."""
    for line in reversed(code.lines):
        if line.text.endswith(f" in {endpoint}:"):
            line.text += f"  {text}"
            return


def each_of(fuser: Fuser, live: Live, items: str, key: Value | None, code: Code) -> None:
    """A loop over elements that are at hand."""
    names, element = named_element(fuser, live, code)
    with code.loop(names, items, live.span), fuser.wishes.turn(live, code):
        fuser.push(live, Element(element.value, key or element.key, sole=True), code)


def named_element(fuser: Fuser, live: Live, code: Code) -> tuple[tuple[str, ...], Element]:
    """Names for an element, taken apart if all that is done with it takes it apart."""
    kind = fuser.element_type(live)
    hints = fuser.items_wanted(live)
    if not hints:
        name = fuser.element_name(live, code)
        return (name,), Element(Value(name, True, kind))
    types = item_types(kind, len(hints))
    names = fuser.several(hints, code, types)
    parts = tuple(Value(n, True, t) for n, t in zip(names, types, strict=True))
    return names, Element(Value(f"({', '.join(names)})", type=kind, parts=parts))


def _source(fuser: Fuser, live: Live, code: Code) -> None:
    """An iterable of the user's: a plain loop where nothing else has to run meanwhile."""
    given = live.arguments["elements"].expr
    items = fuser.text(given)
    if fuser.is_plain(live):
        code.sized |= {items} if fuser.is_collection(live) else set()
        each_of(fuser, live, items, None, code)
        take_turns(fuser, live, items, code)
        return
    others = (live.name,) if is_plural(live.name) else ()
    batch = fuser.local("batch", code, _batch_type(fuser, live), *others, "elements")
    items = items[1:-1] if is_bare(given) else items
    with code.loop((batch,), f"{fuser.net}.batches({items})", live.span, "async for"):
        fuser.begin(live, code)
        each_of(fuser, live, batch, None, code)
        fuser.flush(live, code, batch)
        fuser.endings.leave(live, code, hops=True)


def _turns(fuser: Fuser, live: Live, code: Code) -> None:
    """`every` and `spin`: one element, which is None, each turn."""
    given = ", ".join(
        fuser.text(live.arguments[n].expr) for n in ("seconds",) if n in live.arguments
    )
    with code.block(f"async for _ in {fuser.net}.{live.op}({given}):", live.span):
        fuser.begin(live, code)
        outer, code.single = code.single, code.depth
        with fuser.wishes.turn(live, code, last=False):
            fuser.push(live, Element(Value("None", True)), code)
        code.single = outer
        fuser.flush(live, code)
        fuser.endings.leave(live, code, hops=True)
