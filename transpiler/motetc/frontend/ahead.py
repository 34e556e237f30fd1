"""mypy begins before the syntax is read: which modules it has to see is all but certain from their imports.

Only a module that imports us and that nobody located has to do with is guessed wrong, and then mypy is asked again.
Where there are pipelines nothing is guessed: mypy sees what they have been expanded to.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager

from motetc.config import Config
from motetc.frontend.outline import Outline, concerned, may_define_pipelines, with_imported
from motetc.frontend.sources import Sources
from motetc.frontend.types import Ahead, SourceFile


@contextmanager
def asking(config: Config, sources: Sources) -> Iterator[Ahead | None]:
    """The oracle at work on what it will be asked, as long as somebody may ask; None if that cannot be known yet."""
    ours = concerned(sources.modules)
    if any(may_define_pipelines(sources.modules[name]) for name in ours):
        yield None
        return
    wanted = with_imported(sources.modules, ours)
    files = source_files(
        (m for m in sources.modules.values() if m.name in wanted),
        {m.name for m in sources.modules.values() if m.name in ours and not m.empty},
    )
    ahead = Ahead(files, cache_dir=config.cache, search=config.sources)
    try:
        yield ahead
    finally:
        ahead.stop()


def source_files(modules: Iterable[Outline], asked: Container[str]) -> list[SourceFile]:
    """Modules as mypy is to see them; of those that are `asked` about, the type of every expression is kept."""
    return [SourceFile(m.path, m.name, m.text, True, m.name in asked) for m in modules]
