"""Formatting, source maps, the manifest and writing, with a stand-in for the compiler."""

from __future__ import annotations

import functools
import json
import operator
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from cli.projects import compilation
from motetc.backend.recorded import is_damaged, read_manifest
from motetc.backend.write import Changes, apply, diff
from motetc.build import Built, compile_built, write
from motetc.config import Config, load_config
from motetc.diagnostics.internal import SelfCheckError
from motetc.files import sha256
from motetc.frontend.discover import discover
from motetc.state import State

SELLER = """
async def buy( seller , net ):
    wanted:str = await net.wanted.recv()  # ← buyer, shop.py:35
    if wanted: await net.ship.send(seller.ship( wanted ))
"""
FORMATTED = """\
async def buy(seller, net):
    wanted: str = await net.wanted.recv()  # ← buyer, shop.py:35
    if wanted:
        await net.ship.send(seller.ship(wanted))
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "shop.py").write_text("def buy(): ...\n")
    return load_config(tmp_path)


def built(config: Config, modules: Mapping[str, str], **origins: list[int | None]) -> Built:
    return compile_built(
        config, lambda _: compilation(modules, {f"{k}/shop.py": v for k, v in origins.items()})
    )


def build(config: Config, modules: Mapping[str, str]) -> Built:
    result = built(config, modules)
    write(result, State(config))
    return result


def test_a_file_that_cannot_be_read_is_not_written_over(
    config: Config, monkeypatch: pytest.MonkeyPatch
):
    build(config, {"seller/shop.py": SELLER})

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PermissionError):
        _ = built(config, {"seller/shop.py": SELLER}).changes


def test_modules_are_formatted_and_mapped(config: Config):
    file = built(config, {"seller/shop.py": SELLER}, seller=[3, 35, 36, 37]).files[0]
    assert file.text == FORMATTED
    assert [file.map.at(line).line for line in (1, 2, 3, 4)] == [3, 35, 36, 37]


def test_glue_belongs_to_the_statement_after_it(config: Config):
    source_map = built(config, {"seller/shop.py": SELLER}, seller=[None, 35, None, 37]).files[0].map
    assert source_map.at(1) is None
    assert source_map.nearest(1).line == 35
    assert source_map.nearest(3).line == 37


def test_the_manifest_holds_a_map_that_can_be_read_again(config: Config):
    from motetc.backend.sourcemap import decode

    result = built(config, {"seller/shop.py": SELLER}, seller=[3, 35, 36, 37])
    entry = json.loads(result.manifest)["files"]["seller/shop.py"]
    assert entry["map"] == "1-4=3c 2=35c 3-4=36c 4=37c"
    assert decode(entry["map"], entry["sources"]) == result.files[0].map


def test_origins_that_do_not_line_up_are_an_error_of_ours(config: Config):
    with pytest.raises(SelfCheckError, match="4 statements and 2 origins"):
        built(config, {"seller/shop.py": SELLER}, seller=[3, 35]).files[0].look_over()


def test_a_module_that_does_not_parse_is_an_error_of_ours(config: Config):
    with pytest.raises(SelfCheckError, match="does not parse"):
        built(config, {"seller/shop.py": "def buy(:\n"})


def test_a_first_build_writes_everything_and_a_second_nothing(config: Config):
    build(config, {"seller/shop.py": SELLER, "seller/__init__.py": ""})
    assert (config.output / "seller/shop.py").read_text() == FORMATTED
    assert State(config).is_current()
    before = (config.output / "seller/shop.py").stat().st_mtime_ns
    again = build(config, {"seller/shop.py": SELLER, "seller/__init__.py": ""})
    assert again.changes.touched == ()
    assert (config.output / "seller/shop.py").stat().st_mtime_ns == before


@pytest.mark.parametrize("change", ["source", "output", "deleted", "new source", "settings"])
def test_any_change_is_noticed(config: Config, change: str):
    build(config, {"seller/shop.py": SELLER})
    output = config.output / "seller/shop.py"
    if change == "source":
        (config.root / "shop.py").write_text("def buy(): return 1\n")
    elif change == "output":
        output.write_text(FORMATTED + "\n")
    elif change == "deleted":
        output.unlink()
    elif change == "new source":
        (config.root / "more").mkdir()
        (config.root / "more/pay.py").write_text("")
    else:
        config = Config(config.root, config.sources, config.output, ("more",))
    assert not State(config).is_current()


def test_files_that_no_build_reads_are_not_noticed(config: Config):
    build(config, {"seller/shop.py": SELLER})
    for path in (".hidden/a.py", "__pycache__/b.py", "env/pyvenv.cfg", "env/lib/c.py", "README.md"):
        (config.root / path).parent.mkdir(exist_ok=True, parents=True)
        (config.root / path).write_text("")
    assert State(config).is_current()


def test_only_what_the_manifest_lists_is_removed(config: Config):
    build(config, {"seller/shop.py": SELLER, "seller/old.py": "x = 1\n", "gone/a.py": ""})
    theirs = config.output / "seller/notes.txt"
    theirs.write_text("mine")
    (config.root / "shop.py").write_text("def buy(): return 2\n")
    result = build(config, {"seller/shop.py": SELLER})
    assert result.changes.remove == ("gone/a.py", "seller/old.py")
    assert theirs.exists()
    assert not (config.output / "seller/old.py").exists()
    assert not (config.output / "gone").exists()


@pytest.mark.parametrize("path", ["../precious.py", "/tmp/precious.py"])
def test_a_manifest_cannot_lead_outside_the_output_folder(config: Config, path: str):
    (config.root / "precious.py").write_text("")
    config.output.mkdir()
    files = {path: {"sha256": sha256(b""), "sources": [], "map": ""}}
    document = {"format": 1, "fingerprint": "", "choreographies": {}, "files": files}
    (config.output / "manifest.json").write_text(json.dumps(document))
    assert list(read_manifest(config.output)["files"]) == [path]
    assert built(config, {"seller/shop.py": SELLER}).changes.remove == ()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("fingerprint",), 3),
        (("files",), []),
        (("files", "seller/shop.py"), 3),
        (("files", "seller/shop.py", "sha256"), ["x"]),
        (("choreographies", "shop:buy"), 3),
        (("choreographies", "shop:buy", "roles"), {}),
        (("choreographies", "shop:buy", "roles", 0, "folder"), None),
        (("choreographies", "shop:buy", "channels", 0), "wanted"),
        (("choreographies", "shop:buy", "given"), "x"),
    ],
)
def test_a_manifest_of_another_shape_counts_as_none(
    config: Config, path: tuple[str | int, ...], value: object
):
    build(config, {"seller/shop.py": SELLER})
    file = config.output / "manifest.json"
    document = json.loads(file.read_text())
    *way, last = path
    functools.reduce(operator.getitem, way, document)[last] = value
    file.write_text(json.dumps(document))
    assert is_damaged(config.output)
    assert read_manifest(config.output) == {}
    build(config, {"seller/shop.py": SELLER})
    assert not is_damaged(config.output)


def test_other_line_ends_are_no_edit(config: Config):
    build(config, {"seller/shop.py": SELLER, "seller/pay.py": "x = 1\n"})
    shutil.rmtree(config.cache)
    for file in config.output.rglob("*.*"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    result = built(config, {"seller/shop.py": SELLER, "seller/pay.py": "x = 2\n"})
    assert (result.changes.write, result.changes.by_hand) == (("seller/pay.py",), ())
    assert not built(
        config, {"seller/shop.py": SELLER, "seller/pay.py": "x = 1\n"}
    ).manifest_drifted


def test_a_file_edited_by_hand_is_found(config: Config):
    build(
        config, {"seller/shop.py": SELLER, "seller/pay.py": "x = 1\n", "seller/old.py": "y = 1\n"}
    )
    for name in ("shop", "old"):
        (config.output / f"seller/{name}.py").write_text("mine = True\n")
    result = built(config, {"seller/shop.py": SELLER, "seller/pay.py": "x = 2\n"})
    assert result.changes.by_hand == ("seller/old.py", "seller/shop.py")
    assert result.changes.write == ("seller/pay.py", "seller/shop.py")


def test_a_file_in_our_way_that_we_never_wrote_is_theirs(config: Config):
    (config.output / "seller").mkdir(parents=True)
    (config.output / "seller/shop.py").write_text("theirs = 1\n")
    assert built(config, {"seller/shop.py": SELLER}).changes.by_hand == ("seller/shop.py",)


def test_what_a_build_left_that_was_ended_while_it_wrote_is_ours(
    config: Config, monkeypatch: pytest.MonkeyPatch
):
    def write_and_die(changes: Changes) -> None:
        apply(changes)
        raise KeyboardInterrupt

    build(config, {"a/one.py": "x = 1\n", "b/one.py": "x = 1\n"})
    (config.root / "shop.py").write_text("# changed\n")
    second = built(config, {"a/one.py": "x = 2\n", "b/one.py": "x = 1\n", "b/two.py": "x = 2\n"})
    with monkeypatch.context() as patch:
        patch.setattr("motetc.build.apply", write_and_die)
        with pytest.raises(KeyboardInterrupt):
            write(second, State(config))
    (config.output / "b/one.py").write_text("x = 'mine'\n")
    (config.root / "shop.py").write_text("# changed again\n")
    changes = built(config, {"a/one.py": "x = 3\n", "b/one.py": "x = 3\n"}).changes
    assert changes.by_hand == ("b/one.py",)
    assert changes.write == ("a/one.py", "b/one.py")
    assert changes.remove == ("b/two.py",)
    write(built(config, {"a/one.py": "x = 3\n"}), State(config))
    assert State(config).claims == {}


def test_a_lost_manifest_does_not_make_identical_files_foreign(config: Config):
    build(config, {"seller/shop.py": SELLER})
    (config.output / "manifest.json").unlink()
    result = built(config, {"seller/shop.py": SELLER})
    assert result.changes.touched == ()
    assert result.manifest_drifted


def test_the_diff_shows_what_a_build_would_do(config: Config):
    build(config, {"seller/shop.py": "x = 1\n", "seller/old.py": "y = 1\n"})
    result = built(config, {"seller/shop.py": "x = 2\n", "seller/new.py": "z = 1\n"})
    assert "".join(diff(result.changes, "generated/")) == (
        "--- /dev/null\n+++ b/generated/seller/new.py\n@@ -0,0 +1 @@\n+z = 1\n"
        "--- a/generated/seller/old.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-y = 1\n"
        "--- a/generated/seller/shop.py\n+++ b/generated/seller/shop.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"
    )


def test_the_diff_can_be_applied_to_what_was_edited_by_hand(config: Config):
    build(config, {"seller/shop.py": "x = 1\n"})
    (config.output / "seller/shop.py").write_text("x = 1\n# a\fb\u2028c")
    result = built(config, {"seller/shop.py": "x = 1\n"})
    assert "".join(diff(result.changes, "")) == (
        "--- a/seller/shop.py\n+++ b/seller/shop.py\n@@ -1,2 +1 @@\n x = 1\n"
        "-# a\fb\u2028c\n\\ No newline at end of file\n"
    )


def test_a_newer_compiler_alone_is_no_drift(config: Config):
    result = build(config, {"seller/shop.py": SELLER})
    manifest = config.output / "manifest.json"
    version = json.loads(result.manifest)["motet"]
    manifest.write_text(manifest.read_text().replace(f'"motet": "{version}"', '"motet": "99.0"'))
    assert not built(config, {"seller/shop.py": SELLER}).manifest_drifted


def test_two_builds_of_the_same_sources_must_agree(config: Config):
    build(config, {"seller/shop.py": "x = 1\n"})
    with pytest.raises(
        SelfCheckError, match=r"two builds of the same sources differ in .*seller/shop\.py"
    ):
        build(config, {"seller/shop.py": "x = 2\n"})


def test_line_ends_of_a_checkout_make_no_difference_between_two_builds(config: Config):
    for ends in (b"\n", b"\r\n", b"\r\n", b"\n"):
        build(config, {"seller/shop.py": "x = 1\n"})
        for path in ("seller/shop.py", "manifest.json"):
            file = config.output / path
            file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", ends))


def test_the_format_cache_keeps_only_what_the_last_build_used(config: Config):
    built(config, {"seller/a.py": "x=1\n", "seller/b.py": "x=2\n"})
    built(config, {"seller/a.py": "x=1\n"})
    assert len(list((config.root / ".motet_cache/black").iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"\0garbage", b"[" * 100_000])
def test_damaged_caches_are_as_good_as_none(config: Config, damage: bytes):
    build(config, {"a/one.py": "x=1\n"})
    for file in [*config.cache.rglob("*"), config.output / "manifest.json"]:
        if file.is_file():
            file.write_bytes(damage)
    (config.output / "a/one.py").unlink()
    assert not State(config).is_current()
    build(config, {"a/one.py": "x=1\n"})
    assert (config.output / "a/one.py").read_text() == "x = 1\n"


def test_links_are_followed_once(config: Config):
    (config.root / "pkg").mkdir()
    (config.root / "elsewhere.py").write_text("x = 1\n")
    (config.root / "pkg/again").symlink_to(config.root)
    (config.root / "pkg/linked.py").symlink_to(config.root / "elsewhere.py")
    assert [found.module for found in discover(config)] == ["elsewhere", "pkg.linked", "shop"]
    before = State(config).inputs
    (config.root / "elsewhere.py").write_text("x = 2\n")
    assert State(config).inputs != before


def test_what_is_read_without_end_or_has_a_name_in_other_bytes_is_no_source(config: Config):
    os.mkfifo(config.root / "pipe.py")
    (config.root / os.fsdecode(b"\xff.py")).write_text("x = 1\n")
    assert [found.module for found in discover(config)] == ["shop"]
    assert not State(config).is_current()


def test_a_linked_package_is_read_and_noticed(tmp_path: Path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/shop.py").write_text("x = 1\n")
    (tmp_path / "project").mkdir()
    (tmp_path / "project/lib").symlink_to(tmp_path / "lib")
    config = load_config(tmp_path / "project")
    assert [found.module for found in discover(config)] == ["lib.shop"]
    before = State(config).inputs
    (tmp_path / "lib/shop.py").write_text("x = 2\n")
    assert State(config).inputs != before


def test_the_cache_keeps_itself_out_of_version_control(config: Config):
    build(config, {"seller/shop.py": SELLER})
    assert (config.root / ".motet_cache/.gitignore").read_text() == "*\n"
