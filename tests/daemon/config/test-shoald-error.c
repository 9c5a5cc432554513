/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "config/shoald-error.h"

#include <gio/gio.h>

#include "node/mesh.h"

static void
check (GQuark domain, int code, const char *nick)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, "text");

  g_assert_cmpstr (shoald_error_get_nick (error), ==, nick);
}

static void
test_nicks (void)
{
  check (SHOALD_ERROR, SHOALD_ERROR_ARGUMENT, "InvalidArgument");
  check (SHOALD_ERROR, SHOALD_ERROR_NAME, "NameTaken");
  check (SHOALD_ERROR, SHOALD_ERROR_N_CODES, "Failed");
  check (SHOALD_ERROR, -1, "Failed");
  check (MESH_ERROR, MESH_ERROR_WRONG_STATE, "WrongState");
  check (MESH_ERROR, MESH_ERROR_UNSAFE_PATH, "UnsafePath");
  check (MESH_ERROR, MESH_ERROR_N_CODES, "Failed");
  check (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  check (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "NoSpace");
  check (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "Unreachable");
  check (G_IO_ERROR, G_IO_ERROR_FAILED, "Io");
  check (G_MARKUP_ERROR, 0, "Failed");
}

/* Names are what clients act on: two codes must not share one by accident. */
static void
test_unique (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = 0; code < SHOALD_ERROR_N_CODES; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (SHOALD_ERROR, code, "");

      g_assert_true (g_hash_table_add (seen, (gpointer) shoald_error_get_nick (error)));
    }
  for (int code = 0; code < MESH_ERROR_N_CODES; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (MESH_ERROR, code, "");

      g_assert_true (g_hash_table_add (seen, (gpointer) shoald_error_get_nick (error)));
    }
  g_assert_false (g_hash_table_contains (seen, "Failed"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/error/nicks", test_nicks);
  g_test_add_func ("/shoald/error/unique", test_unique);
  return g_test_run ();
}
