/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-peer-book-db.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "base/mesh-error.h"

#define T0 (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

typedef struct
{
  char *dir;  /* (owned) */
  char *path; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("shoal-book-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "peers.db", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->path);
}

static MeshPeerId *
make_id (guint32 number)
{
  guint8 bytes[34] = { 0x12, 32 };

  memcpy (bytes + 2, &number, sizeof number);
  return mesh_peer_id_from_bytes (bytes, sizeof bytes, NULL);
}

static MeshPeerTable *
make_table (void)
{
  g_autoptr (MeshPeerId) self = make_id (G_MAXUINT32);

  return mesh_peer_table_new (self, 1);
}

static void
store (Fixture *fixture, guint32 first, guint32 n)
{
  g_autoptr (MeshPeerTable) table = make_table ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPeerBookDb) db = mesh_peer_book_db_open (fixture->path, &error);
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse ("/ip4/8.8.8.8/tcp/1", NULL);
  g_autoptr (GPtrArray) rows = NULL;

  g_assert_no_error (error);
  for (guint32 i = first; i < first + n; i++)
    {
      g_autoptr (MeshPeerId) id = make_id (i);
      MeshPeerEntry *entry = mesh_peer_table_ensure (table, id, T0 + i * G_USEC_PER_SEC);

      mesh_peer_table_add_addr (entry, addr, MESH_PEER_ADDR_SIGNED);
    }
  rows = mesh_peer_table_take_rows (table);
  g_assert_true (mesh_peer_book_db_write (db, rows, &error));
  g_assert_no_error (error);
}

static guint
load (Fixture *fixture)
{
  g_autoptr (MeshPeerTable) table = make_table ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPeerBookDb) db = mesh_peer_book_db_open (fixture->path, &error);

  g_assert_no_error (error);
  g_assert_true (mesh_peer_book_db_load (db, table, T0 * 2, &error));
  g_assert_no_error (error);
  return mesh_peer_table_get_n_peers (table);
}

static void
test_round (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) rows
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_peer_table_free_row);
  g_autoptr (MeshPeerBookDb) db = NULL;
  g_autoptr (MeshPeerId) id = make_id (5);
  MeshPeerRow *row = g_new0 (MeshPeerRow, 1);
  gsize len;
  const guint8 *bytes = mesh_peer_id_get_bytes (id, &len);

  g_assert_cmpuint (load (fixture), ==, 0);
  store (fixture, 0, 10);
  g_assert_cmpuint (load (fixture), ==, 10);
  store (fixture, 5, 10);
  g_assert_cmpuint (load (fixture), ==, 15);
  row->id = g_bytes_new (bytes, len);
  row->is_removed = TRUE;
  g_ptr_array_add (rows, row);
  db = mesh_peer_book_db_open (fixture->path, NULL);
  g_assert_true (mesh_peer_book_db_write (db, rows, NULL));
  g_assert_cmpuint (load (fixture), ==, 14);
}

/* What is no database is set aside, kept, and a new one begun. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *aside = g_strconcat (fixture->path, ".damaged", NULL);
  g_autofree char *junk = g_strnfill (20000, 'x');
  g_autofree char *kept = NULL;

  g_assert_true (g_file_set_contents (fixture->path, junk, -1, NULL));
  g_assert_cmpuint (load (fixture), ==, 0);
  g_assert_true (g_file_get_contents (aside, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, junk);
  store (fixture, 0, 3);
  g_assert_cmpuint (load (fixture), ==, 3);
}

static void
run_sql (Fixture *fixture, const char *sql)
{
  sqlite3 *handle;

  g_assert_cmpint (sqlite3_open (fixture->path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
}

static void
test_newer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  store (fixture, 0, 3);
  run_sql (fixture, "PRAGMA user_version = 99");
  g_assert_null (mesh_peer_book_db_open (fixture->path, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
}

static void
test_bad_row (Fixture *fixture, gconstpointer data)
{
  store (fixture, 0, 3);
  run_sql (fixture, "INSERT INTO peers VALUES (x'00', x'', 0, 0, NULL, 0, 0, 0, 0, x'')");
  run_sql (fixture, "UPDATE peers SET score = x'ff' WHERE"
                    " id = (SELECT min (id) FROM peers WHERE length (id) > 1)");
  g_assert_cmpuint (load (fixture), ==, 2);
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "none", "peers.db", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (mesh_peer_book_db_open (path, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/peer-book-db/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("round", test_round);
  ADD ("damaged", test_damaged);
  ADD ("newer", test_newer);
  ADD ("bad-row", test_bad_row);
  ADD ("no-folder", test_no_folder);
  return g_test_run ();
}
