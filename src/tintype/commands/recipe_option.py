"""``--recipe``: alone it writes a recipe, with the name of one it repeats it."""

from __future__ import annotations

import click
from click.core import ParameterSource

from tintype.commands.options import GroupedCommand, given


class RecipeCommand(GroupedCommand):
    """``--recipe`` with an optional value: a name that ends in .json is a recipe to repeat."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Tell ``--recipe FILE.json`` from ``--recipe PHOTO``."""
        told: list[str] = []
        rest = list(args)
        while rest:
            arg = rest.pop(0)
            if arg == "--":
                told += [arg, *rest]
                break
            if arg == "--recipe" and rest and rest[0].lower().endswith(".json"):
                told += ["--repeat-recipe", rest.pop(0)]
            elif arg.startswith("--recipe="):
                told += ["--repeat-recipe", arg.removeprefix("--recipe=")]
            else:
                told.append(arg)
        return super().parse_args(ctx, told)


class RecipeOption(click.Option):
    """Shows that ``--recipe`` may have a value."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        return "--recipe [FILE.json]", self.help or ""


def check_alone(*others: str) -> None:
    """Refuse settings and the named parameters beside a recipe, which fixes them. Raises click.UsageError."""
    context = click.get_current_context()
    written = {n for n in others if context.get_parameter_source(n) is ParameterSource.COMMANDLINE}
    flags = {p.name: p.opts[-1] for p in context.command.params}
    signed = {"credentials"}  # who signs is no part of how it is coloured
    if names := (given() - signed) | written:
        told = ", ".join(flags.get(n, "--" + n.replace("_", "-")) for n in sorted(names))
        msg = f"a recipe fixes every setting; leave out {told}"
        raise click.UsageError(msg)
