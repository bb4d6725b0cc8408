; SPDX-License-Identifier: GPL-3.0-or-later
;
; Harmonizing, editing and enlarging where they have to fail.  Each runs as a command of
; its own, since an error ends a command; the next one looks at what is left.

(define (with-object call)
    (let* ((image (draw-image 64 48))
           (background (active-layer image))
           (object (car (gimp-layer-new image 12 10 RGBA-IMAGE "Object" 100
                                        LAYER-MODE-NORMAL))))
        (gimp-image-insert-layer image object 0 0)
        (gimp-drawable-fill object FILL-FOREGROUND)
        (call image object background)))

(define (harmonize name image object background scale)
    (gimp-message (string-append "case " name))
    (plug-in-singan-harmonize RUN-NONINTERACTIVE image object background scale
                              OBJECTS-DETAIL AUTOMATIC PREVIEW SEED))

(define (scale-0)
    (with-object
        (lambda (image object background)
            (harmonize "scale-0" image object background 0))))

(define (scale-31)
    (with-object
        (lambda (image object background)
            (harmonize "scale-31" image object background 31))))

(define (outside)
    (with-object
        (lambda (image object background)
            (gimp-layer-set-offsets object 200 300)
            (harmonize "outside" image object background 1))))

(define (transparent)
    (with-object
        (lambda (image object background)
            (gimp-drawable-edit-clear object)
            (harmonize "transparent" image object background 1))))

(define (itself)
    (with-object
        (lambda (image object background)
            (harmonize "itself" image object object 1))))

(define (elsewhere)
    (with-object
        (lambda (image object background)
            (let ((other (draw-image 64 48)))
                (gimp-image-undo-group-start image)
                (gimp-image-undo-group-end image)
                (harmonize "elsewhere" image object (active-layer other) 1)))))

(define (with-copy call)
    (let* ((image (draw-image 64 48))
           (original (active-layer image))
           (copy (car (gimp-layer-copy original FALSE))))
        (gimp-image-insert-layer image copy 0 0)
        (call image copy original)))

(define (edit name image edited original)
    (gimp-message (string-append "case " name))
    (plug-in-singan-edit RUN-NONINTERACTIVE image edited original 1
                         PHOTOGRAPHS-DETAIL AUTOMATIC PREVIEW SEED))

(define (same)
    (with-copy
        (lambda (image copy original)
            (edit "same" image copy original))))

; The layer is at the left, the selection at the right.
(define (selection-beside)
    (with-copy
        (lambda (image copy original)
            (gimp-image-resize image 128 48 0 0)
            (gimp-drawable-invert copy FALSE)
            (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 100 10 8 8)
            (edit "selection-beside" image copy original))))

; The object is at the left.
(define (object-not-selected)
    (with-object
        (lambda (image object background)
            (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 50 10 8 8)
            (harmonize "object-not-selected" image object background 1))))

(define (too-large)
    (let ((image (draw-image 2000 2000)))
        (gimp-message "case too-large")
        (plug-in-singan-super-resolution RUN-NONINTERACTIVE image
                                         (active-layer image) 8 0.5 PREVIEW
                                         SEED)))

; As from the menu, with the values of the last run: there is none to choose.
(define (alone)
    (let ((image (draw-image 64 48)))
        (gimp-message "case alone")
        (plug-in-singan-harmonize RUN-WITH-LAST-VALS image (active-layer image)
                                  (active-layer image) 1 OBJECTS-DETAIL AUTOMATIC
                                  PREVIEW SEED)))

; Reports the layers of all images there are, and forgets them.
(define (main report-path)
    (with-report report-path
        (lambda ()
            (let ((images (vector->list (cadr (gimp-image-list)))))
                (report "layers" (apply + (map layer-count images)))
                (for-each gimp-image-delete images)))))
