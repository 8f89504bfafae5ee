"""``python -m tintype`` is the command ``tintype``."""

from tintype.commands import main

if __name__ == "__main__":
    main(prog_name="tintype")
