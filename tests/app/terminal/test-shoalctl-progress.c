/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "terminal/shoalctl-progress.h"

#define NB "\302\240"

static const char *const full
    = "{'State': <'running'>, 'Step': <'fetching'>, 'Progress': <0.5>, "
      "'BytesDone': <uint64 5000000>, 'BytesTotal': <uint64 10000000>, "
      "'RateBps': <uint64 1000000>, 'EtaS': <int64 5>, "
      "'Sources': <[{'kind': <'peer'>, 'id': <'12D3KooWabcdefgh'>, 'bytes': <uint64 "
      "4000000>},"
      "{'kind': <'gateway'>, 'id': <'http://x'>, 'bytes': <uint64 1000000>}]>}";

static char *
format (const char *dict, guint width)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value
      = g_variant_parse (G_VARIANT_TYPE_VARDICT, dict, NULL, NULL, &error);

  g_assert_no_error (error);
  return shoalctl_progress_format (value, width);
}

static void
test_full (void)
{
  g_autofree char *line = format (full, 160);

  g_assert_cmpstr (line, ==,
                   "fetching [##########··········]  5.0" NB "MB of 10.0" NB "MB  1.0" NB
                   "MB/s  5 s  …abcdefgh 4.0" NB "MB  gateway 1.0" NB "MB");
}

static void
test_fits (void)
{
  for (guint width = 1; width < 160; width++)
    {
      g_autofree char *line = format (full, width);

      g_assert_cmpuint (g_utf8_strlen (line, -1), <, width);
    }
}

static void
test_little_known (void)
{
  g_autofree char *queued = format ("{'State': <'queued'>}", 80);
  g_autofree char *unknown = format ("{'State': <'running'>, 'Step': <'hashing'>, "
                                     "'Progress': <-1.0>, 'EtaS': <int64 -1>}",
                                     80);
  g_autofree char *nothing = format ("{}", 80);

  g_assert_cmpstr (queued, ==, "queued");
  g_assert_cmpstr (unknown, ==, "hashing");
  g_assert_cmpstr (nothing, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/progress/full", test_full);
  g_test_add_func ("/ctl/progress/fits", test_fits);
  g_test_add_func ("/ctl/progress/little-known", test_little_known);
  return g_test_run ();
}
