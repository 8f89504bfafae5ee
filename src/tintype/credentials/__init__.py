"""Content Credentials (C2PA): a signed statement in the result of what was coloured, by what and how.

`identity` makes and finds the key that signs, `manifest` is what is said, `seal` signs a written file, and
`reading` verifies one. The library is c2pa-python (extra ``credentials``); nothing here asks the internet.
Specification: C2PA Technical Specification 2.2.
"""

from tintype.credentials.identity import Identity, create, identity_path, load
from tintype.credentials.reading import Credentials, read
from tintype.credentials.seal import Seal, seal_for

__all__ = ["Credentials", "Identity", "Seal", "create", "identity_path", "load", "read", "seal_for"]
