"""The Chromium of the system, for tests of pages."""

import os
import shutil

ARGUMENTS = [
    "--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    # A graphics card that is a program: pages take it only where they are told to.
    "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan",
]  # fmt: skip


def chromium():
    """The path of a Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("TINTYPE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
