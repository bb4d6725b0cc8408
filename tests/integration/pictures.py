# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawn PNG files, and their pixels: 8 or 16 bits a channel, no libraries."""

import struct
import zlib

CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
KINDS = {channels: kind for kind, channels in CHANNELS.items()}
MAGIC = b"\x89PNG\r\n\x1a\n"


def draw(x, y):
    """Gradients and stripes, in colour."""
    return [(x * 5 + y * 3 * c + 60 * (x // 6 % 2)) % 256 for c in range(3)]


def write_png(path, width, height, pixel=draw, depth=8):
    """A picture of what pixel (x, y) gives: 1 to 4 numbers of so many bits."""
    code = {8: "B", 16: "H"}[depth]
    rows = b"".join(
        b"\0" + b"".join(struct.pack(f">{len(one)}{code}", *one)
                         for one in (pixel(x, y) for x in range(width)))
        for y in range(height)
    )

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(
            ">I", zlib.crc32(body)
        )

    kind = KINDS[len(pixel(0, 0))]
    path.write_bytes(
        MAGIC
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0,
                                     0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return path


def undo_filter(kind, row, above, step):
    """PNG's five filters, in place."""
    for i in range(len(row)):
        left = row[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[i]
        elif kind == 3:
            guess = (left + above[i]) // 2
        elif kind == 4:
            p = left + above[i] - corner
            guess = min(
                (abs(p - left), 0, left),
                (abs(p - above[i]), 1, above[i]),
                (abs(p - corner), 2, corner),
            )[2]
        else:
            guess = 0
        row[i] = (row[i] + guess) % 256


def read_png(path):
    """Width, height, and rows of tuples."""
    data = path.read_bytes()
    assert data.startswith(MAGIC), path
    at, packed = len(MAGIC), b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", body[:10])
            assert depth in (8, 16), depth
        elif kind == b"IDAT":
            packed += body
        at += length + 12
    size = depth // 8
    step = CHANNELS[colours] * size
    raw = zlib.decompress(packed)
    rows, above = [], bytearray(width * step)
    for y in range(height):
        start = y * (width * step + 1)
        row = bytearray(raw[start + 1 : start + 1 + width * step])
        undo_filter(raw[start], row, above, step)
        above = row
        if size == 2:
            row = struct.unpack(f">{len(row) // 2}H", row)
        count = step // size
        rows.append([tuple(row[x * count : (x + 1) * count])
                     for x in range(width)])
    return width, height, rows


def sharpness(rows):
    """The mean difference in lightness of neighbours, across and down."""
    light = [[sum(pixel[:3]) for pixel in row] for row in rows]
    across = [abs(a - b) for row in light for a, b in zip(row, row[1:])]
    down = [abs(a - b) for row, next_row in zip(light, light[1:])
            for a, b in zip(row, next_row)]
    return (sum(across) + sum(down)) / (len(across) + len(down))


def distance(rows, others):
    """The largest difference of a channel."""
    return max(
        abs(a - b)
        for row, other in zip(rows, others)
        for one, two in zip(row, other)
        for a, b in zip(one, two)
    )
