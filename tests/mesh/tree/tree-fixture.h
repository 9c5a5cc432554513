/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

/* A temporary folder. */
typedef struct
{
  char *dir; /* (owned) */
} Fixture;

static inline void
fixture_set_up (Fixture *self, gconstpointer unused)
{
  self->dir = g_dir_make_tmp ("shoal-tree-XXXXXX", NULL);
  g_assert_nonnull (self->dir);
}

static inline void
fixture_tear_down (Fixture *self, gconstpointer unused)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", self->dir);

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (self->dir);
}

static inline char *
fixture_write (Fixture *self, const char *name, const char *text)
{
  char *path = g_build_filename (self->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}
