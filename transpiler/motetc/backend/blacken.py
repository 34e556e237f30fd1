"""Black, asked about what `layout` cannot do without it: in this process, or on all processors.

`python -m motetc.backend.blacken` is the other processors' part: texts as JSON in, formatted texts as JSON out. It is
started by name, and not through `multiprocessing`, because that would run the caller's main module once more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence

from motetc.backend.layout import lay_out
from motetc.backend.prewrap import WIDTH, prewrap
from motetc.backend.sourcemap import parse
from motetc.diagnostics.internal import SelfCheckError

Module = tuple[str, str]  # its path, for messages, and its text, or that of a part

WORTH_SHARING = 200_000  # characters to format from which another process pays


def format_modules(modules: Sequence[Module]) -> dict[str, str]:
    """Every text in black's style, by path."""
    layouts = {path: lay_out(text, parse(text, path)) for path, text in modules}
    questions = {text: path for path, layout in layouts.items() for text in layout.questions()}
    answers = _answers([(path, text) for text, path in questions.items()])
    return {path: layout.finish(answers) for path, layout in layouts.items()}


def _answers(questions: Sequence[Module]) -> dict[str, str]:
    """What black makes of each text; by several processes if that is worth it."""
    processors = os.cpu_count() or 1
    if processors == 1 or sum(len(text) for _, text in questions) < WORTH_SHARING:
        return _formatted(questions)
    mine, *others = _shares(questions, processors)
    helpers = [_ask(share) for share in others]
    done = _formatted(mine)
    for share, helper in zip(others, helpers, strict=True):
        done |= _answer(helper) or _formatted(share)
    return done


def format_text(text: str, path: str) -> str:
    """One text; that formatting it again would change nothing is seen to."""
    before = prewrap(text)
    formatted = _black(before, path)
    if formatted != before and _black(formatted, path) != formatted:
        raise SelfCheckError(f"formatting {path} is not stable", text)
    return formatted


def _formatted(questions: Iterable[Module]) -> dict[str, str]:
    return {text: format_text(text, path) for path, text in questions}


def _shares(modules: Sequence[Module], count: int) -> list[list[Module]]:
    """Parts of about the same size."""
    shares: list[list[Module]] = [[] for _ in range(count)]
    sizes = [0] * count
    for module in sorted(modules, key=lambda module: (-len(module[1]), module[0])):
        least = sizes.index(min(sizes))
        shares[least].append(module)
        sizes[least] += len(module[1])
    return shares


def _ask(share: Sequence[Module]) -> subprocess.Popen[bytes] | None:
    command = [sys.executable, "-m", __spec__.name]
    try:
        helper = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert helper.stdin is not None
        helper.stdin.write(json.dumps(share).encode())
        helper.stdin.close()
    except OSError:
        return None
    return helper


def _answer(helper: subprocess.Popen[bytes] | None) -> dict[str, str] | None:
    """What a helper made; None when it failed, for whatever reason: then we do its part, and see why."""
    if helper is None:
        return None
    with helper:
        assert helper.stdout is not None
        answer = helper.stdout.read()
    return json.loads(answer) if helper.returncode == 0 else None


def _black(text: str, path: str) -> str:
    from black import format_str
    from black.mode import Mode, TargetVersion
    from black.parsing import InvalidInput

    mode = Mode(line_length=WIDTH, target_versions={TargetVersion.PY311})
    try:
        return format_str(text, mode=mode)
    except InvalidInput as error:
        raise SelfCheckError(f"{path} cannot be formatted: {error}", text) from None


if __name__ == "__main__":
    json.dump(_formatted(json.load(sys.stdin)), sys.stdout)
