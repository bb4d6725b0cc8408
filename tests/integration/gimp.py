# SPDX-License-Identifier: GPL-3.0-or-later
"""A scratch GIMP, 2.10 or 3, with the plug-in in its profile, for the tests of
this folder.  Knows no scenarios."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

# GIMP 2.10 always exits with 0, so that only its messages tell; "inconsistent"
# is what GIMP says of an undo group that a plug-in left open.  On a busy machine
# GIMP 3 at times cannot start one of its own plug-ins, which is not our trouble.
CRASH = "Plug-in crashed|inconsistent state"
TROUBLE = '|execution error|GIMP-Error(?!: Unable to run plug-in "(?!singan"))'

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
    """GIMP 2.10.  Use as a context: the scratch folder goes away with it,
    unless the test failed."""

    # A folder with the profile that GIMP makes, as no test has touched it.
    fresh_profile = None
    # What reads the Scheme on its command line; 2.10 has nothing else.
    INTERPRETER = []
    # Of the names that new images have.
    NAME_SUFFIX = ""
    PROFILE_VARIABLE = "GIMP2_DIRECTORY"
    CRASH = CRASH + "|CRITICAL"
    # Errors that it keeps from the plug-in.
    HAS_NO_ERROR = ()

    def __init__(self, plug_in):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="singan-gimp-"))
        self.profile = self.folder / "profile"
        self.cache = self.folder / "cache"
        self.data = self.folder / "data"
        self.users_models = self.data / "singan"
        self.environment = dict(
            os.environ,
            XDG_CACHE_HOME=str(self.cache),
            XDG_DATA_HOME=str(self.data),
            LC_ALL="C.UTF-8",
            # On a busy machine threads that spin while they wait take ten
            # times as long.
            OMP_WAIT_POLICY="passive",
        )
        self.environment[self.PROFILE_VARIABLE] = str(self.profile)
        self.environment.pop("LANGUAGE", None)
        self.make_profile()
        target = self.profile / "plug-ins" / "singan"
        target.mkdir(parents=True)
        shutil.copy2(plug_in, target)
        self.install(plug_in, target)

    def make_profile(self):
        """GIMP makes a profile only if there is none, and asks each of its
        plug-ins what it can do: once is enough for all tests."""
        if not Gimp.fresh_profile:
            self.run([])
            Gimp.fresh_profile = tempfile.TemporaryDirectory()
            source, target = self.profile, Gimp.fresh_profile.name
        else:
            source, target = Gimp.fresh_profile.name, self.profile
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)

    def prepare_window(self):
        """What the profile needs before GIMP opens its window."""

    def install(self, plug_in, folder):
        """What the plug-in needs beside it."""

    def line(self, commands, fonts):
        """GIMP's command line for Scheme expressions."""
        line = ["gimp-console", "-i", "-d", *([] if fonts else ["-f"])]
        for command in [*commands, "(gimp-quit 0)"]:
            line += ["-b", command]
        return line

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
        process = subprocess.Popen(
            self.line(commands, fonts),
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
        expect_equal(process.returncode, 0, f"GIMP's exit status\n{output}")
        self.check_output(output, check)
        return output

    def check_output(self, output, check=True):
        """Fails if GIMP tells of an error, or, where errors are expected, of
        worse."""
        trouble = self.CRASH + TROUBLE if check else self.CRASH
        expect(not re.search(trouble, output), f"GIMP complains:\n{output}")

    def menu_entry(self, verb):
        """Where GIMP has put a procedure, by what it remembers of plug-ins."""
        found = re.search(
            rf'\(proc-def "plug-in-singan-{verb}".*?"([^"\n]*(?:\.\.\.|SinGAN))"'
            r'.*?\(menu-path "([^"]*)"\)',
            (self.profile / "pluginrc").read_text(errors="replace"),
            re.DOTALL,
        )
        expect(found, f"there is no menu entry of {verb}")
        return found[2] + "/" + found[1].replace("_", "")

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


class Gimp3(Gimp):
    """GIMP 3, which speaks the scripts' language through gimp3.scm."""

    INTERPRETER = ["--batch-interpreter=plug-in-script-fu-eval"]
    NAME_SUFFIX = ".xcf"
    PROFILE_VARIABLE = "GIMP3_DIRECTORY"
    # Its core and its own plug-ins complain of themselves when they end.
    CRASH = CRASH + r"|\(singan:\d+\): \S+-CRITICAL|\[singan\].*[Ll]ocalization"
    # It takes the default for a choice that there is not.
    HAS_NO_ERROR = ("preset", "detail")
    # Modal dialogs would wait for an answer.
    GIMPRC = (
        "(show-welcome-dialog no)",
        "(check-updates no)",
        "(color-profile-policy keep)",
        "(metadata-rotation-policy keep)",
        '(config-version "3.0.4")',
    )

    def prepare_window(self):
        (self.profile / "gimprc").write_text("\n".join(self.GIMPRC) + "\n")

    def install(self, plug_in, folder):
        """GIMP 3 looks for translations beside the plug-in."""
        (folder / "locale").symlink_to(
            pathlib.Path(plug_in).parents[3] / "po", target_is_directory=True
        )

    def line(self, commands, fonts):
        line = ["gimp-console", "-i", "-d", *([] if fonts else ["-f"])]
        line += self.INTERPRETER
        for command in commands:
            line += ["-b", command]
        return [*line, "--quit"]


# Lets the scripts speak to the GIMP that runs them.
LOAD_ADAPTER = "(load (if (defined? 'gimp-get-images) {} {}))".format(
    quote(HERE / "gimp3.scm"), quote(HERE / "gimp2.scm")
)


def attempt(expression):
    """An expression that may fail without an end to the commands after it."""
    return f"(attempt (lambda () {expression}))"


def load(script, expression):
    """An expression evaluated with a script of this folder loaded."""
    return "(begin {} {} {} {})".format(
        LOAD_ADAPTER,
        call("load", HERE / "common.scm"),
        call("load", HERE / script),
        expression,
    )


def models(folder, pattern="*"):
    """The model files of a folder; nothing else should match."""
    if not folder.is_dir():
        return []
    return sorted(folder.glob(pattern))
