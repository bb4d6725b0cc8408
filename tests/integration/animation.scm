; SPDX-License-Identifier: GPL-3.0-or-later
;
; An animation with a model that is there, exported by GIMP as a WebP and as a GIF,
; which go from the lowest layer up.

(define (save-frame image layer path)
    (file-png-save RUN-NONINTERACTIVE image layer path path 0 9 0 0 0 0 0))

; Lossless, forever, with the delay of a layer's name.
(define (export-webp film webp)
    (file-webp-save RUN-NONINTERACTIVE film (active-layer film) webp webp 0 1 90
                    100 1 1 0 0 0 0 0 200 0))

(define (export-gif film gif)
    (gimp-image-convert-indexed film CONVERT-DITHER-NONE
                                CONVERT-PALETTE-GENERATE 255 FALSE FALSE "")
    (file-gif-save RUN-NONINTERACTIVE film (active-layer film) gif gif 0 1 100
                   0)
    (let ((opened (open-image gif)))
        (report "gif-frames" (layer-count opened))
        (report "gif-top" (car (gimp-item-get-name (active-layer opened))))
        (gimp-image-delete opened)))

; The photo, small, as XCF and as PNG.
(define (prepare photo folder)
    (let ((image (open-image photo)))
        (gimp-image-scale image 96 72)
        (save-frame image (active-layer image)
                    (string-append folder "/photo.png"))
        (save-image image (string-append folder "/photo.xcf"))
        (gimp-image-delete image)))

(define (main report-path xcf folder)
    (with-report report-path
        (lambda ()
            (let* ((image (open-image xcf))
                   (film (car (plug-in-singan-animate
                                  RUN-NONINTERACTIVE image (active-layer image)
                                  3 40 0 0.1 0.9 PREVIEW 0 SEED)))
                   (frames (vector->list (cadr (gimp-image-get-layers film)))))
                (report "size" (car (gimp-image-width film))
                        (car (gimp-image-height film))
                        (car (gimp-image-base-type film)))
                (apply report "names"
                       (map (lambda (frame) (car (gimp-item-get-name frame)))
                            frames))
                (report "own-image" (layer-count image))
                (save-frame film (car frames)
                            (string-append folder "/last-frame.png"))
                (export-webp film (string-append folder "/film.webp"))
                (export-gif film (string-append folder "/film.gif"))
                (gimp-image-delete film)
                (gimp-image-delete image)))))
