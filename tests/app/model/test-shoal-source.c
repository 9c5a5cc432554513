/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-source.h"

static GVariant *
parse (const char *text)
{
  return g_variant_ref_sink (g_variant_new_parsed (text));
}

static char *
dup_text (GListStore *list, guint position, const char *property)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (list), position);
  char *text = NULL;

  g_assert_nonnull (item);
  g_object_get (item, property, &text, NULL);
  return text;
}

static void
test_texts (void)
{
  g_autoptr (GListStore) list = g_list_store_new (SHOAL_TYPE_SOURCE);
  g_autoptr (GVariant) sources = parse (
      "[{'kind': <'peer'>, 'id': <'12D3KooWabcdefgh'>, 'bytes': <uint64 3000000>,"
      "  'rate': <uint64 1000>},"
      " {'kind': <'local'>, 'bytes': <uint64 1000000>},"
      " {'kind': <'moon'>, 'id': <7>, 'bytes': <'many'>}]");
  g_autofree char *peer = NULL;
  g_autofree char *amount = NULL;
  g_autofree char *local = NULL;
  g_autofree char *odd = NULL;
  g_autoptr (GObject) first = NULL;
  double fraction;

  shoal_source_list_update (list, sources);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 3);
  peer = dup_text (list, 0, "title");
  amount = dup_text (list, 0, "amount-text");
  local = dup_text (list, 1, "title");
  odd = dup_text (list, 2, "title");
  g_assert_cmpstr (peer, ==, "…abcdefgh");
  g_assert_cmpstr (amount, ==, "3.0\u00a0MB · 1.0\u00a0kB/s");
  g_assert_cmpstr (local, ==, "This computer");
  g_assert_cmpstr (odd, ==, "moon");
  first = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_object_get (first, "fraction", &fraction, NULL);
  g_assert_cmpfloat (fraction, ==, 0.75);
}

static void
test_same_objects_stay (void)
{
  g_autoptr (GListStore) list = g_list_store_new (SHOAL_TYPE_SOURCE);
  g_autoptr (GVariant) before
      = parse ("[{'kind': <'peer'>, 'id': <'a'>, 'bytes': <uint64 1>},"
               " {'kind': <'peer'>, 'id': <'b'>, 'bytes': <uint64 1>}]");
  g_autoptr (GVariant) after
      = parse ("[{'kind': <'peer'>, 'id': <'a'>, 'bytes': <uint64 2>}]");
  g_autoptr (GObject) first = NULL;
  g_autoptr (GObject) again = NULL;
  g_autofree char *amount = NULL;

  shoal_source_list_update (list, before);
  first = g_list_model_get_item (G_LIST_MODEL (list), 0);
  shoal_source_list_update (list, after);
  again = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_true (first == again);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
  amount = dup_text (list, 0, "amount-text");
  g_assert_cmpstr (amount, ==, "2 bytes");
  shoal_source_list_update (list, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
}

static void
test_bounds (void)
{
  g_autoptr (GListStore) list = g_list_store_new (SHOAL_TYPE_SOURCE);
  g_autoptr (GVariant) wrong = parse ("['text']");
  g_autoptr (GVariant) many = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < 1000; i++)
    g_variant_builder_add_parsed (&builder, "{'bytes': <%t>}", G_MAXUINT64);
  many = g_variant_ref_sink (g_variant_builder_end (&builder));
  shoal_source_list_update (list, many);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 64);
  shoal_source_list_update (list, wrong);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoal-source/texts", test_texts);
  g_test_add_func ("/shoal-source/same-objects-stay", test_same_objects_stay);
  g_test_add_func ("/shoal-source/bounds", test_bounds);
  return g_test_run ();
}
