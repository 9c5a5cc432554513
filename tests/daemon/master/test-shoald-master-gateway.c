/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-gateway.h"

#include <string.h>

#include "master-fixture.h"

static char *
target_of (MeshCid *cid, const char *rest)
{
  g_autofree char *text = mesh_cid_dup_text (cid);

  return g_strconcat ("/ipfs/", text, rest, NULL);
}

static void
test_raw (MasterFixture *fixture, gconstpointer unused)
{
  MasterTree tree;
  g_autoptr (GError) error = NULL;
  g_autofree char *target = NULL;
  g_autofree char *text = NULL;
  g_autofree char *etag = NULL;
  g_autofree char *disposition = NULL;
  g_autoptr (MasterAnswer) answer = NULL;

  master_tree_init (&tree, fixture);
  target = target_of (tree.file, "?format=raw");
  text = mesh_cid_dup_text (tree.file);
  etag = g_strdup_printf ("\"%s.raw\"", text);
  disposition = g_strdup_printf ("attachment; filename=\"%s.bin\"", text);
  answer = master_fixture_ask (fixture, "GET", target, NULL, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_true (mesh_cid_verify (tree.file, g_bytes_get_data (answer->body, NULL),
                                  g_bytes_get_size (answer->body), &error));
  g_assert_cmpstr (master_answer_get_header (answer, "Content-Type"), ==,
                   "application/vnd.ipld.raw");
  g_assert_cmpstr (master_answer_get_header (answer, "ETag"), ==, etag);
  g_assert_cmpstr (master_answer_get_header (answer, "X-Content-Type-Options"), ==,
                   "nosniff");
  g_assert_cmpstr (master_answer_get_header (answer, "Content-Disposition"), ==,
                   disposition);
  g_assert_nonnull (
      strstr (master_answer_get_header (answer, "Cache-Control"), "immutable"));
  g_assert_null (master_answer_get_header (answer, "Content-Location"));
  master_tree_clear (&tree);
}

static void
test_raw_by_accept (MasterFixture *fixture, gconstpointer unused)
{
  MasterTree tree;
  g_autofree char *target = NULL;
  g_autofree char *location = NULL;
  g_autoptr (MasterAnswer) answer = NULL;

  master_tree_init (&tree, fixture);
  target = target_of (tree.a, "");
  location = target_of (tree.a, "?format=raw");
  answer = master_fixture_ask (fixture, "GET", target, NULL, "Accept",
                               "application/vnd.ipld.raw", NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (g_bytes_get_size (answer->body), ==, 1000);
  g_assert_cmpstr (master_answer_get_header (answer, "Content-Location"), ==, location);
  g_assert_cmpstr (master_answer_get_header (answer, "Vary"), ==, "Accept");
  master_tree_clear (&tree);
}

static void
test_head (MasterFixture *fixture, gconstpointer unused)
{
  MasterTree tree;
  g_autofree char *raw = NULL;
  g_autofree char *car = NULL;
  g_autofree char *empty = NULL;
  g_autoptr (MasterAnswer) answer = NULL;
  g_autoptr (MasterAnswer) empty_answer = NULL;
  g_autoptr (MasterAnswer) car_answer = NULL;

  master_tree_init (&tree, fixture);
  raw = target_of (tree.a, "?format=raw");
  empty = target_of (tree.empty, "?format=raw");
  car = target_of (tree.folder, "?format=car");
  answer = master_fixture_ask (fixture, "HEAD", raw, NULL, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (master_answer_get_header (answer, "Content-Length"), ==, "1000");
  g_assert_cmpuint (g_bytes_get_size (answer->body), ==, 0);
  empty_answer = master_fixture_ask (fixture, "GET", empty, NULL, NULL);
  g_assert_cmpuint (empty_answer->status, ==, 200);
  g_assert_cmpuint (g_bytes_get_size (empty_answer->body), ==, 0);
  car_answer = master_fixture_ask (fixture, "HEAD", car, NULL, NULL);
  g_assert_cmpuint (car_answer->status, ==, 200);
  g_assert_cmpuint (g_bytes_get_size (car_answer->body), ==, 0);
  g_assert_nonnull (master_answer_get_header (car_answer, "ETag"));
  master_tree_clear (&tree);
}

static void
test_not_modified (MasterFixture *fixture, gconstpointer unused)
{
  static const char *const rests[] = { "?format=raw", "?format=car" };
  MasterTree tree;

  master_tree_init (&tree, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (rests); i++)
    {
      g_autofree char *target = target_of (tree.folder, rests[i]);
      g_autoptr (MasterAnswer) first
          = master_fixture_ask (fixture, "GET", target, NULL, NULL);
      g_autofree char *list
          = g_strconcat ("\"other\", ", master_answer_get_header (first, "ETag"), NULL);
      g_autoptr (MasterAnswer) second = master_fixture_ask (fixture, "GET", target, NULL,
                                                            "If-None-Match", list, NULL);

      g_assert_cmpuint (first->status, ==, 200);
      g_assert_cmpuint (second->status, ==, 304);
      g_assert_cmpuint (g_bytes_get_size (second->body), ==, 0);
    }
  master_tree_clear (&tree);
}

/* Compares a CAR with a list of CIDs. */
static void
check_car (MasterFixture *fixture, MeshCid *root, const char *rest, ...)
{
  g_autofree char *target = target_of (root, rest);
  g_autoptr (MasterAnswer) answer
      = master_fixture_ask (fixture, "GET", target, NULL, NULL);
  g_autoptr (GPtrArray) blocks = NULL;
  MeshCid *cid;
  guint i = 0;
  va_list list;

  g_test_message ("%s", rest);
  g_assert_no_error (answer->error);
  g_assert_cmpuint (answer->status, ==, 200);
  blocks = master_fixture_read_car (answer->body, root);
  va_start (list, rest);
  while ((cid = va_arg (list, MeshCid *)) != NULL)
    {
      g_autofree char *text = mesh_cid_dup_text (cid);
      g_autofree char *prefix = g_strconcat (text, " ", NULL);

      g_assert_cmpuint (i, <, blocks->len);
      g_assert_true (g_str_has_prefix (blocks->pdata[i++], prefix));
    }
  va_end (list);
  g_assert_cmpuint (i, ==, blocks->len);
}

static void
test_car (MasterFixture *fixture, gconstpointer unused)
{
  MasterTree t;

  master_tree_init (&t, fixture);
  check_car (fixture, t.folder, "?format=car", t.folder, t.empty, t.file, t.a, t.b, NULL);
  check_car (fixture, t.folder, "?format=car&car-dups=y", t.folder, t.empty, t.file, t.a,
             t.b, t.a, NULL);
  check_car (fixture, t.folder, "?format=car&dag-scope=block", t.folder, NULL);
  check_car (fixture, t.folder, "?format=car&dag-scope=entity", t.folder, NULL);
  check_car (fixture, t.folder, "/file?format=car", t.folder, t.file, t.a, t.b, NULL);
  check_car (fixture, t.folder, "/file?format=car&dag-scope=block", t.folder, t.file,
             NULL);
  check_car (fixture, t.folder, "/same?format=car", t.folder, t.a, NULL);
  check_car (fixture, t.folder, "/empty?format=car", t.folder, t.empty, NULL);
  check_car (fixture, t.a, "?format=car", t.a, NULL);
  master_tree_clear (&t);
}

static void
test_car_ranges (MasterFixture *fixture, gconstpointer unused)
{
  MasterTree t;
  static const char *const first[] = { "0:0", "0:999", "-2000:-1001", "999:999" };
  static const char *const second[] = { "1000:*", "1999:1999", "-1:*", "-1000:5000" };
  static const char *const both[] = { "0:*", "999:1000", "-5000:*", "0:1000" };

  master_tree_init (&t, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (first); i++)
    {
      g_autofree char *a = g_strconcat ("?format=car&entity-bytes=", first[i], NULL);
      g_autofree char *b = g_strconcat ("?format=car&entity-bytes=", second[i], NULL);
      g_autofree char *ab = g_strconcat ("?format=car&entity-bytes=", both[i], NULL);

      check_car (fixture, t.file, a, t.file, t.a, NULL);
      check_car (fixture, t.file, b, t.file, t.b, NULL);
      check_car (fixture, t.file, ab, t.file, t.a, t.b, NULL);
    }
  /* Zero length is the block alone; a folder ignores the range. */
  check_car (fixture, t.file, "?format=car&entity-bytes=5:4", t.file, NULL);
  check_car (fixture, t.folder, "?format=car&entity-bytes=5:6", t.folder, NULL);
  check_car (fixture, t.folder, "/file?format=car&entity-bytes=1500:*", t.folder, t.file,
             t.b, NULL);
  master_tree_clear (&t);
}

static void
check_error (MasterFixture *fixture,
             MeshCid *cid,
             const char *rest,
             const char *accept,
             guint status,
             const char *nick)
{
  g_autofree char *target = target_of (cid, rest);
  g_autoptr (MasterAnswer) answer = master_fixture_ask (
      fixture, "GET", target, NULL, accept != NULL ? "Accept" : NULL, accept, NULL);

  g_test_message ("%s %s", rest, accept);
  master_answer_assert_error (answer, status, nick);
}

static void
test_errors (MasterFixture *fixture, gconstpointer unused)
{
  MasterTree t;
  g_autoptr (MasterAnswer) bad = NULL;
  g_autoptr (MasterAnswer) posted = NULL;
  g_autoptr (MasterAnswer) root = NULL;

  master_tree_init (&t, fixture);
  check_error (fixture, t.folder, "", NULL, 400, "Invalid");
  check_error (fixture, t.folder, "", "text/html", 406, "Unsupported");
  check_error (fixture, t.folder, "/file?format=raw", NULL, 400, "Invalid");
  check_error (fixture, t.folder, "/nothing?format=car", NULL, 404, "NotFound");
  check_error (fixture, t.folder, "/same/deep?format=car", NULL, 400, "Invalid");
  check_error (fixture, t.folder, "/file/deep?format=car", NULL, 400, "Invalid");
  check_error (fixture, t.file, "?format=car&entity-bytes=2000:*", NULL, 400, "Invalid");
  check_error (fixture, t.file, "?format=car&car-version=2", NULL, 400, "Invalid");
  bad = master_fixture_ask (fixture, "GET", "/ipfs/bafynonsense?format=raw", NULL, NULL);
  master_answer_assert_error (bad, 400, "Invalid");
  root = master_fixture_ask (fixture, "GET", "/ipfs?format=raw", NULL, NULL);
  master_answer_assert_error (root, 400, "Invalid");
  posted = master_fixture_ask (fixture, "POST", "/ipfs/x?format=raw", NULL, NULL);
  master_answer_assert_error (posted, 405, "Unsupported");
  g_assert_cmpstr (master_answer_get_header (posted, "Allow"), ==, "GET, HEAD");
  master_tree_clear (&t);
}

/* What is in the store but not shared is as if it were not there. */
static void
test_unshared (MasterFixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a secret", 8);
  g_autoptr (MeshCid) cid
      = master_fixture_put (fixture, MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, bytes);
  g_autoptr (MeshCid) absent = mesh_cid_new_for_data (
      MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, (const guint8 *) "x", 1, NULL);
  g_autofree char *target = target_of (cid, "?format=raw");
  g_autoptr (MasterAnswer) head = NULL;
  g_autoptr (MasterAnswer) cached = NULL;
  g_autoptr (MasterAnswer) shared = NULL;

  check_error (fixture, cid, "?format=raw", NULL, 404, "NotFound");
  check_error (fixture, cid, "?format=car", NULL, 404, "NotFound");
  check_error (fixture, absent, "?format=raw", NULL, 404, "NotFound");
  head = master_fixture_ask (fixture, "HEAD", target, NULL, NULL);
  g_assert_cmpuint (head->status, ==, 404);
  cached = master_fixture_ask (fixture, "GET", target, NULL, "Cache-Control",
                               "only-if-cached", NULL);
  master_answer_assert_error (cached, 412, "NotFound");
  master_fixture_share (fixture, cid);
  shared = master_fixture_ask (fixture, "GET", target, NULL, NULL);
  g_assert_cmpuint (shared->status, ==, 200);
  g_assert_cmpmem (g_bytes_get_data (shared->body, NULL), g_bytes_get_size (shared->body),
                   "a secret", 8);
}

/* The probe every gateway answers. */
static void
test_probe (MasterFixture *fixture, gconstpointer unused)
{
  g_autoptr (MasterAnswer) raw
      = master_fixture_ask (fixture, "GET", "/ipfs/bafkqaaa?format=raw", NULL, NULL);
  g_autoptr (MasterAnswer) head
      = master_fixture_ask (fixture, "HEAD", "/ipfs/bafkqaaa?format=raw", NULL, NULL);
  g_autoptr (MasterAnswer) car
      = master_fixture_ask (fixture, "GET", "/ipfs/bafkqaaa?format=car", NULL, NULL);
  static const guint8 expected[]
      = { 0x19, 0xa2, 0x65, 'r',  'o',  'o', 't', 's', 0x81, 0xd8, 0x2a, 0x45, 0x00,
          0x01, 0x55, 0x00, 0x00, 0x67, 'v', 'e', 'r', 's',  'i',  'o',  'n',  0x01 };

  g_assert_cmpuint (raw->status, ==, 200);
  g_assert_cmpuint (g_bytes_get_size (raw->body), ==, 0);
  g_assert_cmpuint (head->status, ==, 200);
  g_assert_cmpuint (car->status, ==, 200);
  g_assert_cmpmem (g_bytes_get_data (car->body, NULL), g_bytes_get_size (car->body),
                   expected, sizeof expected);
}

/* What the server sends until it closes. libsoup's client takes a chunked answer without
 * its end for whole, so this one reads the wire. */
static char *
read_wire (MasterFixture *fixture, const char *target)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GString) wire = g_string_new (NULL);
  g_autofree char *request = g_strdup_printf (
      "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", target);
  GInputStream *input;
  gssize n = 1;

  g_socket_client_connect_to_host_async (client,
                                         shoald_master_get_address (fixture->master), 0,
                                         NULL, master_fixture_got_result, &connected);
  master_fixture_wait ((gpointer *) &connected);
  connection = g_socket_client_connect_to_host_finish (client, connected, NULL);
  g_assert_true (
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                 request, strlen (request), NULL, NULL, NULL));
  input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  while (n > 0)
    {
      g_autoptr (GAsyncResult) result = NULL;
      char buf[4096];

      g_input_stream_read_async (input, buf, sizeof buf, 0, NULL,
                                 master_fixture_got_result, &result);
      master_fixture_wait ((gpointer *) &result);
      n = g_input_stream_read_finish (input, result, NULL);
      if (n > 0)
        g_string_append_len (wire, buf, n);
    }
  for (gsize i = 0; i < wire->len; i++)
    if (wire->str[i] == '\0')
      wire->str[i] = '.';
  return g_string_free (g_steal_pointer (&wire), FALSE);
}

/* A block that is missing below the root: the answer breaks off, it does not end. */
static void
test_missing_child (MasterFixture *fixture, gconstpointer unused)
{
  MasterTree t;
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *target = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *broken = NULL;
  g_autofree char *page = NULL;
  g_autoptr (MasterAnswer) metrics = NULL;

  master_tree_init (&t, fixture);
  target = target_of (t.folder, "?format=car");
  whole = read_wire (fixture, target);
  g_assert_true (g_str_has_suffix (whole, "\r\n0\r\n\r\n"));
  mesh_store_delete_async (fixture->store, t.b, NULL, master_fixture_got_result, &result);
  master_fixture_wait ((gpointer *) &result);
  g_assert_true (mesh_store_delete_finish (fixture->store, result, &error));
  broken = read_wire (fixture, target);
  g_assert_true (g_str_has_prefix (broken, "HTTP/1.1 200"));
  g_assert_false (g_str_has_suffix (broken, "\r\n0\r\n\r\n"));
  /* And it is over for the server too. */
  metrics = master_fixture_ask (fixture, "GET", "/metrics", NULL, NULL);
  page = g_strndup (g_bytes_get_data (metrics->body, NULL),
                    g_bytes_get_size (metrics->body));
  g_assert_nonnull (strstr (page, "\nshoal_http_requests_in_flight 1\n"));
  master_tree_clear (&t);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/master/gateway/" path, MasterFixture, NULL, master_fixture_set_up, func, \
              master_fixture_tear_down)
  ADD ("raw", test_raw);
  ADD ("raw-by-accept", test_raw_by_accept);
  ADD ("head", test_head);
  ADD ("not-modified", test_not_modified);
  ADD ("car", test_car);
  ADD ("car-ranges", test_car_ranges);
  ADD ("errors", test_errors);
  ADD ("unshared", test_unshared);
  ADD ("probe", test_probe);
  ADD ("missing-child", test_missing_child);
  return g_test_run ();
}
