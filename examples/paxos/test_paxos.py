"""Multi-Paxos: its state machines under random networks, and all of it over processes while the leader is killed."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


@pytest.fixture
def machines() -> Iterator[None]:
    sys.path.insert(0, str(FOLDER))
    yield
    sys.path.remove(str(FOLDER))
    for name in ("messages", "proposing", "accepting", "replicating"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.usefixtures("machines")
def test_no_slot_is_ever_decided_twice_differently(seed: int) -> None:
    from accepting import Accepting
    from messages import Accept, Beat, Command, Decided, Prepare
    from proposing import Proposing

    source = random.Random(seed)
    proposers, acceptors = [Proposing() for _ in range(3)], [Accepting() for _ in range(3)]
    mail: list[tuple[str, int, object]] = []
    decisions: dict[int, set[Command | None]] = {}
    for number in range(40):
        mail += [("command", i, Command(number, "k", number)) for i in range(3)]
    for _ in range(4000):
        deliver = mail and source.random() < 0.9
        kind, who, item = (
            mail.pop(source.randrange(len(mail)))
            if deliver
            else ("tick", source.randrange(3), None)
        )
        if source.random() < 0.05:
            continue  # lost
        if kind == "acceptor":
            back, message = item  # type: ignore[misc]
            if isinstance(message, Prepare):
                mail.append(("news", back, acceptors[who].prepare(who, message)))
            else:
                assert isinstance(message, Accept)
                mail.append(("news", back, acceptors[who].accept(who, message)))
            continue
        commands = [item] if isinstance(item, Command) else []
        news = [item] if kind == "news" else []
        step = proposers[who].step(who, int(kind == "tick"), commands, news)  # type: ignore[arg-type]
        for message in (*step.prepares, *step.accepts):
            mail += [("acceptor", i, (who, message)) for i in range(3)]
        for told in (*step.beats, *step.decided):
            assert isinstance(told, Beat | Decided)
            mail += [("news", i, told) for i in range(3) if i != who]
        for decided in step.decided:
            decisions.setdefault(decided.slot, set()).add(decided.command)
    assert decisions
    assert all(len(found) == 1 for found in decisions.values())


@pytest.mark.usefixtures("machines")
def test_a_replica_applies_in_order_whatever_the_order_of_slots() -> None:
    from messages import Command, Decided
    from replicating import Replicating

    slots = [Decided(n, Command(n, "k", n) if n % 3 else None) for n in range(30)]
    random.Random(1).shuffle(slots)
    replica = Replicating()
    assert [n for slot in (*slots, *slots) for n in replica.apply(slot)] == [
        n for n in range(30) if n % 3
    ]
    assert replica.store == {"k": 29}


@pytest.mark.slow
def test_commands_are_committed_while_the_leader_is_killed() -> None:
    command = [sys.executable, "-m", "motetc", "run", "paxos:paxos"]
    sizes = ["--size", "proposers=3", "--size", "acceptors=3", "--size", "replicas=2"]
    values = ["--arg", "commands=400", "--arg", "window=4"]
    killed: list[int] = []
    committed = 0
    with subprocess.Popen(
        [*command, *sizes, *values], cwd=FOLDER, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        leader: tuple[int, int] | None = None
        for line in running.stdout:
            leads = re.search(r"proposer (\d) leads, process (\d+)", line)
            count = re.search(r"(\d+) committed", line)
            if leads:
                leader = int(leads.group(1)), int(leads.group(2))
            if count:
                committed = int(count.group(1))
            if committed == 100 and not killed and leader is not None:
                killed.append(leader[0])
                os.kill(leader[1], signal.SIGKILL)
            if committed == 400:
                running.send_signal(signal.SIGINT)
                break
        running.stdout.read()
    assert committed == 400
    assert leader is not None
    assert leader[0] not in killed
