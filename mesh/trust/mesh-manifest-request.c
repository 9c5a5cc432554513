/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-manifest-request.h"

#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"
#include "base/mesh-varint.h"
#include "trust/mesh-tree-path.h"

#define MAX_CHANNEL_LEN 128

void
mesh_manifest_request_clear (MeshManifestRequest *request)
{
  g_clear_pointer (&request->app_id, g_free);
  g_clear_pointer (&request->channel, g_free);
  g_clear_pointer (&request->range, g_free);
}

static void
append_text (GByteArray *array, const char *text)
{
  gsize len = strlen (text);

  mesh_varint_append (array, len);
  g_byte_array_append (array, (const guint8 *) text, (guint) len);
}

GBytes *
mesh_manifest_request_encode (const char *app_id, const char *channel, const char *range)
{
  GByteArray *body = g_byte_array_new ();

  append_text (body, app_id);
  append_text (body, channel);
  if (range != NULL)
    append_text (body, range);
  return g_byte_array_free_to_bytes (body);
}

static char *
read_text (MeshCursor *cursor, gsize max_len)
{
  const guint8 *bytes;
  gsize len;

  if (!mesh_cursor_read_prefixed (cursor, &bytes, &len) || len == 0 || len > max_len
      || memchr (bytes, '\0', len) != NULL)
    return NULL;
  return g_strndup ((const char *) bytes, len);
}

gboolean
mesh_manifest_request_decode (const guint8 *data,
                              gsize len,
                              MeshManifestRequest *request,
                              GError **error)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  g_autofree char *app_id = NULL;
  g_autofree char *channel = NULL;
  g_autofree char *range = NULL;
  gboolean has_range;

  if (len <= MESH_MANIFEST_REQUEST_MAX_LEN)
    app_id = read_text (&cursor, MESH_TREE_PATH_MAX_NAME_LEN);
  if (app_id != NULL && mesh_tree_path_check_app_id (app_id, NULL))
    channel = read_text (&cursor, MAX_CHANNEL_LEN);
  has_range = cursor.len > 0;
  if (channel != NULL && has_range)
    range = read_text (&cursor, MESH_MANIFEST_REQUEST_MAX_RANGE_LEN);
  if (channel == NULL || cursor.len != 0 || (has_range && range == NULL))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                   "The peer asked for a release in a malformed way");
      return FALSE;
    }
  request->app_id = g_steal_pointer (&app_id);
  request->channel = g_steal_pointer (&channel);
  request->range = g_steal_pointer (&range);
  return TRUE;
}
