"""Wire modules: the payload types that move there, their codecs, the channels and the nets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from motetc.backend.closure import ModulePlan
from motetc.backend.codecs_exprs import Helpers
from motetc.backend.net_writer import NetWriter
from motetc.backend.nets import net_classes
from motetc.backend.origins import wire_origins
from motetc.backend.output import OutputModule
from motetc.backend.plan import Compiled, Plan
from motetc.backend.reads import read_by_parameters
from motetc.backend.type_names import TypeNames
from motetc.frontend.generics import declared_in_place
from motetc.ir.generic_types import typevars
from motetc.ir.nodes import Choreography
from motetc.ir.types import Type
from motetc.ir.typetext import render_type


@dataclass(slots=True)
class Wires:
    """Writes what travels."""

    plan: Plan
    names: TypeNames
    module: Callable[[str], ModulePlan]
    texts: dict[str, list[str]] = field(default_factory=dict)
    codecs: dict[str, list[str]] = field(default_factory=dict)  # of classes
    coded: dict[str, set[str]] = field(default_factory=dict)
    codecs_made: dict[tuple[str, Type, bool, str], tuple[str, str]] = field(default_factory=dict)
    helpers: dict[str, Helpers] = field(default_factory=dict)
    wanted: dict[str, dict[str, None]] = field(default_factory=dict)  # by module: classes' codecs
    again: frozenset[str] | None = None  # the modules that are written, if not all

    def add_nets(self, compiled: Compiled) -> None:
        """The channels and nets of one choreography, and the codecs of what they carry."""
        choreography = compiled.choreography
        module = self.module(choreography.module)
        texts = self.texts.setdefault(choreography.module, [])
        name = self.names.namer(module)
        declared = _declared(module, choreography)
        for variable in compiled.facts.carried:
            if variable not in declared:
                module.need(variable)
        writer = NetWriter(
            self.plan,
            compiled,
            name,
            lambda t: render_type(t, name, lambda full: name(f"alias:{full}")),
            lambda t, hint, batch: self._codec(module, t, hint, batch, declared),
            lambda t, hint: self._codec(module, t, hint, False, declared, "self."),
            lambda role: self.names.location(module, role),
            declared,
        )
        classes = list(net_classes(writer))
        texts += [*writer.constants.values(), *classes]

    def _codec(
        self,
        module: ModulePlan,
        type_: Type,
        hint: str,
        batch: bool,
        declared: Mapping[str, str],
        holder: str = "",
    ) -> tuple[str, str]:
        key = module.source.name, type_, batch, holder if typevars(type_) else ""
        known = self.codecs_made.get(key)
        if known is not None:
            return known
        for full in self.plan.codecs.needed(type_):
            self.wanted.setdefault(module.source.name, {})[full] = None
            self.class_codec(full)
        name = self.names.namer(module)
        others = self.helpers.setdefault(module.source.name, Helpers())
        if batch:
            made = self.plan.codecs.batches(type_, hint, name, others, declared)
        else:
            made = self.plan.codecs.structural(type_, hint, name, others, holder, declared)
        definitions, encode, decode = made
        texts = self.texts.setdefault(module.source.name, [])
        if definitions and definitions not in texts:
            texts.append(definitions)
        self.codecs_made[key] = (encode, decode)
        return encode, decode

    def class_codec(self, full: str) -> None:
        """The codec of a class, which somebody wants."""
        decl = self.plan.decl(full)
        if decl is None or full in self.coded.setdefault(decl.module, set()):
            return
        if self.again is not None and decl.module not in self.again:
            return
        self.coded[decl.module].add(full)
        module = self.module(decl.module)
        others = self.helpers.setdefault(decl.module, Helpers())
        text = self.plan.codecs.class_codecs(full, self.names.namer(module), others)
        if text.strip():
            texts = self.codecs if decl.module in self.plan.cycles else self.texts
            texts.setdefault(decl.module, []).append(text)

    def output(self, path: str, name: str, module: ModulePlan) -> OutputModule | None:
        """The wire module of a module, if there is anything in it."""
        codecs, texts = self.codecs.get(name, []), self.texts.get(name, [])
        if not codecs and not texts and not module.included:
            return None
        shown = module.source.relative if name in self.plan.program.modules else name
        lines = [
            f'"""What travels between the locations of {shown}."""',
            "",
            *module.import_lines(),
        ]
        definitions = "".join(module.text(i) for i in sorted(module.included))
        head = "\n".join(lines) + "\n"
        late = "\n".join(module.imports.render_late())
        text = head + definitions + "\n\n" + "\n\n".join([*codecs, late, *texts]) + "\n"
        return OutputModule(path, text, partial(wire_origins, self.plan, module, head, text))


def _declared(module: ModulePlan, choreography: Choreography) -> dict[str, str]:
    """The type variables that a choreography declares itself, as it writes them."""
    declared = choreography.node.type_parameters
    if declared is None:
        return {}
    for name in sorted(read_by_parameters(module.source.code(declared))):
        module.need(name, at_run_time=False)
    return declared_in_place(choreography.node)
