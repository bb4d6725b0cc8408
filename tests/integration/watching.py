# SPDX-License-Identifier: GPL-3.0-or-later
"""The window in which a training is watched, in a GIMP on a virtual screen:
stopped and kept, paused and gone on with after a restart, cancelled; and what
happens if the layer, the image, the plug-in or GIMP goes in the middle.  Run by
test-gimp.py."""

import contextlib
import json
import os
import pathlib
import signal
import struct

from gimp import HERE, LOAD_ADAPTER, Failure, call, expect, expect_equal
from window import Screen, open_gimp, wait_for

WATCHING = "^(Train Model|Random Samples): "
QUESTION = "^Cancel Training$"
SEARCH = "^Search Actions$"

# Where in GIMP's window the button is that cancels: from the bottom, pixels, and
# between these shares of the width.
BAR_HEIGHT = 20
BAR_SHARES = (50, 80)

# Iterations a scale: more than a test waits for, and few enough that the first
# scale of a small picture is done soon.
ENDLESS = 100000
MANY = 150


def read_header(path):
    """The header of a safetensors file."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(length))


def count_scales(header):
    return sum(name.endswith("generator.tail.conv.bias") for name in header)


def position(checkpoint):
    """Where a checkpoint is: finished scales, and iterations at the next."""
    header = read_header(checkpoint)
    return count_scales(header), int(header["__metadata__"]["iteration"])


def plug_ins(gimp):
    """Processes of the plug-in in this profile."""
    mark = str(gimp.profile / "plug-ins" / "singan").encode()
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if (folder / "cmdline").read_bytes().startswith(mark):
                    found.append(int(folder.name))
    return found


class Session:
    """One GIMP with a window, and one image in it."""

    def __init__(self, gimp, screen, stack, name):
        self.gimp = gimp
        self.screen = screen
        self.xcf = gimp.folder / f"{name}.xcf"
        self.models = gimp.folder / f"{name}.xcf.singan"
        self.server, self.process = open_gimp(stack, gimp, screen)
        self.server.ask(call("show-untrained", self.xcf))
        self.window = screen.wait_window(f"{name}.*GIMP")

    def files(self, suffix):
        return sorted(self.models.glob(f"*.{suffix}"))

    def checkpoint(self):
        """The only checkpoint, once there is one."""
        return wait_for("a checkpoint", lambda: self.files("checkpoint"))[0]

    def choose(self, action):
        """Starts a filter by the keyboard."""
        self.screen.press(self.window, "slash")
        self.screen.wait_window(SEARCH)
        self.screen.xdotool("type", action)
        self.screen.press_for(
            self.screen.wait_window(SEARCH),
            "Return",
            f"the choice of {action}",
            lambda: not self.screen.windows(SEARCH),
        )

    def open_dialog(self, name="Train Model"):
        self.choose(name)
        return self.screen.wait_window(f"^{name}$")

    def start(self, iterations):
        """Trains from the menu; gives the window to watch it in."""
        dialog = self.open_dialog()
        self.screen.press(dialog, "alt+i")
        self.screen.xdotool("type", str(iterations))
        self.screen.press(dialog, "alt+o")
        window = self.screen.wait_window(WATCHING)
        self.checkpoint()
        return window

    def press_until_gone(self, window, key, closes=True):
        """A button that is not sensitive yet is pressed again.  The window of
        a training that has left a model says so, and is closed; that of a
        filter that goes on with the model goes by itself."""

        def is_gone():
            if not self.screen.windows(WATCHING):
                return True
            if not self.files("safetensors"):
                self.screen.press(window, key)
            elif closes:
                self.screen.press(window, "Escape")
            return False

        wait_for(f"the end after {key}", is_gone)
        self.wait_ended()

    def wait_ended(self):
        wait_for("the plug-in's end", lambda: not plug_ins(self.gimp))
        wait_for("no window", lambda: not self.screen.windows(WATCHING))

    def cancel_bar(self):
        """Clicks along GIMP's status bar, which has no key to cancel."""
        lines = self.screen.xdotool("getwindowgeometry", "--shell", self.window)
        size = dict(line.split("=") for line in lines)
        for share in range(*BAR_SHARES):
            self.screen.xdotool(
                "mousemove",
                "--window",
                self.window,
                int(size["WIDTH"]) * share // 100,
                int(size["HEIGHT"]) - BAR_HEIGHT,
                "click",
                1,
            )
            if not plug_ins(self.gimp):
                return True
        return False

    def kill_plug_in(self):
        for process in plug_ins(self.gimp):
            os.kill(process, signal.SIGKILL)
        self.wait_ended()

    def quit(self):
        """Ends GIMP, if it still runs; killed, it would leave backups behind
        that the next one asks about."""
        if self.process.poll() is None:
            self.server.send("(gimp-quit 1)")
            wait_for("GIMP's end", lambda: self.process.poll() is not None)

    def layers(self):
        return self.server.ask("(shown-layers)")

    def undo_once(self, before):
        """One undo gives the layers that were there before."""
        after = self.layers()
        self.screen.press_for(
            self.window, "ctrl+z", "the undo", lambda: self.layers() != after
        )
        expect_equal(self.layers(), before, "layers after one undo")

    def use_image(self):
        """The image answers and can be changed and changed back."""
        before = self.layers()
        self.server.ask("(add-layer)")
        expect(self.layers() != before, "a layer is added meanwhile")
        self.undo_once(before)


def check_cancel(session):
    """Asks once; then nothing is left."""
    window = session.start(ENDLESS)
    session.screen.press(window, "alt+c")
    question = session.screen.wait_window(QUESTION)
    session.screen.press(question, "Escape")
    wait_for("the question's end", lambda: not session.screen.windows(QUESTION))
    expect(session.screen.windows(WATCHING), "the training goes on")
    session.use_image()

    session.screen.press(window, "alt+c")
    session.screen.press(session.screen.wait_window(QUESTION), "alt+c")
    session.wait_ended()
    expect(not session.models.exists(), f"{session.models} is left")


def check_stop_and_keep(session, picture):
    """The model has the scales done so far, and the checkpoint goes on."""
    window = session.start(MANY)
    session.screen.save(picture)
    session.press_until_gone(window, "alt+s")
    models = session.files("safetensors")
    expect_equal(len(models), 1, "models kept")
    header = read_header(models[0])
    done, scales = count_scales(header), int(header["__metadata__"]["scales"])
    expect(0 < done <= scales, f"{done} scales of {scales} in the model")
    expect_equal(
        len(session.files("checkpoint")), int(done < scales), "checkpoints"
    )


def check_samples(session):
    """A filter that has to train first can be stopped like a training, and goes
    on with what there is; its results are one step to undo."""
    before = session.layers()
    dialog = session.open_dialog("Random Samples")
    session.screen.press(dialog, "alt+o")
    window = session.screen.wait_window(WATCHING)
    session.press_until_gone(window, "alt+s", closes=False)
    expect(session.layers() != before, "there are samples")
    expect(session.files("safetensors"), "there is a model")
    session.undo_once(before)


def check_bar(session):
    """GIMP's own button ends a script's training, which leaves the image as it
    is and its checkpoint."""
    before = session.layers()
    session.choose("Train by Script")
    checkpoint = session.checkpoint()
    wait_for("the plug-in's end", session.cancel_bar)
    expect(position(checkpoint) >= (0, 1), "there is a checkpoint")
    expect_equal(session.layers(), before, "layers after GIMP's Cancel")
    session.use_image()


def check_closing(session):
    """Closing the window pauses; nothing that was done is lost."""
    window = session.start(ENDLESS)
    checkpoint = session.checkpoint()
    first = position(checkpoint)
    wait_for("more iterations", lambda: position(checkpoint) > first)
    session.screen.press(window, "Escape")
    session.wait_ended()
    expect(position(checkpoint) >= first, "the checkpoint went back")
    return position(checkpoint)


def check_quit(session):
    """GIMP takes the plug-in along; the checkpoint stays."""
    checkpoint = session.checkpoint()
    first = position(checkpoint)
    session.start(ENDLESS)
    wait_for("more iterations", lambda: position(checkpoint) > first)
    session.quit()
    session.wait_ended()
    expect(position(checkpoint) > first, "the checkpoint went back")


def check_lost_layer(session):
    """The layer goes: its model is kept."""
    window = session.start(MANY)
    session.server.ask("(drop-layer)")
    session.press_until_gone(window, "alt+s")
    expect(session.files("safetensors"), "there is a model")


def check_lost_image(session):
    """The image is closed: its model is kept."""
    window = session.start(MANY)
    session.server.ask("(close-shown)")
    expect_equal(
        session.server.ask("(car (gimp-image-list))"), "0", "images that are left"
    )
    session.press_until_gone(window, "alt+s")
    expect(session.files("safetensors"), "there is a model")


def check_kill(session):
    """The plug-in dies, with a dialog and in a training: the image is whole,
    and the training goes on from its checkpoint."""
    layers = session.layers()
    session.open_dialog()
    session.kill_plug_in()
    session.use_image()

    session.start(ENDLESS)
    checkpoint = session.checkpoint()
    session.kill_plug_in()
    expect_equal(session.layers(), layers, "layers after the kill")
    session.use_image()
    first = position(checkpoint)
    window = session.start(ENDLESS)
    wait_for("more iterations", lambda: position(checkpoint) > first)
    session.press_until_gone(window, "alt+p")


def run_session(gimp, name, check):
    """One check in a GIMP of its own; a picture of a failure stays in the
    scratch folder."""
    log = gimp.folder / "gimp.log"
    with contextlib.ExitStack() as stack:
        screen = Screen(stack, gimp.environment)
        try:
            session = Session(gimp, screen, stack, name)
            check(session)
            session.quit()
        except (Failure, OSError):
            screen.save(gimp.folder / "failure.png")
            raise
    return log.read_text()


def check_buttons(gimp):
    def check(session):
        check_cancel(session)
        check_closing(session)
        session.checkpoint().unlink()
        check_stop_and_keep(session, gimp.folder / "watching.png")

    gimp.check_output(run_session(gimp, "buttons", check))


def check_restart(gimp):
    """Paused in one GIMP, gone on with in the next, which is quit; gone on with
    in a third."""
    paused = []
    gimp.check_output(
        run_session(
            gimp,
            "restart",
            lambda session: paused.append(check_closing(session)),
        )
    )
    gimp.check_output(run_session(gimp, "restart", check_quit))

    def go_on(session):
        checkpoint = session.checkpoint()
        first = position(checkpoint)
        expect(first > paused[0], "the second GIMP went on")
        expect(check_closing(session) > first, "so does a third")

    gimp.check_output(run_session(gimp, "restart", go_on))


def check_other_jobs(gimp):
    scripts = gimp.profile / "scripts"
    scripts.mkdir(exist_ok=True)
    script = (HERE / "train-by-script.scm").read_text()
    (scripts / "train-by-script.scm").write_text(
        script.replace("LOAD-ADAPTER", LOAD_ADAPTER)
    )
    gimp.check_output(run_session(gimp, "samples", check_samples))
    gimp.check_output(run_session(gimp, "bar", check_bar))


def check_losses(gimp):
    gimp.check_output(run_session(gimp, "layer", check_lost_layer))
    gimp.check_output(run_session(gimp, "image", check_lost_image))


def check_killed(gimp):
    log = run_session(gimp, "kill", check_kill)
    expect("Plug-in crashed" in log, "GIMP tells of the plug-in's end")
