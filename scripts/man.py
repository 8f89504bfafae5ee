"""Writes the manual pages and the shells' completions from the commands themselves.

``python scripts/man.py FOLDER`` fills FOLDER as a system's ``share``: ``man/man1/tintype.1`` and a page a
sub-command, and the files of bash, zsh and fish. The wheel is built with them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from tintype._version import __version__
from tintype.commands import main
from tintype.commands.completion import script

COMPLETIONS = {
    "bash": "bash-completion/completions/tintype",
    "zsh": "zsh/site-functions/_tintype",
    "fish": "fish/vendor_completions.d/tintype.fish",
}
FILES = {
    "TINTYPE_HOME": "Folder for installed networks, the studio's sessions and the key that signs.",
    "TINTYPE_STUDIO_TOKEN": "The studio's token, for programs that start it.",
}


def escaped(text: str) -> str:
    """A text as troff takes it: nothing in it is a request, dashes stay dashes."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in text.split("\n"))


def commands(name: str, command: click.Command, parent: click.Context | None) -> Iterator[click.Context]:
    """The context of a command and of all below it."""
    settings = main.context_settings if parent is None else {}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield context
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            sub = command.get_command(context, each)
            assert sub is not None
            yield from commands(each, sub, context)


def paragraphs(text: str) -> Iterator[str]:
    """Help of click: paragraphs; after a line of ``\\b`` one is kept as it is."""
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = part.split("\n")
        if lines[0].strip() == "\b":
            yield ".PP\n.nf\n.RS 4\n" + escaped("\n".join(line.strip() for line in lines[1:])) + "\n.RE\n.fi"
        else:
            yield ".PP\n" + escaped(" ".join(line.strip() for line in lines))


def options(context: click.Context) -> Iterator[str]:
    """One tagged paragraph an option."""
    for param in context.command.get_params(context):
        record = param.get_help_record(context)
        if record is not None and isinstance(param, click.Option):
            yield f".TP\n.B {escaped(record[0])}\n{escaped(record[1] or ' ')}"


def page(context: click.Context) -> str:
    """The manual page of one command."""
    command, path = context.command, context.command_path
    name = path.replace(" ", "-")
    help_ = command.help or ""
    usage = " ".join(command.collect_usage_pieces(context))
    made = [
        f'.TH "{name.upper()}" "1" "" "Tintype {__version__}" "Tintype"',
        f".SH NAME\n{escaped(name)} \\- {escaped(command.get_short_help_str(200).rstrip('.'))}",
        f".SH SYNOPSIS\n.B {escaped(path)}\n{escaped(usage)}",
        ".SH DESCRIPTION",
        *paragraphs(help_),
    ]
    if isinstance(command, click.Group):
        made.append(".SH COMMANDS")
        for each in command.list_commands(context):
            sub = command.get_command(context, each)
            assert sub is not None
            made.append(f".TP\n.BR {escaped(f'{name}-{each}')} (1)\n{escaped(sub.get_short_help_str(200))}")
    made += [".SH OPTIONS", *options(context)]
    if command.epilog:
        made += [".SH NOTES", *paragraphs(command.epilog)]
    if context.parent is None:
        made.append(".SH ENVIRONMENT")
        made += [f".TP\n.B {name}\n{escaped(told)}" for name, told in FILES.items()]
        made.append(".SH EXIT STATUS\n0: all well; 1: something failed; 2: the command was not understood; ")
        made.append("3: nothing failed, but photographs were left because they are in colour already.")
    else:
        made.append(f".SH SEE ALSO\n.BR {escaped(context.parent.command_path.replace(' ', '-'))} (1)")
    return "\n".join(made) + "\n"


def write(folder: Path) -> list[Path]:
    """Write all pages and completions below `folder`; return their paths."""
    made = {
        f"man/man1/{c.command_path.replace(' ', '-')}.1": page(c) for c in commands("tintype", main, None)
    }
    made |= {where: script(shell).strip() + "\n" for shell, where in COMPLETIONS.items()}
    for where, text in made.items():
        (folder / where).parent.mkdir(parents=True, exist_ok=True)
        (folder / where).write_text(text, encoding="utf-8")
    return [folder / where for where in made]


if __name__ == "__main__":
    for path in write(Path(sys.argv[1])):
        print(path)
