; SPDX-License-Identifier: GPL-3.0-or-later
;
; Layers with effects, which GIMP 3 has: the same picture once with an effect,
; once with the effect merged, once without.

; The name of the model file tells what the layer's pixels were.
(define (report-model key image layer)
    (report key (train image layer)))

(define (append-effect layer operation visible . arguments)
    (let ((filter (car (gimp-drawable-filter-new layer operation operation))))
        (gimp-drawable-append-filter layer filter)
        (gimp-drawable-filter-set-visible filter visible)))

(define (effect-count layer)
    (vector-length (car (gimp-drawable-get-filters layer))))

(define (with-effect key operation visible merge)
    (let* ((image (draw-image 64 48))
           (layer (active-layer image)))
        (append-effect layer operation visible)
        (if merge
            (gimp-drawable-merge-filters layer))
        (report-model key image layer)
        (report (string-append key "-kept") (effect-count layer)
                (car (gimp-drawable-width layer))
                (car (gimp-drawable-height layer))
                (car (gimp-image-list)))
        (gimp-image-delete image)))

; A group's effect shows on what its layers make together.
(define (with-group key visible)
    (let* ((image (draw-image 64 48))
           (layer (active-layer image))
           (group (car (gimp-layer-group-new image))))
        (gimp-image-insert-layer image group 0 0)
        (gimp-image-reorder-item image layer group 0)
        (append-effect group "gegl:invert-gamma" visible)
        (report-model key image group)
        (report (string-append key "-kept") (effect-count group))
        (gimp-image-delete image)))

(define (main report-path)
    (with-report report-path
        (lambda ()
            (with-effect "plain" "gegl:invert-gamma" FALSE #f)
            (with-effect "effect" "gegl:invert-gamma" TRUE #f)
            (with-effect "merged" "gegl:invert-gamma" TRUE #t)
            (with-effect "beyond" "gegl:dropshadow" TRUE #f)
            (with-group "group-plain" FALSE)
            (with-group "group-effect" TRUE))))
