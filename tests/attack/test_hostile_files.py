"""Files of every kind that is read, broken in all ways: done, or words; no crash, hang or flood of memory."""

import sys

import pytest

from attack import hostile_samples as samples
from attack.broken import mutated, mutated_text
from attack.victim import Victim

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="resource limits of POSIX")
MOST = 20  # findings, after which a long run ends
SAMPLES = {
    "photograph": samples.photographs,
    "written": samples.photographs,
    "metadata": samples.metadata,
    "sidecar": samples.sidecars,
    "text": samples.texts,
    "network": samples.networks,
}


@pytest.mark.parametrize("door", SAMPLES)
def test_every_door(door, attack, tmp_path):
    files = SAMPLES[door]()
    names, others, found = list(files), list(files.values()), []
    damage = mutated_text if door == "text" else mutated
    batch = 20 if attack.seconds > 10 else 4
    # Networks are converted in a process of its own, which may die: that is its purpose.
    with Victim(20, 3000) if door == "network" else Victim() as victim:
        for dice in attack.rounds(batch):
            for _ in range(batch):
                name = dice.choice(names)
                data = damage(dice, files[name], others)
                why = victim.take(door, name, data)
                if why and door == "network" and not why.startswith("Traceback"):
                    with Victim(120, 3000) as apart:
                        why = apart.take("network_apart", name, data)
                if why:
                    kept = tmp_path / f"{len(found)}-{name}"
                    kept.write_bytes(data)
                    found.append(f"{kept}: {why}")
            if len(found) >= MOST or (found and attack.seconds < 10):
                break
    assert not found, "\n\n".join(found)
