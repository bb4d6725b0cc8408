# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures as cameras, phones, scanners and editors write them, drawn
with Debian's numpy and PIL."""

import io
import random
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageDraw, ImageFilter

WIDTH, HEIGHT = 160, 120
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def landscape():
    """A sky, a sun and rough ground: something in it has detail."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    noise = Image.fromarray(
        np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH), "u1"))
    rough = np.asarray(noise.filter(ImageFilter.GaussianBlur(0.8))) - 127.0
    pixels = np.stack([110 + y, 150 + y / 2, 230 - y / 5], -1)
    ground = y > 60 + 12 * np.sin(x / 18)
    pixels[ground] = np.stack([90 + y / 3 + rough * 0.6, 120 + rough * 0.7,
                               50 + rough * 0.4], -1)[ground]
    pixels[(x - 128) ** 2 + (y - 24) ** 2 < 90] = 250, 240, 180
    return Image.fromarray(pixels.clip(0, 255).astype("u1"))


PLAIN = landscape()
GREY = PLAIN.convert("L")


def with_chunks(picture, *chunks):
    """A PNG file with these chunks behind its header."""
    out = io.BytesIO()
    picture.save(out, "png")
    data = out.getvalue()
    more = b"".join(
        struct.pack(">I", len(body)) + name + body
        + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks)
    return data[:33] + more + data[33:]


def grey_tiff(pixels, photometric=1, cut=0):
    """One strip, the directory in front of it; cut bytes are missing."""
    data = pixels.tobytes()
    height, width = pixels.shape
    at = 8 + 2 + 9 * 12 + 4
    tags = [(256, 3, width), (257, 3, height), (258, 3, 8 * pixels.itemsize),
            (259, 3, 1), (262, 3, photometric), (273, 4, at), (277, 3, 1),
            (278, 3, height), (279, 4, len(data))]
    return (b"II*\0" + struct.pack("<IH", 8, len(tags))
            + b"".join(struct.pack("<HHII", tag, kind, 1, value)
                       for tag, kind, value in tags)
            + bytes(4) + data[:len(data) - cut])


def grey_profile():
    """The least that an ICC profile is: a white point and a gamma of 1.8."""
    def text(name, body):
        return name + bytes(4) + body

    tags = {b"desc": text(b"desc", struct.pack(">I", 5) + b"grey\0" + bytes(78)),
            b"wtpt": text(b"XYZ ", struct.pack(">3i", 63190, 65536, 54061)),
            b"kTRC": text(b"curv", struct.pack(">IHH", 1, 461, 0)),
            b"cprt": text(b"text", b"none\0\0\0\0")}
    at, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    length = at + len(body)
    head = struct.pack(">I4sI4s4s4s", length, b"none", 0x02100000, b"mntr",
                       b"GRAY", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536,
                                                          54061)
    return (head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) + table
            + body)


def jpeg(picture, **options):
    out = io.BytesIO()
    picture.save(out, "jpeg", **{"quality": 92, **options})
    return out.getvalue()


def exif(**tags):
    fields = Image.Exif()
    for name, value in tags.items():
        fields[{"orientation": 0x0112, "description": 0x010E}[name]] = value
    return fields


def motion_photo():
    """A JPEG with a film behind it, in which a JPEG's markers occur."""
    source = random.Random(3)
    film = source.randbytes(20000) + b"\xff\xda" + source.randbytes(2000)
    return (jpeg(PLAIN) + b"\0\0\0\x18ftypmp42\0\0\0\0isommp42"
            + struct.pack(">I", len(film) + 8) + b"mdat" + film)


def edited():
    """The picture with one red disc painted on it."""
    copy = PLAIN.copy()
    ImageDraw.Draw(copy).ellipse([70, 50, 90, 70], fill=(200, 30, 30))
    return copy
