/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* SHA3-256 and SHA3-512 (FIPS 202) of several messages at once. One Keccak permutation is
 * a long chain of dependent steps that leaves most of a processor idle; four side by side
 * in the lanes of a vector register take hardly longer than one. See docs/decisions for
 * what was measured against nettle and OpenSSL. */

/* Most messages mesh_keccak_sha3() takes at once. */
#define MESH_KECCAK_LANES 4

/* Longest digest. */
#define MESH_KECCAK_MAX_DIGEST 64

typedef enum
{
  MESH_KECCAK_SCALAR, /* any processor */
  MESH_KECCAK_BMI,    /* x86-64 with andn and rorx */
  MESH_KECCAK_AVX2,   /* four lanes */
  MESH_KECCAK_AVX512, /* four lanes with rotate and three-way logic (AVX-512VL) */
} MeshKeccakKernel;

#define MESH_KECCAK_N_KERNELS (MESH_KECCAK_AVX512 + 1)

/* Whether this processor can run it. */
gboolean mesh_keccak_is_supported (MeshKeccakKernel kernel);

/**
 * mesh_keccak_sha3:
 * @digest_len: 32 or 64
 * @n: how many messages, at most %MESH_KECCAK_LANES
 * @data: (array length=n): the messages; any lengths, but alike is fastest
 * @out: (out caller-allocates) (array length=n): where each digest goes
 */
void mesh_keccak_sha3 (gsize digest_len,
                       gsize n,
                       const guint8 *const *data,
                       const gsize *len,
                       guint8 *const *out);

/* The same with one way of doing it, for tests and benchmarks. */
void mesh_keccak_sha3_with (MeshKeccakKernel kernel,
                            gsize digest_len,
                            gsize n,
                            const guint8 *const *data,
                            const gsize *len,
                            guint8 *const *out);
