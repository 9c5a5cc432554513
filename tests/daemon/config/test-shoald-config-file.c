/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "config/shoald-config-file.h"

#include <string.h>
#include <glib/gstdio.h>

#include "daemon/test-wait.h"
#include "config/shoald-error.h"

static void
test_parse (void)
{
  static const char text[] = "# a comment\n"
                             "\n"
                             "[shoald]\n"
                             "  sharing-mode = on  \n"
                             "max-upload-bps=125000\r\n"
                             "gateways=http://a.example; http://b.example;\n"
                             "auto-fetch=false\n"
                             "master-url=";
  g_autoptr (ShoaldConfig) config = shoald_config_new ();
  g_auto (GStrv) gateways = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (shoald_config_file_parse (config, "f", text, strlen (text), &error));
  g_assert_no_error (error);
  g_assert_cmpstr (shoald_config_get_string (config, "sharing-mode"), ==, "on");
  g_assert_cmpuint (shoald_config_get_uint64 (config, "max-upload-bps"), ==, 125000);
  g_assert_false (shoald_config_get_boolean (config, "auto-fetch"));
  gateways = shoald_config_dup_strv (config, "gateways");
  g_assert_cmpuint (g_strv_length (gateways), ==, 2);
  g_assert_cmpstr (gateways[1], ==, "http://b.example");
  g_assert_true (shoald_config_is_saved (config, "auto-fetch"));
  g_assert_false (shoald_config_is_saved (config, "listen"));
}

/* Each error names the file, the line and the key. */
static void
test_errors (void)
{
  static const struct
  {
    const char *text;
    const char *place;
    const char *key;
  } bad[] = {
    { "[shoald]\n\nmax-transfers=many\n", "f:3:", "max-transfers" },
    { "[shoald]\nmax-transfers=0\n", "f:2:", "max-transfers" },
    { "[shoald]\nmax-transfers=-1\n", "f:2:", "max-transfers" },
    { "[shoald]\nmax-transfers=1\nmax-transfers=2\n", "f:3:", "max-transfers" },
    { "[shoald]\nmax-transfer=1\n", "f:2:", "max-transfer" },
    { "[shoald]\nsharing-mode=maybe\n", "f:2:", "sharing-mode" },
    { "[shoald]\nauto-fetch=yes\n", "f:2:", "auto-fetch" },
    { "[shoald]\nlisten=/ip4/1.2.3.4/tcp/1;nonsense\n", "f:2:", "listen" },
    { "[shoald]\nwhat is this\n", "f:2:", "what is this" },
    { "sharing-mode=on\n", "f:1:", "sharing-mode" },
    { "[other]\n", "f:1:", "other" },
    { "[shoald]\nmaster-url=\xff\xfe\n", "f:1:", "UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (ShoaldConfig) config = shoald_config_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (shoald_config_file_parse (config, "f", bad[i].text,
                                                strlen (bad[i].text), &error));
      g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_prefix (error->message, bad[i].place));
      g_assert_nonnull (strstr (error->message, bad[i].key));
    }
}

static void
test_hostile (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autofree char *huge = g_malloc0 (SHOALD_CONFIG_FILE_MAX_BYTES + 1);
  g_autoptr (ShoaldConfig) config = shoald_config_new ();

  g_assert_false (shoald_config_file_parse (config, "f", huge,
                                            SHOALD_CONFIG_FILE_MAX_BYTES + 1, NULL));
  for (guint i = 0; i < 10000; i++)
    {
      static const char alphabet[] = "[]shoald\n\n=;#-listen/ip4\0\xc3\xa4 ";
      char text[64];
      gsize len = (gsize) g_rand_int_range (rand, 0, sizeof text);
      g_autoptr (ShoaldConfig) fresh = shoald_config_new ();
      g_autoptr (GError) error = NULL;

      for (gsize j = 0; j < len; j++)
        text[j] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet)];
      if (!shoald_config_file_parse (fresh, "f", text, len, &error))
        g_assert_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG);
    }
}

static void
save (const ShoaldConfig *config, const char *path, GError **error)
{
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  g_autoptr (GAsyncResult) result = NULL;

  shoald_config_file_save_async (config, path, pool, NULL, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  if (!shoald_config_file_save_finish (result, error))
    g_assert_true (error != NULL && *error != NULL);
}

static void
test_round_trip (void)
{
  g_autofree char *dir = test_wait_make_dir ();
  g_autofree char *path = g_build_filename (dir, "new", "shoald.conf", NULL);
  g_autoptr (ShoaldConfig) config = shoald_config_new ();
  g_autoptr (ShoaldConfig) loaded = shoald_config_new ();
  const char *const gateways[] = { "http://a.example", "http://b.example", NULL };
  GStatBuf st;
  g_autoptr (GError) error = NULL;

  shoald_config_set (config, "gateways", g_variant_new_strv (gateways, -1), TRUE);
  shoald_config_set (config, "cache-limit-bytes", g_variant_new_uint64 (1u << 30), TRUE);
  shoald_config_set (config, "auto-fetch", g_variant_new_boolean (FALSE), TRUE);
  shoald_config_set (config, "max-transfers", g_variant_new_uint32 (3), TRUE);
  shoald_config_set (config, "master-url", g_variant_new_string ("http://c.example"),
                     FALSE);
  save (config, path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0600);
  g_assert_true (shoald_config_file_load (loaded, path, &error));
  g_assert_no_error (error);
  for (const char *const *key = shoald_config_list_keys (); *key != NULL; key++)
    {
      gboolean is_saved = shoald_config_is_saved (config, *key);

      g_assert_cmpint (shoald_config_is_saved (loaded, *key), ==, is_saved);
      if (is_saved)
        g_assert_cmpvariant (shoald_config_get (loaded, *key),
                             shoald_config_get (config, *key));
    }
  /* What the command line said is in force, and not in the file. */
  g_assert_cmpstr (shoald_config_get_string (loaded, "master-url"), ==, "");
  test_wait_remove_dir (dir);
}

/* What a person wrote stays; only what changed is written anew. */
static void
test_keeps_comments (void)
{
  static const char before[] = "# Mine.\n"
                               "  [shoald]  \n"
                               "# Not too fast\n"
                               "max-upload-bps = 125000\n"
                               "\n"
                               "auto-fetch=false # not a comment, but\n"
                               "# max-transfers=9\n"
                               "max-transfers=4\n"
                               "master-url=http://a.example";
  static const char after[] = "# Mine.\n"
                              "  [shoald]  \n"
                              "# Not too fast\n"
                              "max-upload-bps = 125000\n"
                              "\n"
                              "auto-fetch=true\n"
                              "# max-transfers=9\n"
                              "max-transfers=5\n"
                              "master-url=http://a.example\n"
                              "registry-mode=p2p\n";
  g_autofree char *dir = test_wait_make_dir ();
  g_autofree char *path = g_build_filename (dir, "shoald.conf", NULL);
  g_autoptr (ShoaldConfig) config = shoald_config_new ();
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, before, -1, NULL));
  shoald_config_set (config, "max-upload-bps", g_variant_new_uint64 (125000), TRUE);
  shoald_config_set (config, "auto-fetch", g_variant_new_boolean (TRUE), TRUE);
  shoald_config_set (config, "max-transfers", g_variant_new_uint32 (5), TRUE);
  shoald_config_set (config, "registry-mode", g_variant_new_string ("p2p"), TRUE);
  /* Overruled by the command line: the line stays. */
  shoald_config_set (config, "master-url", g_variant_new_string ("http://b.example"),
                     FALSE);
  save (config, path, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_cmpstr (text, ==, after);
  test_wait_remove_dir (dir);
}

static void
test_save_fails (void)
{
  g_autofree char *dir = test_wait_make_dir ();
  g_autofree char *file = g_build_filename (dir, "file", NULL);
  g_autofree char *path = g_build_filename (file, "shoald.conf", NULL);
  g_autoptr (ShoaldConfig) config = shoald_config_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  save (config, path, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
  g_assert_nonnull (strstr (error->message, path));
  test_wait_remove_dir (dir);
}

static void
test_missing (void)
{
  g_autofree char *dir = test_wait_make_dir ();
  g_autofree char *path = g_build_filename (dir, "none.conf", NULL);
  g_autoptr (ShoaldConfig) config = shoald_config_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (shoald_config_file_load (config, path, &error));
  g_assert_no_error (error);
  g_assert_false (shoald_config_file_load (config, dir, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
  test_wait_remove_dir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/config-file/parse", test_parse);
  g_test_add_func ("/shoald/config-file/errors", test_errors);
  g_test_add_func ("/shoald/config-file/hostile", test_hostile);
  g_test_add_func ("/shoald/config-file/round-trip", test_round_trip);
  g_test_add_func ("/shoald/config-file/keeps-comments", test_keeps_comments);
  g_test_add_func ("/shoald/config-file/save-fails", test_save_fails);
  g_test_add_func ("/shoald/config-file/missing", test_missing);
  return g_test_run ();
}
