# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of each dialog, opened on a photograph in the GIMP, and with the
profile, of the person who runs it: for looking at, nothing is checked.  Run by
tests/newcomer.

    dialog-pictures.py 2|3 PHOTO FOLDER
"""

import contextlib
import os
import pathlib
import sys
import time

from gimp import Gimp, Gimp3, call, quote
from window import Screen, connect, free_port, wait_for

version, photo, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])

DIALOGS = {
    "train": "Train Model",
    "random-samples": "Random Samples",
    "super-resolution": "Super-Resolution",
    "harmonize": "Harmonize Pasted Layer",
    "edit": "Blend Edit",
    "paint-to-image": "Paint to Image",
    "animate": "Animate",
}

# Seconds for the thumbnails and the estimate of the time.
SETTLING = 8

# An image with two layers, which some of the filters need.  GIMP 2.10 wants all
# arguments of a procedure, and does not look at them for a dialog.
OPEN = {
    "2": """
(define image (car (gimp-file-load RUN-NONINTERACTIVE {photo} {photo})))
(define layer (car (gimp-image-get-active-layer image)))
(define copy (car (gimp-layer-copy layer TRUE)))
(define (zeros count) (if (> count 0) (cons 0 (zeros (- count 1))) '()))
(define (open-dialog name)
  (apply (eval (string->symbol name))
         (append (list RUN-INTERACTIVE image copy)
                 (zeros (- (list-ref (gimp-procedural-db-proc-info name) 6)
                           3)))))
""",
    "3": """
(define image (car (gimp-file-load RUN-NONINTERACTIVE {photo})))
(define layer (vector-ref (car (gimp-image-get-layers image)) 0))
(define copy (car (gimp-layer-copy layer)))
(define (open-dialog name)
  ((eval (string->symbol name)) #:run-mode RUN-INTERACTIVE #:image image
                                #:drawables (vector copy)))
""",
}
SHOW = """
(gimp-image-insert-layer image copy 0 0)
(gimp-display-new image)
"""


def start(stack, screen):
    """GIMP with its Script-Fu server."""
    kind = {"2": Gimp, "3": Gimp3}[version]
    port = free_port()
    log = stack.enter_context(open(folder / "gimp.log", "wb"))
    screen.start(
        stack,
        ["gimp", "-n", "-s", "-d", *kind.INTERPRETER, "-b",
         call("plug-in-script-fu-server", 1, "127.0.0.1", port,
              folder / "server.log")],
        screen.environment, log)
    return connect(port)


def picture(screen, server, verb, title):
    server.send(call("open-dialog", f"plug-in-singan-{verb}"))
    dialog = screen.wait_window(f"^{title}$")
    time.sleep(SETTLING)
    screen.save(folder / f"{verb}.png")
    screen.press(dialog, "Escape")
    wait_for("the end of the dialog", lambda: not screen.exists(dialog))
    # Who cancels a dialog ends the script that opened it.
    server.answer()
    print(folder / f"{verb}.png", flush=True)


folder.mkdir(parents=True, exist_ok=True)
with contextlib.ExitStack() as stack:
    screen = Screen(stack, dict(os.environ, LC_ALL="C.UTF-8"))
    server = start(stack, screen)
    lines = OPEN[version].format(photo=quote(photo)) + SHOW
    server.ask(f"(begin {lines})")
    screen.wait_window(f"{pathlib.Path(photo).stem}.*GIMP")
    screen.save(folder / "image.png")
    for verb, title in DIALOGS.items():
        picture(screen, server, verb, title)
