"""Random programs with a port, which answer requests of several kinds, and clients for them.

Each kind goes a way of its own: through slices, atomic sections, channels, cycles and other locations. When a reply
comes, and what those say that depend on others' requests, is up to the order of things, so that all that clients have
sent and been told is noted, in one order, and each reply is held against what had been by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

WORLD = """from __future__ import annotations

from dataclasses import dataclass

from motet import Cluster, Process


@dataclass(frozen=True)
class Ask:
    kind: int
    tag: int
    n: int


@dataclass(frozen=True)
class Say:
    kind: int
    tag: int
    n: int


class Server(Process):
    pass


class Backup(Process):
    pass


class Worker(Cluster):
    pass
"""

HEAD = """from __future__ import annotations

from motet import ClientId, Process, choreography, nondet, proof
from world import Ask, Backup, Say, Server, Worker


@choreography
async def main(server: Server, backup: Backup, workers: Worker) -> None:
    door = server.port(Ask, Say, name="door")
"""

WHY = 'nondet("any")'
ORDERED = f".assume_ordering({WHY})"
ENTRIES = f"{ORDERED}.entries_partially_ordered({WHY})"
KINDS = ("echo", "sums", "counter", "counter", "rounds", "seen", "squares")
WRITTEN = -1
"""What is said of a write to a counter, as soon as it counts."""


class Note(NamedTuple):
    """Something that was sent (`asked`), or came."""

    client: int
    asked: bool
    kind: int
    tag: int
    n: int


Check = Callable[[Sequence[Note]], str]
Burst = tuple[list[tuple[int, int, int]], bool]
"""Requests, by kind, tag and number; and whether all their replies are awaited before the next."""


@dataclass(frozen=True)
class Stream:
    """A keyed stream, and whether each client's elements are in the order of its requests."""

    name: str
    ordered: bool = True


@dataclass
class Clients:
    """Writes one program. `answers` says, by kind, how many replies a request gets."""

    random: Random
    lines: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    answers: list[Callable[[int], int]] = field(default_factory=list)
    scripts: list[list[Burst]] = field(default_factory=list)
    ends: bool = False
    count: int = 0

    def fresh(self, letter: str = "s") -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def bind(self, text: str, ordered: bool = True) -> Stream:
        name = self.fresh()
        self.lines.append(f"{name} = {text}")
        return Stream(name, ordered)

    def slice(self, body: str, given: str, every: str = "") -> Stream:
        """A slice, of which `{t}` stands for the name; what it gives, by client."""
        tick, out = self.fresh("t"), self.fresh("o")
        timer = f"every={every}, why={WHY}" if every and not self.ends else ""
        self.lines.append(f"with server.sliced({timer}) as {tick}:")
        text = f"{body}\n{out} = {{t}}.stream({given})".replace("{t}", tick)
        self.lines += [f"    {line}" for line in text.splitlines()]
        return self.bind(f"{out}.into_keyed()")

    # Ways on which nothing changes

    def through(self, s: Stream, elements: str) -> Stream:
        """The same elements, after a way that may take time and lose the order, as is then said."""
        for _ in range(self.random.choice([0, 1, 1, 2])):
            s = self.step(s, elements)
        return s

    def step(self, s: Stream, elements: str) -> Stream:
        name, ordered = s.name, s.ordered
        member = "workers.members[{} % len(workers)]"
        dealt = ".demux(to=workers).send(to=server)"
        by_client, by_tag = member.format("c.number"), member.format("x.tag")
        texts = [
            (f"{name}.map(lambda x: x)", ordered),
            (f"{name}.flat_map_ordered(lambda x: [x])", ordered),
            (f"{name}.send(to=backup).map(lambda x: x).send(to=server)", ordered),
            (f"{name}{ENTRIES}.into_keyed()", ordered),
            (f"{name}.atomic().map(lambda x: x).end_atomic()", ordered),
            (f"{name}{ORDERED}.scan(0, lambda n, x: (n + 1, x))", ordered),
            (
                f"{name}.prefix_key(lambda c, x: {by_client}){dealt}.drop_key_prefix(){ORDERED}",
                ordered,
            ),
            (f"{name}.prefix_key(lambda c, x: {by_tag}){dealt}.drop_key_prefix(){ORDERED}", False),
        ]
        number = self.random.randrange(len(texts) + 3)
        if number < len(texts):
            return self.bind(*texts[number])
        if number == len(texts):
            way, out = self.fresh("w"), self.fresh()
            self.lines.append(
                f"{way}, {out} = server.channel(tuple[ClientId, {elements}], ordered=True)"
            )
            self.lines.append(f"{way}.send({name}{ENTRIES})")
            return self.bind(f"{out}.into_keyed()", ordered)
        batch = f"{{t}}_b = {{t}}.batch({name}, {WHY})"
        every = self.random.choice(["", "0.02"])
        return Stream(self.slice(batch, "{t}_b", every).name, ordered)

    # Kinds of requests

    def kind(self) -> Stream:
        """One more kind; its replies."""
        name, number = self.random.choice(KINDS), len(self.answers)
        asked = self.bind(f"asked.filter(lambda a: a.kind == {number})")
        made: Callable[[Stream, int], Stream] = getattr(self, name)
        return self.through(made(self.through(asked, "Ask"), number), "Say")

    def echo(self, s: Stream, kind: int) -> Stream:
        """Each request is answered, none or several times."""
        times = self.random.choice([0, 1, 3])
        self.answers.append(lambda n: times)
        self.expect(kind, lambda asked: [(tag, n) for tag, n in asked for _ in range(times)])
        say = f"Say({kind}, a.tag, a.n)"
        return self.bind(
            f"{s.name}.flat_map_ordered(lambda a: [{say} for _ in range({times})])", s.ordered
        )

    def sums(self, s: Stream, kind: int) -> Stream:
        """The sum of what the client has asked so far: by a scan, or by the state of a slice."""
        self.answers.append(lambda n: 1)

        def wanted(asked: list[tuple[int, int]]) -> list[tuple[int, int]]:
            return [(tag, sum(n for _, n in asked[: i + 1])) for i, (tag, _) in enumerate(asked)]

        if s.ordered:
            self.expect(kind, wanted)
        say = f"Say({kind}, a.tag, t + a.n)"
        return self.bind(f"{s.name}{ORDERED}.scan(0, lambda t, a: (t + a.n, {say}))", s.ordered)

    def counter(self, s: Stream, kind: int) -> Stream:
        """Odd numbers are counted, even ones ask for what is: all that was acknowledged before is in it."""
        self.answers.append(lambda n: 1)
        reads = self.through(
            self.bind(f"{s.name}.filter(lambda a: a.n % 2 == 0)", s.ordered), "Ask"
        )
        writes = self.through(
            self.bind(f"{s.name}.filter(lambda a: a.n % 2 == 1)", s.ordered), "Ask"
        )
        inside = self.bind(f"{writes.name}.atomic()")
        total = self.bind(
            f'{inside.name}.values().fold(0, lambda t, a: t + a.n, commutative=proof("a sum"))'
        )
        acks = self.bind(
            f"{inside.name}.map(lambda a: Say({kind}, a.tag, {WRITTEN})).end_atomic()",
            writes.ordered,
        )
        self.lines.append(f"door.reply({self.through(acks, 'Say').name})")
        body = [
            f"{{t}}_b = {{t}}.batch({reads.name}, {WHY})",
            f"{{t}}_n = {{t}}.atomic({total.name})",
        ]
        self.random.shuffle(body)
        self.checks.append(lambda notes: reads_of(notes, kind))
        said = f"[(c, Say({kind}, a.tag, {{t}}_n)) for c, a in {{t}}_b]"
        return self.slice("\n".join(body), said, self.random.choice(["", "0.03"]))

    def rounds(self, s: Stream, kind: int) -> Stream:
        """Down to zero, a round of a cycle for each number."""
        self.answers.append(lambda n: n % 4 + 1)
        self.expect(
            kind,
            lambda asked: [(tag, i) for tag, n in asked for i in range(n % 4, -1, -1)],
        )
        way, back = self.fresh("w"), self.fresh()
        self.lines.append(f"{way}, {back} = server.channel(tuple[ClientId, Say])")
        again = "[(c, Say(x.kind, x.tag, x.n - 1)) for c, x in {t}_all if x.n]"
        body = (
            f"{{t}}_all = [(c, Say({kind}, a.tag, a.n % 4)) for c, a in {{t}}.batch({s.name}, {WHY})]\n"
            f"{{t}}_all += {{t}}.batch({back}, {WHY})\n"
            f"{way}_again = {{t}}.stream({again})"
        )
        told = self.slice(body, "{t}_all")
        self.lines.append(f"{way}.send({way}_again)")
        return Stream(told.name, ordered=False)

    def seen(self, s: Stream, kind: int) -> Stream:
        """How many of these requests there have been, its own included."""
        self.answers.append(lambda n: 1)
        total = self.bind(f"{s.name}.values().count()")
        body = (
            f"{{t}}_b = {{t}}.batch({s.name}, {WHY})\n{{t}}_n = {{t}}.snapshot({total.name}, {WHY})"
        )
        self.checks.append(lambda notes: counts_of(notes, kind))
        told = self.slice(body, f"[(c, Say({kind}, a.tag, {{t}}_n)) for c, a in {{t}}_b]")
        return Stream(told.name, s.ordered)

    def squares(self, s: Stream, kind: int) -> Stream:
        """By workers, in turn."""
        self.answers.append(lambda n: 1)
        self.expect(kind, lambda asked: [(tag, n * n) for tag, n in asked])
        dealt = f"{s.name}{ENTRIES}.round_robin(to=workers, why={WHY})"
        squared = f".map(lambda e: (e[0], Say({kind}, e[1].tag, e[1].n ** 2)))"
        return self.bind(
            f"{dealt}{squared}.send(to=server).values().into_keyed(){ORDERED}", ordered=False
        )

    # What clients are told

    def expect(
        self,
        kind: int,
        wanted: Callable[[list[tuple[int, int]]], list[tuple[int, int]]],
    ) -> None:
        """Each client's replies are these, in some order, whatever others do."""

        def check(notes: Sequence[Note]) -> str:
            for client in {note.client for note in notes}:
                own = [note for note in notes if (note.client, note.kind) == (client, kind)]
                want = sorted(wanted([(note.tag, note.n) for note in own if note.asked]))
                got = sorted((note.tag, note.n) for note in own if not note.asked)
                if got != want:
                    return f"client {client} is told {got}, not {want}, of kind {kind}"
            return ""

        self.checks.append(check)

    def in_order(self, kind: int, times: Callable[[int], int]) -> None:
        """Replies come in the order of the requests."""

        def check(notes: Sequence[Note]) -> str:
            for client in {note.client for note in notes}:
                own = [note for note in notes if (note.client, note.kind) == (client, kind)]
                want = [note.tag for note in own if note.asked for _ in range(times(note.n))]
                got = [note.tag for note in own if not note.asked]
                if got != want:
                    return f"client {client} is told of {got}, not of {want}, of kind {kind}"
            return ""

        self.checks.append(check)

    # The end

    def make(self) -> str:
        """The program; what its clients do is in `scripts`."""
        self.ends = self.random.random() < 0.4
        replies = [self.kind() for _ in range(self.random.randint(1, 3))]
        for kind, s in enumerate(replies):
            if s.ordered and not any(
                f"Say({kind}, a.tag, {WRITTEN})" in line for line in self.lines
            ):
                self.in_order(kind, self.answers[kind])
            self.lines.append(f"door.reply({s.name})")
        self.scripts = [self.script(client) for client in range(self.random.randint(1, 4))]
        total = sum(len(burst) for script in self.scripts for burst, _ in script)
        taken = f".entries_partially_ordered({WHY}).take({total}).into_keyed()" if self.ends else ""
        lines = [f"asked = door.requests{taken}", *self.lines]
        return HEAD + "".join(f"    {line}\n" for line in lines)

    def script(self, client: int) -> list[Burst]:
        """What a client asks."""
        tags = iter(range(1000 * client, 1000 * client + 1000))
        kinds = range(len(self.answers))

        def burst() -> Burst:
            size = self.random.choice([1, 1, 2, 5])
            numbers = [self.random.randint(1, 9) for _ in range(size)]
            asked = [(self.random.choice(kinds), next(tags), n) for n in numbers]
            return asked, self.random.random() < 0.6

        return [burst() for _ in range(self.random.randint(1, 5))]


def reads_of(notes: Sequence[Note], kind: int) -> str:
    """A read has all that was acknowledged before it was asked, and nothing that was not asked when it came."""
    sent: dict[int, int] = {}
    known: dict[int, int] = {}
    least: dict[int, int] = {}
    for note in notes:
        if note.kind == kind and note.asked and note.n % 2:
            sent[note.tag] = note.n
        elif note.kind == kind and note.asked:
            least[note.tag] = sum(known.values())
        elif note.kind == kind and note.n == WRITTEN:
            known[note.tag] = sent[note.tag]
        elif note.kind == kind and not least[note.tag] <= note.n <= sum(sent.values()):
            return f"{note} is not within {least[note.tag]} and {sum(sent.values())}"
    return ""


def counts_of(notes: Sequence[Note], kind: int) -> str:
    """A count has the request itself, and none that was not sent."""
    sent = 0
    for note in notes:
        if note.kind == kind:
            sent += note.asked
            if not note.asked and not 1 <= note.n <= sent:
                return f"{note} counts more than {sent}, or none"
    return ""
