"""Digests of files and of settings: by them a run knows what is done."""

from __future__ import annotations

import hashlib
import json

from tintype.errors import NetworkError, SettingsError
from tintype.files import sha256
from tintype.settings import WITHOUT_EFFECT, Settings


def settings_digest(settings: Settings, networks: tuple[str, ...]) -> str:
    """SHA-256 of all that shapes a result but the photograph: settings, weights, the files they name.

    Parameters
    ----------
    settings : Settings
    networks : tuple of str
        SHA-256 of each network's weights, in the settings' order.

    Raises
    ------
    SettingsError
        When a file that the settings name can't be read.
    """
    values = {k: v for k, v in settings.to_json().items() if k not in WITHOUT_EFFECT}
    # Which weights counts, not what they are called.
    values["model"] = list(networks)
    for name, path in settings.files.items():
        try:
            values[name] = sha256(path)
        except OSError as error:
            msg = f"{path}: can't read the file of {name}: {error.strerror}"
            raise SettingsError(msg, setting=name, name=path) from error
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def network_digests(settings: Settings) -> tuple[str, ...]:
    """SHA-256 of the weights of each network that the settings name. Raises NetworkError."""
    from tintype.network.registry import find

    paths = [find(name) for name in settings.models]
    try:
        return tuple(sha256(p) for p in paths)
    except OSError as error:
        msg = f"{error.filename}: can't read the network: {error.strerror}"
        raise NetworkError(msg) from error
