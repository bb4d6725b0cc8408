; SPDX-License-Identifier: GPL-3.0-or-later
;
; An image that has never been saved is trained, then saved; and one whose
; folder for models cannot be made.

(define (train-unsaved report-path xcf)
    (with-report report-path
        (lambda ()
            (let ((image (draw-image 64 48)))
                (report "model" (train image (active-layer image)))
                (save-image image xcf)
                (gimp-image-delete image)))))

(define (train-saved report-path xcf)
    (with-report report-path
        (lambda ()
            (let ((image (open-image xcf)))
                (report "model" (train image (active-layer image)))
                (gimp-image-delete image)))))
