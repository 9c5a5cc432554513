/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

/* Work on content that may have to be fetched: each call checks its arguments, begins a
 * job and returns it (transfer none), or %NULL with %SHOALD_ERROR_ARGUMENT, NOT_READY,
 * STOPPING or %MESH_ERROR_BUSY. What the results hold is said in
 * org.shoal.Shoal1.Manager.xml. */

/* Longest name of a pin. */
#define SHOALD_CONTENT_MAX_PIN_NAME_LEN 200
/* What the store calls the pins of a person: this and the name. */
#define SHOALD_CONTENT_PIN_PREFIX "user:"

/**
 * shoald_content_parse_cid:
 * @text: a CID, "/ipfs/CID" or "ipfs://CID"
 * @error: %SHOALD_ERROR_ARGUMENT
 */
MeshCid *
shoald_content_parse_cid (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_content_get:
 * @peer: (nullable): multiaddr to ask first
 */
ShoaldJob *shoald_content_get (ShoaldEngine *engine,
                               const char *cid,
                               const char *destination,
                               const char *peer,
                               gboolean is_overwriting,
                               gboolean is_pinned,
                               GError **error);

/**
 * shoald_content_cat:
 * @fd: (out): the end to read of a pipe; the caller closes it
 */
ShoaldJob *shoald_content_cat (ShoaldEngine *engine,
                               const char *cid,
                               const char *peer,
                               int *fd,
                               GError **error);

/**
 * shoald_content_pin:
 * @name: "" or a name of at most 200 bytes
 */
ShoaldJob *shoald_content_pin (ShoaldEngine *engine,
                               const char *cid,
                               const char *name,
                               GError **error);
ShoaldJob *shoald_content_export_car (ShoaldEngine *engine,
                                      const char *cid,
                                      const char *path,
                                      gboolean is_overwriting,
                                      GError **error);
