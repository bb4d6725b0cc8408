; SPDX-License-Identifier: GPL-3.0-or-later
;
; What the scripts of this folder are given by GIMP 2.10, in whose calls they
; are written; gimp3.scm is its counterpart.

; An error ends the command, after GIMP has shown it.
(define (attempt body)
    (body))

(define (image-path image)
    (car (gimp-image-get-filename image)))

(define (set-profile image path)
    (gimp-image-set-color-profile-from-file image
                                            (string-append "file://" path)))
