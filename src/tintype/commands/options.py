"""Click flags made from `Settings`, so that an option is written down once."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from tintype.errors import SettingsError
from tintype.settings import Settings, read_hints

Function = TypeVar("Function", bound=Callable[..., Any])

GROUPS = {
    "color": "Colour",
    "network": "Network",
    "grey": "Which grey",
    "file": "The file",
}
_GIVEN, _HINTS_FILE = "tintype.given", "tintype.hints_file"


class GroupedCommand(click.Command):
    """A command whose help lists its own options first, then those of `Settings` by group."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section a group."""
        sections: dict[str, list[tuple[str, str]]] = {t: [] for t in ("Options", *GROUPS.values())}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                group = param.group if isinstance(param, _SettingOption) else None
                sections[GROUPS.get(group or "", "Options")].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class _Choice(click.Choice[str]):
    """A choice that takes other spellings too."""

    def __init__(self, choices: Sequence[str], aliases: Mapping[str, str]) -> None:
        super().__init__(choices)
        self.aliases = aliases

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read one of the choices, however it is spelled."""
        return super().convert(self.aliases.get(value, value), param, ctx)


class _SettingOption(click.Option):
    def __init__(self, *args: Any, group: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Leave the range to the metavar."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


def settings_options(
    *, only: Collection[str] = (), groups: Collection[str] = (), without: Collection[str] = ()
) -> Callable[[Function], Function]:
    """Add a flag for every field of `Settings`; the command gets them as one argument, ``settings``.

    Parameters
    ----------
    only, groups : names
        Fields to offer, by their own names and by their groups'; without both, all. An unknown name raises
        KeyError when the command is defined.
    without : names
        Fields to leave out.

    Notes
    -----
    `given` tells which of them the user wrote. A value that `Settings` refuses is a usage error (code 2).
    """
    fields = {f.name: f for f in dataclasses.fields(Settings)}
    for name in (*only, *without):
        fields[name]
    every = not only and not groups
    names = [
        n
        for n, f in fields.items()
        if (every or n in only or f.metadata["group"] in groups) and n not in without
    ]

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def run(*args: Any, **values: Any) -> Any:
            chosen = {n: values.pop(n) for n in names}
            hints_file = values.pop("hints_file", None)
            chosen = {n: v for n, v in chosen.items() if v is not None and v != ()}
            meta = click.get_current_context().meta
            meta[_GIVEN] = {*chosen} | ({"hints"} if hints_file else set())
            meta[_HINTS_FILE] = hints_file
            try:
                if hints_file:
                    chosen["hints"] = read_hints(hints_file) + tuple(chosen.get("hints", ()))
                settings = Settings().replace(**chosen)
            except SettingsError as error:
                raise click.UsageError(str(error)) from error
            return function(*args, settings=settings, **values)

        for name in reversed(names):
            for option in reversed(_flags(fields[name])):
                run = option(run)
        return run  # type: ignore[return-value]

    return decorate


def given(ctx: click.Context | None = None) -> frozenset[str]:
    """Names of the settings that the user wrote on the command line."""
    return frozenset((ctx or click.get_current_context()).meta.get(_GIVEN, ()))


def files_read(settings: Settings) -> list[Path]:
    """Files that the settings of this command line were read from, or name: no output may replace them."""
    hints = click.get_current_context().meta.get(_HINTS_FILE)
    return [Path(path) for path in (hints, *settings.files.values()) if path]


def flag_names(field: dataclasses.Field[Any]) -> list[str]:
    """The flags of a field, the main one first.

    >>> flag_names(next(f for f in dataclasses.fields(Settings) if f.name == "keep_grey"))
    ['--keep-grey', '--keep-gray']
    """
    if field.name == "hints":
        return ["--hint"]
    flag = "--" + field.name.replace("_", "-")
    if field.name == "model":
        return [flag, "--models"]
    if field.name == "already_color":
        return [flag, "--already-colour"]
    if "grey" in field.name:
        return [flag, flag.replace("grey", "gray")]
    return [flag]


def _flags(field: dataclasses.Field[Any]) -> list[Callable[[Any], Any]]:
    meta, default = field.metadata, field.default
    options: dict[str, Any] = {"cls": _SettingOption, "group": meta["group"], "default": None}
    text = meta["help"]
    names = flag_names(field)
    if field.name == "hints":
        hint = click.option("--hint", "hints", multiple=True, metavar="X,Y=#RRGGBB",
                            help=f"{text} May be repeated.", **options)  # fmt: skip
        file = click.option("--hints", "hints_file", type=click.Path(dir_okay=False), metavar="FILE.json",
                            help="Hints from a JSON file: a list of {x, y, color}.", **options)  # fmt: skip
        return [hint, file]
    if field.name == "palette":
        return [click.option("--palette", multiple=True, callback=_colors, metavar="#RRGGBB,…",
                             help=f"{text} With commas, or repeated.", **options)]  # fmt: skip
    if isinstance(default, bool):
        shown = "yes" if default else "no"
        both = f"{names[0]}/--no-{names[0][2:]}"
        return [click.option(both, field.name, help=f"{text}  [default: {shown}]", **options)]
    if default not in ("", 0) or isinstance(default, float):
        text += f"  [default: {default}]"
    if meta["choices"]:
        kind: Any = _Choice([c for c in meta["choices"] if c], meta["aliases"])
    elif isinstance(default, float):
        kind = click.FloatRange(meta["low"], meta["high"])
        options["metavar"] = f"{meta['low']:g}…{meta['high']:g}"
    elif isinstance(default, int):
        kind = click.IntRange(meta["low"], meta["high"])
        options["metavar"] = f"{meta['low']}…{meta['high']}"
    elif meta["kind"] == "file":
        kind = click.Path(exists=True, dir_okay=False)
    else:
        kind = str
    return [click.option(*names, field.name, type=kind, help=text, **options)]


def _colors(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(c.strip() for text in value for c in text.split(",") if c.strip())
