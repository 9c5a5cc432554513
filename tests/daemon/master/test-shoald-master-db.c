/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-db.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/stat.h>

#include "trust-fixture.h"

typedef struct
{
  char *dir;          /* (owned) */
  char *path;         /* (owned) */
  ShoaldMasterDb *db; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("shoal-db-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->dir, "master.db", NULL);
  fixture->db = shoald_master_db_open (fixture->path, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_clear_pointer (&fixture->db, shoald_master_db_unref);
  g_assert_cmpint (g_remove (fixture->path), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->path);
  g_free (fixture->dir);
}

/* Publishes an app with words to be found. */
static void
publish (Fixture *fixture,
         const char *app_id,
         const char *name,
         const char *summary,
         const char *category,
         const char *tag,
         guint64 counter)
{
  g_autoptr (GError) error = NULL;
  TrustFixture wanted = trust_fixture_default ();
  g_autoptr (MeshManifest) manifest = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (MeshSignedManifest) envelope = NULL;
  g_autoptr (MeshKeypair) keypair = trust_fixture_keypair (1);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (ShoaldMasterDbPublished) published = NULL;

  wanted.app_id = app_id;
  wanted.counter = counter;
  manifest = trust_fixture_manifest (&wanted);
  g_free (manifest->name);
  manifest->name = g_strdup (name);
  g_free (manifest->summary);
  manifest->summary = g_strdup (summary);
  g_strfreev (manifest->categories);
  manifest->categories = g_strsplit (category, ",", -1);
  g_strfreev (manifest->tags);
  manifest->tags = g_strsplit (tag, ",", -1);
  g_assert_true (mesh_manifest_validate (manifest, &error));
  chain = trust_fixture_chain (trust_fixture_key_file (app_id, 1, 1, 1, 1, 0, 0), NULL,
                               NULL);
  envelope = mesh_signed_manifest_new (manifest, chain);
  g_assert_true (mesh_signed_manifest_sign (envelope, keypair, &error));
  bytes = mesh_signed_manifest_to_bytes (envelope);
  published = shoald_master_db_publish (fixture->db, bytes, TRUST_FIXTURE_NOW_S, &error);
  g_assert_no_error (error);
  g_assert_true (published->is_new);
}

static void
publish_some (Fixture *fixture)
{
  publish (fixture, "org.example.Anchor", "Anchor", "Holds the ship", "Game", "sea", 1);
  publish (fixture, "org.example.Boat", "Boat", "Sails over the sea", "Game,Sea", "", 1);
  publish (fixture, "net.example.Cafe", "Café", "Coffee timer", "Utility", "hot,drink",
           1);
}

/* Searches and compares the ids found, in order, and the total. */
static void
check (Fixture *fixture, const char *query, const char *ids, gint64 total)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) form = soup_form_decode (query);
  g_autoptr (ShoaldMasterQuery) parsed = shoald_master_query_parse (form, &error);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GString) found = g_string_new (NULL);
  g_autofree char *json = NULL;
  JsonObject *object;
  JsonArray *packages;

  g_test_message ("%s", query);
  g_assert_no_error (error);
  json = shoald_master_db_search (fixture->db, parsed, &error);
  g_assert_no_error (error);
  g_assert_true (json_parser_load_from_data (parser, json, -1, &error));
  object = json_node_get_object (json_parser_get_root (parser));
  packages = json_object_get_array_member (object, "packages");
  for (guint i = 0; i < json_array_get_length (packages); i++)
    g_string_append_printf (found, "%s%s", i > 0 ? " " : "",
                            json_object_get_string_member (
                                json_array_get_object_element (packages, i), "name"));
  g_assert_cmpstr (found->str, ==, ids);
  g_assert_cmpint (json_object_get_int_member (object, "total"), ==, total);
}

static void
test_search (Fixture *fixture, gconstpointer unused)
{
  check (fixture, "q=boat", "", 0);
  publish_some (fixture);
  check (fixture, "", "Café Anchor Boat", 3);
  check (fixture, "q=boat", "Boat", 1);
  check (fixture, "q=BO", "Boat", 1);
  check (fixture, "q=cafe", "Café", 1);
  check (fixture, "q=org.example.Boat", "Boat", 1);
  check (fixture, "q=ship+anchor", "Anchor", 1);
  check (fixture, "q=ship+boat", "", 0);
  check (fixture, "q=drink", "Café", 1);
  check (fixture, "q=oat", "", 0);
  check (fixture, "q=NOT+AND+%22%29", "", 0);
  /* The name weighs more than the summary: "sea" is a category of Boat, in its summary,
     and a tag of Anchor. */
  check (fixture, "q=sea", "Boat Anchor", 2);
}

static void
test_labels (Fixture *fixture, gconstpointer unused)
{
  publish_some (fixture);
  check (fixture, "category=GAME", "Anchor Boat", 2);
  check (fixture, "category=game&q=holds", "Anchor", 1);
  check (fixture, "category=game&tag=sea", "Anchor", 1);
  check (fixture, "tag=hot", "Café", 1);
  check (fixture, "category=gam", "", 0);
}

static void
test_pages (Fixture *fixture, gconstpointer unused)
{
  publish_some (fixture);
  check (fixture, "limit=2", "Café Anchor", 3);
  check (fixture, "limit=2&offset=2", "Boat", 3);
  check (fixture, "offset=3", "", 3);
  check (fixture, "limit=0", "", 3);
  check (fixture, "q=example&limit=1&offset=1", "Anchor", 3);
}

/* A newer release takes the words of the old one with it. */
static void
test_replaced (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  guint64 n_apps, n_releases;

  publish (fixture, "org.example.Boat", "Boat", "Old words", "Game", "old", 1);
  publish (fixture, "org.example.Boat", "Ship", "New words", "Office", "new", 2);
  check (fixture, "q=boat", "Ship", 1); /* by its id */
  check (fixture, "q=old", "", 0);
  check (fixture, "category=game", "", 0);
  check (fixture, "category=office&tag=new", "Ship", 1);
  g_assert_true (shoald_master_db_count (fixture->db, &n_apps, &n_releases, &error));
  g_assert_cmpuint (n_apps, ==, 1);
  g_assert_cmpuint (n_releases, ==, 1);
}

/* One channel too many is refused, and leaves nothing behind. */
static void
test_channel_limit (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  guint64 n_apps, n_releases;

  for (guint i = 0; i <= SHOALD_MASTER_DB_MAX_CHANNELS; i++)
    {
      TrustFixture wanted = trust_fixture_default ();
      g_autofree char *channel = g_strdup_printf ("channel-%u", i);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (ShoaldMasterDbPublished) published = NULL;

      g_clear_error (&error);
      wanted.channel = channel;
      bytes = trust_fixture_simple (&wanted);
      published
          = shoald_master_db_publish (fixture->db, bytes, TRUST_FIXTURE_NOW_S, &error);
      g_assert_true ((published != NULL) == (i < SHOALD_MASTER_DB_MAX_CHANNELS));
    }
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_true (shoald_master_db_count (fixture->db, &n_apps, &n_releases, &error));
  g_assert_cmpuint (n_releases, ==, SHOALD_MASTER_DB_MAX_CHANNELS);
}

static void
test_mode (Fixture *fixture, gconstpointer unused)
{
  struct stat info;

  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

static gpointer
read_always (gpointer data)
{
  Fixture *fixture = data;
  guint n_found = 0;

  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *etag = NULL;
      g_autoptr (GBytes) latest = shoald_master_db_latest (
          fixture->db, "org.example.Boat", "stable", NULL, &etag, &error);

      g_assert_no_error (error);
      n_found += latest != NULL;
    }
  return GUINT_TO_POINTER (n_found);
}

/* Readers in other threads see whole releases while others are written. */
static void
test_threads (Fixture *fixture, gconstpointer unused)
{
  GThread *threads[3];

  publish (fixture, "org.example.Boat", "Boat", "B", "Game", "", 1);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_always, fixture);
  for (guint64 counter = 2; counter < 40; counter++)
    publish (fixture, "org.example.Boat", "Boat", "B", "Game", "", counter);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/master/db/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("search", test_search);
  ADD ("labels", test_labels);
  ADD ("pages", test_pages);
  ADD ("replaced", test_replaced);
  ADD ("channel-limit", test_channel_limit);
  ADD ("mode", test_mode);
  ADD ("threads", test_threads);
  return g_test_run ();
}
