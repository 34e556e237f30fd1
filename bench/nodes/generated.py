"""What `motet build` has written, run as `python -m` runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module

from nodes import Run


def node(run: Run, member: int | None) -> Callable[[], object]:
    name = "Leader" if member is None else "Worker"
    main = import_module(f"generated.{name.lower()}.__main__")
    run_node = import_module("motet.node").run_node
    import_module("motet.values")  # reads arguments, and is imported when there are any
    deployment = run.folder / f"{member}.json"
    deployment.write_text(json.dumps({"Leader": [run.leader], "Worker": [*run.workers]}))
    options = [f"network:{run.program}", "--deployment", str(deployment)]
    if run.sends(member):
        options += ["--arg", f"count={run.count}"]
    if member is not None:
        options += ["--member", str(member)]
    return lambda: run_node(getattr(main, name), main.ENTRIES, options)
