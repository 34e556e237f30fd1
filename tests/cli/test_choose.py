"""Which choreography a person means."""

from __future__ import annotations

from pathlib import Path

import pytest
from motetc.commands.choose import choose
from motetc.config import Config, ConfigError, load_config

KEYS = ("shop.buying:buy", "shop.lists:count")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("from .buying import buy as purchase\n")
    (tmp_path / "shop" / "buying.py").write_text("async def buy() -> None: ...\n")
    (tmp_path / "main.py").write_text("from shop import purchase\nfrom main import again\n")
    return load_config(tmp_path)


@pytest.mark.parametrize(
    "asked", ["shop.buying:buy", "buy", "shop:purchase", "main:purchase"], ids=str
)
def test_in_full_by_its_last_part_and_by_who_imports_it(asked: str, config: Config):
    assert choose(asked, KEYS, config) == "shop.buying:buy"


@pytest.mark.parametrize("asked", ["shop:buy", "main:again", "nowhere:buy"], ids=str)
def test_what_is_not_there_is_said(asked: str, config: Config):
    with pytest.raises(ConfigError, match=f"no choreography `{asked}`"):
        choose(asked, KEYS, config)
