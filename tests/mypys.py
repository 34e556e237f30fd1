"""mypy, for many small projects one after another: each is answered by a copy of a process that knows our stubs.

Most of a small project's run of mypy is reading what all of them import. Here a process of its own reads that once, and
every project gets a fresh copy of it, which mypy goes on in as it does after a build (`motetc.frontend.oracle_more`)
and which ends with the project: nothing of one project is known to the next. Whatever mypy cannot go on with is
answered by a run from the beginning, and so is every finding about generated modules.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from motetc.frontend import oracle_collect
from motetc.frontend.ahead import Kept
from motetc.frontend.oracle_more import check_more
from motetc.frontend.oracle_request import Request, SourceFile, make_request
from motetc.frontend.oracle_run import Checked, run_mypy
from motetc.frontend.oracle_store import Stored
from motetc.frontend.types import Ahead, answered
from mypy.modulefinder import compute_search_paths

STUBS = Path(__file__).parents[1] / "typestubs" / "motet-stubs"


class Mypys:
    """The process; one project at a time. `cache` is the folder that all the projects' caches are."""

    def __init__(self, cache: Path) -> None:
        command = [sys.executable, "-P", __file__, str(cache)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def kept(self) -> Kept:
        """For a compilation, and the check of what was generated."""
        return Kept(begin=partial(Copy, self))

    def say(self, said: object) -> None:
        assert self._process.stdin is not None
        pickle.dump(said, self._process.stdin, pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def hear(self) -> Any:
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)

    def end(self) -> None:
        with self._process:
            pass


class Copy(Ahead):
    """The copy for one project, as it would be forked for one build."""

    def __init__(
        self, mypys: Mypys, files: Sequence[SourceFile], *, cache_dir: Path, search: Sequence[Path]
    ) -> None:
        self._mypys, self._files = mypys, list(files)
        mypys.say((self._files, cache_dir, list(search)))
        self._owes, self._waits = True, True  # an answer; for what it will be told

    def is_under_way(self) -> bool:
        return False

    def answer(self, files: Sequence[SourceFile]) -> Stored | None:
        if self._owes and list(files) == self._files:
            self._owes = False
            return self._mypys.hear()
        self.stop()
        return None

    def is_there(self) -> bool:
        return self._waits

    def tell(self, request: Request, fresh: frozenset[str]) -> None:
        if self._waits:
            self._mypys.say((request, fresh))

    def messages(self) -> list[str] | None:
        if not self._waits:
            return None
        self._waits = False
        return self._mypys.hear()

    def stop(self) -> None:
        if self._owes:
            self._owes = False
            self._mypys.hear()
        if self._waits:
            self._waits = False
            self._mypys.say(None)
            self._mypys.hear()


def main(cache: Path) -> None:
    """Fork whenever something is asked, until nobody can ask any more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    base = _base(cache)
    oracle_collect.run_mypy = partial(_run, base)
    gc.collect()
    gc.freeze()
    while select.select([0], [], []):
        pid = os.fork()
        if not pid:
            _serve(answers)
        if os.waitpid(pid, 0)[1]:
            return


def _base(cache: Path) -> Checked:
    """A run of mypy over every module of ours that a program or a generated module may import."""
    names = (path.relative_to(STUBS).with_suffix("").parts for path in sorted(STUBS.rglob("*.pyi")))
    text = "".join(
        f"import {'.'.join(('motet', *parts))}\n".replace(".__init__", "") for parts in names
    )
    root = Path(tempfile.gettempdir())  # outside of the checkout, whose settings would count
    file = SourceFile(root / "everything_of_ours.py", "everything_of_ours", text)
    request = make_request([file], [root])
    assert request.config is None, request.config
    base = run_mypy(request, cache / "mypy", frozenset({file.module}))
    assert base.result is not None, base.messages
    assert not base.messages, base.messages
    return base


def _run(base: Checked, request: Request, cache: Path, fresh: frozenset[str]) -> Checked:
    """As `run_mypy`: from what is in memory if that was read as this request asks for."""
    ours = {file.module.partition(".")[0] for file in request.files}
    if request.config is None and ours.isdisjoint(sys.stdlib_module_names):
        assert base.result is not None
        manager = base.result.manager
        manager.options.mypy_path = [*map(str, request.search)]
        found = compute_search_paths([], manager.options, manager.data_dir, str(request.search[0]))
        manager.search_paths = manager.find_module_cache.search_paths = found
        if check_more(base, request, fresh) is not None:
            return base
    return run_mypy(request, cache, fresh)


def _serve(answers: Any) -> NoReturn:
    gc.disable()
    code = 1
    with suppress(BaseException):
        asked, runs = sys.stdin.buffer, list[Checked]()
        question = pickle.load(asked)
        _answer(answers, lambda: answered(*question, runs.append))
        told = pickle.load(asked)
        _answer(answers, lambda: check_more(runs[0], *told) if told and runs else None)
        code = 0
    os._exit(code)


def _answer(answers: Any, find: Any) -> None:
    found = None
    with suppress(Exception):
        found = find()
    pickle.dump(found, answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
