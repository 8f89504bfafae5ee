"""Files in and out: `read` gives `Photo`s, `measure` and `grey` find the grey, `write` writes."""
