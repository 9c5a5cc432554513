/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-validator.h"

#include <string.h>

#include "peer/mesh-peer-id.h"

#define PK_PREFIX "/pk/"
#define PK_PREFIX_LEN (sizeof PK_PREFIX - 1)

static gboolean
validate_pk (const guint8 *key,
             gsize key_len,
             const guint8 *value,
             gsize value_len,
             gpointer user_data)
{
  g_autoptr (MeshPeerId) id = NULL;
  g_autoptr (MeshPublicKey) public_key = NULL;

  if (key_len <= PK_PREFIX_LEN || memcmp (key, PK_PREFIX, PK_PREFIX_LEN) != 0)
    return FALSE;
  id = mesh_peer_id_from_bytes (key + PK_PREFIX_LEN, key_len - PK_PREFIX_LEN, NULL);
  public_key = mesh_public_key_from_bytes (value, value_len, NULL);
  return id != NULL && public_key != NULL
         && mesh_peer_id_matches_public_key (id, public_key);
}

/* There is only one key with that hash. */
static int
select_pk (const guint8 *key,
           gsize key_len,
           const guint8 *a,
           gsize a_len,
           const guint8 *b,
           gsize b_len,
           gpointer user_data)
{
  return 0;
}

const MeshKadValidator *
mesh_kad_validator_get_pk (void)
{
  static const MeshKadValidator pk
      = { .name = "pk", .validate = validate_pk, .select = select_pk };

  return &pk;
}

const MeshKadValidator *
mesh_kad_validator_find (const MeshKadValidator *validators,
                         gsize n,
                         const guint8 *key,
                         gsize key_len)
{
  const guint8 *end;
  gsize name_len;

  if (key_len < 2 || key[0] != '/')
    return NULL;
  end = memchr (key + 1, '/', key_len - 1);
  if (end == NULL)
    return NULL;
  name_len = (gsize) (end - (key + 1));
  for (gsize i = 0; i < n; i++)
    if (strlen (validators[i].name) == name_len
        && memcmp (validators[i].name, key + 1, name_len) == 0)
      return &validators[i];
  return NULL;
}
