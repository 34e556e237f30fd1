"""A build has what it writes checked by the mypy that is in memory; a check then only reads the verdict.

Each command runs in a process of its own: that of the tests has threads, and is not forked.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.projects import write_files

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="there is no processor for a second process",
)
SHOP = """
    from motet import At, Process, choreography


    class Buyer(Process): ...


    class Seller(Process):
        def price(self, title: str) -> int:
            return len(title)


    @choreography
    async def buy(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> At[int, Buyer]:
        wanted = await buyer.send(title, to=seller)
        return await seller.send(seller.price(wanted), to=buyer)
"""
WITH_LIBRARY = """
    from motet import Process, choreography
    from prices import base


    class Buyer(Process): ...


    class Seller(Process): ...


    @choreography
    async def ask(buyer: Buyer, seller: Seller) -> None:
        with seller:
            price = base()
        paid = await seller.send(price, to=buyer)
        with buyer:
            print(paid)
"""
CHECK = """
import sys
from dataclasses import replace
from pathlib import Path
from motetc.build import compile_built
from motetc.check.layers import Generated, check_generated, checking
from motetc.config import load_config
from motetc.frontend.ahead import Kept

root, old, new = Path(sys.argv[1]), *sys.argv[2:]
with Kept() as kept:
    built = compile_built(load_config(root), kept=kept)
    files = [replace(f, text=f.text.replace(old, new)) for f in built.files]
    generated = Generated(built.config, files, {})
    with checking(generated, kept.ahead) as check:
        print(check.is_clean())
print(*(f"{d.span.path}:{d.span.line} {d.code}" for d in check_generated(generated)))
"""


@pytest.fixture
def project(tmp_path: Path, shared_cache: Path) -> Path:
    """A project with nothing built; what the standard library costs is paid already."""
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    for stale in ("build.json", "check.json"):
        (shared_cache / stale).unlink(missing_ok=True)
    return write_files(tmp_path, {"shop.py": SHOP, "pyproject.toml": "[tool.motet]\n"})


def motet(*arguments: str | Path, **environment: str) -> str:
    """What the command says, in its last line."""
    command = [sys.executable, "-m", "motetc", *map(str, arguments)]
    env = {**os.environ, **environment}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    return done.stderr.splitlines()[-1]


def test_a_check_after_a_build_has_nothing_to_do_until_something_changes(project: Path) -> None:
    assert motet("build", project).startswith("wrote ")
    assert motet("check", project) == "no findings (nothing changed)"
    assert motet("check", project, MYPYPATH=str(project / "stubs")) == "no findings"
    said = ""
    for name in ("shop.py", "generated/manifest.json", "generated/seller/shop.py", "mypy.ini"):
        path = project / name
        path.write_text((path.read_text() if path.exists() else "[mypy]\n") + "\n")
        if name == "generated/seller/shop.py":
            said = ", but `motet build --diff` shows what was edited"
        assert (name, motet("check", project)) == (name, f"no findings{said}")
        assert motet("check", project) == f"no findings{said or ' (nothing changed)'}"


def test_a_library_on_the_path_of_mypy_is_something_to_build_again_for(project: Path) -> None:
    library = write_files(project / ".library", {"prices.py": "def base() -> int: ...\n"})
    settings = "[mypy]\nmypy_path = .library\n"
    write_files(project, {"mypy.ini": settings, "shop.py": WITH_LIBRARY})
    assert motet("build", project).startswith("wrote ")
    assert motet("build", project).startswith("nothing to do")
    assert motet("check", project) == "no findings (nothing changed)"
    write_files(library, {"prices.py": "def base() -> bytes: ...\n"})
    assert motet("check", project) == "no findings"
    assert motet("build", "--check", project).endswith("is out of date: run `motet build`")
    assert motet("build", project).startswith("wrote ")
    assert "bytes" in (project / "generated/wire/shop.py").read_text()
    assert motet("build", project).startswith("nothing to do")
    write_files(library, {"prices.pyi": "def base() -> str: ...\n"})  # it comes before the other
    assert motet("build", project).startswith("wrote ")
    assert "bytes" not in (project / "generated/wire/shop.py").read_text()


def test_settings_of_mypy_are_something_to_build_again_for(project: Path) -> None:
    motet("build", project)
    (project / "shop.py").write_text((project / "shop.py").read_text() + "\n\ndef free(): ...\n")
    motet("build", project)
    (project / "mypy.ini").write_text("[mypy]\ndisallow_untyped_defs = true\n")
    assert motet("build", project) == "found 1 error; nothing was written"
    assert motet("check", project) == "found 1 error"


def test_a_build_that_is_only_asked_for_keeps_no_verdict(project: Path) -> None:
    motet("build", "--check", project)
    motet("build", "--diff", project)
    assert motet("check", project) == "no findings"


@pytest.mark.parametrize(
    ("old", "new", "clean", "said"),
    [
        ("nothing like this", "", "True", ""),
        ("seller.price(wanted)", "seller.price(0)", "False", "shop.py:16 wire-mismatch"),
    ],
)
def test_what_is_wrong_is_no_verdict_and_found_by_the_check(
    project: Path, old: str, new: str, clean: str, said: str
) -> None:
    command = [sys.executable, "-c", CHECK, str(project), old, new]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{clean}\n{said}\n"
