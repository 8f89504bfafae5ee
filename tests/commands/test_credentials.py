"""``tintype credentials``, and ``--credentials`` with recipes."""

import json

from click.testing import CliRunner

from tintype.commands import main
from tintype.credentials import read


def test_commands(photo_to_sign, tmp_path, monkeypatch):
    run = lambda *words: CliRunner().invoke(main, [str(w) for w in words])  # noqa: E731
    out = tmp_path / "out.jpg"
    made = run("colorize", photo_to_sign, "-o", out, "--credentials", "--recipe", "--size", 64)
    assert made.exit_code == 0, made.output
    shown = run("credentials", "show", out)
    assert (
        shown.exit_code == 0 and "Town archive" in shown.stdout and "this computer's own key" in shown.stdout
    )
    assert json.loads(run("credentials", "show", "--json", out).stdout)["validation_state"] == "Trusted"
    # A recipe says how it is coloured; whether the repetition is signed is said anew.
    recipe = json.loads((tmp_path / "out.jpg.recipe.json").read_text())
    assert recipe["settings"]["credentials"] is False and recipe["output"]["sha256"] == ""
    written = tmp_path / "out.jpg.recipe.json"
    again = run("colorize", photo_to_sign, "-o", tmp_path / "again.jpg", "--recipe", written, "--credentials")
    assert again.exit_code == 0 and "differs" not in again.stderr and read(tmp_path / "again.jpg").valid
    # Elsewhere the signer is a stranger, and a new key is made there.
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "elsewhere"))
    assert "nobody that this computer knows" in run("credentials", "show", out).stdout
    assert run("credentials", "init", "--name", "Somebody").exit_code == 0
    assert not read(out).known
    assert run("credentials", "init").exit_code == 1
    assert run("credentials", "show", photo_to_sign).exit_code == 1
    data = bytearray(out.read_bytes())
    data[-100] ^= 1
    out.write_bytes(data)
    changed = run("credentials", "show", out)
    assert changed.exit_code == 1 and "the credentials don't hold" in changed.stderr
