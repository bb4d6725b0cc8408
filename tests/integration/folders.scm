; SPDX-License-Identifier: GPL-3.0-or-later
;
; An image that has never been saved is trained, then saved; and one whose
; folder for models cannot be made; and what a layer remembers of its models.

(define (train-unsaved report-path xcf)
    (with-report report-path
        (lambda ()
            (let ((image (draw-image 64 48)))
                (report "model" (train image (active-layer image)))
                (save-image image xcf)
                (gimp-image-delete image)))))

(define (train-saved report-path xcf)
    (with-report report-path
        (lambda ()
            (let ((image (open-image xcf)))
                (report "model" (train image (active-layer image)))
                (gimp-image-delete image)))))

; A picture that is opened, trained, enlarged, and saved as XCF elsewhere.

(define (draw report-path png)
    (with-report report-path
        (lambda ()
            (let ((image (draw-image 64 48)))
                (file-png-save RUN-NONINTERACTIVE image (active-layer image)
                               png png 0 9 0 0 0 0 0)
                (gimp-image-delete image)))))

(define (enlarge image)
    (gimp-image-delete (car (plug-in-singan-super-resolution
                                RUN-NONINTERACTIVE image (active-layer image) 2
                                0.5 PREVIEW SEED))))

(define (train-opened report-path png xcf)
    (with-report report-path
        (lambda ()
            (let ((image (open-image png)))
                (train image (active-layer image))
                (enlarge image)
                (save-image image xcf)
                (gimp-image-delete image)))))

(define (use-both report-path xcf)
    (with-report report-path
        (lambda ()
            (let ((image (open-image xcf)))
                (sample image (active-layer image) 1 1 1)
                (enlarge image)
                (gimp-image-delete image)))))

; As versions did that knew one model, by its path.
(define (use-old-memory report-path xcf model)
    (with-report report-path
        (lambda ()
            (let* ((image (open-image xcf))
                   (layer (active-layer image)))
                (gimp-item-detach-parasite layer "singan-models")
                (gimp-item-attach-parasite
                    layer
                    (list "singan-model" 1
                          (string-append "0123\n2\n/nowhere/" model)))
                (sample image layer 1 1 1)
                (report "parasites"
                        (car (gimp-item-get-parasite-list layer)))
                (gimp-image-delete image)))))
