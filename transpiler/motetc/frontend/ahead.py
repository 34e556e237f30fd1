"""mypy begins before the syntax is read: which modules it has to see is all but certain from their imports.

Only a module that imports us and that nobody located has to do with is guessed wrong, and then mypy is asked again.
Where there are pipelines nothing is guessed: mypy sees what they have been expanded to.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from motetc.config import Config
from motetc.frontend.library_text import library_names
from motetc.frontend.outline import Outline, concerned, may_define_pipelines, with_imported
from motetc.frontend.sources import Sources, read_sources
from motetc.frontend.types import Ahead, SourceFile


@dataclass(slots=True)
class Kept:
    """Who answered for the sources, while this is entered: more can be asked. `begin` puts the questions."""

    ahead: Ahead | None = None
    begin: Callable[..., Ahead] = Ahead
    read: Sources | None = None

    def start(self, config: Config) -> None:
        """Read the sources, and have mypy look at them, before the compiler itself is imported."""
        self.read = read_sources(config)
        self.ahead = ask_ahead(config, self.read, self.begin)

    def sources(self, config: Config) -> Sources:
        """What was read, for one compilation."""
        if self.read is None:
            self.start(config)
        found, self.read = self.read, None
        assert found is not None
        return found

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        if self.ahead is not None:
            self.ahead.stop()


def ask_ahead(
    config: Config, sources: Sources, begin: Callable[..., Ahead] = Ahead
) -> Ahead | None:
    """The oracle at work on what it will be asked; None if that cannot be known yet."""
    ours = concerned(sources.modules)
    if any(may_call_pipelines(sources.modules[name]) for name in ours):
        return None
    wanted = with_imported(sources.modules, ours)
    files = source_files(
        (m for m in sources.modules.values() if m.name in wanted),
        {m.name for m in sources.modules.values() if m.name in ours and not m.empty},
    )
    return begin(files, cache_dir=config.cache, search=config.sources)


def may_call_pipelines(module: Outline) -> bool:
    """Whether a module defines pipelines, which others may call, or imports those of `motet.std`."""
    imported = (i.full_name for i in module.imports.values())
    return may_define_pipelines(module) or not library_names().isdisjoint(imported)


def source_files(modules: Iterable[Outline], asked: Container[str]) -> list[SourceFile]:
    """Modules as mypy is to see them; of those that are `asked` about, the type of every expression is kept."""
    return [SourceFile(m.path, m.name, m.text, True, m.name in asked) for m in modules]
