# SPDX-License-Identifier: GPL-3.0-or-later
"""A scratch GIMP 2.10 with the plug-in in its profile, for the tests of this
folder.  Knows no scenarios."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

# GIMP always exits with 0, so that only its messages tell; the last one is
# what GIMP says of an undo group that a plug-in left open.
TROUBLE = re.compile(
    r"execution error|Plug-in crashed|GIMP-Error|CRITICAL|inconsistent state"
)

TIMEOUT = 240
PHOTO = pathlib.Path("/usr/share/backgrounds/mate/nature/Dune.jpg")
HERE = pathlib.Path(__file__).resolve().parent


class Failure(Exception):
    pass


def expect(condition, text):
    """Fails the test, with a text that says what was expected."""
    if not condition:
        raise Failure(text)


def expect_equal(got, wanted, what):
    expect(got == wanted, f"{what} is {got!r}, expected {wanted!r}")


def quote(argument):
    """A Scheme literal."""
    if isinstance(argument, (int, float)):
        return str(argument)
    text = str(argument).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def call(function, *arguments):
    """A Scheme call."""
    return "(" + " ".join([function, *map(quote, arguments)]) + ")"


class Gimp:
    """Use as a context: the scratch folder goes away with it, unless the test
    failed."""

    def __init__(self, plug_in):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="singan-gimp-"))
        self.profile = self.folder / "profile"
        self.cache = self.folder / "cache"
        self.models_in_cache = self.cache / "singan"
        self.environment = dict(
            os.environ,
            GIMP2_DIRECTORY=str(self.profile),
            XDG_CACHE_HOME=str(self.cache),
            LC_ALL="C.UTF-8",
            # On a busy machine threads that spin while they wait take ten
            # times as long.
            OMP_WAIT_POLICY="passive",
        )
        self.environment.pop("LANGUAGE", None)
        # GIMP makes the rest of the profile only if there is none.
        self.run([])
        target = self.profile / "plug-ins" / "singan"
        target.mkdir(parents=True)
        shutil.copy2(plug_in, target)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            shutil.rmtree(self.folder)
        else:
            print(f"# Kept for a look: {self.folder}")

    def run(self, commands, check=True, fonts=False):
        """Runs Scheme expressions in one GIMP without a window; gives what it
        wrote to stderr.  Fonts take their time to be found."""
        line = ["gimp-console", "-i", "-d", *([] if fonts else ["-f"])]
        for command in [*commands, "(gimp-quit 0)"]:
            line += ["-b", command]
        process = subprocess.Popen(
            line,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            raise Failure(f"GIMP hangs after {TIMEOUT} s:\n{output}") from None
        if check:
            self.check_output(output)
        return output

    def check_output(self, output):
        expect(not TROUBLE.search(output), f"GIMP complains:\n{output}")

    def play(self, script, *arguments, fonts=False):
        """Runs (main REPORT ARGUMENTS...) of a script; gives its report, a
        dictionary of lists of words, and what GIMP said."""
        report = self.folder / "report"
        report.unlink(missing_ok=True)
        output = self.run([load(script, call("main", report, *arguments))],
                          fonts=fonts)
        expect(report.exists(), f"{script} wrote no report:\n{output}")
        lines = [line.split() for line in report.read_text().splitlines()]
        expect(lines and lines[-1] == ["done"], f"{script} stopped:\n{output}")
        return {words[0]: words[1:] for words in lines}, output


def load(script, expression):
    """An expression evaluated with a script of this folder loaded."""
    return "(begin {} {} {})".format(
        call("load", HERE / "common.scm"),
        call("load", HERE / script),
        expression,
    )


def models(folder):
    """The model files of a folder; nothing else should be there."""
    if not folder.is_dir():
        return []
    return sorted(folder.iterdir())
