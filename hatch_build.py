"""Compiles the painting kernel into the wheel, where there is a C compiler.

Manual pages and completions of shells are made from the commands, and lie in ``share``.

Without one the wheel is pure Python and NumPy paints: the same results, slower; the build says so, and so
does ``tintype --version``. `TINTYPE_KERNEL` decides otherwise: ``require`` (fail without a compiler: for
releases) or ``none``. `CC` names the compiler.

The addresses of the project are those of the host that builds a release: the repository names none by itself.

Run as a script it compiles the kernel into the source tree: ``python hatch_build.py``.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
    from hatchling.metadata.plugin.interface import MetadataHookInterface
except ImportError:  # run as a script, or by the tests
    BuildHookInterface = MetadataHookInterface = object

HERE = Path(__file__).resolve().parent
ROOM = HERE / "src" / "tintype" / "color"
SOURCE = ROOM / "kernel.c"
NAME = "_kernel" + {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")  # as in kernel.py
# Never -ffast-math or a contraction of a * b + c: NumPy's bits are wanted. No trapping maths: branches on
# floats may become selections, which vectorizes them.
FLAGS = [
    "-std=c11", "-O3", "-ffp-contract=off", "-fno-trapping-math", "-fno-math-errno",
    "-fvisibility=hidden", "-shared",
]  # fmt: skip


def compiler() -> list[str] | None:
    """The C compiler's command: `CC`, or the first of cc, gcc and clang that is installed."""
    if os.environ.get("CC"):
        return shlex.split(os.environ["CC"])
    return next(([name] for name in ("cc", "gcc", "clang") if shutil.which(name)), None)


def compile_kernel(target: Path, *flags: str) -> None:
    """Compile the kernel to `target`. Raises OSError with the compiler's words when that fails."""
    command = compiler()
    if command is None:
        msg = "there is no C compiler (cc, gcc, clang, or what CC names)"
        raise OSError(msg)
    plain = [] if sys.platform == "win32" else ["-fPIC"]
    # A library in use is replaced, not rewritten.
    beside = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        made = subprocess.run(
            [*command, *FLAGS, *plain, *flags, "-o", str(beside), str(SOURCE)], capture_output=True, text=True
        )
        if made.returncode:
            msg = f"{shlex.join(command)} could not compile {SOURCE.name}:\n{made.stderr}"
            raise OSError(msg)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def project_urls() -> dict[str, str]:
    """The project's addresses: of the host whose workflow builds this, or of the sdist that this is.

    Without either there are none: a fork must not send its users to somebody else's tracker.
    """
    repository = os.environ.get("GITHUB_REPOSITORY")
    if repository:
        home = f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{repository}"
        docs = f"{home}/tree/main/docs"
        return {
            "Homepage": home, "Documentation": docs, "Source": home, "Issues": f"{home}/issues",
            "Changelog": f"{home}/blob/main/CHANGELOG.md",
        }  # fmt: skip
    said = HERE / "PKG-INFO"
    if not said.is_file():
        return {}
    with said.open(encoding="utf-8") as file:
        pairs = HeaderParser().parse(file).get_all("Project-URL", [])
    return dict(pair.split(", ", 1) for pair in pairs)


class UrlsHook(MetadataHookInterface):  # type: ignore[misc, valid-type]
    """Hatchling's hook for what pyproject.toml calls dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the project's addresses."""
        metadata["urls"] = project_urls()


class KernelHook(BuildHookInterface):  # type: ignore[misc, valid-type]
    """Hatchling's hook; an editable install gets its kernel in the source tree."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the compiled kernel to a wheel."""
        wanted = os.environ.get("TINTYPE_KERNEL", "auto")
        if wanted not in ("auto", "require", "none"):
            msg = f"TINTYPE_KERNEL is {wanted!r}; use auto, require or none"
            raise ValueError(msg)
        if self.target_name != "wheel":
            return
        if version != "editable":
            self._add_share(build_data)
        if wanted == "none":
            return
        library = ROOM / NAME
        try:
            compile_kernel(library)
        except OSError as error:
            if wanted == "require":
                raise
            self.app.display_warning(f"No compiled kernel; NumPy will paint, slower: {error}")
            return
        if version != "editable":
            from packaging.tags import sys_tags

            build_data["pure_python"] = False
            # The library knows nothing of Python: one wheel serves every version of it.
            build_data["tag"] = f"py3-none-{next(sys_tags()).platform}"
            build_data["force_include"][str(library)] = f"tintype/color/{NAME}"

    def _add_share(self, build_data: dict[str, Any]) -> None:
        """Add manual pages and completions, made from the commands, to a wheel's ``share``."""
        share = HERE / "build" / "share"
        shutil.rmtree(share, ignore_errors=True)
        made = subprocess.run(
            [sys.executable, str(HERE / "scripts" / "man.py"), str(share)],
            capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(HERE / "src")},
        )  # fmt: skip
        if made.returncode:
            if os.environ.get("TINTYPE_KERNEL") == "require":  # a release lacks nothing
                raise OSError(made.stderr)
            self.app.display_warning(f"No manual pages and completions: {made.stderr}")
            return
        for path in map(Path, made.stdout.splitlines()):
            build_data["shared_data"][str(path)] = f"share/{path.relative_to(share).as_posix()}"


if __name__ == "__main__":
    compile_kernel(ROOM / NAME)
    print(ROOM / NAME)
