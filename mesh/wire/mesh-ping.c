/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-ping.h"

#include <string.h>

#include "base/mesh-error.h"

void
mesh_ping_start (MeshPing *ping, const guint8 payload[MESH_PING_BYTES], gint64 now_us)
{
  g_return_if_fail (!ping->is_waiting);

  memcpy (ping->sent, payload, MESH_PING_BYTES);
  ping->n_received = 0;
  ping->sent_us = now_us;
  ping->is_waiting = TRUE;
}

gsize
mesh_ping_get_wanted (const MeshPing *ping)
{
  return ping->is_waiting ? MESH_PING_BYTES - ping->n_received : 0;
}

gboolean
mesh_ping_handle_bytes (MeshPing *ping,
                        const guint8 *data,
                        gsize len,
                        gint64 now_us,
                        gint64 *rtt_us,
                        GError **error)
{
  g_return_val_if_fail (len <= mesh_ping_get_wanted (ping), FALSE);

  *rtt_us = -1;
  memcpy (ping->received + ping->n_received, data, len);
  ping->n_received += len;
  if (memcmp (ping->received, ping->sent, ping->n_received) != 0)
    {
      ping->is_waiting = FALSE;
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                           "The peer answered a ping with other bytes");
      return FALSE;
    }
  if (ping->n_received < MESH_PING_BYTES)
    return TRUE;
  ping->is_waiting = FALSE;
  *rtt_us = MAX (now_us - ping->sent_us, 0);
  return TRUE;
}
