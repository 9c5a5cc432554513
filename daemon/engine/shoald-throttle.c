/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-throttle.h"

void
shoald_throttle_init (ShoaldThrottle *throttle, GSourceFunc func, gpointer data)
{
  *throttle = (ShoaldThrottle){ .func = func, .data = data };
}

void
shoald_throttle_clear (ShoaldThrottle *throttle)
{
  g_clear_handle_id (&throttle->timer_id, g_source_remove);
}

static gboolean
timer_cb (gpointer user_data)
{
  ShoaldThrottle *throttle = user_data;

  throttle->timer_id = 0;
  shoald_throttle_flush (throttle);
  return G_SOURCE_REMOVE;
}

void
shoald_throttle_poke (ShoaldThrottle *throttle)
{
  gint64 due_us = throttle->last_us + SHOALD_THROTTLE_MS * 1000;
  gint64 now_us = g_get_monotonic_time ();

  if (throttle->timer_id != 0)
    return;
  if (throttle->last_us == 0 || now_us >= due_us)
    shoald_throttle_flush (throttle);
  else
    throttle->timer_id
        = g_timeout_add ((guint) ((due_us - now_us) / 1000 + 1), timer_cb, throttle);
}

void
shoald_throttle_flush (ShoaldThrottle *throttle)
{
  shoald_throttle_clear (throttle);
  throttle->last_us = g_get_monotonic_time ();
  throttle->func (throttle->data);
}
