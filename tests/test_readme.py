"""The README shows what the bookseller example really is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHOP = ROOT / "examples" / "bookseller"
PLACES = ("shop.py", "generated/buyer/shop.py", "generated/seller/shop.py")


@pytest.mark.parametrize("place", PLACES)
def test_the_code_in_the_readme_is_the_example_s(place: str):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert blocks[PLACES.index(place)] in (SHOP / place).read_text("utf-8")
