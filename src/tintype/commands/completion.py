"""``tintype completion``: what makes a shell complete commands, options and their values."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print what makes a shell complete commands, options and their values.

    \b
    eval "$(tintype completion bash)"                                        in ~/.bashrc
    eval "$(tintype completion zsh)"                                         in ~/.zshrc
    tintype completion fish > ~/.config/fish/completions/tintype.fish        once
    """
    click.echo(script(shell))


def script(shell: str) -> str:
    """The text that a shell reads; the choices come from the program itself, when Tab is pressed."""
    from click.shell_completion import get_completion_class

    from tintype.commands import main

    kind = get_completion_class(shell)
    assert kind is not None
    # Bash is not asked for its version, as click does when it is told to print this: it may not be here.
    return kind(main, {}, "tintype", "_TINTYPE_COMPLETE").source_template % {
        "complete_func": "_tintype_completion",
        "complete_var": "_TINTYPE_COMPLETE",
        "prog_name": "tintype",
    }
