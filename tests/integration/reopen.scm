; SPDX-License-Identifier: GPL-3.0-or-later
;
; Samples once more from what another GIMP has trained and saved.

(define (main report-path xcf layer-name)
    (with-report report-path
        (lambda ()
            (let* ((image (open-image xcf))
                   (layer (car (gimp-image-get-layer-by-name image
                                                             layer-name))))
                (report "parasite"
                        (car (gimp-item-get-parasite-list layer)))
                (report-results "sample" (sample image layer 1 1 1))
                (gimp-image-delete image)))))
