/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* Names, icons and numbers of categories, known and unknown. */
#include "config.h"

#include "model/shoal-category.h"

static void
assert_title (const char *id, const char *expected)
{
  g_autofree char *title = shoal_category_dup_title (id);

  g_assert_cmpstr (title, ==, expected);
}

static void
test_titles (void)
{
  assert_title ("AudioVideo", "Audio and Video");
  assert_title ("game", "Games");
  assert_title ("weather", "Weather");
  assert_title ("übung", "Übung");
  assert_title ("", "");
}

static void
test_list (void)
{
  g_autoptr (GListStore) list = g_list_store_new (SHOAL_TYPE_CATEGORY);
  g_autoptr (GVariant) dicts = g_variant_ref_sink (g_variant_new_parsed (
      "[{'id': <'Office'>, 'count': <uint32 1>}, {'id': <'x'>, 'count': <uint32 12>}]"));
  g_autoptr (ShoalCategory) office = NULL;
  g_autoptr (ShoalCategory) other = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autofree char *speech = NULL;
  g_autofree char *other_speech = NULL;
  g_autofree char *icon = NULL;
  guint count = 0;

  shoal_category_update_list (list, dicts);
  office = g_list_model_get_item (G_LIST_MODEL (list), 0);
  other = g_list_model_get_item (G_LIST_MODEL (list), 1);
  g_object_get (office, "speech-text", &speech, "icon-name", &icon, "target", &target,
                NULL);
  g_object_get (other, "speech-text", &other_speech, "count", &count, NULL);
  g_assert_cmpstr (speech, ==, "Office, 1 app");
  g_assert_cmpstr (icon, ==, "x-office-document-symbolic");
  g_assert_cmpstr (g_variant_get_string (target, NULL), ==, "Office");
  g_assert_cmpstr (other_speech, ==, "X, 12 apps");
  g_assert_cmpuint (count, ==, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoal-category/titles", test_titles);
  g_test_add_func ("/shoal-category/list", test_list);
  return g_test_run ();
}
