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

    report, output = gimp.play("photo.scm", PHOTO, xcf, work / "result.png")
    expect("Training at" in output, f"no word on the time:\n{output}")
    expect("Warning: Training at" not in output, f"it is a warning:\n{output}")
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


def check_folders(gimp):
    """Never saved: in the user's folder, later beside the XCF; not writable: in
    the user's folder, with a word."""
    work = gimp.folder / "folders-test"
    work.mkdir()
    xcf = work / "drawn.xcf"

    play_folders(gimp, "train-unsaved", xcf)
    of_user = models(gimp.users_models, "*.safetensors")
    expect_equal(len(of_user), 1, "number of files in the user's folder")
    _, output = gimp.play("reopen.scm", xcf, "Plasma")
    expect(TRAINS_FIRST not in output, f"it trains again:\n{output}")
    expect_equal(models(gimp.users_models, "*.safetensors"), [], "what is left of the user's")
    beside = [path.name for path in models(work / "drawn.xcf.singan")]
    expect_equal(beside, [of_user[0].name], "files beside the XCF")

    # Earlier versions had them in the cache.
    old = gimp.cache / "singan"
    old.mkdir()
    (work / "drawn.xcf.singan" / beside[0]).rename(old / beside[0])
    _, output = gimp.play("reopen.scm", xcf, "Plasma")
    expect(TRAINS_FIRST not in output, f"it trains again:\n{output}")
    expect_equal(models(old), [], "what is left in the cache")

    # Permissions do not bind the superuser; a file in the folder's place does.
    shutil.rmtree(work / "drawn.xcf.singan")
    (work / "drawn.xcf.singan").touch()
    output = play_folders(gimp, "train-saved", xcf)
    expect("cannot be written to" in output, f"no word on it:\n{output}")
    expect_equal(len(models(gimp.users_models, "*.safetensors")), 1, "files of the user's")


def play_folders(gimp, function, *files):
    report = gimp.folder / "folders-report"
    report.unlink(missing_ok=True)
    output = gimp.run([load("folders.scm", call(function, report, *files))])
    expect("done" in report.read_text(), f"{function} stopped:\n{output}")
    return output


def check_memory(gimp, tool):
    """A picture is opened and trained, enlarged once, and saved as XCF in
    another folder: each purpose's model is found, by its name, although the XCF
    file tells no path."""
    work = gimp.folder / "memory-test"
    elsewhere = gimp.folder / "memory-elsewhere"
    work.mkdir()
    elsewhere.mkdir()
    png, xcf = work / "photo.png", elsewhere / "photo.xcf"

    play_folders(gimp, "draw", png)
    told = subprocess.run(
        [tool, "super-resolution", png, "--max-size=48", "--iterations=2",
         "--seed=1", "--output", work], env=gimp.environment,
        capture_output=True, text=True, timeout=300)
    expect_equal(told.returncode, 0, f"the tool's exit status ({told.stderr})")
    play_folders(gimp, "train-opened", png, xcf)
    before = models(work / "photo.png.singan")
    # Without a window GIMP 3.0 does not tell what was opened.
    is_known = not models(gimp.users_models, "*.safetensors")
    if is_known:
        expect_equal(len(before), 2, "number of files beside the picture")
    expect(str(work).encode() not in xcf.read_bytes(), "the XCF names a folder")
    output = play_folders(gimp, "use-both", xcf)
    expect(TRAINS_FIRST not in output, f"it trains again:\n{output}")
    moved = models(elsewhere / "photo.xcf.singan")
    if is_known:
        expect_equal(models(work / "photo.png.singan"), before, "files then")
        expect_equal(moved, [], "models that were moved")
    else:
        expect_equal(len(moved), 2, "models that were moved")

    output = play_folders(gimp, "use-old-memory", xcf, generation_model(moved or before))
    expect(TRAINS_FIRST not in output, f"it trains again:\n{output}")
    report = (gimp.folder / "folders-report").read_text()
    expect_equal(report, "parasites 1\ndone\n", "what the layer remembers")


def generation_model(paths):
    """Name of the one that is for pictures of all kinds."""
    return next(path.name for path in paths
                if b"super-resolution" not in path.read_bytes()[:4096])


def check_effects(gimp):
    """A layer's effects are seen, and left as they are."""
    report, _ = gimp.play("effects.scm")
    # The layer's name, then the hash of its pixels.
    pixels = {key: pathlib.Path(report[key][0]).name.rsplit("-", 2)[1]
              for key in ("plain", "effect", "merged", "beyond", "group-plain",
                          "group-effect")}
    expect(pixels["effect"] != pixels["plain"], "the effect is not seen")
    expect_equal(pixels["effect"], pixels["merged"], "what is seen")
    expect_equal(pixels["group-plain"], pixels["plain"], "a group's picture")
    expect_equal(pixels["group-effect"], pixels["effect"], "a group's effect")
    for key in ("plain", "effect", "beyond"):
        expect_equal(report[f"{key}-kept"], ["1", "64", "48", "1"],
                     f"{key}: effects, size of the layer, images")


# Function of errors.scm, name of its case, what the error has to say.
ERRORS = (
    ("constant", "only one colour"),
    ("small", "20 x 20 pixels"),
    ("transparent", "fully transparent"),
    ("partly-transparent", r"25\.0 %"),
    ("not-finite", "not a finite number.*column 5, row 3"),
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
    errors = [error for error in ERRORS if error[0] not in gimp.HAS_NO_ERROR]
    for name, _ in errors:
        arguments = [tiff] if name == "not-finite" else []
        report = gimp.folder / f"report-{name}"
        commands.append(
            load("errors.scm", attempt(call(name, *arguments))))
        commands.append(load("errors.scm", call("main", report)))
    output = gimp.run(commands, check=False)

    said = dict(re.findall(r"case (\S+)\n(.*?)(?=case |\Z)", output, re.S))
    for name, text in errors:
        expect(
            re.search(f"Error: .*{text}", said.get(name, "")),
            f"{name}: no “{text}” in what GIMP said:\n{output}",
        )
        report = gimp.folder / f"report-{name}"
        expect(report.exists(), f"{name}: GIMP did not go on:\n{output}")
        expect_equal(
            report.read_text(), "images 1\nlayers 1\ndone\n", f"{name}: left"
        )
