/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-options.h"

#include "config/shoald-error.h"

void
shoald_bus_options_init (ShoaldBusOptions *reader, GVariant *options)
{
  *reader = (ShoaldBusOptions){ .options = options };
}

void
shoald_bus_options_fail (ShoaldBusOptions *reader, const char *key, const char *problem)
{
  if (reader->error == NULL)
    g_set_error (&reader->error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT, "Option %s: %s",
                 key, problem);
}

/* Returns a new reference, or %NULL: not there, or an error. */
static GVariant *
lookup (ShoaldBusOptions *reader, const char *key, const char *type)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (reader->options, key, NULL);
  g_autofree char *problem = NULL;

  if (value == NULL || reader->error != NULL)
    return NULL;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE (type)))
    return g_steal_pointer (&value);
  problem = g_strdup_printf ("its type is “%s”, not “%s”", type,
                             g_variant_get_type_string (value));
  shoald_bus_options_fail (reader, key, problem);
  return NULL;
}

const char *
shoald_bus_options_string (ShoaldBusOptions *reader,
                           const char *key,
                           const char *fallback)
{
  g_autoptr (GVariant) value = lookup (reader, key, "s");

  /* The options hold the text as long as they live. */
  return value != NULL ? g_variant_get_string (value, NULL) : fallback;
}

gboolean
shoald_bus_options_boolean (ShoaldBusOptions *reader, const char *key, gboolean fallback)
{
  g_autoptr (GVariant) value = lookup (reader, key, "b");

  return value != NULL ? g_variant_get_boolean (value) : fallback;
}

guint
shoald_bus_options_uint (ShoaldBusOptions *reader,
                         const char *key,
                         guint min,
                         guint max,
                         guint fallback)
{
  g_autoptr (GVariant) value = lookup (reader, key, "u");
  g_autofree char *problem = NULL;
  guint number;

  if (value == NULL)
    return fallback;
  number = g_variant_get_uint32 (value);
  if (number >= min && number <= max)
    return number;
  problem = g_strdup_printf ("%u is not from %u to %u", number, min, max);
  shoald_bus_options_fail (reader, key, problem);
  return fallback;
}

gint64
shoald_bus_options_int64 (ShoaldBusOptions *reader,
                          const char *key,
                          gint64 min,
                          gint64 fallback)
{
  g_autoptr (GVariant) value = lookup (reader, key, "x");

  if (value == NULL)
    return fallback;
  if (g_variant_get_int64 (value) >= min)
    return g_variant_get_int64 (value);
  shoald_bus_options_fail (reader, key, "the number is too small");
  return fallback;
}

char **
shoald_bus_options_dup_strv (ShoaldBusOptions *reader, const char *key)
{
  g_autoptr (GVariant) value = lookup (reader, key, "as");

  if (value == NULL)
    return NULL;
  if (g_variant_n_children (value) <= SHOALD_BUS_OPTIONS_MAX_LIST)
    return g_variant_dup_strv (value, NULL);
  shoald_bus_options_fail (reader, key, "the list is too long");
  return NULL;
}
