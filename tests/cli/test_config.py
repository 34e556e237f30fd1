from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from cli.projects import write_files
from motetc.config import Config, ConfigError, load_config
from motetc.frontend.discover import discover
from motetc.frontend.sources import read_sources


def test_a_directory_without_settings_has_defaults(tmp_path: Path):
    assert load_config(tmp_path) == Config(tmp_path, (tmp_path,), tmp_path / "generated")


def test_src_is_the_source_root_when_it_exists(tmp_path: Path):
    (tmp_path / "src").mkdir()
    assert load_config(tmp_path).sources == (tmp_path / "src",)


def test_settings_are_read(tmp_path: Path):
    write_files(
        tmp_path,
        {
            "pyproject.toml": """
                [tool.motet]
                sources = ["lib", "app"]
                output = "build/out"
                exclude = ["*_test.py"]
            """,
            "lib/a.py": "",
            "app/b.py": "",
        },
    )
    sources = (tmp_path / "lib", tmp_path / "app")
    assert load_config(tmp_path) == Config(
        tmp_path, sources, tmp_path / "build/out", ("*_test.py",)
    )


def test_one_file_is_a_project_of_one_module(tmp_path: Path):
    write_files(tmp_path, {"shop.py": "", "other.py": ""})
    config = load_config(tmp_path / "shop.py")
    assert (config.root, config.exclude) == (tmp_path, ("/*", "!/shop.py"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('source = ["."]', "unknown key `source` in [tool.motet]; did you mean `sources`?"),
        ('sources = "."', "`sources` in [tool.motet] must be a list of strings, not '.'"),
        ("sources = []", "`sources` must name at least one folder"),
        ('sources = ["nowhere"]', "nowhere is not a directory"),
        ("output = 3", "`output` in [tool.motet] must be a string, not 3"),
        ('output = "../out"', "must be a folder inside the project"),
        ('output = "."', "must be a folder inside the project"),
        ('output = "my-output"', "'my-output' cannot be"),
        ('output = "class"', "'class' cannot be"),
        ('output = "src"\nsources = ["src/app"]', "contains the source root"),
        ("exclude = [1]", "`exclude` in [tool.motet] must be a list of strings, not [1]"),
        ("exclude = ", "not valid TOML"),
        ('output = "a\\u0000"', "is no path"),
        ('sources = ["a\\u0000"]', "is no path"),
        ("colour = 1", "unknown key `colour` in [tool.motet] (there are sources, output, exclude)"),
    ],
)
def test_wrong_settings_are_refused_by_name(tmp_path: Path, settings: str, message: str):
    (tmp_path / "src/app").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(f"[tool.motet]\n{settings}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "name"), [("tool = 1", "tool"), ("tool.motet = 1", "tool.motet")])
def test_tool_motet_must_be_a_table(tmp_path: Path, text: str, name: str):
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(ConfigError, match=f"`{name}` must be a table"):
        load_config(tmp_path)


def test_settings_that_cannot_be_read_are_not_passed_over(tmp_path: Path):
    (tmp_path / "pyproject.toml").symlink_to("nowhere")
    with pytest.raises(ConfigError, match=r"pyproject.toml: cannot be read: No such file"):
        load_config(tmp_path)


def test_a_folder_whose_name_is_not_utf_8_is_refused(tmp_path: Path):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    folder.mkdir()
    with pytest.raises(ConfigError, match=r"\\udcff' is not UTF-8: rename that folder"):
        load_config(folder)


def test_a_name_that_this_process_cannot_read_is_not_to_be_changed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.getfilesystemencoding", lambda: "ascii")
    with pytest.raises(
        ConfigError, match=r"/ü: names of files are read as ascii here; set PYTHONUTF8=1"
    ):
        load_config(Path("/\udcc3\udcbc"))


def test_a_module_whose_name_this_process_cannot_read_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "größe.py").write_text("")
    (tmp_path / os.fsdecode(b"gr\xc3\xb6\xff.py")).write_text("")
    assert [found.module for found in discover(load_config(tmp_path))] == ["größe"]
    monkeypatch.setattr("sys.getfilesystemencoding", lambda: "ascii")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        discover(load_config(tmp_path))


def test_a_source_root_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(ConfigError, match="source root cannot be read"):
        load_config(tmp_path)


@pytest.mark.parametrize("pattern", ["[a", "[z-a]", "\\", "!", "/"])
def test_a_pattern_that_nothing_can_match_is_refused(tmp_path: Path, pattern: str):
    config = replace(load_config(tmp_path), exclude=("# files", "", pattern))
    with pytest.raises(ConfigError, match=r"no pattern of \.gitignore"):
        discover(config)


def test_what_cannot_be_read_is_told_and_may_be_excluded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def listed(folder: Path) -> list[str]:
        if folder.name == "data":
            raise PermissionError(13, "Permission denied", str(folder))
        return names(folder)

    names = os.listdir
    monkeypatch.setattr(os, "listdir", listed)
    (tmp_path / "data").mkdir()
    (tmp_path / "gone.py").symlink_to("nowhere")
    (tmp_path / "folder.py").mkdir()
    config = load_config(tmp_path)
    told = [(found.span.path, found.message, found.help) for found in read_sources(config).broken]
    assert told == [
        (
            "data",
            "cannot be read: the folder cannot be listed",
            'make it readable, or write `exclude = ["/data/"]` in [tool.motet]',
        ),
        (
            "gone.py",
            "cannot be read: it is a link to nowhere, which is not there",
            "mend the link, or exclude it in pyproject.toml",
        ),
    ]
    assert discover(replace(config, exclude=("/data/", "gone.py"))) == []


def test_an_output_that_links_out_of_the_project_says_so(tmp_path: Path):
    project = tmp_path / "project"
    project.mkdir()
    (project / "generated").symlink_to(tmp_path)
    (project / "shop.py").touch()
    for target in (project, project / "shop.py"):
        with pytest.raises(ConfigError, match=f"not 'generated', which links to {tmp_path}"):
            load_config(target)


def test_what_cannot_be_written_is_kept_with_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    config = load_config(tmp_path)
    assert config.cache == tmp_path / ".motet_cache"
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    (tmp_path / "cache").mkdir()
    assert config.cache.parent == tmp_path / "cache/motet"
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert config.cache == tmp_path / ".motet_cache", "what cannot be done is told of the project"


def test_a_working_directory_that_is_gone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "getcwd", lambda: os.stat(tmp_path / "gone"))
    with pytest.raises(ConfigError, match="the working directory is gone"):
        load_config(tmp_path)


def test_an_output_folder_is_no_project(tmp_path: Path):
    write_files(
        tmp_path, {"generated/manifest.json": '{"fingerprint": ""}', "generated/wire/x.py": ""}
    )
    with pytest.raises(ConfigError, match=f"name the project, {tmp_path}"):
        load_config(tmp_path / "generated")


def test_a_missing_directory_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="no such file or directory"):
        load_config(tmp_path / "nowhere")
