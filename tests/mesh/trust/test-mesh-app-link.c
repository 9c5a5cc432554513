/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "trust/mesh-app-link.h"

#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
test_good (void)
{
  static const struct
  {
    const char *text;
    const char *app_id;
    const char *channel;
    const char *fingerprint;
    const char *again;
  } good[] = {
    { "org.example.App", "org.example.App", "stable", NULL, "shoal:org.example.App" },
    { "shoal:org.example.App", "org.example.App", "stable", NULL,
      "shoal:org.example.App" },
    { "SHOAL:a.b?key=" KEY, "a.b", "stable", KEY, "shoal:a.b?key=" KEY },
    { "shoal:a.b?channel=beta", "a.b", "beta", NULL, "shoal:a.b?channel=beta" },
    { "shoal:a.b?x=1&key=" KEY "&channel=beta", "a.b", "beta", KEY,
      "shoal:a.b?key=" KEY "&channel=beta" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshAppLink) link = mesh_app_link_parse (good[i].text, &error);
      g_autofree char *again = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (link->app_id, ==, good[i].app_id);
      g_assert_cmpstr (link->channel, ==, good[i].channel);
      g_assert_cmpstr (link->fingerprint, ==, good[i].fingerprint);
      again = mesh_app_link_to_string (link);
      g_assert_cmpstr (again, ==, good[i].again);
    }
}

static void
test_bad (void)
{
  static const char *const bad[] = {
    "",
    "shoal:",
    "shoal:app",
    "http://a.b",
    "shoal://a.b",
    "shoal:../a.b",
    "shoal:a.b?key=",
    "shoal:a.b?key=12",
    "shoal:a.b?key=" KEY "0",
    "shoal:a.b?key=" KEY "&key=" KEY,
    "shoal:a.b?channel=",
    "shoal:a.b?channel=A/B",
    "shoal:a.b#x",
  };
  g_autofree char *longest = g_strnfill (MESH_APP_LINK_MAX_LEN + 1, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("bad %" G_GSIZE_FORMAT, i);
      g_assert_null (mesh_app_link_parse (bad[i], &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
  g_assert_null (mesh_app_link_parse (longest, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/app-link/good", test_good);
  g_test_add_func ("/trust/app-link/bad", test_bad);
  return g_test_run ();
}
