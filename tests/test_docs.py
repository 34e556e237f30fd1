from __future__ import annotations

import re
from pathlib import Path

import pytest
from update_docs import PAGES, REFERENCE

DOCS = REFERENCE.parent
ROOT = DOCS.parent


@pytest.mark.parametrize("name", list(PAGES))
def test_generated_pages_are_up_to_date(name: str):
    assert (REFERENCE / name).read_text("utf-8") == PAGES[name](), (
        "run `python tests/update_docs.py`"
    )


@pytest.mark.parametrize(
    "page", sorted([*DOCS.rglob("*.md"), ROOT / "README.md"]), ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path):
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "``", page.read_text("utf-8"), flags=re.M | re.S)
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", prose)
    missing = [
        target for target in targets if "://" not in target and not (page.parent / target).exists()
    ]
    assert missing == []
