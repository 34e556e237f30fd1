from __future__ import annotations

from pathlib import Path

import pytest
from motetc.config import ConfigError
from motetc.frontend.oracle_settings import read_settings


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("mypy.ini", "[mypy]\nstrict = yess\n", "[mypy]: strict: Not a boolean: yess"),
        ("mypy.ini", "[mypy\nstrict = true\n", "File contains no section headers. "),
        (
            "pyproject.toml",
            '[tool.mypy]\nstrict = "yess"\npython_version = "2.7"\n',
            "[tool.mypy]: strict: Not a boolean: yess; Mypy no longer supports checking Python 2 code. ",
        ),
        (
            "pyproject.toml",
            "[tool.mypy]\nstricct = true\n",
            "[tool.mypy]: unknown key `stricct`; did you mean `strict`?",
        ),
        (
            "pyproject.toml",
            '[[tool.mypy.overrides]]\nmodule = "x"\nignore_errors = "maybe"\n',
            "ignore_errors: Not a boolean: maybe",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, name: str, text: str, said: str):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ConfigError) as raised:
        read_settings(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "[mypy]\nstrict = True\nwarn_unused_configs = True\n[mypy-x.*]\nignore_errors = True\n",
        "[mypy]\nof_another_mypy = 3\npython_version = 3.8\n",
        "[tool]\n",
    ],
)
def test_what_changes_nothing_is_left_alone(tmp_path: Path, text: str):
    path = tmp_path / "mypy.ini"
    path.write_text(text)
    read_settings(path)
