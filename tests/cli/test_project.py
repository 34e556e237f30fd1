"""A project from source to running processes, through the command alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli import projects
from cli.projects import Done

ROOT = Path(__file__).parents[2]
BOOKSHOP = ROOT / "examples" / "bookseller"
WORDS = ROOT / "examples" / "wordcount"


LAYERS = """
from motet import At, Process, choreography

class A(Process): ...
class B(Process): ...

@choreography
async def layer0(a: A, b: B, n: At[int, A]) -> At[int, A]:
    return await b.send(await a.send(n, to=b), to=a)
"""


Motet = Callable[..., Done]


@pytest.fixture
def project(tmp_path: Path, strict_cache: Path) -> Path:
    """The bookshop's sources, nothing built."""
    folder = tmp_path / "shop"
    shutil.copytree(
        BOOKSHOP,
        folder,
        ignore=shutil.ignore_patterns("generated", "test_*", ".motet_cache", "*.md"),
    )
    (folder / "together.py").unlink()
    (folder / ".motet_cache").symlink_to(strict_cache)
    for stale in ("build.json", "check.json"):
        (strict_cache / stale).unlink(missing_ok=True)
    return folder


@pytest.fixture
def motet(project: Path) -> Motet:
    """The command, in the project's folder."""

    def run(*arguments: str | Path, cwd: Path = project) -> Done:
        return projects.motet(*arguments, cwd=cwd)

    return run


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in files
    }


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


# Building


def test_build_writes_and_a_second_build_has_nothing_to_do(project: Path, motet: Motet):
    first = motet("build")
    assert (first.returncode, first.stdout) == (0, ""), first.stderr
    assert first.stderr.startswith("wrote 9 files to generated, left 0 unchanged")
    before = snapshot(project / "generated")
    assert motet("build").stderr == "nothing to do: generated is up to date\n"
    assert snapshot(project / "generated") == before


def test_another_place_and_another_hash_seed_give_the_same_bytes(
    project: Path, motet: Motet, tmp_path: Path
):
    motet("build")
    elsewhere = tmp_path / "some where else"
    shutil.copytree(project, elsewhere, ignore=shutil.ignore_patterns("generated", ".motet_cache"))
    command = [sys.executable, "-m", "motetc", "build", str(elsewhere)]
    subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "7"}, check=True, timeout=120)
    one, other = snapshot(project / "generated"), snapshot(elsewhere / "generated")
    assert {path: text for path, (text, _) in one.items()} == {
        path: text for path, (text, _) in other.items()
    }


def test_verify_compiles_twice(motet: Motet):
    done = motet("build", "--verify")
    assert done.returncode == 0, done.stderr


def test_a_change_at_one_location_touches_that_location_alone(project: Path, motet: Motet):
    motet("build")
    before = snapshot(project / "generated")
    edit(project / "shop.py", "self.budget = 10_000", "self.budget = 12_000")
    done = motet("build")
    assert done.stderr == "wrote 1 file to generated, left 8 unchanged\n"
    after = snapshot(project / "generated")
    assert [path for path in after if after[path] != before[path]] == [
        "buyer/shop.py",
        "manifest.json",
    ]


def test_check_and_diff_write_nothing_and_exit_1_on_drift(project: Path, motet: Motet):
    motet("build")
    edit(project / "shop.py", "self.budget = 10_000", "self.budget = 12_000")
    before = snapshot(project / "generated")
    checked = motet("build", "--check")
    assert (checked.returncode, checked.stdout) == (1, "")
    assert "would change generated/buyer/shop.py" in checked.stderr
    shown = motet("build", "--diff")
    assert shown.returncode == 1
    assert "-        self.budget = 10_000\n+        self.budget = 12_000\n" in shown.stdout
    assert snapshot(project / "generated") == before


def test_a_file_edited_by_hand_is_kept_until_forced(project: Path, motet: Motet):
    motet("build")
    edit(project / "generated/seller/shop.py", "self.stock", "self.books")
    edit(project / "shop.py", "self.budget = 10_000", "self.budget = 12_000")
    before = snapshot(project / "generated")
    refused = motet("build")
    assert refused.returncode == 1
    assert "generated/seller/shop.py was edited by hand" in refused.stderr
    assert snapshot(project / "generated") == before
    assert motet("build", "--check").returncode == 1
    forced = motet("build", "--force")
    assert forced.returncode == 0
    assert "self.books" not in (project / "generated/seller/shop.py").read_text()


def test_a_check_says_each_time_that_a_file_was_edited_by_hand(project: Path, motet: Motet):
    motet("build")
    file = project / "generated/seller/shop.py"
    before = file.read_text()
    file.write_text(before + "# a remark\n")
    for _ in range(2):
        done = motet("check")
        assert done.returncode == 1
        assert "generated/seller/shop.py was edited by hand; it is checked as it is" in done.stderr
    file.write_text(before)
    assert motet("check").returncode == 0


def test_a_check_says_that_the_manifest_is_damaged(project: Path, motet: Motet):
    motet("build")
    manifest = project / "generated/manifest.json"
    manifest.write_text("<<<<<<< ours\n" + manifest.read_text())
    done = motet("check")
    assert done.returncode == 1
    assert "generated/manifest.json is damaged; `motet build` writes it again\n" in done.stderr
    assert motet("build").returncode == 0
    assert motet("check").returncode == 0


def test_a_check_tells_of_edits_to_what_nothing_makes_any_more(project: Path, motet: Motet):
    (project / "late.py").write_text(LAYERS)
    motet("build")
    edit(project / "generated/a/late.py", "async def", "# mine\nasync def")
    (project / "late.py").unlink()
    done = motet("check")
    assert done.returncode == 1
    said = "generated/a/late.py was edited by hand; nothing in the sources makes it any more\n"
    assert said in done.stderr


def test_a_deleted_output_comes_back(project: Path, motet: Motet):
    motet("build")
    (project / "generated/seller/shop.py").unlink()
    assert motet("build", "--check").returncode == 1
    assert motet("build").stderr == "wrote 1 file to generated, left 8 unchanged\n"


def test_a_location_that_is_gone_leaves_nothing_behind(project: Path, motet: Motet):
    source = (project / "shop.py").read_text()
    (project / "more.py").write_text(source.replace("Seller", "Vendor").replace("Buyer", "Client"))
    motet("build")
    assert (project / "generated/vendor").is_dir()
    (project / "generated/vendor/mine.txt").write_text("kept")
    (project / "more.py").unlink()
    assert motet("build").returncode == 0
    assert [path.name for path in (project / "generated/vendor").rglob("*") if path.is_file()] == [
        "mine.txt"
    ]
    assert not (project / "generated/client").exists()


def test_findings_stop_a_build_and_leave_what_is_there(project: Path, motet: Motet):
    motet("build")
    before = snapshot(project / "generated")
    edit(project / "shop.py", "if await buyer.share(afford, to=seller):", "if afford:")
    done = motet("build", "--output-format", "concise")
    assert done.returncode == 1
    assert done.stdout.startswith("shop.py:38:")
    assert ": unknown-choice " in done.stdout
    assert snapshot(project / "generated") == before


def test_one_file_is_a_project(tmp_path: Path, motet: Motet, project: Path):
    (project / "broken.py").write_text("def (")
    assert motet("build", project / "shop.py").returncode == 0
    assert (project / "generated/seller/shop.py").exists()


def test_layers_that_call_the_next_one_twice_take_no_longer_with_each(project: Path, motet: Motet):
    layers = [
        f"""
@choreography
async def layer{i}(a: A, b: B, n: At[int, A]) -> At[int, A]:
    back = await layer{i - 1}(a, b, n)
    return await layer{i - 1}(a, b, back)
"""
        for i in range(1, 30)
    ]
    (project / "shop.py").write_text(LAYERS + "".join(layers))
    assert motet("build").returncode == 0


def test_streams_that_part_and_meet_again_take_no_longer_each_time(project: Path, motet: Motet):
    meetings = [
        f"    s{i} = s{i - 1}.cross_singleton(s{i - 1}.count()).map(lambda pair: pair[0])\n"
        for i in range(1, 30)
    ]
    start = """
from motet import At, Process, choreography

class A(Process): ...
class B(Process): ...

@choreography
async def meet(a: A, b: B) -> At[int, B]:
    s0 = a.source(range(4))
"""
    end = "    return await s29.send(to=b).count().collect()\n"
    (project / "shop.py").write_text("".join([start, *meetings, end]))
    assert motet("build").returncode == 0


# Checking


def test_check_is_clean_and_remembers(motet: Motet):
    first = motet("check")
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "no findings\n")
    assert motet("check").stderr == "no findings (nothing changed)\n"


def test_check_writes_no_output(project: Path, motet: Motet):
    motet("check")
    assert not (project / "generated").exists()


@pytest.mark.parametrize("where", ["inside", "below", "above", "elsewhere"])
def test_json_findings_name_the_source(project: Path, motet: Motet, tmp_path: Path, where: str):
    edit(project / "shop.py", "if await buyer.share(afford, to=seller):", "if afford:")
    (project / "docs").mkdir()
    folder, path = {
        "inside": (project, "shop.py"),
        "below": (project / "docs", "../shop.py"),
        "above": (project.parent, "shop/shop.py"),
        "elsewhere": (ROOT, "shop.py"),
    }[where]
    done = motet("check", project, "--output-format", "json", cwd=folder)
    assert done.returncode == 1
    (found,) = map(json.loads, done.stdout.splitlines())
    assert (found["code"], found["path"], found["line"]) == ("unknown-choice", path, 38)


def test_types_of_the_source_are_checked(project: Path, motet: Motet):
    edit(project / "shop.py", "quote.cents <= buyer.budget", 'quote.cents <= "a lot"')
    done = motet("check", "--output-format", "concise")
    assert done.returncode == 1
    assert done.stdout.startswith("shop.py:37:")


# A generated module that says something else than the source is found out, whatever was done to it.

CORRUPTIONS = {
    "direction": (
        "buyer/shop.py",
        "await net.wanted.send(title)",
        "wanted: str = await net.wanted.recv()",
    ),
    "payload type": (
        "wire/shop.py",
        "self.quote: Inbox[Buyer, Seller, Quote | None]",
        "self.quote: Inbox[Buyer, Seller, str]",
    ),
    "received type": ("buyer/shop.py", "quote: Quote | None = await", "quote: str = await"),
    "channel's codec": (
        "wire/shop.py",
        '"wanted", encode_str, decode_str',
        '"wanted", encode_bool, decode_bool',
    ),
    "channel's ends": (
        "wire/shop.py",
        "BUY_WANTED: Final[Channel[Buyer, Seller, str]]",
        "BUY_WANTED: Final[Channel[Seller, Buyer, str]]",
    ),
    "somebody else's net": ("seller/shop.py", "net: BuyAtSeller", "net: BuyAtBuyer"),
    "dropped endpoint": (
        "wire/shop.py",
        "        self.afford: Inbox[Seller, Buyer, bool] = Inbox(site, BUY_AFFORD, buyer)\n",
        "",
    ),
    "dropped receive": (
        "buyer/shop.py",
        "    quote: Quote | None = await net.quote.recv()  # ← seller, shop.py:36\n",
        "",
    ),
    "renamed variable": ("seller/shop.py", "wanted: str = await", "wished: str = await"),
    "sent value": (
        "seller/shop.py",
        "net.quote.send(seller.quote(wanted))",
        "net.quote.send(wanted)",
    ),
    "forgotten await": ("seller/shop.py", "await net.quote.send(", "net.quote.send("),
}


@pytest.mark.parametrize("kind", list(CORRUPTIONS))
def test_a_corrupted_module_is_found_out(project: Path, motet: Motet, kind: str):
    path, old, new = CORRUPTIONS[kind]
    motet("build")
    edit(project / "generated" / path, old, new)
    if kind == "somebody else's net":
        edit(project / "generated" / path, "BuyAtSeller, Quote", "BuyAtBuyer, Quote")
    done = motet("check", "--output-format", "json")
    assert done.returncode == 1, done.stderr
    assert f"generated/{path} was edited by hand" in done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert {item["path"] for item in found} == {"shop.py"}, found
    assert all(34 <= item["line"] <= 40 for item in found), found


# Running


@pytest.mark.parametrize("transport", ["unix", "tcp", "memory"])
def test_run_builds_first_and_answers(motet: Motet, transport: str):
    done = motet("run", "shop:buy", "--arg", 'title="SICP"', "--json", "--transport", transport)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "results": {"Buyer": None},
        "messages": {"Buyer->Seller": 2, "Seller->Buyer": 1},
    }


@pytest.mark.parametrize("transport", ["unix", "memory"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["shop:buy", "--arg", "title=7"], "--arg title: expected a string, got 7"),
        (["shop:buy"], "missing --arg title=JSON: shop:buy needs it at Buyer"),
        (["shop:bye", "--arg", 'title=""'], "no choreography `shop:bye`; did you mean `shop:buy`?"),
        (
            ["shop:buy", "--arg", 'title=""', "--size", "buyer=2"],
            "shop:buy has no cluster `buyer`: it has none",
        ),
    ],
)
def test_what_cannot_be_run_is_one_line(
    motet: Motet, transport: str, arguments: list[str], message: str
):
    motet("build")
    done = motet("run", *arguments, "--transport", transport)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"motet: error: {message}")
    assert done.stderr.count("\n") == 1


def test_a_run_of_a_program_with_findings_shows_them(project: Path, motet: Motet):
    edit(project / "shop.py", "if await buyer.share(afford, to=seller):", "if afford:")
    done = motet("run", "shop:buy", "--arg", 'title=""', "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[unknown-choice]" in done.stderr


@pytest.mark.parametrize("transport", ["unix", "memory"])
def test_a_failing_location_is_named_with_its_source_line(
    project: Path, motet: Motet, transport: str
):
    edit(
        project / "shop.py",
        "        return Quote(title",
        "        raise KeyError(title)\n        return Quote(title",
    )
    done = motet("run", "shop:buy", "--arg", 'title="TAPL"', "--json", "--transport", transport)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("motet: Seller failed at shop.py:")
    assert done.stderr.splitlines()[-1].endswith("KeyError: 'TAPL'")


def test_the_working_directory_is_the_users_and_no_place_to_import_from(
    project: Path, motet: Motet, tmp_path: Path
):
    motet("build")
    decoy = tmp_path / "decoy"
    (decoy / "generated").mkdir(parents=True)
    (decoy / "generated/__init__.py").write_text("raise RuntimeError('the wrong package')")
    done = motet("run", "shop:buy", "-C", project, "--arg", 'title="SICP"', "--json", cwd=decoy)
    assert done.returncode == 0, done.stderr


def test_plan_and_dump_tell_of_the_program(motet: Motet):
    plan = motet("plan", "shop:buy")
    assert plan.returncode == 0, plan.stderr
    assert "wanted  buyer -> seller  str" in plan.stdout
    everything = json.loads(motet("plan", "--format", "json").stdout)
    assert [item["choreography"] for item in everything["choreographies"]] == ["shop:buy"]
    assert motet("dump", "--after", "places").stdout
    unknown = motet("dump", "--after", "place")
    assert unknown.returncode == 2
    assert "unknown pass `place`; did you mean `places`?" in unknown.stderr
