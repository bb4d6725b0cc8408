; SPDX-License-Identifier: GPL-3.0-or-later
;
; The main job: a photo is saved as XCF, opened again, trained and sampled.

(define (main report-path photo xcf result)
    (with-report report-path
        (lambda ()
            (let ((image (open-image photo)))
                (gimp-image-scale image 96 72)
                (save-image image xcf)
                (gimp-image-delete image))
            (let* ((image (open-image xcf))
                   (layer (active-layer image))
                   (before (deviation layer)))
                (report "model" (train image layer))
                (let* ((results (sample image layer 2 1 1))
                       (same (sample image layer 2 1 1)))
                    (report-results "sample" results)
                    (report-results "again" same)
                    (report "repeatable"
                            (= (deviation (cadr results))
                               (deviation (cadr same)))))
                (report "own-image" (layer-count image))
                (report "untouched" (= before (deviation layer)))
                (report "active" (= layer (active-layer image)))
                (save-image image result)
                (save-image image xcf)
                (gimp-image-delete image)))))
