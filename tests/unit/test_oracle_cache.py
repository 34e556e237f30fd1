"""The oracle's memory: nothing asked twice, nothing stale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from motetc.frontend import types
from motetc.frontend.oracle_store import Stored, load
from motetc.frontend.types import OracleError, SourceFile, TypeFacts, ask
from motetc.ir.types import Type

PROGRAM = """
import sys
from pathlib import Path
from motetc.frontend.types import SourceFile, ask
root, cache = Path(sys.argv[1]), Path(sys.argv[2])
files = [SourceFile(p, p.stem, p.read_text("utf-8")) for p in sorted(root.glob("*.py"))]
facts = ask(files, cache_dir=cache, search=[root])
found = facts.type_of("a", 1, 0, 1, 1)
print(found.name if found else None, len(facts.findings), "mypy" in sys.modules)
"""
INT, STR = Type("scalar", "int"), Type("scalar", "str")


@pytest.fixture
def cache(shared_cache: Path, request: pytest.FixtureRequest) -> Path:
    """mypy's cache is shared, what the oracle itself keeps is not."""
    folder = shared_cache / "oracle-cache"
    for path in folder.glob("*.types"):
        path.unlink()
    return folder


def check(cache: Path, root: Path, **texts: str) -> TypeFacts:
    files = [SourceFile(root / f"{name}.py", name, text) for name, text in texts.items()]
    return ask(files, cache_dir=cache, search=[root])


def stored(cache: Path) -> Stored:
    [path] = cache.glob("*.types")
    return load(path)


def run_program(root: Path, cache: Path) -> str:
    command = [sys.executable, "-c", PROGRAM, str(root), str(cache)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def test_an_unchanged_program_does_not_even_import_mypy(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\ny: str = x\n")
    (tmp_path / "b.py").write_text("from a import x\n")
    assert run_program(tmp_path, cache) == "int 1 True\n"
    assert run_program(tmp_path, cache) == "int 1 False\n"
    (tmp_path / "b.py").write_text("from a import y\n")
    assert run_program(tmp_path, cache) == "int 1 True\n"


EDITS = [
    {"a": "class A:\n    n: int = 1\ndef f() -> int: return 1\n"},
    {"b": "import a\nx = a.f()\ny = a.A().n\n", "c": "from b import x, y\nz = [x, y]\n"},
    {"a": "# moved\nclass A:\n    n: int = 1\ndef f() -> int: return 1\n"},
    {"a": "class A:\n    n: str = ''\ndef f() -> int: return 1\n"},
    {"c": "from b import x\nz = (x, y)\n"},
    {"b": "import c\nfrom a import A\nx = A()\ny = 1\nw = c.z\n"},
    {
        "a": "from dataclasses import dataclass\n@dataclass\nclass A:\n    n: int\ndef f() -> None: ...\n"
    },
    {"c": "z: bytes = b''\n"},
]


def test_every_edit_gives_what_a_run_from_nothing_gives(tmp_path: Path, cache: Path) -> None:
    texts: dict[str, str] = {}
    for edit in EDITS:
        texts |= edit
        facts = check(cache, tmp_path, **texts)
        kept = stored(cache)
        next(cache.glob("*.types")).unlink()
        again = check(cache, tmp_path, **texts)
        assert dict(kept.lines) == dict(stored(cache).lines)
        assert facts.findings == again.findings


def test_only_what_an_edit_touches_is_read_again(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"a": "x = 1\n", "b": "from a import x\ny = x\n", "c": "z = 1\n"}
    check(cache, tmp_path, **texts)
    from motetc.frontend import oracle_collect

    read: list[str] = []
    read_module = oracle_collect._read_module

    def spy(result: object, file: SourceFile, *rest: object) -> object:
        read.append(file.module)
        return read_module(result, file, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(oracle_collect, "_read_module", spy)
    check(cache, tmp_path, **texts | {"a": "x = 1  # one\n"})
    check(cache, tmp_path, **texts | {"a": "x = 'a'\n"})
    assert read == ["a", "a", "b"]


def test_a_crash_between_mypys_cache_and_ours_leaves_nothing_stale(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    b = "from a import x\ny = x\n"
    check(cache, tmp_path, a="x = 1\n", b=b)
    with monkeypatch.context() as patched:
        patched.setattr(types, "save", lambda _path, _stored: (_ for _ in ()).throw(OracleError()))
        with pytest.raises(OracleError):
            check(cache, tmp_path, a="x = 'a'\n", b=b)
    assert check(cache, tmp_path, a="x = 'a'\n", b=b).type_of("b", 2, 0, 2, 1) == STR
    assert check(cache, tmp_path, a="x = 1\n", b=b).type_of("b", 2, 0, 2, 1) == INT


def test_texts_need_not_be_on_disk(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert check(cache, tmp_path, a="x = 'a'\n").type_of("a", 1, 0, 1, 1) == STR
    assert check(cache, tmp_path, a="x = 1\n").type_of("a", 1, 0, 1, 1) == INT


def test_a_module_that_is_found_later(tmp_path: Path, cache: Path) -> None:
    text = "from lib.part import x\ny = x\n"
    missing = check(cache, tmp_path, a=text)
    assert [f.code for f in missing.findings] == ["import-error"]
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "part.py").write_text("x = 1\n")
    found = check(cache, tmp_path, a=text)
    assert (found.findings, found.type_of("a", 2, 0, 2, 1)) == ((), INT)


def test_a_module_of_a_package_that_is_found_later(tmp_path: Path, cache: Path) -> None:
    package = [
        SourceFile(tmp_path / "p" / "__init__.py", "p", "from p import a\n"),
        SourceFile(tmp_path / "p" / "a.py", "p.a", "from . import late\nx = late.y\n"),
    ]
    missing = ask(package, cache_dir=cache, search=[tmp_path])
    assert [f.code for f in missing.findings] == ["attr-defined"]
    package.append(SourceFile(tmp_path / "p" / "late.py", "p.late", "y = 1\n"))
    found = ask(package, cache_dir=cache, search=[tmp_path])
    assert (found.findings, found.type_of("p.a", 2, 0, 2, 1)) == ((), INT)


def test_a_module_of_a_package_that_goes(tmp_path: Path, cache: Path) -> None:
    package = [
        SourceFile(tmp_path / "p" / "__init__.py", "p", "from . import early\nx = early.y\n"),
        SourceFile(tmp_path / "p" / "early.py", "p.early", "y = 1\n"),
    ]
    assert not ask(package, cache_dir=cache, search=[tmp_path]).findings
    gone = ask(package[:1], cache_dir=cache, search=[tmp_path])
    next(cache.glob("*.types")).unlink()
    assert gone.findings == ask(package[:1], cache_dir=cache, search=[tmp_path]).findings != ()


def test_the_current_folder_does_not_matter(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lib.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    facts = check(cache, tmp_path / "src", a="import lib\n")
    assert [f.code for f in facts.findings] == ["import-error"]


def test_a_library_that_changes(tmp_path: Path, cache: Path) -> None:
    text = "from lib import x\ny = x\n"
    (tmp_path / "lib.py").write_text("x = 1\n")
    assert check(cache, tmp_path, a=text).type_of("a", 2, 0, 2, 1) == INT
    (tmp_path / "lib.py").write_text("x = 'a' + ''\n")
    assert check(cache, tmp_path, a=text).type_of("a", 2, 0, 2, 1) == STR


def test_a_damaged_file_is_no_cache(tmp_path: Path, cache: Path) -> None:
    check(cache, tmp_path, a="x = 1\n")
    [path] = cache.glob("*.types")
    for damage in (b"", b"{}", b"[]\n", path.read_bytes()[:40]):
        path.write_bytes(damage)
        assert check(cache, tmp_path, a="x = 1\n").type_of("a", 1, 0, 1, 1) == INT


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # mypy's own
def test_a_damaged_mypy_cache_is_made_anew(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    check(cache, tmp_path, a="x = 1\n")
    for path in (cache / "mypy").rglob("*.db"):
        path.write_bytes(b"not a database, and long enough to be looked at" * 100)
    assert check(cache, tmp_path, a="x = ''\n").type_of("a", 1, 0, 1, 1) == STR


def test_packages_and_no_files_at_all(tmp_path: Path, cache: Path) -> None:
    files = [
        SourceFile(tmp_path / "p" / "__init__.py", "p", "x = 1\n"),
        SourceFile(tmp_path / "p" / "q.py", "p.q", "from . import x\nfrom .r import z\ny = x\n"),
        SourceFile(tmp_path / "p" / "r.py", "p.r", "z = 1\n"),
        SourceFile(tmp_path / "n" / "s.py", "n.s", "from p.q import y\nw = y\n"),
    ]
    facts = ask(files, cache_dir=cache, search=[tmp_path])
    assert facts.findings == ()
    assert facts.type_of("n.s", 2, 0, 2, 1) == INT
    assert ask([], cache_dir=cache, search=[tmp_path]).findings == ()
