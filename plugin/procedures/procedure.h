/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of procedures: one row declares a procedure's arguments, texts and
 * code, and menus, dialogs, the PDB, Script-Fu and the command line are made
 * from it.  Knows no host.
 */

#pragma once

#include <gegl.h>
#include <gio/gio.h>
#include <glib.h>

#include "core/pyramid/settings.h"

G_BEGIN_DECLS

/**
 * SinganArgumentType:
 * @SINGAN_ARGUMENT_INTEGER: a whole number
 * @SINGAN_ARGUMENT_NUMBER: any number
 * @SINGAN_ARGUMENT_BOOLEAN: 0 or 1
 * @SINGAN_ARGUMENT_CHOICE: the index of one of the choices
 * @SINGAN_ARGUMENT_LAYER: the layer that the model learns, where the procedure
 *   is called on another one; a number by which the host knows it.  Not for
 *   the command line, whose first file it is
 * @SINGAN_ARGUMENT_PICTURE: the picture that the procedure is called on, if
 *   there is a layer argument; a file on the command line
 * @SINGAN_ARGUMENT_MASK: what of a picture counts: a file on the command line;
 *   need not be given
 *
 * Pictures and masks have buffers in the job instead of numbers.
 */
typedef enum
{
  SINGAN_ARGUMENT_INTEGER,
  SINGAN_ARGUMENT_NUMBER,
  SINGAN_ARGUMENT_BOOLEAN,
  SINGAN_ARGUMENT_CHOICE,
  SINGAN_ARGUMENT_LAYER,
  SINGAN_ARGUMENT_PICTURE,
  SINGAN_ARGUMENT_MASK
} SinganArgumentType;

/**
 * SinganChoice:
 * @name: for command lines, untranslated
 * @label: for dialogs, marked for translation
 */
typedef struct
{
  const gchar *name;
  const gchar *label;
} SinganChoice;

/**
 * SinganArgument:
 * @name: lower-case-with-hyphens
 * @label: for dialogs, marked for translation
 * @help: one sentence, marked for translation
 * @note: (nullable): what a dialog says beside its number, marked for
 *   translation
 * @command_help: (nullable): the same in the command line's words, where @help
 *   speaks of layers
 * @type: what it is
 * @minimum: smallest value
 * @maximum: largest value
 * @least: if above 0: the smallest value beside the minimum, which then has a
 *   meaning of its own
 * @default_value: in between
 * @choices: (nullable): as many as maximum + 1
 * @is_command_line_only: neither in the PDB nor in dialogs
 * @has_own_place: of a picture: its size and place need not be those of the
 *   layer that the model learns
 * @is_selection: of a mask: in a host that has selections it is the selection
 */
typedef struct
{
  const gchar        *name;
  const gchar        *label;
  const gchar        *help;
  const gchar        *note;
  const gchar        *command_help;
  SinganArgumentType  type;
  gdouble             minimum;
  gdouble             maximum;
  gdouble             least;
  gdouble             default_value;
  const SinganChoice *choices;
  gboolean            is_command_line_only;
  gboolean            has_own_place;
  gboolean            is_selection;
} SinganArgument;

/* Most arguments that a procedure has. */
#define SINGAN_ARGUMENTS_MAXIMUM 16

/* What a seed argument is when any will do. */
#define SINGAN_SEED_RANDOM (-1)

/* What a start-scale argument is when each is wanted. */
#define SINGAN_START_SCALE_EACH (-1)

/* What a margin argument is when it is found automatically, and the most that
 * it may be, pixels. */
#define SINGAN_MARGIN_AUTOMATIC (-1)
#define SINGAN_MARGIN_MAXIMUM 4096

/* What a layer argument is when none is chosen. */
#define SINGAN_LAYER_NONE (-1)

typedef struct _SinganHost    SinganHost;
typedef struct _SinganJob     SinganJob;
typedef struct _SinganPreview SinganPreview;
typedef struct _SinganGround  SinganGround;
typedef struct _SinganOutlook SinganOutlook;

/**
 * SinganSource:
 * @buffer: the layer's pixels
 * @layer_name: for people and for file names
 * @image_path: (nullable): where the image is saved or was opened from
 * @import_path: (nullable): what it was imported from, if that is another file
 * @remembered_models: (nullable): names of the model files that the layer
 *   remembers, one for each purpose; they may come from a stranger
 *
 * The layer that a job works on.
 */
typedef struct
{
  GeglBuffer *buffer;
  gchar      *layer_name;
  gchar      *image_path;
  gchar      *import_path;
  gchar      *remembered_models[SINGAN_N_PURPOSES];
} SinganSource;

/**
 * SinganResults:
 * @group_name: of the layer group
 * @width: of each picture, pixels
 * @height: of each picture, pixels
 * @names: layer names, translated, gchar*
 * @stems: for file names, untranslated, gchar*
 * @buffers: GeglBuffer*, as many
 * @masks: GeglBuffer*, as many: where each picture counts, or NULL for all of
 *   it; Y float
 * @backdrop: (nullable): what shows where masks hide the pictures; set if there
 *   are masks
 * @is_image: whether they are the layers of a new image, without a group, the
 *   first one at the bottom: frames of an animation, an enlargement
 * @shown: which picture is shown at first; SINGAN_SHOWN_ALL for all
 *
 * What a job gives: pictures of one size.
 */
typedef struct
{
  gchar      *group_name;
  gint        width;
  gint        height;
  GPtrArray  *names;
  GPtrArray  *stems;
  GPtrArray  *buffers;
  GPtrArray  *masks;
  GeglBuffer *backdrop;
  gboolean    is_image;
  gint        shown;
} SinganResults;

#define SINGAN_SHOWN_ALL (-1)

/**
 * SinganResultKind:
 * @SINGAN_RESULT_MODEL: the path of the model file
 * @SINGAN_RESULT_LAYERS: SinganResults, handed to the host
 * @SINGAN_RESULT_IMAGE: the same, as an image of its own
 */
typedef enum
{
  SINGAN_RESULT_MODEL,
  SINGAN_RESULT_LAYERS,
  SINGAN_RESULT_IMAGE
} SinganResultKind;

/**
 * SinganProcedure:
 * @verb: "random-samples"; the PDB name is "plug-in-singan-" and this
 * @menu_label: with an ellipsis, marked for translation
 * @blurb: one sentence, marked for translation
 * @help: a paragraph, marked for translation
 * @command_blurb: @blurb in the command line's words: pictures and files
 * @command_help: @help in the command line's words
 * @result: what it gives
 * @arguments: the row of arguments
 * @n_arguments: how many
 * @purpose: what the model has to be trained for
 * @has_preview: whether what its start scales give can be shown beforehand
 * @injects: whether its start-scale is where a picture enters, so that the
 *   coarsest scale will not do, nor another picture's model
 * @keeps_alpha: whether its results are as transparent as the layer, which
 *   need not be opaque then
 * @foresee: (nullable): what it will give, see singan_job_foresee (); NULL if
 *   no pictures
 * @gives_one: (nullable): whether a job with its values gives a single result;
 *   NULL if it always does
 * @run: does it; FALSE with error set, G_IO_ERROR_CANCELLED if stopped
 */
typedef struct
{
  const gchar          *verb;
  const gchar          *menu_label;
  const gchar          *blurb;
  const gchar          *help;
  const gchar          *command_blurb;
  const gchar          *command_help;
  SinganResultKind      result;
  const SinganArgument *arguments;
  gint                  n_arguments;
  SinganPurpose         purpose;
  gboolean              has_preview;
  gboolean              injects;
  gboolean              keeps_alpha;
  void (*foresee) (const SinganJob    *job,
                   const SinganGround *ground,
                   SinganOutlook      *outlook);
  gboolean (*gives_one) (const SinganJob *job);
  gboolean (*run) (SinganJob *job, GError **error);
} SinganProcedure;

/**
 * SinganJob:
 * @procedure: what to do
 * @values: one number an argument
 * @pictures: one buffer an argument that is a picture or a mask, in the
 *   coordinates of the source; NULL where there is none.  Masks are Y' float
 * @source: the layer that the model learns
 * @model_file: (nullable): the model file to use or to write, instead of the
 *   store's
 * @keeps_models: whether no model file that is there already is replaced
 * @cancellable: (nullable): stops it
 * @training_stop: (nullable): ends a training early: the scales done so far are
 *   the model, and the job goes on with it.  A host that has it cancels it
 *   together with @cancellable too
 * @discards_training: set before @cancellable is: that a training leaves no
 *   checkpoint, to go on from
 * @preview: (nullable): where small pictures of what each start scale gives go,
 *   instead of results
 * @host: for the host's functions
 * @model_path: (out): the model that was trained or used
 * @pixel_hash: (out): of the layer
 * @n_translucent: (out): how many of its pixels count as opaque without being
 *   so
 * @conclusion: (out) (nullable): a translated text for a person who waited,
 *   where the job gives nothing to look at
 * @seconds_after: how long the job goes on after the training that runs
 * @work_start: when the work began that progress is shown of, monotonic time
 */
struct _SinganJob
{
  const SinganProcedure *procedure;
  gdouble                values[SINGAN_ARGUMENTS_MAXIMUM];
  GeglBuffer            *pictures[SINGAN_ARGUMENTS_MAXIMUM];
  SinganSource           source;
  gchar                 *model_file;
  gboolean               keeps_models;
  GCancellable          *cancellable;
  GCancellable          *training_stop;
  gboolean               discards_training;
  SinganPreview         *preview;
  SinganHost            *host;
  gchar                 *model_path;
  gchar                 *pixel_hash;
  gint64                 n_translucent;
  gchar                 *conclusion;
  gdouble                seconds_after;
  gint64                 work_start;
};

/**
 * singan_argument_is_file:
 * @argument: an argument
 *
 * Returns: whether it is a file on the command line
 */
gboolean singan_argument_is_file (const SinganArgument *argument);

/**
 * singan_argument_command_help:
 * @argument: an argument
 *
 * Returns: (transfer none): its help in the command line's words, marked for
 *   translation
 */
const gchar *singan_argument_command_help (const SinganArgument *argument);

/**
 * singan_procedures:
 *
 * Returns: (transfer none): the NULL-terminated table
 */
const SinganProcedure *const *singan_procedures (void);

/**
 * singan_procedure_find:
 * @verb: a verb
 *
 * Returns: (transfer none) (nullable): its row
 */
const SinganProcedure *singan_procedure_find (const gchar *verb);

/**
 * singan_procedure_has:
 * @procedure: a row
 * @name: of an argument
 *
 * Returns: whether it has that argument
 */
gboolean singan_procedure_has (const SinganProcedure *procedure,
                               const gchar           *name);

/**
 * singan_source_copy_texts:
 * @copy: (out): everything but the buffer
 * @source: what to copy
 */
void singan_source_copy_texts (SinganSource *copy, const SinganSource *source);

/**
 * singan_source_clear:
 * @source: frees what it owns
 */
void singan_source_clear (SinganSource *source);

/**
 * singan_job_init:
 * @job: (out): zeros, but for the procedure and its arguments' defaults
 * @procedure: the row
 */
void singan_job_init (SinganJob *job, const SinganProcedure *procedure);

/**
 * singan_job_clear:
 * @job: frees what it owns: pictures, source, model_file, model_path,
 *   pixel_hash, conclusion, cancellable, training_stop
 */
void singan_job_clear (SinganJob *job);

/**
 * singan_job_validate:
 * @job: the job
 * @error: SINGAN_ERROR_SETTINGS with the argument, its value and its range
 *
 * Returns: FALSE with @error set if a value is out of range
 */
gboolean singan_job_validate (const SinganJob *job, GError **error);

/**
 * singan_job_get:
 * @job: the job
 * @name: of one of its arguments
 *
 * Returns: the value
 */
gdouble singan_job_get (const SinganJob *job, const gchar *name);

/**
 * singan_job_get_integer:
 * @job: the job
 * @name: of one of its arguments
 *
 * Returns: the value, rounded
 */
gint singan_job_get_integer (const SinganJob *job, const gchar *name);

/**
 * singan_job_get_choice:
 * @job: the job
 * @name: of one of its arguments that is a choice
 *
 * Returns: (transfer none): the untranslated name of what is chosen
 */
const gchar *singan_job_get_choice (const SinganJob *job, const gchar *name);

/**
 * singan_job_get_picture:
 * @job: the job
 * @name: of one of its arguments
 *
 * Returns: (transfer none) (nullable): the picture or mask
 */
GeglBuffer *singan_job_get_picture (const SinganJob *job, const gchar *name);

/**
 * singan_job_make_seed:
 * @job: a job with a seed argument
 *
 * Returns: the seed wanted, or a random one
 */
guint32 singan_job_make_seed (const SinganJob *job);

/**
 * singan_job_is_default:
 * @job: the job
 * @name: of one of its arguments
 *
 * Returns: whether it has its default value
 */
gboolean singan_job_is_default (const SinganJob *job, const gchar *name);

/**
 * singan_results_new:
 * @group_name: of the layer group
 * @width: of each picture, pixels
 * @height: of each picture, pixels
 *
 * Returns: (transfer full): no pictures yet
 */
SinganResults *
singan_results_new (const gchar *group_name, gint width, gint height);

/**
 * singan_results_add:
 * @results: the results
 * @name: (transfer full): of the layer
 * @stem: (transfer full): for the name of a file
 * @buffer: (transfer full): its pixels
 */
void singan_results_add (SinganResults *results,
                         gchar         *name,
                         gchar         *stem,
                         GeglBuffer    *buffer);

/**
 * singan_results_add_masked:
 * @results: results with a backdrop
 * @name: (transfer full): of the layer
 * @stem: (transfer full): for the name of a file
 * @buffer: (transfer full): its pixels
 * @mask: (transfer full): where they count
 */
void singan_results_add_masked (SinganResults *results,
                                gchar         *name,
                                gchar         *stem,
                                GeglBuffer    *buffer,
                                GeglBuffer    *mask);

/**
 * singan_results_flatten:
 * @results: the results
 * @index: which of them
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): that picture over the backdrop, or NULL with @error
 *   set
 */
GeglBuffer *singan_results_flatten (const SinganResults *results,
                                    guint                index,
                                    GError             **error);

/**
 * singan_results_free:
 * @results: (transfer full): what to free
 */
void singan_results_free (SinganResults *results);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganResults, singan_results_free)

G_END_DECLS
