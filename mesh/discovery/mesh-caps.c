/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-caps.h"

#include <string.h>

#include "base/mesh-error.h"
#include "proto/caps.pb-c.h"

static const char *const role_names[]
    = { "seeder", "dht-server", "mini-master", "relay", "bootstrap", "publisher" };
G_STATIC_ASSERT (G_N_ELEMENTS (role_names) == MESH_CAPS_N_ROLES);

MeshCaps *
mesh_caps_new (void)
{
  return g_new0 (MeshCaps, 1);
}

void
mesh_caps_free (MeshCaps *caps)
{
  g_clear_pointer (&caps->roots, mesh_bloom_free);
  g_free (caps);
}

/* ---- encoding ---- */

static void
borrow_bloom (const MeshBloom *bloom, MeshProto__CapsBloom *message)
{
  message->has_bits = TRUE;
  message->bits.data = (guint8 *) mesh_bloom_get_bytes (bloom, &message->bits.len);
  message->has_n_hashes = TRUE;
  message->n_hashes = mesh_bloom_get_n_hashes (bloom);
  message->has_salt = TRUE;
  message->salt = mesh_bloom_get_salt (bloom);
}

GBytes *
mesh_caps_encode (const MeshCaps *caps)
{
  MeshProto__Caps message = MESH_PROTO__CAPS__INIT;
  MeshProto__CapsBloom bloom = MESH_PROTO__CAPS_BLOOM__INIT;
  char *roles[MESH_CAPS_N_ROLES];
  guint8 *data;
  gsize len;

  message.has_counter = TRUE;
  message.counter = caps->counter;
  message.roles = roles;
  for (guint i = 0; i < MESH_CAPS_N_ROLES; i++)
    if ((caps->roles & (1u << i)) != 0)
      roles[message.n_roles++] = (char *) role_names[i];
  message.has_up_bps = caps->up_bps != 0;
  message.up_bps = caps->up_bps;
  message.has_down_bps = caps->down_bps != 0;
  message.down_bps = caps->down_bps;
  message.has_n_roots = caps->n_roots != 0;
  message.n_roots = caps->n_roots;
  if (caps->roots != NULL)
    {
      borrow_bloom (caps->roots, &bloom);
      message.roots = &bloom;
    }
  len = mesh_proto__caps__get_packed_size (&message);
  g_assert (len <= MESH_CAPS_MAX_BYTES);
  data = g_malloc (MAX (len, 1));
  mesh_proto__caps__pack (&message, data);
  return g_bytes_new_take (data, len);
}

/* ---- decoding ---- */

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "The peer's capabilities %s", why);
  return FALSE;
}

static gboolean
is_role (const char *text)
{
  gsize len = strlen (text);

  return len > 0 && len <= MESH_CAPS_MAX_ROLE_LEN
         && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static gboolean
read_roles (MeshCaps *caps, const MeshProto__Caps *message, GError **error)
{
  if (message->n_roles > MESH_CAPS_MAX_ROLES)
    return refuse (error, "name too many roles");
  for (gsize i = 0; i < message->n_roles; i++)
    {
      if (!is_role (message->roles[i]))
        return refuse (error, "name a role that is none");
      for (guint role = 0; role < MESH_CAPS_N_ROLES; role++)
        if (g_str_equal (message->roles[i], role_names[role]))
          caps->roles |= 1u << role;
    }
  return TRUE;
}

static gboolean
read_roots (MeshCaps *caps, const MeshProto__Caps *message, GError **error)
{
  const MeshProto__CapsBloom *bloom = message->roots;

  if (message->n_roots > MESH_CAPS_MAX_ROOTS)
    return refuse (error, "claim too many roots");
  caps->n_roots = message->n_roots;
  if (bloom == NULL)
    return TRUE;
  if (!bloom->has_bits || bloom->bits.len > MESH_CAPS_MAX_BLOOM_BYTES)
    return refuse (error, "hold a filter of a wrong size");
  caps->roots = mesh_bloom_from_bytes (bloom->bits.data, bloom->bits.len, bloom->n_hashes,
                                       bloom->salt, error);
  return caps->roots != NULL;
}

MeshCaps *
mesh_caps_decode (const guint8 *data, gsize len, GError **error)
{
  g_autoptr (MeshCaps) caps = mesh_caps_new ();
  MeshProto__Caps *message;
  gboolean is_good;

  if (len > MESH_CAPS_MAX_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "The peer's capabilities take more than %u bytes",
                   MESH_CAPS_MAX_BYTES);
      return NULL;
    }
  message = mesh_proto__caps__unpack (NULL, len, data);
  if (message == NULL)
    {
      refuse (error, "can not be read");
      return NULL;
    }
  caps->counter = message->counter;
  caps->up_bps = message->up_bps;
  caps->down_bps = message->down_bps;
  is_good = read_roles (caps, message, error) && read_roots (caps, message, error);
  mesh_proto__caps__free_unpacked (message, NULL);
  return is_good ? g_steal_pointer (&caps) : NULL;
}

/* ---- questions ---- */

const char *
mesh_caps_role_get_name (MeshCapsRoles role)
{
  for (guint i = 0; i < MESH_CAPS_N_ROLES; i++)
    if (role == 1u << i)
      return role_names[i];
  g_return_val_if_reached ("unknown");
}

char **
mesh_caps_dup_role_names (guint roles)
{
  char **names = g_new0 (char *, MESH_CAPS_N_ROLES + 1);
  guint n = 0;

  for (guint i = 0; i < MESH_CAPS_N_ROLES; i++)
    if ((roles & (1u << i)) != 0)
      names[n++] = g_strdup (role_names[i]);
  return names;
}

gboolean
mesh_caps_may_hold (const MeshCaps *caps, const guint8 *multihash, gsize len)
{
  return caps->roots != NULL && mesh_bloom_contains (caps->roots, multihash, len);
}
