"""The Chromium of the system, for tests of pages."""

import os
import shutil

ARGUMENTS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


def chromium():
    """The path of a Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("TINTYPE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
