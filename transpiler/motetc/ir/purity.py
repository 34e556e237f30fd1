"""What is known to be pure, what is known not to repeat, and what is there for what it does: documented lists of names.

Stated to users in docs/reference/language.md; keep the two together.
"""

from __future__ import annotations

import builtins

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
UNSTABLE_MODULES = frozenset(
    {"gc", "getpass", "glob", "locale", "os", "platform", "random", "secrets", "shutil", "socket"}
    | {"subprocess", "tempfile", "time", "traceback"}
)
UNSTABLE_FUNCTIONS = frozenset(
    [
        "builtins.id",
        "builtins.hash",
        "builtins.input",
        "builtins.open",
        "builtins.__import__",
        "builtins.object.__repr__",
        "builtins.object.__str__",
        "builtins.vars",
        "builtins.globals",
        "builtins.locals",
        "datetime.date.today",
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "uuid.uuid1",
        "uuid.uuid4",
        "asyncio.as_completed",
        "asyncio.get_event_loop",
        "asyncio.get_running_loop",
        "concurrent.futures.as_completed",
        "concurrent.futures.wait",
        "dbm.open",
        "email.utils.localtime",
        "email.utils.make_msgid",
        "http.client.HTTPConnection",
        "http.client.HTTPSConnection",
        "importlib.import_module",
        "inspect.currentframe",
        "inspect.stack",
        "multiprocessing.cpu_count",
        "sys.argv",
        "sys.executable",
        "sys.flags",
        "sys.getrefcount",
        "sys.getsizeof",
        "sys.modules",
        "sys.path",
        "sys.stdin",
        "shelve.open",
        "sqlite3.connect",
        "threading.current_thread",
        "threading.get_ident",
        "threading.get_native_id",
        "urllib.request.urlopen",
        "urllib.request.urlretrieve",
        "uuid.getnode",
    ]
)
# Of those modules, what is the same for everyone, or needs no answer.
_STABLE = frozenset(
    {"time.sleep", "time.struct_time", "os.fsdecode", "os.fsencode", "os.fspath", "os.path"}
    | {f"os.{name}" for name in ("PathLike", "altsep", "curdir", "extsep", "linesep", "pardir")}
    | {f"os.{name}" for name in ("devnull", "error", "pathsep", "sep", "strerror")}
    | {f"os.path.{name}" for name in ("basename", "commonpath", "commonprefix", "dirname")}
    | {f"os.path.{name}" for name in ("isabs", "join", "normcase", "normpath", "sep", "split")}
    | {f"os.path.{name}" for name in ("splitdrive", "splitext")}
)
_STABLE_OF_PATHS = frozenset(
    {"as_posix", "as_uri", "is_absolute", "is_relative_to", "is_reserved", "joinpath", "match"}
    | {"relative_to", "with_name", "with_segments", "with_stem", "with_suffix"}
)
_CLOCKS = ("time", "monotonic", "perf_counter", "process_time", "thread_time")
# What is called for what it does.
_ACTING_FUNCTIONS = frozenset(
    f"builtins.{name}" for name in ("breakpoint", "eval", "exec", "input", "open", "print")
)
_ACTING_MODULES = ("logging.", "os.", "shutil.", "socket.", "subprocess.", "sys.std", "warnings.")
_HARMLESS = ("os.path.", "os.fspath", "os.sep")
# Builtins that answer differently whatever they are called with, and what reads a file, which each node has of its own.
_ASKING_BUILTINS = frozenset(
    {"__import__", "hash", "id", "input", "object.__repr__", "object.__str__", "open"}
)
# The local time zone is each node's own.
LOCAL_TIME = frozenset({"astimezone", "timestamp"})
_OF_LOCAL_TIME = frozenset({"datetime.datetime.fromtimestamp", "datetime.date.fromtimestamp"})
_LOCAL_CLOCKS = frozenset({"ctime", "localtime", "mktime"})
_OF_NOW = {"asctime": 0, "gmtime": 0, "strftime": 1}  # if they are given no more than that
# The modules of Python's own of which some functions differ from node to node, or are there for what they do.
TELLING = UNSTABLE_MODULES | {
    name.partition(".")[0] for name in (*UNSTABLE_FUNCTIONS, *_ACTING_MODULES)
}
# Of those, what is said of more than one function when a module is used as a value.
ASKED_MODULES = UNSTABLE_MODULES | {"datetime", "sys", "threading", "uuid"}
# By their last names, what goes by the order of what it is given, and of that, what gives the elements on, and nothing
# that goes by their places; what gives the same in any order; and what makes a text of a value.
IN_ORDER = frozenset(
    {"Counter", "OrderedDict", "chain", "deque", "dict", "enumerate", "filter", "islice", "iter"}
    | {"list", "map", "reduce", "tuple", "zip"}
)
PASSING = frozenset({"chain", "filter", "iter", "list", "map", "tuple"})
ALIKE = frozenset({"all", "any", "frozenset", "len", "max", "min", "set", "sorted", "sum"})
TEXTS = frozenset({"ascii", "format", "repr", "str"})
# Words of which one stands in each module that asks for such.
ASKING_WORDS = (
    TELLING
    | {name.rpartition(".")[2] for name in _ASKING_BUILTINS}
    | {"Path", "datetime", "frozenset", "items", "keys", "read_bytes", "read_text", "set"}
    | {"__hash__"}
)
# What a module knows of itself: each location has a module of its own.
MODULE_NAMES = frozenset({"__file__", "__name__", "__package__", "__spec__", "__path__"})
_PURE_TYPES = frozenset({"int", "float", "bool", "str", "bytes", "complex", "tuple", "frozenset"})
# Methods that change nothing, of classes that have others, too.
READING_METHODS = {
    "collections.Counter": frozenset({"most_common", "total"}),
    "hashlib.HASH": frozenset({"digest", "hexdigest"}),
    "_hashlib.HASH": frozenset({"digest", "hexdigest"}),
}
# Methods that a NamedTuple cannot define anew.
NAMED_TUPLE_METHODS = frozenset({"_asdict", "_make", "_replace"})

_EXCEPTIONS = frozenset(
    name
    for name, found in vars(builtins).items()
    if isinstance(found, type) and issubclass(found, BaseException)
)


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
    if full.startswith("pathlib.Path."):
        return full.removeprefix("pathlib.Path.") not in _STABLE_OF_PATHS
    above = full.rpartition(".")[0]  # `sys.stdin.read`
    return full.split(".")[0] in UNSTABLE_MODULES or not UNSTABLE_FUNCTIONS.isdisjoint(
        (full, above)
    )


def is_asking(full: str, given: int = 0) -> bool:
    """The same, of what is so whatever it is called with; `time.strftime` may be given a time. `given`: how many
    arguments."""
    module, _, name = full.partition(".")
    if full in ASKED_MODULES:
        return True
    if module == "time" and name in _OF_NOW:
        return given <= _OF_NOW[name]
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
