; SPDX-License-Identifier: GPL-3.0-or-later
;
; Grey, indexed, 16 bit, linear float, a layer smaller than the canvas in a
; group, another size with a colour profile: one image each.

(define WIDTH 64)
(define HEIGHT 48)

(define (with-image body)
    (let ((image (draw-image WIDTH HEIGHT)))
        (body image (active-layer image))
        (gimp-image-delete image)))

; What the image is told to be, then samples of its own size.
(define (try key change)
    (with-image
        (lambda (image layer)
            (change image)
            (let* ((format (car (gimp-drawable-type layer)))
                   (before (deviation layer))
                   (results (train-and-sample image layer 2 1 1)))
                (report-results key results)
                (report (string-append key "-same-image")
                        (= (car results) image))
                (report (string-append key "-untouched")
                        (and (= format (car (gimp-drawable-type layer)))
                             (= before (deviation layer))))
                (if (not (= (car results) image))
                    (gimp-image-delete (car results)))))))

; A small layer away from the corner, in a group, with another layer above.
(define (try-offset)
    (with-image
        (lambda (image layer)
            (let ((group (car (gimp-layer-group-new image)))
                  (small (car (gimp-layer-new-from-drawable layer image)))
                  (above (car (gimp-layer-new-from-drawable layer image))))
                (gimp-image-insert-layer image group 0 0)
                (gimp-image-insert-layer image small group 0)
                (gimp-layer-resize small 40 36 -10 -8)
                (gimp-image-insert-layer image above group 0)
                (let ((results (train-and-sample image small 1 1 1)))
                    (report-results "offset" results)
                    (report "offset-parent"
                            (= group
                               (car (gimp-item-get-parent (cadr results))))
                            (car (gimp-item-get-children group))))))))

; An image takes no layers while it has a floating selection.
(define (try-floating)
    (with-image
        (lambda (image layer)
            (gimp-edit-copy layer)
            (gimp-edit-paste layer FALSE)
            (let ((results (train-and-sample image layer 1 1 1)))
                (report-results "floating" results)
                (report "floating-same-image" (= (car results) image))
                (gimp-image-delete (car results))))))

(define (mean drawable)
    (car (gimp-drawable-histogram drawable HISTOGRAM-VALUE 0 1)))

; With a colour profile, which is not what a new image has: the numbers of the
; pixels do not depend on it.
(define (try-size profile result)
    (with-image
        (lambda (image layer)
            (report "size-without-profile"
                    (mean (cadr (train-and-sample image layer 1 1.5 0.75))))
            (set-profile image profile)
            (gimp-image-set-resolution image 300 150)
            (let* ((results (train-and-sample image layer 1 1.5 0.75))
                   (new (car results)))
                (report-results "size" results)
                (report "size-same-image" (= new image))
                (report "size-layers" (layer-count image))
                (report "size-with-profile" (mean (cadr results)))
                (save-image new result)
                (report "size-resolution"
                        (car (gimp-image-get-resolution new))
                        (cadr (gimp-image-get-resolution new)))
                (gimp-image-delete new)))))

(define (main report-path profile result)
    (with-report report-path
        (lambda ()
            (try "grey" gimp-image-convert-grayscale)
            (try "indexed"
                 (lambda (image)
                     (gimp-image-convert-indexed
                         image CONVERT-DITHER-NONE CONVERT-PALETTE-GENERATE
                         16 FALSE FALSE "")))
            (try "deep"
                 (lambda (image)
                     (gimp-image-convert-precision image
                                                   PRECISION-U16-GAMMA)))
            (try "linear"
                 (lambda (image)
                     (gimp-image-convert-precision image
                                                   PRECISION-FLOAT-LINEAR)))
            (try-offset)
            (try-floating)
            (try-size profile result))))
