; SPDX-License-Identifier: GPL-3.0-or-later
;
; Layers that are not plain ones: text, locked, hidden, in groups, groups,
; floating selections; and a selection that leaves the picture.  Each of them is
; harmonized, blended and painted over a trained picture.

(define WIDTH 64)
(define HEIGHT 48)

; Runs the body on a trained image and its layer.
(define (with-trained body)
    (let* ((image (draw-image WIDTH HEIGHT))
           (layer (active-layer image)))
        (train image layer)
        (body image layer)
        (gimp-image-delete image)))

(define (add-layer image width height x y)
    (let ((layer (car (gimp-layer-new image width height RGBA-IMAGE "Object"
                                      100 LAYER-MODE-NORMAL))))
        (gimp-image-insert-layer image layer 0 0)
        (gimp-context-set-background '(200 40 90))
        (gimp-drawable-fill layer FILL-BACKGROUND)
        (gimp-layer-set-offsets layer x y)
        layer))

(define (add-group image . layers)
    (let ((group (car (gimp-layer-group-new image))))
        (gimp-image-insert-layer image group 0 0)
        (for-each
            (lambda (layer) (gimp-image-reorder-item image layer group 0))
            layers)
        group))

; What no procedure may change.
(define (state layer)
    (list (gimp-item-get-visible layer) (gimp-item-get-lock-content layer)
          (gimp-item-get-lock-position layer) (gimp-layer-get-lock-alpha layer)
          (gimp-item-is-text-layer layer) (gimp-item-get-parent layer)
          (gimp-drawable-offsets layer) (gimp-drawable-width layer)
          (deviation layer)))

(define (harmonize image object picture)
    (plug-in-singan-harmonize RUN-NONINTERACTIVE image object picture 1
                              OBJECTS-DETAIL AUTOMATIC PREVIEW SEED))

(define (edit image object picture)
    (plug-in-singan-edit RUN-NONINTERACTIVE image object picture 1
                         PHOTOGRAPHS-DETAIL AUTOMATIC PREVIEW SEED))

(define (paint image object picture)
    (plug-in-singan-paint-to-image RUN-NONINTERACTIVE image object picture 1
                                   FALSE PHOTOGRAPHS-DETAIL AUTOMATIC PREVIEW
                                   SEED))

(define (first-result results)
    (vector-ref (cadr (gimp-item-get-children (cadr results))) 0))

; Whether the results are in the image, next to the object and just above it.
(define (above? image results object)
    (let ((position (lambda (item)
                        (car (gimp-image-get-item-position image item))))
          (group (cadr results)))
        (and (= image (car results))
             (equal? (gimp-item-get-parent group) (gimp-item-get-parent object))
             (= (+ 1 (position group)) (position object)))))

(define (try-procedure key procedure image object picture)
    (let* ((before (list (state object) (state picture)))
           (results (procedure image object picture))
           (result (first-result results)))
        (report key (above? image results object)
                (equal? before (list (state object) (state picture)))
                (= TRUE (car (gimp-item-get-visible (cadr results))))
                (car (gimp-drawable-width result))
                (car (gimp-drawable-height result)))
        (gimp-image-remove-layer image (cadr results))))

; Make gives the object, after it has changed whatever it likes.
(define (try key make)
    (with-trained
        (lambda (image picture)
            (let ((object (make image picture)))
                (try-procedure (string-append key "-harmonize") harmonize image
                               object picture)
                (try-procedure (string-append key "-edit") edit image object
                               picture)
                (try-procedure (string-append key "-paint") paint image object
                               picture)))))

; Painting takes any place and size, but only the picture's shape.
(define (make-object image)
    (add-layer image 32 24 8 6))

(define (lock layer)
    (gimp-item-set-lock-content layer TRUE)
    (gimp-item-set-lock-position layer TRUE)
    (gimp-layer-set-lock-alpha layer TRUE))

(define (make-locked image picture)
    (let ((object (make-object image)))
        (lock object)
        (lock picture)
        object))

(define (make-hidden image picture)
    (let ((object (make-object image)))
        (gimp-item-set-visible object FALSE)
        (gimp-item-set-visible picture FALSE)
        object))

(define (make-nested image picture)
    (let* ((object (make-object image))
           (inner (add-group image object))
           (outer (add-group image inner picture)))
        (gimp-item-set-lock-content inner TRUE)
        object))

(define (make-group image picture)
    (add-group image (make-object image)))

; A text is no painting of the picture's shape.
(define (try-text)
    (with-trained
        (lambda (image picture)
            (let ((text (car (gimp-text-fontname image -1 -4 -4 "Sea" 0 TRUE 30
                                                 PIXELS "Sans"))))
                (report "text" (= TRUE (car (gimp-item-is-text-layer text))))
                (try-procedure "text-harmonize" harmonize image text picture)
                (try-procedure "text-edit" edit image text picture)))))

; The image takes no layers meanwhile; the pasted pixels stay afloat.
(define (try-floating)
    (with-trained
        (lambda (image picture)
            (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 8 6 32 24)
            (gimp-edit-copy picture)
            (gimp-selection-none image)
            (let ((floating (car (gimp-edit-paste picture FALSE))))
                (gimp-layer-set-offsets floating 8 6)
                (gimp-drawable-invert floating FALSE)
                (for-each
                    (lambda (key procedure)
                        (let ((results (procedure image floating picture)))
                            (report (string-append "floating-" key)
                                    (= image (car results))
                                    (layer-count (car results))
                                    (= floating (car (gimp-image-get-floating-sel
                                                         image)))
                                    (layer-count image))
                            (gimp-image-delete (car results))))
                    '("harmonize" "edit" "paint") (list harmonize edit paint))
                (gimp-floating-sel-anchor floating)
                (report "anchored" (layer-count image))))))

(define (save-visible image path)
    (let* ((copy (car (gimp-image-duplicate image)))
           (layer (car (gimp-image-flatten copy))))
        (file-png-save RUN-NONINTERACTIVE copy layer path path 0 9 0 0 0 0 0)
        (gimp-image-delete copy)))

; The selection begins outside the canvas.  A model that has learnt next to
; nothing might draw it so that the photograph's detail undoes the edit.
(define (try-border folder)
    (with-trained
        (lambda (image picture)
            (save-visible image (string-append folder "/before.png"))
            (let ((copy (car (gimp-layer-copy picture TRUE))))
                (gimp-image-insert-layer image copy 0 0)
                (gimp-image-select-rectangle image CHANNEL-OP-REPLACE -6 -6 14
                                             12)
                (gimp-drawable-invert copy FALSE)
                (let ((results (plug-in-singan-edit RUN-NONINTERACTIVE image
                                                    copy picture 1 MODELS-DETAIL
                                                    AUTOMATIC PREVIEW SEED)))
                    (gimp-selection-none image)
                    (gimp-item-set-visible copy FALSE)
                    (save-visible image (string-append folder "/after.png"))
                    (gimp-image-remove-layer image (cadr results)))))))

(define (guide-positions image)
    (let loop ((guide (car (gimp-image-find-next-guide image 0))))
        (if (= guide 0)
            '()
            (cons (car (gimp-image-get-guide-orientation image guide))
                  (cons (car (gimp-image-get-guide-position image guide))
                        (loop (car (gimp-image-find-next-guide image
                                                               guide))))))))

; The layer begins at 10, 4; two of the guides cross it, one at its end.
(define (try-guides)
    (with-trained
        (lambda (image layer)
            (gimp-image-resize image 100 60 10 4)
            (gimp-image-add-vguide image 26)
            (gimp-image-add-vguide image 74)
            (gimp-image-add-vguide image 90)
            (gimp-image-add-hguide image 16)
            (let ((results (sample image layer 1 2 0.5)))
                (apply report "guides" (guide-positions (car results)))
                (gimp-image-delete (car results))))))

(define (main report-path folder)
    (with-report report-path
        (lambda ()
            (try-text)
            (try "locked" make-locked)
            (try "hidden" make-hidden)
            (try "nested" make-nested)
            (try "group" make-group)
            (try-floating)
            (try-border folder)
            (try-guides))))
