"""A copy of a mypy that has read our stubs says of a project what a run from the beginning says, and knows no other."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from motetc.build import Built, compile_built
from motetc.check.layers import Generated, checking
from motetc.config import load_config
from mypys import Mypys

SHOP = """
from __future__ import annotations

from motet import At, Process, choreography


class Buyer(Process): ...


class Seller(Process):
    def price(self, title: str) -> int:
        return len(title)


@choreography
async def buy(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> At[int, Buyer]:
    wanted = await buyer.send(title, to=seller)
    return await seller.send(seller.price(wanted), to=buyer)
"""
WRONG = ("send(seller.price(wanted))", "send(wanted)")


@pytest.fixture
def root(tmp_path: Path, shared_cache: Path) -> Path:
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    return tmp_path


def put(root: Path, **sources: str) -> None:
    for name, text in sources.items():
        (root / f"{name}.py").write_text(text)


def findings(built: Built) -> list[tuple[str, str, int]]:
    return [(f.message, f.code, f.span.line) for f in built.compilation.diagnostics]


@pytest.mark.parametrize(("old", "new", "clean"), [("", "", True), (*WRONG, False)])
def test_a_generated_module_that_is_wrong_is_found(
    root: Path, mypys: Mypys, old: str, new: str, clean: bool
) -> None:
    put(root, shop=SHOP)
    with mypys.kept() as kept:
        built = compile_built(load_config(root), kept=kept)
        files = [replace(file, text=file.text.replace(old, new)) for file in built.files]
        generated = Generated(built.config, files, {})
        with checking(generated, kept.ahead) as check:
            assert check.is_clean() == clean
            found = check.findings()
    assert [(f.code, f.span.line) for f in found] == ([] if clean else [("wire-mismatch", 18)])


def test_what_is_wrong_in_a_source_is_found(root: Path, mypys: Mypys) -> None:
    put(root, shop=SHOP.replace("len(title)", "title").replace("(wanted)", "(wanted, 1)"))
    with mypys.kept() as kept:
        copied = compile_built(load_config(root), kept=kept)
        assert kept.ahead is not None
        assert kept.ahead.is_there()
    assert [code for _, code, _ in findings(copied)] == ["return-value", "call-arg"]
    shutil.rmtree(root / "generated", ignore_errors=True)
    for stale in (root / ".motet_cache").glob("*.types"):
        stale.unlink()
    assert findings(copied) == findings(compile_built(load_config(root)))


def test_no_project_is_known_to_the_next(tmp_path: Path, shared_cache: Path, mypys: Mypys) -> None:
    asking = SHOP.replace("from motet", "from prices import Price\nfrom motet", 1)
    asking = asking.replace("len(title)", "Price().cents")
    told = []
    for number, name in enumerate(("cents", "euros", "cents")):
        root = tmp_path / str(number)
        root.mkdir()
        (root / ".motet_cache").symlink_to(shared_cache)
        put(root, shop=asking, prices=f"class Price:\n    {name}: int = 1\n")
        with mypys.kept() as kept:
            found = findings(compile_built(load_config(root), kept=kept))
        told.append([code for _, code, _ in found])
    assert told == [[], ["attr-defined"], []]


def test_one_project_may_ask_nothing_and_the_next_is_answered(root: Path, mypys: Mypys) -> None:
    put(root, shop=SHOP)
    with mypys.kept() as kept:
        kept.begin([], cache_dir=root / ".motet_cache", search=[root]).stop()
        assert not findings(compile_built(load_config(root), kept=kept))
