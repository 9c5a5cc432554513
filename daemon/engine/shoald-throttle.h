/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Turns many changes into at most four calls a second: the first at once, what follows
 * within a quarter of a second in one call at its end. Embedded in its owner. */
#define SHOALD_THROTTLE_MS 250

typedef struct
{
  GSourceFunc func; /* its return value is ignored */
  gpointer data;    /* (unowned) */
  guint timer_id;
  gint64 last_us; /* of the last call; 0: never */
} ShoaldThrottle;

void shoald_throttle_init (ShoaldThrottle *throttle, GSourceFunc func, gpointer data);

/* Drops a call that waits. */
void shoald_throttle_clear (ShoaldThrottle *throttle);

/* Something changed. May call func before it returns. */
void shoald_throttle_poke (ShoaldThrottle *throttle);

/* Calls func now: for the end of something. */
void shoald_throttle_flush (ShoaldThrottle *throttle);
