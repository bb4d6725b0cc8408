# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver with the real tool: it trains once, notices what changed, and
goes on after it was killed.

    test-driver.py SINGAN
"""

import fcntl
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parent)]
import tap  # noqa: E402

tap.need("numpy", "scipy", "PIL")
import numpy as np  # noqa: E402

import driver  # noqa: E402
import pictures  # noqa: E402
import textures  # noqa: E402

singan = str(pathlib.Path(sys.argv[1]).resolve())
folder = pathlib.Path(tempfile.mkdtemp(prefix="singan-driver-"))
results = folder / "results"
# Enough to exercise everything, too little to look good; and enough to be
# killed in the middle.
SHORT = "--max-size=48 --iterations=6"
LONG = "--max-size=48 --iterations=100000"
PATIENCE = 60


def command(settings, *options):
    path = folder / "settings"
    path.write_text(settings)
    return [sys.executable, str(here / "driver.py"), singan, str(results),
            str(path), str(folder / "set" / "noise.png"), "--count=2",
            *options]


def drive(settings, *options):
    return subprocess.run(command(settings, *options), capture_output=True,
                          text=True, timeout=300)


def table(done):
    """Each setting's cells by column."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]]
            for line in done.stdout.splitlines()]
    return {row[0]: dict(zip(rows[0], row)) for row in rows[2:]}


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def is_locked(path):
    with open(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def seconds(run):
    path = run / "times.json"
    return json.loads(path.read_text())["seconds"] if path.exists() else 0


def test_settings_have_names_environments_and_options():
    path = folder / "some"
    path.write_text("# a comment\n\none: --seed=3 # why\n"
                    "two.b: A=1 SINGAN=/x --preset paper\n")
    assert driver.read_settings(path) == {
        "one": ({}, ["--seed=3"]),
        "two.b": ({"A": "1", "SINGAN": "/x"}, ["--preset", "paper"])}
    for wrong in ("one --seed=3", "a: \na: ", "../a: "):
        path.write_text(wrong)
        try:
            driver.read_settings(path)
        except ValueError as error:
            assert str(path) in str(error)
        else:
            raise AssertionError(wrong)


def test_settings_are_trained_measured_and_shown():
    done = drive(f"one: {SHORT}\ntwo: {SHORT} --preset=balanced\n")
    assert done.returncode == 0, done.stderr
    rows = table(done)
    assert list(rows) == ["one", "two", "published: other"], done.stdout
    for name in ("one", "two"):
        assert rows[name]["runs"] == "1 of 1"
        for column in ("seconds", "SWD 1", "SWD 1/2", "SWD 1/4", "coherence",
                       "completeness", "NIQE", "diversity", "rec. RMSE",
                       "rec. PSNR-Y", "rec. SSIM"):
            assert float(rows[name][column]) > 0, (name, column)
        assert pictures.read(results / f"{name}.jpg").shape[1] > 400
    # The published sample is the training image itself.
    assert float(rows["published: other"]["SWD 1"]) == 0, done.stdout


def test_finished_runs_are_not_repeated():
    model = results / "one" / "set-noise-seed-1" / "model.singan"
    before = model.stat().st_mtime_ns
    again = drive(f"one: {SHORT}\n")
    assert "starts" not in again.stderr, again.stderr
    assert table(again)["one"]["runs"] == "1 of 1"
    measured = drive(f"one: {SHORT}\n", "--measure-again")
    assert table(measured) == table(again), measured.stdout
    assert model.stat().st_mtime_ns == before


def test_changed_options_are_trained_anew():
    changed = drive("one: --max-size=48 --iterations=3\n")
    assert "trains anew" in changed.stderr, changed.stderr
    assert changed.returncode == 0, changed.stderr


def test_failing_setting_does_not_stop_the_others():
    done = drive(f"bad: --iterations=-7\none: {SHORT}\n")
    assert done.returncode == 1
    assert "iterations" in done.stderr, done.stderr
    rows = table(done)
    assert rows["bad"]["runs"] == "0 of 1" and rows["bad"]["seconds"] == "–"
    assert rows["one"]["runs"] == "1 of 1"


def test_report_trains_nothing():
    done = drive(f"none: {SHORT}\n", "--report")
    assert done.returncode == 0 and table(done)["none"]["runs"] == "0 of 1"
    assert not (results / "none").exists()


def test_results_stay_outside_the_source():
    words = command(f"one: {SHORT}\n")
    words[3] = str(here / "results")
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 2 and "outside" in done.stderr, done.stderr
    assert not (here / "results").exists()


def test_killed_driver_goes_on():
    run = results / "long" / "set-noise-seed-1"
    with subprocess.Popen(command(f"long: {LONG}\n"),
                          stderr=subprocess.DEVNULL) as killed:
        wait_until(lambda: seconds(run) > 0)
        assert is_locked(run / "lock")
        killed.kill()
    # Nobody trains on, and what was spent is known.
    wait_until(lambda: not is_locked(run / "lock"))
    spent = seconds(run)
    assert spent > 0
    with subprocess.Popen(command(f"long: {LONG}\n"), text=True,
                          stderr=subprocess.PIPE) as stopped:
        wait_until(lambda: seconds(run) > spent)
        stopped.send_signal(signal.SIGTERM)
        said = stopped.stderr.read()
    assert stopped.returncode == 130, said
    assert "anew" not in said and "goes on" in said, said
    assert not is_locked(run / "lock")
    assert not json.loads((run / "times.json").read_text())["done"]


(folder / "set").mkdir()
results.mkdir()
drawn = textures.draw("noise", 96, 112, 1)
pictures.write(folder / "set" / "noise.png", drawn)
pictures.write(folder / "set" / "noise.other.png", drawn)
# Any model of pristine pictures will do, and none has to be fitted.
np.savez(results / "niqe.npz", mean=np.zeros(36), covariance=np.eye(36))
os.environ["OMP_NUM_THREADS"] = "1"
try:
    tap.run([value for name, value in list(globals().items())
             if name.startswith("test_")])
finally:
    shutil.rmtree(folder)
