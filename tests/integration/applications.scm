; SPDX-License-Identifier: GPL-3.0-or-later
;
; Harmonizing and editing a photo: a small layer pasted onto it, a copy of it
; in which something was moved; what the results are, and their pixels in
; files, for the command line's to be held against.

(define FIT-SIZE 96)
(define OBJECT-X 8)
(define OBJECT-Y 6)
(define OBJECT-WIDTH 12)
(define OBJECT-HEIGHT 10)

(define (children group)
    (vector->list (cadr (gimp-item-get-children group))))

(define (count-if good things)
    (apply + (map (lambda (thing) (if (good thing) 1 0)) things)))

(define (visible? item)
    (= TRUE (car (gimp-item-get-visible item))))

(define (masked? layer)
    (not (= -1 (car (gimp-layer-get-mask layer)))))

; One layer's pixels, without its mask.
(define (save-layer image layer path)
    (file-png-save RUN-NONINTERACTIVE image layer path path 0 9 0 0 0 0 0))

; What is seen of the image.
(define (save-visible image path)
    (let* ((copy (car (gimp-image-duplicate image)))
           (layer (car (gimp-image-flatten copy))))
        (save-layer copy layer path)
        (gimp-image-delete copy)))

(define (show-only layers layer)
    (for-each
        (lambda (other)
            (gimp-item-set-visible other (if (= other layer) TRUE FALSE)))
        layers))

(define (report-masked key results)
    (let ((layers (children (cadr results))))
        (report-results key results)
        (report (string-append key "-masks") (count-if masked? layers))
        (report (string-append key "-visible") (count-if visible? layers))
        (apply report (string-append key "-names")
               (map (lambda (layer) (car (gimp-item-get-name layer)))
                    layers))))

; The last result, scale 1 being the first: pixels as they are, and as seen.
(define (save-result image results folder key)
    (let* ((layers (children (cadr results)))
           (layer (car layers)))
        (show-only layers layer)
        (save-layer image layer (string-append folder "/" key "-layer.png"))
        (save-visible image (string-append folder "/" key "-visible.png"))))

(define (paste-object image)
    (let ((layer (car (gimp-layer-new image OBJECT-WIDTH OBJECT-HEIGHT
                                      RGBA-IMAGE "Object" 100
                                      LAYER-MODE-NORMAL))))
        (gimp-image-insert-layer image layer 0 0)
        (gimp-context-set-background '(200 40 90))
        (gimp-drawable-fill layer FILL-BACKGROUND)
        (gimp-layer-set-offsets layer OBJECT-X OBJECT-Y)
        layer))

(define (copy-with-edit image layer)
    (let ((copy (car (gimp-layer-copy layer TRUE))))
        (gimp-image-insert-layer image copy 0 0)
        (gimp-image-select-rectangle image CHANNEL-OP-REPLACE OBJECT-X
                                     OBJECT-Y OBJECT-WIDTH OBJECT-HEIGHT)
        (gimp-context-set-background '(200 40 90))
        (gimp-drawable-edit-fill copy FILL-BACKGROUND)
        (gimp-selection-none image)
        copy))

(define (open-trained photo folder)
    (let* ((image (open-image photo))
           (xcf (string-append folder "/photo.xcf")))
        (gimp-image-scale image 96 72)
        (save-layer image (active-layer image)
                    (string-append folder "/photo.png"))
        (save-image image xcf)
        (gimp-image-delete image)
        (let ((saved (open-image xcf)))
            (report "model"
                    (car (plug-in-singan-train RUN-NONINTERACTIVE saved
                                               (active-layer saved) PREVIEW
                                               FIT-SIZE ITERATIONS SEED)))
            saved)))

(define (try-harmonize image background folder)
    (let* ((object (paste-object image))
           (before (deviation background))
           (results (plug-in-singan-harmonize RUN-NONINTERACTIVE image object
                                              background -1 OBJECTS-DETAIL
                                              AUTOMATIC PREVIEW SEED)))
        (report-masked "harmonize" results)
        (report "harmonize-own-image" (= image (car results)))
        (report "harmonize-top" (layer-count image))
        (report "harmonize-active" (= object (active-layer image)))
        (report "harmonize-untouched" (= before (deviation background)))
        (save-result image results folder "harmonize")
        (gimp-image-remove-layer image (cadr results))
        ; A part of the object, by its mask: no more than that counts.
        (let ((mask (car (gimp-layer-create-mask object ADD-MASK-BLACK))))
            (gimp-layer-add-mask object mask)
            (gimp-image-select-rectangle image CHANNEL-OP-REPLACE OBJECT-X
                                         OBJECT-Y 4 4)
            (gimp-context-set-background '(255 255 255))
            (gimp-drawable-edit-fill mask FILL-BACKGROUND)
            (gimp-selection-none image))
        (let ((masked (plug-in-singan-harmonize RUN-NONINTERACTIVE image object
                                                background 1 OBJECTS-DETAIL
                                                AUTOMATIC PREVIEW SEED)))
            (report-masked "part" masked)
            (save-result image masked folder "part")
            (gimp-image-remove-layer image (cadr masked)))
        (gimp-layer-remove-mask object MASK-DISCARD)
        ; The same part by the selection, which begins beside the object.
        (gimp-image-select-rectangle image CHANNEL-OP-REPLACE (- OBJECT-X 3)
                                     (- OBJECT-Y 2) 7 6)
        (let ((cut (plug-in-singan-harmonize RUN-NONINTERACTIVE image object
                                             background 1 OBJECTS-DETAIL
                                             AUTOMATIC PREVIEW SEED)))
            (gimp-selection-none image)
            (gimp-item-set-visible object FALSE)
            (save-result image cut folder "cut")
            (gimp-image-remove-layer image (cadr cut)))
        (gimp-image-remove-layer image object)))

(define (try-edit image original folder)
    (let* ((edited (copy-with-edit image original))
           (results (plug-in-singan-edit RUN-NONINTERACTIVE image edited
                                         original 1 PHOTOGRAPHS-DETAIL
                                         AUTOMATIC PREVIEW SEED)))
        (report-masked "edit" results)
        (save-result image results folder "edit")
        (gimp-image-remove-layer image (cadr results))
        ; Only the selection, far away from the edit, counts if there is one.
        (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 90 66 4 4)
        (let ((selected (plug-in-singan-edit RUN-NONINTERACTIVE image edited
                                             original 1 MODELS-DETAIL AUTOMATIC
                                             PREVIEW SEED)))
            (gimp-selection-none image)
            (gimp-item-set-visible edited FALSE)
            (save-result image selected folder "selected")
            (gimp-image-remove-layer image (cadr selected)))
        (gimp-image-remove-layer image edited)))

; Samples with the photo's own detail, and as the model draws them.
(define (try-samples image layer folder)
    (for-each
        (lambda (key detail)
            (let* ((results (plug-in-singan-random-samples
                                RUN-NONINTERACTIVE image layer 1 0 1 1 detail
                                PREVIEW SEED))
                   (only (car (children (cadr results)))))
                (report-results key results)
                (save-layer image only
                            (string-append folder "/" key "-layer.png"))
                (gimp-image-remove-layer image (cadr results))))
        '("photograph" "model")
        (list PHOTOGRAPHS-DETAIL MODELS-DETAIL)))

; A painting of another size, but of the same shape.
(define (try-paint image trained folder)
    (let ((painting (car (gimp-layer-copy trained TRUE))))
        (gimp-image-insert-layer image painting 0 0)
        (gimp-layer-scale painting 48 36 FALSE)
        (plug-in-gauss RUN-NONINTERACTIVE image painting 8 8 1)
        (save-layer image painting (string-append folder "/painting.png"))
        (let ((results (plug-in-singan-paint-to-image
                           RUN-NONINTERACTIVE image painting trained -1 FALSE
                           PHOTOGRAPHS-DETAIL AUTOMATIC PREVIEW SEED))
              (quantized (plug-in-singan-paint-to-image
                           RUN-NONINTERACTIVE image painting trained 1 TRUE
                           MODELS-DETAIL AUTOMATIC PREVIEW SEED)))
            (report-masked "paint" results)
            (report-masked "quantized" quantized)
            (gimp-image-remove-layer image (cadr quantized))
            (save-result image results folder "paint")
            (gimp-image-remove-layer image (cadr results)))
        (gimp-image-remove-layer image painting)))

; An object over a copy of the photo that is told to be something else.  The
; results of an indexed image are in an image of their own, with what their
; masks let through.
(define (try-mode image key change)
    (let ((copy (car (gimp-image-duplicate image))))
        (change copy)
        (let* ((background (active-layer copy))
               (before (deviation background))
               (object (car (gimp-layer-copy background TRUE))))
            (gimp-image-insert-layer copy object 0 0)
            (gimp-layer-resize object 10 10 0 0)
            (gimp-layer-set-offsets object 80 60)
            (plug-in-singan-train RUN-NONINTERACTIVE copy background PREVIEW
                                  MAX-SIZE ITERATIONS SEED)
            (gimp-drawable-invert object FALSE)
            (let* ((results (plug-in-singan-harmonize
                                RUN-NONINTERACTIVE copy object background 1
                                OBJECTS-DETAIL AUTOMATIC PREVIEW SEED))
                   (result-image (car results)))
                (report-masked key results)
                (report (string-append key "-layers") (layer-count result-image))
                (report (string-append key "-untouched")
                        (= before (deviation background)))
                (report (string-append key "-corner")
                        (same-corner? copy result-image))
                (if (not (= copy result-image))
                    (gimp-image-delete result-image))))
        (gimp-image-delete copy)))

; Whether the first pixel, far from the object, is seen as it was.
(define (same-corner? original result)
    (let* ((flat (car (gimp-image-duplicate result)))
           (layer (car (gimp-image-flatten flat)))
           (layers (cadr (gimp-image-get-layers original)))
           (lowest (vector-ref layers (- (vector-length layers) 1)))
           (pick (lambda (image layer)
                     (car (gimp-image-pick-color image layer 0 0 FALSE FALSE
                                                 0))))
           (same (equal? (pick flat layer) (pick original lowest))))
        (gimp-image-delete flat)
        same))

(define (main report-path photo folder)
    (with-report report-path
        (lambda ()
            (let* ((image (open-trained photo folder))
                   (layer (active-layer image)))
                (try-harmonize image layer folder)
                (try-edit image layer folder)
                (try-paint image layer folder)
                (try-samples image layer folder)
                (try-mode image "indexed"
                          (lambda (copy)
                              (gimp-image-convert-indexed
                                  copy CONVERT-DITHER-NONE
                                  CONVERT-PALETTE-GENERATE 16 FALSE FALSE "")))
                (try-mode image "grey" gimp-image-convert-grayscale)
                (try-mode image "linear"
                          (lambda (copy)
                              (gimp-image-convert-precision
                                  copy PRECISION-FLOAT-LINEAR)))
                (gimp-image-delete image)))))
