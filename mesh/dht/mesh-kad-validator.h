/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/**
 * MeshKadValidator:
 *
 * What makes a value good and which of two good ones is better, for the keys of one
 * namespace ("/NAME/…"). Both functions are pure. A node without a validator for a key
 * neither stores nor believes its value.
 */
typedef struct
{
  const char *name; /* (unowned): the namespace, without slashes; static */

  /* Whether @value may stand under @key. */
  gboolean (*validate) (const guint8 *key,
                        gsize key_len,
                        const guint8 *value,
                        gsize value_len,
                        gpointer user_data);

  /* Above zero: @a is better; below: @b is; zero: keep what is there. Both are valid. */
  int (*select) (const guint8 *key,
                 gsize key_len,
                 const guint8 *a,
                 gsize a_len,
                 const guint8 *b,
                 gsize b_len,
                 gpointer user_data);
  gpointer user_data; /* (unowned) */
} MeshKadValidator;

/* "/pk/PEER-ID": the public key of a peer whose id is only the hash of it. */
const MeshKadValidator *mesh_kad_validator_get_pk (void);

/**
 * mesh_kad_validator_find:
 * @validators: (array length=n): of different namespaces
 *
 * Returns: (transfer none) (nullable): the one for @key
 */
const MeshKadValidator *mesh_kad_validator_find (const MeshKadValidator *validators,
                                                 gsize n,
                                                 const guint8 *key,
                                                 gsize key_len);
