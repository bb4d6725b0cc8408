; SPDX-License-Identifier: GPL-3.0-or-later
;
; Calls that have to fail.  Each runs as a command of its own, since an error
; ends a command; the next one looks at the image that is left.

(define (fill image layer colour)
    (gimp-context-set-background colour)
    (gimp-drawable-fill layer FILL-BACKGROUND))

; Says which call's error comes next, and makes it.
(define (fail-on name image drawable call)
    (gimp-message (string-append "case " name))
    (call image drawable))

(define (train-on name image)
    (fail-on name image (active-layer image) train))

(define (constant)
    (let ((image (draw-image 64 48)))
        (fill image (active-layer image) '(90 120 60))
        (train-on "constant" image)))

(define (small)
    (train-on "small" (draw-image 20 20)))

(define (transparent)
    (let* ((image (draw-image 64 48))
           (layer (active-layer image)))
        (gimp-layer-add-alpha layer)
        (gimp-drawable-edit-clear layer)
        (train-on "transparent" image)))

(define (partly-transparent)
    (let* ((image (draw-image 64 48))
           (layer (active-layer image)))
        (gimp-layer-add-alpha layer)
        (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 32 24)
        (gimp-drawable-edit-clear layer)
        (train-on "partly-transparent" image)))

(define (not-finite path)
    (train-on "not-finite" (open-image path)))

(define (mask)
    (let* ((image (draw-image 64 48))
           (layer (active-layer image))
           (mask (car (gimp-layer-create-mask layer ADD-MASK-COPY))))
        (gimp-layer-add-mask layer mask)
        (fail-on "mask" image mask train)))

(define (channel)
    (let* ((image (draw-image 64 48))
           (selection (car (gimp-image-get-selection image))))
        (fail-on "channel" image (car (gimp-selection-save image)) train)))

(define (start-scale)
    (let ((image (draw-image 64 48)))
        (fail-on "start-scale" image (active-layer image)
            (lambda (image layer)
                (plug-in-singan-random-samples RUN-NONINTERACTIVE image layer 1
                                               99 1 1 PHOTOGRAPHS-DETAIL
                                               PREVIEW SEED)))))

; In the range of the argument, but beyond this model's scales.
(define (deep-scale)
    (let ((image (draw-image 64 48)))
        (train image (active-layer image))
        (fail-on "deep-scale" image (active-layer image)
            (lambda (image layer)
                (plug-in-singan-random-samples RUN-NONINTERACTIVE image layer 1
                                               15 1 1 PHOTOGRAPHS-DETAIL
                                               PREVIEW SEED)))))

(define (preset)
    (let ((image (draw-image 64 48)))
        (fail-on "preset" image (active-layer image)
            (lambda (image layer)
                (plug-in-singan-train RUN-NONINTERACTIVE image layer 3 MAX-SIZE
                                      ITERATIONS SEED)))))

(define (detail)
    (let ((image (draw-image 64 48)))
        (fail-on "detail" image (active-layer image)
            (lambda (image layer)
                (plug-in-singan-random-samples RUN-NONINTERACTIVE image layer 1
                                               0 1 1 2 PREVIEW SEED)))))

; Reports the layers of the only image there is, and forgets it.
(define (main report-path)
    (with-report report-path
        (lambda ()
            (let* ((images (gimp-image-list))
                   (image (vector-ref (cadr images) 0)))
                (report "images" (car images))
                (report "layers" (layer-count image))
                (gimp-image-delete image)))))
