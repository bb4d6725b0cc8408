; SPDX-License-Identifier: GPL-3.0-or-later
;
; A photo enlarged with a model that is there.

(define (save-layer image path)
    (file-png-save RUN-NONINTERACTIVE image (active-layer image) path path 0 9
                   0 0 0 0 0))

; The photo, small, as XCF and as PNG.
(define (prepare photo folder)
    (let ((image (open-image photo)))
        (gimp-image-scale image 96 72)
        (save-layer image (string-append folder "/photo.png"))
        (save-image image (string-append folder "/photo.xcf"))
        (gimp-image-delete image)))

(define (enlarge image factor)
    (car (plug-in-singan-super-resolution RUN-NONINTERACTIVE image
                                          (active-layer image) factor 0.5
                                          PREVIEW SEED)))

(define (main report-path xcf folder)
    (with-report report-path
        (lambda ()
            (let* ((image (open-image xcf))
                   (large (enlarge image 2)))
                (report "size" (car (gimp-image-width large))
                        (car (gimp-image-height large)) (layer-count large))
                (report "own-image" (layer-count image))
                (report "name" (car (gimp-image-get-name large)))
                (report "file" (image-path large))
                (report "unsaved" (car (gimp-image-is-dirty large)))
                (report "again" (image-path (enlarge image 2)))
                (save-image large (string-append folder "/gimp.xcf"))
                (save-layer large (string-append folder "/gimp.png"))
                (gimp-image-delete large)
                (gimp-image-delete image)))))
