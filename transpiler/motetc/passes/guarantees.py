"""Guarantees: whether each operator of a live collection gets the order, delivery and finiteness that it needs.

Runs on the lowered program: the front end has worked out which guarantees hold of each node. mypy refuses the same
programs through the stubs' types; what is said here is in the words of the language, with the edit that mends it.
(Order and delivery in types: Hydro, Hellerstein et al.; why it is sound: Flo, Laddad et al. 2024.)
"""

from __future__ import annotations

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.source import SourceModule
from motetc.ir.live import Collect, Live, never_ends
from motetc.ir.nodes import Choreography, Flow
from motetc.ir.operators import CLASSES, LOOP, OPERATORS, Operator
from motetc.passes.amounts import check_amounts
from motetc.passes.idle import check_unused, flows
from motetc.passes.instants import check_instants


def check_guarantees(module: SourceModule, choreography: Choreography, findings: Findings) -> None:
    """Report every operator that asks for more than its input promises."""
    found = Findings()
    refused: set[int] = set()  # uids: what hangs on them would only say the same again
    clusters = frozenset(role.name for role in choreography.roles if role.cluster)
    for flow in flows(choreography):
        _check_flow(module, flow, refused, clusters, found)
    check_unused(choreography, [finding.span for finding in found.sorted()], found)
    for finding in found.sorted():
        findings.add(finding)


def _check_flow(
    module: SourceModule,
    flow: Flow,
    refused: set[int],
    clusters: frozenset[str],
    findings: Findings,
) -> None:
    for live in flow.lives:
        hangs = bool(refused & {x.uid for x in live.inputs})
        if hangs or _check(module, live, findings):
            refused.add(live.uid)
            live.refused = True
    check_instants(flow, clusters, findings)
    for collect in flow.collects:
        if collect.live.uid not in refused:
            _finite(collect, findings)


def _check(module: SourceModule, live: Live, findings: Findings) -> bool:
    """Whether an operator was refused."""
    found = Findings()
    check_amounts(module, live, found)
    _requirements(live, found)
    for finding in found.sorted():
        findings.add(finding)
    return len(found) > 0


def _requirements(live: Live, findings: Findings) -> None:
    rule = OPERATORS.get((live.inputs[0].shape, live.op)) if live.inputs else None
    if live.op == LOOP.name:
        rule = LOOP
    if rule is None:
        return
    base = live.inputs[0]
    if "ordered" in rule.needs and not base.ordered:
        _needs(rule, live, base, findings, "commutative", "order")
    if live.op in _BY_KEY and "key" in live.arguments and not base.ordered:
        _ties(live, base, findings)
    once = base.once or (base.sampled and rule.name in ("for_each", "dest_sink"))
    if "once" in rule.needs and not once:
        _needs(rule, live, base, findings, "idempotent", "delivery")
    if "bounded" in rule.needs and not base.bounded:
        _unbounded(live, base, findings)
    if "fixed" in rule.needs and not base.bounded and not _is_fixed(base):
        _unfixed(live, base, findings)
    if live.op == "sample_eager":
        _changes(live, base, findings)
    for other in live.inputs[1:]:
        if "bounded" in rule.other_needs and not other.bounded:
            _unbounded(live, other, findings)
        if "ordered" in rule.other_needs and not other.ordered:
            _needs(rule, live, other, findings, "commutative", "order")
        if other.role != base.role:
            _apart(live, base, other, findings)


_BY_KEY = ("sort", "max", "min")


def _ties(live: Live, base: Live, findings: Findings) -> None:
    """Elements of one key stay in their order, and there is none."""
    related = (Related(base.span, "these elements come in no particular order (NoOrder)"),)
    findings.error(
        "order-needed",
        live.span,
        f"`{live.op}` by a key depends on the order of elements with the same key, and these come in none",
        f"compare whole elements: `.map(lambda x: (…, x)).{live.op}()`; or accept any order: "
        '`.assume_ordering(nondet("…"))`',
        related,
    )


_ENTRYWISE = ("map", "map_with_key", "filter", "filter_map", "inspect", "inspect_with_key")


def _is_fixed(live: Live) -> bool:
    """Whether the value of a key never changes once it is there (BoundedValue)."""
    if live.op in ("first", "fold_early_stop"):
        return True
    derived = live.op in (*_ENTRYWISE, "filter_key_not_in")
    return derived and bool(live.inputs) and _is_fixed(live.inputs[0])


def _needs(
    rule: Operator, live: Live, base: Live, findings: Findings, proof: str, what: str
) -> None:
    """A requirement that a proof can stand in for, or that nothing can."""
    lacks = {
        "order": "come in no particular order (NoOrder)",
        "delivery": "are as many as the clock decides (Sampled)"
        if base.sampled
        else "may come more than once (AtLeastOnce)",
    }
    related = (Related(base.span, f"these elements {lacks[what]}"),)
    if proof in rule.proofs:
        if proof not in live.proofs:
            text = f"`{live.op}` over elements that {lacks[what]} needs to know that its function is {proof}"
            help = f'say why it is: `{proof}=proof("…")`'
            findings.error("missing-proof", live.span, text, help, related)
        return
    op = live.op.replace("_", " ") if live.op == LOOP.name else live.op
    text = f"`{op}` depends on {what}, and these elements {lacks[what]}"
    findings.error("order-needed", live.span, text, _MENDS[what], related)


_MENDS = {
    "order": "use an operator that does not (`fold` with a `commutative` proof, `sort` of a finite stream), "
    'or accept any order: `.assume_ordering(nondet("…"))`',
    "delivery": 'drop the repeats: `.unique()`; or accept them: `.assume_retries(nondet("…"))`',
}


def _unbounded(live: Live, base: Live, findings: Findings) -> None:
    if _ends_unsaid(live.op, live.span, base, findings):
        return
    text = f"`{live.op}` waits for the end of {_one(base)} that never ends"
    help = "read what has come so far in a slice: `with location.sliced() as tick:`"
    related = (Related(base.span, "this goes on for ever"),)
    findings.error("never-ends", live.span, text, help, related)


def _unfixed(live: Live, base: Live, findings: Findings) -> None:
    if _ends_unsaid(live.op, live.span, base, findings):
        return
    text = f"`{live.op}` needs values that stay as they are, and these may still change"
    help = (
        'look at all of them at one moment: `tick.snapshot(…, nondet("…"))` in a slice gives a dict; '
        "or take each key's first or final one: `.first()`, `.fold_early_stop(…)`"
    )
    related = (Related(base.span, "the values of this change as elements come"),)
    findings.error("never-ends", live.span, text, help, related)


def _ends_unsaid(op: str, span: Span, base: Live, findings: Findings) -> bool:
    """What comes out of a channel, or of a single client, or of a function's scan, may end, which no type says."""
    if never_ends(base):
        return False
    text = f"`{op}` waits for the end, and the type does not say that there is one"
    keep, end = _kept(base)
    help = f"keep what comes, `{keep}`, and read it in the next statement{end}"
    related = (Related(base.span, "this may end, and its type does not say so"),)
    findings.error("never-ends", span, text, help, related)
    return True


def _kept(base: Live) -> tuple[str, str]:
    """What keeps all that comes of a collection, and what would end it instead."""
    sink, why, proof = ".for_each(location.kept.append", 'nondet("…")', ', commutative=proof("…"))'
    match base.shape:
        case "stream":
            order = "" if base.ordered else f".assume_ordering({why})"
            return f"{sink}{')' if base.ordered else proof}", f"; or end it: `{order}.take(n)`"
        case "keyed_stream":
            entries = f".entries_partially_ordered({why})" if base.ordered else ".entries()"
            return f"{entries}{sink}{')' if base.ordered else proof}", ""
        case "keyed_singleton":
            return f".into_singleton().map(dict).sample_eager({why}){sink})", ""
        case _:
            return f".sample_eager({why}){sink})", ""


def _changes(live: Live, base: Live, findings: Findings) -> None:
    """A sample of every change needs something that changes the value; time does not tell anybody that it passes."""
    todo = [base]
    while todo:
        node = todo.pop()
        if node.op == "timeout":
            text = (
                "`sample_eager` gives a value when it changes, and this one changes as time passes"
            )
            help = 'look at it by the clock: `.sample_every(1.0, nondet("…"))`'
            related = (Related(node.span, "nothing happens when the time has run out"),)
            findings.error("unsupported-syntax", live.span, text, help, related)
            return
        todo += [x for x in node.inputs if x.shape in ("singleton", "optional")]


def _one(live: Live) -> str:
    name = CLASSES[live.shape]
    return f"{'an' if name[0] in 'AEIO' else 'a'} {name}"


def _finite(collect: Collect, findings: Findings) -> None:
    live = collect.live
    if not live.bounded and not _ends_unsaid("collect", collect.span, live, findings):
        text = f"`collect` waits for the end of {_one(live)} that never ends"
        help = "sample it (`sample_every`), read it in a slice, or end it: `.take(n)`"
        related = (Related(live.span, "this goes on for ever"),)
        findings.error("never-ends", collect.span, text, help, related)
    if live.shape in ("stream", "keyed_stream") and not live.ordered:
        made = "a list" if live.shape == "stream" else "a list for each key"
        text = f"`collect` gives {made}, and these elements come in no particular order (NoOrder)"
        help = "sort them first: `.sort()`; or fold them"
        related = (Related(live.span, "these elements"),)
        findings.error("order-needed", collect.span, text, help, related)


def _apart(live: Live, base: Live, other: Live, findings: Findings) -> None:
    findings.error(
        "no-common-place",
        live.span,
        f"`{live.op}` takes two collections at one location: these are at `{base.role}` and at `{other.role}`",
        f"send one of them first: `.send(to={base.role})`",
        (Related(base.span, f"at `{base.role}`"), Related(other.span, f"at `{other.role}`")),
    )
