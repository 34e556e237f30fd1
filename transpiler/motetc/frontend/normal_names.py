"""Names that Python reads otherwise than they are written: two spellings of one name would be two to us."""

from __future__ import annotations

import re
from unicodedata import normalize

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import READS
from motetc.frontend.program import Program
from motetc.frontend.tree import children

_WORD = re.compile(r"\w+")


def check_names(program: Program, findings: Findings) -> None:
    """Refuse each such name of a located module, where it stands first."""
    for name in sorted(program.mirrored):
        module = program.modules[name]
        words = set() if module.text.isascii() else set(_WORD.findall(module.text))
        odd = {word for word in words if word != _read(word)}
        for statement in module.statements if odd else ():
            for node in _named(statement.node, odd):
                read = _read(node.value)
                text = f"{READS} `{node.value}`{_points(node.value)} as `{read}`{_points(read)}"
                help = f"write `{read}` wherever it stands"
                findings.error("unsupported-syntax", module.span(node), text, help)


def _named(node: cst.CSTNode, odd: set[str]) -> list[cst.Name]:
    """The first of the names that are each of these words, which are taken off."""
    if isinstance(node, cst.Name):
        if node.value not in odd:
            return []
        odd.discard(node.value)
        return [node]
    return [found for child in children(node) for found in _named(child, odd)]


def _points(word: str) -> str:
    """The characters that may look like others."""
    found = ", ".join(f"U+{ord(char):04X}" for char in word if not char.isascii())
    return f" ({found})" if found else ""


def _read(word: str) -> str:
    """A name as Python compares it."""
    return normalize("NFKC", word)
