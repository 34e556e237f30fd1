"""`__main__.py` of a location: the choreographies that it has a part in."""

from __future__ import annotations

from collections.abc import Iterable

from motetc.backend.imports import Imports
from motetc.backend.output import OutputModule
from motetc.backend.plan import WIRE, Compiled, Plan
from motetc.ir.roles import Role


def entry_module(plan: Plan, folder: str) -> OutputModule:
    """Runs one location: which of its choreographies, with which net and which partners."""
    location = next(c for c in plan.program.locations.values() if c.folder == folder)
    name = location.node.name.value
    imports = Imports(own=plan.own)
    imports.member(f"{plan.package}.{folder}.{location.module}", name)
    entries: list[str] = []
    for _, compiled in sorted(plan.compiled.items()):
        role = next(
            (r for r in compiled.choreography.roles if r.location == location.full_name), None
        )
        if role is not None and not compiled.choreography.open:
            entries.append(_entry_line(plan, imports, compiled, role))
    main = imports.member("motet.node", "main")
    shown = location.node.name.value
    lines = [
        f'"""Run one `{shown}`: python -m {plan.package}.{folder} --help."""',
        "",
        *imports.render(),
    ]
    lines += ["ENTRIES = {", *entries, "}", ""]
    if not entries:
        entry = imports.member("motet.node", "Entry")
        lines = [
            f'"""Run one `{shown}`: python -m {plan.package}.{folder} --help."""',
            "",
            *imports.render(),
        ]
        lines += [f"ENTRIES: dict[str, {entry}] = {{}}", ""]
    lines += ['if __name__ == "__main__":', f"    {main}({name}, ENTRIES)", ""]
    return OutputModule(f"{folder}/__main__.py", "\n".join(lines))


def _entry_line(plan: Plan, imports: Imports, compiled: Compiled, role: Role) -> str:
    choreography = compiled.choreography
    member = imports.member
    entry, made = member("motet.node", "Entry"), member("motet.node", "Role")
    base = f"{plan.package}"
    folder = plan.program.locations[role.location].folder
    function = member(
        f"{base}.{folder}.{choreography.module}", plan.function_name(choreography, role)
    )
    net = member(f"{base}.{WIRE}.{choreography.module}", plan.net_name(choreography, role))
    roles = ", ".join(
        f'"{r.name}": {made}("{r.class_name}"{", cluster=True" if r.cluster else ""})'
        for r in choreography.roles
    )
    key = f"{choreography.module}:{choreography.name}"
    given = f'plays="{role.name}", roles={{{roles}}}'
    if apart := plan.meetings.apart(choreography, role):
        given += f", apart={_names(apart)}"
    if watched := plan.openings.watched_by(choreography):
        given += f", watched={_names(watched)}"
    if ports := plan.openings.ports_at(choreography, role.name):
        given += f", ports={_names(p.name for p in ports)}"
    return f'    "{key}": {entry}({function}, {net}, {given}),'


def _names(names: Iterable[str]) -> str:
    """A list of strings, in black's quotes."""
    quoted = (f'"{name}"' for name in names)
    return f"[{', '.join(quoted)}]"
