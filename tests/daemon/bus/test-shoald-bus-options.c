/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-options.h"

#include <string.h>

#include "config/shoald-error.h"

static GVariant *
parse (const char *text)
{
  GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (value);
  return value;
}

static void
test_values (void)
{
  g_autoptr (GVariant) options = parse ("{'s': <'text'>, 'b': <true>, 'u': <uint32 5>, "
                                        "'x': <int64 9>, 'as': <['a', 'b']>}");
  ShoaldBusOptions reader;
  g_auto (GStrv) list = NULL;

  shoald_bus_options_init (&reader, options);
  g_assert_cmpstr (shoald_bus_options_string (&reader, "s", NULL), ==, "text");
  g_assert_true (shoald_bus_options_boolean (&reader, "b", FALSE));
  g_assert_cmpuint (shoald_bus_options_uint (&reader, "u", 1, 10, 2), ==, 5);
  g_assert_cmpint (shoald_bus_options_int64 (&reader, "x", 1, 0), ==, 9);
  list = shoald_bus_options_dup_strv (&reader, "as");
  g_assert_cmpuint (g_strv_length (list), ==, 2);
  g_assert_no_error (reader.error);
}

static void
test_defaults (void)
{
  g_autoptr (GVariant) options = parse ("{'unknown': <(1, 2)>}");
  ShoaldBusOptions reader;

  shoald_bus_options_init (&reader, options);
  g_assert_cmpstr (shoald_bus_options_string (&reader, "s", "d"), ==, "d");
  g_assert_true (shoald_bus_options_boolean (&reader, "b", TRUE));
  g_assert_cmpuint (shoald_bus_options_uint (&reader, "u", 1, 10, 2), ==, 2);
  g_assert_null (shoald_bus_options_dup_strv (&reader, "as"));
  g_assert_no_error (reader.error);
}

static void
test_wrong (void)
{
  static const char *const bad[] = {
    "{'k': <uint32 1>}", "{'k': <'text'>}",    "{'k': <true>}",   "{'k': <int64 -1>}",
    "{'k': <['a']>}",    "{'k': <uint32 99>}", "{'k': <@av []>}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) options = parse (bad[i]);
      ShoaldBusOptions reader;
      g_auto (GStrv) list = NULL;

      shoald_bus_options_init (&reader, options);
      (void) shoald_bus_options_string (&reader, "k", NULL);
      (void) shoald_bus_options_boolean (&reader, "k", FALSE);
      (void) shoald_bus_options_uint (&reader, "k", 0, 10, 2);
      (void) shoald_bus_options_int64 (&reader, "k", 0, 0);
      list = shoald_bus_options_dup_strv (&reader, "k");
      g_assert_error (reader.error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
      g_assert_nonnull (strstr (reader.error->message, "Option k:"));
      g_clear_error (&reader.error);
    }
}

/* The first error is kept. */
static void
test_first_error (void)
{
  g_autoptr (GVariant) options = parse ("{'a': <1>, 'b': <2>}");
  ShoaldBusOptions reader;

  shoald_bus_options_init (&reader, options);
  (void) shoald_bus_options_string (&reader, "a", NULL);
  (void) shoald_bus_options_string (&reader, "b", NULL);
  shoald_bus_options_fail (&reader, "c", "no");
  g_assert_nonnull (strstr (reader.error->message, "Option a:"));
  g_clear_error (&reader.error);
}

static void
test_long_list (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  GVariantDict dict;
  g_autoptr (GVariant) options = NULL;
  ShoaldBusOptions reader;

  for (guint i = 0; i <= SHOALD_BUS_OPTIONS_MAX_LIST; i++)
    g_strv_builder_add (builder, "x");
  list = g_strv_builder_end (builder);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "k", "^as", list);
  options = g_variant_ref_sink (g_variant_dict_end (&dict));
  shoald_bus_options_init (&reader, options);
  g_assert_null (shoald_bus_options_dup_strv (&reader, "k"));
  g_assert_error (reader.error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT);
  g_clear_error (&reader.error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/bus-options/values", test_values);
  g_test_add_func ("/shoald/bus-options/defaults", test_defaults);
  g_test_add_func ("/shoald/bus-options/wrong", test_wrong);
  g_test_add_func ("/shoald/bus-options/first-error", test_first_error);
  g_test_add_func ("/shoald/bus-options/long-list", test_long_list);
  return g_test_run ();
}
