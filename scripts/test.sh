#!/usr/bin/env bash
# Sets up a virtual environment of its own and runs the whole test suite.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${TINTYPE_VENV:-.venv-test}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install -q -U pip
"$venv/bin/python" -m pip install -q -e . --group test
"$venv/bin/python" -m pytest "$@"
