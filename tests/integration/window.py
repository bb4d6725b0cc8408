# SPDX-License-Identifier: GPL-3.0-or-later
"""The plug-in in GIMP with a window on a virtual screen: one undo takes
the results away, one redo brings them back, the dialog can be cancelled and
gives results.  Run by test-gimp.py."""

import contextlib
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import time

from gimp import (
    HERE,
    LOAD_ADAPTER,
    Failure,
    call,
    expect,
    expect_equal,
)

PROGRAMS = ("gimp", "Xvfb", "openbox", "xdotool")

# Seconds: how long a state may take to come, and between two looks at it.
PATIENCE = 90
PAUSE = 0.2

# Seconds for GIMP to take a key, before it is pressed again.
KEY_PATIENCE = 15

# Milliseconds between two keys: a button that is pressed by its key acts a
# quarter of a second later.
KEY_DELAY = 400

DIALOG = "^Random Samples$"
LAYER_DIALOG = "^Harmonize Pasted Layer$"


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

    def send(self, expression):
        data = expression.encode()
        self.connection.sendall(struct.pack(">cH", b"G", len(data)) + data)

    def answer(self):
        """Status, 0 for good, and value of the expression that was sent."""
        _, status, length = struct.unpack(">cBH", self.receive(4))
        return status, self.receive(length).decode(errors="replace")

    def ask(self, expression):
        """The value of a Scheme expression, as text."""
        self.send(expression)
        status, answer = self.answer()
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

    def exists(self, window):
        return bool(self.xdotool("getwindowname", window))

    def wait_window(self, name):
        return wait_for(f"window {name}", lambda: self.windows(name))[-1]

    def focus(self, window):
        """Whether a window has the focus; without it, keys go to another."""
        self.xdotool("windowactivate", "--sync", window)
        self.xdotool("windowfocus", "--sync", window)
        return self.xdotool("getwindowfocus") == [str(window)]

    def press(self, window, *keys):
        """Presses keys in a window, unless it has gone: in the image's window,
        the key of a button opens a menu, which takes all that follow."""

        def has_focus():
            return self.focus(window) or not self.exists(window)

        wait_for("the focus", has_focus)
        if self.exists(window):
            self.xdotool(
                "key", "--clearmodifiers", "--delay", KEY_DELAY, *keys
            )

    def press_for(self, window, key, what, has_come):
        """Presses a key until it has an effect.  A key may get lost while the
        window has not got the focus back; pressed again at once, it could act
        twice."""

        def attempt():
            self.press(window, key)
            try:
                return wait_for(what, has_come, KEY_PATIENCE)
            except Failure:
                return False

        return wait_for(what, attempt)

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
    """Starts GIMP with its window; gives the server and the process."""
    gimp.prepare_window()
    port = free_port()
    log = stack.enter_context(open(gimp.folder / "gimp.log", "wb"))
    server_call = call(
        "plug-in-script-fu-server", 1, "127.0.0.1", port, gimp.folder / "log"
    )
    process = screen.start(
        stack,
        ["gimp", "-n", "-s", "-d", "-f", *gimp.INTERPRETER, "-b", server_call],
        screen.environment,
        log,
    )
    server = connect(port)
    server.ask(LOAD_ADAPTER)
    for script in ("common.scm", "window.scm"):
        server.ask(call("load", HERE / script))
    # A message box would take the keys that are meant for others.
    server.ask("(gimp-message-set-handler CONSOLE)")
    return server, process


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

    def press_for_count(self, key, count, what):
        before = self.count()
        self.screen.press_for(
            self.window, key, what, lambda: self.count() != before
        )
        expect_equal(self.count(), count, f"layers and groups after {what}")

    def pixels(self):
        path = self.gimp.folder / "lowest.ppm"
        self.server.ask(call("write-lowest", path))
        return path.read_bytes()

    def newest_seed(self):
        name = self.server.ask("(newest-result)")
        return int(re.search(r"seed (\d+)", name)[1])

    def open_dialog(self):
        """The server answers when the procedure has ended."""
        self.server.send("(sample-interactively)")
        return self.screen.wait_window(DIALOG)


def check_undo(session):
    """One step back is the image as it was; one forth, the results."""
    layers, pixels = session.layers(), session.pixels()
    expect_equal(session.count(), 1, "layers before")
    session.server.ask("(sample (shown) (active-layer (shown)) 3 1 1)")
    with_results = session.layers()
    expect_equal(session.count(), 2, "layers and groups with results")

    session.press_for_count("ctrl+z", 1, "the undo")
    expect_equal(session.layers(), layers, "layers after the undo")
    expect_equal(session.pixels() == pixels, True, "same pixels after it")

    session.press_for_count("ctrl+y", 2, "the redo")
    expect_equal(session.layers(), with_results, "layers after the redo")
    session.press_for_count("ctrl+z", 1, "the second undo")


def check_dialog(session, screenshot):
    """Cancelled, it changes nothing; confirmed, it gives results."""
    dialog = session.open_dialog()
    session.screen.press(dialog, "Escape")
    expect_equal(session.server.answer(), (0, "(#f)"), "answer after Cancel")
    expect_equal(session.count(), 1, "layers after Cancel")

    dialog = session.open_dialog()
    session.screen.save(screenshot)
    session.screen.press(dialog, "alt+o")
    status, answer = session.server.answer()
    expect_equal(status, 0, f"status of the procedure: {answer}")
    expect_equal(session.count(), 2, "layers and groups after OK")
    expect_equal(session.screen.windows(DIALOG), [], "dialogs left")


def check_remembered(session):
    """A new seed is drawn and used; the next dialog starts with it, and so does
    a run without one, whatever a script ran in between."""
    dialog = session.open_dialog()
    session.screen.press(dialog, "alt+z", "alt+n", "alt+o")
    status, answer = session.server.answer()
    expect_equal(status, 0, f"status of the procedure: {answer}")
    seed = session.newest_seed()
    expect(seed > 0, f"a new seed, not {seed}")

    dialog = session.open_dialog()
    session.screen.press(dialog, "alt+o")
    status, answer = session.server.answer()
    expect_equal(status, 0, f"status of the procedure: {answer}")
    expect_equal(session.newest_seed(), seed, "the second result's seed")
    session.server.ask("(sample (shown) (active-layer (shown)) 1 1 1)")
    session.server.ask("(sample-with-last-values)")
    expect_equal(session.newest_seed(), seed, "the last result's seed")
    expect_equal(session.count(), 6, "layers and groups after all")


def check_layer_dialog(session, screenshot):
    """The dialog finds the background; one undo takes all results away."""
    session.server.ask("(paste-shown)")
    before = session.layers()
    count = session.count()
    session.server.send("(harmonize-interactively)")
    dialog = session.screen.wait_window(LAYER_DIALOG)
    session.screen.save(screenshot)
    session.screen.press(dialog, "alt+o")
    status, answer = session.server.answer()
    expect_equal(status, 0, f"status of the procedure: {answer}")
    expect_equal(session.count(), count + 1, "layers and groups after OK")

    session.press_for_count("ctrl+z", count, "the undo of harmonizing")
    expect_equal(session.layers(), before, "layers after the undo")


def check_new_image(session):
    """It has a name that no file has: Save asks where to, or takes that."""
    folder = session.gimp.folder
    session.server.ask("(show-new-image)")
    expect_equal(list(folder.glob("Samples*")), [], "files before")
    window = session.screen.wait_window("Samples of Plasma, seed 7.*GIMP")
    session.screen.press(window, "ctrl+s")
    if session.gimp.NAME_SUFFIX:
        saved = folder / f"Samples of Plasma, seed 7{session.gimp.NAME_SUFFIX}"
        wait_for(f"{saved}", saved.exists)
    else:
        question = session.screen.wait_window("^Save Image$")
        expect_equal(list(folder.glob("Samples*")), [], "files saved")
        session.screen.press(question, "Escape")


def check_window(gimp):
    """All checks in one session; a picture of the dialog, or of a failure,
    stays in the scratch folder."""
    with contextlib.ExitStack() as stack:
        screen = Screen(stack, gimp.environment)
        try:
            server, _ = open_gimp(stack, gimp, screen)
            session = Session(gimp, screen, server)
            check_undo(session)
            check_dialog(session, gimp.folder / "dialog.png")
            check_remembered(session)
            check_layer_dialog(session, gimp.folder / "layer-dialog.png")
            check_new_image(session)
        except (Failure, OSError):
            screen.save(gimp.folder / "failure.png")
            raise
        gimp.check_output((gimp.folder / "gimp.log").read_text())
