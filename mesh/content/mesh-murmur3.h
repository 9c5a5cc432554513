/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/**
 * mesh_murmur3_hash64:
 *
 * The first 64 bits of MurmurHash3 x64-128 with the seed 0: multihash 0x22, which sharded
 * folders place their names by. Not a cryptographic hash: anyone can make names collide.
 */
guint64 mesh_murmur3_hash64 (const guint8 *data, gsize len);
