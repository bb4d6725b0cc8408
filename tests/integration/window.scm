; SPDX-License-Identifier: GPL-3.0-or-later
;
; What window.py asks of a GIMP with a window, through the Script-Fu server.

; An image on the screen, saved and with a model.
(define (show-image xcf)
    (let ((image (draw-image 64 48)))
        (save-image image xcf)
        (gimp-image-delete image))
    (let ((image (open-image xcf)))
        (train image (active-layer image))
        (gimp-display-new image)
        image))

; An image on the screen without a model; drawn, if there is no such file.
(define (show-untrained xcf)
    (if (not (file-exists? xcf))
        (let ((image (draw-image 64 48)))
            (save-image image xcf)
            (gimp-image-delete image)))
    (gimp-display-new (open-image xcf)))

; Something that a person does while a filter runs.
(define (add-layer)
    (gimp-image-insert-layer
        (shown)
        (car (gimp-layer-new (shown) 10 10 RGBA-IMAGE "Other" 100
                             LAYER-MODE-NORMAL))
        0 0)
    (gimp-displays-flush))

; Takes away the layer that a filter was called on.
(define (drop-layer)
    (gimp-image-remove-layer (shown) (active-layer (shown)))
    (gimp-displays-flush))

; Closes every image without saving it.
(define (close-shown)
    (gimp-image-clean-all (shown))
    (gimp-display-delete 1))

; The only image that is open.
(define (shown)
    (vector-ref (cadr (gimp-image-list)) 0))

; Layers and groups at the top of the image: the number, then the ids.
(define (shown-layers)
    (gimp-image-get-layers (shown)))

; Name of the first of the newest results, which stand just above the layer that
; they were made from, the lowest; it tells their seed.
(define (newest-result)
    (let* ((layers (shown-layers))
           (group (vector-ref (cadr layers) (- (car layers) 2))))
        (car (gimp-item-get-name
              (vector-ref (cadr (gimp-item-get-children group)) 0)))))

; Opens the dialog; GIMP 3 starts the first with the values given here, 2.10 with
; the defaults.
(define (sample-interactively)
    (plug-in-singan-random-samples RUN-INTERACTIVE (shown)
                                   (active-layer (shown)) 4 0 1 1
                                   PHOTOGRAPHS-DETAIL PREVIEW -1))

; As Filters > Repeat Last does; the values given here do not matter.
(define (sample-with-last-values)
    (plug-in-singan-random-samples RUN-WITH-LAST-VALS (shown)
                                   (active-layer (shown)) 64 1 4 4
                                   MODELS-DETAIL PREVIEW 1))

; Results of another size, which are an image of their own.
(define (show-new-image)
    (let* ((layers (shown-layers))
           (lowest (vector-ref (cadr layers) (- (car layers) 1))))
        (gimp-display-new (car (sample (shown) lowest 1 0.5 1)))))

; A small layer on top, as if pasted.
(define (paste-shown)
    (let ((object (car (gimp-layer-new (shown) 10 10 RGBA-IMAGE "Object" 100
                                       LAYER-MODE-NORMAL))))
        (gimp-image-insert-layer (shown) object 0 0)
        (gimp-drawable-fill object FILL-FOREGROUND)
        (gimp-displays-flush)))

; The dialog has to find the background by itself.
(define (harmonize-interactively)
    (plug-in-singan-harmonize RUN-INTERACTIVE (shown) (active-layer (shown))
                              (active-layer (shown)) 1 OBJECTS-DETAIL
                              AUTOMATIC PREVIEW SEED))

; Writes the pixels of the lowest layer.
(define (write-lowest path)
    (let* ((layers (shown-layers))
           (lowest (vector-ref (cadr layers) (- (car layers) 1))))
        (file-ppm-save RUN-NONINTERACTIVE (shown) lowest path path TRUE)))
