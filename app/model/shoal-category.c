/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-category.h"

#include <glib/gi18n-lib.h>

#define MAX_CATEGORIES 24 /* as many as a page can show; the fullest come first */

struct _ShoalCategory
{
  ShoalDictObject parent_instance;
};

G_DEFINE_FINAL_TYPE (ShoalCategory, shoal_category, SHOAL_TYPE_DICT_OBJECT)

#define BASE(self) SHOAL_DICT_OBJECT (self)

enum
{
  PROP_ID = 1,
  PROP_TITLE,
  PROP_COUNT,
  PROP_COUNT_TEXT,
  PROP_ICON_NAME,
  PROP_SPEECH_TEXT,
  PROP_TARGET,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Those of the desktop menu specification, and words that publishers use for them. */
static const struct
{
  const char *id;
  const char *title;
  const char *icon_name;
} known[] = {
  { "audiovideo", N_ ("Audio and Video"), "applications-multimedia-symbolic" },
  { "audio", N_ ("Audio"), "applications-multimedia-symbolic" },
  { "video", N_ ("Video"), "applications-multimedia-symbolic" },
  { "music", N_ ("Music"), "applications-multimedia-symbolic" },
  { "development", N_ ("Development"), "applications-engineering-symbolic" },
  { "education", N_ ("Education"), "applications-science-symbolic" },
  { "game", N_ ("Games"), "applications-games-symbolic" },
  { "games", N_ ("Games"), "applications-games-symbolic" },
  { "graphics", N_ ("Graphics"), "applications-graphics-symbolic" },
  { "maps", N_ ("Maps"), "mark-location-symbolic" },
  { "network", N_ ("Network"), "network-workgroup-symbolic" },
  { "office", N_ ("Office"), "x-office-document-symbolic" },
  { "plugin", N_ ("Plugins"), "application-x-addon-symbolic" },
  { "science", N_ ("Science"), "applications-science-symbolic" },
  { "settings", N_ ("Settings"), "preferences-system-symbolic" },
  { "system", N_ ("System"), "applications-system-symbolic" },
  { "utility", N_ ("Utilities"), "applications-utilities-symbolic" },
  { "utilities", N_ ("Utilities"), "applications-utilities-symbolic" },
};

static gsize
known_index (const char *id)
{
  g_autofree char *folded = g_ascii_strdown (id, -1);
  gsize i = 0;

  while (i < G_N_ELEMENTS (known) && !g_str_equal (folded, known[i].id))
    i++;
  return i;
}

char *
shoal_category_dup_title (const char *id)
{
  gsize i = known_index (id);
  g_autofree char *first = NULL;

  if (i < G_N_ELEMENTS (known))
    return g_strdup (_ (known[i].title));
  if (*id == '\0')
    return g_strdup ("");
  first = g_utf8_strup (id, g_utf8_next_char (id) - id);
  return g_strconcat (first, g_utf8_next_char (id), NULL);
}

static const char *
get_icon_name (ShoalCategory *self)
{
  gsize i = known_index (shoal_category_get_id (self));

  return i < G_N_ELEMENTS (known) ? known[i].icon_name : "view-app-grid-symbolic";
}

static guint
get_count (ShoalCategory *self)
{
  return (guint) MIN (shoal_dict_object_get_uint64 (BASE (self), "count"), G_MAXUINT);
}

static char *
dup_speech_text (ShoalCategory *self)
{
  g_autofree char *title = shoal_category_dup_title (shoal_category_get_id (self));
  guint count = get_count (self);

  /* Translators: a category and how many apps are in it */
  return g_strdup_printf (ngettext ("%s, %u app", "%s, %u apps", count), title, count);
}

static void
shoal_category_get_property (GObject *object,
                             guint prop_id,
                             GValue *value,
                             GParamSpec *pspec)
{
  ShoalCategory *self = SHOAL_CATEGORY (object);
  const char *id = shoal_category_get_id (self);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, id);
      break;
    case PROP_TITLE:
      g_value_take_string (value, shoal_category_dup_title (id));
      break;
    case PROP_COUNT:
      g_value_set_uint (value, get_count (self));
      break;
    case PROP_COUNT_TEXT:
      g_value_take_string (value, g_strdup_printf ("%u", get_count (self)));
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, get_icon_name (self));
      break;
    case PROP_SPEECH_TEXT:
      g_value_take_string (value, dup_speech_text (self));
      break;
    case PROP_TARGET:
      g_value_take_variant (value, g_variant_ref_sink (g_variant_new_string (id)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
shoal_category_class_init (ShoalCategoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = shoal_category_get_property;
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_COUNT_TEXT] = g_param_spec_string ("count-text", NULL, NULL, NULL, flags);
  props[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  props[PROP_SPEECH_TEXT] = g_param_spec_string ("speech-text", NULL, NULL, NULL, flags);
  props[PROP_TARGET]
      = g_param_spec_variant ("target", NULL, NULL, G_VARIANT_TYPE_STRING, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
shoal_category_init (ShoalCategory *self)
{
}

const char *
shoal_category_get_id (ShoalCategory *self)
{
  return shoal_dict_object_get_string (BASE (self), "id");
}

void
shoal_category_update_list (GListStore *list, GVariant *categories)
{
  static const char *const keys[] = { "id", NULL };

  shoal_dict_object_update_list (list, categories, keys, MAX_CATEGORIES);
}
