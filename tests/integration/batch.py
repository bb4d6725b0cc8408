# SPDX-License-Identifier: GPL-3.0-or-later
"""The plug-in in GIMP without a window: the main job on a photo, image modes,
other sizes, where models live, and what has to fail.  Run by test-gimp.py."""

import hashlib
import pathlib
import re
import shutil
import struct
import subprocess

import language
from gimp import (
    PHOTO,
    attempt,
    call,
    expect,
    expect_equal,
    load,
    models,
)

RGB, GRAY = "0", "1"
RGBA_IMAGE, GRAYA_IMAGE = "1", "3"
U8_GAMMA, U16_GAMMA, FLOAT_LINEAR = "150", "250", "600"
TRUE = ["#t"]
FALSE = ["#f"]

# Adobe RGB (1998), of the package that GIMP reads PostScript with.
PROFILE = pathlib.Path("/usr/share/color/icc/ghostscript/a98.icc")

TRAINS_FIRST = "There is no model of this layer yet"


def fingerprint(path):
    """What changes if a file is written again."""
    return path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).digest()


def expect_entry(gimp, verb, label):
    """Checks where GIMP has put a procedure."""
    wanted = f"<Image>/Filters/SinGAN/{label}..."
    expect_equal(gimp.menu_entry(verb), wanted, "menu entry")


def expect_layers(report, key, size, position=(0, 0), layer=RGBA_IMAGE):
    """Checks the first sample: its size, type and place."""
    wanted = [*map(str, size), layer, *map(str, position)]
    expect_equal(report[f"{key}-layer"], wanted, f"{key}: the sample")
    expect_equal(report[f"{key}-has-picture"], TRUE, f"{key}: has a picture")


def check_photo(gimp, tool=None):
    """Trains, samples and saves; another GIMP samples without training; so
    may the command-line tool read the model."""
    work = gimp.folder / "photo"
    work.mkdir()
    xcf = work / "photo.xcf"

    report, _ = gimp.play("photo.scm", PHOTO, xcf, work / "result.png")
    for verb, label in (
        ("train", "Train Model"),
        ("random-samples", "Random Samples"),
    ):
        expect_entry(gimp, verb, label)
    # GIMP sorts its menus; this one comes before the others by its name.
    expect_equal(gimp.menu_entry("about"),
                 "<Image>/Filters/SinGAN/About SinGAN", "the first entry")
    files = models(work / "photo.xcf.singan")
    expect_equal(len(files), 1, "number of files beside the XCF")
    expect_equal(report["model"], [str(files[0])], "the path given")
    expect_equal(report["sample-image"], ["96", "72", RGB, U8_GAMMA], "image")
    expect_equal(report["sample-group"], ["0", "2"], "place, size of the group")
    expect_layers(report, "sample", (96, 72))
    expect_equal(report["again-group"], ["1", "2"], "place, size of the second")
    expect_equal(report["repeatable"], TRUE, "same seed, same samples")
    expect_equal(report["own-image"], ["3"], "layers and groups at the top")
    expect_equal(report["untouched"], TRUE, "the layer is untouched")
    expect_equal(report["active"], TRUE, "the layer is still the active one")
    expect((work / "result.png").stat().st_size > 0, "an image is saved")

    before = fingerprint(files[0])
    report, output = gimp.play("reopen.scm", xcf, "Background")
    expect(TRAINS_FIRST not in output, f"it trains again:\n{output}")
    expect_equal(models(files[0].parent), files, "files beside the XCF")
    expect_equal(fingerprint(files[0]), before, "the model file")
    expect_equal(report["parasite"][0], "1", "number of parasites")
    expect_layers(report, "sample", (96, 72))

    if tool:
        told = subprocess.run(
            [tool, "info", files[0]], capture_output=True, text=True, timeout=60
        )
        expect_equal(told.returncode, 0, f"exit status of info ({told.stderr})")


def check_modes(gimp):
    """Grey, indexed, 16 bit, linear float, offsets, other sizes."""
    new = gimp.folder / "new.xcf"
    report, output = gimp.play("modes.scm", PROFILE, new)

    for key, base, precision, layer, own in (
        ("grey", GRAY, U8_GAMMA, GRAYA_IMAGE, TRUE),
        ("indexed", RGB, U8_GAMMA, RGBA_IMAGE, FALSE),
        ("deep", RGB, U16_GAMMA, RGBA_IMAGE, TRUE),
        ("linear", RGB, FLOAT_LINEAR, RGBA_IMAGE, TRUE),
    ):
        wanted = ["64", "48", base, precision]
        expect_equal(report[f"{key}-image"], wanted, f"{key}: the image")
        expect_layers(report, key, (64, 48), layer=layer)
        expect_equal(report[f"{key}-group"], ["0", "2"], f"{key}: the group")
        expect_equal(report[f"{key}-same-image"], own, f"{key}: same image")
        expect_equal(report[f"{key}-untouched"], TRUE, f"{key}: untouched")
    expect("The image is indexed" in output, f"no word on indexed:\n{output}")

    expect_layers(report, "offset", (40, 36), (10, 8))
    expect_equal(report["offset-group"], ["1", "1"], "place above the layer")
    expect_equal(report["offset-parent"], ["#t", "3"], "the parent group")

    expect_layers(report, "floating", (64, 48))
    expect_equal(report["floating-same-image"], FALSE, "floating: same image")

    expect_equal(report["size-image"], ["96", "36", RGB, U8_GAMMA], "new image")
    expect_layers(report, "size", (96, 36))
    expect_equal(report["size-same-image"], FALSE, "size: same image")
    expect_equal(report["size-layers"], ["1"], "size: layers of the old image")
    # Only pixels are packed in an XCF file.
    has_profile = PROFILE.read_bytes() in new.read_bytes()
    expect_equal(has_profile, True, "size: has the profile")
    # babl rounds a little differently; a conversion shifts by a level or more.
    with_profile = float(report["size-with-profile"][0])
    without = float(report["size-without-profile"][0])
    expect(
        abs(with_profile - without) < 0.1,
        f"size: mean of {with_profile} with a profile, {without} without",
    )
    resolution = [float(word) for word in report["size-resolution"]]
    expect_equal(resolution, [300.0, 150.0], "size: resolution")


def check_cache(gimp):
    """Never saved: in the cache, later beside the XCF; not writable: in the
    cache, with a word."""
    work = gimp.folder / "cache-test"
    work.mkdir()
    xcf = work / "drawn.xcf"

    play_cache(gimp, "train-unsaved", xcf)
    in_cache = models(gimp.models_in_cache)
    expect_equal(len(in_cache), 1, "number of files in the cache")
    _, output = gimp.play("reopen.scm", xcf, "Plasma")
    expect(TRAINS_FIRST not in output, f"it trains again:\n{output}")
    expect_equal(models(gimp.models_in_cache), [], "what is left in the cache")
    beside = [path.name for path in models(work / "drawn.xcf.singan")]
    expect_equal(beside, [in_cache[0].name], "files beside the XCF")

    # Permissions do not bind the superuser; a file in the folder's place does.
    shutil.rmtree(work / "drawn.xcf.singan")
    (work / "drawn.xcf.singan").touch()
    output = play_cache(gimp, "train-saved", xcf)
    expect("cannot be written to" in output, f"no word on it:\n{output}")
    expect_equal(len(models(gimp.models_in_cache)), 1, "files in the cache")


def play_cache(gimp, function, xcf):
    report = gimp.folder / "cache-report"
    output = gimp.run([load("cache.scm", call(function, report, xcf))])
    expect("done" in report.read_text(), f"{function} stopped:\n{output}")
    return output


# Function of errors.scm, name of its case, what the error has to say.
ERRORS = (
    ("constant", "only one colour"),
    ("small", "20 x 20 pixels"),
    ("transparent", "fully transparent"),
    ("partly-transparent", r"25\.0 %"),
    ("not-finite", "not finite numbers.*column 5, row 3"),
    ("mask", "layer mask"),
    ("channel", "channel"),
    ("start-scale", "(start-scale is|has value) 99"),
    ("deep-scale", "start-scale is 15"),
    ("preset", "preset is (3|“3”)"),
    ("detail", "detail is (2|“2”)"),
)


def write_float_tiff(path, width, height):
    """A grey picture in linear floats, with one NaN at column 5, row 3."""
    pixels = [
        float("nan") if (x, y) == (5, 3) else (x ^ y) / 64
        for y in range(height)
        for x in range(width)
    ]
    data = struct.pack(f"<{len(pixels)}f", *pixels)
    entries = (
        (256, width),
        (257, height),
        (258, 32),  # bits
        (259, 1),  # not compressed
        (262, 1),  # black is 0
        (273, 8),  # where the pixels are
        (277, 1),  # samples a pixel
        (278, height),  # rows a strip
        (279, len(data)),
        (339, 3),  # floats
    )
    directory = struct.pack("<H", len(entries))
    for tag, value in entries:
        directory += struct.pack("<HHII", tag, 4, 1, value)
    header = struct.pack("<2sHI", b"II", 42, 8 + len(data))
    path.write_bytes(header + data + directory + struct.pack("<I", 0))


def check_translation(gimp, folder):
    """GIMP shows our texts in the person's language."""
    gimp.environment.update(language.environment("ru", folder))
    output = gimp.run(
        [load("errors.scm", attempt(call("constant")))], check=False
    )
    expect("В слое только один цвет" in output, f"not in Russian:\n{output}")


def check_errors(gimp):
    """Each error's text comes through, and nothing is left in the image."""
    tiff = gimp.folder / "not-finite.tiff"
    write_float_tiff(tiff, 64, 48)
    commands = []
    for name, _ in ERRORS:
        arguments = [tiff] if name == "not-finite" else []
        report = gimp.folder / f"report-{name}"
        commands.append(
            load("errors.scm", attempt(call(name, *arguments))))
        commands.append(load("errors.scm", call("main", report)))
    output = gimp.run(commands, check=False)

    said = dict(re.findall(r"case (\S+)\n(.*?)(?=case |\Z)", output, re.S))
    for name, text in ERRORS:
        expect(
            re.search(f"Error: .*{text}", said.get(name, "")),
            f"{name}: no “{text}” in what GIMP said:\n{output}",
        )
        report = gimp.folder / f"report-{name}"
        expect(report.exists(), f"{name}: GIMP did not go on:\n{output}")
        expect_equal(
            report.read_text(), "images 1\nlayers 1\ndone\n", f"{name}: left"
        )
