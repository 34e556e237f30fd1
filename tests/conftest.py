from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from mypys import Mypys

settings.register_profile("clockless", deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("clockless")  # machines are noisy


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-cases", action="store_true", help="write what came out into tests/cases/**.md"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update-cases") and hasattr(config, "workerinput"):
        raise pytest.UsageError("--update-cases writes files that processes would share: add -n 0")


def _cache(config: pytest.Config, kind: str) -> Path:
    """mypy throws its cache of the standard library away when settings change, so each kind of project has its own."""
    worker = getattr(config, "workerinput", {}).get("workerid", "main")
    folder = config.rootpath / ".motet_cache" / "tests" / f"{worker}-{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def shared_cache(pytestconfig: pytest.Config) -> Path:
    """A cache folder for projects without mypy settings: the standard library's stubs are read once, not per test."""
    return _cache(pytestconfig, "default")


@pytest.fixture(scope="session")
def mypys(shared_cache: Path) -> Iterator[Mypys]:
    """mypy for projects whose cache folder is `shared_cache`, without reading our stubs for each of them."""
    mypys = Mypys(shared_cache)
    yield mypys
    mypys.end()


@pytest.fixture(scope="session")
def strict_cache(pytestconfig: pytest.Config) -> Path:
    """The same for projects that ask for strictness, as the examples do."""
    return _cache(pytestconfig, "strict")
