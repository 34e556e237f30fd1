"""Places in annotations: whose they are."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from motetc.diagnostics.findings import Findings
from motetc.frontend.imports import Import
from motetc.frontend.located import read_located
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.ir.place import ONE, SAME
from motetc.ir.roles import Role

MOTET = {name: Import("motet", name) for name in ("At", "Each")}
ROLES = (Role("a", "A", False, True, inline=True), Role("ws", "W", True, True, inline=True))


@pytest.mark.parametrize(
    ("annotation", "modes"),
    [("At[int, A]", {"a": ONE}), ("At[int, W | A]", {"a": ONE, "ws": SAME})],
)
def test_variables_that_a_choreography_declares_are_places_in_its_body(
    annotation: str, modes: dict[str, str]
) -> None:
    module = SourceModule(Path("x.py"), "x.py", "x", "", imports=MOTET)
    findings = Findings()
    found = read_located(
        Program({"x": module}), module, cst.parse_expression(annotation), ROLES, findings
    )
    assert not len(findings)
    assert found is not None
    assert found[0].modes == modes
