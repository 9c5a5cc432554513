/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* The link a publisher gives to people: `shoal:APP[?key=FINGERPRINT][&channel=CHANNEL]`.
 */

#define MESH_APP_LINK_MAX_LEN 1024

typedef struct
{
  char *app_id;      /* (owned) */
  char *channel;     /* (owned): "stable" when the link names none */
  char *fingerprint; /* (owned) (nullable): 64 hex digits, lower case */
} MeshAppLink;

/**
 * mesh_app_link_parse:
 * @text: a link, or an app id by itself
 *
 * Returns: (transfer full): the link, or %NULL with %MESH_ERROR_INVALID
 */
MeshAppLink *
mesh_app_link_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_app_link_free (MeshAppLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshAppLink, mesh_app_link_free)

char *mesh_app_link_to_string (const MeshAppLink *link) G_GNUC_WARN_UNUSED_RESULT;
