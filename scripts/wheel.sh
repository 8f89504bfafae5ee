#!/usr/bin/env bash
# Builds the wheel and the sdist, installs the wheel in an empty environment, and colours a photograph from
# another folder.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/build"
"$work/build/bin/pip" install -q -U pip build
"$work/build/bin/python" -m build -q -o "$work/dist" .
python3 -m venv "$work/empty"
"$work/empty/bin/pip" install -q "$work"/dist/*.whl
cd "$work"
# Nothing heavy may have come along.
for unwanted in torch cv2 PIL starlette skimage; do
  if "$work/empty/bin/python" -c "import $unwanted" 2>/dev/null; then
    echo "the core install brings $unwanted" >&2
    exit 1
  fi
done
"$work/empty/bin/python" - <<'PY'
import pyvips
photo = pyvips.Image.gaussnoise(300, 200, mean=128, sigma=60).gaussblur(8).cast("uchar")
photo.write_to_file("photo.png")
PY
"$work/empty/bin/tintype" colorize photo.png -o out.png
# A wheel that was built where there is a compiler paints with the kernel.
"$work/empty/bin/tintype" --version
if command -v "${CC:-cc}" > /dev/null && [ "${TINTYPE_KERNEL:-auto}" != none ]; then
  "$work/empty/bin/tintype" --version | grep -q "compiled kernel"
fi
"$work/empty/bin/python" - <<'PY'
import pyvips
out = pyvips.Image.new_from_file("out.png")
assert (out.width, out.height, out.bands) == (300, 200, 3), out
PY
du -h dist/*
echo "the wheel works alone"
