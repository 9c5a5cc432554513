/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "model/shoal-app.h"
#include "model/shoal-job.h"
#include "model/shoal-peer.h"

#define SHOAL_TYPE_OBJECTS (shoal_objects_get_type ())
G_DECLARE_FINAL_TYPE (ShoalObjects, shoal_objects, SHOAL, OBJECTS, GObject)

/* Ended transfers that are kept for the list; the oldest go first. */
#define SHOAL_OBJECTS_MAX_ENDED_JOBS 100

/*
 * Sorts the objects of the daemon into lists: apps, updates (linked to their apps), jobs
 * and peers. Ended jobs stay when the daemon forgets them, up to a bound.
 *
 * Signals: job-ended (#ShoalJob), once for each; update-staged (#ShoalUpdate), each time
 * one becomes staged, and for those that are when they are first seen.
 */

/**
 * shoal_objects_new:
 *
 * Returns: (transfer full): empty lists
 */
ShoalObjects *shoal_objects_new (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_objects_add:
 * @self: the lists
 * @proxy: any object of the daemon; kinds that are not listed are ignored
 */
void shoal_objects_add (ShoalObjects *self, GDBusProxy *proxy);

/**
 * shoal_objects_remove:
 * @self: the lists
 * @proxy: an object the daemon no longer has
 */
void shoal_objects_remove (ShoalObjects *self, GDBusProxy *proxy);

/**
 * shoal_objects_clear:
 * @self: the lists
 *
 * The daemon is gone: empties all lists, but for the jobs, which count as failed.
 */
void shoal_objects_clear (ShoalObjects *self);

/**
 * shoal_objects_clear_ended_jobs:
 * @self: the lists
 *
 * Takes away the jobs that have ended.
 */
void shoal_objects_clear_ended_jobs (ShoalObjects *self);

GListModel *shoal_objects_get_apps (ShoalObjects *self);    /* (transfer none) */
GListModel *shoal_objects_get_updates (ShoalObjects *self); /* (transfer none) */
GListModel *shoal_objects_get_jobs (ShoalObjects *self);    /* (transfer none) */
GListModel *shoal_objects_get_peers (ShoalObjects *self);   /* (transfer none) */

/* (transfer none) (nullable): the item with an id: of an app, of the app of an update,
 * the target of a transfer, of a peer. O(n). */
ShoalApp *shoal_objects_find_app (ShoalObjects *self, const char *app_id);
ShoalUpdate *shoal_objects_find_update (ShoalObjects *self, const char *app_id);
ShoalJob *shoal_objects_find_job (ShoalObjects *self, const char *path);
ShoalPeer *shoal_objects_find_peer (ShoalObjects *self, const char *peer_id);

/* (transfer none) (nullable): the transfer under way that installs an app. O(n). */
ShoalJob *shoal_objects_find_install (ShoalObjects *self, const char *app_id);
