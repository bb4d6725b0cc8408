#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the plug-in in GIMP 2.10 with a window on a virtual screen: one undo
takes the results away, one redo brings them back, the dialog opens from the
menus, can be cancelled and gives results.

Usage: window.py PLUG-IN [SCREENSHOT]"""

import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

from gimp import (
    EXIT_SKIPPED,
    HERE,
    Failure,
    Gimp,
    call,
    expect,
    expect_equal,
)

PROGRAMS = ("gimp", "Xvfb", "openbox", "xdotool")

# Seconds: how long a state may take to come, and between two looks at it.
PATIENCE = 90
PAUSE = 0.2

DIALOG = "^Random Samples$"
SEARCH = "^Search Actions$"


def wait_for(what, look, patience=PATIENCE):
    """Gives what look () gives once it is true."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(PAUSE)
    raise Failure(f"{what}: not seen in {patience} s")


def stop(process):
    """Ends a process of ours with all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Server:
    """GIMP's Script-Fu server."""

    def __init__(self, port):
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.connection.settimeout(PATIENCE)

    def receive(self, count):
        data = b""
        while len(data) < count:
            piece = self.connection.recv(count - len(data))
            expect(piece, "the Script-Fu server has hung up")
            data += piece
        return data

    def ask(self, expression):
        """The value of a Scheme expression, as text."""
        data = expression.encode()
        self.connection.sendall(struct.pack(">cH", b"G", len(data)) + data)
        _, status, length = struct.unpack(">cBH", self.receive(4))
        answer = self.receive(length).decode(errors="replace")
        expect_equal(status, 0, f"status of {expression}: {answer}")
        return answer


class Screen:
    """A virtual screen with a window manager."""

    def __init__(self, stack, environment):
        server = self.start(
            stack,
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1400x1000x24"],
            environment,
        )
        number = server.stdout.readline().decode().strip()
        expect(number, "Xvfb does not start")
        self.environment = dict(environment, DISPLAY=f":{number}")
        self.start(stack, ["openbox"], self.environment)

    @staticmethod
    def start(stack, line, environment, log=subprocess.DEVNULL):
        process = subprocess.Popen(
            line,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if line[0] == "Xvfb" else log,
            stderr=log,
            start_new_session=True,
        )
        stack.callback(stop, process)
        return process

    def xdotool(self, *arguments):
        return subprocess.run(
            ["xdotool", *map(str, arguments)],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        ).stdout.split()

    def windows(self, name):
        return self.xdotool("search", "--onlyvisible", "--name", name)

    def wait_window(self, name):
        return wait_for(f"window {name}", lambda: self.windows(name))[-1]

    def wait_gone(self, name):
        wait_for(f"end of {name}", lambda: not self.windows(name))

    def press(self, window, *keys):
        """Presses keys in a window that has the focus."""
        self.xdotool("windowactivate", "--sync", window)
        self.xdotool("windowfocus", "--sync", window)
        self.xdotool("key", "--clearmodifiers", *keys)

    def save(self, path):
        if shutil.which("import"):
            subprocess.run(
                ["import", "-window", "root", path],
                env=self.environment,
                timeout=PATIENCE,
                check=False,
            )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(port):
    def attempt():
        try:
            return Server(port)
        except ConnectionError:
            return None

    return wait_for("the Script-Fu server", attempt)


def open_gimp(stack, gimp, screen):
    """Starts GIMP with its window; gives the server."""
    port = free_port()
    log = stack.enter_context(open(gimp.folder / "gimp.log", "wb"))
    server_call = call(
        "plug-in-script-fu-server", 1, "127.0.0.1", port, gimp.folder / "log"
    )
    screen.start(
        stack,
        ["gimp", "-n", "-s", "-d", "-f", "-b", server_call],
        screen.environment,
        log,
    )
    server = connect(port)
    for script in ("common.scm", "window.scm"):
        server.ask(call("load", HERE / script))
    return server


class Session:
    """One image in GIMP's window."""

    def __init__(self, gimp, screen, server):
        self.gimp = gimp
        self.screen = screen
        self.server = server
        server.ask(call("show-image", gimp.folder / "drawn.xcf"))
        self.window = screen.wait_window("drawn.*GIMP")

    def layers(self):
        return self.server.ask("(shown-layers)")

    def count(self):
        return int(self.server.ask("(car (shown-layers))"))

    def wait_count(self, count, what):
        wait_for(what, lambda: self.count() == count)

    def pixels(self):
        path = self.gimp.folder / "lowest.ppm"
        self.server.ask(call("write-lowest", path))
        return path.read_bytes()

    def open_dialog(self):
        """Through GIMP's own search over all menu entries."""
        self.screen.press(self.window, "slash")
        search = self.screen.wait_window(SEARCH)
        self.screen.xdotool("windowfocus", "--sync", search)
        self.screen.xdotool("type", "Random Samples")
        self.screen.press(search, "Down", "Return")
        return self.screen.wait_window(DIALOG)


def check_undo(session):
    """One step back is the image as it was; one forth, the results."""
    layers, pixels = session.layers(), session.pixels()
    expect_equal(session.count(), 1, "layers before")
    session.server.ask("(sample (shown) (active-layer (shown)) 3 1 1)")
    with_results = session.layers()
    expect_equal(session.count(), 2, "layers and groups with results")

    session.screen.press(session.window, "ctrl+z")
    session.wait_count(1, "the undo")
    expect_equal(session.layers(), layers, "layers after the undo")
    expect_equal(session.pixels() == pixels, True, "same pixels after it")

    session.screen.press(session.window, "ctrl+y")
    session.wait_count(2, "the redo")
    expect_equal(session.layers(), with_results, "layers after the redo")
    session.screen.press(session.window, "ctrl+z")
    session.wait_count(1, "the second undo")


def check_dialog(session, screenshot):
    """Cancelled, it changes nothing; confirmed, it gives results."""
    dialog = session.open_dialog()
    session.screen.press(dialog, "Escape")
    session.screen.wait_gone(DIALOG)
    expect_equal(session.count(), 1, "layers after Cancel")

    dialog = session.open_dialog()
    session.screen.save(screenshot)
    session.screen.press(dialog, "alt+o")
    session.wait_count(2, "the results of the dialog")
    expect_equal(session.screen.windows(DIALOG), [], "dialogs left")


def run(plug_in, screenshot):
    with Gimp(plug_in) as gimp, contextlib.ExitStack() as stack:
        screen = Screen(stack, gimp.environment)
        try:
            session = Session(gimp, screen, open_gimp(stack, gimp, screen))
            check_undo(session)
            print("undo: passed")
            check_dialog(session, screenshot or gimp.folder / "dialog.png")
            print("dialog: passed")
        except (Failure, OSError):
            screen.save(gimp.folder / "failure.png")
            raise
        gimp.check_output((gimp.folder / "gimp.log").read_text())


def main():
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        print(f"Skipped: not installed: {', '.join(missing)}")
        return EXIT_SKIPPED
    try:
        run(sys.argv[1], *(sys.argv[2:] or [None]))
    except (Failure, OSError) as failure:
        print(f"failed: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
