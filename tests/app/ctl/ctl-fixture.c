/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "ctl-fixture.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define DEADLINE_S 300

void
ctl_run_free (CtlRun *run)
{
  g_free (run->out);
  g_free (run->err);
  g_clear_pointer (&run->json, json_node_unref);
  g_free (run);
}

static GPtrArray *
collect (const char *program, va_list list)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);
  const char *word;

  g_assert_nonnull (program);
  g_ptr_array_add (argv, g_strdup (program));
  while ((word = va_arg (list, const char *)) != NULL)
    g_ptr_array_add (argv, g_strdup (word));
  return argv;
}

static gboolean
too_late (gpointer process)
{
  g_test_message ("a program did not end in %d s", DEADLINE_S);
  g_subprocess_force_exit (process);
  return G_SOURCE_REMOVE;
}

static void
communicated (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **) slot = g_object_ref (result);
}

/* Appends the NULL. */
static CtlRun *
run_argv (CtlFixture *fixture, GPtrArray *argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CtlRun *run = g_new0 (CtlRun, 1);
  guint late_id;

  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_set_cwd (launcher, fixture->dir);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata,
                                          &error);
  g_assert_no_error (error);
  late_id = g_timeout_add_seconds (DEADLINE_S, too_late, process);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, communicated, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late_id);
  g_subprocess_communicate_utf8_finish (process, result, &run->out, &run->err, &error);
  g_assert_no_error (error);
  run->code = g_subprocess_get_if_exited (process)
                  ? g_subprocess_get_exit_status (process)
                  : -1;
  if (run->out[0] == '{' || run->out[0] == '[')
    {
      run->json = json_from_string (run->out, &error);
      g_assert_no_error (error);
    }
  return run;
}

CtlRun *
ctl_fixture_run (CtlFixture *fixture, ...)
{
  g_autoptr (GPtrArray) argv = NULL;
  va_list list;

  va_start (list, fixture);
  argv = collect (g_getenv ("SHOALCTL"), list);
  va_end (list);
  return run_argv (fixture, argv);
}

static CtlRun *
run_json (CtlFixture *fixture, const char *bus_name, GPtrArray *argv)
{
  g_ptr_array_insert (argv, 1, g_strdup ("--json"));
  g_ptr_array_insert (argv, 1, g_strdup (bus_name));
  g_ptr_array_insert (argv, 1, g_strdup ("--bus-name"));
  return run_argv (fixture, argv);
}

CtlRun *
ctl_fixture_ask (CtlFixture *fixture, const char *bus_name, ...)
{
  g_autoptr (GPtrArray) argv = NULL;
  CtlRun *run;
  va_list list;

  va_start (list, bus_name);
  argv = collect (g_getenv ("SHOALCTL"), list);
  va_end (list);
  run = run_json (fixture, bus_name, argv);
  if (run->code != 0)
    g_test_message ("%s: %s", (char *) argv->pdata[4], run->err);
  g_assert_cmpint (run->code, ==, 0);
  g_assert_cmpstr (run->err, ==, "");
  return run;
}

void
ctl_fixture_ask_fails (CtlFixture *fixture, const char *bus_name, const char *nick, ...)
{
  g_autoptr (GPtrArray) argv = NULL;
  g_autoptr (CtlRun) run = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  va_list list;

  va_start (list, nick);
  argv = collect (g_getenv ("SHOALCTL"), list);
  va_end (list);
  run = run_json (fixture, bus_name, argv);
  g_test_message ("%s: %s", (char *) argv->pdata[4], run->err);
  g_assert_cmpint (run->code, ==, 1);
  g_assert_cmpstr (run->out, ==, "");
  g_assert_true (strchr (run->err, '\n') == run->err + strlen (run->err) - 1);
  node = json_from_string (run->err, NULL);
  object = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (object, "error"), ==, nick);
  g_assert_cmpuint (strlen (json_object_get_string_member (object, "message")), >, 5);
}

static void
expect_name (const char *bus_name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "gdbus", "wait", "--session",
                          "--timeout", "300", bus_name, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
}

void
ctl_fixture_start (CtlFixture *fixture, const char *bus_name, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = NULL;
  GSubprocess *process;
  va_list list;

  va_start (list, bus_name);
  argv = collect (g_getenv ("SHOALD"), list);
  va_end (list);
  g_ptr_array_add (argv, g_strdup ("--no-mdns"));
  g_ptr_array_add (argv, g_strdup ("--bus-name"));
  g_ptr_array_add (argv, g_strdup (bus_name));
  g_ptr_array_add (argv, g_strdup ("--data-dir"));
  g_ptr_array_add (argv, g_build_filename (fixture->dir, bus_name, NULL));
  g_ptr_array_add (argv, g_strdup ("--config"));
  g_ptr_array_add (argv, g_strdup_printf ("%s/%s.conf", fixture->dir, bus_name));
  g_ptr_array_add (argv, g_strdup ("--listen"));
  g_ptr_array_add (argv, g_strdup ("/ip4/127.0.0.1/tcp/0"));
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  g_ptr_array_add (fixture->processes, process);
  expect_name (bus_name);
}

void
ctl_fixture_set_up_bus (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("shoal-ctl-XXXXXX", &error);
  g_assert_no_error (error);
  g_setenv ("XDG_DATA_HOME", fixture->dir, TRUE);
  fixture->processes = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
}

void
ctl_fixture_set_up (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) status = NULL;
  g_autofree char *url = NULL;

  ctl_fixture_set_up_bus (fixture, unused);
  ctl_fixture_start (fixture, CTL_FIXTURE_NAME, "--mini-master", "--http", "127.0.0.1:0",
                     "--sharing", "on", NULL);
  /* HTTP comes a moment after the node. */
  do
    {
      g_clear_pointer (&status, ctl_run_free);
      status = ctl_fixture_ask (fixture, CTL_FIXTURE_NAME, "status", NULL);
    }
  while (*ctl_run_get_string (status, "http_address") == '\0');
  url = g_strconcat ("http://", ctl_run_get_string (status, "http_address"), NULL);
  ctl_run_free (ctl_fixture_ask (fixture, CTL_FIXTURE_NAME, "config", "set", "master-url",
                                 url, NULL));
}

void
ctl_fixture_start_second (CtlFixture *fixture)
{
  g_autoptr (CtlRun) status = ctl_fixture_ask (fixture, CTL_FIXTURE_NAME, "status", NULL);
  JsonArray *addresses
      = json_object_get_array_member (ctl_run_get_object (status), "listen_addresses");

  ctl_fixture_start (fixture, CTL_FIXTURE_SECOND, "--sharing", "download-only",
                     "--master", ctl_run_get_string (status, "master_url"), "--bootstrap",
                     json_array_get_string_element (addresses, 0), NULL);
  for (;;)
    {
      g_autoptr (CtlRun) peers
          = ctl_fixture_ask (fixture, CTL_FIXTURE_SECOND, "peers", NULL);

      if (json_array_get_length (ctl_run_get_array (peers)) > 0)
        break;
    }
}

static int
remove_one (const char *path, const struct stat *info, int flag, struct FTW *ftw)
{
  return remove (path);
}

void
ctl_fixture_tear_down (CtlFixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < fixture->processes->len; i++)
    {
      GSubprocess *process = fixture->processes->pdata[i];

      if (g_subprocess_get_identifier (process) != NULL)
        g_subprocess_send_signal (process, 15);
      g_assert_true (g_subprocess_wait (process, NULL, NULL));
      g_assert_true (g_subprocess_get_if_exited (process));
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
    }
  g_clear_pointer (&fixture->processes, g_ptr_array_unref);
  g_test_dbus_down (fixture->bus);
  g_clear_object (&fixture->bus);
  nftw (fixture->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  g_free (fixture->dir);
}

char *
ctl_fixture_path (CtlFixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

char *
ctl_fixture_write (CtlFixture *fixture, const char *name, const char *content)
{
  g_autoptr (GError) error = NULL;
  char *path = ctl_fixture_path (fixture, name);

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
  return path;
}

char *
ctl_fixture_write_app (CtlFixture *fixture, const char *name, gsize n_bytes)
{
  char *path = ctl_fixture_path (fixture, name);
  g_autofree char *run = g_build_filename (path, "run", NULL);
  g_autofree char *icon = g_build_filename (path, "icon.svg", NULL);
  g_autofree char *data = g_build_filename (path, "data", NULL);
  g_autofree guint32 *words = g_new (guint32, n_bytes / 4);

  for (gsize i = 0; i < n_bytes / 4; i++)
    words[i] = (guint32) i * 2654435761u;
  g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
  g_assert_true (g_file_set_contents (run, "#!/bin/sh\nexit 0\n", -1, NULL));
  g_assert_cmpint (g_chmod (run, 0755), ==, 0);
  g_assert_true (g_file_set_contents (
      icon, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"/>", -1,
      NULL));
  g_assert_true (g_file_set_contents (data, (char *) words, n_bytes / 4 * 4, NULL));
  return path;
}

JsonObject *
ctl_run_get_object (CtlRun *run)
{
  g_assert_nonnull (run->json);
  return json_node_get_object (run->json);
}

JsonArray *
ctl_run_get_array (CtlRun *run)
{
  g_assert_nonnull (run->json);
  return json_node_get_array (run->json);
}

const char *
ctl_run_get_string (CtlRun *run, const char *member)
{
  return json_object_get_string_member (ctl_run_get_object (run), member);
}

gint64
ctl_run_get_int (CtlRun *run, const char *member)
{
  return json_object_get_int_member (ctl_run_get_object (run), member);
}

void
ctl_fixture_assert_members (JsonObject *object, const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      g_test_message ("%s", list[i]);
      g_assert_true (json_object_has_member (object, list[i]));
    }
  g_assert_cmpuint (json_object_get_size (object), ==, g_strv_length (list));
}
