#!/usr/bin/env bash
# Builds wheel and sdist and tries them as people will meet them:
#   twine and check-wheel-contents; the sdist gives the same wheel; manual pages, completions and licences inside;
#   the bill of materials; `uvx tintype` and `pipx run`; `pip install` on every Python that is named.
# bash scripts/release_check.sh [PYTHON…]     each the command of an interpreter, 3.11 or later; default: python3
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
pythons=("${@:-python3}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
part() { echo "== $1 (after ${SECONDS} s)"; }

part "build"
python3 -m venv "$work/tools"
"$work/tools/bin/pip" install -q build twine check-wheel-contents uv pipx
"$work/tools/bin/python" -m build -q -o "$work/dist" .
wheel=$(ls "$work"/dist/*.whl)

part "what is inside"
"$work/tools/bin/twine" check --strict "$work"/dist/*
"$work/tools/bin/check-wheel-contents" "$wheel"
"$work/tools/bin/python" - "$wheel" "$work"/dist/*.tar.gz <<'PY'
import sys, tarfile, zipfile
names = zipfile.ZipFile(sys.argv[1]).namelist()
for wanted in ("share/man/man1/tintype.1", "share/man/man1/tintype-colorize.1", "bash-completion/completions/tintype",
               "zsh/site-functions/_tintype", "vendor_completions.d/tintype.fish", "licenses/LICENSE",
               "licenses/NOTICE", "licenses/THIRD_PARTY.md", "studio/static/texts/de.json", "py.typed"):
    assert any(n.endswith(wanted) for n in names), f"the wheel lacks {wanted}"
    assert not any(n.startswith("tests/") for n in names)
names = tarfile.open(sys.argv[2]).getnames()
for wanted in ("hatch_build.py", "scripts/man.py", "THIRD_PARTY.md", "Containerfile", "tests/test_settings.py"):
    assert any(n.endswith(wanted) for n in names), f"the sdist lacks {wanted}"
PY

part "bill of materials"
python3 scripts/sbom.py "$wheel" --extras studio -o "$work/dist/tintype.cdx.json"

part "tools that run it"
cd "$work"
"$work/tools/bin/python" - <<'PY'
with open("photo.pgm", "wb") as file:  # any grey picture: no library is needed for it
    file.write(b"P5 300 200 255\n" + bytes((x * y // 40 + x) % 256 for y in range(200) for x in range(300)))
PY
UV_CACHE_DIR=$work/uv "$work/tools/bin/uvx" --from "$wheel" tintype colorize photo.pgm -o uvx.png
PIPX_HOME=$work/pipx "$work/tools/bin/pipx" run --spec "$wheel" tintype colorize photo.pgm -o pipx.png
for made in uvx.png pipx.png; do [ -s "$made" ]; done

for python in "${pythons[@]}"; do
  part "$("$python" --version)"
  rm -rf "$work/env"
  "$python" -m venv "$work/env"
  "$work/env/bin/pip" install -q "$wheel"
  "$work/env/bin/tintype" --version
  "$work/env/bin/tintype" colorize photo.pgm -o out.png --force
  [ -s out.png ] && rm out.png
done
cp "$work"/dist/* "${TINTYPE_DIST:-/dev/null}" 2> /dev/null || true
cd "$root"
echo "wheel and sdist are as they should be"
