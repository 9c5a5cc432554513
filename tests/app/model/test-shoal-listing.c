/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* What a result of a search says to a person. */
#include "config.h"

#include "model/shoal-listing.h"

#define FINGERPRINT "SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8"

static ShoalListing *
listing_new (const char *text)
{
  ShoalListing *listing = g_object_new (SHOAL_TYPE_LISTING, NULL);

  shoal_dict_object_set_dict (SHOAL_DICT_OBJECT (listing), g_variant_new_parsed (text));
  return listing;
}

static void
assert_text (ShoalListing *listing, const char *property, const char *expected)
{
  g_autofree char *text = NULL;

  g_object_get (listing, property, &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static gboolean
flag (ShoalListing *listing, const char *property)
{
  gboolean value;

  g_object_get (listing, property, &value, NULL);
  return value;
}

static void
test_full (void)
{
  g_autoptr (ShoalListing) listing = listing_new (
      "{'app': <'org.example.Charts'>, 'name': <'Charts'>, 'version': <'1.8.1'>,"
      " 'summary': <'Draws'>, 'publisher': <'Figures'>, 'fingerprint': <'" FINGERPRINT
      "'>, 'verified': <true>, 'categories': <['Office', 'weather']>,"
      " 'link': <'shoal:org.example.Charts?x'>, 'split-view': <'4'>,"
      " 'sources': <['local', 'https://a.example', '12D3KooWa', '12D3KooWb']>}");
  g_autoptr (GVariant) target = NULL;
  g_autoptr (GVariant) id = NULL;

  assert_text (listing, "name", "Charts");
  assert_text (listing, "publisher-text", "Figures · eUXGGm1YGsMA…");
  assert_text (listing, "short-fingerprint", "eUXGGm1YGsMA…");
  assert_text (listing, "fingerprint", FINGERPRINT);
  assert_text (listing, "trust-title", "Signature checked");
  assert_text (listing, "sources-text", "This computer · 2 peers · Server");
  assert_text (listing, "sources-details",
               "The list on this computer\nServer https://a.example\nPeer 12D3KooWa\n"
               "Peer 12D3KooWb");
  assert_text (listing, "categories-text", "Office · Weather");
  assert_text (listing, "state-text", "");
  g_assert_true (flag (listing, "is-verified"));
  g_assert_true (flag (listing, "can-install"));
  g_assert_true (flag (listing, "has-split-view"));
  g_assert_false (flag (listing, "has-size"));
  g_object_get (listing, "target", &target, "id-target", &id, NULL);
  g_assert_cmpstr (g_variant_get_string (target, NULL), ==, "shoal:org.example.Charts?x");
  g_assert_cmpstr (g_variant_get_string (id, NULL), ==, "org.example.Charts");
}

static void
test_bare (void)
{
  g_autoptr (ShoalListing) listing
      = listing_new ("{'app': <'org.example.X'>, 'sources': <['12D3KooWa']>}");
  g_autoptr (GVariant) target = NULL;

  assert_text (listing, "name", "org.example.X");
  assert_text (listing, "publisher-text", "Publisher not known");
  assert_text (listing, "trust-title", "Not verified");
  assert_text (listing, "sources-text", "1 peer");
  assert_text (listing, "size-text", "—");
  g_assert_false (flag (listing, "has-fingerprint"));
  g_assert_true (flag (listing, "is-unverified"));
  g_object_get (listing, "target", &target, NULL);
  g_assert_cmpstr (g_variant_get_string (target, NULL), ==, "org.example.X");
}

/* Fingerprints are text of others: of any length, and not always ASCII. */
static void
test_odd_fingerprints (void)
{
  static const char *const cases[][2] = {
    { "SHA256:short", "short" },
    { "no colon in it at all", "no colon in …" },
    { "SHA256:", "" },
    { "äöüäöüäöüäöüäöü", "äöüäöüäöüäöü…" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("{'app': <'a'>, 'publishers': <['%s']>}", cases[i][0]);
      g_autoptr (ShoalListing) listing = listing_new (text);

      assert_text (listing, "short-fingerprint", cases[i][1]);
      assert_text (listing, "fingerprint", cases[i][0]);
    }
}

static void
test_one_of_each_channel (void)
{
  g_autoptr (GListStore) list = g_list_store_new (SHOAL_TYPE_LISTING);
  g_autoptr (GVariant) results = g_variant_ref_sink (
      g_variant_new_parsed ("[{'app': <'a'>, 'channel': <'stable'>},"
                            " {'app': <'a'>, 'channel': <'beta'>},"
                            " {'app': <'a'>, 'channel': <'stable'>}]"));

  shoal_listing_update_list (list, results);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoal-listing/full", test_full);
  g_test_add_func ("/shoal-listing/bare", test_bare);
  g_test_add_func ("/shoal-listing/odd-fingerprints", test_odd_fingerprints);
  g_test_add_func ("/shoal-listing/one-of-each-channel", test_one_of_each_channel);
  return g_test_run ();
}
