/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-pool.h"

/* One message of kad-dht, read in place: nothing is copied or allocated, and every
 * pointer leads into the bytes that were read. */

/* Peers beyond these are left out when reading: nobody needs more than k nearer ones. */
#define MESH_KAD_MESSAGE_MAX_CLOSER 40
#define MESH_KAD_MESSAGE_MAX_PROVIDERS 128
/* Longest key of a message; the same as %MESH_KAD_MAX_KEY_BYTES. */
#define MESH_KAD_MESSAGE_MAX_KEY_BYTES 256
/* "2026-11-21T06:28:00.000000000Z" */
#define MESH_KAD_MESSAGE_MAX_TIME_CHARS 64

typedef enum
{
  MESH_KAD_MESSAGE_PUT_VALUE = 0,
  MESH_KAD_MESSAGE_GET_VALUE = 1,
  MESH_KAD_MESSAGE_ADD_PROVIDER = 2,
  MESH_KAD_MESSAGE_GET_PROVIDERS = 3,
  MESH_KAD_MESSAGE_FIND_NODE = 4,
  MESH_KAD_MESSAGE_PING = 5,
} MeshKadMessageType;

/* A run of bytes of the message, or of anything else. */
typedef struct
{
  const guint8 *data; /* (unowned) (nullable) */
  gsize len;
} MeshKadBytes;

typedef struct
{
  MeshKadBytes id;   /* not checked to be a peer id */
  MeshKadBytes body; /* the whole Peer message: mesh_kad_addrs_from_message() */
} MeshKadMessagePeer;

typedef struct
{
  MeshKadMessageType type;
  MeshKadBytes key;
  gboolean has_record;
  MeshKadBytes record_key;
  MeshKadBytes record_value;
  guint n_closer;
  guint n_providers;
  MeshKadMessagePeer closer[MESH_KAD_MESSAGE_MAX_CLOSER];
  MeshKadMessagePeer providers[MESH_KAD_MESSAGE_MAX_PROVIDERS];
} MeshKadMessage;

/**
 * mesh_kad_message_decode:
 * @msg: (out caller-allocates): set on success; borrows from @data
 * @error: %MESH_ERROR_PROTOCOL for what is no message; %MESH_ERROR_UNSUPPORTED for a type
 *   that is not known
 *
 * A peer without a name is left out.
 */
gboolean mesh_kad_message_decode (const guint8 *data,
                                  gsize len,
                                  MeshKadMessage *msg,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writing, in the order of these calls. */

/* @key is of %MESH_KAD_MESSAGE_MAX_KEY_BYTES at most. */
void mesh_kad_message_begin (GByteArray *out, MeshKadMessageType type, MeshKadBytes key);

/**
 * mesh_kad_message_add_record:
 * @time: (nullable): when it was received, RFC 3339
 */
void mesh_kad_message_add_record (GByteArray *out,
                                  MeshKadBytes key,
                                  MeshKadBytes value,
                                  const char *time);
void mesh_kad_message_add_closer (GByteArray *out,
                                  const MeshKadPeer *peer,
                                  const MeshKadAddrs *addrs);
void mesh_kad_message_add_provider (GByteArray *out,
                                    const MeshKadPeer *peer,
                                    const MeshKadAddrs *addrs);
