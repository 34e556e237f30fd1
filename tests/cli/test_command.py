"""The command as a whole: usage, settings, errors of our own, and what a build with nothing to do may not import."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from cli.projects import compilation, motet
from motetc.build import compile_built, write
from motetc.cli import run
from motetc.config import load_config
from motetc.diagnostics.codes import CODES
from motetc.state import State

PAIR = """
from motet import Process, choreography


class One(Process):
    pass


class Two(Process):
    pass


@choreography
async def tell(a: One, b: Two) -> None:
    await a.send(None, to=b)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has been built; the compiler is not what is tested here."""
    (tmp_path / "shop.py").write_text("")
    config = load_config(tmp_path)
    write(
        compile_built(config, lambda _: compilation({"seller/shop.py": "x = 1\n"})), State(config)
    )
    return tmp_path


@pytest.fixture
def folder(tmp_path: Path, shared_cache: Path) -> Path:
    """An empty project; what the standard library costs is paid already."""
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    for stale in ("build.json", "check.json"):
        (shared_cache / stale).unlink(missing_ok=True)
    return tmp_path


@pytest.mark.parametrize("verb", ["build", "check", "plan", "run"])
def test_a_missing_directory_is_one_line_and_exit_2(tmp_path: Path, verb: str):
    where = tmp_path / "nowhere"
    arguments = {"plan": ["-C", where], "run": ["shop:buy", "-C", where]}.get(verb, [where])
    done = motet(verb, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"motet: error: {where}: no such file or directory\n"


def test_what_is_in_the_way_of_the_output_is_named(folder: Path):
    (folder / "shop.py").write_text("from motet import Process\n\n\nclass Seller(Process): ...\n")
    (folder / "generated").write_text("not a folder")
    done = motet("build", folder)
    assert done.returncode == 2
    assert (
        done.stderr
        == f"motet: error: {folder / 'generated'} is a file where a folder has to be: move it away\n"
    )


def test_settings_that_mypy_refuses_are_the_users(tmp_path: Path):
    (tmp_path / "shop.py").write_text("from motet import Process\n\n\nclass Seller(Process): ...\n")
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = nowhere\n")
    done = motet("build", tmp_path)
    assert done.returncode == 2
    where = tmp_path / "mypy.ini"
    assert done.stderr.startswith(
        f'motet: error: mypy stopped: {where}:2: Error importing plugin "nowhere"'
    )


def test_wrong_settings_are_exit_2(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.motet]\nouptut = 'x'\n")
    done = motet("build", tmp_path)
    assert done.returncode == 2
    assert done.stderr.endswith("unknown key `ouptut` in [tool.motet]; did you mean `output`?\n")


@pytest.mark.parametrize(
    ("files", "settings", "said"),
    [
        (
            ["queue.py"],
            "",
            "queue.py: the module `queue` would hide `queue` of the standard library",
        ),
        (
            ["motet/__init__.py"],
            "",
            "would hide `motet` of what generated modules run on; rename it",
        ),
        (
            ["shop.py"],
            "output = 'json'",
            "`output` would hide the package `json`; choose another name",
        ),
        (["shop.py"], "output = 'shop'", "`output` and shop.py are both the package `shop`"),
        (
            ["a/shop.py", "b/shop.py"],
            "sources = ['a', 'b']",
            "b/shop.py and a/shop.py are both the module `shop`; rename or exclude one",
        ),
    ],
)
def test_names_that_hide_modules_are_exit_2(
    tmp_path: Path, files: list[str], settings: str, said: str
):
    (tmp_path / "pyproject.toml").write_text(f"[tool.motet]\n{settings}\n")
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    done = motet("build", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_pattern_that_git_refuses_is_exit_2(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.motet]\nexclude = ['*.txt', '!']\n")
    done = motet("build", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("`exclude` has '!', which is no pattern of .gitignore\n")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "# coding: latin-1\nNAME = 'ä'\n".encode(),
            "1:11: syntax-error cannot be read: it is declared as `latin-1`",
        ),
        (
            "#\n# coding: latin-1\nNAME = 'ä'\n".encode("latin-1"),
            "2:11: syntax-error cannot be read: it is declared as `latin-1`",
        ),
        (
            b"# coding: nonsense\n",
            "1:11: syntax-error cannot be read: it is declared as `nonsense`",
        ),
        (b"#\nNAME = '\xe4'\n", "2:9: syntax-error cannot be read: byte 0xe4 is not UTF-8"),
        ("# coding: utf8\nNAME = 'ä'\n".encode(), ""),
        (b"# coding: latin-1\nNAME = 'a'\n", ""),
        ("#\n#\n# coding: latin-1\nNAME = 'ä'\n".encode(), ""),
    ],
)
def test_sources_are_utf_8(folder: Path, text: bytes, found: str):
    (folder / "shop.py").write_bytes(text)
    done = motet("build", folder, "--output-format", "concise", cwd=folder)
    assert done.returncode == bool(found)
    assert done.stdout.startswith(f"shop.py:{found}" if found else "")


def test_form_feeds_begin_pages(folder: Path):
    send = "    await a.send(None, to=b)\n"
    paged = PAIR.replace(send, f"{send}    \f{send}").replace("class Two", "\fclass Two")
    (folder / "pair.py").write_text(f"{paged}\nPAGE = '''one\n\f  two'''\n")
    assert motet("build", folder).returncode == 0


def test_findings_in_tests_are_told_how_to_leave_them_out(folder: Path):
    (folder / "tests").mkdir()
    (folder / "tests" / "test_pair.py").write_text("from pair import tell\n\nNUMBER: int = tell\n")
    (folder / "pair.py").write_text(PAIR)
    told = "tests/test_pair.py is read like every Python file below .; `exclude` in [tool.motet]"
    for verb in ("build", "check"):
        assert told in motet(verb, cwd=folder).stderr
    (folder / "pyproject.toml").write_text("[tool.motet]\nexclude = ['tests/']\n")
    assert motet("build", cwd=folder).returncode == 0


def test_one_file_in_place_of_a_project_says_what_goes(folder: Path):
    for name in ("shop", "bank"):
        text = PAIR.replace("One", name.title()).replace("Two", f"{name.title()}s")
        (folder / f"{name}.py").write_text(text)
    assert motet("build", cwd=folder).returncode == 0
    done = motet("build", "bank.py", cwd=folder)
    assert (
        "bank.py is the whole program: what generated had of other files is removed" in done.stderr
    )
    assert done.returncode == 0
    assert "whole program" not in motet("build", "bank.py", cwd=folder).stderr


def test_a_project_without_choreographies_is_told_so(folder: Path):
    (folder / "shop.py").write_text("import motet\n")
    for verb in ("check", "build"):
        done = motet(verb, cwd=folder)
        assert "there is no choreography in 1 Python file below" in done.stderr
        assert done.returncode == 0


@pytest.mark.parametrize("name", ["test.py", "shop/queue.py"])
def test_names_that_hide_nothing_are_fine(folder: Path, name: str):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("")
    assert motet("build", folder).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["biuld"],
        ["build", "--chek"],
        ["check", "--output-format", "xml"],
        ["run", "shop:buy", "--timeout", "0"],
        ["run", "shop:buy", "--timeout", "inf"],
        ["run", "shop:buy", "--lost-after", "nan"],
    ],
)
def test_wrong_usage_is_exit_2(arguments: list[str]):
    done = motet(*arguments)
    assert done.returncode == 2
    assert "Usage: motet" in done.stderr


def test_a_project_without_choreographies_is_said_to_be_one(folder: Path):
    assert "there are no Python files below .\n" in motet("build", cwd=folder).stderr
    (folder / "src").mkdir()
    (folder / "src/plain.py").write_text("")
    said = "there is no choreography in 1 Python file below src\n"
    assert said in motet("build", cwd=folder).stderr
    done = motet("plan", "--format", "json", cwd=folder)
    assert (done.returncode, done.stderr) == (0, said)
    assert json.loads(done.stdout) == {"choreographies": []}


@pytest.mark.parametrize("arguments", [["build"], ["build", "--check"], ["build", "--diff"]])
def test_nothing_to_do_is_said(project: Path, arguments: list[str]):
    done = motet(*arguments, cwd=project)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "nothing to do: generated is up to date\n"


def test_nothing_to_do_imports_none_of_the_slow_libraries(project: Path):
    script = (
        "import sys; from motetc.cli import run; code = run(['build']);"
        "slow = {'mypy', 'black', 'libcst', 'rich', 'motet', 'msgpack'} & set(sys.modules);"
        "sys.exit(f'{slow} {code}' if slow or code else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=project, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_mypy_begins_before_the_slow_libraries_are_imported():
    script = (
        "import sys, motetc.commands.build, motetc.frontend.ahead;"
        "slow = {'mypy', 'black', 'libcst', 'rich', 'motet', 'msgpack'} & set(sys.modules);"
        "sys.exit(f'{slow}' if slow else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_what_fuses_live_collections_is_imported_where_there_are_some():
    script = (
        "import sys, motetc.pipeline;"
        "sys.exit(any(name.startswith('motetc.passes.fuse.fuser') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], timeout=60)
    assert done.returncode == 0


def test_an_error_of_ours_is_said_to_be_one_and_leaves_a_file(project: Path, tmp_path: Path):
    script = (
        "import sys, motetc.state; from motetc.cli import run\n"
        "def fail(self): raise LookupError('no such thing')\n"
        "motetc.state.State.is_current = fail\n"
        "sys.exit(run(['build']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=project, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first == "INTERNAL ERROR: LookupError: no such thing"
    assert second.startswith("This is a bug in motet, not in your program. Please report it with ")
    saved = Path(second.rpartition(" ")[2])
    assert "Traceback (most recent call last)" in saved.read_text()
    saved.unlink()


@pytest.mark.parametrize("word", list(CODES))
def test_every_code_is_explained(word: str):
    from motetc.commands.explain import explanation

    text = explanation(CODES[word])
    assert text.startswith(f"{word}: {CODES[word].summary}\n\n{CODES[word].why}")
    assert CODES[word].fix in text


def test_an_unknown_code_has_a_neighbour():
    done = motet("explain", "unkown-choice")
    assert done.returncode == 2
    assert done.stderr == (
        "motet: error: no code `unkown-choice`; did you mean `unknown-choice`? (`motet explain` lists all)\n"
    )


def test_a_code_of_mypy_is_said_to_be_one():
    done = motet("explain", "name-defined")
    assert done.returncode == 0
    assert done.stdout.startswith("name-defined: ")
    assert done.stdout.endswith("_refs.html#code-name-defined\n")


def test_explain_alone_lists_all_codes():
    done = motet("explain")
    assert [line.split()[0] for line in done.stdout.splitlines()] == sorted(CODES)


EARLY = """
import os
import signal
import sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[-1]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
from motetc.entry import main
main()
"""


@pytest.mark.parametrize("module", ["motetc.cli", "motetc.config", "motetc.run.starting"])
def test_an_interrupt_before_the_command_has_begun(module: str):
    words = ["run", module] if "run" in module else ["build", module]
    done = subprocess.run([sys.executable, "-c", EARLY, *words], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


WRAPPED = """
from motetc import cli
from motetc.commands import explain

class Interrupt:
    def __set_name__(self, owner, name):
        raise KeyboardInterrupt

def run_explain(*given):
    class Owner:
        field = Interrupt()

explain.run_explain = run_explain
cli.main(["explain"])
"""


def test_an_interrupt_of_which_python_makes_another_error():
    done = subprocess.run([sys.executable, "-c", WRAPPED], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")


IGNORED = """
import os
import signal
import sys
import time
from motetc.commands import explain

class Closing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

def run_explain(*given):
    Closing()
    for _ in range(100):
        time.sleep(0.1)

explain.run_explain = run_explain
sys.argv = ["motet", "explain"]
from motetc.entry import main
main()
"""


def test_an_interrupt_that_python_ignores_is_heard_all_the_same():
    done = subprocess.run(
        [sys.executable, "-c", IGNORED], capture_output=True, text=True, timeout=20
    )
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")


def test_an_error_of_ours_is_told_where_no_file_can_be_written(monkeypatch, capsys):
    def fail(code: str | None, report: object) -> int:
        raise RuntimeError("of ours")

    monkeypatch.setattr("motetc.commands.explain.run_explain", fail)
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert run(["explain"]) == 2
    told = capsys.readouterr().err
    assert "INTERNAL ERROR: RuntimeError: of ours" in told
    assert "in fail\n    raise RuntimeError" in told


def test_output_into_a_closed_pipe_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m motetc explain | head -1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["pass.py", "class/shop.py", "to-do.py"])
def test_files_that_nothing_can_import_are_no_modules(folder: Path, name: str):
    program = "from motet import Process\n\n\nclass Shop(Process):\n    pass\n"
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(program)
    assert motet("build", folder).returncode == 0
    assert not list((folder / "generated").glob("wire/**/*.py"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is full")
def test_output_that_cannot_be_written_is_one_line(tmp_path: Path):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "motetc", "explain"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("motet: error: what is to be printed cannot be written: ")


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_an_error_that_cannot_be_written_has_its_exit_code(tmp_path: Path):
    with redirect_stderr(Full()):
        assert run(["build", str(tmp_path / "nowhere")]) == 2


def test_limits_of_the_machine_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def spawn(*_: object, **__: object) -> int:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "posix_spawn", spawn)
    err = io.StringIO()
    with redirect_stderr(err):
        assert run(["run", "shop:buy", "-C", str(tmp_path)]) == 2
    assert err.getvalue() == "motet: error: too many processes: raise the limit (`ulimit -u`)\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_lead_nowhere(closed: str):
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m motetc explain unknown-choice {closed}', sys.executable], check=False
    )
    assert done.returncode == 0
