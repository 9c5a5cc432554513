/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-update.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-error.h"
#include "proxy/shoal-format.h"

struct _ShoalUpdate
{
  ShoalProxyObject parent_instance;

  GObject *app; /* (owned) (nullable) */
  gulong app_changed_id;
};

G_DEFINE_FINAL_TYPE (ShoalUpdate, shoal_update, SHOAL_TYPE_PROXY_OBJECT)

#define BASE(self) SHOAL_PROXY_OBJECT (self)

static gboolean
state_is (ShoalUpdate *self, const char *state)
{
  return shoal_proxy_object_string_is (BASE (self), "State", state);
}

static gboolean
is_fetching (ShoalUpdate *self)
{
  return state_is (self, "planning") || state_is (self, "fetching")
         || state_is (self, "verifying");
}

static gboolean
is_available (ShoalUpdate *self)
{
  return state_is (self, "available");
}

static gboolean
is_failed (ShoalUpdate *self)
{
  return state_is (self, "failed");
}

static gboolean
is_pending (ShoalUpdate *self)
{
  return !state_is (self, "staged") && !state_is (self, "applying")
         && !state_is (self, "applied") && !state_is (self, "");
}

/* What stands in the list of things ready to apply, also while it is being applied. */
static gboolean
is_ready (ShoalUpdate *self)
{
  return state_is (self, "staged") || state_is (self, "applying");
}

static gboolean
is_first (ShoalUpdate *self)
{
  return !shoal_proxy_object_has_string (BASE (self), "PreviousVersion");
}

static gboolean
can_skip (ShoalUpdate *self)
{
  return !is_first (self)
         && (is_available (self) || shoal_update_is_staged (self) || is_failed (self));
}

static gboolean
has_progress (ShoalUpdate *self)
{
  return is_fetching (self) || state_is (self, "applying");
}

static gboolean
has_notes (ShoalUpdate *self)
{
  return shoal_proxy_object_has_string (BASE (self), "ReleaseNotes");
}

static char *
dup_app_string (ShoalUpdate *self, const char *property)
{
  char *text = NULL;

  if (self->app != NULL)
    g_object_get (self->app, property, &text, NULL);
  return text != NULL ? text : g_strdup ("");
}

static char *
dup_icon_path (ShoalUpdate *self)
{
  return dup_app_string (self, "icon-path");
}

static char *
dup_version_text (ShoalUpdate *self)
{
  g_autofree char *old = shoal_proxy_object_dup_string (BASE (self), "PreviousVersion");
  g_autofree char *new = shoal_update_dup_new_version (self);

  if (*old == '\0')
    return g_steal_pointer (&new);
  /* Translators: from one version to another, "1.0 → 1.1" */
  return g_strdup_printf (_ ("%s → %s"), old, new);
}

static char *
dup_fetching_text (ShoalUpdate *self)
{
  guint64 to_fetch_bytes = shoal_proxy_object_get_uint64 (BASE (self), "BytesToFetch");
  guint64 fetched_bytes = shoal_proxy_object_get_uint64 (BASE (self), "BytesFetched");
  g_autofree char *progress = shoal_format_progress (fetched_bytes, to_fetch_bytes);

  /* Translators: %s is an amount such as "3.2 MB of 10.0 MB" */
  return g_strdup_printf (_ ("Downloading %s"), progress);
}

static char *
dup_status_text (ShoalUpdate *self)
{
  static const struct
  {
    const char *state;
    const char *text;
  } words[] = {
    { "planning", N_ ("Comparing with what is here…") },
    { "verifying", N_ ("Verifying…") },
    { "staged", N_ ("Ready to apply") },
    { "applying", N_ ("Applying…") },
    { "applied", N_ ("Applied") },
  };
  g_autofree char *state = shoal_proxy_object_dup_string (BASE (self), "State");
  g_autofree char *size = NULL;

  if (g_str_equal (state, "failed"))
    return shoal_error_text_for_name (NULL, _ ("The download failed"));
  if (g_str_equal (state, "fetching"))
    return dup_fetching_text (self);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (state, words[i].state))
      return g_strdup (_ (words[i].text));
  if (shoal_proxy_object_get_uint64 (BASE (self), "BytesTotal") == 0)
    return g_strdup (_ ("Available"));
  size = shoal_format_bytes (shoal_proxy_object_get_uint64 (BASE (self), "BytesTotal"));
  /* Translators: an update that can be downloaded; %s is the size of the whole release */
  return g_strdup_printf (_ ("Available, at most %s to download"), size);
}

/* "" until it is known, which is after planning. */
static char *
dup_saved_text (ShoalUpdate *self)
{
  guint64 total_bytes = shoal_proxy_object_get_uint64 (BASE (self), "BytesTotal");
  guint64 to_fetch_bytes = shoal_proxy_object_get_uint64 (BASE (self), "BytesToFetch");
  guint64 saved_bytes = shoal_proxy_object_get_uint64 (BASE (self), "BytesSaved");
  g_autofree char *fetched = shoal_format_bytes (to_fetch_bytes);
  g_autofree char *total = shoal_format_bytes (total_bytes);
  g_autofree char *percent = NULL;

  if (total_bytes == 0 || (to_fetch_bytes == 0 && saved_bytes == 0))
    return g_strdup ("");
  percent = shoal_format_percent (MIN (saved_bytes, total_bytes), total_bytes);
  if (saved_bytes == 0)
    /* Translators: nothing of the release was here already; %s is its size */
    return g_strdup_printf (_ ("%s to download"), total);
  if (is_ready (self))
    /* Translators: "1.0 MB of 34.2 MB fetched, 97% already here" */
    return g_strdup_printf (_ ("%s of %s fetched, %s already here"), fetched, total,
                            percent);
  /* Translators: "1.0 MB of 34.2 MB to fetch, 97% already here" */
  return g_strdup_printf (_ ("%s of %s to fetch, %s already here"), fetched, total,
                          percent);
}

static char *
dup_error_text (ShoalUpdate *self)
{
  g_autofree char *name = shoal_proxy_object_dup_string (BASE (self), "ErrorName");
  g_autofree char *message = shoal_proxy_object_dup_string (BASE (self), "ErrorMessage");

  if (!is_failed (self))
    return g_strdup ("");
  return shoal_error_text_for_name (name, message);
}

/* One line below the name: what is most worth knowing now. */
static char *
dup_detail_text (ShoalUpdate *self)
{
  g_autofree char *saved = dup_saved_text (self);

  if (is_failed (self))
    return dup_error_text (self);
  if (*saved == '\0' || state_is (self, "fetching") || state_is (self, "applying"))
    return dup_status_text (self);
  return g_steal_pointer (&saved);
}

static char *
dup_release_notes (ShoalUpdate *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "ReleaseNotes");
}

static char *
dup_state (ShoalUpdate *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "State");
}

static const struct
{
  const char *name;
  char *(*dup) (ShoalUpdate *self);
} texts[] = {
  { "app-id", shoal_update_dup_app_id },
  { "name", shoal_update_dup_name },
  { "icon-path", dup_icon_path },
  { "new-version", shoal_update_dup_new_version },
  { "version-text", dup_version_text },
  { "status-text", dup_status_text },
  { "saved-text", dup_saved_text },
  { "detail-text", dup_detail_text },
  { "error-text", dup_error_text },
  { "release-notes", dup_release_notes },
  { "state", dup_state },
};

static const struct
{
  const char *name;
  gboolean (*get) (ShoalUpdate *self);
} flags[] = {
  { "is-staged", shoal_update_is_staged },
  { "is-ready", is_ready },
  { "is-pending", is_pending },
  { "is-failed", is_failed },
  { "is-first", is_first },
  { "can-fetch", is_available },
  { "can-retry", is_failed },
  { "can-cancel", is_fetching },
  { "can-apply", shoal_update_is_staged },
  { "can-skip", can_skip },
  { "has-progress", has_progress },
  { "has-notes", has_notes },
};

enum
{
  FIRST_FLAG = G_N_ELEMENTS (texts) + 1,
  PROP_PROGRESS = FIRST_FLAG + G_N_ELEMENTS (flags),
  PROP_APP,
  PROP_TARGET,
};

static double
get_progress (ShoalUpdate *self)
{
  return CLAMP (shoal_proxy_object_get_double (BASE (self), "Progress"), 0.0, 1.0);
}

static void
shoal_update_get_property (GObject *object,
                           guint prop_id,
                           GValue *value,
                           GParamSpec *pspec)
{
  ShoalUpdate *self = SHOAL_UPDATE (object);

  if (prop_id < FIRST_FLAG)
    g_value_take_string (value, texts[prop_id - 1].dup (self));
  else if (prop_id < PROP_PROGRESS)
    g_value_set_boolean (value, flags[prop_id - FIRST_FLAG].get (self));
  else if (prop_id == PROP_PROGRESS)
    g_value_set_double (value, get_progress (self));
  else if (prop_id == PROP_APP)
    g_value_set_object (value, self->app);
  else if (prop_id == PROP_TARGET)
    g_value_take_variant (value, g_variant_ref_sink (g_variant_new_take_string (
                                     shoal_update_dup_app_id (self))));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
shoal_update_dispose (GObject *object)
{
  ShoalUpdate *self = SHOAL_UPDATE (object);

  if (self->app != NULL)
    g_clear_signal_handler (&self->app_changed_id, self->app);
  g_clear_object (&self->app);
  G_OBJECT_CLASS (shoal_update_parent_class)->dispose (object);
}

static void
shoal_update_class_init (ShoalUpdateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags param_flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamSpec *specs[] = {
    g_param_spec_double ("progress", NULL, NULL, 0.0, 1.0, 0.0, param_flags),
    g_param_spec_object ("app", NULL, NULL, G_TYPE_OBJECT, param_flags),
    g_param_spec_variant ("target", NULL, NULL, G_VARIANT_TYPE_STRING, NULL, param_flags),
  };

  object_class->get_property = shoal_update_get_property;
  object_class->dispose = shoal_update_dispose;
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
shoal_update_init (ShoalUpdate *self)
{
}

ShoalUpdate *
shoal_update_new (GDBusProxy *proxy)
{
  ShoalUpdate *self = g_object_new (SHOAL_TYPE_UPDATE, NULL);

  shoal_proxy_object_set_proxy (BASE (self), proxy);
  return self;
}

static void
app_changed_cb (ShoalUpdate *self)
{
  g_object_notify (G_OBJECT (self), "name");
  g_object_notify (G_OBJECT (self), "icon-path");
}

void
shoal_update_set_app (ShoalUpdate *self, GObject *app)
{
  if (self->app == app)
    return;
  if (self->app != NULL)
    g_clear_signal_handler (&self->app_changed_id, self->app);
  g_set_object (&self->app, app);
  if (app != NULL)
    self->app_changed_id = g_signal_connect_swapped (app, "notify::name",
                                                     G_CALLBACK (app_changed_cb), self);
  shoal_proxy_object_notify_all (BASE (self));
}

char *
shoal_update_dup_app_id (ShoalUpdate *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "AppId");
}

char *
shoal_update_dup_name (ShoalUpdate *self)
{
  g_autofree char *name = dup_app_string (self, "name");

  return *name != '\0' ? g_steal_pointer (&name) : shoal_update_dup_app_id (self);
}

char *
shoal_update_dup_new_version (ShoalUpdate *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "NewVersion");
}

gboolean
shoal_update_is_staged (ShoalUpdate *self)
{
  return state_is (self, "staged");
}
