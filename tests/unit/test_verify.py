"""A pass that goes wrong is told by the verifier, before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from motetc import analysis, pipeline
from motetc.build import compile_project
from motetc.config import load_config
from motetc.ir.pieces import Line, Projection, Touch
from motetc.ir.verify import BrokenProgram

SHOP = """
from motet import At, Process, choreography


class Buyer(Process):
    def hope(self) -> str:
        return "TAPL"


class Seller(Process):
    def price(self, title: str) -> int:
        return len(title)


@choreography
async def buy(buyer: Buyer, seller: Seller) -> At[int, Buyer]:
    wanted = await buyer.send(buyer.hope(), to=seller)
    with seller:
        print(wanted)
    price = await seller.send(seller.price(wanted), to=buyer)
    return price
"""


@pytest.fixture
def project(tmp_path: Path, shared_cache: Path) -> Path:
    (tmp_path / "shop.py").write_text(SHOP)
    return tmp_path


def wrap(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, spoil: Callable[[Any], Any]
) -> None:
    """What a pass gives, spoilt."""
    real = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given, **more: spoil(real(*given, **more)))


def place(spoil: Callable[[Any], Any]) -> tuple[Any, str, Callable[[Any], Any]]:
    def spoilt(facts: Any) -> Any:
        spoil(facts)
        return facts

    return analysis, "find_places", spoilt


def pieces(role: str, spoil: Callable[[Projection], Projection]) -> tuple[Any, str, Any]:
    def spoilt(result: Any) -> Any:
        projections, *rest = result
        return {**projections, role: spoil(projections[role])}, *rest

    return analysis, "project_mended", spoilt


def without(index: int) -> Callable[[Projection], Projection]:
    return lambda own: replace(own, pieces=own.pieces[:index] + own.pieces[index + 1 :])


def turned(own: Projection) -> Projection:
    """The first message goes the other way."""
    line = own.pieces[0]
    assert isinstance(line, Line)
    (touch,) = line.touches
    other = Touch(touch.uid, "receive" if touch.side == "send" else "send", touch.peer)
    return replace(own, pieces=(replace(line, touches=(other,)), *own.pieces[1:]))


def both_turned(result: Any) -> Any:
    projections, *rest = result
    return {role: turned(own) for role, own in projections.items()}, *rest


def names(spoil: Callable[[dict[int, str]], dict[int, str]]) -> tuple[Any, str, Any]:
    return analysis, "name_channels", lambda result: (spoil(dict(result[0])), *result[1:])


BROKEN = {
    "an operation without a place": (place(lambda f: f.op_place.popitem()), "has no place"),
    "a message without a type": (place(lambda f: f.payload.popitem()), "has no payload type"),
    "an expression without a place": (place(lambda f: f.root_place.clear()), "has no place"),
    "nobody receives": (pieces("seller", without(0)), "has ends {'send'}"),
    "nobody sends": (pieces("buyer", without(0)), "has ends {'receive'}"),
    "a statement is lost": (pieces("seller", without(1)), "runs nowhere"),
    "one end is turned": (pieces("seller", turned), "seller has the wrong end"),
    "both ends are turned": ((analysis, "project_mended", both_turned), "has the wrong end"),
    "two channels of one name": (names(lambda n: dict.fromkeys(n, "x")), "both called 'x'"),
    "a channel without a name": (names(lambda n: {}), "is called ''"),
    "a name that nets have": (names(lambda n: {**n, 0: "site"}), "is called 'site'"),
}


def test_what_is_not_spoilt_is_fine(project: Path) -> None:
    assert compile_project(load_config(project)).modules


@pytest.mark.parametrize("broken", BROKEN)
def test_a_pass_that_goes_wrong(
    broken: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (module, name, spoil), told = BROKEN[broken]
    wrap(monkeypatch, module, name, spoil)
    with pytest.raises(BrokenProgram, match=told):
        compile_project(load_config(project))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda c: c.body.append(c.body[0]), "appears twice"),
        (lambda c: c.roles.pop(), "between unknown roles"),
    ],
)
def test_lowering_that_goes_wrong(
    spoil: Callable[[Any], Any], told: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pipeline.verify

    def spoilt(choreographies: Any) -> None:
        (choreography,) = choreographies
        whole = replace(choreography, roles=list(choreography.roles), body=list(choreography.body))
        spoil(whole)
        real([whole])

    monkeypatch.setattr(pipeline, "verify", spoilt)
    with pytest.raises(BrokenProgram, match=told):
        compile_project(load_config(project))
