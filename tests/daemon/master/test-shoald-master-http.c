/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-http.h"

#include "node/mesh.h"

static void
test_etags (void)
{
  g_assert_true (shoald_master_http_etag_matches ("\"a\"", "\"a\""));
  g_assert_true (shoald_master_http_etag_matches ("W/\"a\"", "\"a\""));
  g_assert_true (shoald_master_http_etag_matches ("\"a\"", "W/\"a\""));
  g_assert_true (shoald_master_http_etag_matches ("\"b\" , \"a\"", "\"a\""));
  g_assert_true (shoald_master_http_etag_matches ("*", "\"a\""));
  g_assert_false (shoald_master_http_etag_matches ("\"b\"", "\"a\""));
  g_assert_false (shoald_master_http_etag_matches ("a", "\"a\""));
  g_assert_false (shoald_master_http_etag_matches ("", "\"a\""));
  g_assert_false (shoald_master_http_etag_matches (NULL, "\"a\""));
}

/* Every way a release is refused is a fault of the client; what is our fault is 5xx. */
static void
test_statuses (void)
{
  for (int code = 0; code < MESH_ERROR_N_CODES; code++)
    {
      g_autoptr (GError) error = g_error_new (MESH_ERROR, code, "x");
      guint status = shoald_master_http_status_for (error);

      g_assert_cmpuint (status, >=, 400);
      g_assert_cmpuint (status, <, 600);
      if (code >= MESH_ERROR_BAD_SIGNATURE)
        g_assert_cmpuint (status, <, 500);
      if (code == MESH_ERROR_CORRUPT || code == MESH_ERROR_IO)
        g_assert_cmpuint (status, ==, 500);
    }
}

static void
test_foreign_error (void)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, "x");

  g_assert_cmpuint (shoald_master_http_status_for (error), ==, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/master/http/etags", test_etags);
  g_test_add_func ("/master/http/statuses", test_statuses);
  g_test_add_func ("/master/http/foreign-error", test_foreign_error);
  return g_test_run ();
}
