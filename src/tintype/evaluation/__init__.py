"""Measuring networks against photographs whose colours are known."""
