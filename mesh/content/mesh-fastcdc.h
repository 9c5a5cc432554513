/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-chunker.h"

/* Content-defined chunking, so that a change in a file changes the chunks around it and
 * no others: FastCDC (Xia et al., USENIX ATC 2016 and IEEE TPDS 2020) with normalised
 * chunking.
 *
 * A 64-bit Gear fingerprint, print = (print << 1) + gear[byte], starts from 0 at the
 * smallest size of a chunk. There is a cut behind the byte where its highest bits are
 * zero: log2 (mean) + 2 of them up to 13/16 of the mean, log2 (mean) - 2 after; at the
 * largest size there is one in any case. The highest bits depend on the last 42 to 64
 * bytes, which makes the bits spread over a mask, as in the papers, unnecessary. The
 * papers' two bytes at a time would find the same cuts.
 *
 * These numbers and the table are the format: another value anywhere is another chunker
 * and needs another name, as chunks are shared by what they are called. */

/* "fastcdc": chunks of 256 KiB to 2 MiB - 1 KiB, 1 MiB on average. */
#define MESH_FASTCDC_MEAN_BYTES (1024u * 1024)
/* Least for @mean_bytes: then chunks have 1 to 8 KiB. */
#define MESH_FASTCDC_MIN_MEAN_BYTES 4096u

/**
 * mesh_fastcdc_init:
 * @mean_bytes: a power of two from %MESH_FASTCDC_MIN_MEAN_BYTES to
 *   %MESH_FASTCDC_MEAN_BYTES; smaller ones than that are for tests
 *
 * Chunks have a quarter of it to twice as much, below %MESH_CHUNKER_MAX_BYTES; only the
 * last one of a file may be shorter.
 */
void mesh_fastcdc_init (MeshChunker *self, gsize mean_bytes);

/* A number of the table. */
guint64 mesh_fastcdc_get_gear (guint8 byte);
