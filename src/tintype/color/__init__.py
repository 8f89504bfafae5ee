"""Colour maths: sRGB and CIE Lab, gamut, ab bins, decoding."""
