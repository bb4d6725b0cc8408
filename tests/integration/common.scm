; SPDX-License-Identifier: GPL-3.0-or-later
;
; What the scripts of this folder share: drawing, opening, saving, the two
; procedures with small settings, and the report that the Python side reads.

(define PREVIEW 0)

; Where the detail of results is from.
(define PHOTOGRAPHS-DETAIL 0)
(define MODELS-DETAIL 1)
(define OBJECTS-DETAIL 0) ; of what is harmonized

(define ITERATIONS 4)
(define MAX-SIZE 48)
(define SEED 7)

; What a margin is when the plug-in finds it.
(define AUTOMATIC -1)

(define report-port #f)

; One line: a key and words.
(define (report key . words)
    (display key report-port)
    (for-each
        (lambda (word)
            (display " " report-port)
            (display word report-port))
        words)
    (newline report-port))

; Runs a body of reports; the last line tells that none is missing.
(define (with-report path body)
    (set! report-port (open-output-file path))
    (body)
    (report "done")
    (close-output-port report-port))

(define (open-image path)
    (car (gimp-file-load RUN-NONINTERACTIVE path path)))

(define (save-image image path)
    (gimp-file-save RUN-NONINTERACTIVE image
                    (car (gimp-image-get-active-layer image)) path path))

(define (active-layer image)
    (car (gimp-image-get-active-layer image)))

(define (layer-count image)
    (car (gimp-image-get-layers image)))

; An image with one layer of plasma.
(define (draw-image width height)
    (let* ((image (car (gimp-image-new width height RGB)))
           (layer (car (gimp-layer-new image width height RGB-IMAGE "Plasma"
                                       100 LAYER-MODE-NORMAL))))
        (gimp-image-insert-layer image layer 0 0)
        (plug-in-plasma RUN-NONINTERACTIVE image layer 3 2)
        image))

(define (train image layer)
    (car (plug-in-singan-train RUN-NONINTERACTIVE image layer PREVIEW MAX-SIZE
                               ITERATIONS SEED)))

; Gives the image and the group of the results.
(define (sample image layer count width-factor height-factor)
    (plug-in-singan-random-samples RUN-NONINTERACTIVE image layer count 0
                                   width-factor height-factor
                                   PHOTOGRAPHS-DETAIL PREVIEW SEED))

; Samples of a layer that has no model yet: with the small settings.
(define (train-and-sample image layer count width-factor height-factor)
    (train image layer)
    (sample image layer count width-factor height-factor))

; Standard deviation of a drawable's lightness; 0 for one flat colour.
(define (deviation drawable)
    (cadr (gimp-drawable-histogram drawable HISTOGRAM-VALUE 0 1)))

; Reports how a sample lies in the image, and whether something is in it.
(define (report-results key results)
    (let* ((image (car results))
           (group (cadr results))
           (children (gimp-item-get-children group))
           (first (vector-ref (cadr children) 0)))
        (report (string-append key "-image")
                (car (gimp-image-width image))
                (car (gimp-image-height image))
                (car (gimp-image-base-type image))
                (car (gimp-image-get-precision image)))
        (report (string-append key "-group")
                (car (gimp-image-get-item-position image group))
                (car children))
        (report (string-append key "-layer")
                (car (gimp-drawable-width first))
                (car (gimp-drawable-height first))
                (car (gimp-drawable-type first))
                (car (gimp-drawable-offsets first))
                (cadr (gimp-drawable-offsets first)))
        (report (string-append key "-has-picture")
                (> (deviation first) 0))))
