#!/usr/bin/env bash
# Sets up a virtual environment of its own and colours photographs: bash scripts/colorize.sh grandma.jpg
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
venv=${TINTYPE_VENV:-$root/.venv}
if [ ! -x "$venv/bin/tintype" ]; then
  echo "Setting up Tintype in $venv" >&2
  python3 -m venv "$venv"
  "$venv/bin/python" -m pip install -q -U pip
  "$venv/bin/python" -m pip install -q -e "$root"
fi
exec "$venv/bin/tintype" colorize "$@"
