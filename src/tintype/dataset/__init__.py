"""Photographs to learn from and to measure on: found, sifted, balanced, split, stored, read."""
