"""The README shows what the examples really are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLACES = (
    "bookseller/shop.py",
    "bookseller/generated/buyer/shop.py",
    "bookseller/generated/seller/shop.py",
    "estimate_pi/pi.py",
    "estimate_pi/generated/worker/pi.py",
    "estimate_pi/generated/leader/pi.py",
)


@pytest.mark.parametrize("place", PLACES)
def test_the_code_in_the_readme_is_the_example_s(place: str):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert blocks[PLACES.index(place)] in (ROOT / "examples" / place).read_text("utf-8")
