"""``python -m tintype`` is the command ``tintype``."""

import signal


def run() -> None:
    """Run the command. Ctrl-C while it is being loaded ends it without a word, as nothing has begun."""
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tintype.commands import main

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    main(prog_name="tintype")


if __name__ == "__main__":
    run()
