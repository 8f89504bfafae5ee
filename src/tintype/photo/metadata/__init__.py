"""What a photograph file says beside its pixels: read, renewed where it is no longer true, written."""
