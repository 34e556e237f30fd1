from pathlib import Path

from motet.hosting.manifests import Manifest

RUNTIME: Path

def source_line(error: BaseException, manifest: Manifest) -> str | None: ...
def format_error(error: BaseException, manifest: Manifest) -> str: ...
