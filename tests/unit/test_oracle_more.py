"""More modules for a mypy in memory: it says what a run of its own says, or that it cannot say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from motetc.frontend.oracle_more import check_more
from motetc.frontend.oracle_request import SourceFile, make_request
from motetc.frontend.oracle_run import Checked, run_mypy

SOURCE = """
from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    title: str
    amount: int


def price(order: Order) -> int:
    return order.amount * 2
"""
SOUND = """
import string
from asyncio import Queue
from shop import Order, price


async def cents(queue: Queue[Order]) -> int:
    return price(await queue.get()) + len(string.digits)
"""
UNSOUND = SOUND.replace("-> int", "-> str")
STRICT = "\n# mypy: disallow-untyped-defs"


@pytest.fixture
def cache(shared_cache: Path) -> Path:
    return shared_cache / "oracle-more"


def run(root: Path, cache: Path, **texts: str) -> Checked:
    request = make_request(_files(root, texts), [root])
    return run_mypy(request, cache, frozenset(texts))


def more(
    checked: Checked, root: Path, fresh: frozenset[str] = frozenset(), **texts: str
) -> list[str] | None:
    return check_more(checked, make_request(_files(root, texts), [root], texts), fresh)


def _files(root: Path, texts: dict[str, str]) -> list[SourceFile]:
    for name, text in texts.items():
        (root / f"{name}.py").write_text(text)
    return [SourceFile(root / f"{name}.py", name, text) for name, text in texts.items()]


def told(messages: list[str] | None) -> list[tuple[str, int, str]]:
    found = [json.loads(message) for message in messages or ()]
    return [(Path(m["file"]).name, m["line"], m["code"]) for m in found]


@pytest.mark.parametrize("everything", [True, False])
def test_sound_modules_have_no_messages(tmp_path: Path, cache: Path, everything: bool) -> None:
    checked = run(tmp_path, cache, shop=SOURCE)
    fresh = frozenset({"seller"} if everything else ())
    assert more(checked, tmp_path, fresh, seller=SOUND) == []


def test_the_messages_are_those_of_a_run_of_its_own(tmp_path: Path, cache: Path) -> None:
    texts = {
        "seller": UNSOUND,
        "buyer": f"import seller\ndef f(): ...\nx: int = seller.y\n{STRICT}",
    }
    found = more(run(tmp_path, cache, shop=SOURCE), tmp_path, **texts)
    assert told(found) == [
        ("seller.py", 8, "return-value"),
        ("buyer.py", 2, "no-untyped-def"),
        ("buyer.py", 3, "attr-defined"),
    ]
    assert found == run(tmp_path, cache, **texts).messages


def test_mypy_looks_into_the_functions_of_the_program_alone(tmp_path: Path, cache: Path) -> None:
    result = run(tmp_path, cache, shop=f"import string\n{SOURCE}").result
    assert result is not None
    looked = {name for name, state in result.graph.items() if state.options.preserve_asts}
    assert looked == {"shop"}


def test_what_was_kept_of_the_modules_serves_a_later_run(tmp_path: Path, cache: Path) -> None:
    assert more(run(tmp_path, cache, shop=SOURCE), tmp_path, seller=SOUND) == []
    request = make_request(_files(tmp_path, {"seller": SOUND}), [tmp_path], ["seller"])
    result = run_mypy(request, cache, frozenset()).result
    assert result is not None
    assert result.manager.rechecked_modules == set()
    assert more(run(tmp_path, cache, shop=SOURCE), tmp_path, seller=SOUND) == []


def test_a_change_in_the_sources_is_seen_in_what_was_kept(tmp_path: Path, cache: Path) -> None:
    assert more(run(tmp_path, cache, shop=SOURCE), tmp_path, seller=SOUND) == []
    changed = SOURCE.replace("-> int:\n    return order.amount * 2", '-> str:\n    return ""')
    found = more(run(tmp_path, cache, shop=changed), tmp_path, seller=SOUND)
    assert told(found) == [("seller.py", 8, "operator")]


def test_what_mypy_cannot_read_is_for_a_run_of_its_own(tmp_path: Path, cache: Path) -> None:
    assert more(run(tmp_path, cache, shop=SOURCE), tmp_path, seller="def f(:\n") is None


def test_what_the_first_modules_import_is_for_a_run_of_its_own(tmp_path: Path, cache: Path) -> None:
    checked = run(tmp_path, cache, shop=f"import seller\n{SOURCE}")
    assert more(checked, tmp_path, seller=SOUND) is None
    again = run(tmp_path, cache, shop=f"import seller\n{SOURCE}")
    assert more(again, tmp_path, seller=SOUND) is None  # is there by now, and was found


def test_without_a_first_result_there_is_none(tmp_path: Path, cache: Path) -> None:
    assert more(run(tmp_path, cache, shop="def f(:\n"), tmp_path, seller=SOUND) is None
