; SPDX-License-Identifier: GPL-3.0-or-later
;
; A script with a menu entry, in which a training takes so long that it has to be
; cancelled: GIMP shows its own progress bar.  watching.py puts it into the
; profile, with what lets it speak to any GIMP for LOAD-ADAPTER.

(define (script-fu-train-by-script image drawable)
    LOAD-ADAPTER
    (plug-in-singan-train RUN-NONINTERACTIVE image
                          (car (gimp-image-get-active-layer image))
                          0 48 100000 7))

(script-fu-register "script-fu-train-by-script" "Train by Script" "Trains"
                    "The SinGAN for GIMP authors" "The SinGAN for GIMP authors"
                    "2026" "*"
                    SF-IMAGE "Image" 0
                    SF-DRAWABLE "Drawable" 0)
(script-fu-menu-register "script-fu-train-by-script" "<Image>/Filters")
