"""The project as it was: another revision of its repository, or another folder."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from motetc.config import ConfigError


@contextmanager
def project_at(root: Path, reference: str) -> Iterator[Path]:
    """A folder with the project of `root` at a revision (a branch, a tag, a commit), or the folder `reference`.

    What git would name goes first. Nothing in the repository changes.
    """
    wanted = ("--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")
    commit = _git(root, "rev-parse", *wanted)
    if commit is None:
        yield _folder(reference)
        return
    packed = _git(root, "archive", "--format=tar", commit.decode().strip())  # of this folder alone
    if packed is None:
        raise ConfigError(f"there is no {root} at `{reference}`: nothing to compare with")
    with tempfile.TemporaryDirectory(prefix="motet-") as name:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(name, filter="data")
        yield Path(name)


def _folder(reference: str) -> Path:
    folder = Path(reference)
    if reference and folder.is_dir():
        return folder
    raise ConfigError(
        f"--against {reference or 'nothing'}: neither a revision that git knows here nor a folder"
    )


def _git(root: Path, *arguments: str) -> bytes | None:
    """What git prints; None when it fails or is not there."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
