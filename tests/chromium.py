"""The Chromium of the system, for tests of pages."""

import os
import shutil

COMMON = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
ARGUMENTS = [*COMMON, "--disable-gpu"]
# With a graphics card that is a program: dear, so only for what is tested of cards.
CARD = [*COMMON, "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"]


def chromium():
    """The path of a Chromium, or None. One without windows comes first: it takes a fourth less time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return os.environ.get("TINTYPE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
