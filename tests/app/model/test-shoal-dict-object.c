/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* Lists of dictionaries: objects stay, whatever comes from the bus is survived. */
#include "config.h"

#include "proxy/shoal-dict-object.h"

#include "model/shoal-category.h"

static const char *const keys[] = { "id", NULL };

static void
update (GListStore *list, const char *text)
{
  g_autoptr (GVariant) dicts = g_variant_ref_sink (g_variant_new_parsed (text));

  shoal_dict_object_update_list (list, dicts, keys, 5);
}

static char *
describe (GListStore *list)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (ShoalCategory) item = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_string_append_printf (text, "%s ", shoal_category_get_id (item));
    }
  return g_string_free (text, FALSE);
}

static void
assert_list (GListStore *list, const char *expected)
{
  g_autofree char *text = describe (list);

  g_assert_cmpstr (text, ==, expected);
}

static void
changed_cb (GString *log, guint position, guint n_removed, guint n_added)
{
  g_string_append_printf (log, "%u-%u+%u ", position, n_removed, n_added);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_objects_stay (void)
{
  g_autoptr (GListStore) list = g_list_store_new (SHOAL_TYPE_CATEGORY);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GObject) b = NULL;
  g_autoptr (GObject) again = NULL;
  guint n_notified = 0;

  g_signal_connect_swapped (list, "items-changed", G_CALLBACK (changed_cb), log);
  update (list, "[{'id': <'a'>}, {'id': <'b'>, 'count': <uint32 1>}, {'id': <'c'>}]");
  b = g_list_model_get_item (G_LIST_MODEL (list), 1);
  g_signal_connect_swapped (b, "notify::count", G_CALLBACK (count_cb), &n_notified);
  update (list, "[{'id': <'a'>}, {'id': <'b'>, 'count': <uint32 1>}, {'id': <'c'>}]");
  g_assert_cmpuint (n_notified, ==, 0);
  update (list, "[{'id': <'a'>}, {'id': <'b'>, 'count': <uint32 2>}, {'id': <'c'>}]");
  g_assert_cmpuint (n_notified, ==, 1);
  update (list, "[{'id': <'a'>}, {'id': <'x'>}, {'id': <'b'>, 'count': <uint32 2>},"
                " {'id': <'c'>}]");
  assert_list (list, "a x b c ");
  update (list, "[{'id': <'b'>, 'count': <uint32 2>}]");
  assert_list (list, "b ");
  again = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_true (again == b);
  g_assert_cmpuint (n_notified, ==, 1);
  /* Three came, one came in between, then b alone was left. */
  g_assert_cmpstr (log->str, ==, "0-0+3 1-0+1 0-4+1 ");
}

static void
test_hostile (void)
{
  g_autoptr (GListStore) list = g_list_store_new (SHOAL_TYPE_CATEGORY);
  g_autoptr (GVariant) odd = g_variant_ref_sink (g_variant_new_string ("no list"));

  update (list, "[{'id': <'a'>}, {'id': <'a'>}, {'id': <7>}, {'id': <''>},"
                " {'name': <'x'>}, {'id': <'b'>}]");
  assert_list (list, "a b ");
  update (list, "[{'id': <'1'>}, {'id': <'2'>}, {'id': <'3'>}, {'id': <'4'>},"
                " {'id': <'5'>}, {'id': <'6'>}]");
  assert_list (list, "1 2 3 4 5 "); /* no more than were asked for */
  shoal_dict_object_update_list (list, odd, keys, 5);
  assert_list (list, "");
  update (list, "[{'id': <'a'>}]");
  shoal_dict_object_update_list (list, NULL, keys, 5);
  assert_list (list, "");
}

static void
test_values (void)
{
  g_autoptr (ShoalDictObject) object = g_object_new (SHOAL_TYPE_CATEGORY, NULL);
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) none = NULL;

  g_assert_cmpstr (shoal_dict_object_get_string (object, "text"), ==, "");
  shoal_dict_object_set_dict (
      object,
      g_variant_new_parsed ("{'text': <'x'>, 'words': <['a', 'b']>, 'yes': <true>,"
                            " 'small': <uint32 7>, 'large': <uint64 8000000000>,"
                            " 'time': <int64 -5>}"));
  g_assert_cmpstr (shoal_dict_object_get_string (object, "text"), ==, "x");
  g_assert_cmpstr (shoal_dict_object_get_string (object, "yes"), ==, "");
  g_assert_true (shoal_dict_object_get_boolean (object, "yes"));
  g_assert_false (shoal_dict_object_get_boolean (object, "text"));
  g_assert_cmpuint (shoal_dict_object_get_uint64 (object, "small"), ==, 7);
  g_assert_cmpuint (shoal_dict_object_get_uint64 (object, "large"), ==, 8000000000);
  g_assert_cmpuint (shoal_dict_object_get_uint64 (object, "time"), ==, 0);
  g_assert_cmpint (shoal_dict_object_get_int64 (object, "time"), ==, -5);
  words = shoal_dict_object_dup_strv (object, "words");
  g_assert_cmpuint (g_strv_length (words), ==, 2);
  none = shoal_dict_object_dup_strv (object, "text");
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoal-dict-object/objects-stay", test_objects_stay);
  g_test_add_func ("/shoal-dict-object/hostile", test_hostile);
  g_test_add_func ("/shoal-dict-object/values", test_values);
  return g_test_run ();
}
