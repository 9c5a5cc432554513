/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* What a person is told when the Master Server and the mesh disagree. */
#include "config.h"

#include "model/shoal-split-view.h"

static GListStore *
views_new (const char *text)
{
  g_autoptr (GVariant) dicts = g_variant_ref_sink (g_variant_new_parsed (text));
  GListStore *list = g_list_store_new (SHOAL_TYPE_SPLIT_VIEW);

  shoal_split_view_update_list (list, dicts);
  return list;
}

static void
assert_text (ShoalSplitView *view, const char *property, const char *expected)
{
  g_autofree char *text = NULL;

  g_object_get (view, property, &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_stale_master (void)
{
  g_autoptr (GListStore) list = views_new (
      "[{'id': <'7'>, 'app': <'org.example.X'>, 'kind': <'stale-master'>,"
      "  'a-source': <'https://a.example'>, 'a-version': <'1.0.0'>, 'a-counter': <uint64 "
      "4>,"
      "  'a-digest': <'00ff'>, 'b-version': <'1.1.0'>, 'b-counter': <uint64 5>}]");
  ShoalSplitView *view = shoal_split_view_find (G_LIST_MODEL (list), "org.example.X");
  gboolean has_evidence = TRUE;

  g_assert_nonnull (view);
  g_assert_cmpstr (shoal_split_view_get_id (view), ==, "7");
  assert_text (view, "title", "The Server Is Behind Its Peers");
  assert_text (
      view, "summary",
      "The server offers org.example.X 1.0.0, but peers have already seen 1.1.0.");
  assert_text (view, "a-title", "Server https://a.example");
  assert_text (view, "a-text", "Version 1.0.0, release number 4\nSHA3-256 00ff");
  assert_text (view, "b-title", "Peers");
  assert_text (view, "b-text", "Version 1.1.0, release number 5");
  assert_text (view, "time-text", "Noticed never");
  g_object_get (view, "has-evidence", &has_evidence, NULL);
  g_assert_false (has_evidence);
}

static void
test_two_manifests (void)
{
  g_autoptr (GListStore) list
      = views_new ("[{'id': <'8'>, 'app': <'org.example.X'>, 'kind': <'two-manifests'>,"
                   "  'a-source': <'12D3KooWa'>, 'evidence': <'/tmp/8'>},"
                   " {'id': <'6'>, 'app': <'org.example.X'>, 'kind': <'stale-master'>}]");
  ShoalSplitView *view = shoal_split_view_find (G_LIST_MODEL (list), "org.example.X");

  /* The latest comes first. */
  g_assert_cmpstr (shoal_split_view_get_id (view), ==, "8");
  assert_text (view, "title", "Two Different Releases With One Number");
  assert_text (view, "summary",
               "org.example.X was signed twice with the same number, but with different "
               "contents.");
  assert_text (view, "a-title", "Peer 12D3KooWa");
  assert_text (view, "evidence", "/tmp/8");
  g_assert_null (shoal_split_view_find (G_LIST_MODEL (list), "org.example.Y"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoal-split-view/stale-master", test_stale_master);
  g_test_add_func ("/shoal-split-view/two-manifests", test_two_manifests);
  return g_test_run ();
}
