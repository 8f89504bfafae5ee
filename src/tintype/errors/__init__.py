"""Errors that Tintype raises: what went wrong is in the class and its fields, the message is for people.

Each message names the file and the value, and says what to do. Doors (the command line, the studio) decide by
class and fields, never by reading a message; a door with a remedy of its own puts it in place of `remedy`.

>>> error = TooLarge("a.tif", 1_200_000_000, limit=1_000_000_000)
>>> str(error)
'a.tif: it has 1,200,000,000 pixels, more than the 1,000,000,000 allowed; raise max_pixels if that is meant'
>>> error.found > error.limit, error.name
(True, 'a.tif')
"""

from tintype.errors.base import Cancelled, MissingExtra, SettingsError, TintypeError, printable
from tintype.errors.networks import (
    DamagedNetwork,
    DeviceMissing,
    NetworkError,
    NetworkTooSlow,
    NoDescriptor,
    UnknownNetwork,
)
from tintype.errors.photos import (
    AlreadyInColor,
    Damaged,
    DiskFull,
    FileMissing,
    MissingDecoder,
    NotAPhotograph,
    NotReplaceable,
    OutOfMemory,
    PhotoError,
    TargetExists,
    TooLarge,
    UnsupportedFormat,
)
from tintype.errors.work import (
    CredentialsError,
    DatasetError,
    FilmChanged,
    FilmError,
    NoCredentials,
    NotAFilm,
    TrainingError,
)

__all__ = [
    "AlreadyInColor",
    "Cancelled",
    "CredentialsError",
    "Damaged",
    "DamagedNetwork",
    "DatasetError",
    "DeviceMissing",
    "DiskFull",
    "FileMissing",
    "FilmChanged",
    "FilmError",
    "MissingDecoder",
    "MissingExtra",
    "NetworkError",
    "NetworkTooSlow",
    "NoCredentials",
    "NoDescriptor",
    "NotAFilm",
    "NotAPhotograph",
    "NotReplaceable",
    "OutOfMemory",
    "PhotoError",
    "SettingsError",
    "TargetExists",
    "TintypeError",
    "TooLarge",
    "TrainingError",
    "UnknownNetwork",
    "UnsupportedFormat",
    "printable",
]
