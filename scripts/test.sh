#!/usr/bin/env bash
# Sets up a virtual environment of its own and runs the tests: the whole suite on every core, or the parts that the
# arguments name in one process, which is easier to debug. TINTYPE_TEST_WORKERS says otherwise (0: one process).
# There are half as many processes again as cores: tests wait for servers, browsers and time limits, too.
set -euo pipefail
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE # hundreds of processes would each compile the sources
venv=${TINTYPE_VENV:-.venv-test}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install -q -U pip
"$venv/bin/python" -m pip install -q -e . --group test
# Tests start hundreds of processes, each of which would compile all that it imports anew.
unset PYTHONDONTWRITEBYTECODE
cores=$("$venv/bin/python" -c "import os; print(os.cpu_count() or 1)")
workers=$((cores + (cores + 1) / 2))
for argument in "$@"; do
  [ ! -e "${argument%%::*}" ] || workers=0
done
workers=${TINTYPE_TEST_WORKERS:-$workers}
# A file's tests stay in one process: they share what is dear to set up. More processes than eight would each load
# torch for a handful of files.
"$venv/bin/python" -m pytest -n "$workers" --maxprocesses 8 --dist loadfile --no-loadscope-reorder "$@"
