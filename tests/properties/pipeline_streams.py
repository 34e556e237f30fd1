"""The steps of random pipelines: streams of numbers and of pairs."""

from __future__ import annotations

from itertools import pairwise, product

from properties.pipelines import Node, Pipelines, grouped, rule

Step = tuple[str, Node] | None
PROOF = 'commutative=proof("addition")'


@rule("ints", "pairs", "keyed")
def send(made: Pipelines, node: Node) -> Step:
    there = "server" if node.place == "client" else "client"
    return f".send(to={there})", Node("", node.kind, node.value, there, node.ordered)


@rule("ints")
def map_(made: Pipelines, node: Node) -> Step:
    a, b = made.number(1, 5), made.number(0, 5)
    return f".map(lambda n: n * {a} % 13 + {b})", node.like([n * a % 13 + b for n in node.value])


@rule("ints")
def map_twice(made: Pipelines, node: Node) -> Step:
    return ".map(lambda n: n * n - n)", node.like([n * n - n for n in node.value])


@rule("ints")
def filter_(made: Pipelines, node: Node) -> Step:
    a = made.number(2, 4)
    return f".filter(lambda n: n % {a} != 0)", node.like([n for n in node.value if n % a])


@rule("ints")
def filter_map(made: Pipelines, node: Node) -> Step:
    return ".filter_map(half)", node.like([n // 2 for n in node.value if n % 2 == 0])


@rule("ints")
def flat_map(made: Pipelines, node: Node) -> Step:
    a = made.number(2, 4)
    found = [k for n in node.value for k in range(n % a)]
    return f".flat_map_ordered(lambda n: range(n % {a}))", node.like(found)


@rule("ints")
def flatten(made: Pipelines, node: Node) -> Step:
    text = ".map(lambda n: [n, n + 1]).flatten_ordered()"
    return text, node.like([k for n in node.value for k in (n, n + 1)])


@rule("ints")
def unique(made: Pipelines, node: Node) -> Step:
    return ".unique()", node.like(list(dict.fromkeys(node.value)))


@rule("ints", "pairs")
def sort(made: Pipelines, node: Node) -> Step:
    return ".sort()", node.like(sorted(node.value), ordered=True)


@rule("ints", "pairs")
def part(made: Pipelines, node: Node) -> Step:
    test = "n % 2 == 0" if node.kind == "ints" else "n[1] % 2 == 0"
    index = made.number(0, 1)
    found = [n for n in node.value if ((n if node.kind == "ints" else n[1]) % 2 == 0) != index]
    return f".partition(lambda n: {test})[{index}]", node.like(found)


@rule("ints", "pairs")
def chain(made: Pipelines, node: Node) -> Step:
    other = made.other(node, node.kind)
    assert other is not None
    both = node.ordered and other.ordered
    return f".chain({other.name})", node.like([*node.value, *other.value], both)


@rule("ints", "pairs")
def merge(made: Pipelines, node: Node) -> Step:
    other = made.other(node, node.kind)
    assert other is not None
    return f".merge_unordered({other.name})", node.like([*node.value, *other.value], False)


@rule("ints")
def enumerate_(made: Pipelines, node: Node) -> Step:
    return (".enumerate()", node.to("pairs", list(enumerate(node.value)))) if node.ordered else None


@rule("ints")
def scan(made: Pipelines, node: Node) -> Step:
    if not node.ordered:
        return None
    acc, found = 0, []
    for n in node.value:
        acc, out = acc + n, acc * 3 % 7 + n
        found.append(out)
    return ".scan(0, lambda acc, n: (acc + n, acc * 3 % 7 + n))", node.like(found)


@rule("ints")
def scan_to(made: Pipelines, node: Node) -> Step:
    if not node.ordered:
        return None
    a, acc, found = made.number(0, 20), 0, []
    for n in node.value:
        if acc > a:
            break
        acc += n
        found.append(acc)
    text = f".scan(0, lambda acc, n: (acc + n, acc + n) if acc <= {a} else None)"
    return text, node.like(found)


@rule("ints", "pairs")
def take(made: Pipelines, node: Node) -> Step:
    a = made.number(1, 5)
    return (f".take({a})", node.like(node.value[:a])) if node.ordered else None


@rule("ints", "pairs")
def skip(made: Pipelines, node: Node) -> Step:
    a = made.number(0, 4)
    return (f".skip({a})", node.like(node.value[a:])) if node.ordered else None


@rule("ints")
def filter_not_in(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "ints")
    assert other is not None
    found = [n for n in node.value if n not in other.value]
    return f".filter_not_in({other.name})", node.like(found)


@rule("ints")
def cross_singleton(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "single", "optional")
    if other is None:
        return None
    found = [] if other.value is None else [(n, other.value) for n in node.value]
    return f".cross_singleton({other.name})", node.to("pairs", found, node.ordered)


@rule("ints", "pairs")
def filter_if(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "flag")
    if other is None:
        return None
    return f".filter_if({other.name})", node.like(node.value if other.value else [])


@rule("ints")
def cross_product(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "ints")
    assert other is not None
    found = list(product(node.value, other.value))
    if made.random.random() < 0.5:
        both = node.ordered and other.ordered
        return f".cross_product_nested_loop({other.name})", node.to("pairs", found, both)
    return f".cross_product({other.name})", node.to("pairs", found, False)


@rule("ints")
def into_pairs(made: Pipelines, node: Node) -> Step:
    found = [(n % 3, n) for n in node.value]
    return ".map(lambda n: (n % 3, n))", node.to("pairs", found, node.ordered)


@rule("ints")
def windows(made: Pipelines, node: Node) -> Step:
    """`last` of `scan`: pairs of neighbours."""
    if not node.ordered:
        return None
    found = list(pairwise([0, *node.value]))
    return ".scan(0, lambda before, n: (n, (before, n)))", node.to("pairs", found)


@rule("ints")
def one_value(made: Pipelines, node: Node) -> Step:
    values = node.value
    choices = {
        ".count()": node.to("single", len(values)),
        f".fold(0, lambda total, n: total + n, {PROOF})": node.to("single", sum(values)),
        ".max()": node.to("optional", max(values, default=None)),
        ".min()": node.to("optional", min(values, default=None)),
        ".is_empty()": node.to("flag", not values),
    }
    if node.ordered:
        acc = 1
        for n in values:
            acc = (acc * 3 + n) % 101
        choices[".fold(1, lambda acc, n: (acc * 3 + n) % 101)"] = node.to("single", acc)
        choices[".first()"] = node.to("optional", values[0] if values else None)
        choices[".last()"] = node.to("optional", values[-1] if values else None)
        choices[".max(key=lambda n: n % 4)"] = node.to(
            "optional", max(values, key=lambda n: n % 4, default=None)
        )
    text = made.random.choice(list(choices))
    return text, choices[text]


@rule("ints")
def reduce(made: Pipelines, node: Node) -> Step:
    total = sum(node.value) if node.value else None
    return f".reduce(lambda a, b: a + b, {PROOF})", node.to("optional", total)


@rule("pairs")
def sums(made: Pipelines, node: Node) -> Step:
    found = [a * 2 + b for a, b in node.value]
    return ".map(lambda pair: pair[0] * 2 + pair[1])", node.to("ints", found, node.ordered)


@rule("pairs")
def join(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "pairs")
    assert other is not None
    found = [a * 100 + b - c for a, b in node.value for d, c in other.value if a == d]
    text = f".join({other.name}).map(lambda row: row[0] * 100 + row[1][0] - row[1][1])"
    return text, node.to("ints", found, False)


@rule("pairs")
def anti_join(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "ints")
    if other is None:
        return None
    found = [(a, b) for a, b in node.value if a not in other.value]
    return f".anti_join({other.name})", node.like(found)


@rule("pairs")
def keys(made: Pipelines, node: Node) -> Step:
    found = list(dict.fromkeys(a for a, _ in node.value))
    return ".keys()", node.to("ints", found, False)


@rule("pairs")
def into_keyed(made: Pipelines, node: Node) -> Step:
    return ".into_keyed()", node.to("keyed", grouped(node.value), node.ordered)


@rule("ints")
def repeat_with_keys(made: Pipelines, node: Node) -> Step:
    other = made.other(node, "table")
    if other is None or len(other.value) * len(node.value) > 40:
        return None
    found = {key: list(node.value) for key in other.value} if node.value else {}
    return f".repeat_with_keys({other.name})", node.to("keyed", found, node.ordered)
