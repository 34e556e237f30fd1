"""Exceptions of any kind end a choreography in one way: everybody hears of them, by name and with what they say."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from motet.errors import MESSAGE, UnsendableValue, text_of
from motet.failure import Failure, attempt
from motet.hosting.elements import element_of
from motet.hosting.manifests import Manifest
from motet.hosting.tracebacks import format_error, source_line
from motet.wire import Inbox, Outbox
from runtime.harness import Bare, channel, run

X = channel("x")


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("it has no text")


@dataclass(frozen=True)
class Frozen(Exception):
    number: int


ODD: list[tuple[BaseException, str]] = [
    (Mute(), "Mute: <exception str() failed>"),
    (ValueError("bad \udcff text"), r"ValueError: bad \udcff text"),
    (ValueError("x" * 40_000_000), f"ValueError: {'x' * MESSAGE}… (40000000 characters)"),
    (ValueError(), "ValueError"),
    (Frozen(3), "Frozen: 3"),
    (SystemExit(3), "SystemExit: 3"),
    (KeyboardInterrupt(), "KeyboardInterrupt"),
    (asyncio.CancelledError("mine"), "CancelledError: mine"),
    (GeneratorExit("gone"), "GeneratorExit: gone"),
    (
        BaseExceptionGroup("all", [SystemExit(1), Mute()]),
        "BaseExceptionGroup: all (2 sub-exceptions)",
    ),
]


async def listen(net: Bare) -> None:
    await Inbox(net.site, X, net.leader).recv()


def raising(error: BaseException, beside: bool) -> Callable[[Bare], Awaitable[Any]]:
    async def fail(net: Bare) -> None:
        async def part() -> None:
            raise error

        await (net.concurrently(part(), listen_to_helper(net)) if beside else part())

    return fail


async def listen_to_helper(net: Bare) -> None:
    await Inbox(net.site, X, net.helper).recv()


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "concurrently"])
@pytest.mark.parametrize("way", ["memory", "sockets"])
@pytest.mark.parametrize(("error", "said"), ODD, ids=[type(e).__name__ for e, _ in ODD])
def test_peers_hear_of_it(
    error: BaseException, said: str, way: str, beside: bool, tmp_path: Path
) -> None:
    done = run(way, {"leader": raising(error, beside), "helper": listen}, folder=tmp_path)
    errors = {str(node): found for node, found in done.errors.items()}
    assert str(errors["Helper"]) == f"Leader aborted: {said}"
    assert type(errors["Leader"]) is type(error)


@pytest.mark.parametrize("error", [SystemExit(3), asyncio.CancelledError("mine"), ValueError("no")])
def test_a_simulated_node_fails_with_it(error: BaseException) -> None:
    done = run("scheduler", {"leader": raising(error, beside=False), "helper": listen})
    errors = {str(node): str(found) for node, found in done.errors.items()}
    assert errors["Helper"] == f"Leader aborted: {type(error).__name__}: {error}"


@pytest.mark.parametrize("seconds", [0, 0.01])
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "concurrently"])
def test_a_simulated_node_that_uses_asyncio_is_told_what_to_do(
    seconds: float, beside: bool
) -> None:
    async def wait(net: Bare) -> None:
        if beside:
            await net.concurrently(asyncio.sleep(seconds), listen_to_helper(net))
        await asyncio.sleep(seconds)

    done = run("scheduler", {"leader": wait, "helper": listen})
    [error] = [found for node, found in done.errors.items() if str(node) == "Leader"]
    assert "asyncio" in str(error)
    assert "Give the part a subclass of the location whose methods do without" in str(error)


def test_a_failure_says_what_can_be_sent() -> None:
    def fail(error: Exception) -> None:
        raise error

    async def tried() -> list[object]:
        return [
            await attempt(fail, error)
            for error in (Mute(), ValueError("\udcff"), ValueError("x" * 99_999))
        ]

    assert asyncio.run(tried()) == [
        Failure("Mute", "<exception str() failed>"),
        Failure("ValueError", r"\udcff"),
        Failure("ValueError", f"{'x' * MESSAGE}… (99999 characters)"),
    ]


def test_an_encoder_may_raise_anything() -> None:
    async def speak(net: Bare) -> None:
        def encode(value: object) -> object:
            raise Mute

        await Outbox(net.site, type(X)("x", encode, lambda data: data), net.helper).send(1)

    done = run("memory", {"leader": speak, "helper": listen})
    assert {str(node): str(error) for node, error in done.errors.items()} == {
        "Leader": "cannot send on channel 'x': <exception str() failed>",
        "Helper": "Leader aborted: UnsendableValue: cannot send on channel 'x': <exception str() failed>",
    }
    assert text_of(UnsendableValue.of("x", Mute())).endswith("<exception str() failed>")


def tree(folder: Path, code: str) -> tuple[Manifest, dict[str, Any]]:
    """A generated module whose every line is that of the source."""
    (folder / "shop.py").write_text(code)
    count = len(code.splitlines())
    entry = {"sources": ["src/shop.py"], "map": f"1-{count}=1-{count}c"}
    names: dict[str, Any] = {}
    exec(compile(code, str(folder / "shop.py"), "exec"), names)
    return Manifest(folder, {"files": {"shop.py": entry}}), names


def test_a_thousand_frames_are_looked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "def deep(n):\n    return deep(n + 1)\ndef work():\n    for word in ['a']:\n        deep(0)\n"
    manifest, names = tree(tmp_path, code)
    with pytest.raises(RecursionError) as raised:
        names["work"]()
    parsed: list[str] = []
    parse = ast.parse
    monkeypatch.setattr(ast, "parse", lambda text: parsed.append(text) or parse(text))
    assert element_of(raised.value, manifest) == "word = 'a'"
    assert len(parsed) == 2  # for the two lines that the frames are at
    assert source_line(raised.value, manifest) == "src/shop.py:2"


def test_chains_of_any_length_are_told(tmp_path: Path) -> None:
    manifest, names = tree(tmp_path, "def fail(n):\n    raise KeyError(n)\n")
    error: BaseException = ValueError("first")
    for number in range(5000):
        try:
            raise ValueError(number) from error
        except ValueError as found:
            error = found
    with pytest.raises(KeyError) as raised:
        names["fail"](1)
    raised.value.__cause__ = error
    assert format_error(raised.value, manifest).rstrip().endswith("KeyError: 1")


def test_the_line_is_that_of_the_cause_if_the_error_has_none(tmp_path: Path) -> None:
    manifest, names = tree(tmp_path, "async def work():\n    raise StopIteration(7)\n")
    with pytest.raises(RuntimeError) as raised:
        names["work"]().send(None)
    raised.value.__traceback__ = None  # it was raised by whoever ran the coroutine
    assert source_line(raised.value, manifest) == "src/shop.py:2"
