#!/usr/bin/env bash
# Builds the page that needs no server into build/site, and serves it on this computer.
#   bash scripts/site.sh [build]      with "build" it is not served
# PYTHON: a Python that has Tintype with the extras studio and onnx (default: python3). npm fetches ONNX Runtime's
# WebAssembly by the hashes in site/package-lock.json; 14 MB that no repository should hold.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
(cd site && npm ci --ignore-scripts --no-audit --no-fund --silent)
"$python" scripts/site_build.py build/site
[ "${1:-}" = build ] || exec "$python" scripts/site_serve.py build/site "${PORT:-8090}"
