/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-request.h"

#include <libsoup/soup.h>

#define CID "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"
#define RAW "application/vnd.ipld.raw"
#define CAR "application/vnd.ipld.car"

static ShoaldMasterRequest *
parse (const char *path, const char *query, const char *accept, GError **error)
{
  g_autoptr (GHashTable) form = query != NULL ? soup_form_decode (query) : NULL;

  return shoald_master_request_parse (path, form, accept, error);
}

static ShoaldMasterRequest *
parse_good (const char *path, const char *query, const char *accept)
{
  g_autoptr (GError) error = NULL;
  ShoaldMasterRequest *request = parse (path, query, accept, &error);

  g_assert_no_error (error);
  return request;
}

typedef struct
{
  const char *query;
  const char *accept;
  ShoaldMasterFormat format;
  gboolean has_duplicates;
  gboolean is_by_accept;
} Negotiation;

static void
test_negotiation (void)
{
  static const Negotiation table[] = {
    { "format=raw", NULL, SHOALD_MASTER_FORMAT_RAW, FALSE, FALSE },
    { "format=car", NULL, SHOALD_MASTER_FORMAT_CAR, FALSE, FALSE },
    { "format=raw", "text/html", SHOALD_MASTER_FORMAT_RAW, FALSE, FALSE },
    { "format=raw", CAR ";dups=y", SHOALD_MASTER_FORMAT_RAW, FALSE, FALSE },
    { "format=car", CAR ";dups=y", SHOALD_MASTER_FORMAT_CAR, TRUE, FALSE },
    { "format=car&car-dups=n", CAR ";dups=y", SHOALD_MASTER_FORMAT_CAR, FALSE, FALSE },
    { NULL, RAW, SHOALD_MASTER_FORMAT_RAW, FALSE, TRUE },
    { NULL, CAR, SHOALD_MASTER_FORMAT_CAR, FALSE, TRUE },
    { NULL, CAR "; version=1; order=dfs; dups=y", SHOALD_MASTER_FORMAT_CAR, TRUE, TRUE },
    { NULL, CAR ";version=2, " RAW, SHOALD_MASTER_FORMAT_RAW, FALSE, TRUE },
    { NULL, CAR ";order=foo, " CAR ";order=dfs;dups=y;q=0.5", SHOALD_MASTER_FORMAT_CAR,
      TRUE, TRUE },
    { NULL, RAW ";q=0.2, " CAR ";q=0.8", SHOALD_MASTER_FORMAT_CAR, FALSE, TRUE },
    { NULL, RAW ", " CAR, SHOALD_MASTER_FORMAT_RAW, FALSE, TRUE },
    { NULL, "text/html, */*;q=0.1, " RAW, SHOALD_MASTER_FORMAT_RAW, FALSE, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (ShoaldMasterRequest) request
          = parse_good ("/ipfs/" CID, table[i].query, table[i].accept);

      g_test_message ("%" G_GSIZE_FORMAT, i);
      g_assert_cmpint (request->format, ==, table[i].format);
      g_assert_cmpint (request->has_duplicates, ==, table[i].has_duplicates);
      g_assert_cmpint (request->is_by_accept, ==, table[i].is_by_accept);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *path;
    const char *query;
    const char *accept;
    int code;
  } table[] = {
    { "/ipfs/" CID, NULL, NULL, MESH_ERROR_INVALID },
    { "/ipfs/" CID, NULL, "*/*", MESH_ERROR_INVALID },
    { "/ipfs/" CID, NULL, "text/html", MESH_ERROR_UNSUPPORTED },
    { "/ipfs/" CID, NULL, "application/vnd.ipfs.ipns-record", MESH_ERROR_UNSUPPORTED },
    { "/ipfs/" CID, NULL, CAR ";version=2", MESH_ERROR_UNSUPPORTED },
    { "/ipfs/" CID, NULL, RAW ";q=0", MESH_ERROR_UNSUPPORTED },
    { "/ipfs/" CID, "format=tar", NULL, MESH_ERROR_INVALID },
    { "/ipfs/", "format=raw", NULL, MESH_ERROR_INVALID },
    { "/ipfs/nonsense", "format=raw", NULL, MESH_ERROR_INVALID },
    { "/ipns/" CID, "format=raw", NULL, MESH_ERROR_INVALID },
    { "/ipfs/" CID "/a", "format=raw", NULL, MESH_ERROR_INVALID },
    { "/ipfs/" CID "/a%2fb", "format=car", NULL, MESH_ERROR_INVALID },
    { "/ipfs/" CID, "format=car&dag-scope=most", NULL, MESH_ERROR_INVALID },
    { "/ipfs/" CID, "format=car&entity-bytes=1", NULL, MESH_ERROR_INVALID },
    { "/ipfs/" CID, "format=car&entity-bytes=a:b", NULL, MESH_ERROR_INVALID },
    { "/ipfs/" CID, "format=car&entity-bytes=*:5", NULL, MESH_ERROR_INVALID },
    { "/ipfs/" CID, "format=car&entity-bytes=0:1:2", NULL, MESH_ERROR_INVALID },
    { "/ipfs/" CID, "format=car&car-version=2", NULL, MESH_ERROR_INVALID },
    { "/ipfs/" CID, "format=car&car-order=bfs", NULL, MESH_ERROR_INVALID },
    { "/ipfs/" CID, "format=car&car-dups=maybe", NULL, MESH_ERROR_INVALID },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ShoaldMasterRequest) request
          = parse (table[i].path, table[i].query, table[i].accept, &error);

      g_test_message ("%s?%s, %s", table[i].path, table[i].query, table[i].accept);
      g_assert_null (request);
      g_assert_error (error, MESH_ERROR, table[i].code);
    }
}

static void
test_bounds (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) deep = g_string_new ("/ipfs/" CID);
  g_autofree char *tail = g_strnfill (SHOALD_MASTER_REQUEST_MAX_LEN, 'a');
  g_autofree char *longest = g_strconcat ("/ipfs/" CID "/", tail, NULL);

  g_assert_null (parse (longest, "format=car", NULL, &error));
  g_clear_error (&error);
  for (guint i = 0; i < SHOALD_MASTER_REQUEST_MAX_SEGMENTS; i++)
    g_string_append (deep, "/a");
  shoald_master_request_free (parse_good (deep->str, "format=car", NULL));
  g_string_append (deep, "/a");
  g_assert_null (parse (deep->str, "format=car", NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

static void
test_path_and_range (void)
{
  g_autoptr (ShoaldMasterRequest) request
      = parse_good ("/ipfs/" CID "/a%20b//c/", "format=car&entity-bytes=-10:*", NULL);
  g_autoptr (ShoaldMasterRequest) block
      = parse_good ("/ipfs/" CID, "format=car&dag-scope=block&entity-bytes=1:2", NULL);
  g_autoptr (ShoaldMasterRequest) all = parse_good ("/ipfs/" CID, "format=car", NULL);

  g_assert_cmpuint (g_strv_length (request->segments), ==, 2);
  g_assert_cmpstr (request->segments[0], ==, "a b");
  g_assert_cmpstr (request->segments[1], ==, "c");
  g_assert_cmpint (request->scope, ==, SHOALD_MASTER_SCOPE_ENTITY);
  g_assert_true (request->has_range);
  g_assert_cmpint (request->from, ==, -10);
  g_assert_cmpint (request->to, ==, G_MAXINT64);
  g_assert_cmpint (block->scope, ==, SHOALD_MASTER_SCOPE_BLOCK);
  g_assert_false (block->has_range);
  g_assert_cmpint (all->scope, ==, SHOALD_MASTER_SCOPE_ALL);
}

/* Whatever may change the bytes changes the tag. */
static void
test_etags (void)
{
  static const char *const targets[][2] = {
    { "/ipfs/" CID, "format=raw" },
    { "/ipfs/" CID, "format=car" },
    { "/ipfs/" CID, "format=car&car-dups=y" },
    { "/ipfs/" CID, "format=car&dag-scope=block" },
    { "/ipfs/" CID, "format=car&dag-scope=entity" },
    { "/ipfs/" CID, "format=car&entity-bytes=0:*" },
    { "/ipfs/" CID, "format=car&entity-bytes=0:5" },
    { "/ipfs/" CID "/a/b", "format=car" },
    { "/ipfs/" CID "/a", "format=car" },
  };
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (ShoaldMasterRequest) request
          = parse_good (targets[i][0], targets[i][1], NULL);

      g_assert_true (
          g_hash_table_add (seen, shoald_master_request_format_etag (request)));
    }
  g_assert_true (g_hash_table_contains (seen, "\"" CID ".raw\""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/master/request/negotiation", test_negotiation);
  g_test_add_func ("/master/request/refused", test_refused);
  g_test_add_func ("/master/request/bounds", test_bounds);
  g_test_add_func ("/master/request/path-and-range", test_path_and_range);
  g_test_add_func ("/master/request/etags", test_etags);
  return g_test_run ();
}
