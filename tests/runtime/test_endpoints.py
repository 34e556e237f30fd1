"""Endpoints and collectives, under the scheduler, over memory and over sockets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from motet import MemberId
from motet.errors import BadMessage, CollectiveError, PeerAborted, UnsendableValue
from motet.wire import (
    Gather,
    Inbox,
    Inboxes,
    Mesh,
    Multicast,
    Outbox,
    Outboxes,
    Scatter,
)
from runtime.harness import WAYS, Bare, channel, run, whole

X = channel("x", whole)
Y = channel("y")
Z = channel("z")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_messages_of_one_channel_keep_their_order(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = Outbox(net.site, X, net.helper)
        for number in range(3000):
            await out.send(number)

    async def helper(net: Bare) -> list[int]:
        inbox = Inbox(net.site, X, net.leader)
        return [await inbox.recv() for _ in range(3000)]

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Helper") == list(range(3000))
    assert done.messages == {("Leader", "Helper"): 3000}


def test_channels_are_received_in_any_order(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        await Outbox(net.site, Y, net.helper).send("first")
        await Outbox(net.site, Z, net.helper).send("second")
        await Outbox(net.site.call("f"), Y, net.helper).send("in f")

    async def helper(net: Bare) -> list[str]:
        return [
            await Inbox(net.site.call("f"), Y, net.leader).recv(),
            await Inbox(net.site, Z, net.leader).recv(),
            await Inbox(net.site, Y, net.leader).recv(),
        ]

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Helper") == ["in f", "second", "first"]


def test_share_gives_the_value_back_and_reaches_all(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> object:
        both = Multicast(Outbox(net.site, Y, net.helper), Outbox(net.site, Y, net.workers))
        return await both.share([1, 2**100, -(2**70)])

    async def other(net: Bare) -> object:
        return await Inbox(net.site, Y, net.leader).recv()

    codes = {"leader": leader, "helper": other, "workers": other}
    done = run(way, codes, {"workers": 3}, folder=tmp_path).succeed()
    assert list(done.seen.values()) == [[1, 2**100, -(2**70)]] * 5
    assert done.messages == {("Leader", "Helper"): 1, ("Leader", "Worker"): 3}


def test_gather_and_scatter(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> object:
        values = await Gather(net.site, X, net.workers).gather()
        doubled = {member: 2 * value for member, value in values.items()}
        await Scatter(net.site, Y, net.workers).scatter(doubled)
        return list(values.items()), await Gather(net.site, Z, net.workers).reduce(
            lambda a, b: a + b
        )

    async def worker(net: Bare) -> int:
        me = net.site.me.index
        await Outbox(net.site, X, net.leader).send(me + 10)
        got: int = await Inbox(net.site, Y, net.leader).recv()
        await Outbox(net.site, Z, net.leader).send(str(me))
        return got

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 3}, folder=tmp_path).succeed()
    ids = [MemberId[Any](index) for index in range(3)]
    assert done.of("Leader") == ([(ids[0], 10), (ids[1], 11), (ids[2], 12)], "012")
    assert done.of("Worker") == [20, 22, 24]


def test_cluster_to_cluster(way: str, tmp_path: Path) -> None:
    async def client(net: Bare) -> object:
        me = net.site.me.index
        await Scatter(net.site, X, net.workers).scatter(
            {member: 10 * me + member.index for member in net.workers.members}
        )
        return await Inboxes(net.site, Y, net.workers)[-1].recv()

    async def worker(net: Bare) -> object:
        got = await Gather(net.site, X, net.clients).gather()
        for member in net.clients.members:
            await Outboxes(net.site, Y, net.clients)[member].send(net.site.me.index)
        return list(got.values())

    codes = {"clients": client, "workers": worker}
    done = run(way, codes, {"clients": 2, "workers": 3}, folder=tmp_path)
    # The clients receive from the last worker alone: the other answers stay where they are.
    done.succeed()
    assert done.of("Client") == [2, 2]
    assert done.of("Worker") == [[0, 10], [1, 11], [2, 12]]
    assert done.messages == {("Client", "Worker"): 6, ("Worker", "Client"): 6}


@pytest.mark.parametrize("size", [1, 2, 5])
def test_mesh(way: str, size: int, tmp_path: Path) -> None:
    async def worker(net: Bare) -> object:
        me = net.site.me.index
        mesh = [Mesh[Any, Any](net.site, channel(f"m{number}")) for number in range(7)]
        everyone = await mesh[0].all_gather(str(me))
        transposed = await mesh[1].all_to_all({m: [me, m.index] for m in net.site.group.members})
        total = await mesh[2].all_reduce(str(me), lambda a, b: a + b)
        shifted = await mesh[3].shift(me)
        opened = await mesh[4].shift_open(me, by=-1)
        partner = size - 1 - me
        swapped = await mesh[5].exchange(me, partner)
        await mesh[6][me].send("to myself")
        return (
            list(everyone.values()),
            list(transposed.values()),
            total,
            shifted,
            opened,
            swapped,
            await mesh[6][me].recv(),
        )

    done = run(way, {"workers": worker}, {"workers": size}, folder=tmp_path).succeed()
    names = [str(index) for index in range(size)]
    for me, seen in enumerate(done.of("Worker")):
        assert seen == (
            names,
            [[other, me] for other in range(size)],
            "".join(names),
            (me - 1) % size,
            me + 1 if me + 1 < size else None,
            size - 1 - me,
            "to myself",
        )
    pairs = size * (size - 1)
    alone = 1 if size % 2 else 0
    shifts = size if size > 1 else 0
    expected = 2 * pairs + 2 * (size - 1) + shifts + (size - 1) + (size - alone)
    assert done.messages.get(("Worker", "Worker"), 0) == expected


def test_all_gather_gives_a_read_only_mapping(way: str, tmp_path: Path) -> None:
    async def worker(net: Bare) -> None:
        values: Any = await Mesh[Any, Any](net.site, X).all_gather(1)
        with pytest.raises(TypeError):
            values[MemberId(0)] = 2

    run(way, {"workers": worker}, {"workers": 2}, folder=tmp_path).succeed()


def test_a_quorum_takes_the_first_answers_of_its_round(way: str, tmp_path: Path) -> None:
    rounds = 20

    async def leader(net: Bare) -> object:
        answers = Gather(net.site, Y, net.workers)
        ask = Outbox(net.site, X, net.workers)
        taken = []
        for number in range(rounds):
            await ask.send(number)
            taken.append(await answers.first(2))
        return taken

    async def worker(net: Bare) -> None:
        ask, answer = Inbox(net.site, X, net.leader), Outbox(net.site, Y, net.leader)
        for _ in range(rounds):
            await answer.send(await ask.recv())

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 3}, folder=tmp_path).succeed()
    for number, answers in enumerate(done.of("Leader")):
        assert len(answers) == 2
        assert set(answers.values()) == {number}
        assert list(answers) == sorted(answers)


def test_sessions_run_concurrently_and_do_not_mix(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> object:
        order = []

        async def session(member: MemberId[Any]) -> None:
            site = net.site.member(member)
            # Each session waits for its own client; the last one is served first.
            value = await Inbox(site, X, net.clients[member]).recv()
            order.append(value)
            await Outbox(site, Y, net.clients[member]).send(value)

        await net.each(net.clients, session)
        return sorted(order)

    async def client(net: Bare) -> object:
        site = net.site.member(net.site.me)
        me = net.site.me.index
        mesh = Mesh[Any, Any](net.site, Z)
        if me < 2:
            await mesh[me + 1].recv()  # until the next one has been answered
        await Outbox(site, X, net.leader).send(me)
        got = await Inbox(site, Y, net.leader).recv()
        if me > 0:
            await mesh[me - 1].send("go on")
        return got

    codes = {"leader": leader, "clients": client}
    done = run(way, codes, {"clients": 3}, folder=tmp_path).succeed()
    assert (done.of("Leader"), done.of("Client")) == ([0, 1, 2], [0, 1, 2])


def test_concurrent_calls(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> object:
        async def ask(name: str, value: int) -> int:
            site = net.site.call(name)
            await Outbox(site, X, net.helper).send(value)
            answer: int = await Inbox(site, Y, net.helper).recv()
            return answer

        return await net.concurrently(ask("f", 1), ask("g", 2))

    async def helper(net: Bare) -> None:
        for name in ("g", "f"):
            site = net.site.call(name)
            await Outbox(site, Y, net.leader).send(10 * await Inbox(site, X, net.leader).recv())

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Leader") == (10, 20)


def test_the_first_failure_ends_concurrent_calls(way: str, tmp_path: Path) -> None:
    ended = []

    async def leader(net: Bare) -> object:
        async def wait() -> None:
            try:
                await Outbox(net.site, X, net.helper).send(1)
                await Inbox(net.site, X, net.helper).recv()
            finally:
                ended.append("wait")

        async def fail() -> None:
            await Inbox(net.site, Y, net.helper).recv()
            raise LookupError("nothing there")

        with pytest.raises(LookupError, match="nothing there"):
            await net.concurrently(wait(), fail())
        await Outbox(net.site, Z, net.helper).send("you may end")
        return "went on"

    async def helper(net: Bare) -> None:
        await Inbox(net.site, X, net.leader).recv()
        await Outbox(net.site, Y, net.leader).send(None)
        await Inbox(net.site, Z, net.leader).recv()

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert (done.of("Leader"), ended) == ("went on", ["wait"])


def test_a_bad_message_names_its_channel_and_sender(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        await Outbox(net.site, Y, net.helper).send("ten")
        await Outbox(net.site, X, net.helper).send("eleven")

    async def helper(net: Bare) -> object:
        assert await Inbox(net.site, Y, net.leader).recv() == "ten"
        with pytest.raises(BadMessage, match="channel 'x' from Leader: expected int"):
            await Inbox(net.site, X, net.leader).recv()
        return "lives on"

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Helper") == "lives on"


def test_what_cannot_travel_is_refused_and_leaves_the_channel_usable(
    way: str, tmp_path: Path
) -> None:
    async def leader(net: Bare) -> None:
        out = Outbox(net.site, Y, net.helper)
        await out.send("before")
        with pytest.raises(UnsendableValue, match="'y'"):
            await out.send(object())
        with pytest.raises(UnsendableValue):
            await out.send("\ud800")
        await out.send("after")

    async def helper(net: Bare) -> object:
        inbox = Inbox(net.site, Y, net.leader)
        return [await inbox.recv(), await inbox.recv()]

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Helper") == ["before", "after"]


def test_scatter_checks_its_keys_before_sending(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        scatter = Scatter(net.site, X, net.workers)
        values = {MemberId[Any](0): 1, MemberId[Any](7): 2}
        with pytest.raises(CollectiveError, match=r"missing MemberId\(1\).*MemberId\(7\)"):
            await scatter.scatter(values)

    async def worker(net: Bare) -> None:
        pass

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 2}, folder=tmp_path).succeed()
    assert done.messages == {}


def test_partners_may_change_between_calls(way: str, tmp_path: Path) -> None:
    async def worker(net: Bare) -> object:
        me, got = net.site.me.index, []
        for number in range(30):  # a call in a loop makes a new net each time
            mesh = Mesh[Any, Any](net.site.call("f"), X)
            partner = me ^ (number % 3 + 1)
            got.append(await mesh.exchange(100 * number + me, partner) % 100 == partner)
        return all(got)

    done = run(way, {"workers": worker}, {"workers": 4}, folder=tmp_path).succeed()
    assert done.of("Worker") == [True] * 4


@pytest.mark.parametrize("way", ["memory", "sockets"])
def test_partners_that_do_not_agree_are_named(way: str, tmp_path: Path) -> None:
    async def worker(net: Bare) -> None:
        me = net.site.me.index
        exchange, told = Mesh[Any, Any](net.site, X), Mesh[Any, Any](net.site, Y)
        if me == 0:  # names 1 as its partner, who names 2
            await net.concurrently(exchange.exchange(0, 1), told[1].send("sent"))
        elif me == 1:
            await told[0].recv()
            await exchange.exchange(1, 2)
        else:
            await exchange.exchange(2, 1)
            await told[1].recv()

    done = run(way, {"workers": worker}, {"workers": 3}, folder=tmp_path)
    reason = "'x': Worker[0] sent to Worker[1], which expected Worker[2]"
    assert len(done.errors) == 3
    assert all(reason in str(error) for error in done.errors.values())


def test_an_exception_reaches_everybody(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        await Inbox(net.site, Y, net.helper).recv()
        raise ZeroDivisionError("by the leader")

    async def helper(net: Bare) -> None:
        await Outbox(net.site, Y, net.leader).send(1)
        await Inbox(net.site, X, net.workers[1]).recv()

    async def worker(net: Bare) -> None:
        await Inbox(net.site, X, net.leader).recv()

    codes = {"leader": leader, "helper": helper, "workers": worker}
    done = run(way, codes, {"workers": 2}, folder=tmp_path)
    errors = {str(node): error for node, error in done.errors.items()}
    assert isinstance(errors.pop("Leader"), ZeroDivisionError)
    assert sorted(errors) == ["Helper", "Worker[0]", "Worker[1]"]
    for error in errors.values():
        assert isinstance(error, PeerAborted)
        assert str(error) == "Leader aborted: ZeroDivisionError: by the leader"


@pytest.mark.parametrize("seed", range(12))
def test_members_that_are_behind_do_not_keep_one_from_what_it_has_for_itself(seed: int) -> None:
    """With room for one message, sends have to wait for slow receivers, and receives begin meanwhile."""

    async def workers(net: Bare) -> None:
        mesh = Mesh[Any, Any](net.site, X)
        for number in range(5):
            found = await mesh.all_gather(10 * number + net.site.me.index)
            assert [*found.values()] == [10 * number + member for member in range(3)]

    run("scheduler", {"workers": workers}, {"workers": 3}, seed=seed, window=1).succeed()
