/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-release.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-format.h"

struct _ShoalRelease
{
  GObject parent_instance;

  char *app_id;            /* (owned) */
  char *name;              /* (owned) */
  char *summary;           /* (owned) */
  char *version;           /* (owned) */
  char *installed_version; /* (owned) */
  char *release_notes;     /* (owned) */
  char *source;            /* (owned) */
  char *source_name;       /* (owned) */
  char **publishers;       /* (owned) */
  guint64 size_bytes;
  gboolean is_installed;
  gboolean is_trusted;
};

G_DEFINE_FINAL_TYPE (ShoalRelease, shoal_release, G_TYPE_OBJECT)

enum
{
  PROP_APP_ID = 1,
  PROP_NAME,
  PROP_SUMMARY,
  PROP_VERSION,
  PROP_INSTALLED_VERSION,
  PROP_RELEASE_NOTES,
  PROP_SUBTITLE,
  PROP_PUBLISHERS_TEXT,
  PROP_SIZE_TEXT,
  PROP_SOURCE_TEXT,
  PROP_TRUST_TEXT,
  LAST_TEXT = PROP_TRUST_TEXT,
  PROP_IS_INSTALLED,
  PROP_IS_TRUSTED,
  PROP_HAS_NOTES,
  PROP_HAS_SUMMARY,
  N_PROPS
};

static const char *const names[N_PROPS] = {
  NULL,
  "app-id",
  "name",
  "summary",
  "version",
  "installed-version",
  "release-notes",
  "subtitle",
  "publishers-text",
  "size-text",
  "source-text",
  "trust-text",
  "is-installed",
  "is-trusted",
  "has-notes",
  "has-summary",
};

static char *
dup_subtitle (ShoalRelease *self)
{
  g_autofree char *size = shoal_format_bytes (self->size_bytes);

  if (*self->summary == '\0')
    /* Translators: version and size of an app, "1.2 · 34.2 MB" */
    return g_strdup_printf (_ ("%s · %s"), self->version, size);
  return g_strdup (self->summary);
}

static char *
dup_source_text (ShoalRelease *self)
{
  const char *kind = self->source;

  if (g_str_equal (self->source, "master"))
    kind = _ ("Server");
  else if (g_str_equal (self->source, "peer"))
    kind = _ ("Peer");
  else if (g_str_equal (self->source, "gateway"))
    kind = _ ("Gateway");
  else if (g_str_equal (self->source, "file"))
    kind = _ ("File");
  if (*self->source_name == '\0')
    return g_strdup (kind);
  /* Translators: kind and name of where something came from, "Server: example.org" */
  return g_strdup_printf (_ ("%s: %s"), kind, self->source_name);
}

static char *
dup_text (ShoalRelease *self, guint prop_id)
{
  switch (prop_id)
    {
    case PROP_APP_ID:
      return g_strdup (self->app_id);
    case PROP_NAME:
      return g_strdup (shoal_release_get_name (self));
    case PROP_SUMMARY:
      return g_strdup (self->summary);
    case PROP_VERSION:
      return g_strdup (self->version);
    case PROP_INSTALLED_VERSION:
      return g_strdup (self->installed_version);
    case PROP_RELEASE_NOTES:
      return g_strdup (self->release_notes);
    case PROP_SUBTITLE:
      return dup_subtitle (self);
    case PROP_PUBLISHERS_TEXT:
      return self->publishers[0] != NULL ? g_strjoinv ("\n", self->publishers)
                                         : g_strdup (_ ("Not known"));
    case PROP_SIZE_TEXT:
      return shoal_format_bytes (self->size_bytes);
    case PROP_TRUST_TEXT:
      return g_strdup (self->is_trusted
                           ? _ ("You have installed from this publisher before.")
                           : _ ("You see this publisher for the first time. Compare the "
                                "fingerprint with the one the publisher tells."));
    default:
      return dup_source_text (self);
    }
}

static void
shoal_release_get_property (GObject *object,
                            guint prop_id,
                            GValue *value,
                            GParamSpec *pspec)
{
  ShoalRelease *self = SHOAL_RELEASE (object);

  switch (prop_id)
    {
    case PROP_IS_INSTALLED:
      g_value_set_boolean (value, self->is_installed);
      break;
    case PROP_IS_TRUSTED:
      g_value_set_boolean (value, self->is_trusted);
      break;
    case PROP_HAS_NOTES:
      g_value_set_boolean (value, *self->release_notes != '\0');
      break;
    case PROP_HAS_SUMMARY:
      g_value_set_boolean (value, *self->summary != '\0');
      break;
    default:
      g_value_take_string (value, dup_text (self, prop_id));
    }
}

static void
shoal_release_finalize (GObject *object)
{
  ShoalRelease *self = SHOAL_RELEASE (object);

  g_free (self->app_id);
  g_free (self->name);
  g_free (self->summary);
  g_free (self->version);
  g_free (self->installed_version);
  g_free (self->release_notes);
  g_free (self->source);
  g_free (self->source_name);
  g_strfreev (self->publishers);
  G_OBJECT_CLASS (shoal_release_parent_class)->finalize (object);
}

static void
shoal_release_class_init (ShoalReleaseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = shoal_release_get_property;
  object_class->finalize = shoal_release_finalize;
  for (guint i = 1; i < N_PROPS; i++)
    g_object_class_install_property (
        object_class, i,
        i <= LAST_TEXT ? g_param_spec_string (names[i], NULL, NULL, NULL, flags)
                       : g_param_spec_boolean (names[i], NULL, NULL, FALSE, flags));
}

static void
shoal_release_init (ShoalRelease *self)
{
}

static char *
lookup_string (GVariant *info, const char *key)
{
  char *text = NULL;

  return g_variant_lookup (info, key, "s", &text) ? text : g_strdup ("");
}

ShoalRelease *
shoal_release_new (GVariant *info)
{
  ShoalRelease *self = g_object_new (SHOAL_TYPE_RELEASE, NULL);

  self->app_id = lookup_string (info, "app");
  self->name = lookup_string (info, "name");
  self->summary = lookup_string (info, "summary");
  self->version = lookup_string (info, "version");
  self->installed_version = lookup_string (info, "installed-version");
  self->release_notes = lookup_string (info, "release-notes");
  self->source = lookup_string (info, "source");
  self->source_name = lookup_string (info, "source-name");
  if (!g_variant_lookup (info, "publishers", "^as", &self->publishers))
    self->publishers = g_new0 (char *, 1);
  g_variant_lookup (info, "size", "t", &self->size_bytes);
  g_variant_lookup (info, "trusted", "b", &self->is_trusted);
  if (!g_variant_lookup (info, "installed", "b", &self->is_installed))
    self->is_installed = *self->installed_version != '\0';
  return self;
}

const char *
shoal_release_get_app_id (ShoalRelease *self)
{
  return self->app_id;
}

const char *
shoal_release_get_name (ShoalRelease *self)
{
  return *self->name != '\0' ? self->name : self->app_id;
}

const char *
shoal_release_get_publisher (ShoalRelease *self)
{
  return self->publishers[0];
}
