#!/usr/bin/env bash
# Runs each program of examples/ with its real runtime, and holds what it writes against Tintype itself.
# What lacks its runtime is named and left out. PYTHON: a Python that has Tintype and its test group (default:
# python3). ORT_INCLUDE, ORT_LIB: folders of ONNX Runtime's headers and of libonnxruntime.so (default: Debian's
# libonnxruntime-dev; for the library alone the one inside Python's wheel, which older headers fit too).
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
left=()

"$python" -m tintype export "$work/whole.onnx" > /dev/null
"$python" scripts/examples_check.py make "$work"
hint="120,60=#2850a0"

# --- Python, in an environment that has no Tintype
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -q onnxruntime numpy pillow
"$work/venv/bin/python" examples/python/color.py "$work/whole.onnx" "$work/grey.png" "$work/python.png" "$hint"
"$python" scripts/examples_check.py check "$work/python.png" "$hint"

# --- Node
if command -v npm > /dev/null; then
  # The package's own script would fetch CUDA's libraries, which a CPU does not need.
  (cd examples/node && npm ci --ignore-scripts --no-audit --no-fund --silent)
  node examples/node/color.mjs "$work/whole.onnx" "$work/grey.png" "$work/node.png" "$hint"
  "$python" scripts/examples_check.py check "$work/node.png" "$hint"
else
  left+=("node: npm is not installed")
fi

# --- C++
include=${ORT_INCLUDE:-/usr/include/onnxruntime}
wheel=$("$python" -c 'import onnxruntime, pathlib; print(pathlib.Path(onnxruntime.__file__).parent / "capi")')
library=$(find ${ORT_LIB:+"$ORT_LIB"} /usr/lib "$wheel" -name 'libonnxruntime.so*' -print -quit 2> /dev/null)
if command -v g++ > /dev/null && [ -f "$include/onnxruntime_cxx_api.h" ] && [ -n "$library" ]; then
  ln -s "$library" "$work/libonnxruntime.so"
  ln -s "$library" "$work/libonnxruntime.so.1" # its soname
  g++ -std=c++17 -O2 -Wall -Wextra "-I$include" examples/cpp/color.cpp -o "$work/color" "-L$work" -lonnxruntime \
    "-Wl,-rpath,$work"
  "$work/color" "$work/whole.onnx" "$work/grey.pgm" "$work/cpp.ppm" "$hint"
  "$python" scripts/examples_check.py check "$work/cpp.ppm" "$hint"
else
  left+=("cpp: g++, $include/onnxruntime_cxx_api.h or libonnxruntime.so is missing (Debian 13: apt install g++ libonnxruntime-dev; else ORT_INCLUDE=include of ONNX Runtime's source or release)")
fi

for one in ${left+"${left[@]}"}; do echo "left out: $one"; done
