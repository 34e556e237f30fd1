"""What is plain Python in a slice: there a batch is a list, a snapshot a value or a dict, and has no operators."""

from __future__ import annotations

import re

from motetc.frontend.live_words import TWICE, is_operator

_MISSING = re.compile(
    r'(?:Item "[^"]+" of )?"(?P<type>[^"]+)" has no attribute "(?P<name>\w+)"'
    r'|Too (?:few|many) arguments for "(?P<called>\w+)" of "(?P<of>\w+)"'
)
_LEAVES = "what leaves a slice does so with `tick.stream(…)`"
_STATE = "what is kept from one slice to the next is state: `tick.state(…)`"

_EACH = "`[… for x in batch]`"
_LOOP = "`for x in batch: …`"
_OF_LISTS: dict[str, str] = {
    "anti_join": "`[(k, v) for k, v in batch if k not in keys]`",
    "chain": "`[*batch, *others]`",
    "count": "`len(batch)`",
    "cross_product": "`[(x, y) for x in batch for y in others]`",
    "cross_singleton": "`[(x, value) for x in batch]`",
    "entries": "of a keyed stream, one of pairs already",
    "enumerate": "`enumerate(batch)`",
    "filter": "`[x for x in batch if …]`",
    "filter_if": "`batch if … else []`",
    "filter_not_in": "`[x for x in batch if x not in others]`",
    "first": "`batch[0] if batch else None`",
    "flat_map_ordered": "`[y for x in batch for y in …]`",
    "into_keyed": "`tick.stream(pairs)` leaves the slice, and `.into_keyed()` of that has keys",
    "is_empty": "`not batch`",
    "join": "`[(k, (a, b)) for k, a in batch for b in table.get(k, ())]`",
    "last": "`batch[-1] if batch else None`",
    "map": _EACH,
    "max": "`max(batch, default=None)`",
    "min": "`min(batch, default=None)`",
    "sort": "`sorted(batch)`",
    "unique": "`list(dict.fromkeys(batch))`",
    "values": "`[value for _, value in batch]`",
} | dict.fromkeys(("fold", "for_each", "inspect", "reduce", "scan"), _LOOP)
_OF_DICTS: dict[str, str] = {
    "entries": "`table.items()`",
    "filter": "`{k: v for k, v in table.items() if …}`",
    "get_max_key": "`max(table.items(), default=None)`",
    "into_singleton": "it is that already",
    "join_keyed_singleton": "`{k: (v, other[k]) for k, v in table.items() if k in other}`",
    "join_keyed_stream": "`[(k, (table[k], x)) for k, x in batch if k in table]`",
    "key_count": "`len(table)`",
    "map": "`{k: … for k, v in table.items()}`",
}
_OF_VALUES: dict[str, str] = {
    "is_none": "`value is None`",
    "is_some": "`value is not None`",
    "map": "compute with it",
    "unwrap_or": "`… if value is None else value`",
    "zip": "`(value, other)`",
}
_KINDS = {
    "list": ("a batch is a plain list", _OF_LISTS),
    "dict": ("a snapshot of a keyed collection is a plain dict", _OF_DICTS),
}
_ALWAYS: dict[str, str] = {
    "all_ticks": _LEAVES,
    "clone": TWICE,
    "defer_tick": _STATE,
    "latest": "a value leaves a slice with `tick.latest(state)`",
    "persist": _STATE,
}


def slice_help(message: str) -> str:
    """The Python for an operator that is looked for in a slice; "" if mypy's message is of something else."""
    found = _MISSING.match(message)
    name = found and (found["name"] or found["called"])
    if not found or not name or not is_operator(name):
        return ""
    if name in _ALWAYS:
        return _ALWAYS[name]
    kind = (found["type"] or found["of"]).partition("[")[0]
    read, words = _KINDS.get(kind, ("a snapshot is a plain value", _OF_VALUES))
    told = words.get(name, "loops, comprehensions and functions do what operators do elsewhere")
    return f"in a slice {read}: {told}"
