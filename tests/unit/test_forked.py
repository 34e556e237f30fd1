"""Work in a copy of the process: its answer or none, and never a second of anything else.

Each test runs in a process of its own: that of the tests has threads, and is not forked.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="there is no processor for a copy",
)


def _run(body: str) -> str:
    script = f"import os, sys, threading\nfrom motetc.forked import Forked\n{body}"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout


def test_what_the_function_returns_comes_back() -> None:
    assert "(3, True)" in _run("k = [1, 2]\nprint(Forked(lambda: (sum(k), True)).result())")
    assert "True" in _run("print(Forked(os.getpid).result() not in (None, os.getpid()))")


def test_a_failure_is_no_answer_and_no_noise() -> None:
    assert _run("print(Forked(lambda: 1 // 0).result())") == "None\n"
    assert _run("print(Forked(lambda: os._exit(3)).result())") == "None\n"
    assert _run("print(Forked(lambda: lambda: 1).result())") == "None\n"  # cannot be pickled


def test_what_was_to_be_printed_is_printed_once() -> None:
    assert _run("sys.stdout.write('once ')\nprint(Forked(lambda: 1).result())") == "once 1\n"


def test_nobody_has_to_wait() -> None:
    body = "f = Forked(threading.Event().wait)\nf.stop()\nf.stop()\nprint(f.result())"
    assert _run(body) == "None\n"


def test_a_process_with_threads_is_not_copied() -> None:
    body = """
stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
print(Forked(os.getpid).result())
stop.set()
"""
    assert _run(body) == "None\n"


def test_a_copy_that_stays_is_told_more_and_answers_once_more() -> None:
    body = """
made = []
f = Forked(lambda: made.append(3), lambda said: (made, said))
print(f.result(), f.is_there())
f.tell("more")
print(f.answer(), f.is_there(), made, f.answer())
"""
    assert _run(body) == "None True\n([3], 'more') False [] None\n"


def test_a_copy_that_is_told_nothing_ends() -> None:
    body = """
f = Forked(lambda: 1, lambda said: said)
print(f.result())
f.stop()
print(f.is_there(), f.answer())
g = Forked(lambda: 1 // 0, lambda said: said)
print(g.result())
g.tell(0)
print(g.answer())
h = Forked(lambda: 1, lambda said: 1 // said)
print(h.result())
h.tell(0)
print(h.answer())
"""
    assert _run(body) == "1\nFalse None\nNone\nNone\n1\nNone\n"
