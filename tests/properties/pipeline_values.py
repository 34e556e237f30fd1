"""The steps of random pipelines: keyed streams, singletons, optionals and keyed singletons."""

from __future__ import annotations

from properties.pipeline_streams import PROOF, Step
from properties.pipelines import Node, Pipelines, entries, grouped, rule


def _each(node: Node, make: object) -> dict[int, list[int]]:
    assert callable(make)
    found = {key: make(values) for key, values in node.value.items()}
    return {key: values for key, values in found.items() if values}


@rule("keyed")
def map_(made: Pipelines, node: Node) -> Step:
    a = made.number(1, 4)
    return f".map(lambda n: n * {a})", node.like(_each(node, lambda vs: [v * a for v in vs]))


@rule("keyed")
def with_key(made: Pipelines, node: Node) -> Step:
    found = {k: [v + k for v in vs if (v + k) % 3] for k, vs in node.value.items()}
    text = ".map_with_key(lambda k, n: n + k).filter_with_key(lambda k, n: n % 3 != 0)"
    return text, node.like({k: vs for k, vs in found.items() if vs})


@rule("keyed")
def flat_map(made: Pipelines, node: Node) -> Step:
    found = _each(node, lambda vs: [i for v in vs for i in range(v % 3)])
    return ".flat_map_ordered(lambda n: range(n % 3))", node.like(found)


@rule("keyed")
def out_of_keys(made: Pipelines, node: Node) -> Step:
    choices = {
        ".values()": node.to("ints", [v for _, v in entries(node.value)], False),
        ".entries()": node.to("pairs", entries(node.value), False),
        ".keys()": node.to("ints", list(node.value), False),
        ".get(1)": node.to("ints", list(node.value.get(1, [])), False),
    }
    text = made.random.choice(list(choices))
    return text, choices[text]


@rule("keyed")
def enumerate_(made: Pipelines, node: Node) -> Step:
    if not node.ordered:
        return None
    found = _each(node, lambda vs: [i * 10 + v for i, v in enumerate(vs)])
    return ".enumerate().map(lambda pair: pair[0] * 10 + pair[1])", node.like(found)


@rule("keyed")
def scan(made: Pipelines, node: Node) -> Step:
    if not node.ordered:
        return None

    def steps(values: list[int]) -> list[int]:
        acc, found = 0, []
        for value in values:
            if acc > 9:
                break
            acc += value
            found.append(acc)
        return found

    text = ".scan(0, lambda acc, n: (acc + n, acc + n) if acc <= 9 else None)"
    return text, node.like(_each(node, steps))


@rule("keyed")
def unique_sort(made: Pipelines, node: Node) -> Step:
    return ".unique().sort()", node.like(_each(node, lambda vs: sorted(set(vs))), ordered=True)


@rule("keyed")
def folded(made: Pipelines, node: Node) -> Step:
    choices = {
        f".fold(0, lambda total, n: total + n, {PROOF})": {
            k: sum(v) for k, v in node.value.items()
        },
        f".reduce(lambda a, b: a + b, {PROOF})": {k: sum(v) for k, v in node.value.items()},
        ".value_counts()": {k: len(v) for k, v in node.value.items()},
    }
    if node.ordered:
        choices[".first()"] = {k: v[0] for k, v in node.value.items()}
    text = made.random.choice(list(choices))
    return text, node.to("table", choices[text])


@rule("keyed")
def with_another(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "keyed")
    assert other is not None
    both = grouped([*entries(node.value), *entries(other.value)])
    joined = {
        k: [a - b for a in vs for b in other.value[k]]
        for k, vs in node.value.items()
        if k in other.value
    }
    choices = {
        f".merge_unordered({other.name})": node.like(both, False),
        f".chain({other.name})": node.like(both, node.ordered and other.ordered),
        f".join_keyed_stream({other.name}).map(lambda p: p[0] - p[1])": node.like(joined, False),
    }
    text = made.random.choice(list(choices))
    return text, choices[text]


@rule("keyed")
def filter_key_not_in(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "ints")
    if other is None:
        return None
    found = {k: v for k, v in node.value.items() if k not in other.value}
    return f".filter_key_not_in({other.name})", node.like(found)


@rule("keyed")
def cross_singleton(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "single")
    if other is None:
        return None
    found = _each(node, lambda vs: [v + other.value for v in vs])
    text = f".cross_singleton({other.name}).map(lambda pair: pair[0] + pair[1])"
    return text, node.like(found)


@rule("keyed")
def with_table(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "table")
    if other is None:
        return None
    joined = {
        k: [v - other.value[k] for v in vs] for k, vs in node.value.items() if k in other.value
    }
    found = _each(node, lambda vs: [v * 10 + (other.value.get(v) or 0) for v in vs])
    choices = {
        f".join_keyed_singleton({other.name}).map(lambda p: p[0] - p[1])": joined,
        f".lookup_keyed_singleton({other.name}).map(lambda p: p[0] * 10 + (p[1] or 0))": found,
    }
    text = made.random.choice(list(choices))
    return text, node.like(choices[text], False)


@rule("single")
def single(made: Pipelines, node: Node) -> Step:
    value = node.value
    choices = {
        ".map(lambda n: n * 2 + n % 3)": node.to("single", value * 2 + value % 3),
        ".filter(lambda n: n % 2 == 0)": node.to("optional", None if value % 2 else value),
        ".filter_map(half)": node.to("optional", None if value % 2 else value // 2),
        ".map(lambda n: n > 9)": node.to("flag", value > 9),
        ".into_stream()": node.to("ints", [value]),
        ".flat_map_ordered(lambda n: range(n % 5))": node.to("ints", list(range(value % 5))),
        ".threshold_greater_or_equal(7)": node.to("ints", [7] if value >= 7 else []),
    }
    text = made.random.choice(list(choices))
    return text, choices[text]


@rule("single")
def zip_(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "single", "optional")
    assert other is not None
    text = f".zip({other.name}).map(lambda pair: pair[0] * 3 - pair[1])"
    if other.kind == "single":
        return text, node.to("single", node.value * 3 - other.value)
    return text, node.to("optional", None if other.value is None else node.value * 3 - other.value)


@rule("single")
def equals(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "single")
    assert other is not None
    return f".equals({other.name})", node.to("flag", node.value == other.value)


@rule("optional")
def optional(made: Pipelines, node: Node) -> Step:
    value = node.value
    there = value is not None
    choices = {
        ".map(lambda n: n * 2 + n % 3)": node.like(value * 2 + value % 3 if there else None),
        ".filter(lambda n: n % 2 == 0)": node.like(value if there and value % 2 == 0 else None),
        ".filter_map(half)": node.like(value // 2 if there and value % 2 == 0 else None),
        ".into_stream()": node.to("ints", [value] if there else []),
        ".is_some()": node.to("flag", there),
        ".is_none()": node.to("flag", not there),
        ".flat_map_ordered(lambda n: range(n % 5))": node.to(
            "ints", list(range(value % 5)) if there else []
        ),
    }
    text = made.random.choice(list(choices))
    return text, choices[text]


@rule("optional")
def or_(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "optional", "single")
    assert other is not None
    value = other.value if node.value is None else node.value
    if other.kind == "single":
        return f".unwrap_or({other.name})", node.to("single", value)
    return f".or_({other.name})", node.like(value)


@rule("flag")
def flag(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "flag")
    assert other is not None
    choices = {
        ".not_()": not node.value,
        f".and_({other.name})": node.value and other.value,
        f".or_({other.name})": node.value or other.value,
    }
    text = made.random.choice(list(choices))
    return text, node.like(choices[text])


@rule("table")
def table(made: Pipelines, node: Node) -> Step:
    found: dict[int, int] = node.value
    halves = {k: v // 2 for k, v in found.items() if v % 2 == 0}
    choices = {
        ".map(lambda n: n * 2 + 1)": node.like({k: v * 2 + 1 for k, v in found.items()}),
        ".filter(lambda n: n % 2 == 0)": node.like({k: v for k, v in found.items() if v % 2 == 0}),
        ".filter_map(half)": node.like(halves),
        ".map_with_key(lambda k, n: n - k)": node.like({k: v - k for k, v in found.items()}),
        ".keys()": node.to("ints", list(found), False),
        ".values()": node.to("ints", list(found.values()), False),
        ".entries()": node.to("pairs", list(found.items()), False),
        ".into_keyed_stream()": node.to("keyed", {k: [v] for k, v in found.items()}),
        ".key_count()": node.to("single", len(found)),
        ".get(1)": node.to("optional", found.get(1)),
        ".get_max_key().map(lambda entry: entry[0] * 100 + entry[1])": node.to(
            "optional", max(found) * 100 + found[max(found)] if found else None
        ),
        ".threshold_greater_or_equal_uniform(5).values()": node.to(
            "ints", [5 for v in found.values() if v >= 5], False
        ),
    }
    text = made.random.choice(list(choices))
    return text, choices[text]


@rule("table")
def tables(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "table")
    assert other is not None
    found = {k: v * 10 - other.value[k] for k, v in node.value.items() if k in other.value}
    text = f".join_keyed_singleton({other.name}).map(lambda pair: pair[0] * 10 - pair[1])"
    return text, node.like(found)


@rule("table")
def table_without(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "ints")
    if other is None:
        return None
    found = {k: v for k, v in node.value.items() if k not in other.value}
    return f".filter_key_not_in({other.name})", node.like(found)


@rule("table")
def table_with_stream(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "keyed")
    if other is None:
        return None
    found = {k: [node.value[k] + v for v in vs] for k, vs in other.value.items() if k in node.value}
    text = f".join_keyed_stream({other.name}).map(lambda pair: pair[0] + pair[1])"
    return text, node.to("keyed", found, other.ordered)
