"""The `motet` command. Thin: it reads arguments, calls one module per verb, and turns outcomes into exit codes.

Imports that cost (mypy, black, LibCST, rich) stay inside the verbs that need them: a build with nothing to do is fast.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from motetc import __version__
from motetc.config import ConfigError, load_config
from motetc.diagnostics.report import FINDINGS, FORMATS, UNUSABLE, Report

if TYPE_CHECKING:
    from motetc.run.starting import Starter

_directory = click.argument("directory", required=False, type=click.Path(path_type=Path))
_project = click.option(
    "-C",
    "--project",
    default=".",
    type=click.Path(path_type=Path),
    help="Project directory (default: here).",
)
_output_format = click.option(
    "--output-format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How findings print.",
)


_IN_THE_WAY = {
    errno.EEXIST: "is a file where a folder has to be",
    errno.ENOTDIR: "is in a file where a folder has to be",
    errno.EISDIR: "is a folder where a file has to be",
}
_OF_THE_DISK = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        *_IN_THE_WAY,
        errno.ENOTEMPTY,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
    }
)


_TOO_MUCH = {
    errno.EMFILE: "too many open files: raise the limit (`ulimit -n`)",
    errno.ENFILE: "too many open files on this machine",
    errno.EAGAIN: "too many processes: raise the limit (`ulimit -u`)",
    errno.ENOMEM: "there is not enough memory",
}


class Seconds(click.FloatRange):
    """A time above 0 that a clock can still wait for."""

    name = "seconds"

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Neither without an end nor what is no number."""
        try:
            float(value)
        except ValueError:
            self.fail(f"{value!r} is no number of seconds.", param, ctx)
        found = float(super().convert(value, param, ctx))
        if math.isnan(found) or found > 1e9:
            self.fail(f"{value} is no number of seconds to wait for.", param, ctx)
        return found


DEEPEST: Final = 3000
"""Calls inside each other: what a long sum or a pipeline of hundreds of operators takes."""


def main(argv: Sequence[str] | None = None, starter: Starter | None = None) -> NoReturn:
    """Run the command and exit with its code, at once: taking mypy's trees apart object by object takes a second.

    A run goes on with the starter of nodes if one has begun.
    """
    gc.set_threshold(
        200_000, 30, 30
    )  # a short life, in which little of what is made becomes garbage
    sys.setrecursionlimit(DEEPEST)
    code = run(sys.argv[1:] if argv is None else argv, starter)
    if starter is not None:
        starter.close()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


def run(argv: Sequence[str], starter: Starter | None = None) -> int:
    """The command's exit code: 0 clean, 1 findings or drift, 2 usage, settings or an error of ours, 130 on Ctrl-C."""
    try:
        code = command.main(list(argv), prog_name="motet", standalone_mode=False, obj=starter)
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except ConfigError as error:
        return _failed(str(error))
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINDINGS
    except Exception as error:
        if _is_interrupt(error):
            return 130
        if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
            return _failed(_of_the_disk(error))
        if isinstance(error, OSError) and error.errno in _TOO_MUCH:
            return _failed(_TOO_MUCH[error.errno])
        return _internal(error)  # the last resort: everything else is a bug of ours


def _is_interrupt(error: BaseException) -> bool:
    """Whether Ctrl-C came where Python makes another error of it: in `__set_name__`, as a module is imported."""
    cause = error.__cause__
    return cause is not None and (isinstance(cause, KeyboardInterrupt) or _is_interrupt(cause))


def _of_the_disk(error: OSError) -> str:
    if not error.filename:
        return f"what is to be printed cannot be written: {error.strerror}"
    if error.errno in _IN_THE_WAY:
        return f"{error.filename} {_IN_THE_WAY[error.errno]}: move it away"
    return f"{error.filename}: {error.strerror}"


def _failed(message: str) -> int:
    with contextlib.suppress(OSError):  # nobody can be told, but for the exit code
        click.echo(f"motet: error: {message}", err=True)
    return UNUSABLE


def _internal(error: Exception) -> int:
    from motetc.diagnostics.internal import describe, save_internal_error

    click.echo(describe(error, save_internal_error(error)), err=True)
    return UNUSABLE


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="motet")
def command() -> None:
    """One typed Python program in, one reviewed module per location out."""


@command.command(short_help="Write one module per location.")
@_directory
@_project
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 when generated files are not up to date."
)
@click.option(
    "--diff",
    is_flag=True,
    help="Write nothing; print what would change, exit 1 when something would.",
)
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited by hand.")
@click.option(
    "--verify",
    is_flag=True,
    help="Compile a second time under another hash seed; must give the same bytes.",
)
@_output_format
def build(
    directory: Path | None,
    project: Path,
    check: bool,
    diff: bool,
    force: bool,
    verify: bool,
    form: str,
) -> int:
    """Write one module per location for the project in DIRECTORY.

    What is written is checked at once: `motet check` has nothing to do until something changes.
    """
    from motetc.commands.build import BuildOptions, run_build

    options = BuildOptions(check, diff, force, verify)
    return run_build(load_config(directory or project), options, Report(form))


@command.command(short_help="Check places, types and the generated modules.")
@_directory
@_project
@_output_format
def check(directory: Path | None, project: Path, form: str) -> int:
    """Check places, types and the generated modules; findings are shown at the source.

    Exits 1 for findings, and for generated modules that were edited by hand or a damaged manifest.
    """
    from motetc.commands.check import run_check

    return run_check(load_config(directory or project), Report(form))


@command.command(short_help="Show messages, their counts, and who knows what.")
@click.argument("choreography", required=False)
@_project
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "mermaid", "markdown"]),
    default="text",
    show_default=True,
    help="`mermaid` draws the messages; `markdown` is for --nondeterminism.",
)
@click.option(
    "--nondeterminism",
    is_flag=True,
    help="List what the program leaves open, with its reasons, and every proof: a page for a review. Of one "
    "choreography, with all that it calls.",
)
def plan(choreography: str | None, project: Path, form: str, nondeterminism: bool) -> int:
    """Show locations, channels, message counts and who knows what, of one choreography or of all.

    Counts are of one run, where the text says how many; n and m are sizes of clusters.
    """
    from motetc.commands.plan import PLANS, REVIEWS, run_plan

    if form not in (REVIEWS if nondeterminism else PLANS):
        with_it = "with" if nondeterminism else "without"
        others = ", ".join(REVIEWS if nondeterminism else PLANS)
        raise click.UsageError(
            f"--format {form} does not go {with_it} --nondeterminism; these do: {others}"
        )
    if choreography and ":" not in choreography and Path(choreography).exists():
        project, choreography = Path(choreography), None
    config = load_config(project)
    return run_plan(config, choreography, form, Report(), review=nondeterminism)


@command.command(short_help="List what another build would not understand.")
@click.option(
    "--against",
    required=True,
    metavar="REF",
    help="A branch, tag or commit; or a folder with the project as it was.",
)
@_directory
@_project
@_output_format
def breaking(against: str, directory: Path | None, project: Path, form: str) -> int:
    """List what nodes built from REF and from the sources as they are would not understand of each other."""
    from motetc.commands.breaking import run_breaking

    return run_breaking(load_config(directory or project), against, Report(form))


@command.command(short_help="Print the program as the compiler sees it.")
@click.option(
    "--after",
    "passes",
    multiple=True,
    required=True,
    metavar="PASS",
    help="`lower`, `places`, `project` or `name_channels`; may be given more than once.",
)
@_directory
@_project
def dump(passes: tuple[str, ...], directory: Path | None, project: Path) -> int:
    """Print the program as it is after a pass of the compiler."""
    from motetc.commands.dump import run_dump

    return run_dump(load_config(directory or project), passes, Report())


@command.command(short_help="Say what a code word of a finding means.")
@click.argument("code", required=False)
def explain(code: str | None) -> int:
    """Say what a CODE means, why the rule is there, and how to mend the program; without CODE, list all."""
    from motetc.commands.explain import run_explain

    return run_explain(code, Report())


@command.command(name="run", short_help="Run a choreography here, with all its locations.")
@click.argument("choreography", metavar="MODULE:CHOREOGRAPHY")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@_project
@click.option(
    "--arg", "arguments", multiple=True, metavar="NAME=JSON", help="What a parameter is, in JSON."
)
@click.option(
    "--size", "sizes", multiple=True, metavar="PARAM=N", help="How many members a cluster has."
)
@click.option(
    "--transport",
    type=click.Choice(["unix", "tcp", "memory"]),
    default="unix",
    show_default=True,
    help="Unix sockets or TCP between processes, or all in one process.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print results and message counts as one object, on the last line.",
)
@click.option("--timeout", type=Seconds(), metavar="SECONDS", help="Give up after so many seconds.")
@click.option(
    "--lost-after", type=Seconds(), metavar="SECONDS", help="Seconds until a silent peer is lost."
)
@click.option("--no-build", is_flag=True, help="Run what was generated last.")
@click.option(
    "--port",
    "ports",
    multiple=True,
    metavar="NAME=HOST:PORT",
    help="Where a port opens for clients; without it on 127.0.0.1, and any free one.",
)
@click.option(
    "--setting",
    "settings",
    multiple=True,
    metavar="NAME=NUMBER",
    help="A limit or a time of every location; of an unknown one those are told that there are.",
)
@click.option(
    "--terminal",
    metavar="NODE",
    help="Who has this terminal, for `breakpoint()` and `input()`: a location, or MEMBER[I] of a cluster.",
)
@click.pass_obj
def run_(
    starter: Starter | None,
    choreography: str,
    directory: Path | None,
    project: Path,
    arguments: tuple[str, ...],
    sizes: tuple[str, ...],
    transport: str,
    as_json: bool,
    timeout: float | None,
    lost_after: float | None,
    no_build: bool,
    ports: tuple[str, ...],
    settings: tuple[str, ...],
    terminal: str | None,
) -> int:
    """Run a choreography here: every location, and every member of a cluster, as its own process.

    MODULE is where it is defined, or a module that imports it.
    """
    from motetc.run.starting import starter_for

    config = load_config(directory or project)
    with starter_for(config, starter) as starter:  # it gets ready while we do
        from motetc.commands.run import RunOptions, run_choreography

        options = RunOptions(
            arguments,
            sizes,
            transport,
            as_json,
            timeout,
            lost_after,
            no_build,
            ports,
            settings,
            terminal,
        )
        return run_choreography(config, choreography, options, starter)
