/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <unistd.h>

#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>

#include "daemon/shoald-fixture.h"

static void
test_add_options (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *options;
    const char *cid; /* of "hello\n", by hand; NULL: refused */
  } cases[] = {
    { "{'hash': <'sha2-256'>, 'cid-base': <'base32'>}",
      "bafybeiffndsajwhk3lwjewwdxqntmjm4b5wxaaanokonsggenkbw6slwk4" },
    { "{'hash': <'sha2-256'>, 'raw-leaves': <true>, 'cid-base': <'base32'>}",
      "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am" },
    { "{'hash': <'md5'>}", NULL },
    { "{'hash': <uint32 1>}", NULL },
    { "{'chunker': <'size-0'>}", NULL },
    { "{'chunker': <'fastcdc-2'>}", NULL },
    { "{'shard-split': <'links'>}", NULL },
    { "{'chunker': <'fastcdc'>, 'shard-split': <'block-bytes'>, 'hash': <'sha2-256'>, "
      "'cid-base': <'base32'>}",
      "bafybeiffndsajwhk3lwjewwdxqntmjm4b5wxaaanokonsggenkbw6slwk4" },
    { "{'cid-base': <'base2'>}", NULL },
    { "{'max-links': <uint32 1>}", NULL },
    { "{'pin': <'yes'>}", NULL },
  };
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autofree char *path = g_build_filename (fixture->dir, "hello", NULL);

  g_assert_true (g_file_set_contents (path, "hello\n", -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GVariant *options
          = g_variant_parse (G_VARIANT_TYPE_VARDICT, cases[i].options, NULL, NULL, NULL);
      g_autofree char *operation = NULL;
      g_autoptr (GVariant) result = NULL;
      g_autoptr (GError) error = NULL;
      const char *cid;

      operation = shoald_fixture_begin (
          daemon, "Add", g_variant_new ("(s@a{sv})", path, options), &error);
      if (cases[i].cid == NULL)
        {
          g_assert_null (operation);
          shoald_fixture_assert_error (&error, "InvalidArgument");
          continue;
        }
      g_assert_no_error (error);
      result = shoald_fixture_wait_done (daemon, operation);
      g_assert_true (g_variant_lookup (result, "cid", "&s", &cid));
      g_assert_cmpstr (cid, ==, cases[i].cid);
    }
  shoald_fixture_stop (daemon);
}

static void
test_cat (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autofree char *path = shoald_fixture_make_file (fixture, "f", 2000000, 1);
  g_autofree char *cid = shoald_fixture_add (daemon, path);
  g_autofree char *contents = NULL;
  g_autofree char *transfer = NULL;
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  guint8 buffer[65536];
  gssize n;
  gsize len;
  int fd;

  reply = g_dbus_connection_call_with_unix_fd_list_sync (
      fixture->connection, daemon->name, SHOAL_DBUS_MANAGER_PATH,
      "org.shoal.Shoal1.Manager", "Cat",
      g_variant_new ("(s@a{sv})", cid, shoald_fixture_no_options ()), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &fds, NULL, &error);
  g_assert_no_error (error);
  g_variant_get (reply, "(ho)", NULL, &transfer);
  fd = g_unix_fd_list_get (fds, 0, &error);
  g_assert_no_error (error);
  while ((n = read (fd, buffer, sizeof buffer)) > 0)
    g_byte_array_append (got, buffer, (guint) n);
  g_close (fd, NULL);
  g_assert_true (g_file_get_contents (path, &contents, &len, NULL));
  g_assert_cmpmem (got->data, got->len, contents, len);
  g_variant_unref (shoald_fixture_wait_done (daemon, transfer));
  shoald_fixture_stop (daemon);
}

/* The rest of the methods about content, once each. */
static void
test_each (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autofree char *path = shoald_fixture_make_file (fixture, "f", 3000000, 1);
  g_autofree char *car = g_build_filename (fixture->dir, "f.car", NULL);
  g_autofree char *cid = shoald_fixture_add (daemon, path);
  g_autofree char *pin = NULL;
  g_autofree char *export = NULL;
  g_autofree char *import = NULL;
  g_autofree char *gc = NULL;
  g_autoptr (GVariant) pins = NULL;
  g_autoptr (GError) error = NULL;

  pin = shoald_fixture_begin (
      daemon, "Pin", g_variant_new ("(s@a{sv})", cid, shoald_fixture_no_options ()),
      &error);
  g_variant_unref (shoald_fixture_wait_done (daemon, pin));
  pins = shoald_fixture_call (daemon, NULL, NULL, "ListPins", NULL, &error);
  g_assert_no_error (error);
  g_variant_unref (shoald_fixture_call (daemon, NULL, NULL, "SetShared",
                                        g_variant_new ("(sb)", cid, FALSE), &error));
  g_assert_no_error (error);
  export = shoald_fixture_begin (
      daemon, "ExportCar",
      g_variant_new ("(ss@a{sv})", cid, car, shoald_fixture_no_options ()), &error);
  g_variant_unref (shoald_fixture_wait_done (daemon, export));
  import = shoald_fixture_begin (
      daemon, "ImportCar", g_variant_new ("(s@a{sv})", car, shoald_fixture_no_options ()),
      &error);
  g_variant_unref (shoald_fixture_wait_done (daemon, import));
  g_variant_unref (shoald_fixture_call (daemon, NULL, NULL, "Unpin",
                                        g_variant_new ("(s)", cid), &error));
  g_assert_no_error (error);
  g_assert_null (shoald_fixture_call (daemon, NULL, NULL, "Unpin",
                                      g_variant_new ("(s)", cid), &error));
  shoald_fixture_assert_error (&error, "NotFound");
  gc = shoald_fixture_begin (daemon, "GarbageCollect",
                             g_variant_new ("(@a{sv})", shoald_fixture_no_options ()),
                             &error);
  g_variant_unref (shoald_fixture_wait_done (daemon, gc));
  shoald_fixture_stop (daemon);
}

#define ADD(path, func) \
  g_test_add ("/shoald/bus-content/" path, Fixture, NULL, shoald_fixture_set_up, func, \
              shoald_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("add-options", test_add_options);
  ADD ("cat", test_cat);
  ADD ("each", test_each);
  return g_test_run ();
}
