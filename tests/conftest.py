from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-cases", action="store_true", help="write what came out into tests/cases/**.md"
    )


@pytest.fixture(scope="session")
def shared_cache(request: pytest.FixtureRequest) -> Path:
    """A cache folder for projects of one test process: mypy reads the standard library's stubs once, not per case."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    folder = request.config.rootpath / ".motet_cache" / "tests" / str(worker)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
