# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains a list of settings over several images with the command-line tool,
measures the samples, and prints one table in Markdown.

    driver.py SINGAN RESULTS SETTINGS IMAGE...

SETTINGS is a file with one setting a line, NAME: OPTION..., where the options
are those of `singan train` and VARIABLE=VALUE before them goes into its
environment; SINGAN=PROGRAM there is the tool of another build.

RESULTS is a folder for everything that is made: it has to be outside the
source.  Started again with the same folder, driver.py goes on where it was
stopped or killed, and several may work in one folder at a time.
"""

import argparse
import concurrent.futures
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

import niqe
import sheet
from anchors import published_samples
from metrics import markdown, mean_row, measure, pair_measures
from pictures import read, shrink, write

POLL_SECONDS = 0.25
SAVE_SECONDS = 5.0
# For how long a tool may still be stopping whose driver was killed.
LOCK_SECONDS = 5.0
# Figures of single samples against the training image that say nothing.
PAIRED = ("RMSE", "PSNR-Y", "SSIM")

stopping = threading.Event()


class Stopped(Exception):
    """The driver was asked to stop."""


class Failed(Exception):
    """The tool failed, with what it said."""


def say(text):
    print(f"driver.py: {text}", file=sys.stderr, flush=True)


def hash_of(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def write_json(path, value):
    """Replaces the file as a whole, so that it is never half written."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value, indent=1))
    part.replace(path)


def read_json(path):
    return json.loads(path.read_text()) if path.exists() else None


def read_settings(path):
    """Name: (environment, options) of each line."""
    result = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = shlex.split(line, comments=True)
        if not words:
            continue
        name = words.pop(0)
        if not re.fullmatch(r"[\w.+-]+:", name) or name[:-1] in result:
            raise ValueError(f"{path}:{number}: a line starts with the name "
                             "of a setting, a colon and a space; each name "
                             "once")
        environment = {}
        while words and re.match(r"\w+=", words[0]):
            key, value = words.pop(0).split("=", 1)
            environment[key] = value
        result[name[:-1]] = environment, words
    return result


def prepare(paths, folder, longest):
    """Copies the images that are larger than `longest` shrunk; returns where
    the pictures to train on are, by name, and their published samples."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures, published = {}, {}
    for path in map(pathlib.Path, paths):
        path = path.resolve(strict=True)
        name = f"{path.parent.name}-{path.stem}"
        if name in pictures:
            raise ValueError(f"two images are called {name}")
        picture = read(path)
        if max(picture.shape[:2]) > longest:
            kept = folder / f"{name}-{longest}.png"
            if not kept.exists():
                part = folder / f"{name}-{os.getpid()}.png"
                write(part, shrink(picture, longest))
                part.replace(kept)
            pictures[name] = kept
        else:
            pictures[name] = path
            published[name] = published_samples(path)
    return pictures, published


class Run:
    """One setting, one image, one seed, in a folder of its own."""

    def __init__(self, options, setting, image, seed):
        self.setting, self.image, self.seed = setting, image, seed
        self.picture = options.pictures[image]
        self.count = options.count
        self.environment, self.options = options.settings[setting]
        self.program = self.environment.get("SINGAN", options.singan)
        self.folder = options.results / setting / f"{image}-seed-{seed}"
        self.model = self.folder / "model.singan"
        self.samples = self.folder / "samples"
        self.result = self.folder / "result.json"

    def __str__(self):
        return f"{self.setting}, {self.image}, seed {self.seed}"

    def identity(self):
        """What the model depends on, but for the program."""
        environment = {key: value for key, value in self.environment.items()
                       if key != "SINGAN"}
        return {"options": self.options, "environment": environment,
                "picture": hash_of(self.picture), "seed": self.seed}

    def finished(self):
        """The measures, if there are any that still hold."""
        identity = self.folder / "identity.json"
        result = read_json(self.result)
        if (result and result["count"] == self.count
                and read_json(identity) == self.identity()):
            return result
        return None

    @contextlib.contextmanager
    def lock(self):
        """Keeps other drivers out: yields the locked file, which the tool
        inherits so that it holds the lock as long as it runs; or None."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as opened:
            file = opened
            patience = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > patience:
                        file = None
                        break
                    time.sleep(POLL_SECONDS)
            yield file

    def clear(self):
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()

    def tool(self, lock, words, heartbeat=None):
        """Runs the tool nicely to its end; returns what it wrote.  It is
        interrupted if the driver is, and even if the driver is killed."""
        with open(self.folder / "log", "a+") as log, \
                open(self.folder / "output", "w+") as output:
            print("$", shlex.join(map(str, words)), file=log, flush=True)
            child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "INT", "nice", "-n", "19",
                 self.program, *map(str, words)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=log,
                pass_fds=[lock.fileno()], start_new_session=True,
                env={**os.environ, "LC_ALL": "C.UTF-8", **self.environment})
            interrupted = False
            while child.poll() is None:
                if stopping.is_set() and not interrupted:
                    interrupted = True
                    child.send_signal(signal.SIGINT)
                if heartbeat:
                    heartbeat(child.pid)
                time.sleep(POLL_SECONDS)
            if interrupted:
                raise Stopped
            output.seek(0)
            if child.returncode:
                log.seek(0)
                said = log.read().strip().splitlines()[-1]
                raise Failed(f"exit status {child.returncode}: {said}")
            return output.read().split("\n")[:-1]

    def train(self, lock):
        """Trains, or goes on; returns wall-clock and processor seconds of all
        attempts."""
        times = self.folder / "times.json"
        spent = read_json(times) or {"seconds": 0.0, "CPU": 0.0, "done": False}
        if spent["done"] and self.model.exists():
            return spent
        start, before, saved = time.monotonic(), dict(spent), [0.0]

        def heartbeat(pid):
            spent["seconds"] = before["seconds"] + time.monotonic() - start
            spent["CPU"] = before["CPU"] + processor_seconds(pid)
            if time.monotonic() - saved[0] > SAVE_SECONDS:
                saved[0] = time.monotonic()
                write_json(times, spent)

        try:
            self.tool(lock, ["train", self.picture, *self.options, "--seed",
                             self.seed, "--model", self.model], heartbeat)
            spent["done"] = True
        finally:
            spent["seconds"] = before["seconds"] + time.monotonic() - start
            write_json(times, spent)
        return spent

    def sample(self, lock):
        """Makes samples and the reconstruction; returns their paths."""
        if self.samples.exists():
            shutil.rmtree(self.samples)
        common = ["random-samples", self.picture, "--model", self.model,
                  "--output", self.samples]
        made = self.tool(lock, [*common, "--count", self.count, "--seed",
                                self.seed])
        made += self.tool(lock, [*common, "--reconstruct"])
        return [str(pathlib.Path(path).relative_to(self.folder))
                for path in made]

    def work(self, model, again):
        """Does what is missing; returns the measures, or None if another
        driver is at it."""
        with self.lock() as lock:
            if not lock:
                say(f"{self}: another driver is at it")
                return None
            result = self.finished()
            if result and not again:
                return result
            identity = self.folder / "identity.json"
            if read_json(identity) not in (None, self.identity()):
                say(f"{self}: its options or its picture changed, trains anew")
                self.clear()
            write_json(identity, self.identity())
            say(f"{self}: starts")
            spent = self.train(lock)
            *samples, reconstruction = self.sample(lock)
            training = read(self.picture)
            rows = measure(training, [read(self.folder / path)
                                      for path in samples], model)
            figures = {name: value for name, value in rows[-1].items()
                       if name not in PAIRED}
            rebuilt = pair_measures(training,
                                    read(self.folder / reconstruction))
            figures.update({f"rec. {name}": value
                            for name, value in rebuilt.items()})
            result = {"seconds": spent["seconds"], "CPU s": spent["CPU"],
                      "figures": figures, "samples": samples,
                      "reconstruction": reconstruction, "count": self.count,
                      "program": hash_of(self.program)}
            write_json(self.result, result)
            say(f"{self}: {spent['seconds']:.0f} s")
            return result


def processor_seconds(pid):
    """User and system time of a process until now."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    fields = text.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def published_row(options, method, model):
    """The mean figures of a method's published samples, cached: they do not
    change."""
    rows = []
    for image, samples in options.published.items():
        if method not in samples:
            continue
        cache = options.results / "published" / f"{image}-{method}.json"
        figures = read_json(cache)
        if figures is None or options.measure_again:
            cache.parent.mkdir(parents=True, exist_ok=True)
            rows_here = measure(read(options.pictures[image]),
                                [read(path) for path in samples[method]],
                                model)
            figures = {name: value for name, value in rows_here[-1].items()
                       if name not in PAIRED}
            write_json(cache, figures)
        rows.append(figures)
    return {"setting": f"published: {method}", "runs": str(len(rows)),
            **mean_row(rows)}


def report(options, results, model):
    """The table: each setting's mean over images and seeds, if asked for each
    image's over seeds, and the published samples'."""
    rows = []
    total = len(options.pictures) * len(options.seeds)
    for setting in options.settings:
        mine = {key: result for key, result in results.items()
                if key[0] == setting}
        row = {"setting": setting, "runs": f"{len(mine)} of {total}"}
        row.update(flat_mean(mine.values()))
        rows.append(row)
        for image in options.pictures if options.each else ():
            some = [result for key, result in mine.items() if key[1] == image]
            if some:
                rows.append({"setting": f"{setting}: {image}",
                             "runs": f"{len(some)} of {len(options.seeds)}",
                             **flat_mean(some)})
    methods = dict.fromkeys(method for samples in options.published.values()
                            for method in samples)
    rows += [published_row(options, method, model) for method in methods]
    return markdown(rows)


def flat_mean(results):
    return mean_row([{"seconds": result["seconds"], "CPU s": result["CPU s"],
                      **result["figures"]} for result in results])


def draw_sheets(options, results):
    """One contact sheet a setting: an image's first seed a line."""
    for setting in options.settings:
        lines = []
        for image, picture in options.pictures.items():
            for seed in options.seeds:
                result = results.get((setting, image, seed))
                if result:
                    folder = options.results / setting / f"{image}-seed-{seed}"
                    paths = [result["reconstruction"], *result["samples"]]
                    lines.append((image, [picture, *(folder / path
                                                     for path in paths)]))
                    break
        if lines:
            sheet.write(options.results / f"{setting}.jpg", lines)


def warn_of_programs(results):
    """Figures of different builds in one setting do not belong together."""
    programs = {}
    for (setting, _, _), result in results.items():
        programs.setdefault(setting, set()).add(result["program"])
    for setting, seen in programs.items():
        if len(seen) > 1:
            say(f"{setting}: runs by {len(seen)} different builds; remove the "
                "older ones' folders to train them anew")


def arguments():
    parser = argparse.ArgumentParser(
        description="Trains settings over images and measures the samples.")
    parser.add_argument("singan", metavar="SINGAN")
    parser.add_argument("results", metavar="RESULTS", type=pathlib.Path)
    parser.add_argument("settings", metavar="SETTINGS", type=pathlib.Path)
    parser.add_argument("images", metavar="IMAGE", nargs="+")
    parser.add_argument("--seeds", default="1",
                        help="separated by commas (1)")
    parser.add_argument("--count", type=int, default=6,
                        help="samples of each model (6)")
    parser.add_argument("--longest", type=int, default=256, metavar="PIXELS",
                        help="larger images are shrunk to this first (256)")
    parser.add_argument("--jobs", type=int, default=1,
                        help="how many train at a time (1)")
    parser.add_argument("--each", action="store_true",
                        help="a row for each image, too")
    parser.add_argument("--report", action="store_true",
                        help="train nothing, show what there is")
    parser.add_argument("--measure-again", action="store_true",
                        help="sample and measure again what is trained")
    options = parser.parse_args()
    options.singan = str(pathlib.Path(options.singan).resolve())
    options.results = options.results.resolve()
    if options.count < 1 or options.jobs < 1:
        parser.error("--count and --jobs are 1 or more")
    source = pathlib.Path(__file__).resolve().parents[2]
    if options.results.is_relative_to(source):
        parser.error(f"RESULTS has to be outside {source}")
    options.seeds = [int(seed) for seed in options.seeds.split(",")]
    options.settings = read_settings(options.settings)
    options.pictures, options.published = prepare(
        options.images, options.results / "images", options.longest)
    return options


def main():
    try:
        options = arguments()
    except (OSError, ValueError) as error:
        say(error)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    os.nice(max(0, 10 - os.nice(0)))
    try:
        model = niqe.pristine(options.results / "niqe.npz")
    except FileNotFoundError as error:
        say(f"no NIQE: {error}")
        model = None

    # Every setting over one image before the next, so that a table that is
    # not complete compares settings over the same images.
    runs = [Run(options, setting, image, seed) for seed in options.seeds
            for image in options.pictures for setting in options.settings]
    results, failures = {}, 0

    def one(run):
        if options.report:
            return run.finished()
        if stopping.is_set():
            raise Stopped
        return run.work(model, options.measure_again)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        pending = {pool.submit(one, run): run for run in runs}
        for future in concurrent.futures.as_completed(pending):
            run = pending[future]
            try:
                result = future.result()
            except Stopped:
                continue
            except (Failed, OSError, ValueError) as error:
                failures += 1
                say(f"{run}: {error}")
                continue
            if result:
                results[run.setting, run.image, run.seed] = result
    if stopping.is_set():
        say("stopped; the same command goes on")
        return 130
    warn_of_programs(results)
    draw_sheets(options, results)
    print(report(options, results, model))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
