"""What follows, in a whole module, from an import that is broken or from a file that is not Python."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from motetc.diagnostics.model import READS, Diagnostic
from motetc.frontend.echoes import FATAL
from motetc.frontend.outline import with_imported
from motetc.frontend.program import Program
from motetc.frontend.undefined import with_unread

_OF_IMPORTS = frozenset({"missing-place", "missing-type", "not-serializable"})
_LACKS = re.compile(r"`([\w.]+)` has no `(\w+)`$")


def broken_modules(program: Program, found: Iterable[Diagnostic]) -> set[str]:
    """The paths of modules that are broken, or import one that is: of what they get from it nothing is known."""
    broken = {d.span.path for d in found if d.code in FATAL}
    importing = set(broken)
    for module in program.modules.values() if broken else ():
        names = with_imported(program.modules, {module.name})
        if any(program.modules[name].relative in broken for name in names):
            importing.add(module.relative)
    return importing


def outside_broken(
    found: Sequence[Diagnostic], broken: set[str], program: Program
) -> list[Diagnostic]:
    """What does not follow from imports that are broken, or that something is read that a module has not."""
    kept = [d for d in found if d.span.path not in broken or d.code in FATAL]
    unread = {d.span.path for d in kept if d.code == "syntax-error"}
    kept = [d for d in kept if not _is_missing_in(d, unread)]
    unseen = with_unread(program, broken)
    kept = [d for d in kept if d.span.path not in unseen or d.code not in _OF_IMPORTS]
    misspelt = {d.span.path for d in kept if d.message.startswith(READS)}
    return [d for d in kept if d.span.path not in misspelt or d.code != "maybe-unbound"]


def _is_missing_in(finding: Diagnostic, unread: set[str]) -> bool:
    """Whether it is that a package has not the module that one of these files is."""
    lacks = _LACKS.match(finding.message)
    if lacks is None:
        return False
    wanted = f"{lacks[1].replace('.', '/')}/{lacks[2]}.py"
    return any(f"/{path}".endswith(f"/{wanted}") for path in unread)
