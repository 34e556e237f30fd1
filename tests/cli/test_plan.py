from __future__ import annotations

import json

from cli.projects import BUY
from motetc.review.mermaid import plan_mermaid
from motetc.review.plan import plan_json, plan_text


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
