"""mypy's findings, at exact places; and what happens when mypy cannot go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from motetc.config import ConfigError
from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.types import OracleError, SourceFile, TypeFacts, ask


@pytest.fixture
def cache(shared_cache: Path) -> Path:
    return shared_cache / "oracle"


def check(cache: Path, root: Path = Path("/findings"), **texts: str) -> TypeFacts:
    files = [SourceFile(root / f"{name}.py", name, text) for name, text in texts.items()]
    return ask(files, cache_dir=cache, search=[root])


def test_an_error_has_mypys_code_and_place(cache: Path) -> None:
    facts = check(cache, a='def f(n: int) -> None: ...\né = "ü"; f(\n    "é" + "é")\n')
    message = 'Argument 1 to "f" has incompatible type "str"; expected "int"'
    assert facts.findings == (Diagnostic("arg-type", message, Span("/findings/a.py", 3, 5, 3, 14)),)


def test_a_note_that_follows_helps(cache: Path) -> None:
    text = "def f(xs: list[float]) -> None: ...\nys = [1]\nf(ys)\n"
    [found] = check(cache, a=text).findings
    assert found.code == "arg-type"
    assert 'Consider using "Sequence" instead' in found.help


def test_a_missing_module(cache: Path) -> None:
    facts = check(cache, a="import nowhere\nx = 1\n", b="from . import y\n" * 0)
    [found] = facts.findings
    assert (found.code, found.span) == ("import-error", Span("/findings/a.py", 1, 1, 1, 2))
    assert found.help == ""
    assert facts.type_of("a", 2, 0, 2, 1) is not None


def test_a_relative_import_at_the_top(cache: Path) -> None:
    facts = check(cache, a="from . import y\n")
    assert [f.code for f in facts.findings] == ["import-error"]
    assert facts.type_of("a", 1, 14, 1, 15) is None


def test_syntax_errors_in_every_file(cache: Path) -> None:
    facts = check(cache, a="x = (\n", b="y = 1\n", c="é = 'ü' 3\n", d="return\n")
    assert [(f.code, Path(f.span.path).name) for f in facts.findings] == [
        ("syntax-error", "a.py"),
        ("syntax-error", "c.py"),
        ("syntax-error", "d.py"),
    ]
    assert facts.findings[0].span == Span("/findings/a.py", 1, 5, 1, 6)
    assert facts.type_of("b", 1, 0, 1, 1) is None


def test_an_error_that_stops_mypy(cache: Path) -> None:
    """CPython compiles this; mypy's analysis stops at it."""
    facts = check(cache, a="class A(B): ...\nclass B(A): ...\n", b="x = 1\n")
    assert [f.span.path for f in facts.findings] == ["/findings/a.py"] * len(facts.findings)
    assert facts.findings


def test_two_files_of_one_module(cache: Path) -> None:
    root = Path("/findings")
    files = [SourceFile(root / d / "a.py", "a", "x = 1\n") for d in ("p", "q")]
    facts = ask(files, cache_dir=cache, search=[root])
    assert "Duplicate module" in facts.findings[0].message


def test_the_users_own_settings_decide(shared_cache: Path, tmp_path: Path) -> None:
    cache = shared_cache / "oracle-annotated"
    text = "def f(x):\n    return x\n\n\ndef g(x):\n    return 1 + 'a'\n"
    (tmp_path / "pyproject.toml").write_text("[tool.mypy]\ndisallow_untyped_defs = true\n")
    (tmp_path / "src").mkdir()
    findings = check(cache, tmp_path / "src", a=text).findings
    assert [f.code for f in findings] == ["no-untyped-def", "no-untyped-def"]


def test_untyped_functions_are_checked_where_nothing_is_set(cache: Path) -> None:
    facts = check(cache, a="def g(x):\n    return 1 + 'a'\n")
    assert [f.code for f in facts.findings] == ["operator"]


def test_strict_in_the_users_settings(shared_cache: Path, tmp_path: Path) -> None:
    cache = shared_cache / "oracle-strict"
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = true\n[mypy-b]\nignore_errors = true\n")
    facts = check(cache, tmp_path, a="def f(x): ...\n", b="def f(x): ...\n")
    assert [(f.code, f.span.path) for f in facts.findings] == [
        ("no-untyped-def", str(tmp_path / "a.py"))
    ]


def test_a_breakdown_is_shown_clearly(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plugin = tmp_path / "broken.py"
    plugin.write_text(
        "from mypy.plugin import Plugin\n"
        "class Broken(Plugin):\n"
        "    def get_function_hook(self, fullname):\n"
        "        return (lambda ctx: 1 / 0) if fullname == 'a.f' else None\n"
        "def plugin(version): return Broken\n"
    )
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = broken.py\n")
    with pytest.raises(OracleError) as caught:
        check(tmp_path / "cache", tmp_path, a="def f() -> int: return 1\n\nx = f()\n")
    assert str(caught.value) == (
        f"mypy broke down (INTERNAL ERROR) at {tmp_path}/a.py:3: "
        "ZeroDivisionError: division by zero"
    )
    assert capfd.readouterr() == ("", "")


def test_bad_settings_are_an_error_of_the_users(tmp_path: Path) -> None:
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = no_such_plugin\n")
    with pytest.raises(ConfigError, match="no_such_plugin"):
        check(tmp_path / "cache", tmp_path, a="x = 1\n")


def test_mypy_is_silent(cache: Path, capfd: pytest.CaptureFixture[str]) -> None:
    check(cache, a="import nowhere\nreveal_type(1)\nx: int = 'a'\n'\\d'\n")
    assert capfd.readouterr() == ("", "")
