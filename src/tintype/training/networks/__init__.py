"""Networks that Tintype can train, as torch modules."""
