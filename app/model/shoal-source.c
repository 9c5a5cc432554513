/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-source.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-format.h"

#define MAX_SOURCES 64 /* as many as the daemon says it sends */

struct _ShoalSource
{
  GObject parent_instance;

  char *kind; /* (owned) */
  char *id;   /* (owned) */
  char *name; /* (owned) */
  guint64 n_bytes;
  guint64 rate_bps;
  double fraction;
};

G_DEFINE_FINAL_TYPE (ShoalSource, shoal_source, G_TYPE_OBJECT)

enum
{
  PROP_TITLE = 1,
  PROP_KIND_TEXT,
  PROP_AMOUNT_TEXT,
  PROP_ID,
  PROP_ICON_NAME,
  PROP_FRACTION,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static const struct
{
  const char *kind;
  const char *text;
  const char *icon_name;
} kinds[] = {
  { "local", N_ ("This computer"), "computer-symbolic" },
  { "peer", N_ ("Peer"), "system-users-symbolic" },
  { "gateway", N_ ("Gateway"), "network-server-symbolic" },
  { "master", N_ ("Server"), "network-server-symbolic" },
};

static gsize
kind_index (ShoalSource *self)
{
  gsize i = 0;

  while (i < G_N_ELEMENTS (kinds) && !g_str_equal (self->kind, kinds[i].kind))
    i++;
  return i;
}

static const char *
get_kind_text (ShoalSource *self)
{
  gsize i = kind_index (self);

  return i < G_N_ELEMENTS (kinds) ? _ (kinds[i].text) : self->kind;
}

static char *
dup_title (ShoalSource *self)
{
  if (g_str_equal (self->kind, "local"))
    return g_strdup (get_kind_text (self));
  if (*self->name != '\0' && !g_str_equal (self->name, self->id))
    return g_strdup (self->name);
  if (g_str_equal (self->kind, "peer"))
    return shoal_format_short_id (self->id);
  return g_strdup (*self->id != '\0' ? self->id : get_kind_text (self));
}

static char *
dup_amount_text (ShoalSource *self)
{
  g_autofree char *amount = shoal_format_bytes (self->n_bytes);
  g_autofree char *rate = NULL;

  if (self->rate_bps == 0)
    return g_steal_pointer (&amount);
  rate = shoal_format_rate (self->rate_bps);
  /* Translators: what a peer has given so far and how fast, "3.2 MB · 1 MB/s" */
  return g_strdup_printf (_ ("%s · %s"), amount, rate);
}

static void
shoal_source_get_property (GObject *object,
                           guint prop_id,
                           GValue *value,
                           GParamSpec *pspec)
{
  ShoalSource *self = SHOAL_SOURCE (object);
  gsize kind = kind_index (self);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_take_string (value, dup_title (self));
      break;
    case PROP_KIND_TEXT:
      g_value_set_string (value, get_kind_text (self));
      break;
    case PROP_AMOUNT_TEXT:
      g_value_take_string (value, dup_amount_text (self));
      break;
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, kind < G_N_ELEMENTS (kinds) ? kinds[kind].icon_name
                                                             : "network-wired-symbolic");
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
shoal_source_finalize (GObject *object)
{
  ShoalSource *self = SHOAL_SOURCE (object);

  g_free (self->kind);
  g_free (self->id);
  g_free (self->name);
  G_OBJECT_CLASS (shoal_source_parent_class)->finalize (object);
}

static void
shoal_source_class_init (ShoalSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = shoal_source_get_property;
  object_class->finalize = shoal_source_finalize;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_KIND_TEXT] = g_param_spec_string ("kind-text", NULL, NULL, NULL, flags);
  props[PROP_AMOUNT_TEXT] = g_param_spec_string ("amount-text", NULL, NULL, NULL, flags);
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  props[PROP_FRACTION]
      = g_param_spec_double ("fraction", NULL, NULL, 0.0, 1.0, 0.0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
shoal_source_init (ShoalSource *self)
{
}

static char *
lookup_string (GVariant *dict, const char *key)
{
  char *text = NULL;

  return g_variant_lookup (dict, key, "s", &text) ? text : g_strdup ("");
}

static ShoalSource *
source_new (GVariant *dict, guint64 total_bytes)
{
  ShoalSource *self = g_object_new (SHOAL_TYPE_SOURCE, NULL);

  self->kind = lookup_string (dict, "kind");
  self->id = lookup_string (dict, "id");
  self->name = lookup_string (dict, "name");
  g_variant_lookup (dict, "bytes", "t", &self->n_bytes);
  g_variant_lookup (dict, "rate", "t", &self->rate_bps);
  self->fraction = total_bytes > 0 ? (double) self->n_bytes / (double) total_bytes : 0.0;
  return self;
}

static gboolean
is_same (ShoalSource *a, ShoalSource *b)
{
  return g_str_equal (a->id, b->id) && g_str_equal (a->kind, b->kind);
}

/* Takes over the figures of @fresh. */
static void
refresh (ShoalSource *self, ShoalSource *fresh)
{
  if (self->n_bytes == fresh->n_bytes && self->rate_bps == fresh->rate_bps
      && self->fraction == fresh->fraction)
    return;
  self->n_bytes = fresh->n_bytes;
  self->rate_bps = fresh->rate_bps;
  self->fraction = fresh->fraction;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_AMOUNT_TEXT]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
}

static guint64
sum_bytes (GVariant *sources)
{
  guint64 total_bytes = 0;

  for (gsize i = 0; i < MIN (g_variant_n_children (sources), MAX_SOURCES); i++)
    {
      g_autoptr (GVariant) dict = g_variant_get_child_value (sources, i);
      guint64 n_bytes = 0;

      g_variant_lookup (dict, "bytes", "t", &n_bytes);
      if (!g_uint64_checked_add (&total_bytes, total_bytes, n_bytes))
        return G_MAXUINT64;
    }
  return total_bytes;
}

void
shoal_source_list_update (GListStore *list, GVariant *sources)
{
  gsize n_sources = 0;
  guint64 total_bytes = 0;
  guint n_items;

  if (sources != NULL && g_variant_is_of_type (sources, G_VARIANT_TYPE ("aa{sv}")))
    {
      n_sources = MIN (g_variant_n_children (sources), MAX_SOURCES);
      total_bytes = sum_bytes (sources);
    }
  for (guint i = 0; i < n_sources; i++)
    {
      g_autoptr (GVariant) dict = g_variant_get_child_value (sources, i);
      g_autoptr (ShoalSource) fresh = source_new (dict, total_bytes);
      g_autoptr (ShoalSource) old = g_list_model_get_item (G_LIST_MODEL (list), i);

      if (old != NULL && is_same (old, fresh))
        refresh (old, fresh);
      else
        g_list_store_splice (list, i, old != NULL ? 1 : 0, (gpointer *) &fresh, 1);
    }
  n_items = g_list_model_get_n_items (G_LIST_MODEL (list));
  if (n_items > n_sources)
    g_list_store_splice (list, n_sources, n_items - n_sources, NULL, 0);
}
