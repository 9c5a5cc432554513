/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-dht-store.h"

#include <sqlite3.h>

#include "dht-node.h"

typedef struct
{
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("dht-store-XXXXXX", NULL);
  f->path = g_build_filename (f->dir, "dht.db", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *damaged = g_strconcat (f->path, ".damaged", NULL);

  g_unlink (damaged);
  g_unlink (f->path);
  g_assert_cmpint (g_rmdir (f->dir), ==, 0);
  g_free (f->dir);
  g_free (f->path);
}

static MeshDhtStore *
open_store (Fixture *f, gint64 wall_us, GArray **rows, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mesh_dht_store_open_async (f->path, wall_us, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  return mesh_dht_store_open_finish (result, rows, error);
}

static void
close_store (MeshDhtStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mesh_dht_store_close_async (store, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_assert_true (mesh_dht_store_close_finish (result, &error));
  g_assert_no_error (error);
}

static GBytes *
text (const char *bytes)
{
  return g_bytes_new (bytes, strlen (bytes));
}

static MeshDhtStoreRow
provider_row (const char *key, const char *peer, gint64 due_us)
{
  return (MeshDhtStoreRow){ .kind = MESH_DHT_STORE_PROVIDER,
                            .table = 2,
                            .key = text (key),
                            .peer = text (peer),
                            .addrs = text (""),
                            .due_us = due_us };
}

/* "kind table key peer value due" of each row. */
static char *
describe (GArray *rows)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      const MeshDhtStoreRow *row = &g_array_index (rows, MeshDhtStoreRow, i);
      GBytes *const parts[] = { row->key, row->peer, row->value };

      g_string_append_printf (list, "%d %u", row->kind, row->table);
      for (guint j = 0; j < G_N_ELEMENTS (parts); j++)
        g_string_append_printf (
            list, " %.*s", parts[j] != NULL ? (int) g_bytes_get_size (parts[j]) : 1,
            parts[j] != NULL ? (const char *) g_bytes_get_data (parts[j], NULL) : "-");
      g_string_append_printf (list, " %" G_GINT64_FORMAT "\n", row->due_us);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static void
assert_rows (Fixture *f, gint64 wall_us, const char *expected)
{
  g_autoptr (GArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  MeshDhtStore *store = open_store (f, wall_us, &rows, &error);

  g_assert_no_error (error);
  found = describe (rows);
  g_assert_cmpstr (found, ==, expected);
  close_store (store);
}

static void
test_rows (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) rows = NULL, peers = NULL;
  g_autoptr (GError) error = NULL;
  MeshDhtStore *store = open_store (f, 0, &rows, &error);
  MeshDhtStoreRow peer = { .kind = MESH_DHT_STORE_PEER, .table = 1 };

  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 0);
  mesh_dht_store_put (store, provider_row ("k", "later", 300));
  mesh_dht_store_put (store, provider_row ("k", "sooner", 200));
  mesh_dht_store_put (store, provider_row ("k", "gone", 200));
  mesh_dht_store_drop (store, provider_row ("k", "gone", 0));
  mesh_dht_store_put (store, provider_row ("k", "later", 400));
  mesh_dht_store_put (store, (MeshDhtStoreRow){ .kind = MESH_DHT_STORE_VALUE,
                                                .table = 1,
                                                .key = text ("k"),
                                                .value = text ("v"),
                                                .due_us = 250 });
  mesh_dht_store_put (store, (MeshDhtStoreRow){ .kind = MESH_DHT_STORE_PROVIDED,
                                                .key = text ("mine"),
                                                .due_us = 5 });
  peers = g_array_new (FALSE, FALSE, sizeof (MeshDhtStoreRow));
  g_array_set_clear_func (peers, mesh_dht_store_clear_row);
  for (guint i = 0; i < 2; i++)
    {
      peer.peer = text (i == 0 ? "p" : "q");
      peer.addrs = text ("");
      g_array_append_val (peers, peer);
      mesh_dht_store_set_peers (store, peers);
      g_array_set_size (peers, 0);
    }
  close_store (store);
  assert_rows (f, 100,
               "0 2 k sooner - 200\n0 2 k later - 400\n1 1 k - v 250\n2 0 mine - - 5\n"
               "3 1 - q - 0\n");
  assert_rows (f, 250, "0 2 k later - 400\n2 0 mine - - 5\n3 1 - q - 0\n");
  /* What was over is gone, not only hidden. */
  assert_rows (f, 100, "0 2 k later - 400\n2 0 mine - - 5\n3 1 - q - 0\n");
}

static int
count_rows (Fixture *f)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  int n = -1;

  if (sqlite3_open_v2 (f->path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
      && sqlite3_prepare_v2 (db, "SELECT count (*) FROM providers", -1, &stmt, NULL)
             == SQLITE_OK
      && sqlite3_step (stmt) == SQLITE_ROW)
    n = sqlite3_column_int (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return n;
}

/* Written without being asked to. */
static void
test_flush (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  MeshDhtStore *store = open_store (f, 0, &rows, &error);

  g_assert_no_error (error);
  mesh_dht_store_put (store, provider_row ("k", "p", 300));
  net_test_wait (count_rows (f) == 1);
  close_store (store);
}

static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *damaged = g_strconcat (f->path, ".damaged", NULL);
  g_autofree char *junk = g_strnfill (8192, 'x');

  g_assert_true (g_file_set_contents (f->path, junk, 8192, NULL));
  assert_rows (f, 0, "");
  g_assert_true (g_file_test (damaged, G_FILE_TEST_EXISTS));
  assert_rows (f, 0, "");
}

static void
test_newer (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  assert_rows (f, 0, "");
  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 99", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (db);
  g_assert_null (open_store (f, 0, &rows, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
}

static void
test_no_folder (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_steal_pointer (&f->path);

  f->path = g_build_filename (f->dir, "none", "dht.db", NULL);
  g_assert_null (open_store (f, 0, &rows, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
}

static void
test_addrs (void)
{
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autoptr (GPtrArray) back = NULL, cut = NULL;
  g_autoptr (GBytes) packed = NULL, part = NULL;

  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/ip4/8.8.8.8/tcp/1", NULL));
  g_ptr_array_add (addrs, mesh_multiaddr_parse ("/dns4/example.org/tcp/443/wss", NULL));
  packed = mesh_dht_store_pack_addrs (addrs);
  back = mesh_dht_store_unpack_addrs (packed);
  g_assert_cmpuint (back->len, ==, 2);
  g_assert_true (mesh_multiaddr_equal (back->pdata[1], addrs->pdata[1]));
  part = g_bytes_new_from_bytes (packed, 0, g_bytes_get_size (packed) - 1);
  cut = mesh_dht_store_unpack_addrs (part);
  g_assert_cmpuint (cut->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/dht-store/rows", Fixture, NULL, set_up, test_rows, tear_down);
  g_test_add ("/dht-store/flush", Fixture, NULL, set_up, test_flush, tear_down);
  g_test_add ("/dht-store/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/dht-store/newer", Fixture, NULL, set_up, test_newer, tear_down);
  g_test_add ("/dht-store/no-folder", Fixture, NULL, set_up, test_no_folder, tear_down);
  g_test_add_func ("/dht-store/addrs", test_addrs);
  return g_test_run ();
}
