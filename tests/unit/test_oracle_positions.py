"""Every expression has its type at the very span that LibCST gives it."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from motetc.frontend.types import SourceFile, TypeFacts, ask

CORPUS = '''\
from __future__ import annotations
from typing import Any
import contextlib
@contextlib.contextmanager
def h(a: int, b: str = ("x"), *c: int, d: float = 1.0, **e: str):
    yield (a), (b)
async def k(x: int) -> list[int]:
    return [x]
async def main(xs: list[int], o: dict[str, int] | None, subj: object) -> None:
    y = ( # comment
        (1, 2), # c2
        3 ,  # c3
    )
    g = sum(i for i in xs) + sum((  j for j in xs if (j)  ))
    g2 = ( # c
       i for i in (xs) # d
    )
    f"é {await k(1)} {xs!r:>{len(xs)}} {o['a'] if o else 3}" f"tail {(xs)[0]}"
    ff = f"""
é {xs[0] + 1} 😀 {xs} {xs}
  {await k(2)}
"""
    a, *b = xs
    (p, q), [r, s] = (1, 2), (3, 4)
    z = o and o["a"] and xs[0] or (xs) or None
    zz = o is not None and (o["a"]) > 1 and (((xs[0]) < 3)) and "x"
    w = xs[1:2], xs[::2], xs[-1], (), ( ), (1,), ((1, 2)),
    if (n := len(xs)) > 3 and (await k(n))[0]:
        print(n, (await k(1)), *xs, **{"sep": ""})
    match subj:
        case {"a": int() as ia, **rest}: print(ia, rest)
        case [first, *others] if first: print(first, others)
        case (1 | 2) as num: print(num)
        case str(real=u): pass
        case _: pass
    async for t in agen(): print(t)
    with h(1) as tm, (h(2)) as (t1, t2): print(tm)
    try: pass
    except (ValueError, TypeError) as err: print(err)
    l = lambda u, v=1: u + v
    xs[0] += 1; o = {}; o["é"] = (y[1])
    d = {**(o or {}), "é": 1}; dd = {i: j for i, j in d.items() if j}
    st = {1, 2}; ss = {(x, y2) for x in xs for y2 in xs}
    e = 1 < 2 < 3; e2 = not (e); e3 = -(1) ** (2); e4 = 1 if e else (2)
    s2 = "a" 'b' "é"; s3 = """x
    """ ; t2 = 1,
    x: Any = ((y)[1])
    return None
async def agen():
    yield 1
class C(dict[str, int], metaclass=type):
\ta: int = 1
\tdef m(self, q):\treturn self.a, super().__init__, q
\t@property
\tdef pr(self) -> int: return (1)
def gen(c: C):
    r = yield c.pr, 1
    c.a, c.a = 1, 2
    for c.a in range(3): ...
    yield from gen(c)
    assert c, "é"
    raise ValueError(c) from None
'''
# Names of modules, functions of mypy's own, and pieces of an implicit concatenation have no type of their own.
UNTYPED = {
    "contextlib",
    "property",
    "super",
    "super()",
    "a, *b",
    "*b",
    '"a"',
    "'b'",
    '"é"',
    "'b' \"é\"",
}
UNTYPED |= {"f\"é {await k(1)} {xs!r:>{len(xs)}} {o['a'] if o else 3}\"", 'f"tail {(xs)[0]}"'}


class Asker(cst.CSTVisitor):
    """Asks for every expression that has a value, and keeps those without an answer."""

    def __init__(self, facts: TypeFacts, wrapper: MetadataWrapper) -> None:
        super().__init__()
        self.facts = facts
        self.module = wrapper.module
        self.positions = wrapper.resolve(PositionProvider)
        self.asked = 0
        self.missing: set[str] = set()

    def visit_Annotation(self, node: cst.Annotation) -> bool:
        return False

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        self.ask(node)
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:
        node.value.visit(self)
        return False

    def visit_MatchKeywordElement(self, node: cst.MatchKeywordElement) -> bool:
        node.pattern.visit(self)
        return False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        for part in (*node.decorators, node.params, node.body):
            part.visit(self)
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        node.body.visit(self)
        return False

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.BaseExpression) and not isinstance(node, cst.Attribute):
            self.ask(node)
        return super().on_visit(node)

    def ask(self, node: cst.CSTNode) -> None:
        self.asked += 1
        place = self.positions[node]
        assert isinstance(place, CodeRange)
        start, end = place.start, place.end
        if self.facts.type_of("corpus", start.line, start.column, end.line, end.column) is None:
            self.missing.add(self.module.code_for_node(node))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_expression_of_the_corpus(shared_cache: Path, newline: str) -> None:
    text = CORPUS.replace("\n", newline)
    file = SourceFile(Path("/corpus/corpus.py"), "corpus", text)
    facts = ask([file], cache_dir=shared_cache / "oracle", search=[Path("/corpus")])
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    asker = Asker(facts, wrapper)
    wrapper.module.visit(asker)
    assert asker.asked > 300
    assert {name.strip() for name in asker.missing} <= UNTYPED
