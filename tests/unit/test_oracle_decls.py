"""What the oracle knows of the classes and functions that a program's types name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from motetc.frontend.types import SourceFile, TypeFacts, ask
from motetc.ir.types import ClassDecl, Field, Type

MODEL = """
from __future__ import annotations
from dataclasses import InitVar, dataclass, field
from enum import Enum, IntEnum
from typing import Generic, Literal, NamedTuple, NewType, NotRequired, TypeAlias, TypedDict, TypeVar, Union
from motet import Cluster, MemberId, Process

T = TypeVar("T")
Cents = NewType("Cents", int)
Json: TypeAlias = "Union[None, list[Json]]"

class Colour(Enum):
    RED = 1
    BLUE = "b"
    def shade(self) -> str: return "x"

class Level(IntEnum):
    LOW = 1

@dataclass(frozen=True)
class Base(Generic[T]):
    item: T
    tag: str = ""

@dataclass(frozen=True, kw_only=True)
class Child(Base[int]):
    count: float
    cached: int = field(init=False, default=0)
    json: Json = None

@dataclass
class Seeded:
    seed: InitVar[int]
    next: Seeded | None = None
    def __post_init__(self, seed: int) -> None: ...

class Point(NamedTuple):
    x: int
    y: "list[Point]"

class Options(TypedDict, total=False):
    deep: Literal["a", "b"]

class More(Options):
    name: str
    size: NotRequired[int]

class Node(Process): ...
class Store(Node): ...
class Worker(Cluster): ...

class Plain:
    def method(self, x: Cents, *rest: int, flag: bool = True) -> Worker: return Worker()
    async def later(self) -> MemberId[Worker] | None:
        def inner(y: bytes) -> bytes: return y
        return None

def use(c: Child, s: Seeded) -> None: ...
def loose(a, b=1): return a
"""
INT, STR, NONE = Type("scalar", "int"), Type("scalar", "str"), Type("scalar", "None")
JSON = Type("alias", "model.Json")


@pytest.fixture(scope="module")
def facts(shared_cache: Path) -> TypeFacts:
    root = Path("/model")
    file = SourceFile(root / "model.py", "model", MODEL)
    return ask([file], cache_dir=shared_cache / "oracle", search=[root])


def lineless(facts: TypeFacts, name: str) -> ClassDecl:
    found = facts.decl(name)
    assert found is not None
    return replace(found, line=0)


def test_no_findings(facts: TypeFacts) -> None:
    assert facts.findings == ()


def test_dataclass_fields_are_in_constructor_order_and_in_own_terms(facts: TypeFacts) -> None:
    assert lineless(facts, "model.Child") == ClassDecl(
        "model.Child",
        "model",
        "dataclass",
        fields=(
            Field("item", INT),
            Field("tag", STR),
            Field("count", Type("scalar", "float"), kw_only=True),
            Field("cached", INT, init=False, kw_only=True),
            Field("json", JSON, kw_only=True),
        ),
        bases=("model.Base",),
        frozen=True,
    )


def test_generic_dataclass(facts: TypeFacts) -> None:
    base = lineless(facts, "model.Base")
    assert (base.params, base.fields[0]) == (("T",), Field("item", Type("typevar", "T")))


def test_an_init_only_variable_says_so(facts: TypeFacts) -> None:
    seeded = lineless(facts, "model.Seeded")
    itself = Type("class", "model.Seeded")
    assert seeded.fields == (
        Field("seed", Type("other", "InitVar")),
        Field("next", Type("union", args=(itself, NONE))),
    )
    assert (seeded.frozen, seeded.post_init) == (False, True)


def test_named_tuple(facts: TypeFacts) -> None:
    points = Type("collection", "list", (Type("class", "model.Point"),))
    point = lineless(facts, "model.Point")
    assert (point.kind, point.fields, point.frozen) == (
        "namedtuple",
        (Field("x", INT), Field("y", points)),
        True,
    )


def test_typed_dict(facts: TypeFacts) -> None:
    more = lineless(facts, "model.More")
    assert (more.kind, more.fields) == (
        "typeddict",
        (
            Field("deep", Type("literal", values=("a", "b")), required=False),
            Field("name", STR),
            Field("size", INT, required=False),
        ),
    )


def test_enums_newtypes_and_aliases(facts: TypeFacts) -> None:
    assert lineless(facts, "model.Colour").members == ("RED", "BLUE")
    assert lineless(facts, "model.Level").kind == "enum"
    assert lineless(facts, "model.Cents") == ClassDecl(
        "model.Cents", "model", "newtype", bases=("builtins.int",), target=INT, ordered=True
    )
    json = lineless(facts, "model.Json")
    unfolded = Type("union", args=(NONE, Type("collection", "list", (JSON,))))
    assert (json.kind, json.target) == ("alias", unfolded)


def test_locations_lead_back_to_process_and_cluster(facts: TypeFacts) -> None:
    assert lineless(facts, "model.Store").bases == ("model.Node",)
    assert lineless(facts, "model.Node").bases == ("motet.Process",)
    assert lineless(facts, "model.Worker").bases == ("motet.Cluster",)
    assert {lineless(facts, f"model.{n}").kind for n in ("Store", "Node", "Worker")} == {"location"}
    assert lineless(facts, "motet.Process").kind == "location"


def test_plain_classes_and_lines(facts: TypeFacts) -> None:
    assert lineless(facts, "model.Plain").kind == "plain"
    plain = facts.decl("model.Plain")
    assert plain is not None
    assert MODEL.splitlines()[plain.line - 1] == "class Plain:"
    assert facts.decl("model.Nothing") is None


def test_signatures(facts: TypeFacts) -> None:
    method = "Plain.method"
    assert facts.param_type("model", method, "x") == Type("newtype", "model.Cents", (INT,))
    assert facts.param_type("model", method, "self") == Type("class", "model.Plain")
    assert facts.param_type("model", method, "flag") == Type("scalar", "bool")
    assert facts.param_type("model", method, "none") is None
    assert facts.return_type("model", method) == Type("location", "model.Worker")
    member = Type("member", args=(Type("location", "model.Worker"),))
    assert facts.return_type("model", "Plain.later") == Type("union", args=(member, NONE))
    inner = "Plain.later.<locals>.inner"
    assert facts.param_type("model", inner, "y") == Type("scalar", "bytes")
    assert facts.return_type("model", "use") == NONE
    assert facts.param_type("model", "loose", "a") == Type("any", "unannotated")
    assert facts.return_type("model", "absent") is None
    assert facts.return_type("absent", "use") is None
