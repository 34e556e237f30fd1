"""What a binding costs: it is about the names that its own name picks members for, and about no others."""

from __future__ import annotations

import pytest
from motetc.diagnostics.model import Span
from motetc.ir.place import NOWHERE, Place, at, member
from motetc.passes.environment import Binding, Environment, join

_HERE = Span("shop.py", 1, 1, 1, 2)


def _bound(env: Environment, name: str, place: Place) -> Environment:
    return env.bind(name, Binding(place, _HERE))


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names for which some place was looked through."""
    asked: list[str] = []
    original = Place.without

    def without(self: Place, name: str) -> Place:
        asked.append(name)
        return original(self, name)

    monkeypatch.setattr(Place, "without", without)
    return asked


def test_a_binding_leaves_all_others_alone(looked_at: list[str]) -> None:
    env = Environment()
    for number in range(100):
        before, env = env, _bound(env, f"v{number}", at("seller"))
        assert all(env.names[name] is known for name, known in before.names.items())
    assert looked_at == []


def test_only_what_a_member_knows_is_looked_at(looked_at: list[str]) -> None:
    env = _bound(_bound(Environment(), "i", at("leader")), "x", at("workers", member("i")))
    for number in range(10):
        env = _bound(env, f"v{number}", at("leader"))
    assert len(looked_at) == 10
    assert env.names["x"].place == at("workers", member("i"))
    assert _bound(env, "i", at("leader")).names["x"].place == NOWHERE


def test_members_are_forgotten_after_a_choice_and_a_deletion_too() -> None:
    env = _bound(_bound(Environment(), "i", at("leader")), "x", at("workers", member("i")))
    met = join(env, (_bound(env, "y", at("leader")), env), at("leader"))
    assert _bound(met, "i", at("leader")).names["x"].place == NOWHERE
    left = env.without({"i"})
    assert _bound(left, "i", at("leader")).names["x"].place == NOWHERE
    assert "x" not in env.without({"x"}).names
