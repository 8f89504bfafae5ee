"""Flags are generated from Settings: none is forgotten, none differs."""

import dataclasses
import json

import click
import pytest
from click.testing import CliRunner

from tintype import Settings
from tintype.commands.options import GroupedCommand, flag_names, given, settings_options

FIELDS = dataclasses.fields(Settings)


@click.command(cls=GroupedCommand)
@settings_options()
def show(settings):
    """Print the settings."""
    click.echo(json.dumps({"settings": settings.to_json(), "given": sorted(given())}))


def run(*args, code=0):
    result = CliRunner().invoke(show, [str(a) for a in args])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if code == 0 else result.stderr


def test_without_flags_the_defaults_hold():
    assert run() == {"settings": Settings().to_json(), "given": []}


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.name)
def test_every_field_has_a_flag_with_its_help(field):
    shown = " ".join(CliRunner().invoke(show, ["--help"], terminal_width=1000).stdout.split())
    for flag in flag_names(field):
        assert flag in shown
    assert " ".join(field.metadata["help"].split()) in shown
    for choice in field.metadata["choices"]:
        assert choice in shown


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.name)
def test_every_flag_reaches_its_field(field, tmp_path):
    default, meta = field.default, field.metadata
    if field.name == "hints":
        args, want = ["--hint", "1,2=#030405"], [{"x": 1.0, "y": 2.0, "color": "#030405", "radius": 0.0}]
    elif field.name == "palette":
        args, want = ["--palette", "#112233, #445566"], ["#112233", "#445566"]
    elif isinstance(default, bool):
        want = not default
        args = [flag_names(field)[0] if want else "--no-" + flag_names(field)[0][2:]]
    else:
        if meta["choices"]:
            want = meta["choices"][-1]
        elif isinstance(default, int | float):
            want = type(default)(meta["high"])
        else:
            want = str(tmp_path / "file.png")
            (tmp_path / "file.png").write_bytes(b"")
        args = [flag_names(field)[0], want]
    got = run(*args)
    assert got["settings"] == Settings().to_json() | {field.name: want}
    assert got["given"] == [field.name]


WRONG = [("--vividness", 2), ("--vividness", "nan"), ("--size", "x"), ("--hint", "1=2"), ("--palette", "red"),
         ("--reference", "nowhere.jpg"), ("--grey", "auburn"), ("--hints", "nowhere.json")]  # fmt: skip


@pytest.mark.parametrize("args", WRONG)
def test_values_out_of_range_are_usage_errors(args):
    assert args[0].strip("-").replace("palette", "color") in run(*args, code=2)


def test_hints_from_a_file_come_before_those_of_the_command_line(tmp_path):
    path = tmp_path / "hints.json"
    path.write_text('[{"x": 5, "y": 6, "color": "#ffffff"}]', encoding="utf-8")
    got = run("--hints", path, "--hint", "1,2=#000000")
    assert [h["x"] for h in got["settings"]["hints"]] == [5, 1]
    assert got["given"] == ["hints"]


def test_a_command_may_offer_fewer():
    @click.command()
    @settings_options(only=("model", "size"))
    def few(settings):
        click.echo(settings.model)

    assert CliRunner().invoke(few, ["--models", "a,b"]).stdout == "a,b\n"
    assert CliRunner().invoke(few, ["--vividness", "1"]).exit_code == 2
    with pytest.raises(KeyError):
        settings_options(without=("vivid",))
