/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-listing.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-format.h"
#include "model/shoal-category.h"

/* Enough of a fingerprint to recognise it in a list; details have all of it. */
#define SHORT_FINGERPRINT_CHARS 12

struct _ShoalListing
{
  ShoalDictObject parent_instance;

  ShoalApp *app; /* (owned) (nullable) */
  ShoalJob *job; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalListing, shoal_listing, SHOAL_TYPE_DICT_OBJECT)

#define BASE(self) SHOAL_DICT_OBJECT (self)

static const char *
get_string (ShoalListing *self, const char *key)
{
  return shoal_dict_object_get_string (BASE (self), key);
}

static gboolean
is_verified (ShoalListing *self)
{
  return shoal_dict_object_get_boolean (BASE (self), "verified");
}

static gboolean
is_unverified (ShoalListing *self)
{
  return !is_verified (self);
}

static gboolean
is_installed (ShoalListing *self)
{
  gboolean is_there = FALSE;

  if (self->app == NULL)
    return FALSE;
  g_object_get (self->app, "is-installed", &is_there, NULL);
  return is_there;
}

static gboolean
is_installing (ShoalListing *self)
{
  return self->job != NULL;
}

static gboolean
can_install (ShoalListing *self)
{
  return !is_installed (self) && !is_installing (self);
}

/* "SHA256:" or the like stays: it says what is compared. */
static char *
dup_fingerprint (ShoalListing *self)
{
  const char *fingerprint = get_string (self, "fingerprint");
  g_auto (GStrv) publishers = NULL;

  if (*fingerprint != '\0')
    return g_strdup (fingerprint);
  publishers = shoal_dict_object_dup_strv (BASE (self), "publishers");
  return g_strdup (publishers[0] != NULL ? publishers[0] : "");
}

static gboolean
has_fingerprint (ShoalListing *self)
{
  g_autofree char *fingerprint = dup_fingerprint (self);

  return *fingerprint != '\0';
}

static char *
dup_short_fingerprint (ShoalListing *self)
{
  g_autofree char *fingerprint = dup_fingerprint (self);
  const char *colon = strchr (fingerprint, ':');
  const char *from = colon != NULL ? colon + 1 : fingerprint;

  if (g_utf8_strlen (from, -1) <= SHORT_FINGERPRINT_CHARS)
    return g_strdup (from);
  *g_utf8_offset_to_pointer (from, SHORT_FINGERPRINT_CHARS) = '\0';
  return g_strconcat (from, "…", NULL);
}

static char *
dup_publisher_name (ShoalListing *self)
{
  return g_strdup (get_string (self, "publisher"));
}

static gboolean
has_publisher_name (ShoalListing *self)
{
  return *get_string (self, "publisher") != '\0';
}

static char *
dup_publisher_text (ShoalListing *self)
{
  const char *name = get_string (self, "publisher");
  g_autofree char *fingerprint = dup_short_fingerprint (self);

  if (*name == '\0')
    return *fingerprint != '\0' ? g_steal_pointer (&fingerprint)
                                : g_strdup (_ ("Publisher not known"));
  if (*fingerprint == '\0')
    return g_strdup (name);
  /* Translators: the name a publisher gives itself, and the beginning of the fingerprint
     of its key, "The Painters · uNiVztksCsDh…" */
  return g_strdup_printf (_ ("%s · %s"), name, fingerprint);
}

static char *
dup_trust_title (ShoalListing *self)
{
  return g_strdup (is_verified (self) ? _ ("Signature checked") : _ ("Not verified"));
}

static char *
dup_trust_text (ShoalListing *self)
{
  if (is_verified (self))
    return g_strdup (_ ("This computer has checked that the owner of this key signed it. "
                        "Whether that is the publisher you mean, only the fingerprint "
                        "tells: compare it with the one on their website."));
  if (has_fingerprint (self))
    return g_strdup (
        _ ("This is what others say; the signature has not been checked here "
           "yet. It is checked before anything is installed."));
  return g_strdup (
      _ ("Nobody has said yet who signs this app. You see the fingerprint of "
         "its publisher before anything is installed."));
}

/* How many of each kind say so. */
static void
count_sources (ShoalListing *self, guint *n_local, guint *n_peers, guint *n_servers)
{
  g_auto (GStrv) sources = shoal_dict_object_dup_strv (BASE (self), "sources");

  *n_local = *n_peers = *n_servers = 0;
  for (guint i = 0; sources[i] != NULL; i++)
    {
      if (g_str_equal (sources[i], "local"))
        (*n_local)++;
      else if (g_str_has_prefix (sources[i], "http"))
        (*n_servers)++;
      else
        (*n_peers)++;
    }
}

static char *
dup_sources_text (ShoalListing *self)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  guint n_local, n_peers, n_servers;

  count_sources (self, &n_local, &n_peers, &n_servers);
  if (n_local > 0)
    g_ptr_array_add (parts, g_strdup (_ ("This computer")));
  if (n_peers > 0)
    g_ptr_array_add (
        parts, g_strdup_printf (ngettext ("%u peer", "%u peers", n_peers), n_peers));
  if (n_servers > 0)
    g_ptr_array_add (parts, g_strdup (_ ("Server")));
  if (parts->len == 0)
    g_ptr_array_add (parts, g_strdup (_ ("Not known")));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}

static char *
dup_sources_details (ShoalListing *self)
{
  g_auto (GStrv) sources = shoal_dict_object_dup_strv (BASE (self), "sources");
  GString *text = g_string_new (NULL);

  for (guint i = 0; sources[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (text, '\n');
      if (g_str_equal (sources[i], "local"))
        g_string_append (text, _ ("The list on this computer"));
      else if (g_str_has_prefix (sources[i], "http"))
        /* Translators: %s is the address of a server */
        g_string_append_printf (text, _ ("Server %s"), sources[i]);
      else
        /* Translators: %s is the id of a peer */
        g_string_append_printf (text, _ ("Peer %s"), sources[i]);
    }
  if (text->len == 0)
    g_string_append (text, _ ("Not known"));
  return g_string_free (text, FALSE);
}

static char *
dup_categories_text (ShoalListing *self)
{
  g_auto (GStrv) categories = shoal_dict_object_dup_strv (BASE (self), "categories");

  for (guint i = 0; categories[i] != NULL; i++)
    {
      char *title = shoal_category_dup_title (categories[i]);

      g_free (categories[i]);
      categories[i] = title;
    }
  return g_strjoinv (" · ", categories);
}

static char *
dup_state_text (ShoalListing *self)
{
  g_autofree char *version = NULL;
  char *text = NULL;

  if (self->job != NULL)
    {
      g_object_get (self->job, "detail-text", &text, NULL);
      return text;
    }
  if (!is_installed (self))
    return g_strdup ("");
  g_object_get (self->app, "installed-version", &version, NULL);
  /* Translators: %s is a version */
  return g_strdup_printf (_ ("Installed: %s"), version);
}

static gboolean
has_state (ShoalListing *self)
{
  return is_installed (self) || is_installing (self);
}

static char *
dup_app_id (ShoalListing *self)
{
  return g_strdup (shoal_listing_get_app_id (self));
}

static char *
dup_name (ShoalListing *self)
{
  const char *name = get_string (self, "name");

  return *name != '\0' ? g_strdup (name) : dup_app_id (self);
}

static char *
dup_summary (ShoalListing *self)
{
  return g_strdup (get_string (self, "summary"));
}

static char *
dup_version (ShoalListing *self)
{
  return g_strdup (get_string (self, "version"));
}

static char *
dup_link (ShoalListing *self)
{
  return g_strdup (get_string (self, "link"));
}

static char *
dup_split_view_id (ShoalListing *self)
{
  return g_strdup (get_string (self, "split-view"));
}

static char *
dup_size_text (ShoalListing *self)
{
  guint64 size_bytes = shoal_dict_object_get_uint64 (BASE (self), "size");

  return shoal_format_bytes (size_bytes > 0 ? size_bytes : SHOAL_FORMAT_UNKNOWN);
}

static char *
dup_speech_text (ShoalListing *self)
{
  g_autofree char *name = dup_name (self);
  g_autofree char *publisher = dup_publisher_text (self);
  g_autofree char *trust = dup_trust_title (self);
  g_autofree char *sources = dup_sources_text (self);
  g_autofree char *state = dup_state_text (self);

  /* Translators: an app as a screen reader says it: name, version, what it is, who
     publishes it, whether the signature was checked, who offers it, and whether it is
     installed */
  return g_strdup_printf (_ ("%s, version %s. %s. Publisher: %s, %s. Found at: %s. %s"),
                          name, get_string (self, "version"),
                          get_string (self, "summary"), publisher, trust, sources, state);
}

static gboolean
has_link (ShoalListing *self)
{
  return *get_string (self, "link") != '\0';
}

static gboolean
has_size (ShoalListing *self)
{
  return shoal_dict_object_get_uint64 (BASE (self), "size") > 0;
}

static gboolean
has_split_view (ShoalListing *self)
{
  return *get_string (self, "split-view") != '\0';
}

static gboolean
has_summary (ShoalListing *self)
{
  return *get_string (self, "summary") != '\0';
}

static gboolean
has_categories (ShoalListing *self)
{
  g_auto (GStrv) categories = shoal_dict_object_dup_strv (BASE (self), "categories");

  return categories[0] != NULL;
}

static const struct
{
  const char *name;
  char *(*dup) (ShoalListing *self);
} texts[] = {
  { "app-id", dup_app_id },
  { "name", dup_name },
  { "summary", dup_summary },
  { "version", dup_version },
  { "link", dup_link },
  { "size-text", dup_size_text },
  { "fingerprint", dup_fingerprint },
  { "short-fingerprint", dup_short_fingerprint },
  { "publisher-name", dup_publisher_name },
  { "publisher-text", dup_publisher_text },
  { "trust-title", dup_trust_title },
  { "trust-text", dup_trust_text },
  { "sources-text", dup_sources_text },
  { "sources-details", dup_sources_details },
  { "categories-text", dup_categories_text },
  { "state-text", dup_state_text },
  { "speech-text", dup_speech_text },
  { "split-view-id", dup_split_view_id },
};

static const struct
{
  const char *name;
  gboolean (*get) (ShoalListing *self);
} flags[] = {
  { "is-verified", is_verified },
  { "is-unverified", is_unverified },
  { "is-installed", is_installed },
  { "is-installing", is_installing },
  { "can-install", can_install },
  { "has-fingerprint", has_fingerprint },
  { "has-link", has_link },
  { "has-size", has_size },
  { "has-split-view", has_split_view },
  { "has-state", has_state },
  { "has-summary", has_summary },
  { "has-categories", has_categories },
  { "has-publisher-name", has_publisher_name },
};

enum
{
  FIRST_FLAG = G_N_ELEMENTS (texts) + 1,
  PROP_APP = FIRST_FLAG + G_N_ELEMENTS (flags),
  PROP_JOB,
  PROP_TARGET,
  PROP_ID_TARGET,
};

static GVariant *
new_target (ShoalListing *self, gboolean is_link)
{
  const char *text = is_link && has_link (self) ? get_string (self, "link")
                                                : shoal_listing_get_app_id (self);

  return g_variant_ref_sink (g_variant_new_string (text));
}

static void
shoal_listing_get_property (GObject *object,
                            guint prop_id,
                            GValue *value,
                            GParamSpec *pspec)
{
  ShoalListing *self = SHOAL_LISTING (object);

  if (prop_id < FIRST_FLAG)
    g_value_take_string (value, texts[prop_id - 1].dup (self));
  else if (prop_id < PROP_APP)
    g_value_set_boolean (value, flags[prop_id - FIRST_FLAG].get (self));
  else if (prop_id == PROP_APP)
    g_value_set_object (value, self->app);
  else if (prop_id == PROP_JOB)
    g_value_set_object (value, self->job);
  else
    g_value_take_variant (value, new_target (self, prop_id == PROP_TARGET));
}

static void
drop_state (ShoalListing *self)
{
  if (self->app != NULL)
    g_signal_handlers_disconnect_by_data (self->app, self);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->app);
  g_clear_object (&self->job);
}

static void
shoal_listing_dispose (GObject *object)
{
  drop_state (SHOAL_LISTING (object));
  G_OBJECT_CLASS (shoal_listing_parent_class)->dispose (object);
}

static void
shoal_listing_class_init (ShoalListingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags param_flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GVariantType *string = G_VARIANT_TYPE_STRING;
  GParamSpec *specs[] = {
    g_param_spec_object ("app", NULL, NULL, SHOAL_TYPE_APP, param_flags),
    g_param_spec_object ("job", NULL, NULL, SHOAL_TYPE_JOB, param_flags),
    g_param_spec_variant ("target", NULL, NULL, string, NULL, param_flags),
    g_param_spec_variant ("id-target", NULL, NULL, string, NULL, param_flags),
  };

  object_class->get_property = shoal_listing_get_property;
  object_class->dispose = shoal_listing_dispose;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_object_class_install_property (
        object_class, i + 1,
        g_param_spec_string (texts[i].name, NULL, NULL, NULL, param_flags));
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    g_object_class_install_property (
        object_class, FIRST_FLAG + i,
        g_param_spec_boolean (flags[i].name, NULL, NULL, FALSE, param_flags));
  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    g_object_class_install_property (object_class, PROP_APP + i, specs[i]);
}

static void
shoal_listing_init (ShoalListing *self)
{
}

const char *
shoal_listing_get_app_id (ShoalListing *self)
{
  return get_string (self, "app");
}

void
shoal_listing_set_state (ShoalListing *self, ShoalApp *app, ShoalJob *job)
{
  if (self->app == app && self->job == job)
    return;
  drop_state (self);
  if (app != NULL)
    {
      self->app = g_object_ref (app);
      g_signal_connect_swapped (app, "notify::installed-version",
                                G_CALLBACK (shoal_dict_object_notify_all), self);
    }
  if (job != NULL)
    {
      self->job = g_object_ref (job);
      g_signal_connect_swapped (job, "notify::detail-text",
                                G_CALLBACK (shoal_dict_object_notify_all), self);
    }
  shoal_dict_object_notify_all (BASE (self));
}

void
shoal_listing_update_list (GListStore *list, GVariant *results)
{
  static const char *const keys[] = { "app", "channel", NULL };

  shoal_dict_object_update_list (list, results, keys, SHOAL_LISTING_MAX);
}
