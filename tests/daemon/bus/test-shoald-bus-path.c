/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-path.h"

static void
test_escape (void)
{
  static const char *const ids[][2] = {
    { "org.example.App", "org_2eexample_2eApp" },
    { "", "_" },
    { "a_b", "a_5fb" },
    { "\xc3\xa4/../x", "_c3_a4_2f_2e_2e_2fx" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *escaped = shoald_bus_path_escape (ids[i][0]);
      g_autofree char *path = shoald_bus_path_for_app (ids[i][0]);

      g_assert_cmpstr (escaped, ==, ids[i][1]);
      g_assert_true (g_variant_is_object_path (path));
    }
}

/* Whatever an id is, its path is one, and no other id has it. */
static void
test_any_id (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < 10000; i++)
    {
      char id[6] = { 0 };
      char *path;
      const char *before;

      for (guint j = 0; j < 5; j++)
        id[j] = (char) g_rand_int_range (rand, 0, 256);
      path = shoald_bus_path_for_update (id);
      g_assert_true (g_variant_is_object_path (path));
      before = g_hash_table_lookup (seen, path);
      if (before != NULL)
        g_assert_cmpstr (before, ==, id);
      g_hash_table_insert (seen, path, g_strdup (id));
    }
}

static void
run_cb (ShoaldJob *job, gpointer data)
{
}

static void
test_jobs (void)
{
  g_autoptr (ShoaldJob) transfer
      = shoald_job_new (SHOALD_JOB_TRANSFER, "get", "", run_cb, NULL, NULL);
  g_autoptr (ShoaldJob) operation
      = shoald_job_new (SHOALD_JOB_OPERATION, "add", "", run_cb, NULL, NULL);
  g_autofree char *transfer_path = NULL;
  g_autofree char *operation_path = NULL;

  shoald_job_set_id (transfer, 7);
  shoald_job_set_id (operation, G_MAXUINT64);
  transfer_path = shoald_bus_path_for_job (transfer);
  operation_path = shoald_bus_path_for_job (operation);
  g_assert_cmpstr (transfer_path, ==, "/org/shoal/Shoal/Daemon/Transfers/7");
  g_assert_true (g_variant_is_object_path (operation_path));
  shoald_job_cancel (transfer, NULL);
  shoald_job_cancel (operation, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/bus-path/escape", test_escape);
  g_test_add_func ("/shoald/bus-path/any-id", test_any_id);
  g_test_add_func ("/shoald/bus-path/jobs", test_jobs);
  return g_test_run ();
}
