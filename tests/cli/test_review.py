from __future__ import annotations

import json
from dataclasses import replace

from cli.projects import BUY
from motetc.ir.summary import ReasonSummary
from motetc.review.nondeterminism import review_json, review_markdown, review_text, with_called

TALLY = replace(
    BUY,
    key="shop:tally",
    reasons=(
        ReasonSummary("proof", "fold: commutative", 5, 9, ("buyer",), "addition"),
        ReasonSummary(
            "nondet", "sample_every", 6, 9, ("buyer",), "the caller's reason, `why`", "why"
        ),
    ),
)
MAIN = replace(
    BUY,
    key="shop:main",
    reasons=(
        ReasonSummary(
            "nondet",
            "tally(why=…)",
            9,
            5,
            ("buyer", "seller"),
            "a | b",
            callee="shop:tally",
            passed="why",
        ),
    ),
)


def test_the_review_in_words_says_whose_reason_it_is():
    assert review_text([TALLY], [TALLY, MAIN]) == (
        "shop:tally  (shop.py:3)\n"
        "  left open\n"
        "    line 6  sample_every  at buyer  the caller's reason, `why`\n"
        "      shop.py:9 says: a | b\n"
        "  taken on trust\n"
        "    line 5  fold: commutative  at buyer  addition\n"
        "\n"
        "1 point left open, 1 proof taken on trust"
    )


def test_the_review_says_which_pipeline_a_point_is_from():
    point = ReasonSummary("nondet", "tick.batch", 7, 5, ("buyer",), "a set", pipeline="sets.py:12")
    summary = replace(BUY, key="shop:sets", reasons=(point,))
    assert "    line 7 (sets.py:12)  tick.batch  at buyer  a set\n" in review_text([summary], [])
    assert "| shop.py:7 (sets.py:12) |" in review_markdown([summary], [])
    assert json.loads(review_json([summary], []))["points"][0]["pipeline"] == "sets.py:12"


def test_the_review_as_a_page():
    page = review_markdown([TALLY, MAIN], [TALLY, MAIN])
    assert page.startswith(
        "# What is left open, and what is taken on trust\n\n2 points left open, 1 proof"
    )
    assert "| ☐ | shop.py:5 | `fold: commutative` (proof) | buyer | addition |" in page
    assert "| ☐ | shop.py:9 | `tally(why=…)` | buyer, seller | a \\| b |" in page


def test_the_review_as_json_is_complete():
    points = json.loads(review_json([TALLY], [TALLY, MAIN]))["points"]
    assert points[1] == {
        "kind": "nondet",
        "choreography": "shop:tally",
        "path": "shop.py",
        "line": 6,
        "column": 9,
        "what": "sample_every",
        "places": ["buyer"],
        "reason": "the caller's reason, `why`",
        "parameter": "why",
        "callers": [{"path": "shop.py", "line": 9, "reason": "a | b"}],
    }


def test_a_program_that_leaves_nothing_open():
    assert review_text([BUY], [BUY]) == "no points left open, no proofs taken on trust"


def test_what_a_choreography_calls_leaves_open_it_leaves_open_too():
    outer = replace(BUY, key="shop:outer", calls=("shop:main",))
    inner = replace(MAIN, calls=("shop:tally", "shop:main"))
    project = [TALLY, replace(BUY, key="shop:other"), inner, outer]
    assert with_called("shop:outer", project) == (TALLY, inner, outer)
    assert with_called("shop:tally", project) == (TALLY,)
