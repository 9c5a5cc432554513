/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master-fixture.h"

#include <ftw.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#define DEADLINE_S 300

static gboolean
too_late (gpointer unused)
{
  g_assert_not_reached (); /* the operation did not end in time */
  return G_SOURCE_REMOVE;
}

void
master_fixture_wait (gpointer *slot)
{
  guint id = g_timeout_add_seconds (DEADLINE_S, too_late, NULL);

  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

void
master_fixture_got_result (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **) slot = g_object_ref (result);
}

#define RUN(result, call, ...) \
  g_autoptr (GAsyncResult) result = NULL; \
  call (__VA_ARGS__, master_fixture_got_result, &result); \
  master_fixture_wait ((gpointer *) &result)

static void
start (MasterFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  ShoaldMasterOptions options = { .listen = "127.0.0.1:0",
                                  .data_dir = fixture->dir,
                                  .store = fixture->store,
                                  .pool = fixture->pool };
  RUN (result, shoald_master_start_async, &options, NULL);

  fixture->master = shoald_master_start_finish (result, &error);
  g_assert_no_error (error);
}

static void
stop (MasterFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  RUN (result, shoald_master_stop_async, fixture->master);

  g_assert_true (shoald_master_stop_finish (fixture->master, result, &error));
  g_assert_no_error (error);
  g_clear_object (&fixture->master);
}

void
master_fixture_restart (MasterFixture *fixture)
{
  stop (fixture);
  start (fixture);
}

void
master_fixture_set_up (MasterFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *blocks = NULL;

  fixture->dir = g_dir_make_tmp ("shoal-master-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->pool = mesh_work_pool_new (2);
  fixture->session = soup_session_new ();
  blocks = g_build_filename (fixture->dir, "blocks", NULL);
  {
    RUN (result, mesh_store_open_async, blocks, fixture->pool, NULL, NULL);

    fixture->store = mesh_store_open_finish (result, &error);
    g_assert_no_error (error);
  }
  start (fixture);
}

static int
remove_one (const char *path, const struct stat *info, int flag, struct FTW *ftw)
{
  return remove (path);
}

void
master_fixture_tear_down (MasterFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  soup_session_abort (fixture->session);
  stop (fixture);
  {
    RUN (result, mesh_store_close_async, fixture->store, NULL);

    g_assert_true (mesh_store_close_finish (fixture->store, result, &error));
  }
  g_clear_object (&fixture->session);
  g_clear_object (&fixture->store);
  g_clear_object (&fixture->pool);
  nftw (fixture->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  g_free (fixture->dir);
}

void
master_answer_free (MasterAnswer *answer)
{
  g_clear_pointer (&answer->headers, soup_message_headers_unref);
  g_clear_pointer (&answer->body, g_bytes_unref);
  g_clear_error (&answer->error);
  g_free (answer);
}

MasterAnswer *
master_fixture_ask (MasterFixture *fixture,
                    const char *method,
                    const char *target,
                    GBytes *body,
                    ...)
{
  g_autofree char *url = g_strconcat (
      "http://", shoald_master_get_address (fixture->master), target, NULL);
  g_autoptr (SoupMessage) msg = soup_message_new (method, url);
  MasterAnswer *answer = g_new0 (MasterAnswer, 1);
  const char *name;
  va_list list;

  va_start (list, body);
  while ((name = va_arg (list, const char *)) != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (msg), name,
                                  va_arg (list, const char *));
  va_end (list);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (msg, "application/json", body);
  {
    RUN (result, soup_session_send_and_read_async, fixture->session, msg,
         G_PRIORITY_DEFAULT, NULL);

    answer->body
        = soup_session_send_and_read_finish (fixture->session, result, &answer->error);
  }
  answer->status = soup_message_get_status (msg);
  answer->headers = soup_message_headers_ref (soup_message_get_response_headers (msg));
  return answer;
}

const char *
master_answer_get_header (MasterAnswer *answer, const char *name)
{
  return soup_message_headers_get_list (answer->headers, name);
}

void
master_answer_assert_error (MasterAnswer *answer, guint status, const char *nick)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object;

  g_assert_no_error (answer->error);
  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (master_answer_get_header (answer, "Content-Type"), ==,
                   "application/json");
  json_parser_load_from_data (parser, g_bytes_get_data (answer->body, NULL),
                              g_bytes_get_size (answer->body), &error);
  g_assert_no_error (error);
  object = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (object, "error"), ==, nick);
  g_assert_cmpuint (strlen (json_object_get_string_member (object, "message")), >, 5);
}

MeshCid *
master_fixture_put (MasterFixture *fixture, guint64 codec, guint64 hash, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  MeshCid *cid = mesh_cid_new_for_data (codec, hash, data, len, &error);

  g_assert_no_error (error);
  {
    RUN (result, mesh_store_put_async, fixture->store, cid, bytes, 0, NULL);

    g_assert_true (mesh_store_put_finish (fixture->store, result, &error));
  }
  return cid;
}

void
master_fixture_share (MasterFixture *fixture, MeshCid *root)
{
  g_autoptr (GError) error = NULL;
  RUN (result, mesh_store_set_shared_async, fixture->store, root, TRUE, NULL);

  g_assert_true (mesh_store_set_shared_finish (fixture->store, result, &error));
  g_assert_no_error (error);
}

static MeshCid *
put_file (MasterFixture *fixture, MeshCid *a, MeshCid *b, const guint64 sizes[2])
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  g_autoptr (GBytes) data = NULL;
  g_autoptr (GBytes) block = NULL;

  mesh_dag_pb_node_init (&node);
  mesh_unixfs_init (&unixfs, MESH_UNIXFS_FILE);
  mesh_dag_pb_node_add_link (&node, a, "", sizes[0]);
  mesh_dag_pb_node_add_link (&node, b, "", sizes[1]);
  g_array_append_vals (unixfs.block_sizes, sizes, 2);
  unixfs.has_file_size = TRUE;
  unixfs.file_size = sizes[0] + sizes[1];
  data = mesh_unixfs_encode (&unixfs);
  node.data = g_bytes_get_data (data, &node.data_len);
  block = mesh_dag_pb_encode (&node);
  return master_fixture_put (fixture, MESH_CODEC_DAG_PB, MESH_MULTIHASH_SHA3_256, block);
}

void
master_tree_init (MasterTree *tree, MasterFixture *fixture)
{
  static const guint64 sizes[2] = { 1000, 1000 };
  g_autofree char *a = g_strnfill (1000, 'a');
  g_autofree char *b = g_strnfill (1000, 'b');
  g_autoptr (GBytes) a_bytes = g_bytes_new (a, 1000);
  g_autoptr (GBytes) b_bytes
      = mesh_unixfs_new_file_block ((const guint8 *) b, 1000, NULL);
  g_autoptr (GBytes) empty_bytes = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) folder_bytes = NULL;
  g_auto (MeshDagPbNode) node = { 0 };

  tree->a
      = master_fixture_put (fixture, MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, a_bytes);
  tree->b
      = master_fixture_put (fixture, MESH_CODEC_DAG_PB, MESH_MULTIHASH_SHA3_256, b_bytes);
  tree->empty = master_fixture_put (fixture, MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256,
                                    empty_bytes);
  tree->file = put_file (fixture, tree->a, tree->b, sizes);
  mesh_dag_pb_node_init (&node);
  mesh_dag_pb_node_add_link (&node, tree->empty, "empty", 0);
  mesh_dag_pb_node_add_link (&node, tree->file, "file", 2000);
  mesh_dag_pb_node_add_link (&node, tree->a, "same", 1000);
  folder_bytes = mesh_unixfs_new_directory_block (&node, NULL, NULL);
  tree->folder = master_fixture_put (fixture, MESH_CODEC_DAG_PB, MESH_MULTIHASH_SHA3_256,
                                     folder_bytes);
  master_fixture_share (fixture, tree->folder);
}

void
master_tree_clear (MasterTree *tree)
{
  g_clear_pointer (&tree->folder, mesh_cid_unref);
  g_clear_pointer (&tree->file, mesh_cid_unref);
  g_clear_pointer (&tree->a, mesh_cid_unref);
  g_clear_pointer (&tree->b, mesh_cid_unref);
  g_clear_pointer (&tree->empty, mesh_cid_unref);
}

static gsize
read_varint (const guint8 **data, gsize *len)
{
  guint64 value = 0;
  gssize n = mesh_varint_decode (*data, *len, &value);

  g_assert_cmpint (n, >, 0);
  *data += n;
  *len -= n;
  g_assert_cmpuint (value, <=, *len);
  return value;
}

GPtrArray *
master_fixture_read_car (GBytes *car, MeshCid *root)
{
  static const guint8 head[]
      = { 0xa2, 0x65, 'r', 'o', 'o', 't', 's', 0x81, 0xd8, 0x2a, 0x58 };
  static const guint8 tail[] = { 0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x01 };
  GPtrArray *blocks = g_ptr_array_new_with_free_func (g_free);
  gsize len, cid_len;
  const guint8 *data = g_bytes_get_data (car, &len);
  const guint8 *cid_bytes = mesh_cid_get_bytes (root, &cid_len);
  gsize header_len = read_varint (&data, &len);

  g_assert_cmpuint (header_len, ==, sizeof head + 2 + cid_len + sizeof tail);
  g_assert_cmpmem (data, sizeof head, head, sizeof head);
  g_assert_cmpuint (data[sizeof head], ==, cid_len + 1);
  g_assert_cmpmem (data + sizeof head + 2, cid_len, cid_bytes, cid_len);
  g_assert_cmpmem (data + header_len - sizeof tail, sizeof tail, tail, sizeof tail);
  data += header_len;
  len -= header_len;
  while (len > 0)
    {
      g_autoptr (GError) error = NULL;
      gsize section_len = read_varint (&data, &len);
      gsize n_read;
      g_autoptr (MeshCid) cid = mesh_cid_read (data, section_len, &n_read, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      g_assert_true (mesh_cid_verify (cid, data + n_read, section_len - n_read, &error));
      text = mesh_cid_dup_text (cid);
      g_ptr_array_add (
          blocks, g_strdup_printf ("%s %" G_GSIZE_FORMAT, text, section_len - n_read));
      data += section_len;
      len -= section_len;
    }
  return blocks;
}
