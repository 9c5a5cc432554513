/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-split-view.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-format.h"

#define MAX_VIEWS 64 /* as many as the daemon says it sends */

struct _ShoalSplitView
{
  ShoalDictObject parent_instance;
};

G_DEFINE_FINAL_TYPE (ShoalSplitView, shoal_split_view, SHOAL_TYPE_DICT_OBJECT)

#define BASE(self) SHOAL_DICT_OBJECT (self)

static gboolean
is_stale_master (ShoalSplitView *self)
{
  return g_str_equal (shoal_dict_object_get_string (BASE (self), "kind"), "stale-master");
}

static char *
dup_id (ShoalSplitView *self)
{
  return g_strdup (shoal_split_view_get_id (self));
}

static char *
dup_app_id (ShoalSplitView *self)
{
  return g_strdup (shoal_split_view_get_app_id (self));
}

static char *
dup_title (ShoalSplitView *self)
{
  if (is_stale_master (self))
    return g_strdup (_ ("The Server Is Behind Its Peers"));
  return g_strdup (_ ("Two Different Releases With One Number"));
}

static char *
dup_summary (ShoalSplitView *self)
{
  const char *app_id = shoal_split_view_get_app_id (self);
  const char *a = shoal_dict_object_get_string (BASE (self), "a-version");
  const char *b = shoal_dict_object_get_string (BASE (self), "b-version");

  if (is_stale_master (self))
    /* Translators: id of an app, and two versions, the older one first */
    return g_strdup_printf (
        _ ("The server offers %s %s, but peers have already seen %s."), app_id, a, b);
  /* Translators: id of an app */
  return g_strdup_printf (
      _ ("%s was signed twice with the same number, but with different "
         "contents."),
      app_id);
}

static char *
dup_advice (ShoalSplitView *self)
{
  if (is_stale_master (self))
    return g_strdup (
        _ ("The server may be slow, or somebody may be holding back updates "
           "from you. Shoal installs nothing from the older side. If it stays "
           "so for a day, ask whoever runs the server."));
  return g_strdup (
      _ ("The publisher made a mistake, or somebody else has the publisher’s "
         "key. Do not install this app until the publisher has explained "
         "it."));
}

static char *
dup_message (ShoalSplitView *self)
{
  return g_strdup (shoal_dict_object_get_string (BASE (self), "message"));
}

static char *
dup_time_text (ShoalSplitView *self)
{
  gint64 then_s = shoal_dict_object_get_int64 (BASE (self), "time");
  g_autofree char *since
      = shoal_format_since (then_s, g_get_real_time () / G_USEC_PER_SEC);

  /* Translators: %s is "5 min ago" or "just now" */
  return g_strdup_printf (_ ("Noticed %s"), since);
}

/* A URL is a server; anything else is the id of a peer. */
static char *
dup_side_title (ShoalSplitView *self, const char *key)
{
  const char *source = shoal_dict_object_get_string (BASE (self), key);

  if (g_str_has_prefix (source, "http"))
    /* Translators: %s is the address of a server */
    return g_strdup_printf (_ ("Server %s"), source);
  if (*source != '\0')
    /* Translators: %s is the id of a peer */
    return g_strdup_printf (_ ("Peer %s"), source);
  return g_strdup (_ ("Peers"));
}

static char *
dup_side_text (ShoalSplitView *self,
               const char *version_key,
               const char *counter_key,
               const char *digest_key)
{
  const char *version = shoal_dict_object_get_string (BASE (self), version_key);
  const char *digest = shoal_dict_object_get_string (BASE (self), digest_key);
  g_autofree char *counter = g_strdup_printf (
      "%" G_GUINT64_FORMAT, shoal_dict_object_get_uint64 (BASE (self), counter_key));

  if (*digest == '\0')
    /* Translators: a version, and the number of the release that only ever grows */
    return g_strdup_printf (_ ("Version %s, release number %s"), version, counter);
  /* Translators: a version, the number of the release, and a checksum */
  return g_strdup_printf (_ ("Version %s, release number %s\nSHA3-256 %s"), version,
                          counter, digest);
}

static char *
dup_a_title (ShoalSplitView *self)
{
  return dup_side_title (self, "a-source");
}

static char *
dup_b_title (ShoalSplitView *self)
{
  return dup_side_title (self, "b-source");
}

static char *
dup_a_text (ShoalSplitView *self)
{
  return dup_side_text (self, "a-version", "a-counter", "a-digest");
}

static char *
dup_b_text (ShoalSplitView *self)
{
  return dup_side_text (self, "b-version", "b-counter", "b-digest");
}

static char *
dup_evidence (ShoalSplitView *self)
{
  return g_strdup (shoal_dict_object_get_string (BASE (self), "evidence"));
}

static const struct
{
  const char *name;
  char *(*dup) (ShoalSplitView *self);
} texts[] = {
  { "id", dup_id },           { "app-id", dup_app_id },       { "title", dup_title },
  { "summary", dup_summary }, { "advice", dup_advice },       { "message", dup_message },
  { "a-title", dup_a_title }, { "time-text", dup_time_text }, { "a-text", dup_a_text },
  { "b-title", dup_b_title }, { "evidence", dup_evidence },   { "b-text", dup_b_text },
};

enum
{
  PROP_HAS_EVIDENCE = G_N_ELEMENTS (texts) + 1,
};

static void
shoal_split_view_get_property (GObject *object,
                               guint prop_id,
                               GValue *value,
                               GParamSpec *pspec)
{
  ShoalSplitView *self = SHOAL_SPLIT_VIEW (object);

  if (prop_id <= G_N_ELEMENTS (texts))
    g_value_take_string (value, texts[prop_id - 1].dup (self));
  else if (prop_id == PROP_HAS_EVIDENCE)
    g_value_set_boolean (value,
                         *shoal_dict_object_get_string (BASE (self), "evidence") != '\0');
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
shoal_split_view_class_init (ShoalSplitViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = shoal_split_view_get_property;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_object_class_install_property (
        object_class, i + 1,
        g_param_spec_string (texts[i].name, NULL, NULL, NULL, flags));
  g_object_class_install_property (
      object_class, PROP_HAS_EVIDENCE,
      g_param_spec_boolean ("has-evidence", NULL, NULL, FALSE, flags));
}

static void
shoal_split_view_init (ShoalSplitView *self)
{
}

const char *
shoal_split_view_get_id (ShoalSplitView *self)
{
  return shoal_dict_object_get_string (BASE (self), "id");
}

const char *
shoal_split_view_get_app_id (ShoalSplitView *self)
{
  return shoal_dict_object_get_string (BASE (self), "app");
}

void
shoal_split_view_update_list (GListStore *list, GVariant *views)
{
  static const char *const keys[] = { "id", NULL };

  shoal_dict_object_update_list (list, views, keys, MAX_VIEWS);
}

ShoalSplitView *
shoal_split_view_find (GListModel *list, const char *app_id)
{
  guint n_views = g_list_model_get_n_items (list);

  for (guint i = 0; i < n_views; i++)
    {
      g_autoptr (ShoalSplitView) view = g_list_model_get_item (list, i);

      if (g_str_equal (shoal_split_view_get_app_id (view), app_id))
        return view; /* the list keeps it */
    }
  return NULL;
}
