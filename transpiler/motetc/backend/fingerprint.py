"""What two builds must agree on, channel by channel.

The text of a type is not enough: a field may move, a class keep its name and change. So each channel has a *form*, a
digest over the encoder and decoder that its wire module names and over everything these use in turn, comments and
docstrings apart. What functions of ours are called, and how their annotations say a type, makes no difference: several
channels have them in common. Forms are short, because they stand in the manifest; the fingerprint over all of them is
not.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from motetc.backend.sourcemap import parse
from motetc.files import sha256
from motetc.ir.summary import ChoreographySummary

Forms = Mapping[tuple[str, str], str]  # (wire module, channel) -> form
_Key = tuple[str, str]  # (wire module, name at its top level)
_MAKES = re.compile(r"Channel\(|\.call\(")
_OURS = re.compile(r"\b_(?:en|de)code_(\w+)")


def fingerprint(choreographies: Mapping[str, Mapping[str, Any]]) -> str:
    """Builds with the same fingerprint agree on every channel: its name, its ends, its type and its form.

    And on what calls say of the data of generic choreographies, which is part of the form of their channels.
    `choreographies` are the entries of a manifest.
    """
    channels = [
        [key, *(channel[part] for part in ("name", "from", "to", "type", "form"))]
        for key, entry in choreographies.items()
        for channel in entry["channels"]
    ]
    given = [
        [key, *(given[part] for part in ("call", "variable", "type", "form"))]
        for key, entry in choreographies.items()
        for given in entry.get("given", ())
    ]
    return sha256(json.dumps([*sorted(channels), *sorted(given)]).encode())


def form_of(summary: ChoreographySummary, channel: str, forms: Forms) -> str:
    """The form of a channel; nothing for one that no wire module makes."""
    return forms.get((summary.key.partition(":")[0], channel), "")


def channel_forms(
    wire: Mapping[str, str], wanted: Container[str] | None = None
) -> dict[tuple[str, str], str]:
    """The forms of every channel in the wire modules, or those `wanted`, given as dotted name below `wire` -> text."""
    return {key: sha256(text.encode())[:16] for key, text in channel_texts(wire, wanted).items()}


def channel_texts(
    wire: Mapping[str, str], wanted: Container[str] | None = None
) -> dict[tuple[str, str], str]:
    """What the form of each channel is a digest of."""
    modules = _Modules(wire)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in wire:
        for channel, codecs in modules[name].channels() if wanted is None or name in wanted else ():
            found[name, channel].add(modules[name].closure(codecs, modules))
    return {key: "\n".join(sorted(parts)) for key, parts in found.items()}


class _Modules(dict[str, "_Module"]):
    """Wire modules, each read when it is first asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self.texts = texts

    def __missing__(self, name: str) -> _Module:
        found = self[name] = _Module(name, self.texts[name])
        return found


class _Module:
    """One wire module: what it defines, where its imports lead, its channels; texts are made when needed."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.tree = parse(text, name)
        self.lines = _without_comments(text)
        self.nodes = {name: node for node in self.tree.body for name in _defined(node)}
        self.imports = {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in self.tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        self._definitions: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._closures: dict[tuple[str, ...], str] = {}

    def channels(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The name of each channel, and of each call that brings codecs, with their text."""
        for node in self.tree.body:
            lines = self.lines[node.lineno - 1 : node.end_lineno]
            for inner in ast.walk(node) if any(_MAKES.search(line) for line in lines) else ():
                match inner:
                    case ast.Call(
                        func=ast.Name(id="Channel"), args=[ast.Constant(value=str(name)), *codecs]
                    ):
                        yield name, tuple(ast.unparse(codec) for codec in codecs)
                    case ast.Call(
                        args=[
                            ast.Call(
                                func=ast.Attribute(attr="call"),
                                args=[ast.Constant(value=str(name))],
                            )
                        ],
                        keywords=keywords,
                    ):
                        given = tuple(ast.unparse(k.value) for k in keywords if _is_codec(k))
                        if given:
                            yield name, given

    def closure(self, codecs: tuple[str, ...], modules: _Modules) -> str:
        """The texts of everything that two codec expressions lead to, in the order in which it comes up."""
        if codecs not in self._closures:
            self._closures[codecs] = self._follow(codecs, modules)
        return self._closures[codecs]

    def _follow(self, codecs: tuple[str, ...], modules: _Modules) -> str:
        parts: dict[_Key, str] = {}
        expressions = [node for codec in codecs for node in ast.parse(codec).body]
        todo = [(self.name, name) for node in expressions for name in _uses(node)]
        for home, name in todo:
            if (home, name) in parts:
                continue
            here = modules[home]
            if name in here.nodes:
                parts[home, name], used = here._definition(name)
                todo += [(home, other) for other in used]
            elif name in here.imports:
                origin, original = here.imports[name]
                inner = next(
                    (other for other in modules.texts if origin.endswith(f".wire.{other}")), None
                )
                parts[home, name] = f"{origin}.{original}" if inner is None else ""
                todo += [] if inner is None else [(inner, original)]
        return _renumbered([*codecs, *(text for text in parts.values() if text)])

    def _definition(self, name: str) -> tuple[str, tuple[str, ...]]:
        """The text of a definition, and the names in it."""
        if name not in self._definitions:
            node = self.nodes[name]
            self._definitions[name] = (_normal(node, self.lines), tuple(_uses(node)))
        return self._definitions[name]


def _is_codec(keyword: ast.keyword) -> bool:
    return (keyword.arg or "").startswith(("encode_", "decode_"))


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _renumbered(parts: Sequence[str]) -> str:
    """Some texts as one, in which functions of ours are called after the order in which they come up."""
    text = "\n".join(parts)
    numbers = {stem: n for n, stem in enumerate(dict.fromkeys(_OURS.findall(text)))}
    return _OURS.sub(lambda m: f"{m[0][: -len(m[1])]}{numbers[m[1]]}", text)


def _unannotated(function: ast.FunctionDef, lines: Sequence[str]) -> list[str]:
    """The lines of a function of ours without annotations, which are said in its head and of variables."""
    first = function.body[0].lineno
    end = function.end_lineno or first
    found = [line.encode() for line in lines[first - 1 : end]]
    said = [node for node in ast.walk(function) if isinstance(node, ast.AnnAssign)]
    for node in sorted(said, key=lambda node: -node.lineno):
        if node.value is not None:
            start, stop = (node.target.end_lineno or 0) - first, node.value.lineno - first
            before = found[start][: node.target.end_col_offset]
            found[start : stop + 1] = [before + b" = " + found[stop][node.value.col_offset :]]
    return [_head(function), *(line.decode() for line in found)]


def _head(function: ast.FunctionDef) -> str:
    return f"def {function.name}({', '.join(arg.arg for arg in function.args.args)}):"


def _uses(node: ast.stmt) -> Iterator[str]:
    """The names in a definition, each once, in order; for a function of ours without those of its annotations."""
    said: list[ast.expr | None] = []
    if isinstance(node, ast.FunctionDef):
        said += [node.returns, *(arg.annotation for arg in node.args.args)]
        said += [inner.annotation for inner in ast.walk(node) if isinstance(inner, ast.AnnAssign)]
    apart = {id(inner) for part in said if part is not None for inner in ast.walk(part)}
    found = [n for n in ast.walk(node) if isinstance(n, ast.Name) and id(n) not in apart]
    found.sort(key=lambda name: (name.lineno, name.col_offset))
    yield from dict.fromkeys(name.id for name in found)


def _without_comments(text: str) -> list[str]:
    lines = text.split("\n")
    if "#" not in text:
        return lines
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return lines


def _normal(node: ast.stmt, lines: Sequence[str]) -> str:
    """The lines of a statement, without docstrings and blank lines; those of a function without annotations."""
    if isinstance(node, ast.FunctionDef):
        kept = _unannotated(node, lines)
    else:
        said = {line for inner in ast.walk(node) for line in _docstring_lines(inner)}
        wanted = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        kept = [lines[number - 1] for number in wanted if number not in said]
    return "\n".join(line for line in kept if line.strip())


def _docstring_lines(node: ast.AST) -> range:
    match node:
        case ast.FunctionDef(body=[first, *_]) | ast.ClassDef(body=[first, *_]):
            match first:
                case ast.Expr(value=ast.Constant(value=str())):
                    return range(first.lineno, (first.end_lineno or first.lineno) + 1)
    return range(0)
