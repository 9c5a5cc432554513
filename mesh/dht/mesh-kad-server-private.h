/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-private.h"

/* The answering side: see mesh_kad_handle_request(). */
gboolean mesh_kad_server_handle (MeshKad *kad,
                                 MeshKadPeer *from,
                                 const guint8 *data,
                                 gsize len,
                                 GBytes **reply,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keeps a value that was found valid, or a worse one is there; see is_recorded. Returns:
 * %FALSE when a better one is kept or there is no room. */
gboolean mesh_kad_server_keep_value (MeshKad *kad,
                                     const MeshKadValidator *validator,
                                     GBytes *key,
                                     GBytes *value,
                                     gint64 expires_us);
void mesh_kad_server_keep_provider (MeshKad *kad,
                                    GBytes *key,
                                    MeshKadPeer *peer,
                                    MeshKadAddrs *addrs,
                                    gint64 expires_us);

/* Tells of the records that are over. */
void mesh_kad_server_expire (MeshKad *kad);

/* Whether the bytes are a multihash, which the key of a provider record must be. */
gboolean mesh_kad_server_is_multihash (MeshKadBytes key);
