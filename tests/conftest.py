"""What every test shares."""

from hypothesis import settings

# How long an example takes says nothing here: tables are built at the first one, and machines are shared.
settings.register_profile("tintype", deadline=None)
settings.load_profile("tintype")
