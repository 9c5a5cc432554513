/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Deterministic random numbers for the cores: xoshiro256**. The same seed gives the same
 * sequence on every machine. NOT for keys, nonces or anything an attacker must not guess:
 * those come from libsodium in the services and are passed in. */
typedef struct
{
  guint64 state[4];
} MeshRng;

/**
 * mesh_rng_init:
 * @seed: any number; services pass one drawn from the system, tests a fixed one
 */
void mesh_rng_init (MeshRng *rng, guint64 seed);

guint64 mesh_rng_next (MeshRng *rng);

/**
 * mesh_rng_below:
 * @bound: at least 1
 *
 * Returns: a number from 0 to @bound - 1, without bias
 */
guint64 mesh_rng_below (MeshRng *rng, guint64 bound);

/**
 * mesh_rng_fill:
 *
 * Fills @len bytes at @out.
 */
void mesh_rng_fill (MeshRng *rng, guint8 *out, gsize len);
