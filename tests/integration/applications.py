# SPDX-License-Identifier: GPL-3.0-or-later
"""The applications in GIMP on a photo: masks, names, places, and the same
pixels as the command line gives.  Run by test-gimp.py."""

import pathlib
import re
import subprocess

from batch import (
    FLOAT_LINEAR,
    GRAY,
    GRAYA_IMAGE,
    RGB,
    RGBA_IMAGE,
    TRUE,
    U8_GAMMA,
    expect_entry,
    expect_layers,
)
from gimp import PHOTO, attempt, call, expect, expect_equal, load
from pictures import distance, read_png, sharpness, write_png

SIZE = (96, 72)

# The object that the script pastes, and how far a result may reach.
OBJECT = (8, 6, 12, 10)
REACH = 0.03 * SIZE[0]


def away(x, y, box):
    left, top, width, height = box
    dx = max(left - x, x - left - width + 1, 0)
    dy = max(top - y, y - top - height + 1, 0)
    return (dx * dx + dy * dy) ** 0.5


def check_place(path, original, box, reach):
    """Beyond the reach, every pixel is the original's."""
    _, _, rows = read_png(path)
    changed = [
        (x, y)
        for y in range(SIZE[1])
        for x in range(SIZE[0])
        if rows[y][x] != original[y][x]
    ]
    expect(changed, f"{path} changes nothing")
    far = [place for place in changed if away(*place, box) > reach]
    expect(not far, f"{path} changes {far[:5]} and more, {len(far)} in all")


def run_tool(tool, *words):
    told = subprocess.run(
        [tool, *map(str, words), "--quiet"],
        capture_output=True,
        text=True,
        timeout=240,
    )
    expect_equal(told.returncode, 0, f"exit status ({told.stderr})")
    return [pathlib.Path(line) for line in told.stdout.splitlines()]


def without_alpha(path):
    return [[pixel[:3] for pixel in row] for row in read_png(path)[2]]


def inside_object(rows):
    left, top, width, height = OBJECT
    return [row[left : left + width] for row in rows[top : top + height]]


def expect_same_pixels(tool, model, work, key, words):
    """What is seen has the pixels of the command line's result, but for the 8
    bits of a mask; the layer has them in the object, and everywhere those of
    the unblended result, if it is whole itself: if there is no photograph's
    detail, which is made near the object only."""
    common = ["--model", model, "--seed", "7", "--start-scale", "1", "--output"]
    (blended,) = run_tool(tool, *words, *common, work / f"{key}-blended")
    rows = read_png(blended)[2]
    layer = without_alpha(work / f"{key}-layer.png")
    expect_equal(inside_object(layer) == inside_object(rows), True,
                 f"{key}: same pixels in the object")
    if key == "harmonize":
        (whole,) = run_tool(
            tool, *words, *common, work / f"{key}-whole", "--unblended"
        )
        expect_equal(layer == read_png(whole)[2], True, f"{key}: same pixels")
    gap = distance(read_png(work / f"{key}-visible.png")[2], rows)
    expect(gap <= 2, f"{key}: what is seen differs by {gap}")


def check_injections(gimp, tool=None):
    work = gimp.folder / "injections"
    work.mkdir()
    report, output = gimp.play("applications.scm", PHOTO, work)
    original = read_png(work / "photo.png")[2]

    for key, verb, label in (
        ("harmonize", "harmonize", "Harmonize Pasted Layer"),
        ("edit", "edit", "Blend Edit"),
        ("paint", "paint-to-image", "Paint to Image"),
    ):
        expect_entry(gimp, verb, label)
        expect_layers(report, key, SIZE)
        wanted = [*map(str, SIZE), RGB, U8_GAMMA]
        expect_equal(report[f"{key}-image"], wanted, f"{key}: the image")
    expect("training one first" not in output, f"it trains again:\n{output}")

    position, scales = report["harmonize-group"]
    expect_equal(position, "0", "place of the group")
    expect(int(scales) >= 3, f"only {scales} results")
    expect_equal(report["harmonize-masks"], [scales], "number of masks")
    expect_equal(report["harmonize-visible"], ["1"], "results that are shown")
    names = " ".join(f"Scale {n}, seed 7" for n in range(1, int(scales) + 1))
    expect_equal(" ".join(report["harmonize-names"]), names, "names")
    for key in ("own-image", "active", "untouched"):
        expect_equal(report[f"harmonize-{key}"], TRUE, f"harmonize: {key}")
    expect_equal(report["harmonize-top"], ["3"], "layers and groups at the top")
    expect_equal(report["edit-group"], ["0", "1"], "the edit's group")
    expect_equal(report["part-masks"], ["1"], "masks of one result")

    expect_equal(report["paint-group"], ["0", scales], "the painting's group")
    expect_equal(report["paint-masks"], ["0"], "masks of paintings")
    expect_layers(report, "quantized", SIZE)

    visible = work / "harmonize-visible.png"
    check_place(visible, original, OBJECT, REACH)
    for key in ("part", "cut"):
        path = work / f"{key}-visible.png"
        check_place(path, original, (*OBJECT[:2], 4, 4), REACH)
    gap = distance(*(read_png(work / f"{key}-visible.png")[2]
                     for key in ("part", "cut")))
    expect(gap == 0, f"a mask and a selection of the object differ by {gap}")
    check_place(work / "edit-visible.png", original, OBJECT, REACH)
    check_place(work / "selected-visible.png", original, (90, 66, 4, 4), REACH)

    for key, base, precision, layer, layers in (
        ("indexed", RGB, U8_GAMMA, RGBA_IMAGE, "2"),  # group and backdrop
        ("grey", GRAY, U8_GAMMA, GRAYA_IMAGE, "3"),
        ("linear", RGB, FLOAT_LINEAR, RGBA_IMAGE, "3"),
    ):
        wanted = [*map(str, SIZE), base, precision]
        expect_equal(report[f"{key}-image"], wanted, f"{key}: the image")
        expect_layers(report, key, SIZE, layer=layer)
        expect_equal(report[f"{key}-layers"], [layers], f"{key}: at the top")
        expect_equal(report[f"{key}-masks"], ["1"], f"{key}: masks")
        expect_equal(report[f"{key}-untouched"], TRUE, f"{key}: untouched")
        expect_equal(report[f"{key}-corner"], TRUE, f"{key}: the same corner")
    expect("The image is indexed" in output, f"no word on indexed:\n{output}")

    # The photo is no larger than what the model works at, and the model has
    # learnt next to nothing.
    for key, least, most in (("photograph", 0.6, 1.2), ("model", 0, 0.5)):
        expect_layers(report, key, SIZE)
        ratio = sharpness(without_alpha(work / f"{key}-layer.png"))
        ratio /= sharpness(original)
        expect(least < ratio < most, f"{key}: {ratio} of the photo's sharpness")

    if tool:
        model = report["model"][0]
        photo = work / "photo.png"
        inside = lambda x, y: away(x, y, OBJECT) == 0  # noqa: E731
        paste = write_png(
            work / "paste.png", *SIZE,
            lambda x, y: [200, 40, 90, 255 if inside(x, y) else 0],
        )
        edited = write_png(
            work / "edited.png", *SIZE,
            lambda x, y: [200, 40, 90] if inside(x, y) else original[y][x],
        )
        expect_same_pixels(tool, model, work, "harmonize",
                           ["harmonize", photo, "--paste", paste])
        expect_same_pixels(tool, model, work, "edit",
                           ["edit", photo, "--edited", edited])
        for key in ("photograph", "model"):
            (sampled,) = run_tool(
                tool, "random-samples", photo, "--count", "1", "--model", model,
                "--seed", "7", "--detail", key, "--output", work / key)
            expect_equal(without_alpha(work / f"{key}-layer.png")
                         == read_png(sampled)[2], True, f"{key}: same pixels")
        (painted,) = run_tool(
            tool, "paint-to-image", photo, "--painting", work / "painting.png",
            "--model", model, "--seed", "7", "--start-scale", "1", "--output",
            work / "painted")
        expect_equal(without_alpha(work / "paint-layer.png")
                     == read_png(painted)[2], True, "paint: same pixels")


def webp_delays(path):
    """Milliseconds of each frame of an animated WebP (RIFF chunks: ANMF)."""
    data = path.read_bytes()
    expect_equal((data[:4], data[8:12]), (b"RIFF", b"WEBP"), "file type")
    delays, place = [], 12
    while place < len(data):
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        if data[place : place + 4] == b"ANMF":
            delays.append(int.from_bytes(data[place + 20 : place + 23],
                                         "little"))
        place += 8 + size + size % 2
    return delays


def check_animation(gimp, tool):
    """With the command line's model, which is beside the same pixels."""
    work = gimp.folder / "animation"
    work.mkdir()
    gimp.run([load("animation.scm", call("prepare", PHOTO, work))])
    frames = run_tool(tool, "animate", work / "photo.png", "--max-size", "96",
                      "--iterations", "2", "--frames", "3", "--start-scale",
                      "0", "--seed", "7", "--output", work / "frames")
    (work / "photo.png.singan").rename(work / "photo.xcf.singan")
    report, output = gimp.play("animation.scm", work / "photo.xcf", work)

    expect("training one first" not in output, f"it trains again:\n{output}")
    expect_entry(gimp, "animate", "Animate")
    expect_equal(report["size"], [*map(str, SIZE), RGB], "the film")
    names = " ".join(f"Frame {n} (40ms) (replace)" for n in (3, 2, 1))
    expect_equal(" ".join(report["names"]), names, "frames, from the top")
    expect_equal(report["own-image"], ["1"], "layers of the photo")
    expect_equal(report["gif-frames"], ["3"], "frames of the GIF")
    expect("(40ms)" in " ".join(report["gif-top"]), f"{report['gif-top']}")
    expect_equal(webp_delays(work / "film.webp"), [40] * 3, "WebP's delays")
    expect_equal(without_alpha(work / "last-frame.png")
                 == read_png(frames[2])[2], True, "same pixels")


def check_enlargement(gimp, tool):
    """With the command line's model, which is beside the same pixels."""
    work = gimp.folder / "enlargement"
    work.mkdir()
    gimp.run([load("enlargement.scm", call("prepare", PHOTO, work))])
    big, = run_tool(tool, "super-resolution", work / "photo.png",
                    "--iterations", "2", "--factor", "2", "--seed", "7",
                    "--output", work / "big.png")
    (work / "photo.png.singan").rename(work / "photo.xcf.singan")
    report, output = gimp.play("enlargement.scm", work / "photo.xcf", work)

    expect("training one first" not in output, f"it trains again:\n{output}")
    expect_entry(gimp, "super-resolution", "Super-Resolution")
    expect_equal(report["size"], ["192", "144", "1"], "size and layers")
    name = " ".join(report["name"])
    expect("enlarged 2 times, seed 7" in name, f"the name is {name}")
    path = pathlib.Path(" ".join(report["file"]))
    expect_equal(path.parent, work, "where it would be saved")
    end = "enlarged 2 times, seed 7" + gimp.NAME_SUFFIX
    expect(path.name.endswith(end), f"a file {path}")
    again = pathlib.Path(" ".join(report["again"]))
    expect(gimp.NAME_SUFFIX == "" or again != path,
           f"two images would be saved as {path}")
    expect_equal(report["unsaved"], ["1"], "whether it is unsaved work")
    expect(not path.exists(), f"{path} is written")
    taken = (work / "gimp.xcf").read_bytes().count(b"2007:08:06 10:29:13")
    expect(taken > 0, "when the photo was taken got lost")
    expect_equal(report["own-image"], ["1"], "layers of the photo")
    expect_equal(without_alpha(work / "gimp.png") == read_png(big)[2], True,
                 "same pixels")


# Function of injection-errors.scm, layers left, what the error has to say.
ERRORS = (
    ("scale-0", 2, "start-scale is 0;.*scales 1"),
    ("scale-31", 2, "start-scale is 31;.*scales 1"),
    ("outside", 2, "12 x 10 pixels at 200, 300 lies outside"),
    ("transparent", 2, "transparent there"),
    ("itself", 2, "value of background is .*another layer"),
    ("elsewhere", 3, "value of background is .*another layer"),
    ("same", 2, "does not differ from the original"),
    ("selection-beside", 2, "The mask is empty"),
    ("object-not-selected", 2, "Nothing of the pasted layer is selected"),
    ("alone", 1, "image has only this layer"),
    ("too-large", 1, "would be too many to hold in memory; up to 4.09 times"),
)


def check_injection_errors(gimp):
    """Each error's text comes through, and nothing is added or trained."""
    commands = []
    for name, _, _ in ERRORS:
        report = gimp.folder / f"report-{name}"
        commands.append(load("injection-errors.scm", attempt(call(name))))
        commands.append(load("injection-errors.scm", call("main", report)))
    output = gimp.run(commands, check=False)

    expect("training one first" not in output, f"it trains:\n{output}")
    said = dict(re.findall(r"case (\S+)\n(.*?)(?=case |\Z)", output, re.S))
    for name, layers, text in ERRORS:
        expect(
            re.search(f"Error: .*{text}", said.get(name, "")),
            f"{name}: no “{text}” in what GIMP said:\n{output}",
        )
        report = gimp.folder / f"report-{name}"
        expect(report.exists(), f"{name}: GIMP did not go on:\n{output}")
        expect_equal(report.read_text(), f"layers {layers}\ndone\n", name)
