#!/usr/bin/env bash
# Attacks Tintype for a while: kills it, fills disks, takes memory and descriptors away, sends it broken files and
# requests. Usage: scripts/attack.sh [--minutes 60] [--seed N] [pytest's own arguments, as -k every_door]
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=60 seed=$RANDOM
while [ $# -gt 0 ]; do
  case $1 in
    --minutes) minutes=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    *) break ;;
  esac
done
echo "seed $seed; --seed $seed throws the same dice again"
export TINTYPE_ATTACK_MINUTES=$minutes TINTYPE_ATTACK_SEED=$seed
exec "${TINTYPE_PYTHON:-python3}" -m pytest -m attack -p no:xdist tests/attack -rP "$@"
