; SPDX-License-Identifier: GPL-3.0-or-later
;
; The calls of GIMP 2.10 that the scripts of this folder make, in GIMP 3: other
; names, orders, named arguments, and vectors without their length.

; An error would end GIMP's whole batch: it is shown, as GIMP 2.10 does it.
(define (attempt body)
    (call-with-current-continuation
        (lambda (leave)
            (set! *error-hook*
                (lambda (text . things)
                    (gimp-message (string-append "Error: " text))
                    (leave #f)))
            (body))))

(define PRECISION-U16-GAMMA PRECISION-U16-NON-LINEAR)

; The length before the vector that a call gave.
(define (counted results)
    (list (vector-length (car results)) (car results)))

(define (boolean->number results)
    (list (if (or (eq? (car results) #t) (equal? (car results) TRUE))
              TRUE
              FALSE)))

; Our own procedures.  Choices have names there.

(define preset-names '#("preview" "balanced" "paper"))
(define detail-names '#("photograph" "model"))
(define object-detail-names '#("object" "photograph"))

(define (choice->name choice names)
    (if (< choice (vector-length names))
        (vector-ref names choice)
        (number->string choice)))

(define (preset->name preset)
    (choice->name preset preset-names))

(define native-train plug-in-singan-train)
(define (plug-in-singan-train mode image layer preset max-size iterations seed)
    (native-train #:run-mode mode #:image image #:drawables (vector layer)
                  #:preset (preset->name preset) #:max-size max-size
                  #:iterations iterations #:seed seed))

(define native-random-samples plug-in-singan-random-samples)
(define (plug-in-singan-random-samples mode image layer count start-scale width
                                       height detail preset seed)
    (native-random-samples #:run-mode mode #:image image
                           #:drawables (vector layer) #:count count
                           #:start-scale start-scale #:width-factor width
                           #:height-factor height
                           #:detail (choice->name detail detail-names)
                           #:preset (preset->name preset) #:seed seed))

(define native-super-resolution plug-in-singan-super-resolution)
(define (plug-in-singan-super-resolution mode image layer factor fidelity preset
                                         seed)
    (native-super-resolution #:run-mode mode #:image image
                             #:drawables (vector layer) #:factor factor
                             #:fidelity fidelity
                             #:preset (preset->name preset) #:seed seed))

(define native-harmonize plug-in-singan-harmonize)
(define (plug-in-singan-harmonize mode image layer background start-scale detail
                                  margin preset seed)
    (native-harmonize #:run-mode mode #:image image #:drawables (vector layer)
                      #:background background #:start-scale start-scale
                      #:detail (choice->name detail object-detail-names)
                      #:margin margin #:preset (preset->name preset)
                      #:seed seed))

(define native-edit plug-in-singan-edit)
(define (plug-in-singan-edit mode image layer original start-scale detail margin
                             preset seed)
    (native-edit #:run-mode mode #:image image #:drawables (vector layer)
                 #:original original #:start-scale start-scale
                 #:detail (choice->name detail detail-names)
                 #:margin margin #:preset (preset->name preset)
                 #:seed seed))

(define native-paint-to-image plug-in-singan-paint-to-image)
(define (plug-in-singan-paint-to-image mode image layer trained start-scale
                                       quantize detail margin preset seed)
    (native-paint-to-image #:run-mode mode #:image image
                           #:drawables (vector layer) #:trained trained
                           #:start-scale start-scale #:quantize quantize
                           #:detail (choice->name detail detail-names)
                           #:margin margin #:preset (preset->name preset)
                           #:seed seed))

(define native-animate plug-in-singan-animate)
(define (plug-in-singan-animate mode image layer frames frame-ms start-scale
                                alpha beta preset max-size seed)
    (native-animate #:run-mode mode #:image image #:drawables (vector layer)
                    #:frames frames #:frame-ms frame-ms
                    #:start-scale start-scale #:alpha alpha #:beta beta
                    #:preset (preset->name preset) #:max-size max-size
                    #:seed seed))

; Images and layers.

(define (gimp-image-list)
    (counted (gimp-get-images)))

(define (gimp-image-width image)
    (gimp-image-get-width image))

(define (gimp-image-height image)
    (gimp-image-get-height image))

(define (gimp-image-base-type image)
    (gimp-image-get-base-type image))

(define (gimp-image-get-active-layer image)
    (list (vector-ref (car (gimp-image-get-selected-layers image)) 0)))

(define native-image-get-layers gimp-image-get-layers)
(define (gimp-image-get-layers image)
    (counted (native-image-get-layers image)))

(define native-image-is-dirty gimp-image-is-dirty)
(define (gimp-image-is-dirty image)
    (boolean->number (native-image-is-dirty image)))

(define (image-path image)
    (car (gimp-image-get-file image)))

(define native-image-pick-color gimp-image-pick-color)
(define (gimp-image-pick-color image layer . others)
    (apply native-image-pick-color image (vector layer) others))

(define native-layer-new gimp-layer-new)
(define (gimp-layer-new image width height type name opacity mode)
    (native-layer-new image name width height type opacity mode))

(define native-layer-copy gimp-layer-copy)
(define (gimp-layer-copy layer add-alpha)
    (let ((copy (native-layer-copy layer)))
        (if (= add-alpha TRUE)
            (gimp-layer-add-alpha (car copy)))
        copy))

(define (gimp-layer-group-new image)
    (gimp-group-layer-new image "Group"))

(define native-item-get-children gimp-item-get-children)
(define (gimp-item-get-children item)
    (counted (native-item-get-children item)))

(define native-item-get-visible gimp-item-get-visible)
(define (gimp-item-get-visible item)
    (boolean->number (native-item-get-visible item)))

(define native-item-get-parasite-list gimp-item-get-parasite-list)
(define (gimp-item-get-parasite-list item)
    (list (length (car (native-item-get-parasite-list item)))))

(define (gimp-drawable-width drawable)
    (gimp-drawable-get-width drawable))

(define (gimp-drawable-height drawable)
    (gimp-drawable-get-height drawable))

(define (gimp-drawable-offsets drawable)
    (gimp-drawable-get-offsets drawable))

(define (gimp-item-is-text-layer item)
    (boolean->number (gimp-item-id-is-text-layer item)))

(define (gimp-text-fontname image layer x y text border antialias size unit font)
    (gimp-text-font image layer x y text border antialias size
                    (vector-ref (car (gimp-fonts-get-list font)) 0)))

(define native-edit-copy gimp-edit-copy)
(define (gimp-edit-copy layer)
    (native-edit-copy (vector layer)))

(define native-edit-paste gimp-edit-paste)
(define (gimp-edit-paste layer paste-into)
    (list (vector-ref (car (native-edit-paste layer paste-into)) 0)))

(define (set-profile image path)
    (gimp-image-set-color-profile-from-file image path))

; Filters are GEGL's operations.

(define (plug-in-plasma mode image layer seed turbulence)
    (gimp-drawable-merge-new-filter layer "gegl:plasma" 0 LAYER-MODE-REPLACE 1.0
                                    "seed" seed "turbulence" turbulence
                                    "width"
                                    (car (gimp-drawable-get-width layer))
                                    "height"
                                    (car (gimp-drawable-get-height layer))))

(define (plug-in-gauss mode image layer width height method)
    (gimp-drawable-merge-new-filter layer "gegl:gaussian-blur" 0
                                    LAYER-MODE-REPLACE 1.0
                                    "std-dev-x" (* 0.32 width)
                                    "std-dev-y" (* 0.32 height)))

; Files: what is exported is always an image, as it is seen.

(define native-file-load gimp-file-load)
(define (gimp-file-load mode path name)
    (native-file-load mode path))

(define native-file-save gimp-file-save)
(define (gimp-file-save mode image layer path name)
    (native-file-save mode image path))

(define (export-layer image layer path)
    (let* ((copy (car (gimp-image-new-with-precision
                          (car (gimp-drawable-get-width layer))
                          (car (gimp-drawable-get-height layer))
                          (car (gimp-image-get-base-type image))
                          (car (gimp-image-get-precision image)))))
           (only (car (gimp-layer-new-from-drawable layer copy))))
        (gimp-image-insert-layer copy only 0 0)
        (if (> (car (gimp-layer-get-mask only)) 0)
            (gimp-layer-remove-mask only MASK-DISCARD))
        (gimp-layer-set-offsets only 0 0)
        (gimp-item-set-visible only TRUE)
        (native-file-save RUN-NONINTERACTIVE copy path)
        (gimp-image-delete copy)))

(define (file-png-save mode image layer path . others)
    (export-layer image layer path))

(define (file-ppm-save mode image layer path . others)
    (export-layer image layer path))

(define (file-webp-save mode image layer path . others)
    (file-webp-export #:run-mode mode #:image image #:file path
                      #:lossless TRUE #:animation TRUE #:animation-loop TRUE
                      #:default-delay 200))

(define (file-gif-save mode image layer path . others)
    (file-gif-export #:run-mode mode #:image image #:file path
                     #:as-animation TRUE))
