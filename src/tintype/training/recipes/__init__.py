"""The recipes that come with Tintype, one TOML file each."""
