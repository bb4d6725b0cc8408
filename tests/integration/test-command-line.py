# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line as a person uses it: train, sample, interrupt, resume, and
every bad input with its exit code.

    test-command-line.py SINGAN BUILD
"""

import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
import pictures  # noqa: E402
from gimp import PHOTO  # noqa: E402

singan = str(pathlib.Path(sys.argv[1]).resolve())
build = pathlib.Path(sys.argv[2]).resolve()
folder = pathlib.Path(tempfile.mkdtemp(prefix="singan-test-"))
environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"),
               "XDG_DATA_HOME": str(folder / "data"),
               "LC_ALL": "C.UTF-8", "LANGUAGE": "en"}
# Enough to exercise everything, too little to look good.
SHORT = ["--max-size", "48", "--iterations", "3", "--seed", "1"]


def run(*words, cwd=None, env=None):
    return subprocess.run([singan, *map(str, words)], cwd=cwd or folder,
                          env=env or environment, capture_output=True,
                          text=True, timeout=300)


def write_png(path, width, height, channels=3, alpha=None, flat=False,
              depth=8):
    """A drawn picture: gradients and stripes, or one colour."""
    rows = b""
    for y in range(height):
        rows += b"\0"
        for x in range(width):
            for c in range(channels):
                v = 90 if flat else (x * 5 + y * 3 * c + 60 * (x // 6 % 2)) % 256
                rows += bytes([v]) if depth == 8 else struct.pack(">H", v * 257)
            if alpha is not None:
                rows += bytes([alpha])

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(
            ">I", zlib.crc32(body))

    kind = {1: 0, 3: 2}[channels] + (4 if alpha is not None else 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0,
                                     0, 0))
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


def png_header(path):
    data = pathlib.Path(path).read_bytes()
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    return width, height, depth, kind


def only_line(text):
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


def assert_fails(result, code, *texts):
    assert result.returncode == code, (result.returncode, result.stderr)
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("singan: "), result.stderr
    for text in texts:
        assert text in last, (text, last)
    assert result.stdout == "", result.stdout


def test_train_then_sample_uses_the_model():
    photo = write_png(folder / "photo.png", 60, 45)
    trained = run("train", photo, *SHORT)
    assert trained.returncode == 0, trained.stderr
    model = pathlib.Path(only_line(trained.stdout))
    assert model.parent == folder / "photo.png.singan", model
    assert "Training scale 1 of" in trained.stderr, trained.stderr
    before = model.read_bytes()
    sampled = run("random-samples", photo, "--count", "3", "--seed", "42",
                  "--output", folder / "out")
    assert sampled.returncode == 0, sampled.stderr
    assert "training one first" not in sampled.stderr
    paths = sampled.stdout.split()
    assert [pathlib.Path(p).name for p in paths] == [
        f"photo-sample-{i}-seed-42.png" for i in (1, 2, 3)], paths
    for path in paths:
        assert png_header(path) == (60, 45, 8, 2), png_header(path)
    assert model.read_bytes() == before
    again = run("random-samples", photo, "--count", "1", "--seed", "42",
                "--output", folder / "again")
    assert (pathlib.Path(only_line(again.stdout)).read_bytes()
            == pathlib.Path(paths[0]).read_bytes())


def test_sample_without_model_trains_first():
    photo = write_png(folder / "fresh.png", 50, 40)
    result = run("random-samples", photo, *SHORT, "--count", "1", "--output",
                 folder / "out")
    assert result.returncode == 0, result.stderr
    assert "training one first. Its preset, preview," in result.stderr
    assert len(list((folder / "fresh.png.singan").iterdir())) == 1


def test_edited_picture_has_an_outdated_model():
    photo = write_png(folder / "edited.png", 50, 40)
    assert run("train", photo, *SHORT).returncode == 0
    write_png(photo, 51, 40)
    result = run("random-samples", photo, *SHORT, "--count", "1", "--output",
                 folder / "out")
    assert "training one first" in result.stderr, result.stderr
    assert len(list((folder / "edited.png.singan").iterdir())) == 2


def test_sizes_are_rounded_factors():
    photo = folder / "photo.png"
    result = run("random-samples", photo, "--count", "1", "--width-factor",
                 "1.37", "--height-factor", "0.61", "--output", folder / "f")
    width, height, _, _ = png_header(only_line(result.stdout))
    assert (width, height) == (round(1.37 * 60), round(0.61 * 45))


def test_grey_and_16_bit_stay_so():
    grey = write_png(folder / "grey.png", 48, 40, channels=1)
    result = run("random-samples", grey, *SHORT, "--count", "1", "--output",
                 folder / "out")
    assert result.returncode == 0, result.stderr
    assert png_header(only_line(result.stdout))[2:] == (8, 0)
    deep = write_png(folder / "deep.png", 48, 40, depth=16)
    result = run("random-samples", deep, *SHORT, "--count", "1", "--output",
                 folder / "out")
    assert png_header(only_line(result.stdout))[2:] == (16, 2)


def test_reconstruct_writes_one_picture():
    result = run("random-samples", folder / "photo.png", "--reconstruct",
                 "--output", folder / "out")
    assert only_line(result.stdout).endswith("photo-reconstruction.png")


def test_same_seed_same_file_on_one_and_two_threads():
    photo = folder / "photo.png"
    models = []
    for name, seed, threads in (("a", 5, 1), ("b", 5, 2), ("c", 6, 2)):
        path = folder / f"{name}.safetensors"
        result = run("train", photo, "--max-size", "48", "--iterations", "3",
                     "--seed", seed, "--threads", threads, "--model", path)
        assert result.returncode == 0, result.stderr
        models.append(path.read_bytes())
    assert models[0] == models[1]
    assert models[0] != models[2]


def test_quiet_is_quiet():
    result = run("train", folder / "photo.png", *SHORT, "--quiet")
    assert result.stderr == "", result.stderr


def test_info_describes_model_and_cpu():
    model = next((folder / "photo.png.singan").glob("*.safetensors"))
    result = run("info", model)
    assert result.returncode == 0
    for text in ("photo.png", "preview", "3 iterations", "seed 1", "scale 0"):
        assert text in result.stdout, (text, result.stdout)
    assert "layer" not in result.stdout
    result = run("info", model, "--json", env={**environment, "LANGUAGE": "de"})
    told, = json.loads(result.stdout)
    assert told["source"] == "photo.png" and told["seed"] == 1, told
    assert told["path"] == str(model) and told["preset"] == "preview", told
    assert told["scales-trained"] == len(told["scales"]), told
    assert max(told["scales"][-1]["width"], told["scales"][-1]["height"]) == 48
    result = run("info", "--json", model, folder / "no-model", model)
    assert result.returncode == 1 and "no-model" in result.stderr, result
    assert len(json.loads(result.stdout)) == 2
    assert "kernels" in json.loads(run("info", "--json", "--cpu").stdout)
    result = run("info", "--cpu")
    assert "Kernels in use: " in result.stdout, result.stdout
    assert "Kernels of OpenBLAS: " in result.stdout, result.stdout
    result = run("info", "--cpu", env={**environment, "SINGAN_CPU": "c"})
    assert "Kernels in use: c " in result.stdout, result.stdout


def test_help_speaks_of_pictures_and_has_short_options():
    whole = run("-h")
    assert whole.returncode == 0 and whole.stdout == run("--help").stdout
    assert run("-V").stdout == run("--version").stdout != ""
    texts = [whole.stdout]
    for line in whole.stdout.splitlines():
        if line.startswith("  ") and line.split()[0] not in (
                "info", "models"):
            texts.append(run(line.split()[0], "-h").stdout)
            assert "PICTURE..." in texts[-1] and "-q, --quiet" in texts[-1]
    assert len(texts) == 8, len(texts)
    for text in texts:
        assert "layer" not in text.lower(), text


def start_training(photo, seed, iterations=4000):
    return subprocess.Popen(
        [singan, "train", str(photo), "--max-size", "48", "--iterations",
         str(iterations), "--seed", str(seed)],
        cwd=folder, env=environment, stderr=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True)


def wait_for_line(process, text):
    for line in process.stderr:
        if text in line:
            return
    raise AssertionError(f"no line with {text}")


def test_sigint_keeps_a_checkpoint_and_resumes():
    photo = write_png(folder / "stop.png", 40, 40)
    process = start_training(photo, 7)
    wait_for_line(process, "Training scale")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, (process.returncode, err)
    last = err.strip().splitlines()[-1]
    assert "run the same command again" in last, err
    assert "The checkpoint is kept" in err, err
    assert out == ""
    files = [p.name for p in (folder / "stop.png.singan").iterdir()]
    assert len(files) == 1 and files[0].endswith(".checkpoint"), files
    process = start_training(photo, 7)
    wait_for_line(process, "Going on from the checkpoint")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 130


def test_sigint_while_samples_are_made_writes_none():
    """The picture is so large that its detail takes longer than a signal."""
    photo = pictures.write_png(folder / "wide.png", 1200, 800)
    model = folder / "wide.safetensors"
    result = run("train", photo, *SHORT, "--model", model)
    assert result.returncode == 0, result.stderr
    process = subprocess.Popen(
        [singan, "random-samples", str(photo), "--model", str(model),
         "--count", "64", "--output", str(folder / "none")], cwd=folder,
        env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True)
    wait_for_line(process, "Making sample 1 of 64")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, (process.returncode, err)
    assert out == ""
    assert not (folder / "none").exists()
    assert "sample 2 of" not in err, err


def test_interrupted_and_resumed_equals_uninterrupted():
    photo = write_png(folder / "resume.png", 40, 40)
    process = start_training(photo, 8, iterations=300)
    wait_for_line(process, "Training scale")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    store = folder / "resume.png.singan"
    result = run("train", photo, "--max-size", "48", "--iterations", "300",
                 "--seed", "8")
    assert "Going on from the checkpoint" in result.stderr, result.stderr
    resumed = pathlib.Path(only_line(result.stdout)).read_bytes()
    assert [p.suffix for p in store.iterdir()] == [".safetensors"]
    whole = folder / "whole.safetensors"
    run("train", photo, "--max-size", "48", "--iterations", "300", "--seed",
        "8", "--model", whole)
    assert whole.read_bytes() == resumed


def test_sigkill_loses_nothing_of_the_old():
    photo = write_png(folder / "kill.png", 40, 40)
    result = run("train", photo, *SHORT)
    old = pathlib.Path(only_line(result.stdout))
    bytes_before = old.read_bytes()
    process = start_training(photo, 7)
    wait_for_line(process, "Training scale")
    process.kill()
    process.communicate(timeout=60)
    for path in (folder / "kill.png.singan").iterdir():
        if path.suffix == ".safetensors":
            assert path == old and path.read_bytes() == bytes_before
    assert run("random-samples", photo, "--count", "1", "--output",
               folder / "out").returncode == 0


def test_full_disk_is_a_clear_error():
    small = folder / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs",
                       str(small)], capture_output=True).returncode:
        raise tap.Skip("mounting a small tmpfs is not allowed here")
    try:
        photo = write_png(small / "photo.png", 40, 40)
        assert_fails(run("train", photo, *SHORT), 1, "could not be saved",
                     "space")
        left = [p.name for p in small.rglob("*") if p.is_file()]
        assert left == ["photo.png"], left
        model = next((folder / "photo.png.singan").glob("*.safetensors"))
        fill(small / "ballast")
        result = run("random-samples", folder / "photo.png", "--model", model,
                     "--count", "1", "--output", small)
        assert_fails(result, 1, "cannot be written to", "No space left")
        assert not list(small.glob("*sample*"))
    finally:
        subprocess.run(["umount", str(small)], check=True)


def fill(path):
    """Writes until the disk is full."""
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\1" * 512)
        except OSError:
            pass


def test_no_write_permission_uses_the_users_folder():
    locked = folder / "locked"
    locked.mkdir()
    photo = write_png(locked / "photo.png", 40, 40)
    # Root may write anywhere; what even root cannot do is make a folder where
    # a file is.
    (locked / "photo.png.singan").write_text("in the way")
    result = run("train", photo, *SHORT)
    assert result.returncode == 0, result.stderr
    assert "cannot be written to; the model is kept in" in result.stderr
    assert only_line(result.stdout).startswith(str(folder / "data")), \
        result.stdout


def test_models_are_listed_and_only_outdated_ones_removed():
    place = folder / "inventory"
    place.mkdir()
    photo = write_png(place / "photo.png", 40, 40)
    other = write_png(place / "other.png", 40, 44)
    for picture in (photo, other):
        assert run("train", picture, *SHORT).returncode == 0
    kept = list((place / "other.png.singan").iterdir())
    model, = (place / "photo.png.singan").iterdir()
    listed = run("models").stdout
    assert str(model) in listed and str(kept[0]) in listed, listed
    assert "“photo.png”, preview, generation" in listed, listed
    listed = run("models", photo, other).stdout
    assert listed.count("of the picture as it is") == 2, listed

    write_png(photo, 40, 48)
    os.utime(photo, (time.time() + 60, time.time() + 60))
    (model.parent / "notes.txt").write_text("mine")
    listed = run("models", place / "photo.png.singan").stdout
    assert listed.count("outdated") == 1 and model.exists(), listed
    removed = run("models", "--remove-outdated", place / "photo.png.singan",
                  place / "other.png.singan").stdout
    assert str(model) in removed and "1 file was removed" in removed, removed
    # Those of pictures that other tests have changed.
    run("models", "--remove-outdated")
    assert not model.exists() and kept[0].exists()
    assert (model.parent / "notes.txt").exists()
    assert "0 files were" in run("models", "--remove-outdated").stdout

    photo.unlink()
    other.unlink()
    assert "the picture is not there" in run("models", other).stdout
    assert "0 files were" in run("models", "--remove-outdated").stdout
    assert run("models", "--remove").returncode == 2


def test_bad_pictures_are_one_clear_error():
    assert_fails(run("train", write_png(folder / "tiny.png", 12, 300)), 1,
                 "12 x 300", "at least 32")
    assert_fails(run("train", write_png(folder / "flat.png", 40, 40,
                                        flat=True)), 1, "one colour")
    assert_fails(run("train", write_png(folder / "clear.png", 40, 40,
                                        alpha=0)), 1, "transparent")
    assert_fails(run("train", write_png(folder / "long.png", 2000, 33)), 1,
                 "elongated")
    assert_fails(run("train", folder / "nothing.png"), 1, "nothing.png",
                 "No such file")
    assert_fails(run("train", folder), 1, "not a regular file")
    (folder / "text.png").write_text("no picture")
    assert_fails(run("train", folder / "text.png"), 1, "text.png")
    (folder / "text.xyz").write_text("no picture")
    assert_fails(run("train", folder / "text.xyz"), 1, "text.xyz")
    (folder / "empty.png").write_bytes(b"")
    assert_fails(run("train", folder / "empty.png"), 1, "empty.png")


def test_pictures_are_known_by_what_is_in_them():
    """Also half ones: libjpeg would paint what is missing grey."""
    photo = write_png(folder / "a png in truth.jpg", 48, 40)
    assert run("train", photo, *SHORT).returncode == 0
    if not PHOTO.exists():
        raise tap.Skip(f"there is no {PHOTO} (package mate-backgrounds)")
    whole = PHOTO.read_bytes()
    for length in (2, 3, 4, 300, len(whole) // 2, len(whole) - 2):
        half = folder / "half.jpg"
        half.write_bytes(whole[:length])
        assert_fails(run("train", half, *SHORT), 1, "half.jpg")


def test_wrong_usage_is_two():
    photo = folder / "photo.png"
    assert run().returncode == 2
    assert_fails(run("paint"), 2, "paint")
    assert_fails(run("train"), 2, "usage")
    assert_fails(run("train", photo, photo, "--model", "m"), 2, "2 pictures")
    assert_fails(run("train", photo, "--no-such"), 2, "no-such")
    assert_fails(run("train", photo, "--output", folder), 2, "output")
    assert_fails(run("train", photo, "--max-size", "20"), 2, "max-size", "20",
                 "48", "1024")
    assert_fails(run("train", photo, "--max-size", "wide"), 2, "wide")
    assert_fails(run("train", photo, "--preset", "best"), 2, "best")
    assert_fails(run("train", photo, "--threads", "-1"), 2, "threads")
    assert_fails(run("random-samples", photo, "--count", "65"), 2, "count",
                 "65", "64")
    assert_fails(run("random-samples", photo, "--width-factor", "nan"), 2,
                 "width-factor")
    assert run("info").returncode == 2
    assert run("--help").returncode == 0
    assert run("train", "--help").returncode == 0
    assert run("--version").stdout.startswith("singan ")


def test_start_scale_beyond_the_finest_is_told():
    assert_fails(run("random-samples", folder / "photo.png", "--start-scale",
                     "30", "--count", "1"), 1, "30", "finest")


def test_damaged_model_is_told_and_left():
    photo = folder / "photo.png"
    broken = folder / "broken.safetensors"
    broken.write_bytes(b"\xff" * 100)
    assert_fails(run("random-samples", photo, "--model", broken), 1,
                 "broken.safetensors")
    assert_fails(run("info", broken), 1, "broken.safetensors")
    assert broken.read_bytes() == b"\xff" * 100
    grey = next((folder / "grey.png.singan").glob("*.safetensors"))
    assert_fails(run("random-samples", photo, "--model", grey), 1,
                 "1 channel; this one has 3")


def test_two_jobs_at_once_leave_whole_models():
    photo = write_png(folder / "both.png", 44, 40)
    jobs = [subprocess.Popen([singan, "train", str(photo), *SHORT], cwd=folder,
                             env=environment, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
            for _ in range(2)]
    outputs = [job.communicate(timeout=120) for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0], outputs
    files = list((folder / "both.png.singan").iterdir())
    assert [p.suffix for p in files] == [".safetensors"], files
    assert run("info", files[0]).returncode == 0


try:
    tap.run([value for name, value in list(globals().items())
             if name.startswith("test_")])
finally:
    shutil.rmtree(folder, ignore_errors=True)
