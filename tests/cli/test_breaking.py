"""What a change of the program does to nodes that were built before it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from motetc.cli import run

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="compares revisions of git")

SHOP = """\
from __future__ import annotations

from dataclasses import dataclass

from motet import At, Process, choreography


@dataclass(frozen=True)
class Quote:
    title: str
    cents: int


class Buyer(Process):
    pass


class Seller(Process):
    def quote(self, title: str) -> Quote:
        return Quote(title, 100)


@choreography
async def buy(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> At[Quote, Buyer]:
    wanted = await buyer.send(title, to=seller)
    return await seller.send(seller.quote(wanted), to=buyer)
"""


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@t")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path, shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the program in a folder of its own, built and tagged."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "shop.py").write_text(SHOP)
    (shop / ".motet_cache").symlink_to(shared_cache)
    (shop / ".gitignore").write_text(".motet_cache\n")
    monkeypatch.chdir(shop)
    git(tmp_path, "init", "--quiet")
    assert run(["build"]) == 0
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    git(tmp_path, "tag", "v1")
    return shop


def edit(root: Path, old: str, new: str) -> None:
    text = (root / "shop.py").read_text()
    assert old in text
    (root / "shop.py").write_text(text.replace(old, new))


def found(capsys: pytest.CaptureFixture[str], against: str = "v1") -> list[dict[str, object]]:
    capsys.readouterr()
    code = run(["breaking", "--against", against, "--output-format", "json"])
    lines = capsys.readouterr().out.splitlines()
    assert code == bool(lines)
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("100", "200"),
        ("    title: str\n", "    title: str  # as printed\n"),
        ("class Buyer(Process):\n", "LIMIT = 3\n\n\nclass Buyer(Process):\n"),
    ],
)
def test_what_does_not_travel_breaks_nothing(
    root: Path, capsys: pytest.CaptureFixture[str], old: str, new: str
):
    edit(root, old, new)
    assert found(capsys) == []


def test_a_new_field_is_named(root: Path, capsys: pytest.CaptureFixture[str]):
    edit(root, "    cents: int\n", "    cents: int\n    currency: str = 'EUR'\n")
    (change,) = found(capsys)
    assert (change["code"], change["line"]) == ("wire-change", 27)
    assert change["message"] == (
        "`quote` from `seller` to `buyer` is `Quote` as at `v1`, but travels in another form"
    )
    assert str(change["help"]).splitlines()[1:] == [
        "`Quote` in the wire module:",
        "    + currency: str = 'EUR'",
    ]


def test_another_type_is_shown_beside_the_old_one(root: Path, capsys: pytest.CaptureFixture[str]):
    edit(root, "seller.quote(wanted), to", "(seller.quote(wanted), 1), to")
    edit(root, "At[Quote, Buyer]", "At[tuple[Quote, int], Buyer]")
    messages = [change["message"] for change in found(capsys)]
    assert messages == [
        "`quote` from `seller` to `buyer`, which `v1` has (shop.py:26), is gone",
        "`to_buyer` from `seller` to `buyer` is new: nodes built from `v1` do not know it",
    ]


GENERIC = """\
from typing import TypeVar

from motet import At, Process, choreography

T = TypeVar("T")


class Ann(Process):
    pass


class Ben(Process):
    pass


@choreography
async def move(ann: Ann, ben: Ben, x: At[T, Ann]) -> At[T, Ben]:
    return await ann.send(x, to=ben)


@choreography
async def main(ann: Ann, ben: Ben) -> None:
    await move(ann, ben, 1)
"""


def test_what_a_type_variable_stands_for_is_shown_beside_what_it_was(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "old").mkdir()
    (tmp_path / "old/shop.py").write_text(GENERIC)
    (root / "shop.py").write_text(GENERIC.replace("ben, 1)", "ben, (1, 2))"))
    (change,) = found(capsys, "../old")
    assert (change["line"], change["message"]) == (
        23,
        "`T` in the call `move` is `tuple[int, int]`; at `../old` it is `int`",
    )


def test_a_choreography_that_is_gone_is_named_and_a_new_one_is_not(
    root: Path, capsys: pytest.CaptureFixture[str]
):
    edit(root, "def buy(", "def order(")
    (change,) = found(capsys)
    assert change["message"] == "choreography `shop:buy` is gone, which `v1` has (shop.py:24)"


def test_sources_are_compiled_where_no_build_is_committed(
    root: Path, capsys: pytest.CaptureFixture[str]
):
    git(root, "rm", "--quiet", "-r", "--cached", "generated")
    git(root, "commit", "--quiet", "-m", "no longer committed")
    git(root, "tag", "v2")
    assert found(capsys, "v2") == []
    edit(root, "    cents: int\n", "    cents: float\n")
    assert [change["line"] for change in found(capsys, "v2")] == [26]


def test_nodes_know_each_other_by_their_location(root: Path, capsys: pytest.CaptureFixture[str]):
    edit(root, "Seller", "Shop")
    (change,) = found(capsys)
    assert change["message"] == "`seller` is the process `Shop`; at `v1` it is the process `Seller`"
    assert change["line"] == 24


def test_a_process_that_has_become_a_cluster(root: Path, capsys: pytest.CaptureFixture[str]):
    edit(root, "class Seller(Process)", "class Seller(Cluster)")
    edit(root, "import At, Process", "import At, Cluster, Process")
    edit(root, "await buyer.send(title", "await buyer.share(title")
    edit(
        root,
        "await seller.send(seller.quote(wanted), to=buyer)",
        "(await seller.gather(seller.quote(wanted), to=buyer)).popitem()[1]",
    )
    said = [change["message"] for change in found(capsys)]
    assert "`seller` is the cluster `Seller`; at `v1` it is the process `Seller`" in said


def test_a_program_without_choreographies_has_lost_them_all(
    root: Path, capsys: pytest.CaptureFixture[str]
):
    (root / "shop.py").unlink()
    (change,) = found(capsys, "v1")
    assert change["message"].startswith("choreography `shop:buy` is gone, which `v1` has")


def test_a_folder_will_do(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "old").mkdir()
    (tmp_path / "old/shop.py").write_text(SHOP.replace("cents: int", "cents: float"))
    assert [change["line"] for change in found(capsys, "../old")] == [26]


@pytest.mark.parametrize(
    ("against", "said"),
    [
        ("v7", "--against v7: neither a revision that git knows here nor a folder"),
        ("", "--against nothing: neither a revision that git knows here nor a folder"),
        ("--help", "--against --help: neither a revision that git knows here nor a folder"),
    ],
)
def test_an_unknown_revision_is_named(
    root: Path, capsys: pytest.CaptureFixture[str], against: str, said: str
):
    assert run(["breaking", "--against", against]) == 2
    assert said in capsys.readouterr().err


def test_a_revision_without_the_project_is_named(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    later = root.parent / "later"
    later.mkdir()
    (later / "shop.py").write_text(SHOP)
    monkeypatch.chdir(later)
    assert run(["breaking", "--against", "v1"]) == 2
    assert f"there is no {later} at `v1`" in capsys.readouterr().err


def test_old_sources_that_do_not_compile_are_no_use(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "old").mkdir()
    (tmp_path / "old/shop.py").write_text(SHOP.replace("await buyer", "buyer"))
    assert run(["breaking", "--against", "../old"]) == 2
    assert "`../old` cannot be compared with: shop.py:25: " in capsys.readouterr().err


def test_who_plays_a_role_that_nobody_hears_of_breaks_nothing(
    root: Path, capsys: pytest.CaptureFixture[str]
):
    edit(root, "@choreography\n", "class Clerk(Process):\n    pass\n\n\n@choreography\n")
    edit(root, "seller: Seller, title", "seller: Seller, clerk: Clerk, title")
    edit(root, "    return await", "    with clerk:\n        print('sold')\n    return await")
    assert run(["build"]) == 0
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "second")
    git(root, "tag", "v2")
    edit(root, "Clerk", "Accountant")
    assert found(capsys, "v2") == []
    edit(root, "Seller", "Dealer")
    assert [change["message"] for change in found(capsys, "v2")] == [
        "`seller` is the process `Dealer`; at `v2` it is the process `Seller`"
    ]
