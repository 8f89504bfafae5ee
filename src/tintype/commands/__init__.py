"""The command line: one file a sub-command, loaded only when it is asked for.

A sub-command is a module of this package whose click command is called ``command``, and a line in `COMMANDS`.
Commands raise the library's errors; this file turns them into one line on stderr and an exit code:
0 all well, 1 something failed, 2 the command was not understood, 3 nothing failed but photographs were left
uncoloured (`LEFT`), 130 interrupted by Ctrl-C, 143 by SIGTERM, 129 by a closed terminal.
"""

from __future__ import annotations

import difflib
import errno
import importlib
import importlib.util
import os
import sys
from contextlib import suppress
from typing import Any, NoReturn

import click

from tintype._version import __version__
from tintype.commands.signals import Terminated, ending_in_order
from tintype.errors import TintypeError

COMMANDS = {
    "archive": "Colour whole archives: photographs by the million, once, verifiably.",
    "colorize": "Colour photographs: files, whole folders, or a pipe.",
    "compare": "Put what several networks make of a photograph in one labelled picture.",
    "completion": "Print what makes bash, zsh or fish complete commands and options.",
    "credentials": "Make a key that signs results, and verify Content Credentials (C2PA).",
    "dataset": "Turn a folder of colour photographs into a training set.",
    "evaluate": "Measure networks against photographs whose colours are known.",
    "evaluate-film": "Measure how steady and how true the colours of a film are.",
    "export": "Write the whole line as one ONNX file, for programs without Tintype.",
    "film": "Colour a film: colour that stands still, with the sound untouched.",
    "models": "List, fetch, import, check and remove networks.",
    "studio": "Open the studio: colour by eye, in the browser, on this computer.",
    "train": "Train a network of your own by a recipe.",
}


LEFT = 3
"""Exit code of a folder run in which no photograph failed but some were left as they are."""


class Failure(click.ClickException):
    """An error of the library, shown as one line."""

    def show(self, file: Any = None) -> None:
        """Print ``tintype: message`` to stderr."""
        click.echo(f"tintype: {' '.join(self.message.split())}", file=file or sys.stderr)


class LazyGroup(click.Group):
    """A group whose sub-commands are imported when they run, so that ``--help`` costs no NumPy."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the sub-commands, in the table's order."""
        return [name for name in COMMANDS if _exists(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one sub-command."""
        if cmd_name not in self.list_commands(ctx):
            near = difflib.get_close_matches(cmd_name, self.list_commands(ctx), 1)
            if near:
                msg = f"No such command '{cmd_name}'. Did you mean {near[0]}?"
                raise click.UsageError(msg, ctx)
            return None
        command = importlib.import_module(_module(cmd_name)).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table from `COMMANDS` alone."""
        rows = [(name, COMMANDS[name]) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        """Read the command line; ``--help`` and ``--version`` happen here."""
        try:
            return super().make_context(*args, **options)
        except KeyboardInterrupt as stop:
            _interrupted(stop)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a sub-command; turn what it raises into a line and an exit code."""
        try:
            with ending_in_order():
                return super().invoke(ctx)
        except TintypeError as error:
            raise Failure(str(error)) from error
        except MemoryError as error:
            msg = "out of memory; colour fewer photographs at a time (--jobs 1) or close other programs"
            raise Failure(msg) from error
        except KeyboardInterrupt as stop:
            _interrupted(stop)
        except BrokenPipeError:
            _reader_went_away()
        except OSError as error:
            _give_up_stdout()
            raise Failure(_said(error)) from error

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command; what is printed before a sub-command runs (``--help``) may fail too."""
        try:
            return super().main(*args, **options)
        except OSError as error:
            _give_up_stdout()
            Failure(_said(error)).show()
            sys.exit(1)


_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def _said(error: OSError) -> str:
    # Files that are written name themselves; what has no name and no room is stdout.
    where = error.filename or ("<stdout>" if error.errno in _FULL else "")
    place = f"{where}: " if where else ""
    return f"{place}{error.strerror or error}; check the name, its permissions and the room on the disk"


def _give_up_stdout() -> None:
    """Where stdout takes no more, forget what it still holds: the flush at exit would fail once more."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _module(name: str) -> str:
    return f"{__name__}.{name.replace('-', '_')}"


def _exists(name: str) -> bool:
    return importlib.util.find_spec(_module(name)) is not None


def _reader_went_away() -> NoReturn:
    # Whoever read our stdout has closed it: nothing is left to say, and the flush at exit must not complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise click.exceptions.Exit(1) from None


def _interrupted(stop: KeyboardInterrupt) -> NoReturn:
    number = stop.number if isinstance(stop, Terminated) else 2
    click.echo("tintype: interrupted", err=True)
    raise click.exceptions.Exit(128 + number) from None


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from tintype.color.kernel import status

        click.echo(f"tintype, version {__version__}\npainting: {status()}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="tintype COMMAND --help tells the options of a command.",
)
@click.option(
    "-V", "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="Show the version, and what paints: the compiled kernel or NumPy.",
)  # fmt: skip
def main() -> None:
    """Tintype colours black-and-white photographs, and keeps their lightness."""
