"""Files as disks, networks and attackers damage them."""

import re
import struct
import zlib

TOKENS = ["NaN", "1e999", "-1", "0", "9" * 400, '"\\ud800"', "null", "true", "[]", "{}", '""',
          '"/etc/passwd"', "[" * 2000, '{"a":' * 2000, '"' + "x" * 3000 + '"', "1e-320", "[[1]]"]  # fmt: skip


def mutated(dice, data, others):
    """One of the samples, damaged in one to four places."""
    made = bytearray(data)
    for _ in range(dice.randrange(1, 5)):
        at = int(dice.random() ** dice.choice([1, 4]) * len(made))
        match dice.randrange(9):
            case 0:
                made[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                size = dice.choice([2, 4, 8])
                made[at : at + size] = dice.choice([b"\xff", b"\0", b"\x7f", b"\x80"]) * size
            case 2:
                del made[at:]
            case 3:
                del made[at : at + dice.randrange(1, 64)]
            case 4:
                made[at:at] = dice.randbytes(dice.randrange(1, 64))
            case 5:
                end = at + dice.randrange(1, 256)
                made[at:at] = made[at:end] * dice.randrange(1, 20)
            case 6:  # a number one off
                made[at : at + 1] = (
                    bytes([(made[at] + dice.choice([1, -1, 16, 128])) % 256]) if at < len(made) else b""
                )
            case 7:
                other = dice.choice(others)
                start = dice.randrange(len(other))
                made[at : at + 64] = other[start : start + 64]
            case 8:  # a plausible number of two or four bytes, in either order
                form = dice.choice(["<H", ">H", "<I", ">I"])
                number = dice.choice([0, 1, 2, 255, 256, 4096, 32767, 65535, 10**6, 2**31 - 1, 2**32 - 1])
                packed = struct.pack(form, number % (65536 if form[1] == "H" else 2**32))
                made[at : at + len(packed)] = packed
    made = bytes(made)
    return checked(made) if dice.random() < 0.7 else made


def checked(data):
    """A PNG with its checksums put right, so that damage behind them is met too; others as they are."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    made, at = bytearray(data), 8
    while at + 12 <= len(made):
        size = struct.unpack_from(">I", made, at)[0]
        if at + 12 + size > len(made):
            break
        struct.pack_into(">I", made, at + 8 + size, zlib.crc32(made[at + 4 : at + 8 + size]))
        at += 12 + size
    return bytes(made)


def mutated_text(dice, data, others):
    """A text whose values are others, of other types, or no text any more."""
    if dice.random() < 0.3:
        return mutated(dice, data, others)
    told = data.decode()
    for _ in range(dice.randrange(1, 4)):
        values = list(re.finditer(r'"[^"]*"|-?\d[\d.e+-]*|true|false|null|[\[{]', told))
        if not values:
            break
        one = dice.choice(values)
        told = told[: one.start()] + dice.choice(TOKENS) + told[one.end() :]
    return told.encode("utf-8", "surrogatepass")
