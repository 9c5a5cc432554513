/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/* Waiting for what is asynchronous: for a condition, with a deadline that only a hang
 * reaches. */

#define REGISTRY_WAIT_DEADLINE_S 300

typedef struct
{
  GAsyncResult *result; /* (owned) (nullable) */
} RegistryWait;

static inline void
registry_wait_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RegistryWait *wait = user_data;

  g_assert_null (wait->result);
  wait->result = g_object_ref (result);
}

static inline gboolean
registry_wait_deadline_cb (gpointer user_data)
{
  g_printerr ("“%s” did not come true in time\n", (const char *) user_data);
  g_assert_not_reached ();
}

/* Runs the main loop until @condition. */
#define registry_wait_until(condition) \
  G_STMT_START \
  { \
    guint registry_wait_id = g_timeout_add_seconds ( \
        REGISTRY_WAIT_DEADLINE_S, registry_wait_deadline_cb, (gpointer) #condition); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (registry_wait_id); \
  } \
  G_STMT_END

static inline GAsyncResult *
registry_wait_for (RegistryWait *wait)
{
  registry_wait_until (wait->result != NULL);
  return wait->result;
}
