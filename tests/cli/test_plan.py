from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from cli.projects import BUY, write_files
from motetc.build import compile_built
from motetc.config import load_config
from motetc.ir.summary import ChannelSummary, ChoreographySummary, RoleSummary
from motetc.review.mermaid import plan_mermaid
from motetc.review.plan import messages, plan_json, plan_text


def test_the_plan_in_words():
    assert plan_text([BUY]) == (
        "shop:buy  (shop.py:3)\n"
        "  locations  buyer: Buyer, seller: Seller\n"
        "  arguments  title at Buyer\n"
        "  results    Buyer\n"
        "  messages\n"
        "    wanted  buyer -> seller  str   line 4  1 message\n"
        "    ship    seller -> buyer  date  line 5  once if affordable\n"
        "  knows\n"
        "    wanted  line 4  seller\n"
        "  left open\n"
        "    line 7  whichever comes first"
    )


def test_the_plan_as_json_is_complete():
    (plan,) = json.loads(plan_json([BUY]))["choreographies"]
    assert plan["choreography"] == "shop:buy"
    assert plan["locations"][1] == {
        "name": "seller",
        "location": "Seller",
        "folder": "seller",
        "cluster": False,
    }
    assert plan["arguments"] == {"title": ["Buyer"]}
    assert plan["channels"][1] == {
        "name": "ship",
        "from": "seller",
        "to": "buyer",
        "type": "date",
        "operation": "send",
        "line": 5,
        "count": None,
        "each": "1",
        "note": "once if affordable",
    }


def test_the_plan_as_a_diagram():
    assert plan_mermaid([BUY]) == (
        "sequenceDiagram\n"
        "    participant buyer\n"
        "    participant seller\n"
        "    buyer->>seller: wanted: str\n"
        "    seller->>buyer: ship: date (once if affordable)"
    )


LOCATIONS = """
    from motet import At, Cluster, Process, choreography, nondet


    class A(Process):
        def more(self) -> bool:
            return False


    class B(Process):
        pass


    class W(Cluster):
        pass


    class V(Cluster):
        pass


    @choreography
    async def main(a: A, b: B, w: W, v: V, n: At[int, A | B | W | V]) -> None:
"""


@pytest.fixture
def planned(tmp_path: Path, shared_cache: Path) -> ChoreographySummary:
    """A summary of a choreography with every kind of choice and of operation."""
    body = """
        for _ in range(3):
            await a.send("loop", to=b)
        for i in [1, 2]:
            for j in range(1, 8, 2):
                await a.send(i * j, to=b)
        else:
            await a.send("after", to=b)
        for k in (1, *(2, 3)):
            await a.send(k, to=b)
        while await a.share(a.more(), to=b):
            await a.send("again", to=b)
        for q in range(2):
            if q == n:
                break
            await a.send(q, to=b)
        again = 0 < n < await a.send(n, to=b)
        await a.share("all", to=w)
        await w[0].share("the others", to=w)
        await w.gather("each", to=a)
        await w.gather("some", to=a, at_least=1, why=nondet("one is as good as another"))
        await w.gather("to its own", to=w[1])
        await w.gather("cross", to=v)
        await w[0].send("one", to=w[1])
        for _ in range(2):
            await w.all_gather("mesh")
        most = await w.all_reduce(w.me.index, max)
        await w.shift("around")
        await w.shift("along", wrap=False)
        await w.shift("back", -1)
        await w.shift("far", by=3)
        for one in w.each():
            await one.send("session", to=a)
            await a.share("session", to=v)
        match n:
            case 1:
                await a.send("case", to=b)
            case 2:
                return
        await a.send("perhaps", to=b)
    """
    program = dedent(LOCATIONS) + dedent(body).replace("\n", "\n    ")
    root = write_files(tmp_path / "project", {"main.py": program})
    (root / ".motet_cache").symlink_to(shared_cache)
    compilation = compile_built(load_config(root)).compilation
    assert not compilation.diagnostics, compilation.diagnostics
    return compilation.choreographies[0]


def test_messages_are_counted_where_the_text_says_how_many(
    planned: ChoreographySummary,
):
    said = [f"{c.sender} {c.receiver} {c.operation}: {messages(c)}" for c in planned.channels]
    assert said == [
        "a b send: 3 messages",
        "a b send: 8 messages",
        "a b send: 1 message",
        "a b send: varies",
        "a b share: varies",
        "a b send: varies",
        "a b send: varies",
        "a b send: varies",
        "a w share: n messages",
        "w[0] w share: n-1 messages",
        "w a gather: n messages",
        "w a gather: n messages, one is as good as another",
        "w w[1] gather: n-1 messages",
        "w v gather: n*m messages",
        "w[0] w[1] send: 1 message",
        "w w all_gather: 2 times n(n-1) messages",
        "w w all_reduce: 2(n-1) messages",
        "w w shift: n messages",
        "w w shift: up to n messages",
        "w w shift: n messages",
        "w w shift: up to n messages",
        "one a send: n messages",
        "a v share: n*m messages",
        "a b send: varies",
        "a b send: varies",
    ]


def test_a_diagram_is_between_participants_whichever_member_it_is():
    channel = ChannelSummary("x", "a", "ws[(i + 1) % n]", "int", "send", 3, None, "", "1")
    roles = (RoleSummary("a", "A", "a", False), RoleSummary("ws", "W", "w", True))
    drawn = plan_mermaid([replace(BUY, roles=roles, channels=(channel,))])
    assert drawn.endswith("\n    a->>ws: x: int to ws[(i + 1) % n] (varies)")


def test_a_diagram_says_how_many_messages_a_cluster_takes(planned: ChoreographySummary):
    drawn = plan_mermaid([planned])
    assert "str (2 times n(n-1))\n" in drawn
