/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-gateway-source.h"

#include "source-fixture.h"

/* A gateway that has the blocks of the table and otherwise does what the path says. */
typedef struct
{
  Fixture disk;
  HttpFixture http;
  MeshGatewaySource *source; /* (owned) */
  GHashTable *blocks;        /* (owned) (element-type utf8 GBytes): by path */
  guint status;              /* for what it lacks */
  gboolean is_lying;
  guint n_requests;
  guint n_paused, max_paused;
} Gateway;

static void
answer_cb (SoupServer *server,
           SoupServerMessage *message,
           const char *path,
           GHashTable *query,
           gpointer user_data)
{
  Gateway *self = user_data;
  GBytes *block = g_hash_table_lookup (self->blocks, path);
  const char *accept = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Accept");

  self->n_requests++;
  g_assert_cmpstr (accept, ==, "application/vnd.ipld.raw");
  g_assert_cmpstr (g_hash_table_lookup (query, "format"), ==, "raw");
  if (self->is_lying)
    http_answer (message, 200, "lies", 4);
  else if (block != NULL)
    http_answer (message, 200, g_bytes_get_data (block, NULL), g_bytes_get_size (block));
  else
    http_answer (message, self->status, "", 0);
}

static void
set_up (Gateway *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture_set_up (&self->disk, NULL);
  http_fixture_init (&self->http, answer_cb, self);
  self->blocks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_bytes_unref);
  self->status = 404;
  self->source = mesh_gateway_source_new (self->http.url, self->disk.store,
                                          mesh_store_get_pool (self->disk.store), &error);
  g_assert_no_error (error);
}

static void
tear_down (Gateway *self, gconstpointer unused)
{
  g_assert_finalize_object (self->source);
  http_fixture_clear (&self->http);
  g_hash_table_unref (self->blocks);
  fixture_tear_down (&self->disk, NULL);
}

static MeshCid *
add_block (Gateway *self, guint32 seed, gsize size)
{
  g_autoptr (GBytes) bytes = fixture_bytes (seed, size);
  MeshCid *cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autofree char *text = mesh_cid_to_string (cid, MESH_BASE_32);

  g_hash_table_insert (self->blocks, g_strconcat ("/ipfs/", text, NULL),
                       g_bytes_ref (bytes));
  return cid;
}

static void
test_get (Gateway *self, gconstpointer unused)
{
  static const gsize sizes[] = { 0, 1, 65536, (1 << 20) + 14 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (MeshCid) cid = add_block (self, i, sizes[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) block
          = source_get (MESH_BLOCK_SOURCE (self->source), cid, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (block), ==, sizes[i]);
      g_assert_true (mesh_store_has (self->disk.store, cid));
    }
}

static void
test_statuses (Gateway *self, gconstpointer unused)
{
  static const struct
  {
    guint status;
    MeshError code;
  } rows[] = { { 404, MESH_ERROR_NOT_FOUND }, { 410, MESH_ERROR_NOT_FOUND },
               { 429, MESH_ERROR_BUSY },      { 503, MESH_ERROR_BUSY },
               { 504, MESH_ERROR_TIMED_OUT }, { 500, MESH_ERROR_UNREACHABLE },
               { 403, MESH_ERROR_REFUSED },   { 301, MESH_ERROR_REFUSED } };
  g_autoptr (GBytes) bytes = fixture_bytes (1, 10);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      self->status = rows[i].status;
      g_assert_null (source_get (MESH_BLOCK_SOURCE (self->source), cid, &error));
      g_assert_error (error, MESH_ERROR, (int) rows[i].code);
    }
}

static void
test_lie (Gateway *self, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = add_block (self, 1, 10);
  g_autoptr (GError) error = NULL;

  self->is_lying = TRUE;
  g_assert_null (source_get (MESH_BLOCK_SOURCE (self->source), cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_MISMATCH);
  g_assert_false (mesh_store_has (self->disk.store, cid));
}

static void
test_too_large (Gateway *self, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = add_block (self, 1, MESH_GATEWAY_SOURCE_MAX_BLOCK_BYTES + 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (source_get (MESH_BLOCK_SOURCE (self->source), cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE);
}

static void
test_unreachable (Gateway *self, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = add_block (self, 1, 10);
  g_autoptr (GError) error = NULL;

  soup_server_disconnect (self->http.server);
  g_assert_null (source_get (MESH_BLOCK_SOURCE (self->source), cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNREACHABLE);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block
      = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (source), result, &error);

  g_assert_no_error (error);
  *(guint *) user_data += 1;
}

static void
test_many (Gateway *self, gconstpointer unused)
{
  guint n_done = 0;
  guint deadline = g_timeout_add_seconds (FIXTURE_DEADLINE_S, fixture_late_cb, NULL);

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (MeshCid) cid = add_block (self, i, 1000);

      mesh_block_source_get_async (MESH_BLOCK_SOURCE (self->source), cid, 0, NULL,
                                   done_cb, &n_done);
    }
  while (n_done < 200)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  g_assert_cmpuint (self->n_requests, ==, 200);
}

static void
test_cancel (Gateway *self, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = add_block (self, 1, 10);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  mesh_block_source_get_async (MESH_BLOCK_SOURCE (self->source), cid, 0, cancellable,
                               fixture_result_cb, &slot);
  g_cancellable_cancel (cancellable);
  result = fixture_wait (&slot);
  g_assert_null (
      mesh_block_source_get_finish (MESH_BLOCK_SOURCE (self->source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_bad_address (Gateway *self, gconstpointer unused)
{
  static const char *const bad[]
      = { "", "gateway", "ftp://x/", "http://", "file:///etc" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mesh_gateway_source_new (
          bad[i], NULL, mesh_store_get_pool (self->disk.store), &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
}

#define ADD(name, func) \
  g_test_add ("/source/gateway/" name, Gateway, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("get", test_get);
  ADD ("statuses", test_statuses);
  ADD ("lie", test_lie);
  ADD ("too-large", test_too_large);
  ADD ("unreachable", test_unreachable);
  ADD ("many", test_many);
  ADD ("cancel", test_cancel);
  ADD ("bad-address", test_bad_address);
  return g_test_run ();
}
