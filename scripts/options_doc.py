"""Writes docs/options.md: every command and option, as `--help` shows them."""

from pathlib import Path

import click

from tintype.commands import main

TARGET = Path(__file__).resolve().parent.parent / "docs" / "options.md"


def sections(name: str, command: click.Command, parent: click.Context) -> list[str]:
    """The help of a command and of its own sub-commands."""
    with click.Context(command, info_name=name, parent=parent, terminal_width=100) as context:
        made = [f"## {context.command_path}", "", "```", command.get_help(context).rstrip(), "```", ""]
        if isinstance(command, click.Group):
            for each in command.list_commands(context):
                sub = command.get_command(context, each)
                assert sub is not None
                made += sections(each, sub, context)
    return made


def page() -> str:
    """The whole page."""
    lines = ["# Every command and option", ""]
    lines += ["Made by `python scripts/options_doc.py` from the program itself.", ""]
    with click.Context(main, info_name="tintype", **main.context_settings) as top:
        for name in main.list_commands(top):
            command = main.get_command(top, name)
            assert command is not None
            lines += sections(name, command, top)
    return "\n".join(lines)


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
