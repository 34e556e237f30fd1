"""What the statements behind an awaited result await of the same streams.

A stream is consumed as it runs, so all that is made of it runs together. Where results are awaited one statement after
the other, with nothing but results between them, what the later ones await is declared with the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from motetc.frontend.live import LiveReader
from motetc.frontend.parallel import pairs_of
from motetc.frontend.scope import names_of
from motetc.frontend.tree import children

# Compound statements that evaluate one expression once, before all else, and where it is.
HEADS: dict[type, str] = {cst.If: "test", cst.For: "iter", cst.Match: "subject"}


def following(
    reader: LiveReader, node: cst.CSTNode, behind: Sequence[cst.CSTNode]
) -> Iterator[tuple[cst.Await, str]]:
    """What can be awaited with `node`, in order, and the name that it is bound to as it stands, or "".

    None of it may read what is bound from `node` on.
    """
    if _calls(node, list(reader.collected(node))):
        return
    seen = names_of(node)
    known = seen.binds | seen.reads
    bound = seen.binds
    for statement in behind:
        head = _head(statement)
        awaited = list(reader.collected(head)) if head is not None else []
        if head is None or not awaited or any(names_of(x).reads & bound for x in awaited):
            return
        for each in awaited:
            name = _target(head, each)
            yield each, "" if name in known else name
        if not isinstance(head, cst.BaseSmallStatement) or _calls(head, awaited):
            return
        seen = names_of(head)
        bound, known = bound | seen.binds, known | seen.binds | seen.reads


def _small(statement: cst.CSTNode) -> cst.BaseSmallStatement | None:
    lines = statement.body if isinstance(statement, cst.SimpleStatementLine) else ()
    return lines[0] if len(lines) == 1 else None


def _head(statement: cst.CSTNode) -> cst.CSTNode | None:
    """What of a statement is evaluated once, before all else of it."""
    where = HEADS.get(type(statement), "")
    return getattr(statement, where) if where else _small(statement)


def _target(head: cst.CSTNode, awaited: cst.Await) -> str:
    """The name that a statement binds to a result as it is, alone or beside others."""
    if not isinstance(head, cst.Assign) or len(head.targets) > 1:
        return ""
    pairs = pairs_of(head) or [(head.value, head.targets[0].target)]
    target = next((t for v, t in pairs if v is awaited), None)
    return target.value if isinstance(target, cst.Name) else ""


def _calls(node: cst.CSTNode, awaited: Sequence[cst.Await]) -> bool:
    """Whether a statement does anything else than await results and make something of them."""
    if any(node is x for x in awaited):
        return False
    if isinstance(node, (cst.Call, cst.Await, cst.AugAssign, cst.Return)):
        return True
    return any(_calls(child, awaited) for child in children(node))
