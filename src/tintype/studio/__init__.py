"""The studio: colour photographs in a browser window, on this computer (extra ``studio``)."""
