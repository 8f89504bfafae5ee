"""Colours one photograph several times in one process, and prints the seconds of each.

``python warm.py TIMES PHOTO TARGET``
"""

import sys
import time

import tintype

colorizer = tintype.Colorizer()
for _ in range(int(sys.argv[1])):
    start = time.perf_counter()
    colorizer.save(sys.argv[2], sys.argv[3], overwrite=True)
    print(time.perf_counter() - start)
