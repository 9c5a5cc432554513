/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <string.h>

#include "dht/mesh-kad-validator.h"

/* Values of the namespace "test": texts that begin with "v"; the greater is better. */

static inline gboolean
kad_test_validate (const guint8 *key,
                   gsize key_len,
                   const guint8 *value,
                   gsize value_len,
                   gpointer user_data)
{
  return value_len > 0 && value[0] == 'v';
}

static inline int
kad_test_select (const guint8 *key,
                 gsize key_len,
                 const guint8 *a,
                 gsize a_len,
                 const guint8 *b,
                 gsize b_len,
                 gpointer user_data)
{
  int order = memcmp (a, b, MIN (a_len, b_len));

  return order != 0 ? order : (int) a_len - (int) b_len;
}

static const MeshKadValidator kad_test_validators[] = {
  { .name = "test", .validate = kad_test_validate, .select = kad_test_select },
};
