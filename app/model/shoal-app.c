/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-app.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-format.h"

struct _ShoalApp
{
  ShoalProxyObject parent_instance;

  ShoalUpdate *update; /* (owned) (nullable) */
  gulong update_changed_id;
  ShoalSplitView *split_view; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalApp, shoal_app, SHOAL_TYPE_PROXY_OBJECT)

#define BASE(self) SHOAL_PROXY_OBJECT (self)

static gboolean
state_is (ShoalApp *self, const char *state)
{
  return shoal_proxy_object_string_is (BASE (self), "State", state);
}

static gboolean
is_installed (ShoalApp *self)
{
  return shoal_proxy_object_has_string (BASE (self), "InstalledVersion");
}

static gboolean
is_busy (ShoalApp *self)
{
  return state_is (self, "busy");
}

static gboolean
can_launch (ShoalApp *self)
{
  return is_installed (self) && !is_busy (self);
}

static gboolean
can_roll_back (ShoalApp *self)
{
  return state_is (self, "installed")
         && shoal_proxy_object_has_string (BASE (self), "PreviousVersion");
}

static gboolean
can_check (ShoalApp *self)
{
  return state_is (self, "installed");
}

static gboolean
can_hold (ShoalApp *self)
{
  return !is_busy (self);
}

static gboolean
has_summary (ShoalApp *self)
{
  return shoal_proxy_object_has_string (BASE (self), "Summary");
}

static gboolean
has_notes (ShoalApp *self)
{
  return shoal_proxy_object_has_string (BASE (self), "ReleaseNotes");
}

static gboolean
has_previous (ShoalApp *self)
{
  return shoal_proxy_object_has_string (BASE (self), "PreviousVersion");
}

static gboolean
has_skipped (ShoalApp *self)
{
  return shoal_proxy_object_has_string (BASE (self), "SkippedVersion");
}

static gboolean
has_update (ShoalApp *self)
{
  return self->update != NULL;
}

/* A binding through an update that is gone keeps its last value, so these are said here.
 */
static gboolean
update_flag (ShoalApp *self, const char *name)
{
  gboolean value = FALSE;

  if (self->update != NULL)
    g_object_get (self->update, name, &value, NULL);
  return value;
}

static gboolean
can_apply (ShoalApp *self)
{
  return update_flag (self, "can-apply");
}

static gboolean
can_fetch (ShoalApp *self)
{
  return update_flag (self, "can-fetch");
}

static gboolean
can_retry (ShoalApp *self)
{
  return update_flag (self, "can-retry");
}

static gboolean
has_update_notes (ShoalApp *self)
{
  return update_flag (self, "has-notes");
}

static gboolean
has_warning (ShoalApp *self)
{
  return self->split_view != NULL;
}

static char *
dup_warning_text (ShoalApp *self)
{
  char *text = NULL;

  if (self->split_view != NULL)
    g_object_get (self->split_view, "summary", &text, NULL);
  return text != NULL ? text : g_strdup ("");
}

static char *
dup_summary (ShoalApp *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "Summary");
}

static char *
dup_icon_path (ShoalApp *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "IconPath");
}

static char *
dup_installed_version (ShoalApp *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "InstalledVersion");
}

static char *
dup_previous_version (ShoalApp *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "PreviousVersion");
}

static char *
dup_skipped_version (ShoalApp *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "SkippedVersion");
}

static char *
dup_channel (ShoalApp *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "Channel");
}

static char *
dup_release_notes (ShoalApp *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "ReleaseNotes");
}

static char *
dup_size_text (ShoalApp *self)
{
  return shoal_format_bytes (shoal_proxy_object_get_uint64 (BASE (self), "SizeBytes"));
}

static char *
dup_publishers_text (ShoalApp *self)
{
  g_auto (GStrv) all = shoal_proxy_object_dup_strv (BASE (self), "Publishers");

  return all[0] != NULL ? g_strjoinv ("\n", all) : g_strdup (_ ("Not known"));
}

static char *
dup_source_text (ShoalApp *self)
{
  g_autofree char *source = shoal_proxy_object_dup_string (BASE (self), "Source");

  return *source != '\0' ? g_steal_pointer (&source) : g_strdup (_ ("Not known"));
}

static char *
dup_installed_text (ShoalApp *self)
{
  gint64 then_s = shoal_proxy_object_get_int64 (BASE (self), "InstalledTime");
  g_autoptr (GDateTime) then = NULL;

  if (then_s > 0)
    then = g_date_time_new_from_unix_local (then_s);
  /* Translators: a date and time as g_date_time_format() writes it; reorder as is usual
   */
  return then != NULL ? g_date_time_format (then, _ ("%e %B %Y, %H:%M"))
                      : g_strdup (_ ("Not known"));
}

static char *
dup_subtitle (ShoalApp *self)
{
  g_autofree char *version = dup_installed_version (self);
  g_autofree char *size = dup_size_text (self);

  if (is_busy (self))
    return g_strdup (_ ("Working…"));
  if (shoal_app_is_held (self))
    /* Translators: %s is a version at which an app is kept */
    return g_strdup_printf (_ ("Held at %s"), version);
  /* Translators: version and size of an app, "1.2 · 34.2 MB" */
  return g_strdup_printf (_ ("%s · %s"), version, size);
}

static const struct
{
  const char *name;
  char *(*dup) (ShoalApp *self);
} texts[] = {
  { "id", shoal_app_dup_id },
  { "name", shoal_app_dup_name },
  { "summary", dup_summary },
  { "subtitle", dup_subtitle },
  { "icon-path", dup_icon_path },
  { "installed-version", dup_installed_version },
  { "previous-version", dup_previous_version },
  { "skipped-version", dup_skipped_version },
  { "channel", dup_channel },
  { "size-text", dup_size_text },
  { "installed-text", dup_installed_text },
  { "publishers-text", dup_publishers_text },
  { "source-text", dup_source_text },
  { "release-notes", dup_release_notes },
  { "warning-text", dup_warning_text },
};

static const struct
{
  const char *name;
  gboolean (*get) (ShoalApp *self);
} flags[] = {
  { "is-installed", is_installed },   { "is-busy", is_busy },
  { "is-held", shoal_app_is_held },   { "can-launch", can_launch },
  { "can-roll-back", can_roll_back }, { "can-remove", can_hold },
  { "can-hold", can_hold },           { "can-check", can_check },
  { "has-summary", has_summary },     { "has-notes", has_notes },
  { "has-previous", has_previous },   { "has-skipped", has_skipped },
  { "has-update", has_update },       { "has-update-notes", has_update_notes },
  { "can-apply", can_apply },         { "can-fetch", can_fetch },
  { "can-retry", can_retry },         { "has-warning", has_warning },
};

enum
{
  FIRST_FLAG = G_N_ELEMENTS (texts) + 1,
  PROP_UPDATE = FIRST_FLAG + G_N_ELEMENTS (flags),
  PROP_TARGET,
  PROP_SPLIT_VIEW,
};

static void
shoal_app_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ShoalApp *self = SHOAL_APP (object);

  if (prop_id < FIRST_FLAG)
    g_value_take_string (value, texts[prop_id - 1].dup (self));
  else if (prop_id < PROP_UPDATE)
    g_value_set_boolean (value, flags[prop_id - FIRST_FLAG].get (self));
  else if (prop_id == PROP_UPDATE)
    g_value_set_object (value, self->update);
  else if (prop_id == PROP_TARGET)
    g_value_take_variant (
        value, g_variant_ref_sink (g_variant_new_take_string (shoal_app_dup_id (self))));
  else if (prop_id == PROP_SPLIT_VIEW)
    g_value_set_object (value, self->split_view);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
drop_update (ShoalApp *self)
{
  if (self->update != NULL)
    g_clear_signal_handler (&self->update_changed_id, self->update);
  g_clear_object (&self->update);
}

static void
shoal_app_dispose (GObject *object)
{
  drop_update (SHOAL_APP (object));
  g_clear_object (&SHOAL_APP (object)->split_view);
  G_OBJECT_CLASS (shoal_app_parent_class)->dispose (object);
}

static void
shoal_app_class_init (ShoalAppClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags param_flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = shoal_app_get_property;
  object_class->dispose = shoal_app_dispose;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_object_class_install_property (
        object_class, i + 1,
        g_param_spec_string (texts[i].name, NULL, NULL, NULL, param_flags));
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    g_object_class_install_property (
        object_class, FIRST_FLAG + i,
        g_param_spec_boolean (flags[i].name, NULL, NULL, FALSE, param_flags));
  g_object_class_install_property (
      object_class, PROP_UPDATE,
      g_param_spec_object ("update", NULL, NULL, SHOAL_TYPE_UPDATE, param_flags));
  g_object_class_install_property (object_class, PROP_TARGET,
                                   g_param_spec_variant ("target", NULL, NULL,
                                                         G_VARIANT_TYPE_STRING, NULL,
                                                         param_flags));
  g_object_class_install_property (
      object_class, PROP_SPLIT_VIEW,
      g_param_spec_object ("split-view", NULL, NULL, SHOAL_TYPE_SPLIT_VIEW, param_flags));
}

static void
shoal_app_init (ShoalApp *self)
{
}

ShoalApp *
shoal_app_new (GDBusProxy *proxy)
{
  ShoalApp *self = g_object_new (SHOAL_TYPE_APP, NULL);

  shoal_proxy_object_set_proxy (BASE (self), proxy);
  return self;
}

void
shoal_app_set_update (ShoalApp *self, ShoalUpdate *update)
{
  if (self->update == update)
    return;
  drop_update (self);
  if (update != NULL)
    {
      self->update = g_object_ref (update);
      self->update_changed_id = g_signal_connect_swapped (
          update, "notify::state", G_CALLBACK (shoal_proxy_object_notify_all), self);
    }
  shoal_proxy_object_notify_all (BASE (self));
}

ShoalUpdate *
shoal_app_get_update (ShoalApp *self)
{
  return self->update;
}

char *
shoal_app_dup_id (ShoalApp *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "Id");
}

char *
shoal_app_dup_name (ShoalApp *self)
{
  g_autofree char *name = shoal_proxy_object_dup_string (BASE (self), "Name");

  return *name != '\0' ? g_steal_pointer (&name) : shoal_app_dup_id (self);
}

gboolean
shoal_app_is_held (ShoalApp *self)
{
  return shoal_proxy_object_get_boolean (BASE (self), "Held");
}

void
shoal_app_set_split_view (ShoalApp *self, ShoalSplitView *split_view)
{
  if (g_set_object (&self->split_view, split_view))
    shoal_proxy_object_notify_all (BASE (self));
}
