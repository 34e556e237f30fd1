"""What is known to be pure, what is known not to repeat, and which types agreement may hold: documented lists.

Stated to users in docs/reference/language.md; keep the two together.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable

from motetc.ir.types import ClassDecl, Type

PURE_BUILTINS = frozenset(
    [
        "abs",
        "all",
        "any",
        "ascii",
        "bin",
        "bool",
        "bytes",
        "chr",
        "complex",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "format",
        "frozenset",
        "getattr",
        "hasattr",
        "hex",
        "int",
        "isinstance",
        "issubclass",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "oct",
        "ord",
        "pow",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "slice",
        "sorted",
        "str",
        "sum",
        "tuple",
        "type",
        "zip",
        "memoryview",
    ]
)
PURE_MODULES = frozenset(
    [
        "base64",
        "binascii",
        "cmath",
        "html",
        "ipaddress",
        "itertools",
        "math",
        "operator",
        "statistics",
        "string",
        "textwrap",
        "urllib.parse",
    ]
)
PURE_FUNCTIONS = frozenset(
    [
        "functools.reduce",
        "functools.partial",
        "functools.cmp_to_key",
        "bisect.bisect",
        "bisect.bisect_left",
        "bisect.bisect_right",
        "heapq.merge",
        "heapq.nlargest",
        "heapq.nsmallest",
        "dataclasses.replace",
        "dataclasses.asdict",
        "dataclasses.astuple",
        "copy.copy",
        "copy.deepcopy",
        "json.dumps",
        "datetime.date",
        "datetime.datetime",
        "datetime.time",
        "datetime.timedelta",
        "datetime.timezone",
        "datetime.date.fromisoformat",
        "datetime.datetime.fromisoformat",
        "datetime.date.fromordinal",
        "datetime.datetime.combine",
        "datetime.time.fromisoformat",
        "decimal.Decimal",
        "fractions.Fraction",
        "uuid.UUID",
        "uuid.uuid3",
        "uuid.uuid5",
        "typing.assert_never",
        "typing.assert_type",
        "typing.cast",
        "types.MappingProxyType",
        "zlib.crc32",
        "zlib.adler32",
        "hashlib.sha256",
        "hashlib.md5",
        "hashlib.sha1",
        "hashlib.sha224",
        "hashlib.sha384",
        "hashlib.sha512",
        "hashlib.sha3_256",
        "hashlib.sha3_512",
        "hashlib.blake2b",
        "hashlib.blake2s",
        "hmac.compare_digest",
        "hmac.digest",
        "collections.Counter",
        "collections.OrderedDict",
        "bytes.fromhex",
        "int.from_bytes",
        "str.maketrans",
        "dict.fromkeys",
        "re.fullmatch",
        "re.match",
        "re.search",
        "re.sub",
        "re.split",
        "re.findall",
        "re.finditer",
        "re.escape",
        "re.compile",
        "motet.MemberId",
        "motet.Failure",
        "motet.nondet",
        "motet.proof",
    ]
)
# Answers that differ from node to node or from run to run.
UNSTABLE_MODULES = frozenset({"random", "secrets", "time", "platform", "getpass"})
UNSTABLE_FUNCTIONS = frozenset(
    [
        "builtins.id",
        "builtins.hash",
        "builtins.input",
        "builtins.open",
        "builtins.vars",
        "builtins.globals",
        "builtins.locals",
        "datetime.date.today",
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "uuid.uuid1",
        "uuid.uuid4",
        "os.urandom",
        "os.getpid",
        "os.getenv",
        "os.environ.get",
        "os.environ",
        "os.environb",
        "os.getcwd",
        "os.getppid",
        "socket.gethostname",
        "sys.argv",
        "sys.executable",
        "threading.get_ident",
        "uuid.getnode",
    ]
)
# Of those modules, what is the same for everyone, or needs no answer.
_STABLE = frozenset({"time.sleep", "time.struct_time"})
_CLOCKS = ("time", "monotonic", "perf_counter", "process_time", "thread_time")
# What is called for what it does.
_ACTING_FUNCTIONS = frozenset(
    f"builtins.{name}" for name in ("breakpoint", "eval", "exec", "input", "open", "print")
)
_ACTING_MODULES = ("logging.", "os.", "shutil.", "socket.", "subprocess.", "sys.std", "warnings.")
_HARMLESS = ("os.path.", "os.fspath", "os.sep")
# Builtins that answer differently whatever they are called with, and what reads a file, which each node has of its own.
_ASKING_BUILTINS = frozenset({"hash", "id", "input", "open"})
# The local time zone is each node's own.
LOCAL_TIME = frozenset({"astimezone", "timestamp"})
_OF_LOCAL_TIME = frozenset({"datetime.datetime.fromtimestamp", "datetime.date.fromtimestamp"})
_LOCAL_CLOCKS = frozenset({"ctime", "localtime", "mktime"})
# The modules of Python's own of which some functions differ from node to node, or are there for what they do.
TELLING = UNSTABLE_MODULES | {
    name.partition(".")[0] for name in (*UNSTABLE_FUNCTIONS, *_ACTING_MODULES)
}
# Words of which one stands in each module that asks for such.
ASKING_WORDS = (
    TELLING | _ASKING_BUILTINS | {"datetime", "frozenset", "read_bytes", "read_text", "set"}
)
# What a module knows of itself: each location has a module of its own.
MODULE_NAMES = frozenset({"__file__", "__name__", "__package__", "__spec__", "__path__"})
_PURE_TYPES = frozenset({"int", "float", "bool", "str", "bytes", "complex", "tuple", "frozenset"})
_IMMUTABLE_CLASSES = frozenset(
    {
        "fractions.Fraction",
        "ipaddress.IPv4Address",
        "ipaddress.IPv4Interface",
        "ipaddress.IPv4Network",
        "ipaddress.IPv6Address",
        "ipaddress.IPv6Interface",
        "ipaddress.IPv6Network",
        "pathlib.PurePosixPath",
        "re.Match",
        "re.Pattern",
        "types.MappingProxyType",
        "zoneinfo.ZoneInfo",
    }
)
# Methods that change nothing, of classes that have others, too.
READING_METHODS = {
    "collections.Counter": frozenset({"most_common", "total"}),
    "hashlib.HASH": frozenset({"digest", "hexdigest"}),
    "_hashlib.HASH": frozenset({"digest", "hexdigest"}),
}
# Methods that a NamedTuple cannot define anew.
NAMED_TUPLE_METHODS = frozenset({"_asdict", "_make", "_replace"})
_ITERATORS = ("typing.Generator[", "typing.Iterator[")
# Classes whose instances change when they are read.
ADVANCING = (
    "_io.",
    "itertools.",
    "random.Random",
    "random.SystemRandom",
    *(f"builtins.{name}" for name in ("enumerate", "filter", "map", "reversed", "zip")),
)
_USED_UP = tuple(f"typing.{name}[" for name in ("Generator", "Iterator", "Iterable", "Reversible"))
# Reasons why mypy takes something for `Any` that the program gave; those of an error have their finding.
_SAID_ANY = frozenset({"explicit", "unannotated"})
_READ_ONLY = (
    "frozenset",
    "collections.abc.Mapping",
    "collections.abc.Sequence",
    "collections.abc.Set",
    "Mapping",
    "Sequence",
)

_EXCEPTIONS = frozenset(
    name
    for name, found in vars(builtins).items()
    if isinstance(found, type) and issubclass(found, BaseException)
)

Declared = Callable[[str], ClassDecl | None]


def is_exception(full: str) -> bool:
    """Whether a class is one of Python's own exceptions."""
    return full.removeprefix("builtins.") in _EXCEPTIONS


def is_pure_function(full: str) -> bool:
    """Whether a standard function is on the list; a mutable result is a matter of agreement, not of purity."""
    module, _, name = full.rpartition(".")
    if module == "builtins":
        return name in PURE_BUILTINS or name in _EXCEPTIONS
    if module.removeprefix("builtins.") in _PURE_TYPES:
        return True  # `str.lower`, handed to a function
    return (
        module in PURE_MODULES
        or full in PURE_FUNCTIONS
        or full.removeprefix("builtins.") in PURE_FUNCTIONS
    )


def is_unstable(full: str) -> bool:
    """Whether a call is known to answer differently at different nodes."""
    if full in _STABLE:
        return False
    return full.split(".")[0] in UNSTABLE_MODULES or full in UNSTABLE_FUNCTIONS


def is_asking(full: str, given: int = 0) -> bool:
    """The same, of what is so whatever it is called with; `time.strftime` may be given a time. `given`: how many
    arguments."""
    module, _, name = full.partition(".")
    if module == "time":
        return name.removesuffix("_ns") in _CLOCKS or name in _LOCAL_CLOCKS
    if module == "builtins":
        return name in _ASKING_BUILTINS
    return is_unstable(full) or (full in _OF_LOCAL_TIME and given < 2)


def is_acting(full: str) -> bool:
    """Whether a function is there for what it does."""
    if full.startswith(_HARMLESS):
        return False
    return full in _ACTING_FUNCTIONS or full.startswith(_ACTING_MODULES)


def has_pure_methods(type_: Type) -> bool:
    """Whether every method of a value's type is pure: the immutable builtin types."""
    if type_.kind == "union":
        return all(has_pure_methods(t) for t in type_.args)
    if type_.kind in ("scalar", "literal", "tuple", "vartuple", "member"):
        return True
    if type_.name.partition("[")[0] in _IMMUTABLE_CLASSES:
        return True
    if type_.kind == "newtype":
        return bool(type_.args) and has_pure_methods(type_.args[0])
    return type_.kind == "collection" and type_.name.endswith(_READ_ONLY)


def _is_view(type_: Type) -> bool:
    """Whether somebody else may change what can only be read here; those of members are `motet`'s own."""
    own = bool(type_.args) and type_.args[0].kind == "member"
    return not own and not type_.name.endswith("frozenset")


def frozen_by(type_: Type, declared: Declared) -> str:
    """What makes an immutable value of a list or a set, of items that do not change, or of what is used up as it is
    read; "" of anything else."""
    if type_.name.startswith(("typing.Generator[", "typing.Iterator[")):
        return "tuple"
    made = {"list": "tuple", "set": "frozenset"}.get(type_.name, "")
    changes = any(mutable_part(item, declared) is not None for item in type_.args)
    return "" if changes or type_.kind != "collection" else made


def is_set(type_: Type) -> bool:
    """Whether iterating over the value gives an order that hashes decide."""
    if type_.kind in ("union", "newtype"):
        return any(is_set(t) for t in type_.args)
    return type_.kind == "collection" and type_.name.endswith(("set", "Set"))


def holds_set(type_: Type, declared: Declared, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the text of a value shows such an order."""
    if is_set(type_) or any(holds_set(arg, declared, seen) for arg in type_.args):
        return True
    decl = declared(type_.name) if type_.kind in ("class", "alias") else None
    if decl is None or type_.name in seen:
        return False
    parts = [decl.target] if decl.target is not None else [part.type for part in decl.fields]
    return any(holds_set(part, declared, seen | {type_.name}) for part in parts)


def is_used_up(type_: Type | None) -> bool:
    """Whether reading a value changes it: an iterator, a file, a generator of random numbers."""
    if type_ is None:
        return False
    if type_.kind == "other":
        return type_.name.startswith(_ITERATORS)
    return type_.kind == "class" and type_.name.startswith(ADVANCING)


def mutable_part(type_: Type, declared: Declared, seen: frozenset[str] = frozenset()) -> str | None:
    """Why two nodes cannot agree on values of a type for good: the mutable part; None if all of it is immutable."""
    if type_.kind == "any" and type_.name in _SAID_ANY:
        return "its type is `Any`, which may be mutable"
    if type_.kind in ("scalar", "enum", "literal", "member", "any", "location"):
        return None
    if type_.kind in ("tuple", "vartuple", "union", "newtype"):
        return _first_mutable(type_.args, declared, seen)
    if type_.kind == "collection":
        if not type_.name.endswith(_READ_ONLY):
            return f"`{type_.name.rpartition('.')[2]}` is mutable"
        if _is_view(type_):
            short = type_.name.rpartition(".")[2]
            return (
                f"a `{short}` may be a {'dict' if short == 'Mapping' else 'list'} that is changed"
            )
        return _first_mutable(type_.args, declared, seen)
    if type_.kind == "alias":
        if type_.name in seen:
            return None
        found = declared(type_.name)
        target = found.target if found else None
        return mutable_part(target, declared, seen | {type_.name}) if target else None
    if type_.kind == "class":
        return _mutable_class(type_, declared, seen)
    if type_.kind == "other" and type_.name.startswith(_USED_UP):
        return "an iterator is used up as it is read"
    if type_.kind == "other" and type_.name.startswith("typing."):
        return f"nothing says that `{type_.name.partition('[')[0].removeprefix('typing.')}` is immutable"
    return None


def _mutable_class(type_: Type, declared: Declared, seen: frozenset[str]) -> str | None:
    if type_.name in _IMMUTABLE_CLASSES:
        return _first_mutable(type_.args, declared, seen)
    decl = declared(type_.name)
    short = type_.name.rpartition(".")[2]
    if decl is None or type_.name in seen:
        return None
    if decl.kind == "typeddict":
        return f"the TypedDict `{short}` is mutable"
    if decl.kind == "dataclass" and not decl.frozen:
        return f"the dataclass `{short}` is not frozen"
    if decl.by_identity:
        return f"`{short}` is equal to itself alone (`eq=False`): a copy at another place is not"
    if decl.kind in ("dataclass", "namedtuple"):
        for part in decl.fields:
            why = mutable_part(part.type, declared, seen | {type_.name})
            if why is not None:
                return f"{why} (`{short}.{part.name}`)"
        return _first_mutable(type_.args, declared, seen)
    if decl.kind == "plain":
        return f"nothing says that `{short}` is immutable"
    return None


def _first_mutable(parts: tuple[Type, ...], declared: Declared, seen: frozenset[str]) -> str | None:
    return next((why for p in parts if (why := mutable_part(p, declared, seen)) is not None), None)
