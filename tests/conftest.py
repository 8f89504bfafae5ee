"""What every test shares."""

import pyvips
from hypothesis import settings

# How long an example takes says nothing here: tables are built at the first one, and machines are shared.
settings.register_profile("tintype", deadline=None)
settings.load_profile("tintype")

# Tests write files of one name again and again: libvips must not answer from its cache.
pyvips.cache_set_max(0)
