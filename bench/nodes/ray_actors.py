"""Ray actors on this machine: a batch is a call of an actor's method, some of them under way.

The processes are Ray's own, started once and kept for all runs; its daemons are not counted.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nodes import Payload, Run, payload

UNDER_WAY = 64
"""Calls that a sender does not wait for."""


@contextmanager
def started(folder: Path) -> Iterator[None]:
    """A Ray of one node, which nobody else may use."""
    os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
    import ray

    bench = str(Path(__file__).resolve().parents[1])
    paths = [str(folder), bench, os.environ.get("PYTHONPATH", "")]
    ray.init(
        num_cpus=5,
        include_dashboard=False,
        _node_ip_address="127.0.0.1",
        log_to_driver=False,
        logging_level="error",
        runtime_env={"env_vars": {"PYTHONPATH": os.pathsep.join(paths)}},
    )
    try:
        yield
    finally:
        ray.shutdown()


class Node:
    """A leader or a worker."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._what: Payload = payload(run.program)
        self._result = 0
        self._began = 0.0

    def begin(self) -> None:
        self._began = time.process_time()

    def add(self, batch: Any) -> None:
        self._result = self._what.total(self._result, batch)

    def send(self, to: list[Any]) -> None:
        import ray

        under_way: list[Any] = []
        for elements in self._what.batches(self._run.count):
            batch = list(elements)
            under_way += [node.add.remote(batch) for node in to]
            if len(under_way) >= UNDER_WAY:
                _, under_way = ray.wait(under_way, num_returns=UNDER_WAY // 2)
        ray.get(under_way)

    def spent(self) -> float:
        return time.process_time() - self._began


def seconds(run: Run) -> tuple[float, float]:
    """Processor time of the actors, and time by the clock, once all of them are up."""
    import ray

    actor: Any = ray.remote(Node)
    leader = actor.remote(run)
    workers = [actor.remote(run) for _ in run.workers]
    nodes = [leader, *workers]
    ray.get([node.begin.remote() for node in nodes])
    start = time.perf_counter()
    if run.leader_sends:
        ray.get(leader.send.remote(workers))
    else:
        ray.get([worker.send.remote([leader]) for worker in workers])
    wall = time.perf_counter() - start
    cpu = sum(ray.get([node.spent.remote() for node in nodes]))
    for node in nodes:
        ray.kill(node)
    return cpu, wall
