/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/iface/mesh-stream.h"

/* Reads length-prefixed messages from one stream, one at a time: after a message it waits
 * for mesh_bitswap_reader_next(). The buffer of a message grows with what has arrived,
 * never with what is announced. Reference counted; used from the stream's context. */
typedef struct MeshBitswapReader MeshBitswapReader;

/* A message that brings nothing for so long while it is incomplete fails. */
#define MESH_BITSWAP_READER_STALL_S 30

typedef enum
{
  MESH_BITSWAP_ADMIT,  /* read the message */
  MESH_BITSWAP_HOLD,   /* not before mesh_bitswap_reader_next() */
  MESH_BITSWAP_REFUSE, /* never: it is too large */
} MeshBitswapAdmission;

/* All are called from the main loop, none after mesh_bitswap_reader_close(). */
typedef struct
{
  /* Whether a message of @len bytes may be read. */
  MeshBitswapAdmission (*admit) (MeshBitswapReader *reader,
                                 gsize len,
                                 gpointer user_data);
  /* @len more bytes have come. */
  void (*progress) (MeshBitswapReader *reader, gsize len, gpointer user_data);
  /* A whole message. */
  void (*message) (MeshBitswapReader *reader, GBytes *bytes, gpointer user_data);
  /* The stream ended, between messages (@error is %NULL) or otherwise. The last call. */
  void (*closed) (MeshBitswapReader *reader, const GError *error, gpointer user_data);
} MeshBitswapReaderFuncs;

/**
 * mesh_bitswap_reader_new:
 * @stream: (transfer none): referenced; reset by mesh_bitswap_reader_close()
 * @funcs: (transfer none): static
 */
MeshBitswapReader *mesh_bitswap_reader_new (MeshStream *stream,
                                            const MeshBitswapReaderFuncs *funcs,
                                            gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bitswap_reader_next:
 *
 * Reads the next message, or goes on with one that was not admitted. Does nothing while
 * one is being read.
 */
void mesh_bitswap_reader_next (MeshBitswapReader *reader);

/**
 * mesh_bitswap_reader_close:
 * @reader: (transfer full)
 *
 * Resets the stream; nothing is called any more.
 */
void mesh_bitswap_reader_close (MeshBitswapReader *reader);
