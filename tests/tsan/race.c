/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <glib.h>

/* race [ordered]: hands numbers to the threads of a pool, and to each other when called
 * without an argument. ThreadSanitizer must find nothing in the first and a race in the
 * second, or it is blind (see annotate-glib.c). */

static gboolean is_ordered;
static GMutex lock;
static gint64 total; /* under lock, when ordered */

static void
add (gpointer data, gpointer unused)
{
  gint64 *number = data;

  if (is_ordered)
    g_mutex_lock (&lock);
  total += *number;
  if (is_ordered)
    g_mutex_unlock (&lock);
  g_free (number);
}

int
main (int argc, char *argv[])
{
  GThreadPool *pool = g_thread_pool_new (add, NULL, 4, TRUE, NULL);
  gint64 wanted = 0;

  is_ordered = argc > 1;
  for (gint64 i = 0; i < 1000; i++)
    {
      gint64 *number = g_new (gint64, 1);

      *number = i;
      wanted += i;
      g_thread_pool_push (pool, number, NULL);
    }
  g_thread_pool_free (pool, FALSE, TRUE);
  return !is_ordered || total == wanted ? 0 : 1;
}
