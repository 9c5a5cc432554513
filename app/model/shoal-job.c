/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-job.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-error.h"
#include "proxy/shoal-format.h"
#include "model/shoal-source.h"

struct _ShoalJob
{
  ShoalProxyObject parent_instance;

  GListStore *sources; /* (owned) (element-type ShoalSource) */
  char *path;          /* (owned) (nullable): of the first proxy */
  char *kind;          /* (owned) */
  char *title;         /* (owned) */
  char *app_id;        /* (owned) */
  char *state;         /* (owned) */
  char *step;          /* (owned) */
  char *error_name;    /* (owned) */
  char *error_message; /* (owned) */
  double progress;     /* -1.0: not known */
  guint64 done_bytes;
  guint64 total_bytes;
  guint64 rate_bps;
};

G_DEFINE_FINAL_TYPE (ShoalJob, shoal_job, SHOAL_TYPE_PROXY_OBJECT)

#define BASE(self) SHOAL_PROXY_OBJECT (self)

typedef struct
{
  const char *word;
  const char *text;
} Word;

static const Word kinds[] = {
  { "install", N_ ("Install") },
  { "update", N_ ("Update") },
  { "get", N_ ("Download") },
  { "cat", N_ ("Download") },
  { "pin", N_ ("Keep") },
  { "export-car", N_ ("Export") },
  { NULL, NULL },
};

static const Word states[] = {
  { "queued", N_ ("Waiting") },      { "done", N_ ("Done") }, { "failed", N_ ("Failed") },
  { "cancelled", N_ ("Cancelled") }, { NULL, NULL },
};

static const Word steps[] = {
  { "resolving", N_ ("Looking for it") },
  { "planning", N_ ("Comparing with what is here") },
  { "fetching", N_ ("Downloading") },
  { "verifying", N_ ("Verifying") },
  { "hashing", N_ ("Verifying") },
  { "staging", N_ ("Putting it together") },
  { "applying", N_ ("Applying") },
  { "writing", N_ ("Writing") },
  { NULL, NULL },
};

/* A word the daemon may learn later is shown as it is. */
static const char *
word_text (const Word *words, const char *word)
{
  for (; words->word != NULL; words++)
    if (g_str_equal (words->word, word))
      return _ (words->text);
  return word;
}

static char *
dup_title (ShoalJob *self)
{
  if (*self->title != '\0')
    return g_strdup (self->title);
  return g_strdup (*self->app_id != '\0' ? self->app_id : word_text (kinds, self->kind));
}

static char *
dup_kind_text (ShoalJob *self)
{
  return g_strdup (word_text (kinds, self->kind));
}

static char *
dup_state_text (ShoalJob *self)
{
  if (!g_str_equal (self->state, "running"))
    return g_strdup (word_text (states, self->state));
  if (*self->step == '\0')
    return g_strdup (_ ("In progress"));
  return g_strdup (word_text (steps, self->step));
}

/* "3.2 MB of 10 MB · 1.2 MB/s · 6 s left", or as much of it as is known. */
static char *
dup_detail_text (ShoalJob *self)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  char *eta;

  if (!g_str_equal (self->state, "running")
      || (*self->step != '\0' && !g_str_equal (self->step, "fetching")))
    g_ptr_array_add (parts, dup_state_text (self));
  if (self->done_bytes > 0 || self->total_bytes > 0)
    g_ptr_array_add (parts,
                     g_str_equal (self->state, "done")
                         ? shoal_format_bytes (self->done_bytes)
                         : shoal_format_progress (self->done_bytes, self->total_bytes));
  if (g_str_equal (self->state, "running") && self->rate_bps > 0)
    {
      g_ptr_array_add (parts, shoal_format_rate (self->rate_bps));
      eta = shoal_format_eta (self->done_bytes, self->total_bytes, self->rate_bps);
      g_ptr_array_add (parts, eta);
      if (*eta == '\0')
        g_ptr_array_remove_index (parts, parts->len - 1);
    }
  if (parts->len == 0)
    g_ptr_array_add (parts, dup_state_text (self));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}

static char *
dup_icon_name (ShoalJob *self)
{
  if (g_str_equal (self->state, "failed"))
    return g_strdup ("dialog-warning-symbolic");
  if (g_str_equal (self->state, "done"))
    return g_strdup ("emblem-ok-symbolic");
  if (g_str_equal (self->state, "cancelled"))
    return g_strdup ("process-stop-symbolic");
  return g_strdup ("folder-download-symbolic");
}

static char *
dup_app_id (ShoalJob *self)
{
  return g_strdup (self->app_id);
}

static char *
dup_state (ShoalJob *self)
{
  return g_strdup (self->state);
}

static const struct
{
  const char *name;
  char *(*dup) (ShoalJob *self);
} texts[] = {
  { "title", dup_title },
  { "kind-text", dup_kind_text },
  { "state-text", dup_state_text },
  { "detail-text", dup_detail_text },
  { "error-text", shoal_job_dup_error_text },
  { "icon-name", dup_icon_name },
  { "app-id", dup_app_id },
  { "state", dup_state },
};

static gboolean
has_progress (ShoalJob *self)
{
  return shoal_job_is_active (self) && self->progress >= 0.0;
}

static gboolean
has_sources (ShoalJob *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->sources)) > 0;
}

static const struct
{
  const char *name;
  gboolean (*get) (ShoalJob *self);
} flags[] = {
  { "is-active", shoal_job_is_active },  { "is-failed", shoal_job_is_failed },
  { "can-cancel", shoal_job_is_active }, { "has-progress", has_progress },
  { "has-sources", has_sources },
};

enum
{
  FIRST_FLAG = G_N_ELEMENTS (texts) + 1,
  PROP_PROGRESS = FIRST_FLAG + G_N_ELEMENTS (flags),
  PROP_RATE_BPS,
  PROP_SOURCES,
  PROP_TARGET,
};

static void
shoal_job_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ShoalJob *self = SHOAL_JOB (object);

  if (prop_id < FIRST_FLAG)
    g_value_take_string (value, texts[prop_id - 1].dup (self));
  else if (prop_id < PROP_PROGRESS)
    g_value_set_boolean (value, flags[prop_id - FIRST_FLAG].get (self));
  else if (prop_id == PROP_PROGRESS)
    g_value_set_double (value, CLAMP (self->progress, 0.0, 1.0));
  else if (prop_id == PROP_RATE_BPS)
    g_value_set_uint64 (value, self->rate_bps);
  else if (prop_id == PROP_SOURCES)
    g_value_set_object (value, self->sources);
  else if (prop_id == PROP_TARGET)
    g_value_take_variant (
        value, g_variant_ref_sink (g_variant_new_take_string (shoal_job_dup_id (self))));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
pull_string (ShoalJob *self, char **field, const char *name)
{
  g_free (*field);
  *field = shoal_proxy_object_dup_string (BASE (self), name);
}

/* Copies the proxy, unless it has lost its properties with the daemon. */
static void
shoal_job_changed (ShoalProxyObject *base)
{
  ShoalJob *self = SHOAL_JOB (base);
  GDBusProxy *proxy = shoal_proxy_object_get_proxy (base);
  g_autoptr (GVariant) sources = NULL;

  if (proxy == NULL || !shoal_proxy_object_has_string (base, "State"))
    return;
  pull_string (self, &self->kind, "Kind");
  pull_string (self, &self->title, "Title");
  pull_string (self, &self->app_id, "App");
  pull_string (self, &self->state, "State");
  pull_string (self, &self->step, "Step");
  pull_string (self, &self->error_name, "ErrorName");
  pull_string (self, &self->error_message, "ErrorMessage");
  self->progress = shoal_proxy_object_get_double (base, "Progress");
  self->done_bytes = shoal_proxy_object_get_uint64 (base, "BytesDone");
  self->total_bytes = shoal_proxy_object_get_uint64 (base, "BytesTotal");
  self->rate_bps = shoal_proxy_object_get_uint64 (base, "RateBps");
  sources = g_dbus_proxy_get_cached_property (proxy, "Sources");
  shoal_source_list_update (self->sources, sources);
}

static void
shoal_job_finalize (GObject *object)
{
  ShoalJob *self = SHOAL_JOB (object);

  g_clear_object (&self->sources);
  g_free (self->path);
  g_free (self->kind);
  g_free (self->title);
  g_free (self->app_id);
  g_free (self->state);
  g_free (self->step);
  g_free (self->error_name);
  g_free (self->error_message);
  G_OBJECT_CLASS (shoal_job_parent_class)->finalize (object);
}

static void
shoal_job_class_init (ShoalJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags param_flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamSpec *specs[] = {
    g_param_spec_double ("progress", NULL, NULL, 0.0, 1.0, 0.0, param_flags),
    g_param_spec_uint64 ("rate-bps", NULL, NULL, 0, G_MAXUINT64, 0, param_flags),
    g_param_spec_object ("sources", NULL, NULL, G_TYPE_LIST_MODEL, param_flags),
    g_param_spec_variant ("target", NULL, NULL, G_VARIANT_TYPE_STRING, NULL, param_flags),
  };

  object_class->get_property = shoal_job_get_property;
  object_class->finalize = shoal_job_finalize;
  SHOAL_PROXY_OBJECT_CLASS (klass)->changed = shoal_job_changed;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_object_class_install_property (
        object_class, i + 1,
        g_param_spec_string (texts[i].name, NULL, NULL, NULL, param_flags));
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    g_object_class_install_property (
        object_class, FIRST_FLAG + i,
        g_param_spec_boolean (flags[i].name, NULL, NULL, FALSE, param_flags));
  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    g_object_class_install_property (object_class, PROP_PROGRESS + i, specs[i]);
}

static void
shoal_job_init (ShoalJob *self)
{
  self->sources = g_list_store_new (SHOAL_TYPE_SOURCE);
  self->kind = g_strdup ("");
  self->title = g_strdup ("");
  self->app_id = g_strdup ("");
  self->state = g_strdup ("queued");
  self->step = g_strdup ("");
  self->error_name = g_strdup ("");
  self->error_message = g_strdup ("");
  self->progress = -1.0;
}

ShoalJob *
shoal_job_new (GDBusProxy *proxy)
{
  ShoalJob *self = g_object_new (SHOAL_TYPE_JOB, NULL);

  self->path = g_strdup (g_dbus_proxy_get_object_path (proxy));
  shoal_proxy_object_set_proxy (BASE (self), proxy);
  return self;
}

void
shoal_job_end (ShoalJob *self)
{
  if (shoal_job_is_active (self))
    {
      g_free (self->state);
      self->state = g_strdup ("failed");
      g_free (self->error_message);
      self->error_message
          = g_strdup (_ ("The Shoal service stopped before it was done."));
    }
  self->rate_bps = 0;
  shoal_proxy_object_set_proxy (BASE (self), NULL);
}

gboolean
shoal_job_is_active (ShoalJob *self)
{
  return !g_str_equal (self->state, "done") && !g_str_equal (self->state, "failed")
         && !g_str_equal (self->state, "cancelled");
}

gboolean
shoal_job_is_failed (ShoalJob *self)
{
  return g_str_equal (self->state, "failed");
}

const char *
shoal_job_get_kind (ShoalJob *self)
{
  return self->kind;
}

const char *
shoal_job_get_title (ShoalJob *self)
{
  return *self->title != '\0' ? self->title : self->app_id;
}

char *
shoal_job_dup_error_text (ShoalJob *self)
{
  if (!shoal_job_is_failed (self))
    return g_strdup ("");
  return shoal_error_text_for_name (self->error_name, self->error_message);
}

char *
shoal_job_dup_id (ShoalJob *self)
{
  return g_strdup (self->path != NULL ? self->path : "/");
}
